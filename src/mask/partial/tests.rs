use proptest::prelude::*;

use super::*;

fn show(form: PartialForm, value: &str) -> Option<String> {
    let mut out = String::from("|");
    let shown = form.text(value, &mut out);
    assert_eq!(shown, out.len() > 1, "something was written of a refused value");
    shown.then(|| out[1..].to_owned())
}

fn table(form: PartialForm, rows: &[(&str, &str)]) {
    for (value, wanted) in rows {
        assert_eq!(show(form, value).as_deref(), Some(*wanted), "{value}");
    }
}

fn refused(form: PartialForm, values: &[&str]) {
    for value in values {
        assert_eq!(show(form, value), None, "{value}");
    }
}

#[test]
fn telephone_numbers() {
    table(
        PartialForm::Phone,
        &[
            ("13812345678", "138****5678"),
            ("138-1234-5678", "138-****-5678"),
            (" 138 1234 5678 ", "138 **** 5678"),
            ("+86 138-1234-5678", "(+86) 138-****-5678"),
            ("+8613812345678", "(+86)138****5678"),
            ("(+86)13812345678", "(+86)138****5678"),
            ("8613812345678", "86138****5678"),
            ("0086-13812345678", "0086-138****5678"),
            ("１３８１２３４５６７８", "１３８****５６７８"),
            ("138\u{200b}12345678", "138****5678"),
            ("'13812345678", "'138****5678"),
            ("13812345678转8001", "138****5678转****"),
            ("0757-81234567", "0757-****4567"),
            ("0757-8123456", "0757-****456"),
            ("(010) 61234567", "(010) ****4567"),
            ("021-61234567", "021-****4567"),
            ("0757-81234567转8001", "0757-****4567转****"),
            ("0757-81234567-8001", "0757-********-****"),
            ("013812345678", "0138****5678"),
            ("+1 415-555-0132", "** ***-***-**32"),
            ("81234567", "******67"),
            ("400-800-1234", "***-***-**34"),
        ],
    );
    refused(
        PartialForm::Phone,
        &[
            "",
            "110",
            "12345",
            "123456",
            "13812345678 张三",
            "张三",
            "=13812345678",
            "+",
            "1381234567890123456789",
            "138****5678",
        ],
    );
}

#[test]
fn names_of_people() {
    table(
        PartialForm::PersonName,
        &[
            ("张三", "张*"),
            ("张小明", "张**"),
            ("欧阳娜娜", "欧阳**"),
            ("欧阳明", "欧阳*"),
            ("欧阳", "欧*"),
            ("张 三", "张 *"),
            ("张三先生", "张***"),
            ("买买提·阿卜杜拉", "买**·****"),
            ("John Smith", "J*** S***"),
            ("J. Smith", "* S***"),
            ("Li", "L***"),
            ("O'Brien Mary-Ann", "O*** M***"),
            ("Иван Петров", "И*** П***"),
            ("김철수", "김***"),
            ("José", "J***"),
        ],
    );
    refused(
        PartialForm::PersonName,
        &[
            "",
            "张",
            "佛山市华润涂料",
            "张三 (采购)",
            "张三13812345678",
            "A",
            "John <j@example.com>",
            "李四 Tom",
            "12",
            "=cmd",
            "a b c d e f g",
        ],
    );
}

#[test]
fn emails_and_accounts() {
    table(
        PartialForm::Email,
        &[
            ("zhang.san@example.com", "z***@example.com"),
            ("z@example.com", "***@example.com"),
            ("12345678@qq.com", "1***@qq.com"),
            ("张三@例子.中国", "张***@例子.中国"),
            ("+tag@example.com", "***@example.com"),
        ],
    );
    refused(
        PartialForm::Email,
        &[
            "",
            "@",
            "a@",
            "@b.cn",
            "a@b",
            "a@@b.cn",
            "a b@c.cn",
            "Zhang <z@example.com>",
            "zhang%40example.com",
            "a@b..cn",
            "a@.cn",
        ],
    );
    table(
        PartialForm::Account,
        &[
            ("zhangsan", "z***n"),
            ("12345678", "1***8"),
            ("zs_2020", "z***0"),
            ("_abcde", "***e"),
        ],
    );
    refused(
        PartialForm::Account,
        &["", "abcd", "a b c d e", "zhang san", "https://x"],
    );
}

