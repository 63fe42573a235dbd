//! Which charset the bytes themselves speak of.

use encoding_rs::{GB18030, WINDOWS_1252};

use super::{Charset, candidates};
use crate::body::BodyError;

const GB18030_MARK: [u8; 4] = [0x84, 0x31, 0x95, 0x33];

/// What a byte-order mark or the pattern of zero bytes says (RFC 4627 §3: the first two characters of JSON are ASCII; so are those of
/// nearly every table). Needs four bytes, fewer only if the answer has no more.
///
/// # Errors
/// [`BodyError::Charset`] for UTF-32.
pub fn by_first_bytes(first: &[u8]) -> Result<Option<Charset>, BodyError> {
    let zero = |at: usize| first.get(at).map(|&b| b == 0);
    let pattern = [zero(0), zero(1), zero(2), zero(3)];
    match (first, pattern) {
        ([0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..], _)
        | (_, [Some(true), Some(true), Some(true), Some(false)] | [Some(false), Some(true), Some(true), Some(true)]) => {
            Err(BodyError::Charset {
                reason: "the charset cannot be handled",
            })
        }
        ([0xef, 0xbb, 0xbf, ..], _) => Ok(Some(Charset::Utf8)),
        ([0xff, 0xfe, ..], _) => Ok(Some(Charset::Utf16Le)),
        ([0xfe, 0xff, ..], _) => Ok(Some(Charset::Utf16Be)),
        (_, _) if first.starts_with(&GB18030_MARK) => Ok(Some(Charset::Legacy(GB18030))),
        // `"代…` and `[“…` have a character beyond Latin-1 in second place, so one zero byte in the first unit must do.
        (_, [Some(true), Some(false), _, _]) => Ok(Some(Charset::Utf16Be)),
        (_, [Some(false), Some(true), Some(_), _] | [Some(false), Some(true), None, None]) => {
            Ok(Some(Charset::Utf16Le))
        }
        _ => Ok(None),
    }
}

/// The charset of a table whose first bytes are in `window` (which may end inside a character): the label if the bytes bear it out, else
/// the first of UTF-8, GB 18030 and Big5 that they are valid in, else windows-1252, in which everything is.
pub fn of_table(label: Option<Charset>, window: &[u8]) -> Charset {
    let utf8 = valid(Charset::Utf8, window);
    match label {
        // A legacy label over text that is UTF-8 beyond chance is a lie; many servers set one charset for all.
        Some(Charset::Legacy(encoding)) if utf8 && is_utf8_beyond_chance(window, encoding.is_single_byte()) => {
            Charset::Utf8
        }
        Some(label) if valid(label, window) => label,
        _ => candidates()
            .into_iter()
            .find(|c| valid(*c, window))
            .unwrap_or(Charset::Legacy(WINDOWS_1252)),
    }
}

/// Whether non-ASCII bytes that are valid UTF-8 can be taken for it. Two-byte sequences (U+0080 to U+07FF) are common pairs in GBK and Big5
/// as well, three-byte ones hardly ever; in a single-byte charset even two in a row are no text.
pub(super) fn is_utf8_beyond_chance(valid_utf8: &[u8], single_byte_label: bool) -> bool {
    valid_utf8
        .iter()
        .any(|&b| b >= if single_byte_label { 0x80 } else { 0xe0 })
}

/// Whether bytes are valid in a charset, but for a character that the end cuts.
pub(in crate::body) fn valid(charset: Charset, window: &[u8]) -> bool {
    match charset {
        Charset::Utf8 => std::str::from_utf8(window).map_or_else(|error| error.error_len().is_none(), |_| true),
        Charset::Utf16Le | Charset::Utf16Be => false,
        Charset::Legacy(encoding) => {
            let mut decoder = encoding.new_decoder_without_bom_handling();
            let mut room = vec![0; decoder.max_utf8_buffer_length(window.len()).unwrap_or(0)];
            let (result, ..) = decoder.decode_to_utf8_without_replacement(window, &mut room, false);
            !matches!(result, encoding_rs::DecoderResult::Malformed(..))
        }
    }
}
