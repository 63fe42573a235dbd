use std::io::Write;

use http::HeaderValue;

use super::*;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn bare_deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn br(plain: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, 5, 18);
    encoder.write_all(plain).unwrap();
    drop(encoder);
    coded
}

fn zst(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 3).unwrap()
}

fn head(codings: &[&'static str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for coding in codings {
        headers.append(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    headers
}

fn decode(headers: &HeaderMap, limits: &BodyLimits, pieces: &[&[u8]]) -> Result<Vec<u8>, BodyError> {
    let mut decoder = Decoder::new(headers, limits)?;
    let mut plain = Vec::new();
    for piece in pieces {
        decoder.push(piece, u64::MAX, &mut |bytes| {
            plain.extend_from_slice(bytes);
            Ok(())
        })?;
    }
    decoder.finish(&mut |bytes| {
        plain.extend_from_slice(bytes);
        Ok(())
    })?;
    Ok(plain)
}

fn whole(codings: &[&'static str], body: &[u8]) -> Result<Vec<u8>, BodyError> {
    decode(&head(codings), &BodyLimits::default(), &[body])
}

const TEXT: &[u8] = "{\"a\":[1,2,3],\"name\":\"张三\",\"b\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}".as_bytes();

fn coded_forms() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("gzip", gzip(TEXT)),
        ("x-gzip", gzip(TEXT)),
        ("deflate", zlib(TEXT)),
        ("deflate", bare_deflate(TEXT)),
        ("br", br(TEXT)),
        ("zstd", zst(TEXT)),
        ("identity", TEXT.to_vec()),
        ("", TEXT.to_vec()),
        ("GZip", gzip(TEXT)),
    ]
}

#[test]
fn each_coding_at_each_split_gives_the_text() {
    for (coding, body) in coded_forms() {
        for at in 0..=body.len() {
            let pieces = [&body[..at], &body[at..]];
            assert_eq!(
                decode(&head(&[coding]), &BodyLimits::default(), &pieces).as_deref(),
                Ok(TEXT),
                "{coding} at {at}"
            );
        }
        let bytes: Vec<&[u8]> = body.chunks(1).collect();
        assert_eq!(
            decode(&head(&[coding]), &BodyLimits::default(), &bytes).as_deref(),
            Ok(TEXT),
            "{coding}"
        );
    }
}

#[test]
fn each_coding_cut_anywhere_is_an_error() {
    for (coding, body) in coded_forms()
        .into_iter()
        .filter(|(coding, _)| !matches!(*coding, "" | "identity"))
    {
        for end in 1..body.len() {
            let cut = whole(&[coding], &body[..end]);
            // What is cut to less than a magic number looks like no such body, and then like text; the rewriters refuse it.
            let looked_plain = cut.as_deref() == Ok(&body[..end]) && end < 4;
            assert!(
                looked_plain || matches!(cut, Err(BodyError::Coding { .. })),
                "{coding} cut at {end}"
            );
        }
    }
}

#[test]
fn bytes_after_the_end_are_an_error() {
    for (coding, mut body) in coded_forms()
        .into_iter()
        .filter(|(coding, _)| !matches!(*coding, "" | "identity"))
    {
        body.extend_from_slice(b"{\"more\":1}");
        assert!(
            matches!(whole(&[coding], &body), Err(BodyError::Coding { .. })),
            "{coding}"
        );
    }
}

#[test]
fn a_changed_byte_of_gzip_is_an_error() {
    let body = gzip(TEXT);
    for at in (0..3).chain(10..body.len()) {
        let mut bad = body.clone();
        bad[at] ^= 0x55;
        assert!(whole(&["gzip"], &bad).as_deref() != Ok(TEXT), "at {at}");
    }
}

#[test]
fn chains_are_undone_in_order_and_limited() {
    let twice = br(&gzip(TEXT));
    assert_eq!(whole(&["gzip, br"], &twice).as_deref(), Ok(TEXT));
    assert_eq!(whole(&["gzip", "br"], &twice).as_deref(), Ok(TEXT));
    assert!(whole(&["br, gzip"], &twice).as_deref() != Ok(TEXT));
    assert_eq!(whole(&["gzip, gzip, gzip, gzip"], b""), Err(BodyError::UnknownCoding));
    for unknown in ["compress", "aes128gcm", "gzip, foo", "dcb"] {
        assert_eq!(whole(&[unknown], b"x"), Err(BodyError::UnknownCoding));
    }
}

#[test]
fn labels_may_lie_both_ways() {
    for label in ["gzip", "deflate", "br", "zstd", "gzip, br"] {
        assert_eq!(whole(&[label], TEXT).as_deref(), Ok(TEXT), "{label} over plain text");
        assert_eq!(
            whole(&[label], b"[]").as_deref(),
            Ok(&b"[]"[..]),
            "{label} over short plain text"
        );
        assert_eq!(whole(&[label], b"").as_deref(), Ok(&b""[..]), "{label} over nothing");
    }
    assert_eq!(whole(&[], &gzip(TEXT)).as_deref(), Ok(TEXT));
    assert_eq!(whole(&[], &zst(TEXT)).as_deref(), Ok(TEXT));
    let mut file = HeaderMap::new();
    file.insert(CONTENT_TYPE, HeaderValue::from_static("application/gzip"));
    assert_eq!(decode(&file, &BodyLimits::default(), &[&gzip(TEXT)]), Ok(gzip(TEXT)));
    let mut file = HeaderMap::new();
    file.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"a.tar.gz\""),
    );
    assert_eq!(decode(&file, &BodyLimits::default(), &[&gzip(TEXT)]), Ok(gzip(TEXT)));
}

