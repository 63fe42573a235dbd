//! FF1 for halves that do not fit machine integers: any radix, any length. Plain rather than fast; long strings take it.

use super::FpeError;
use super::ff1::{Direction, Ff1, ROUNDS, check_domain};

/// Encrypts or decrypts numerals in place.
pub(super) fn apply(
    ff1: &Ff1,
    radix: u32,
    tweak: &[u8],
    numerals: &mut [u16],
    direction: Direction,
) -> Result<(), FpeError> {
    check_domain(radix, numerals.len())?;
    let bytes = Natural::top(radix, numerals.len().div_ceil(2)).byte_len();
    let feistel = Feistel {
        ff1,
        radix,
        bytes,
        fixed: ff1.absorb(tweak, numerals.len(), bytes),
        direction,
    };
    let (a, b) = numerals.split_at_mut(numerals.len() / 2);
    for step in 0..ROUNDS {
        let round = match direction {
            Direction::Encrypt => step,
            Direction::Decrypt => ROUNDS - 1 - step,
        };
        match round % 2 {
            0 => feistel.round(round, b, a),
            _ => feistel.round(round, a, b),
        }
    }
    Ok(())
}

struct Feistel<'a> {
    ff1: &'a Ff1,
    radix: u32,
    /// `b` of the standard: bytes of a half.
    bytes: usize,
    /// PRF state and the fixed bytes of the next block.
    fixed: (u128, u128),
    direction: Direction,
}

impl Feistel<'_> {
    /// Adds to (or takes from) `target` the PRF of `half`, modulo radix^length.
    fn round(&self, round: u8, half: &[u16], target: &mut [u16]) {
        let mut y = self.prf(round, half);
        let radix = i64::from(self.radix);
        let mut carry = 0;
        for slot in target.iter_mut().rev() {
            let numeral = i64::from(y.divide(self.radix));
            let sum = match self.direction {
                Direction::Encrypt => i64::from(*slot) + numeral + carry,
                Direction::Decrypt => i64::from(*slot) - numeral + carry,
            };
            *slot = u16::try_from(sum.rem_euclid(radix)).unwrap_or_default();
            carry = sum.div_euclid(radix);
        }
    }

    /// NUM(S) of the standard: `d` bytes from the PRF over the last blocks.
    fn prf(&self, round: u8, half: &[u16]) -> Natural {
        let lead = (16 - (self.bytes + 1) % 16) % 16;
        let mut tail = self.fixed.1.to_be_bytes()[..lead].to_vec();
        tail.push(round);
        tail.extend(Natural::of(half, self.radix).to_be_bytes(self.bytes));
        let state = tail.chunks_exact(16).fold(self.fixed.0, |state, chunk| {
            let block = <[u8; 16]>::try_from(chunk).unwrap_or_default();
            self.ff1.aes.block(state ^ u128::from_be_bytes(block))
        });
        let wanted = 4 * self.bytes.div_ceil(4) + 4;
        let mut output = state.to_be_bytes().to_vec();
        for counter in 1..wanted.div_ceil(16) as u128 {
            output.extend(self.ff1.aes.block(state ^ counter).to_be_bytes());
        }
        output.truncate(wanted);
        Natural::from_be_bytes(&output)
    }
}

/// A natural number in limbs of 32 bits, least significant first.
struct Natural(Vec<u32>);

impl Natural {
    /// NUM of the standard.
    fn of(numerals: &[u16], radix: u32) -> Self {
        let mut sum = Self(Vec::with_capacity(numerals.len()));
        numerals.iter().for_each(|&x| sum.multiply_add(radix, u32::from(x)));
        sum
    }

    /// radix^length − 1.
    fn top(radix: u32, length: usize) -> Self {
        let mut sum = Self(Vec::new());
        (0..length).for_each(|_| sum.multiply_add(radix, radix - 1));
        sum
    }

    fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Divides in place and returns the remainder.
    fn divide(&mut self, divisor: u32) -> u32 {
        let mut rest = 0_u64;
        for limb in self.0.iter_mut().rev() {
            rest = rest << 32 | u64::from(*limb);
            *limb = (rest / u64::from(divisor)) as u32;
            rest %= u64::from(divisor);
        }
        rest as u32
    }

    fn byte_len(&self) -> usize {
        let top = self.0.last().copied().unwrap_or_default();
        (self.0.len() * 32 - top.leading_zeros() as usize).div_ceil(8)
    }

    fn to_be_bytes(&self, length: usize) -> Vec<u8> {
        let byte = |i: usize| self.0.get(i / 4).map_or(0, |limb| limb.to_le_bytes()[i % 4]);
        (0..length).rev().map(byte).collect()
    }

    fn from_be_bytes(bytes: &[u8]) -> Self {
        let limb = |chunk: &[u8]| chunk.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte));
        Self(bytes.rchunks(4).map(limb).collect())
    }
}
