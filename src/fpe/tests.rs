use fpe::ff1::{FF1, FlexibleNumeralString};
use proptest::prelude::*;

use super::*;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

fn numerals(text: &str, alphabet: &str) -> Vec<u16> {
    text.chars()
        .map(|c| alphabet.chars().position(|a| a == c).unwrap() as u16)
        .collect()
}

fn known_answers(json: &str, tweak: &str, plain: &str, secret: &str) {
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let cases = json["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let text = |name: &str| case[name].as_str().unwrap();
        let radix = case["radix"].as_u64().unwrap() as u32;
        let ff1 = Ff1::new(&hex(text("key")), radix).unwrap();
        let (clear, expected) = (
            numerals(text(plain), text("alphabet")),
            numerals(text(secret), text("alphabet")),
        );
        let mut work = clear.clone();
        ff1.encrypt(&hex(text(tweak)), &mut work).unwrap();
        assert_eq!(work, expected, "{case}");
        ff1.decrypt(&hex(text(tweak)), &mut work).unwrap();
        assert_eq!(work, clear, "{case}");
    }
}

#[test]
fn nist_samples() {
    known_answers(
        include_str!("../../tests/vectors/nist_sp800-38g_ff1_samples.json"),
        "tweak_hex",
        "plaintext",
        "ciphertext",
    );
}

#[test]
fn acvp_vectors() {
    known_answers(
        include_str!("../../tests/vectors/acvp_ff1_radix10_subset.json"),
        "tweak",
        "pt",
        "ct",
    );
}

#[test]
fn domains_under_a_million_are_refused() {
    let limits: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/vectors/domain_size_limits.json")).unwrap();
    for limit in limits["limits"].as_array().unwrap() {
        let number = |name: &str| limit[name].as_u64().unwrap() as usize;
        let ff1 = Ff1::new(&[7; 32], number("radix") as u32).unwrap();
        assert!(
            ff1.encrypt(b"", &mut vec![0; number("min_len_accept")]).is_ok(),
            "{limit}"
        );
        let refused = ff1.encrypt(b"", &mut vec![0; number("max_len_reject")]);
        assert!(matches!(refused, Err(FpeError::DomainTooSmall { .. })), "{limit}");
    }
}

#[test]
fn wrong_keys_radices_and_numerals_are_refused() {
    assert_eq!(Ff1::new(&[0; 31], 10).unwrap_err(), FpeError::KeyLength(31));
    assert_eq!(Ff1::new(&[0; 32], 1).unwrap_err(), FpeError::Radix(1));
    assert_eq!(Ff1::new(&[0; 32], 65_537).unwrap_err(), FpeError::Radix(65_537));
    let ff1 = Ff1::new(&[0; 32], 10).unwrap();
    assert_eq!(ff1.encrypt(b"", &mut [0, 1, 2, 3, 4, 10]), Err(FpeError::Numerals));
}

/// A small generator, so that the comparison is the same on each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn differs_nowhere(cases: usize, seed: u64, shape: impl Fn(&mut Random) -> (u32, usize)) {
    let mut random = Random(seed);
    for _ in 0..cases {
        let (radix, length) = shape(&mut random);
        let key: [u8; 32] = std::array::from_fn(|_| random.below(256) as u8);
        let tweak: Vec<u8> = (0..random.below(40)).map(|_| random.below(256) as u8).collect();
        let plain: Vec<u16> = (0..length).map(|_| random.below(u64::from(radix)) as u16).collect();
        let reference = FF1::<aes::Aes256>::new(&key, radix).unwrap();
        let expected: Vec<u16> = reference
            .encrypt(&tweak, &FlexibleNumeralString::from(plain.clone()))
            .unwrap()
            .into();
        let ours = Ff1::new(&key, radix).unwrap();
        let mut work = plain.clone();
        ours.encrypt(&tweak, &mut work).unwrap();
        assert_eq!(work, expected, "radix {radix}, length {length}, tweak {}", tweak.len());
        ours.decrypt(&tweak, &mut work).unwrap();
        assert_eq!(work, plain);
    }
}

#[test]
fn decimal_equals_the_reference_crate_in_100_000_cases() {
    differs_nowhere(100_000, 0x9e37_79b9, |random| (10, 6 + random.below(27) as usize));
}

#[test]
fn every_radix_equals_the_reference_crate() {
    differs_nowhere(4_000, 0x1234_5678_9abc, |random| {
        let radix = [2, 3, 16, 26, 36, 62, 255, 256, 20_902, 65_535][random.below(10) as usize];
        (radix, 20 + random.below(90) as usize)
    });
}

fn key() -> SurrogateKey {
    SurrogateKey::new(std::array::from_fn(|i| i as u8))
}

fn cipher(rule: SurrogateRule) -> SurrogateCipher {
    SurrogateCipher::new(&key(), SurrogateForm::new(rule, "test").unwrap(), "tenant").unwrap()
}

