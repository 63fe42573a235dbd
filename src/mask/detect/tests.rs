use proptest::prelude::*;

use super::*;
use crate::fpe::{bank_card_check_digit, resident_id_check};

fn detectors() -> Detectors {
    Detectors::new(
        DetectorKind::ALL
            .iter()
            .map(|&kind| (kind, ClassId(kind as u16)))
            .collect(),
    )
}

fn find(text: &str) -> Vec<(DetectorKind, &str)> {
    let mut found = Vec::new();
    detectors().find(text, &mut found);
    found
        .iter()
        .map(|finding| {
            (
                DetectorKind::ALL[usize::from(finding.class.0)],
                &text[finding.range.clone()],
            )
        })
        .collect()
}

/// `[value]` in `text` is what has to be found, of one kind.
fn expect(kind: DetectorKind, marked: &str) {
    let text = marked.replace(['⟦', '⟧'], "");
    let wanted: Vec<&str> = marked
        .split('⟦')
        .skip(1)
        .map(|part| part.split('⟧').next().unwrap())
        .collect();
    let found = find(&text);
    assert_eq!(
        found,
        wanted.iter().map(|value| (kind, *value)).collect::<Vec<_>>(),
        "{text}"
    );
}

fn nothing(text: &str) {
    assert_eq!(find(text), [], "{text}");
}

fn resident_id(body: &str) -> String {
    let digits: Vec<u8> = body.bytes().map(|b| b - b'0').collect();
    format!(
        "{body}{}",
        char::from(b"0123456789X"[usize::from(resident_id_check(&digits).unwrap())])
    )
}

fn bank_card(body: &str) -> String {
    let digits: Vec<u8> = body.bytes().map(|b| b - b'0').collect();
    format!("{body}{}", bank_card_check_digit(&digits))
}

fn credit_code(body: &str) -> String {
    (0..31)
        .map(|i| format!("{body}{}", char::from(b"0123456789ABCDEFGHJKLMNPQRTUWXY"[i])))
        .find(|code| codes::is_credit_code(code.as_bytes()))
        .unwrap()
}

#[test]
fn mobile_numbers() {
    for marked in [
        "⟦13812345678⟧",
        "手机⟦13812345678⟧转8001",
        "联系⟦13812345678⟧。",
        "tel:⟦13812345678⟧",
        "TEL⟦13812345678⟧",
        "⟦138-1234-5678⟧",
        "⟦138 1234 5678⟧",
        "⟦138.1234.5678⟧",
        "⟦+86 138-1234-5678⟧",
        "打⟦+8613812345678⟧",
        "⟦8613812345678⟧",
        "⟦008613812345678⟧",
        "（⟦１３８１２３４５６７８⟧）",
        "⟦138\u{200b}1234\u{200b}5678⟧",
        "⟦13812345678⟧/⟦13912345678⟧",
        "⟦138 1234 5678⟧ ⟦139 8765 4321⟧",
        "2026-11-23 ⟦13812345678⟧",
        "zhangsan⟦13812345678⟧",
        "user_⟦13812345678⟧",
        "{\"a\":\"⟦13812345678⟧\"}",
        "⟦138 12 34 56 78⟧",
        "a=1&mobile=⟦13812345678⟧&b=2",
    ] {
        expect(DetectorKind::PrcMobile, marked);
    }
}

#[test]
fn what_looks_like_a_mobile_number_and_is_none() {
    for text in [
        "",
        "1700000000123",
        "20261123143308",
        "2026-11-23T14:33:08.123Z",
        "2026-11-23 14:33:08",
        "SO13812345678",
        "PO202611230001",
        "a3f13812345678bc9e",
        "550e8400-e29b-41d4-a716-138123456789",
        "13812345-678a-41d4-a716-446655440000",
        "¥13812345678",
        "13812345678.50",
        "0.13812345678",
        "138123456789",
        "12812345678",
        "1381234567",
        "192.168.100.200",
        "1,381,234,567",
        "d41d8cd98f00b204e9800998ecf8427e",
        "version 1.38.1234",
        "订单20261123000138",
    ] {
        nothing(text);
    }
}

#[test]
fn landlines() {
    for marked in [
        "⟦0757-81234567⟧",
        "电话：⟦0757-81234567⟧",
        "⟦010 61234567⟧",
        "(⟦0757) 81234567⟧",
        "⟦075781234567⟧",
        "座机⟦81234567⟧",
        "电话: ⟦8123 4567⟧",
        "tel: ⟦8123-4567⟧",
    ] {
        expect(DetectorKind::Landline, marked);
    }
    for text in [
        "81234567",
        "0157-81234567",
        "0757-11234567",
        "075-81234567",
        "00000000000",
    ] {
        nothing(text);
    }
}

