//! The innermost loop: skips values that need no more than being skipped, between bytes that are all known.
//!
//! It holds no state but a position, so that it stays in registers, and is compiled once for AVX2 (chosen at run time) and once for
//! what every processor has. Whatever is not common is left to [`super::stride`].

use super::kernel::{BLOCK, Baseline, Kernel};
use super::render::MIN_NUMBER;
use super::scan;
use super::shape::{Action, NodeId, Shapes};
use super::text::TextSearch;

/// Bytes looked at for one step: the longest glue, a quote and a block. Nearer to the chunk's end it is not tried.
pub(super) const WINDOW: usize = 4 * BLOCK;

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Skimmed {
    /// The first byte not skipped; a value ends before it.
    pub(super) at: usize,
    /// Where the edge begins on which it stands.
    pub(super) head: NodeId,
    /// The last value that was skipped, if one was.
    pub(super) ended: NodeId,
    /// The node whose glue stands at `at`, if one does.
    pub(super) next: NodeId,
    /// What was skipped holds bytes beyond ASCII.
    pub(super) non_ascii: bool,
}

/// Which way to ask is the best here; found out once for each answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skimmer {
    #[cfg(target_arch = "x86_64")]
    has_avx2: bool,
}

impl Skimmer {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            has_avx2: std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("bmi1")
                && std::arch::is_x86_feature_detected!("bmi2"),
        }
    }

    /// Skips what it can.
    #[inline]
    pub(super) fn skim(self, shapes: &Shapes, search: &TextSearch, head: NodeId, bytes: &[u8], from: usize) -> Skimmed {
        #[cfg(target_arch = "x86_64")]
        if self.has_avx2 {
            return avx2::skim(shapes, search, head, bytes, from);
        }
        shapes.skim::<Baseline>(search, head, bytes, from)
    }
}

/// How many bytes the value takes that begins after `glue` bytes of the window (fewer than two blocks), if it is to be skipped.
#[inline(always)]
pub(super) fn value<K: Kernel>(
    window: &[u8; WINDOW],
    glue: usize,
    action: Action,
    search: &TextSearch,
    non_ascii: &mut bool,
) -> Option<usize> {
    let rest: &[u8; BLOCK + 1] = window[glue % (2 * BLOCK)..].first_chunk()?;
    let [first, block @ ..] = rest;
    if *first == b'"' {
        return string::<K>(block, action, search, non_ascii);
    }
    if first.is_ascii_digit() {
        return number(rest, action);
    }
    let word = u32::from_le_bytes(*rest.first_chunk()?);
    let is_literal = word == u32::from_le_bytes(*b"true") || word == u32::from_le_bytes(*b"null");
    (is_literal && matches!(action, Action::Pass | Action::Search)).then_some(4)
}

/// A string that goes through, of the block after its opening quote; its length with both quotes.
#[inline(always)]
fn string<K: Kernel>(block: &[u8; BLOCK], action: Action, search: &TextSearch, non_ascii: &mut bool) -> Option<usize> {
    if !matches!(action, Action::Pass | Action::Search) {
        return None;
    }
    let lanes = K::lanes(block);
    let length = lanes.special.trailing_zeros() as usize;
    let inside = !lanes.special & lanes.special.wrapping_sub(1);
    if block.get(length) != Some(&b'"') {
        return None;
    }
    if lanes.high & inside != 0 {
        // Whole characters of one or of three bytes only; anything else takes the long way.
        let utf8 = K::utf8_lanes(block);
        let (leads, continuations) = (u64::from(utf8.leads & inside), u64::from(utf8.continuations & inside));
        if leads << 1 | leads << 2 != continuations || (leads | continuations) != u64::from(lanes.high & inside) {
            return None;
        }
    }
    if action == Action::Search && !search.is_harmless(block.get(..length)?) {
        return None;
    }
    *non_ascii |= lanes.high & inside != 0;
    Some(length + 2)
}

