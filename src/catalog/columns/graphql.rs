//! Aliases in a GraphQL document (GraphQL October 2021, sections 2.1 and 2.7).
//!
//! No parser: each `name : name` outside of strings and comments counts. Arguments such as `where: phone` are found as well,
//! which only masks one key more.

/// The pairs (alias, field); `None` if a string does not end.
pub(super) fn aliases(document: &str) -> Option<Vec<(String, String)>> {
    let tokens = tokens(document)?;
    let pairs = tokens
        .windows(3)
        .filter(|w| w[1] == ":" && is_name(w[0]) && is_name(w[2]));
    Some(pairs.map(|w| (w[0].to_owned(), w[2].to_owned())).collect())
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Names and punctuation; strings, comments and white space are left out.
fn tokens(document: &str) -> Option<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = document;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '"' => {
                tokens.push("\"");
                string_length(rest)?
            }
            c if c.is_whitespace() || c == ',' || c == '\u{feff}' => first.len_utf8(),
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                tokens.push(&rest[..end]);
                end
            }
            c => {
                tokens.push(&rest[..c.len_utf8()]);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Some(tokens)
}

fn string_length(text: &str) -> Option<usize> {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let mut from = 0;
        loop {
            let end = from + block[from..].find("\"\"\"")?;
            if !block[..end].ends_with('\\') {
                return Some(end + 6);
            }
            from = end + 3;
        }
    }
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            '\n' | '\r' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::aliases;

    fn found(document: &str) -> Vec<String> {
        aliases(document)
            .unwrap()
            .into_iter()
            .map(|(alias, field)| format!("{alias}={field}"))
            .collect()
    }

    #[test]
    fn aliases_are_found_wherever_they_stand() {
        assert_eq!(found("{ all { a:mobile,b : name } }"), ["a=mobile", "b=name"]);
        assert_eq!(found("{ x # : no\n :\n phone }"), ["x=phone"]);
        assert_eq!(found("{ f(text: \"a: phone\") { c: phone } }"), ["c=phone"]);
        assert_eq!(
            found("{ f(t: \"\"\"say \\\"\"\" x: phone\"\"\") { c: phone } }"),
            ["c=phone"]
        );
        assert_eq!(found("fragment F on P { y: phone } { ...F }"), ["y=phone"]);
    }

    #[test]
    fn a_string_without_an_end_cannot_be_read() {
        assert_eq!(aliases("{ a(b: \"x) { c: phone } }"), None);
    }
}
