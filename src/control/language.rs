//! Which of the two languages a person reads.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

pub use super::api::wire::Language;

/// Most languages of an `Accept-Language` line that are looked at.
const MAX_LANGUAGES: usize = 16;

impl Language {
    /// The language that `Accept-Language` puts first among the two (RFC 9110, 12.5.4); English when it names neither.
    pub fn of(headers: &HeaderMap) -> Self {
        let line = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let mut best = (0.0, Self::En);
        for entry in line.split(',').take(MAX_LANGUAGES) {
            let mut parts = entry.split(';');
            let Some(language) = parts.next().and_then(Self::from_tag) else {
                continue;
            };
            let weight = parts
                .find_map(|p| p.trim().strip_prefix("q="))
                .map_or(Ok(1.0), str::parse::<f32>);
            let weight = weight.unwrap_or(0.0);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The language of a tag such as `zh-CN`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next().unwrap_or_default();
        match primary {
            p if p.eq_ignore_ascii_case("zh") => Some(Self::Zh),
            p if p.eq_ignore_ascii_case("en") => Some(Self::En),
            _ => None,
        }
    }

    /// The value of `lang` on an HTML page.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Picks the text of this language.
    pub const fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_decides() {
        for (line, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Zh),
            ("en-US,en;q=0.9,zh;q=0.8", Language::En),
            ("de, zh-TW;q=0.5", Language::Zh),
            ("en;q=0.1, zh;q=0.2", Language::Zh),
            ("zh;q=0", Language::En),
            ("zh;q=x, en;q=0.1", Language::En),
            ("fr", Language::En),
            ("", Language::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, line.parse().unwrap());
            assert_eq!(Language::of(&headers), language, "{line}");
        }
    }
}