#[test]
fn ten_bytes_of_gzip_header_yield_nothing_yet() {
    let mut decoder = Decoder::new(&head(&["gzip"]), &BodyLimits::default()).unwrap();
    decoder
        .push(&gzip(TEXT)[..10], u64::MAX, &mut |_| panic!("nothing is known yet"))
        .unwrap();
}

#[test]
fn gzip_members_and_optional_header_parts() {
    let mut twice = gzip(b"[1,");
    twice.extend(gzip(b"2]"));
    assert_eq!(whole(&["gzip"], &twice).as_deref(), Ok(&b"[1,2]"[..]));
    let mut full = vec![0x1f, 0x8b, 8, FLAGS, 0, 0, 0, 0, 0, 3, 2, 0, b'x', b'y'];
    const FLAGS: u8 = 0b1_1110;
    full.extend_from_slice(b"name.json\0comment\0\x12\x34");
    full.extend_from_slice(&gzip(TEXT)[10..]);
    for at in 0..full.len() {
        let pieces = [&full[..at], &full[at..]];
        assert_eq!(
            decode(&head(&["gzip"]), &BodyLimits::default(), &pieces).as_deref(),
            Ok(TEXT)
        );
    }
    full[3] |= 0x20;
    assert!(whole(&["gzip"], &full).is_err());
    let mut endless = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
    endless.resize(1 << 20, b'a');
    assert!(whole(&["gzip"], &endless).is_err());
}

#[test]
fn bombs_are_cut_before_they_balloon() {
    let zeros = vec![b' '; 64 << 20];
    let limits = BodyLimits {
        max_ratio: 50,
        ..BodyLimits::default()
    };
    for (coding, body) in [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("br", br(&zeros)),
        ("zstd", zst(&zeros)),
    ] {
        let mut most = 0;
        let mut decoder = Decoder::new(&head(&[coding]), &limits).unwrap();
        let cut = decoder.push(&body, u64::MAX, &mut |bytes| {
            most += bytes.len() as u64;
            Ok(())
        });
        assert_eq!(cut, Err(BodyError::Ratio { limit: 50 }), "{coding}");
        assert!(most <= RATIO_FLOOR + 50 * body.len() as u64, "{coding} yielded {most}");
    }
    let twice = gzip(&gzip(&zeros));
    assert_eq!(
        decode(&head(&["gzip, gzip"]), &BodyLimits::default(), &[&twice]),
        Err(BodyError::Ratio {
            limit: BodyLimits::MAX_RATIO
        })
    );
}

#[test]
fn the_absolute_limit_holds_coded_or_not() {
    let limits = BodyLimits {
        max_decoded_bytes: 1000,
        ..BodyLimits::default()
    };
    let long = vec![b' '; 1001];
    for (coding, body) in [("", long.clone()), ("gzip", gzip(&long)), ("br", br(&long))] {
        assert_eq!(
            decode(&head(&[coding]), &limits, &[&body]),
            Err(BodyError::TooLarge { limit: 1000 }),
            "{coding}"
        );
    }
}

#[test]
fn one_push_yields_little_more_than_its_budget() {
    let plain: Vec<u8> = (0..8_000_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 28) as u8 + b'a')
        .collect();
    for (coding, body) in [
        ("gzip", gzip(&plain)),
        ("br", br(&plain)),
        ("zstd", zst(&plain)),
        ("deflate", zlib(&plain)),
    ] {
        let mut decoder = Decoder::new(&head(&[coding]), &BodyLimits::default()).unwrap();
        let mut all = Vec::new();
        let mut input: &[u8] = &body;
        loop {
            let before = all.len();
            decoder
                .push(input, 1 << 20, &mut |bytes| {
                    all.extend_from_slice(bytes);
                    Ok(())
                })
                .unwrap();
            assert!(all.len() - before < 3 << 20, "{coding}");
            if !decoder.is_behind() {
                break;
            }
            input = &[];
        }
        decoder
            .finish(&mut |bytes| {
                all.extend_from_slice(bytes);
                Ok(())
            })
            .unwrap();
        assert!(all == plain, "{coding}");
    }
}