fn surrogate(cipher: &SurrogateCipher, value: &str) -> Option<String> {
    let mut out = String::from("before");
    let done = cipher.encrypt(value, &mut out);
    assert!(out.starts_with("before"));
    assert_eq!(
        done,
        out.len() > "before".len(),
        "an empty surrogate or a rest of a refused one"
    );
    done.then(|| out["before".len()..].to_owned())
}

fn original(cipher: &SurrogateCipher, value: &str) -> Option<String> {
    let mut out = String::new();
    cipher.decrypt(value, &mut out).then_some(out)
}

fn digits_of(text: &str) -> String {
    text.chars()
        .filter_map(|c| match char_kind(c) {
            CharKind::Digit(d) => Some(char::from(b'0' + d)),
            _ => None,
        })
        .collect()
}

#[test]
fn one_mobile_number_has_one_surrogate_in_every_spelling() {
    let phone = cipher(SurrogateRule::Phone);
    let plain = surrogate(&phone, "13812345678").unwrap();
    assert!(plain.starts_with('2') && plain.len() == 11, "{plain}");
    for (spelling, shape) in [
        ("138-1234-5678", "###-####-####"),
        ("138 1234 5678", "### #### ####"),
        ("+8613812345678", "(+86)###########"),
        ("+86 138-1234-5678", "(+86) ###-####-####"),
        ("(+86)13812345678", "(+86)###########"),
        ("0086 13812345678", "0086 ###########"),
        ("8613812345678", "86###########"),
        ("'13812345678", "'###########"),
        ("１３８１２３４５６７８", "###########"),
        ("138\u{200b}12345678", "###\u{200b}########"),
    ] {
        let found = surrogate(&phone, spelling).unwrap_or_else(|| panic!("{shape}"));
        assert!(digits_of(&found).ends_with(&plain), "{found}");
        let mut digits = plain.chars();
        let expected: String = shape
            .chars()
            .map(|c| if c == '#' { digits.next().unwrap() } else { c })
            .collect();
        if !spelling.starts_with('１') {
            assert_eq!(found, expected);
        }
        let back = original(&phone, &found).unwrap();
        assert_eq!(back, spelling.replace("(+86)", "+86"));
    }
}

#[test]
fn landlines_and_foreign_numbers_come_back() {
    let phone = cipher(SurrogateRule::Phone);
    for (value, mark) in [
        ("0757-81234567", "3"),
        ("(0757) 81234567", "(3"),
        ("010-61234567", "3"),
        ("0757-81234567-8001", "3"),
        ("0757-81234567转8001", "3"),
        ("013812345678", "3"),
        ("+1 415-555-0132", "6"),
        ("+44 20 7946 0958", "6"),
        ("+86 757 81234567", "6"),
        ("(+1) 415 555 0132", "(6"),
    ] {
        let found = surrogate(&phone, value).unwrap_or_else(|| panic!("{mark}"));
        assert!(found.starts_with(mark), "{found}");
        assert_ne!(digits_of(&found), digits_of(value));
        assert_eq!(original(&phone, &found).as_deref(), Some(value));
    }
}

#[test]
fn what_is_no_phone_number_has_no_surrogate() {
    let phone = cipher(SurrogateRule::Phone);
    for value in [
        "",
        "110",
        "12345",
        "81234567",
        "4008001234",
        "12812345678",
        "1381234567",
        "138123456789",
        "13812345678x1",
        "13812345678 张三",
        "=13812345678",
        "1380000000013800000000",
        "12",
        "+",
        "++8613812345678",
        "1381234567８９",
    ] {
        assert_eq!(surrogate(&phone, value), None);
    }
}

#[test]
fn what_is_no_surrogate_has_no_original() {
    let phone = cipher(SurrogateRule::Phone);
    for value in [
        "13812345678",
        "",
        "2381234567",
        "41234567890",
        "(+86)13812345678",
        "3",
        "6",
    ] {
        assert_eq!(original(&phone, value), None, "{value}");
    }
}

fn resident_id(body: &str) -> String {
    let digits: Vec<u8> = body.bytes().map(|b| b - b'0').collect();
    let check = resident_id_check(&digits).unwrap();
    format!("{body}{}", char::from(b"0123456789X"[usize::from(check)]))
}

fn bank_card(body: &str) -> String {
    let digits: Vec<u8> = body.bytes().map(|b| b - b'0').collect();
    format!("{body}{}", bank_card_check_digit(&digits))
}

#[test]
fn check_digits_are_those_of_the_standards() {
    // The examples of GB 11643-1999, annex A, and of ISO/IEC 7812-1, annex B.
    assert_eq!(resident_id("11010519491231002"), "11010519491231002X");
    assert_eq!(resident_id("44052418800101001"), "440524188001010014");
    assert_eq!(bank_card("7992739871"), "79927398713");
}