#[test]
fn emails() {
    for marked in [
        "⟦zhang.san@example.com⟧",
        "邮箱⟦zhang@example.com.cn⟧，",
        "<⟦a@b.cn⟧>",
        "mailto:⟦a_b+c@example.org⟧?x",
        "⟦13812345678@qq.com⟧",
        "⟦zhang＠example.com⟧",
        "写给 ⟦a@example.com⟧.",
        "⟦a@example.com⟧;⟦b@example.com⟧",
    ] {
        expect(DetectorKind::Email, marked);
    }
    for text in [
        "@",
        "a@b",
        "@zhang",
        "a@",
        "logo@2x.png",
        "npm@1.2.3",
        "a@.com",
        "x @ y.cn",
    ] {
        nothing(text);
    }
}

#[test]
fn resident_ids() {
    let digit = resident_id("44068119900101123");
    let x = resident_id("11010519491231002");
    assert!(x.ends_with('X'));
    for (id, spaced) in [
        (&digit, false),
        (&x, false),
        (&x.to_lowercase(), false),
        (&x, true),
        (&digit, true),
    ] {
        let written = if spaced {
            format!("{} {} {}", &id[..6], &id[6..14], &id[14..])
        } else {
            id.clone()
        };
        expect(DetectorKind::ResidentId, &format!("身份证⟦{written}⟧的"));
    }
    let wide: String = digit
        .chars()
        .map(|c| char::from_u32(c as u32 + 0xfee0).unwrap())
        .collect();
    expect(DetectorKind::ResidentId, &format!("⟦{wide}⟧"));
    expect(DetectorKind::ResidentId, "⟦440681900101123⟧");
    let wrong = digit.replace(&digit[17..], if digit.ends_with('0') { "1" } else { "0" });
    for text in [
        wrong.as_str(),
        &resident_id("44068119901301123"),
        &resident_id("99068119900101123"),
        "440681901301123",
    ] {
        nothing(text);
    }
}

#[test]
fn bank_cards() {
    let card = bank_card("622202020011234567");
    let visa = bank_card("411111111111111");
    expect(DetectorKind::BankCard, &format!("卡号⟦{card}⟧开户行"));
    expect(DetectorKind::BankCard, &format!("⟦{visa}⟧"));
    let fours: Vec<&str> = (0..card.len())
        .step_by(4)
        .map(|i| &card[i..(i + 4).min(card.len())])
        .collect();
    expect(DetectorKind::BankCard, &format!("⟦{}⟧", fours.join(" ")));
    let wrong = format!("{}{}", &card[..18], (card.as_bytes()[18] - b'0' + 1) % 10);
    nothing(&wrong);
    nothing(&bank_card("1234567890123456"));
}

#[test]
fn credit_codes() {
    for body in ["91440606MA4UXXXXX", "52110000500021234", "N2440606MF1234567"] {
        let code = credit_code(body);
        expect(DetectorKind::Uscc, &format!("税号⟦{code}⟧。"));
        nothing(&format!("A{code}"));
        let other = if code.ends_with('0') { '1' } else { '0' };
        let wrong = format!("{}{other}", &code[..17]);
        assert!(!find(&wrong).iter().any(|(kind, _)| *kind == DetectorKind::Uscc));
    }
}

#[test]
fn plates() {
    for marked in ["车牌⟦粤B12345⟧", "⟦粤E·12345⟧", "⟦粤BD12345⟧", "⟦京A1234警⟧"] {
        expect(DetectorKind::Plate, marked);
    }
    for text in ["川A", "新ABCDEF", "云A1", "粤B1234567", "青I12345"] {
        nothing(text);
    }
}

#[test]
fn what_words_announce() {
    for (kind, marked) in [
        (DetectorKind::WechatQq, "微信：⟦zhangsan88⟧"),
        (DetectorKind::WechatQq, "微信号⟦zs_2020⟧"),
        (DetectorKind::WechatQq, "wechat: ⟦zhangsan⟧"),
        (DetectorKind::WechatQq, "QQ:⟦1234567⟧"),
        (DetectorKind::WechatQq, "加我QQ⟦12345678⟧"),
        (DetectorKind::PrcMobile, "微信⟦13812345678⟧"),
        (DetectorKind::Passport, "护照号：⟦E12345678⟧"),
        (DetectorKind::Passport, "Passport No: ⟦EA1234567⟧"),
        (DetectorKind::BirthDate, "出生日期：⟦1990年1月2日⟧"),
        (DetectorKind::BirthDate, "生日 ⟦1990-01-02⟧"),
        (DetectorKind::BirthDate, "DOB: ⟦1990/1/2⟧"),
        (DetectorKind::BirthDate, "出生于⟦19900102⟧"),
        (DetectorKind::PersonName, "联系人：⟦张三⟧"),
        (DetectorKind::PersonName, "联系人：⟦张小明⟧，电话见下"),
        (DetectorKind::PersonName, "联系人: ⟦欧阳小明⟧"),
        (DetectorKind::PersonName, "姓名 ⟦李四⟧ 已付款"),
        (DetectorKind::PersonName, "客户 ⟦张三⟧"),
        (DetectorKind::PersonName, "联系人：⟦王五⟧电话不通"),
        (DetectorKind::PersonName, "收货人是⟦李雷⟧先生"),
        (DetectorKind::PersonName, "⟦王小明⟧女士来电"),
        (DetectorKind::PersonName, "请找⟦张三⟧先生"),
        (DetectorKind::PersonName, "Dear Mr. ⟦Smith⟧,"),
        (DetectorKind::PersonName, "Contact: ⟦John Smith⟧"),
        (DetectorKind::PersonName, "Name: ⟦Mary Ann Lee⟧"),
    ] {
        expect(kind, marked);
    }
    for text in [
        "微信支付",
        "微信Android客户端",
        "QQ群",
        "生日快乐",
        "客户经理",
        "客户方面",
        "客户：佛山市华润涂料有限公司",
        "File name: Report Final",
        "name: Exterior Primer",
        "contact: sales department",
        "1990-01-02",
        "E12345678",
        "Mr",
        "先生",
    ] {
        nothing(text);
    }
}