#[test]
fn documents_and_cards() {
    table(
        PartialForm::ResidentId,
        &[
            ("440681199001011234", "440681********1234"),
            ("44068119900101123X", "440681********123X"),
            ("44068119900101123x", "440681********123x"),
            ("440681 19900101 1234", "440681 ******** 1234"),
            ("440681900101123", "440681******123"),
        ],
    );
    refused(
        PartialForm::ResidentId,
        &["", "4406811990010112", "44068119900101123XX", "A123456(3)", "张三", "X"],
    );
    table(
        PartialForm::BankCard,
        &[
            ("6222020200112345678", "6222***********5678"),
            ("6222 0202 0011 2345 678", "6222 **** **** ***5 678"),
            ("4111-1111-1111-1234", "4111-****-****-1234"),
            ("371449635398431", "***********8431"),
        ],
    );
    refused(PartialForm::BankCard, &["", "12345678901", "6222 0202 abc", "对公"]);
    table(PartialForm::Uscc, &[("91440606MA4UABCD1X", "9144**********CD1X")]);
    refused(
        PartialForm::Uscc,
        &["", "91440606MA4UABCD1", "91440606MA4UABCD1é", "440606000012345"],
    );
    table(
        PartialForm::Plate,
        &[
            ("粤B12345", "粤B***45"),
            ("粤BD12345", "粤B****45"),
            ("粤B·12345", "粤B***45"),
            ("京A1234警", "京A***4警"),
        ],
    );
    refused(
        PartialForm::Plate,
        &["", "粤", "粤B", "粤B123", "B12345", "粤B1234567", "ABC"],
    );
    table(
        PartialForm::Passport,
        &[
            ("E12345678", "E******78"),
            ("EA1234567", "E******67"),
            ("123456789", "*******89"),
        ],
    );
    refused(PartialForm::Passport, &["", "E1234", "12A45678", "ABCD12345", "EABC"]);
}

#[test]
fn addresses() {
    table(
        PartialForm::Address,
        &[
            ("广东省佛山市顺德区容桂街道红星路12号", "广东省佛山市***"),
            ("广东省 佛山市 顺德区", "广东省 佛山市***"),
            ("广东佛山顺德区", "广东佛山***"),
            ("佛山市顺德区", "佛山市***"),
            ("上海市浦东新区世纪大道100号", "上海市***"),
            ("中国广东省深圳市南山区", "中国广东省深圳市***"),
            ("新疆维吾尔自治区乌鲁木齐市天山区", "新疆维吾尔自治区乌鲁木齐市***"),
            ("云南省大理白族自治州大理市", "云南省大理***"),
            ("广东省", "广东省***"),
            ("12 Main Street, Springfield, USA", "***, USA"),
        ],
    );
    refused(
        PartialForm::Address,
        &[
            "",
            "红星路12号",
            "容桂街道",
            "12 Main Street",
            "Baker Street, Mary",
            "万科城市花园3栋",
        ],
    );
}

#[test]
fn dates_of_birth() {
    table(
        PartialForm::BirthDate,
        &[
            ("1990-01-02", "1990-**-**"),
            ("1990/1/2", "1990/**/**"),
            ("1990年1月2日", "1990年**月**日"),
            ("1990年1月", "1990年**月"),
            ("1990-01", "1990-**"),
            ("19900102", "1990****"),
            ("1990", "1990"),
            ("01/02/1990", "**/**/1990"),
            ("1990-01-02T08:00:00Z", "1990-**-**"),
            ("1990-01-02 08:00", "1990-**-**"),
        ],
    );
    refused(
        PartialForm::BirthDate,
        &[
            "",
            "1990-",
            "12",
            "199001021",
            "1790-01-02",
            "Jan 2 1990",
            "1990-01-02x",
            "1990-001-02",
        ],
    );
    let number = |raw: &str| {
        let mut out = String::new();
        PartialForm::BirthDate.number(raw, &mut out).then_some(out)
    };
    assert_eq!(number("19900102").as_deref(), Some("19900000"));
    assert_eq!(number("1990").as_deref(), Some("1990"));
    assert_eq!(number("631152000"), None);
    assert_eq!(number("-631152000000"), None);
}

#[test]
fn amounts() {
    table(
        PartialForm::Magnitude,
        &[
            ("12345.67", "10000.00"),
            ("¥12,345.67", "¥10,000.00"),
            ("0.85", "0.80"),
            ("85%", "80%"),
            ("8.5折", "8.0折"),
            ("500元/桶", "500元/桶"),
        ],
    );
    refused(
        PartialForm::Magnitude,
        &["", "5", "9折", "0", "0.8", "-12.5", "面议", "12 per gallon", "=12+3"],
    );
    let number = |raw: &str| {
        let mut out = String::new();
        PartialForm::Magnitude.number(raw, &mut out).then_some(out)
    };
    assert_eq!(number("12345.67").as_deref(), Some("10000.00"));
    assert_eq!(number("-250").as_deref(), Some("-200"));
    assert_eq!(number("0.85").as_deref(), Some("0.80"));
    for raw in ["5", "0", "0.8", "1.5e3", "1E5", "00.0"] {
        assert_eq!(number(raw), None, "{raw}");
    }
}

