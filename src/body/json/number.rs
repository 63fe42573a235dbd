//! The grammar of JSON numbers (RFC 8259, section 6).

use super::scan;

/// Whether a byte can stand in a number; a token is as many of these as follow one another.
pub(super) fn is_part(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

/// Where the token that starts at `from` ends.
pub(super) fn end(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    from + rest.iter().position(|&b| !is_part(b)).unwrap_or(rest.len())
}

/// Where the token that starts at `from` ends, and whether it is surely a number: digits alone, without a leading zero.
#[inline(always)]
pub(super) fn token(bytes: &[u8], from: usize) -> (usize, bool) {
    if let Some(block) = bytes[from..].first_chunk() {
        let length = scan::digits(block);
        let is_whole = block.get(length).is_some_and(|&next| !is_part(next));
        if is_whole && (length == 1 || (length > 1 && block[0] != b'0')) {
            return (from + length, true);
        }
    }
    (end(bytes, from), false)
}

/// Whether a whole token is a number.
pub(super) fn is_valid(token: &[u8]) -> bool {
    let rest = token.strip_prefix(b"-").unwrap_or(token);
    let (whole, rest) = digits(rest);
    if whole.is_empty() || (whole.len() > 1 && whole[0] == b'0') {
        return false;
    }
    let rest = match rest.strip_prefix(b".") {
        None => rest,
        Some(rest) => match digits(rest) {
            ([], _) => return false,
            (_, rest) => rest,
        },
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            matches!(digits(exponent), ([_, ..], []))
        }
        _ => false,
    }
}

fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let length = bytes.iter().position(|b| !b.is_ascii_digit()).unwrap_or(bytes.len());
    bytes.split_at(length)
}

/// Longest whole number written out by [`written_out`], in digits; identity and card numbers have at most 20.
const MAX_WRITTEN_OUT: usize = 32;

/// The digits of a valid number that is whole but not written so: `1.3812345678E10` and `13812345678.0` are `13812345678`.
pub(super) fn written_out(token: &str) -> Option<String> {
    let token = token.strip_prefix('-').unwrap_or(token);
    let (mantissa, exponent) = match token.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (token, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let zeros = usize::try_from(exponent).ok()?.checked_sub(fraction.len())?;
    if whole.len() + fraction.len() + zeros > MAX_WRITTEN_OUT {
        return None;
    }
    Some(
        format!("{whole}{fraction}{}", "0".repeat(zeros))
            .trim_start_matches('0')
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_that_of_the_rfc() {
        for good in [
            "0",
            "-0",
            "1",
            "-10",
            "10.5",
            "0.0",
            "1e5",
            "1E+5",
            "1e-05",
            "-1.25e10",
            "123456789012345678901234567890",
        ] {
            assert!(is_valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "", "-", "+1", "01", "-01", "1.", ".5", "1.e5", "1e", "1e+", "1e5.", "--1", "1-2", "1.2.3", "1ee5", "e5",
            "-.5", "1+",
        ] {
            assert!(!is_valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn whole_numbers_in_disguise_are_written_out() {
        let written = [
            ("1.3812345678E10", Some("13812345678")),
            ("13812345678.0", Some("13812345678")),
            ("-13812345678.00", Some("13812345678")),
            ("138e8", Some("13800000000")),
            ("1.5", None),
            ("1.38e1", None),
            ("1e-3", None),
            ("1e99", None),
            ("1e99999999999", None),
        ];
        for (token, expected) in written {
            assert_eq!(written_out(token).as_deref(), expected, "{token}");
        }
    }
}
