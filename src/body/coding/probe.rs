//! What the first bytes of a (perhaps) coded body say.

use super::Coding;

/// Bytes that are enough to tell; a shorter body is told at its end.
pub(super) const PROBE_BYTES: usize = 16;

/// RFC 1952 §2.3.1: ID1, ID2, and the only method there is.
const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// RFC 8878 §3.1.1, little-endian.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What a body turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Not coded (again), whatever the label.
    Plain,
    /// Coded so.
    Coded(Coding),
    /// More bytes are needed.
    NotYet,
}

/// Tells from the first bytes; `whole` says that no more will come.
pub(super) fn tell(label: Option<Coding>, first: &[u8], whole: bool) -> Told {
    match label {
        None => magic(first, whole, None),
        Some(coding @ (Coding::Gzip | Coding::Zstd)) => magic(first, whole, Some(coding)),
        Some(coding) => wordless(coding, first, whole),
    }
}

/// gzip and zstd have magic numbers, so a label without its number is a lie.
fn magic(first: &[u8], whole: bool, label: Option<Coding>) -> Told {
    let candidates = [(Coding::Gzip, &GZIP_MAGIC[..]), (Coding::Zstd, &ZSTD_MAGIC[..])];
    for (coding, number) in candidates {
        if first.starts_with(number) {
            return Told::Coded(coding);
        }
        if !whole && number.starts_with(first) {
            return Told::NotYet;
        }
    }
    match label {
        // A zstd stream may begin with a skippable frame (RFC 8878 §3.1.2): leave it to the decoder.
        Some(Coding::Zstd) if first.len() >= 4 && first[0] & 0xf0 == 0x50 && first[1..4] == [0x2a, 0x4d, 0x18] => {
            Told::Coded(Coding::Zstd)
        }
        Some(Coding::Zstd) if !whole && first.len() < 4 && first[0] & 0xf0 == 0x50 => Told::NotYet,
        // A label with neither text nor the number behind it is kept: the decoder refuses the body.
        Some(coding) if !is_text(first) => Told::Coded(coding),
        _ => Told::Plain,
    }
}

/// deflate and br have no magic number: readable text is no such stream. Sixteen bytes of a compressed stream that are all text have
/// a chance below one in 10^6, and then the rewriter sees garbage and refuses.
fn wordless(coding: Coding, first: &[u8], whole: bool) -> Told {
    if !is_text(first) {
        Told::Coded(coding)
    } else if first.len() >= PROBE_BYTES || whole {
        Told::Plain
    } else {
        Told::NotYet
    }
}

/// Printable ASCII, white space, or valid UTF-8 (cut anywhere), with or without a byte-order mark.
fn is_text(bytes: &[u8]) -> bool {
    let readable = bytes
        .iter()
        .all(|&b| b >= 0x20 && b != 0x7f || matches!(b, b'\t' | b'\r' | b'\n'));
    readable && std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}
