//! UTF-8 (RFC 3629), fast for the Han text that CRMs hold, and across chunk borders.

use super::kernel;

/// Whether the bytes are whole, valid UTF-8.
pub(super) fn is_valid(bytes: &[u8]) -> bool {
    let mut blocks = bytes.chunks_exact(16);
    // INVARIANT: `owed` holds the continuation bytes that the characters before this block still want, as bits 0 and 1.
    let mut owed = 0;
    for block in &mut blocks {
        match three_byte_block(block.first_chunk().expect("16 bytes"), owed) {
            Some(next) => owed = next,
            None => return std::str::from_utf8(bytes).is_ok(),
        }
    }
    let mut rest = [0; 16];
    rest[..blocks.remainder().len()].copy_from_slice(blocks.remainder());
    match three_byte_block(&rest, owed) {
        Some(0) => true,
        _ => std::str::from_utf8(bytes).is_ok(),
    }
}

/// Checks a block that holds only ASCII and characters of three bytes whose second byte may be any continuation byte (U+1000–U+CFFF
/// and U+E000–U+FFFF, so all common Han). `None` means: something else is there, ask the general check.
#[inline(always)]
fn three_byte_block(block: &[u8; 16], owed: u32) -> Option<u32> {
    let lanes = kernel::utf8_lanes(block);
    let wanted = owed | lanes.leads << 1 | lanes.leads << 2;
    let only_these = lanes.leads | lanes.continuations == lanes.high;
    (only_these && wanted & 0xFFFF == lanes.continuations).then_some(wanted >> 16)
}

/// Checks a text that comes in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pieces {
    /// The beginning of a character whose end has not come yet.
    begun: [u8; 4],
    length: usize,
    is_filled: bool,
}

impl Pieces {
    /// Takes the next piece; `false` if the text can no more be valid.
    pub(super) fn take(&mut self, mut piece: &[u8]) -> bool {
        self.is_filled |= !piece.is_empty();
        while self.length > 0 {
            let Some((&byte, rest)) = piece.split_first() else {
                return true;
            };
            self.begun[self.length] = byte;
            self.length += 1;
            piece = rest;
            match std::str::from_utf8(&self.begun[..self.length]) {
                Ok(_) => self.length = 0,
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return false,
            }
        }
        let whole = piece.len() - unfinished(piece);
        let tail = &piece[whole..];
        self.begun[..tail.len()].copy_from_slice(tail);
        self.length = tail.len();
        is_valid(&piece[..whole])
    }

    /// Whether nothing came.
    pub(super) fn is_empty(&self) -> bool {
        !self.is_filled
    }

    /// Whether no character is left unfinished.
    pub(super) fn is_whole(&self) -> bool {
        self.length == 0
    }
}

/// How many bytes at the end begin a character without ending it.
pub(super) fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let Some(back) = tail.iter().rev().position(|&b| b & 0xC0 != 0x80) else {
        return 0;
    };
    let lead = tail[tail.len() - 1 - back];
    let wanted = match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    if back + 1 < wanted { back + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<Vec<u8>> {
        let mut samples: Vec<Vec<u8>> = [
            "",
            "abc",
            "é",
            "张三丰",
            "地址：广东省佛山市",
            "𠮷😀",
            "a张é😀\u{7FF}\u{FFFF}\u{D7FF}\u{E000}",
        ]
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect();
        let broken: [&[u8]; 12] = [
            b"\x80",
            b"\xC0\x80",
            b"\xE0\x80\x80",
            b"\xED\xA0\x80",
            b"\xF4\x90\x80\x80",
            b"\xFF",
            b"\xE5\xBC",
            b"\xE5",
            b"\xE5a",
            b"\xE5\xBC\xA0\xA0",
            b"\xC3",
            b"\xF0\x9F\x98",
        ];
        samples.extend(broken.map(<[u8]>::to_vec));
        samples
    }

    #[test]
    fn agrees_with_the_standard_library_at_every_offset() {
        for sample in samples() {
            for pad in 0..40 {
                for after in [0, 1, 20] {
                    let mut bytes = vec![b'x'; pad];
                    bytes.extend(&sample);
                    bytes.extend("中".repeat(after).bytes());
                    assert_eq!(is_valid(&bytes), std::str::from_utf8(&bytes).is_ok(), "{bytes:x?}");
                }
            }
        }
    }

    #[test]
    fn pieces_agree_with_the_whole_at_every_pair_of_cuts() {
        for sample in samples() {
            let bytes = [b"ab", &sample[..], "中".as_bytes()].concat();
            for first in 0..=bytes.len() {
                for second in first..=bytes.len() {
                    let mut pieces = Pieces::default();
                    let valid = [&bytes[..first], &bytes[first..second], &bytes[second..]]
                        .into_iter()
                        .all(|piece| pieces.take(piece));
                    assert_eq!(valid && pieces.is_whole(), std::str::from_utf8(&bytes).is_ok());
                }
            }
        }
    }

    #[test]
    fn random_bytes_agree_with_the_standard_library() {
        let mut seed = 7_u64;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..24)
                .map(|_| {
                    seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    [b'a', 0xE5, 0xBC, 0xA0, 0xED, 0x9F, 0xA0, 0xC3, 0xF0, 0x80][(seed >> 33) as usize % 10]
                })
                .collect();
            for length in 0..bytes.len() {
                assert_eq!(
                    is_valid(&bytes[..length]),
                    std::str::from_utf8(&bytes[..length]).is_ok()
                );
            }
        }
    }
}
