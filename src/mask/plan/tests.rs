use super::*;
use crate::mask::ClassSpec;
use crate::mask::partial::PartialForm;

const PHONE: ClassId = ClassId(0);
const PRICE: ClassId = ClassId(1);

fn builder() -> PlanBuilder {
    let masker = |id: u16, rendering| {
        let spec = ClassSpec::new(&format!("class-{id}"), PartialForm::None, None);
        Masker::new(ClassId(id), rendering, Arc::new(spec), None)
    };
    PlanBuilder::new(
        [masker(0, Rendering::Redacted), masker(1, Rendering::Partial)].into(),
        Arc::default(),
        Arc::default(),
    )
}

fn plan(fields: &[(&str, Option<ClassId>)]) -> MaskPlan {
    let mut builder = builder();
    for (path, class) in fields {
        builder.field(&FieldPath::parse(path).unwrap(), *class);
    }
    builder.build().unwrap()
}

enum Step {
    Key(&'static str),
    Index(usize),
}
use Step::{Index as I, Key as K};

fn walk(plan: &MaskPlan, steps: &[Step]) -> Treatment {
    let mut place = (PathState::ROOT, Told::by_rule(plan.at(PathState::ROOT)));
    for step in steps {
        place = match step {
            K(key) => plan.child(place.0, plan.symbol("", key)),
            I(index) => plan.element(place.0, *index),
        };
    }
    place.1.treatment
}

const FIELD: Treatment = Treatment::Field(PHONE);

#[test]
fn paths_lead_where_they_say_and_nowhere_else() {
    let plan = plan(&[
        ("$.items[*].phone", Some(PHONE)),
        ("$.rows[*][3]", Some(PHONE)),
        ("$..mobile", Some(PHONE)),
        ("$.any.*", Some(PHONE)),
    ]);
    assert_eq!(walk(&plan, &[K("items"), I(7), K("phone")]), FIELD);
    assert_eq!(walk(&plan, &[K("items"), K("a"), K("phone")]), FIELD);
    assert_eq!(walk(&plan, &[K("items"), I(7), K("Phone")]), Treatment::Detect);
    assert_eq!(walk(&plan, &[K("phone")]), Treatment::Detect);
    assert_eq!(walk(&plan, &[K("items"), I(7), K("x"), K("phone")]), Treatment::Detect);
    assert_eq!(walk(&plan, &[K("rows"), I(0), I(3)]), FIELD);
    assert_eq!(walk(&plan, &[K("rows"), I(0), I(2)]), Treatment::Detect);
    assert_eq!(walk(&plan, &[K("rows"), I(0), I(4000)]), Treatment::Detect);
    assert_eq!(walk(&plan, &[K("a"), I(1), K("b"), K("mobile")]), FIELD);
    assert_eq!(walk(&plan, &[K("mobile"), K("mobile")]), FIELD);
    assert_eq!(walk(&plan, &[K("any"), K("x")]), FIELD);
    assert_eq!(walk(&plan, &[K("any"), I(9)]), FIELD);
    assert_eq!(walk(&plan, &[]), Treatment::Detect);
    assert_eq!(plan.index_bound(), 4);
}

#[test]
fn the_longest_then_the_most_literal_then_the_strictest_path_wins() {
    let plan = plan(&[
        ("$..phone", Some(PRICE)),
        ("$.a[*].phone", Some(PHONE)),
        ("$.b[*].*", Some(PRICE)),
        ("$.b[*].phone", None),
        ("$.c.d", None),
        ("$.c.d", Some(PRICE)),
        ("$.c.d", Some(PHONE)),
    ]);
    assert_eq!(walk(&plan, &[K("x"), K("phone")]), Treatment::Field(PRICE));
    assert_eq!(walk(&plan, &[K("a"), I(0), K("phone")]), FIELD);
    assert_eq!(walk(&plan, &[K("b"), I(0), K("phone")]), Treatment::Plain);
    assert_eq!(walk(&plan, &[K("b"), I(0), K("other")]), Treatment::Field(PRICE));
    assert_eq!(walk(&plan, &[K("c"), K("d")]), FIELD);
}

#[test]
fn bare_names_match_anywhere_in_any_spelling_and_yield_to_paths() {
    let plan = plan(&[
        ("contact_phone", Some(PHONE)),
        ("contact_phone", None),
        ("$.safe.ContactPhone", None),
        ("'手机 (主)'", Some(PHONE)),
    ]);
    assert_eq!(walk(&plan, &[K("x"), I(1), K("ContactPhone")]), FIELD);
    assert_eq!(walk(&plan, &[K("CONTACT-PHONE")]), FIELD);
    assert_eq!(walk(&plan, &[K("手机(主)")]), FIELD);
    assert_eq!(walk(&plan, &[K("safe"), K("ContactPhone")]), Treatment::Plain);
}

#[test]
fn a_table_is_an_array_of_rows() {
    let plan = plan(&[("$[*].mobile", Some(PHONE)), ("$[*][2]", Some(PRICE)), ("$[*].*", None)]);
    assert_eq!(plan.column(Some("mobile"), 0).1, FIELD);
    assert_eq!(plan.column(None, 2).1, Treatment::Field(PRICE));
    assert_eq!(plan.column(Some("x"), 2).1, Treatment::Field(PRICE));
    assert_eq!(plan.column(Some("x"), 3).1, Treatment::Plain);
    let row = self::plan(&[("$[*]", Some(PHONE))]);
    assert_eq!(row.column(Some("x"), 3).1, FIELD, "a masked row hands its class down");
    let mut plain = builder();
    plain.unlisted_plain();
    assert_eq!(plain.build().unwrap().column(None, 1).1, Treatment::Plain);
}

#[test]
fn records_stand_where_the_route_says() {
    for path in ["$.items[*]", "items"] {
        let mut builder = builder();
        builder.records(&FieldPath::parse(path).unwrap());
        let plan = builder.build().unwrap();
        let items = plan.child(PathState::ROOT, plan.symbol("", "items")).0;
        assert!(plan.names_records() && !plan.is_record(items));
        let record = plan.element(items, 5).0;
        assert!(plan.is_record(record));
        assert!(!plan.is_record(plan.element(record, 0).0));
    }
}

#[test]
fn an_automaton_that_would_explode_is_refused() {
    let mut builder = builder();
    builder.field(
        &FieldPath::parse(&format!("$..a{}.b", ".*".repeat(20))).unwrap(),
        Some(PHONE),
    );
    assert_eq!(
        builder.build().unwrap_err(),
        PlanError::TooManyStates { limit: MAX_PLAN_STATES }
    );
}

#[test]
fn a_counter_knows_records_from_strays() {
    let plan = plan(&[]);
    let mut counter = Counter::new(&plan);
    counter.begin_record();
    counter.value(PHONE);
    counter.end_record();
    assert_eq!(counter.so_far(), 0, "a redacted value releases nothing");
    counter.begin_record();
    counter.value(PRICE);
    counter.detected(PRICE);
    assert_eq!(counter.so_far(), 1);
    counter.end_record();
    counter.value(PRICE);
    counter.value(PRICE);
    let tally = counter.finish();
    assert_eq!((tally.records, tally.detected), (2, 1));
    assert_eq!(tally.values, [1, 4]);
}

#[test]
fn what_is_learned_is_given_to_the_next() {
    let pool = WarmPool::default();
    assert!(pool.take::<u8>().is_none());
    pool.give(Box::new(7_u8));
    assert!(pool.take::<u16>().is_none());
    assert_eq!(pool.take::<u8>().as_deref(), Some(&7));
    assert!(pool.take::<u8>().is_none());
}
