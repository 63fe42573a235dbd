use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<CanonicalTarget, TargetError> {
    CanonicalTarget::parse(text.as_bytes())
}

#[test]
fn each_ambiguous_target_is_refused_by_its_own_reason() {
    let refused: &[(&[u8], TargetError)] = &[
        (b"", TargetError::Empty),
        (b"*", TargetError::NotAPath),
        (b"crm.example:443", TargetError::NotAPath),
        (b"ftp://crm/x", TargetError::NotAPath),
        (b"http:///x", TargetError::NotAPath),
        (b"/a#b", TargetError::Fragment),
        (b"/a%", TargetError::BadPercent),
        (b"/a%4", TargetError::BadPercent),
        (b"/a%zz", TargetError::BadPercent),
        (b"/a?q=100%", TargetError::BadPercent),
        (b"/a%00", TargetError::Control),
        (b"/a?q=%00", TargetError::Control),
        (b"/a\0", TargetError::Control),
        (b"/a b", TargetError::Control),
        (b"/a%0d%0ab", TargetError::Control),
        (b"/a%7f", TargetError::Control),
        (b"/a%c2%85", TargetError::Control),
        (b"/a\xff", TargetError::NotUtf8),
        (b"/a%ff", TargetError::NotUtf8),
        (b"/a%c0%af", TargetError::NotUtf8),
        (b"/a%2fb", TargetError::EncodedSlash),
        (b"/a%2Fb", TargetError::EncodedSlash),
        (b"/a\\b", TargetError::Backslash),
        (b"/a%5cb", TargetError::Backslash),
        (b"http://crm\\x/y", TargetError::NotAPath),
        (b"/a/..;/b", TargetError::Semicolon),
        (b"/a;jsessionid=1", TargetError::Semicolon),
        (b"/a%3bx", TargetError::Semicolon),
        (b"//a", TargetError::EmptySegment),
        (b"/a//b", TargetError::EmptySegment),
        (b"/a/.", TargetError::DotSegment),
        (b"/a/../b", TargetError::DotSegment),
        (b"/a/%2e%2E/b", TargetError::DotSegment),
        (b"/a/.%2e", TargetError::DotSegment),
        (b"/a%252fb", TargetError::DoubleEncoded),
        (b"/a%25%32%66", TargetError::DoubleEncoded),
    ];
    for (raw, reason) in refused {
        assert_eq!(
            CanonicalTarget::parse(raw).unwrap_err(),
            *reason,
            "{}",
            raw.escape_ascii()
        );
    }
}

#[test]
fn limits_are_kept() {
    let long = format!("/{}", "a".repeat(MAX_TARGET_BYTES));
    assert_eq!(parse(&long), Err(TargetError::TooLong));
    let many = format!("/?{}", "a&".repeat(MAX_QUERY_PARAMETERS + 1));
    assert_eq!(parse(&many), Err(TargetError::TooManyParameters));
}

#[test]
fn canonical_forms() {
    for (raw, upstream) in [
        ("/", "/"),
        ("/api/customers/", "/api/customers/"),
        ("/%61pi/%7euser", "/api/~user"),
        ("/a%c3%a9", "/a%C3%A9"),
        ("/客户?q=张", "/%E5%AE%A2%E6%88%B7?q=%E5%BC%A0"),
        ("/a%27b'", "/a%27b'"),
        ("/a[0]|b", "/a%5B0%5D%7Cb"),
        ("/a?b=%2f%5c;..//\\", "/a?b=%2f%5c;..//\\"),
        ("/a?", "/a?"),
        ("http://crm.example:9000", "/"),
        ("HTTPS://crm.example?x=1", "/?x=1"),
        ("http://crm.example/a?x=http://b/", "/a?x=http://b/"),
    ] {
        assert_eq!(parse(raw).unwrap().upstream(), upstream, "{raw}");
    }
}

#[test]
fn segments_and_parameters_are_decoded() {
    let target = parse("/客户/%E5%BC%A0%20x/?q=a+b%2B&f=code&f=%D6%D0&flag").unwrap();
    assert_eq!(target.segments(), ["客户", "张 x", ""]);
    let query: Vec<(&str, &str)> = target.query().iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(
        query,
        [("q", "a b+"), ("f", "code"), ("f", "\u{fffd}\u{fffd}"), ("flag", "")]
    );
}

#[test]
fn the_sorted_query_keeps_the_order_of_one_name() {
    let one = parse("/a?f=name&b=1&f=code").unwrap();
    let same = parse("/a?b=1&&f=name&f=code").unwrap();
    let other = parse("/a?b=1&f=code&f=name").unwrap();
    assert_eq!(one.sorted_query(), "b=1&f=name&f=code");
    assert_eq!(one.sorted_query(), same.sorted_query());
    assert_ne!(one.sorted_query(), other.sorted_query());
}

#[test]
fn debug_does_not_show_the_query() {
    assert!(!format!("{:?}", parse("/a?q=13812345678").unwrap()).contains("138"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn canonicalising_twice_is_once(raw in "(/([a-zA-Z0-9._~%;'张é\\[\\] -]|%2[0-9a-fA-F]|%[0-9a-f]{2}){0,6}){1,4}(\\?[a-z0-9=&%+/;张]{0,20})?") {
        if let Ok(once) = parse(&raw) {
            let twice = parse(once.upstream()).unwrap();
            prop_assert_eq!(&once, &twice);
        }
    }

    #[test]
    fn nothing_ambiguous_survives(raw in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut target = vec![b'/'];
        target.extend(raw);
        if let Ok(parsed) = CanonicalTarget::parse(&target) {
            let path = parsed.path().to_ascii_lowercase();
            prop_assert!(parsed.upstream().is_ascii());
            for bad in ["//", "\\", "%2f", "%5c", ";", "%3b", "/../", "/./", "%00", "%2e"] {
                prop_assert!(!path.contains(bad));
            }
        }
    }
}
