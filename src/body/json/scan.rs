//! Where a string's plain run ends, and how many digits follow.

use super::kernel::{self, BLOCK};

/// A run of string bytes without quote, backslash or control character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Where the first other byte stands, or the length of the text.
    pub(super) end: usize,
    /// Whether a byte above 0x7F is among it.
    pub(super) non_ascii: bool,
}

/// The plain run that starts at `from`.
#[inline(always)]
pub(super) fn run(bytes: &[u8], from: usize) -> Run {
    let mut at = from;
    let mut high = 0;
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let lanes = kernel::lanes(block);
        if lanes.special != 0 {
            let offset = lanes.special.trailing_zeros();
            let below = (1 << offset) - 1;
            return Run {
                end: at + offset as usize,
                non_ascii: (high | lanes.high & below) != 0,
            };
        }
        high |= lanes.high;
        at += BLOCK;
    }
    run_at_the_end(bytes, at, high != 0)
}

/// The last bytes, fewer than a block.
#[inline(never)]
fn run_at_the_end(bytes: &[u8], from: usize, non_ascii: bool) -> Run {
    let rest = &bytes[from.min(bytes.len())..];
    // A quote after them ends the run.
    let mut block = [b'"'; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    let run = run(&block, 0);
    Run {
        end: from + run.end.min(rest.len()),
        non_ascii: non_ascii || run.non_ascii,
    }
}

/// Digits at the head of a block.
#[inline(always)]
pub(super) fn digits(block: &[u8; 16]) -> usize {
    (!kernel::digits(block)).trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_at_the_first_special_byte_wherever_it_stands() {
        for length in 0..100 {
            for special in [b'"', b'\\', 0, 0x1F, b'\n'] {
                let mut bytes = vec![b'x'; length];
                bytes.push(special);
                bytes.extend([b'"', 0xFF, b'"']);
                let expected = Run {
                    end: length,
                    non_ascii: false,
                };
                assert_eq!(run(&bytes, 0), expected);
                assert_eq!(run(&bytes, length / 2), expected);
                assert_eq!(run(&bytes[..length], 0), expected);
            }
        }
    }

    #[test]
    fn bytes_above_ascii_are_reported_only_within_the_run() {
        for length in 1..80 {
            let mut bytes = vec![b'x'; length];
            bytes.extend(b"\"");
            bytes.resize(200, 0xE6);
            assert!(!run(&bytes, 0).non_ascii);
            bytes[length - 1] = 0x80;
            assert!(run(&bytes, 0).non_ascii);
            assert!(run(&bytes[..length], 0).non_ascii);
        }
    }
}