#[test]
fn formulas() {
    table(
        PartialForm::Formula,
        &[
            ("钛白粉 22.5%，乳液 35%，水 余量", "钛白粉 **%，乳液 **%，水 余量"),
            ("TiO2 22, 树脂 35", "TiO** **, 树脂 **"),
        ],
    );
    refused(PartialForm::Formula, &["", "F-2031", "配方", "22.5 35"]);
}

#[test]
fn a_value_of_great_length_is_no_value() {
    for (form, _) in PartialForm::ALL {
        assert_eq!(show(form, &"1".repeat(MAX_PARTIAL_BYTES + 1)), None);
    }
}

#[test]
fn names_in_files_are_those_of_serde() {
    for (form, name) in PartialForm::ALL {
        assert_eq!(serde_yaml::from_str::<PartialForm>(name).unwrap(), form);
    }
}

#[test]
fn a_guess_tells_people_from_things() {
    for name in [
        "张三",
        "张小明",
        "欧阳娜娜",
        "买买提·阿卜杜拉",
        "John Smith",
        "张三（采购）",
        "李四 Tom",
        "a@example.com",
        "13812345678",
    ] {
        assert!(person::may_be_person(name), "{name}");
    }
    for name in [
        "外墙乳胶漆",
        "佛山市华润涂料有限公司",
        "已成交",
        "白色",
        "江苏",
        "Exterior Primer",
        "ACME Coatings Ltd",
        "P-2031",
        "全部",
        "项目部",
        "2026-11",
    ] {
        assert!(!person::may_be_person(name), "{name}");
    }
}

proptest! {
    #[test]
    fn no_form_shows_a_whole_number_or_breaks_on_any_text(value in "(\\PC|[0-9]|[ ()+@.-]){0,40}") {
        for (form, _) in PartialForm::ALL {
            let _ = show(form, &value);
        }
    }

    #[test]
    fn plain_shapes_are_rendered_as_the_careful_forms_do(
        value in "1[0-9]{10}|[0-9]{15,19}|[0-9]{17}[Xx]|[\\p{Han}]{1,5}|欧阳[\\p{Han}]{0,2}|[a-z0-9._-]{0,8}@[a-z0-9.-]{0,12}"
    ) {
        type Careful = fn(&str, &mut String) -> Option<()>;
        let careful: [(PartialForm, Careful); 5] = [
            (PartialForm::Phone, numbers::phone),
            (PartialForm::PersonName, person::partial),
            (PartialForm::Email, contact::email),
            (PartialForm::ResidentId, numbers::resident_id),
            (PartialForm::BankCard, numbers::bank_card),
        ];
        for (form, careful) in careful {
            let mut plain = String::new();
            if form.plain(&value, &mut plain).is_some() {
                let mut wanted = String::new();
                prop_assert!(careful(&value, &mut wanted).is_some(), "{:?} {}", form, value);
                prop_assert_eq!(plain, wanted);
            } else {
                prop_assert_eq!(plain, "");
            }
        }
    }

    #[test]
    fn four_digits_of_a_mobile_number_are_never_shown(tail in "1[3-9][0-9]{9}", style in 0..4) {
        let value = match style {
            0 => tail.clone(),
            1 => format!("+86 {tail}"),
            2 => format!("{}-{}-{}", &tail[..3], &tail[3..7], &tail[7..]),
            _ => format!("86{tail}"),
        };
        let shown = show(PartialForm::Phone, &value).unwrap();
        prop_assert!(!shown.contains(&tail) && shown.matches('*').count() == 4, "{}", shown);
    }

    #[test]
    fn of_ids_and_cards_at_least_eight_digits_are_hidden(id in "[1-9][0-9]{16}[0-9X]", card in "[1-9][0-9]{15,18}") {
        prop_assert_eq!(show(PartialForm::ResidentId, &id).unwrap().matches('*').count(), 8);
        prop_assert!(show(PartialForm::BankCard, &card).unwrap().matches('*').count() >= 8);
    }

    #[test]
    fn magnitudes_of_numbers_are_json_numbers(raw in "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?") {
        let mut out = String::new();
        if PartialForm::Magnitude.number(&raw, &mut out) {
            prop_assert!(serde_json::from_str::<serde_json::Number>(&out).is_ok(), "{}", out);
            prop_assert_eq!(out.bytes().filter(|b| (b'1'..=b'9').contains(b)).count(), 1);
        }
    }
}