#[test]
fn resident_ids_with_a_wrong_check_or_date_have_no_surrogate() {
    let ids = cipher(SurrogateRule::ResidentId);
    let good = resident_id("11010519491231002");
    assert!(surrogate(&ids, &good).is_some());
    assert!(surrogate(&ids, "440681900101123").is_some());
    for value in [
        "110105194912310021",
        "440681901301123",
        "440681900132123",
        "044068190010112",
        "44068190010112",
        "",
        "11010519491231002",
        "11010519491231002XX",
        "X1010519491231002X",
    ] {
        assert_eq!(surrogate(&ids, value), None);
    }
}

#[test]
fn tenants_domains_and_keys_have_surrogates_of_their_own() {
    let of = |key: &SurrogateKey, domain: &str, tenant: &str| {
        let form = SurrogateForm::new(SurrogateRule::Phone, domain).unwrap();
        surrogate(&SurrogateCipher::new(key, form, tenant).unwrap(), "13812345678").unwrap()
    };
    let all = [
        of(&key(), "phone", "a"),
        of(&key(), "phone", "b"),
        of(&key(), "mobile", "a"),
        of(&SurrogateKey::new([9; 32]), "phone", "a"),
        of(&key(), "ephone", "a"),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn forms_that_cannot_keep_their_promise_are_refused() {
    let marked = |lead: &str, marker: &str, min_digits, max_digits| {
        SurrogateForm::new(
            SurrogateRule::Marked {
                lead: lead.into(),
                marker: marker.into(),
                min_digits,
                max_digits,
            },
            "card",
        )
    };
    assert!(marked("88", "77", 8, 12).is_ok());
    for (lead, marker, min, max) in [
        ("88", "77", 7, 12),
        ("88", "7", 10, 12),
        ("88", "88", 10, 12),
        ("", "", 10, 12),
        ("88", "77", 12, 11),
        ("88", "77", 8, 33),
        ("8a", "77", 10, 12),
        ("88", "07", 10, 12),
    ] {
        assert!(marked(lead, marker, min, max).is_err(), "{lead} {marker} {min} {max}");
    }
}

#[test]
fn nothing_prints_a_key() {
    let key = SurrogateKey::new([0xAB; 32]);
    let form = SurrogateForm::new(SurrogateRule::Phone, "phone").unwrap();
    let cipher = SurrogateCipher::new(&key, form, "tenant").unwrap();
    let printed = format!("{key:?} {cipher:?} {:?}", Ff1::new(key.expose(), 10).unwrap()).to_lowercase();
    assert!(
        !printed.contains("171") && !printed.contains("ab, ") && !printed.contains("abab"),
        "{printed}"
    );
}

proptest! {
    #[test]
    fn every_mobile_number_comes_back(tail in "[3-9][0-9]{9}") {
        let phone = cipher(SurrogateRule::Phone);
        let value = format!("1{tail}");
        let found = surrogate(&phone, &value).unwrap();
        prop_assert!(found.starts_with('2') && found.len() == 11);
        prop_assert_eq!(original(&phone, &found).unwrap(), value);
    }

    #[test]
    fn every_resident_id_comes_back_and_its_surrogate_is_invalid(body in "[1-9][0-9]{16}", old in "[1-9][0-9]{7}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])[0-9]{3}") {
        let ids = cipher(SurrogateRule::ResidentId);
        let value = resident_id(&body);
        let found = surrogate(&ids, &value).unwrap();
        prop_assert!(!found.starts_with('0') && found.bytes().all(|b| b.is_ascii_digit()) && found.len() == 18);
        prop_assert_ne!(&resident_id(&found[..17]), &found);
        prop_assert_eq!(original(&ids, &found).unwrap(), value);
        let found = surrogate(&ids, &old).unwrap();
        prop_assert!(!found.starts_with('0') && found.len() == 15 && matches!(&found[8..9], "8" | "9"));
        prop_assert_eq!(original(&ids, &found).unwrap(), old);
    }

    #[test]
    fn every_bank_card_comes_back_and_its_surrogate_fails_luhn(body in "[1-9][0-9]{11,17}") {
        let cards = cipher(SurrogateRule::BankCard);
        let value = bank_card(&body);
        let found = surrogate(&cards, &value).unwrap();
        prop_assert!(!found.starts_with('0') && found.len() == value.len());
        prop_assert_ne!(&bank_card(&found[..found.len() - 1]), &found);
        prop_assert_eq!(original(&cards, &found).unwrap(), value);
    }

    #[test]
    fn no_text_whatever_harms_a_cipher(value in "\\PC{0,40}") {
        for rule in [SurrogateRule::Phone, SurrogateRule::ResidentId, SurrogateRule::BankCard] {
            let cipher = cipher(rule);
            if let Some(found) = surrogate(&cipher, &value) {
                prop_assert!(original(&cipher, &found).is_some());
            }
            let _ = original(&cipher, &value);
        }
    }
}
