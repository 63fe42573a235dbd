//! The rewriter against a slow and simple model of it, over a corpus, each split of it, and random texts.

mod corpus;
mod encoded;
mod limits;
mod model;
mod random;
mod sequence;

use std::sync::Arc;

use crate::body::{BodyError, BodyLimits, JsonRewriter, NdjsonRewriter, Rewriter};
use crate::mask::detect::{DetectorKind, Detectors};
use crate::mask::masker::Applies;
use crate::mask::names::NameIndex;
use crate::mask::partial::PartialForm;
use crate::mask::{ClassId, ClassSpec, FieldPath, MaskPlan, Masker, PlanBuilder, Rendering, Tally};

const PHONE: ClassId = ClassId(0);
const NAME: ClassId = ClassId(1);
const PRICE: ClassId = ClassId(2);
/// A guess by name.
const PARTY: ClassId = ClassId(3);

fn builder(renderings: [Rendering; 4]) -> PlanBuilder {
    let maskers = renderings.iter().zip(0..).map(|(&rendering, id)| {
        let mut spec = ClassSpec::new(&format!("class-{id}"), PartialForm::None, None);
        if ClassId(id) == PARTY {
            spec.applies = Applies::PersonLike;
        }
        Masker::new(ClassId(id), rendering, Arc::new(spec), None)
    });
    let mut names = NameIndex::new();
    for (name, class) in [
        ("mobile", PHONE),
        ("contact", NAME),
        ("contact_name", NAME),
        ("customer", PARTY),
    ] {
        names.add(name, Some(class)).unwrap();
    }
    let detectors = Detectors::new(vec![(DetectorKind::PrcMobile, PHONE), (DetectorKind::Email, NAME)]);
    PlanBuilder::new(maskers.collect(), Arc::new(names), Arc::new(detectors))
}

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

/// Names anywhere, some paths, some harmless places.
fn masking() -> PlanBuilder {
    let mut builder = builder([
        Rendering::Partial,
        Rendering::Redacted,
        Rendering::Clear,
        Rendering::Partial,
    ]);
    for name in ["phone", "手机", "$.result[*][2]", "$..alias_phone", "$[*][1]"] {
        builder.field(&path(name), Some(PHONE));
    }
    builder.field(&path("name"), Some(NAME));
    builder.field(&path("price"), Some(PRICE));
    builder.field(&path("$.plain"), None);
    builder.field(&path("$.phone.work[2].id"), None);
    builder
}

/// Plans that differ in all that matters to the walk.
fn plans() -> Vec<Arc<MaskPlan>> {
    let mut records = masking();
    records.records(&path("$.data.*"));
    let mut whole = builder([
        Rendering::Partial,
        Rendering::Redacted,
        Rendering::Clear,
        Rendering::Partial,
    ]);
    whole.field(&path("$"), Some(PHONE));
    let mut unlisted_plain = masking();
    unlisted_plain.unlisted_plain();
    [masking(), records, whole, unlisted_plain]
        .map(|builder| Arc::new(builder.build().unwrap()))
        .into()
}

fn plan() -> Arc<MaskPlan> {
    Arc::new(masking().build().unwrap())
}

fn rewriter(plan: &Arc<MaskPlan>, limits: &BodyLimits, many: bool) -> Box<dyn Rewriter> {
    match many {
        false => Box::new(JsonRewriter::new(plan.clone(), limits)),
        true => Box::new(NdjsonRewriter::new(plan.clone(), limits)),
    }
}

fn drive<'a>(
    mut rewriter: Box<dyn Rewriter>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(Vec<u8>, Tally), BodyError> {
    let mut out = Vec::new();
    for chunk in chunks {
        rewriter.push(chunk, &mut out)?;
    }
    let so_far = rewriter.records_so_far();
    let tally = rewriter.finish(&mut out)?;
    assert!(so_far <= tally.records && tally.records <= so_far + 1);
    Ok((out, tally))
}

fn rewrite<'a>(
    plan: &Arc<MaskPlan>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(Vec<u8>, Tally), BodyError> {
    drive(rewriter(plan, &BodyLimits::default(), false), chunks)
}

fn one_shot(plan: &Arc<MaskPlan>, text: &[u8]) -> Result<(Vec<u8>, Tally), BodyError> {
    rewrite(plan, [text])
}

/// What a result is, apart from where in the text an error was found: in pieces it can be found sooner or later.
fn kind<T>(result: &Result<T, BodyError>) -> Option<std::mem::Discriminant<BodyError>> {
    result.as_ref().err().map(std::mem::discriminant)
}

/// Pseudo-random numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// Cuts a text into some pieces.
    fn cut<'a>(&mut self, text: &'a [u8], pieces: usize) -> Vec<&'a [u8]> {
        let mut cuts: Vec<usize> = (1..pieces).map(|_| self.roll(text.len() + 1)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
    }
}
