//! How fast JSON is rewritten, without any server: `cargo bench --bench json`. Criterion prints bytes of input a second.
//!
//! The records are those of `bench/workload.py`: about 0.5 KB, nineteen fields, three of them masked. Each body goes through in chunks
//! of 64 KiB, as a proxy would hand them on. Beside it, in the same run: serde_json parses, masks the same fields by the same maskers, and writes.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use overcoat::body::{BodyLimits, JsonRewriter, Rewriter};
use overcoat::catalog::DataClasses;
use overcoat::mask::{FieldPath, MaskPlan, Masker, Outcome, PlanBuilder, Rendering, SurrogateKey};
use serde_json::Value;

const CHUNK: usize = 64 << 10;

/// The masked fields, each with its class.
const FIELDS: [(&str, &str); 3] = [
    ("mobile", "mobile"),
    ("contact", "person_name"),
    ("id_card", "resident_id"),
];
/// Fields that can have surrogates.
const SURROGATES: [(&str, &str); 3] = [
    ("mobile", "mobile"),
    ("bank_card", "bank_card"),
    ("id_card", "resident_id"),
];

fn record(number: usize) -> String {
    let contact = ["王伟国", "李芳", "欧阳娜丽", "刘敏静"][number % 4];
    let kind = ["dealer", "factory", "decorator"][number * 7 % 3];
    let mobile = number * 7919 % 100_000_000;
    let (month, day, order) = (number % 12 + 1, number % 28 + 1, number % 10_000);
    let card = number * 104_729 % 1_000_000_007;
    let limit = (number % 60 + 1) * 10_000;
    format!(
        r#"{{"id":{number},"code":"C{number:07}","kind":"{kind}","company":"佛山市顺德区涂装材料经营部","contact":"{contact}","mobile":"138{mobile:08}","email":"contact{number}@example.cn","id_card":"4406061985{month:02}{day:02}{order:04}","bank_card":"622848{card:013}","region":"广东省","stage":"quotation","products":["WB-2100","EP-3300","PU-1500"],"credit_limit":{limit},"active":true,"rating":4.5,"since":"2019-04-11","updated_at":"2026-11-02T08:31:07Z","owner":{{"account":"wang","team":"south"}}}}"#
    )
}

fn body(records: usize) -> Vec<u8> {
    let items: Vec<String> = (1..=records).map(record).collect();
    format!(r#"{{"total":{records},"items":[{}]}}"#, items.join(",")).into_bytes()
}

fn plan(fields: &[(&str, &str)], rendering: Rendering, searches: bool) -> Arc<MaskPlan> {
    let classes = DataClasses::builtin();
    let ciphers = classes.ciphers(&SurrogateKey::new([7; 32]), "bench").expect("ciphers");
    let maskers = classes.maskers(&vec![rendering; classes.len()], &ciphers);
    let mut builder = PlanBuilder::new(maskers, classes.names(), classes.detectors());
    for (name, class) in fields {
        let path = FieldPath::parse(&format!("$.items[*].{name}")).expect("path");
        builder.field(&path, Some(classes.by_name(class).expect("class")));
    }
    if !searches {
        builder.unlisted_plain();
    }
    Arc::new(builder.build().expect("plan"))
}

fn rewrite(plan: &Arc<MaskPlan>, body: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rewriter = Box::new(JsonRewriter::new(plan.clone(), &BodyLimits::default()));
    for chunk in body.chunks(CHUNK) {
        rewriter.push(black_box(chunk), out).expect("JSON");
    }
    black_box(rewriter.finish(out).expect("JSON"));
}

fn parse_mask_write(maskers: &[(&str, &Masker)], body: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut tree: Value = serde_json::from_slice(black_box(body)).expect("JSON");
    let items = tree["items"].as_array_mut().expect("items");
    for item in items {
        for (name, masker) in maskers {
            let value = &mut item[*name];
            let mut rendered = String::new();
            if let Some(text) = value.as_str()
                && masker.text(text, &mut rendered) == Outcome::Changed
            {
                *value = Value::String(rendered);
            }
        }
    }
    serde_json::to_writer(out, &tree).expect("memory");
}

fn benches(criterion: &mut Criterion) {
    let plans = [
        ("no rule", plan(&[], Rendering::Partial, false)),
        ("three fields", plan(&FIELDS, Rendering::Partial, false)),
        ("three surrogates", plan(&SURROGATES, Rendering::Surrogate, false)),
        ("all names and detectors", plan(&FIELDS, Rendering::Partial, true)),
    ];
    let classes = DataClasses::builtin();
    let by_hand: Vec<(&str, &Masker)> = FIELDS
        .iter()
        .map(|(name, class)| (*name, plans[1].1.masker(classes.by_name(class).expect("class"))))
        .collect();
    let mut out = Vec::new();
    for (size, records) in [("0.5 KB", 1), ("50 KB", 100), ("5 MB", 10_000)] {
        let body = body(records);
        let mut group = criterion.benchmark_group(format!("json, {size}"));
        group.throughput(Throughput::Bytes(body.len() as u64));
        for (name, plan) in &plans {
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter(|| rewrite(plan, &body, &mut out));
            });
        }
        group.bench_function(BenchmarkId::from_parameter("serde_json, three fields"), |bencher| {
            bencher.iter(|| parse_mask_write(&by_hand, &body, &mut out));
        });
        group.finish();
    }
}

criterion_group! {
    name = json;
    config = Criterion::default().sample_size(20);
    targets = benches
}
criterion_main!(json);
