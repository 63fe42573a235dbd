//! Fields of a `multipart/form-data` body (RFC 7578), for routing alone. Strict: what two readers could split differently is no form.

/// The boundary of a content type: `multipart/form-data; boundary=x`.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let mut found = content_type.split(';').skip(1).filter_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"').to_owned())
    });
    let one = found.next()?;
    let plain = !one.is_empty() && one.len() <= 70 && !one.contains(['"', '\\']);
    (plain && found.next().is_none()).then_some(one)
}

/// Names and values in order; a file's value is empty: routes do not look into files.
pub(super) fn pairs(body: &[u8], boundary: &str) -> Option<Vec<(String, String)>> {
    let open = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(open.as_bytes())?;
    let mut pairs = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = memchr::memmem::find(rest, between.as_bytes())?;
        pairs.push(part(&rest[..end])?);
        rest = &rest[end + between.len()..];
    }
    rest[2..].trim_ascii().is_empty().then_some(pairs)
}

fn part(bytes: &[u8]) -> Option<(String, String)> {
    let head_end = memchr::memmem::find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..head_end]).ok()?;
    let mut dispositions = head.split("\r\n").filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    let (name, is_file) = disposition(dispositions.next()?)?;
    if dispositions.next().is_some() {
        return None;
    }
    let value = if is_file {
        ""
    } else {
        std::str::from_utf8(&bytes[head_end + 4..]).ok()?
    };
    Some((name, value.to_owned()))
}

/// `form-data; name="x"; filename="y"` → the name, and whether it is a file.
fn disposition(value: &str) -> Option<(String, bool)> {
    let rest = value.trim().strip_prefix("form-data")?;
    let (mut name, mut is_file) = (None, false);
    let mut rest = rest.trim_start();
    while let Some(parameter) = rest.strip_prefix(';') {
        let (key, after) = parameter.trim_start().split_once("=\"")?;
        let (text, after) = after.split_once('"')?;
        if text.contains('\\') {
            return None;
        }
        match key.to_ascii_lowercase().as_str() {
            "name" if name.is_none() => name = Some(text.to_owned()),
            "filename" => is_file = true,
            _ => return None,
        }
        rest = after.trim_start();
    }
    if rest.is_empty() { Some((name?, is_file)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(parts: &[&str]) -> String {
        let all: String = parts.iter().map(|p| format!("--b\r\n{p}\r\n")).collect();
        format!("{all}--b--\r\n")
    }

    #[test]
    fn fields_are_read_and_files_are_not() {
        let body = form(&[
            "Content-Disposition: form-data; name=\"action\"\r\n\r\nexport",
            "content-disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\u{1}raw",
            "Content-Disposition: form-data; name=\"张\"\r\n\r\na\r\nb",
        ]);
        let found = pairs(body.as_bytes(), "b").unwrap();
        let found: Vec<(&str, &str)> = found.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(found, [("action", "export"), ("f", ""), ("张", "a\r\nb")]);
    }

    #[test]
    fn what_could_be_split_differently_is_no_form() {
        for body in [
            form(&["Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx"]),
            form(&["Content-Disposition: form-data; name*=utf-8''a\r\n\r\nx"]),
            form(&["Content-Disposition: form-data; name=\"a\\\"b\"\r\n\r\nx"]),
            form(&["X: y\r\n\r\nx"]),
            "preamble\r\n--b--".to_owned(),
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx".to_owned(),
            format!("{}more", form(&[])),
        ] {
            assert_eq!(pairs(body.as_bytes(), "b"), None, "{body}");
        }
    }

    #[test]
    fn boundaries() {
        assert_eq!(
            boundary("multipart/form-data; boundary=\"a b\"").as_deref(),
            Some("a b")
        );
        assert_eq!(boundary("multipart/form-data; boundary=a; boundary=b"), None);
        assert_eq!(boundary("multipart/form-data"), None);
    }
}
