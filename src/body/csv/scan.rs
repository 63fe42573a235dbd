//! Finding the bytes that structure a table, 64 at a time.

/// Bytes looked at in one go: one for each bit of the mask.
pub(super) const BLOCK_BYTES: usize = 64;

/// Gathers the lowest bit of eight bytes of 0 or 1, each shifted to its place, in the top byte of the product.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// The bytes that mean something somewhere: the delimiter, quotes and line ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    delimiter: u8,
}

impl Marks {
    pub(super) const fn new(delimiter: u8) -> Self {
        Self { delimiter }
    }

    /// Whether the delimiter can be the second byte of a character in GBK or Big5, whose cells are then looked at whole.
    pub(super) const fn may_be_hidden(self) -> bool {
        self.delimiter >= 0x40
    }

    /// Bit i says whether byte i is a mark. Written so that compilers turn both loops into vector code; the mask of a shorter block ends
    /// with zeros.
    pub(super) fn mask(self, bytes: &[u8]) -> u64 {
        let Some(block) = bytes.first_chunk::<BLOCK_BYTES>() else {
            return self.short_mask(bytes);
        };
        let mut hits = [0_u8; BLOCK_BYTES];
        for (hit, &b) in hits.iter_mut().zip(block) {
            *hit = u8::from(b == self.delimiter) | u8::from(b == b'"') | u8::from(b == b'\n') | u8::from(b == b'\r');
        }
        let (words, _) = hits.as_chunks::<8>();
        words.iter().enumerate().fold(0, |mask, (at, word)| {
            mask | (u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56) << (8 * at)
        })
    }

    fn short_mask(self, bytes: &[u8]) -> u64 {
        let is_mark = |b: u8| b == self.delimiter || matches!(b, b'"' | b'\n' | b'\r');
        bytes
            .iter()
            .take(BLOCK_BYTES)
            .enumerate()
            .fold(0, |mask, (at, &b)| mask | u64::from(is_mark(b)) << at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_and_short_blocks_agree_with_a_plain_search() {
        let text: Vec<u8> = (0..2_000_u32)
            .map(|i| b"ab,;\"\n\r\tz|\x0b\x23\x8d"[(i.wrapping_mul(2_654_435_761) >> 7) as usize % 13])
            .collect();
        for delimiter in [b',', b';', b'\t', b'|'] {
            let marks = Marks::new(delimiter);
            for block in text
                .windows(BLOCK_BYTES)
                .chain(text.windows(17))
                .chain(text.windows(63))
            {
                let slow: u64 = block
                    .iter()
                    .enumerate()
                    .map(|(i, b)| u64::from([delimiter, b'"', b'\n', b'\r'].contains(b)) << i)
                    .sum();
                assert_eq!(marks.mask(block), slow);
            }
        }
    }
}
