//! A plan for the tests of this room: five classes, with names and detectors as people know them.

use std::sync::Arc;

use crate::mask::detect::{DetectorKind, Detectors};
use crate::mask::names::NameIndex;
use crate::mask::partial::PartialForm;
use crate::mask::{ClassId, ClassSpec, FieldPath, MaskPlan, Masker, PlanBuilder, Rendering};

pub(super) const PHONE: ClassId = ClassId(0);
pub(super) const NAME: ClassId = ClassId(1);

const CLASSES: [(&str, PartialForm, &[&str], Option<DetectorKind>); 6] = [
    (
        "phone",
        PartialForm::Phone,
        &["phone", "mobile", "手机", "移动电话", "行動電話"],
        Some(DetectorKind::PrcMobile),
    ),
    (
        "person_name",
        PartialForm::PersonName,
        &["contact_name", "full_name", "姓名"],
        None,
    ),
    (
        "email",
        PartialForm::Email,
        &["email", "邮箱"],
        Some(DetectorKind::Email),
    ),
    (
        "resident_id",
        PartialForm::ResidentId,
        &["id_number", "身份证号"],
        Some(DetectorKind::ResidentId),
    ),
    ("price", PartialForm::None, &["price", "单价"], None),
    ("plate", PartialForm::Plate, &["plate"], Some(DetectorKind::Plate)),
];

/// All classes in one rendering, with what `more` says of fields.
pub(super) fn plan_with(rendering: Rendering, more: impl FnOnce(&mut PlanBuilder)) -> Arc<MaskPlan> {
    let (mut names, mut detectors, mut maskers) = (NameIndex::new(), Vec::new(), Vec::new());
    for (at, (name, partial, known_as, detector)) in CLASSES.into_iter().enumerate() {
        let class = ClassId(at as u16);
        for name in known_as {
            names.add(name, Some(class)).unwrap();
        }
        detectors.extend(detector.map(|kind| (kind, class)));
        maskers.push(Masker::new(
            class,
            rendering,
            Arc::new(ClassSpec::new(name, partial, None)),
            None,
        ));
    }
    let mut builder = PlanBuilder::new(maskers.into(), Arc::new(names), Arc::new(Detectors::new(detectors)));
    more(&mut builder);
    Arc::new(builder.build().unwrap())
}

/// All classes in one rendering; names and detectors decide.
pub(super) fn plan(rendering: Rendering) -> Arc<MaskPlan> {
    plan_with(rendering, |_| {})
}

pub(super) fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}
