//! Dates of birth: the year is kept.

/// Years that a date of birth can lie in; other numbers are no year.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2100;

/// `1990-**-**`, `1990年**月**日`, `1990****`, `**/**/1990`.
pub(super) fn birth_date(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    if value.bytes().all(|b| b.is_ascii_digit()) {
        let year = year(value.get(..4)?)?;
        out.push_str(year);
        return match value.len() {
            4 => Some(()),
            8 => {
                out.push_str("****");
                Some(())
            }
            _ => None,
        };
    }
    year_first(value, out).or_else(|| year_last(value, out))
}

fn year(text: &str) -> Option<&str> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits
        .then(|| text.parse().ok())
        .flatten()
        .filter(|y| YEARS.contains(y))?;
    Some(text)
}

/// One or two digits at the start, and what follows.
fn pair(text: &str) -> Option<&str> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&count).then(|| &text[count..])
}

fn separator(text: &str) -> Option<(char, &str)> {
    let c = text.chars().next().filter(|c| "-/.年月".contains(*c))?;
    Some((c, &text[c.len_utf8()..]))
}

fn year_first(value: &str, out: &mut String) -> Option<()> {
    let year = year(value.get(..4)?)?;
    let (first, rest) = separator(&value[4..])?;
    let (second, rest) = separator(pair(rest)?).or_else(|| pair(rest).map(|rest| ('\0', rest)))?;
    let rest = if second == '\0' || rest.is_empty() {
        rest
    } else {
        pair(rest)?
    };
    let day = rest.starts_with('日');
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    // A time may follow; it is not shown.
    let time = rest.is_empty() || rest.starts_with(['T', ' ', '\u{3000}']);
    (time && rest.len() <= 40).then_some(())?;
    out.push_str(year);
    out.push(first);
    out.push_str("**");
    if second != '\0' {
        out.push(second);
    }
    if second != '\0' && (second != '月' || day) {
        out.push_str("**");
    }
    if day {
        out.push('日');
    }
    Some(())
}

fn year_last(value: &str, out: &mut String) -> Option<()> {
    let (first, rest) = separator(pair(value)?)?;
    let (second, rest) = separator(pair(rest)?)?;
    let year = year(rest)?;
    out.push_str("**");
    out.push(first);
    out.push_str("**");
    out.push(second);
    out.push_str(year);
    Some(())
}

/// `19900000` of 19900102, 1990 of 1990.
pub(super) fn birth_date_of_number(raw: &str, out: &mut String) -> Option<()> {
    let known = matches!(raw.len(), 4 | 8) && raw.bytes().all(|b| b.is_ascii_digit());
    let year = year(raw.get(..4)?).filter(|_| known)?;
    out.push_str(year);
    out.push_str(&"0000"[..raw.len() - 4]);
    Some(())
}
