//! Makes the demo data from a fixed seed.

use super::CUSTOMERS;
use super::identifiers::{bank_card, mobile, passport, plate, resident_id, uscc};
use super::ledger::Ledger;
use super::people::{chinese, latin};
use super::places::{ABROAD, ESTATES, PLACES, Place, STREETS};
use super::products::{MATERIALS, PRODUCTS, STAGES};
use super::random::Dice;
use super::records::{Component, Contact, Customer, Formula, Order, OrderLine, Price, Project};

/// Changing this changes every invented value, and the pictures in the README.
const SEED: u64 = 0x0C0A_7202;

const PROJECTS: u32 = 1_200;
const ORDERS: u32 = 5_000;
const FORMULAS: u32 = 144;
const PACKS: [u32; 4] = [1, 5, 18, 200];
const TRADES: [(&str, &str); 3] = [
    ("dealer", "建材经营部"),
    ("factory", "家具制造有限公司"),
    ("decorator", "装饰工程有限公司"),
];
const OWNERS: [&str; 3] = ["wang", "sun", "he"];

/// The whole ledger.
pub(super) fn ledger() -> Ledger {
    let mut dice = Dice::new(SEED);
    let count = u32::try_from(CUSTOMERS).unwrap_or(u32::MAX);
    let customers: Vec<Customer> = (1..=count).map(|id| customer(&mut dice, id)).collect();
    let projects = (1..=PROJECTS).map(|id| project(&mut dice, id, count)).collect();
    let orders = (1..=ORDERS).map(|id| order(&mut dice, id, &customers)).collect();
    let formulas = (1..=FORMULAS).map(|id| formula(&mut dice, id)).collect();
    Ledger::new(customers, projects, orders, formulas, prices())
}

fn customer(dice: &mut Dice, id: u32) -> Customer {
    if dice.chance(6) {
        customer_abroad(dice, id)
    } else {
        customer_at_home(dice, id)
    }
}

fn customer_at_home(dice: &mut Dice, id: u32) -> Customer {
    let place = dice.pick(&PLACES);
    let (kind, trade) = *dice.pick(&TRADES);
    let owner_name = chinese(dice).shown;
    let city = if place.city.is_empty() {
        place.province
    } else {
        place.city
    };
    let contacts: Vec<Contact> = (0..dice.range(1, 4)).map(|_| contact_at_home(dice, place)).collect();
    Customer {
        company: format!("{}{owner_name}{trade}", city.trim_end_matches('市')),
        region: place.province.to_owned(),
        credit_code: Some(uscc(dice, place.code)),
        address: address(dice, place),
        landline: format!("{}-{}{}", place.area, dice.range(2, 9), dice.digits(7)),
        bank_name: (*dice.pick(&["中国银行", "建设银行", "农业银行", "工商银行", "招商银行"])).to_owned(),
        notes: notes(dice, &contacts),
        ..customer_base(dice, id, kind, contacts)
    }
}

fn customer_abroad(dice: &mut Dice, id: u32) -> Customer {
    let [country, city, street, dialling] = *dice.pick(&ABROAD);
    let contacts: Vec<Contact> = (0..dice.range(1, 3)).map(|_| contact_abroad(dice, dialling)).collect();
    let (kind, _) = *dice.pick(&TRADES);
    Customer {
        company: format!("{city} Coatings Trading {id}"),
        region: country.to_owned(),
        credit_code: None,
        address: format!("{street} {city}, {country}"),
        landline: format!("{dialling} {} {}", dice.digits(3), dice.digits(4)),
        bank_name: "HSBC".to_owned(),
        notes: format!(
            "Met {} at the coatings fair. Write to {} first.",
            contacts[0].name, contacts[0].email
        ),
        ..customer_base(dice, id, kind, contacts)
    }
}