/// A number without sign and exponent that goes through.
#[inline(always)]
fn number(rest: &[u8; BLOCK + 1], action: Action) -> Option<usize> {
    let whole = scan::digits(rest.first_chunk()?);
    let mut length = whole;
    if rest.get(whole) == Some(&b'.') {
        let fraction = scan::digits(rest.get(whole + 1..)?.first_chunk()?);
        if fraction == 0 {
            return None;
        }
        length += 1 + fraction;
    }
    let ends = matches!(rest.get(length), Some(b',' | b'}' | b']' | b'\n' | b'\r' | b' '));
    let is_quiet = match action {
        Action::Pass => true,
        Action::Search => length < MIN_NUMBER,
        Action::Count(_) | Action::Mask(_) | Action::Guess(_) => false,
    };
    let has_zero = rest[0] == b'0' && whole > 1;
    (ends && is_quiet && !has_zero).then_some(length)
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    #![expect(
        unsafe_code,
        reason = "a kernel for AVX2; it rewrites 1.8 GB/s where SSE2 rewrites 1.4"
    )]

    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_andnot_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
        _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };

    use super::{Kernel, NodeId, Shapes, Skimmed, TextSearch};
    use crate::body::json::kernel::{BLOCK, Lanes, Utf8Lanes};

    /// Only to be called where the processor has AVX2, BMI1 and BMI2.
    pub(super) fn skim(shapes: &Shapes, search: &TextSearch, head: NodeId, bytes: &[u8], from: usize) -> Skimmed {
        // SAFETY: `Skimmer::skim` asked the processor.
        unsafe { compiled(shapes, search, head, bytes, from) }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn compiled(shapes: &Shapes, search: &TextSearch, head: NodeId, bytes: &[u8], from: usize) -> Skimmed {
        shapes.skim::<Avx2>(search, head, bytes, from)
    }

    /// INVARIANT: named by `compiled` alone.
    struct Avx2;

    impl Kernel for Avx2 {
        #[inline(always)]
        fn lanes(block: &[u8; BLOCK]) -> Lanes {
            // SAFETY: called from `compiled` alone.
            unsafe { lanes(load(block)) }
        }

        #[inline(always)]
        fn equal(a: &[u8; BLOCK], b: &[u8; BLOCK]) -> u32 {
            // SAFETY: called from `compiled` alone.
            unsafe { mask(_mm256_cmpeq_epi8(load(a), load(b))) }
        }

        #[inline(always)]
        fn utf8_lanes(block: &[u8; BLOCK]) -> Utf8Lanes {
            // SAFETY: called from `compiled` alone.
            unsafe { utf8_lanes(load(block)) }
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(block: &[u8; BLOCK]) -> __m256i {
        // SAFETY: a block is as long as the register, and the load may be unaligned.
        unsafe { _mm256_loadu_si256(block.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn mask(lanes: __m256i) -> u32 {
        _mm256_movemask_epi8(lanes) as u32
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn lanes(bytes: __m256i) -> Lanes {
        let quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b'"' as i8));
        let backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b'\\' as i8));
        let control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1F)), bytes);
        Lanes {
            special: mask(_mm256_or_si256(_mm256_or_si256(quote, backslash), control)),
            high: mask(bytes),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn utf8_lanes(bytes: __m256i) -> Utf8Lanes {
        let at_least_c0 = _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0xBF_u8 as i8));
        let at_least_f0 = _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0xEF_u8 as i8));
        let above_e0 = _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0xE0_u8 as i8));
        let is_ed = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0xED_u8 as i8));
        // As signed numbers, ASCII is above all others: it is taken out by the sign.
        let lead = _mm256_andnot_si256(is_ed, _mm256_andnot_si256(at_least_f0, above_e0));
        Utf8Lanes {
            leads: mask(_mm256_and_si256(lead, bytes)),
            continuations: mask(_mm256_andnot_si256(at_least_c0, bytes)),
            high: mask(bytes),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::body::json::kernel::Baseline;

        #[test]
        fn agrees_with_the_baseline_on_every_byte_in_every_lane() {
            if !std::arch::is_x86_feature_detected!("avx2") {
                return;
            }
            let other = [b'a'; BLOCK];
            for byte in 0..=255_u8 {
                for lane in 0..BLOCK {
                    let mut block = other;
                    block[lane] = byte;
                    block[(lane * 7 + 3) % BLOCK] = byte.wrapping_mul(31);
                    assert_eq!(Avx2::lanes(&block), Baseline::lanes(&block));
                    assert_eq!(Avx2::utf8_lanes(&block), Baseline::utf8_lanes(&block));
                    assert_eq!(Avx2::equal(&block, &other), Baseline::equal(&block, &other));
                }
            }
        }
    }
}
