//! How many bytes of CSV one core rewrites in a second.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use overcoat::body::{BodyLimits, CsvRewriter, Rewriter};
use overcoat::mask::detect::{DetectorKind, Detectors};
use overcoat::mask::names::NameIndex;
use overcoat::mask::partial::PartialForm;
use overcoat::mask::{ClassId, ClassSpec, FieldPath, MaskPlan, Masker, PlanBuilder, Rendering};

/// Bytes of one push, as a proxy reads them.
const CHUNK_BYTES: usize = 64 << 10;

/// 5 MB of customers: codes, names, amounts, texts, and three masked columns.
fn table() -> Vec<u8> {
    let mut rows = String::from("code,company,city,联系人,mobile,email,amount,created,status,remark\n");
    for row in 0..40_000_u64 {
        let phone = 13_000_000_000 + (row * 7_919_333) % 900_000_000;
        rows.push_str(&format!(
            "C{row:06},佛山市第{row}涂料有限公司,广东佛山,张三,{phone},u{row}@example.com,{}.50,2026-11-{:02},active,\"regular customer, pays late\"\n",
            row * 13 % 100_000,
            row % 28 + 1
        ));
    }
    rows.into_bytes()
}

fn plan(rendering: Rendering, listed: bool) -> Arc<MaskPlan> {
    let classes = [
        ("phone", PartialForm::Phone, "mobile", DetectorKind::PrcMobile),
        (
            "person_name",
            PartialForm::PersonName,
            "联系人",
            DetectorKind::PersonName,
        ),
        ("email", PartialForm::Email, "email", DetectorKind::Email),
    ];
    let (mut names, mut detectors, mut maskers) = (NameIndex::new(), Vec::new(), Vec::new());
    for (at, (name, partial, known_as, kind)) in classes.into_iter().enumerate() {
        let class = ClassId(at as u16);
        names.add(known_as, Some(class)).expect("no name twice");
        detectors.push((kind, class));
        maskers.push(Masker::new(
            class,
            rendering,
            Arc::new(ClassSpec::new(name, partial, None)),
            None,
        ));
    }
    let mut builder = PlanBuilder::new(maskers.into(), Arc::new(names), Arc::new(Detectors::new(detectors)));
    if listed {
        for column in ["code", "company", "city", "amount", "created", "status", "remark"] {
            builder.field(&FieldPath::parse(&format!("$[*].{column}")).expect("a path"), None);
        }
    }
    Arc::new(builder.build().expect("a plan"))
}

fn rewrite(plan: &Arc<MaskPlan>, body: &[u8], out: &mut Vec<u8>) {
    let mut rewriter = Box::new(CsvRewriter::new(Arc::clone(plan), &BodyLimits::default(), None));
    for chunk in body.chunks(CHUNK_BYTES) {
        out.clear();
        rewriter.push(chunk, out).expect("a table");
        black_box(&out);
    }
    rewriter.finish(out).expect("a table");
}

fn csv(criterion: &mut Criterion) {
    let body = table();
    let mut group = criterion.benchmark_group("csv");
    group.throughput(Throughput::Bytes(body.len() as u64));
    let mut out = Vec::with_capacity(2 * CHUNK_BYTES);
    for (name, rendering, listed) in [
        ("three masked, the others listed", Rendering::Partial, true),
        ("three redacted, the others listed", Rendering::Redacted, true),
        ("three masked, the others searched", Rendering::Partial, false),
        ("all clear", Rendering::Clear, true),
    ] {
        let plan = plan(rendering, listed);
        group.bench_function(name, |bencher| {
            bencher.iter(|| rewrite(&plan, black_box(&body), &mut out))
        });
    }
    group.finish();
}

criterion_group!(benches, csv);
criterion_main!(benches);
