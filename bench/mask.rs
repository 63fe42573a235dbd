//! What one value costs: FF1 beside the reference crate, the prefilter of the detectors, a partial form.
//!
//! `cargo bench --bench mask`

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fpe::ff1::{FF1, FlexibleNumeralString};
use overcoat::catalog::DataClasses;
use overcoat::mask::{Rendering, SurrogateKey};

const KEY: [u8; 32] = [7; 32];

/// Strings as the records of a CRM have them, of which none holds anything.
const ORDINARY: [&str; 10] = [
    "active",
    "2026-11-23",
    "2026-11-23T14:33:08Z",
    "外墙乳胶漆",
    "12345.67",
    "C-000123",
    "已成交",
    "exterior primer, white",
    "https://crm.example.com/customers/list",
    "3f2c9a",
];

fn surrogates(c: &mut Criterion) {
    let classes = DataClasses::builtin();
    let ciphers = classes
        .ciphers(&SurrogateKey::new(KEY), "default")
        .expect("built-in forms");
    let phone = ciphers
        .get(classes.by_name("mobile").expect("built in"))
        .expect("has surrogates");
    let mut group = c.benchmark_group("surrogate");
    let mut out = String::with_capacity(64);
    group.bench_function("mobile", |b| {
        b.iter(|| {
            out.clear();
            phone.encrypt(black_box("13812345678"), &mut out)
        });
    });
    let reference = FF1::<aes::Aes256>::new(&KEY, 10).expect("radix 10");
    let digits = FlexibleNumeralString::from(vec![3, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
    group.bench_function("the fpe crate, ten digits", |b| {
        b.iter(|| reference.encrypt(black_box(b"tweak"), &digits));
    });
    group.finish();
}

fn partial(c: &mut Criterion) {
    let classes = DataClasses::builtin();
    let ciphers = classes
        .ciphers(&SurrogateKey::new(KEY), "default")
        .expect("built-in forms");
    let maskers = classes.maskers(&vec![Rendering::Partial; classes.len()], &ciphers);
    let mut out = String::with_capacity(64);
    for (class, value) in [
        ("mobile", "13812345678"),
        ("person_name", "张小明"),
        ("email", "zhang@example.com"),
    ] {
        let masker = &maskers[usize::from(classes.by_name(class).expect("built in").0)];
        c.bench_function(&format!("partial {class}"), |b| {
            b.iter(|| {
                out.clear();
                masker.text(black_box(value), &mut out)
            });
        });
    }
}

fn prefilter(c: &mut Criterion) {
    let detectors = DataClasses::builtin().detectors();
    let mut group = c.benchmark_group("prefilter");
    group.throughput(Throughput::Bytes(ORDINARY.iter().map(|text| text.len() as u64).sum()));
    group.bench_function("ten ordinary strings", |b| {
        b.iter(|| {
            ORDINARY
                .iter()
                .filter(|text| detectors.may_match(black_box(text.as_bytes())))
                .count()
        });
    });
    let long = "ordinary text of a note without anything in it ".repeat(100);
    group.throughput(Throughput::Bytes(long.len() as u64));
    group.bench_function("a long text", |b| {
        b.iter(|| detectors.may_match(black_box(long.as_bytes())))
    });
    group.finish();
    let note = "客户张三，手机13812345678转8001，请送到广东省佛山市顺德区红星路12号";
    let mut found = Vec::new();
    c.bench_function("find in a note", |b| {
        b.iter(|| detectors.find(black_box(note), &mut found))
    });
}

criterion_group!(benches, surrogates, partial, prefilter);
criterion_main!(benches);