#[test]
fn addresses() {
    for marked in [
        "⟦广东省佛山市顺德区容桂街道红星路12号⟧",
        "收货地址：⟦广东省佛山市顺德区红星路12号3栋501⟧，请送到",
        "⟦佛山市顺德区红星路12号⟧",
        "送到⟦上海市浦东新区世纪大道100号⟧。",
        "⟦红星路12号⟧",
        "⟦北京朝阳区建国路88号2座1201室⟧",
        "⟦广州市天河区体育西路１２号⟧",
    ] {
        expect(DetectorKind::Address, marked);
    }
    for text in [
        "广东省佛山市",
        "佛山市顺德区",
        "订单号12",
        "3号仓库",
        "思路2",
        "客户分组2",
        "市场部",
        "2楼",
    ] {
        nothing(text);
    }
}

#[test]
fn the_surer_and_longer_finding_wins_and_they_are_in_order() {
    let id = resident_id("44068119900101123");
    let text = format!("张三 13812345678 {id} a@example.com");
    let kinds: Vec<_> = find(&text).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds,
        [DetectorKind::PrcMobile, DetectorKind::ResidentId, DetectorKind::Email]
    );
}

#[test]
fn a_class_without_detectors_finds_nothing() {
    let none = Detectors::default();
    assert!(!none.may_match("13812345678".as_bytes()));
    let mut found = vec![Finding {
        range: 0..1,
        class: ClassId(0),
    }];
    none.find("13812345678", &mut found);
    assert!(found.is_empty());
}

#[test]
fn ordinary_strings_do_not_pass_the_prefilter() {
    let detectors = detectors();
    for text in [
        "",
        "active",
        "2026-11-23",
        "2026-11-23T14:33:08Z",
        "外墙乳胶漆",
        "12345.67",
        "https://crm.example.com/a/b",
        "C-000123",
        "已成交",
        "exterior primer, white",
        "15%",
        "true",
        "2026-11-23 14:33:08",
        "2026-11-23T14:33:08.123456+08:00",
        "2026-11-23T14:33:08.123-0800",
        "http://www.w3.org/2001/XMLSchema",
    ] {
        assert!(!detectors.may_match(text.as_bytes()), "{text}");
    }
    assert!(
        detectors.may_match(b"\xb5\xe7\xbb\xb0\xb5\xe7\xbb\xb0"),
        "what is no UTF-8 is looked at"
    );
}

#[test]
fn a_text_of_nothing_but_numbers_takes_linear_time() {
    let text = format!("{}13812345678", "1 ".repeat(200_000));
    assert_eq!(find(&text).len(), 1);
    let text = ["路".repeat(50_000), "联系人：".repeat(20_000), "a@".repeat(50_000)].concat();
    let _ = find(&text);
}

proptest! {
    #[test]
    fn a_mobile_number_is_found_wherever_it_stands(before in "[\\p{Han}，。：（ ]{0,12}", tail in "1[3-9][0-9]{9}", after in "[\\p{Han}，。！） ]{0,12}") {
        let text = format!("{before}{tail}{after}");
        let found = find(&text);
        prop_assert!(found.iter().any(|(_, value)| value.contains(&tail)), "{}", text);
    }

    #[test]
    fn the_first_glance_counts_each_byte_once(lead in "[a-z]{0,40}", digits in "[0-9]{0,12}", tail in "[a-z]{0,9}") {
        let text = format!("{lead}{digits}{tail}");
        prop_assert_eq!(detectors().may_match(text.as_bytes()), digits.len() >= 7);
        for mark in ["a@b.cn", "１３８１２３４５６７８", "\u{ff20}"] {
            let text = format!("{lead}{mark}{tail}");
            prop_assert!(text.len() < 6 || detectors().may_match(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn findings_are_ordered_apart_and_on_boundaries(text in "(\\PC|[0-9]{3,11}|路|号|市|@|\\.|-| |联系人：|张){0,40}") {
        let mut found = Vec::new();
        detectors().find(&text, &mut found);
        let mut end = 0;
        for finding in &found {
            prop_assert!(finding.range.start >= end && finding.range.end > finding.range.start);
            prop_assert!(finding.range.len() <= MAX_FINDING_BYTES);
            prop_assert!(text.is_char_boundary(finding.range.start) && text.is_char_boundary(finding.range.end));
            end = finding.range.end;
        }
    }
}