/// What customers at home and abroad have in common.
fn customer_base(dice: &mut Dice, id: u32, kind: &str, contacts: Vec<Contact>) -> Customer {
    Customer {
        id,
        code: format!("C{id:05}"),
        kind: kind.to_owned(),
        company: String::new(),
        region: String::new(),
        owner: (*dice.pick(&OWNERS)).to_owned(),
        credit_code: None,
        address: String::new(),
        landline: String::new(),
        discount: dice.range(0, 31) as f64 / 2.0,
        credit_limit: u32::try_from(dice.range(1, 60) * 10_000).unwrap_or(0),
        bank_name: String::new(),
        bank_card: bank_card(dice),
        contacts,
        notes: String::new(),
        tags: [
            *dice.pick(&["A级", "B级", "C级"]),
            *dice.pick(&["水性", "溶剂型", "粉末"]),
        ]
        .map(str::to_owned)
        .to_vec(),
        active: dice.chance(92),
        since: day(dice, 2012, 2026),
        version: 1,
    }
}

fn contact_at_home(dice: &mut Dice, place: &Place) -> Contact {
    let name = chinese(dice);
    let birth = day(dice, 1958, 2003);
    let number = mobile(dice);
    Contact {
        email: format!("{}{}@example.cn", name.latin, dice.range(1, 99)),
        wechat: if dice.chance(50) {
            format!("wx_{}", name.latin.replace('.', ""))
        } else {
            number.clone()
        },
        name: name.shown,
        title: (*dice.pick(&["总经理", "采购经理", "项目经理", "财务", "仓库主管"])).to_owned(),
        mobile: spelled(dice, &number),
        qq: dice.chance(40).then(|| dice.range(10_000_000, 3_999_999_999)),
        id_card: Some(resident_id(dice, place.code, &birth.replace('-', ""))),
        passport: None,
        birth_date: birth,
        plate: dice.chance(40).then(|| plate(dice, place.plate)),
    }
}

fn contact_abroad(dice: &mut Dice, dialling: &str) -> Contact {
    let name = latin(dice);
    Contact {
        email: format!("{}@example.com", name.latin),
        wechat: String::new(),
        name: name.shown,
        title: "Buyer".to_owned(),
        mobile: format!("{dialling} {} {}", dice.digits(3), dice.digits(5)),
        qq: None,
        id_card: None,
        passport: Some(passport(dice)),
        birth_date: day(dice, 1958, 2003),
        plate: None,
    }
}

/// The same number as different clerks type it.
fn spelled(dice: &mut Dice, number: &str) -> String {
    match dice.range(0, 10) {
        0 => format!("+86 {number}"),
        1 => format!("{}-{}-{}", &number[..3], &number[3..7], &number[7..]),
        2 => format!("{} {} {}", &number[..3], &number[3..7], &number[7..]),
        _ => number.to_owned(),
    }
}

fn address(dice: &mut Dice, place: &Place) -> String {
    let Place {
        province,
        city,
        district,
        ..
    } = place;
    let (street, estate) = (dice.pick(&STREETS), dice.pick(&ESTATES));
    format!(
        "{province}{city}{district}{street}{}号{estate}{}栋{}室",
        dice.range(1, 400),
        dice.range(1, 30),
        dice.range(101, 2_400)
    )
}

/// What salespeople write into the note field: other people's data, in prose.
fn notes(dice: &mut Dice, contacts: &[Contact]) -> String {
    let Contact {
        name,
        mobile: phone,
        id_card,
        email,
        ..
    } = &contacts[0];
    let other = mobile(dice);
    match dice.range(0, 6) {
        0 => format!("联系人：{name}，手机{phone}转8001，报价前先电话确认。"),
        1 => format!(
            "送货请打{other}（司机），身份证{}已登记。",
            id_card.as_deref().unwrap_or("未提供")
        ),
        2 => format!("发票邮箱 {email}；开户卡号{}。", bank_card(dice)),
        3 => format!("样板已寄，订单号 SO2026{}，无其他备注。", dice.digits(7)),
        4 => format!("微信同号{other}，不接受邮件。"),
        _ => String::new(),
    }
}

