//! Ranges of row counts, as `approvals.yaml` spells them.

/// A range of row counts: `>500`, `>=500`, `<500`, `<=500`, `100-500` (both ends belong to it) or `500`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowRange {
    least: u64,
    most: u64,
}

impl RowRange {
    /// Reads a range; `None` if it is none, or if no count can lie in it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let range = if let Some(bound) = text.strip_prefix(">=") {
            Self {
                least: count(bound)?,
                most: u64::MAX,
            }
        } else if let Some(bound) = text.strip_prefix('>') {
            Self {
                least: count(bound)?.checked_add(1)?,
                most: u64::MAX,
            }
        } else if let Some(bound) = text.strip_prefix("<=") {
            Self {
                least: 0,
                most: count(bound)?,
            }
        } else if let Some(bound) = text.strip_prefix('<') {
            Self {
                least: 0,
                most: count(bound)?.checked_sub(1)?,
            }
        } else if let Some((least, most)) = text.split_once('-') {
            Self {
                least: count(least)?,
                most: count(most)?,
            }
        } else {
            Self {
                least: count(text)?,
                most: count(text)?,
            }
        };
        (range.least <= range.most).then_some(range)
    }

    /// Whether a count lies in it. An unknown count is taken for the largest there is: that is what the strictest chain asks about.
    pub fn contains(&self, rows: Option<u64>) -> bool {
        (self.least..=self.most).contains(&rows.unwrap_or(u64::MAX))
    }
}

fn count(text: &str) -> Option<u64> {
    let text = text.trim();
    // `str::parse` would take a sign.
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_they_say() {
        for (text, inside, outside) in [
            (">500", vec![501, u64::MAX], vec![0, 500]),
            (">= 500", vec![500, 501], vec![499]),
            ("<500", vec![0, 499], vec![500]),
            ("<=500", vec![0, 500], vec![501]),
            ("100-500", vec![100, 500], vec![99, 501]),
            ("7", vec![7], vec![6, 8]),
        ] {
            let range = RowRange::parse(text).unwrap_or_else(|| panic!("`{text}` is refused"));
            assert!(inside.iter().all(|&rows| range.contains(Some(rows))), "{text}");
            assert!(!outside.iter().any(|&rows| range.contains(Some(rows))), "{text}");
        }
    }

    #[test]
    fn an_unknown_count_is_the_largest() {
        assert!(RowRange::parse(">500").is_some_and(|range| range.contains(None)));
        assert!(!RowRange::parse("<=500").is_some_and(|range| range.contains(None)));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            ">",
            "many",
            "-5",
            "5-",
            "500-100",
            "<0",
            "+5",
            ">99999999999999999999",
            "1.5",
            "=>5",
        ] {
            assert_eq!(RowRange::parse(text), None, "{text}");
        }
    }
}