fn project(dice: &mut Dice, id: u32, customers: u32) -> Project {
    let place = dice.pick(&PLACES);
    Project {
        id,
        customer_id: u32::try_from(dice.range(1, u64::from(customers) + 1)).unwrap_or(1),
        title: format!(
            "{}{}涂装工程",
            dice.pick(&ESTATES),
            dice.pick(&["一期", "二期", "改造", "外墙"])
        ),
        site_address: address(dice, place),
        site_contact: chinese(dice).shown,
        site_phone: mobile(dice),
        area_m2: u32::try_from(dice.range(200, 80_000)).unwrap_or(200),
        stage: (*dice.pick(&STAGES)).to_owned(),
        product: dice.pick(&PRODUCTS).0.to_owned(),
    }
}

fn order(dice: &mut Dice, id: u32, customers: &[Customer]) -> Order {
    let customer = dice.pick(customers);
    let lines: Vec<OrderLine> = (0..dice.range(1, 5))
        .map(|_| order_line(dice, customer.discount))
        .collect();
    let amount = lines.iter().map(|l| l.unit_price * f64::from(l.litres)).sum::<f64>();
    Order {
        id,
        number: format!("SO2026{:07}", 1_380_000 + id),
        customer_id: customer.id,
        ordered_on: day(dice, 2024, 2026),
        lines,
        amount: (amount * 100.0).round() / 100.0,
        receiver_name: customer.contacts[0].name.clone(),
        receiver_phone: customer.contacts[0].mobile.clone(),
        delivery_address: customer.address.clone(),
    }
}

fn order_line(dice: &mut Dice, discount: f64) -> OrderLine {
    let (code, name, _, cents) = *dice.pick(&PRODUCTS);
    let price = cents as f64 / 100.0 * (1.0 - discount / 100.0);
    OrderLine {
        product: code.to_owned(),
        product_name: name.to_owned(),
        litres: u32::try_from(dice.range(1, 60) * 18).unwrap_or(18),
        unit_price: (price * 100.0).round() / 100.0,
        discount,
    }
}

fn formula(dice: &mut Dice, id: u32) -> Formula {
    let (product, _, _, cents) = *dice.pick(&PRODUCTS);
    let mut left = 1_000;
    let mut parts: Vec<Component> = Vec::new();
    let materials: Vec<&str> = MATERIALS.iter().filter(|_| dice.chance(40)).copied().collect();
    for material in materials.into_iter().take(5) {
        let share = dice.range(10, 400).min(left);
        left -= share;
        parts.push(Component {
            material: material.to_owned(),
            percent: share as f64 / 10.0,
        });
    }
    parts.push(Component {
        material: "去离子水".to_owned(),
        percent: left as f64 / 10.0,
    });
    Formula {
        id,
        code: format!("F-{product}-{id:03}"),
        product: product.to_owned(),
        colour: format!("RAL {}", dice.range(1_000, 9_024)),
        formula: parts,
        cost_price: (cents as f64 * 0.41).round() / 100.0,
    }
}

fn prices() -> Vec<Price> {
    let every_pack = PRODUCTS
        .iter()
        .flat_map(|product| PACKS.iter().map(move |pack| (product, *pack)));
    every_pack
        .zip(1..)
        .map(|(((code, name_zh, name_en, cents), pack), id)| {
            let list = *cents as f64 / 100.0 * f64::from(pack);
            Price {
                id,
                product: (*code).to_owned(),
                name_zh: (*name_zh).to_owned(),
                name_en: (*name_en).to_owned(),
                pack_litres: pack,
                list_price: (list * 100.0).round() / 100.0,
                dealer_price: (list * 72.0).round() / 100.0,
                max_discount: 18.0,
            }
        })
        .collect()
}

fn day(dice: &mut Dice, from: u64, to: u64) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        dice.range(from, to),
        dice.range(1, 13),
        dice.range(1, 29)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_starts_show_the_same_customers() {
        let (one, two) = (ledger(), ledger());
        let text = |l: &Ledger| serde_json::to_string(l.customers()).unwrap();
        assert_eq!(text(&one), text(&two));
        assert_eq!(one.customers().len(), CUSTOMERS);
    }

    #[test]
    fn formulas_sum_to_a_hundred_percent() {
        for formula in ledger().formulas() {
            let sum: f64 = formula.formula.iter().map(|c| c.percent).sum();
            assert!((sum - 100.0).abs() < 0.01, "{} sums to {sum}", formula.code);
        }
    }
}
