//! The FF1 kernel (NIST SP 800-38G, algorithms 7 and 8) in machine integers.
//!
//! The Feistel halves are integers and not numeral strings: a half of up to 96 bits fits `u128`, one of up to 32 bits (nine
//! decimal digits, so any string of up to eighteen) runs in `u64`. Everything that the PRF reads before the round number and
//! the half is the same for a tweak and a length: [`PreparedDomain`] encrypts it once, so that a round is one AES block.
//! Longer halves take the path of [`super::wide`].

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};

use super::{FpeError, wide};

/// The least number of values in a domain; below it a surrogate is undone by trying (SP 800-38G Rev. 1, section 4).
pub const MIN_DOMAIN: u128 = 1_000_000;

/// Feistel rounds of FF1.
pub(super) const ROUNDS: u8 = 10;

/// A half of at most this many bytes leaves a PRF output (`d` of the standard) that fits `u128`.
const MAX_NARROW_BYTES: usize = 12;

/// AES under any of its key lengths; round keys are zeroised on drop by the `aes` crate.
#[derive(Clone)]
pub(super) enum Aes {
    Key128(Aes128),
    Key192(Aes192),
    Key256(Aes256),
}

impl Aes {
    fn new(key: &[u8]) -> Result<Self, FpeError> {
        let wrong = |_| FpeError::KeyLength(key.len());
        Ok(match key.len() {
            16 => Self::Key128(Aes128::new_from_slice(key).map_err(wrong)?),
            24 => Self::Key192(Aes192::new_from_slice(key).map_err(wrong)?),
            _ => Self::Key256(Aes256::new_from_slice(key).map_err(wrong)?),
        })
    }

    /// One block, big-endian as the standard reads it.
    #[inline]
    pub(super) fn block(&self, block: u128) -> u128 {
        let mut bytes = block.to_be_bytes().into();
        match self {
            Self::Key128(aes) => aes.encrypt_block(&mut bytes),
            Self::Key192(aes) => aes.encrypt_block(&mut bytes),
            Self::Key256(aes) => aes.encrypt_block(&mut bytes),
        }
        u128::from_be_bytes(bytes.into())
    }
}

/// FF1 under one key and radix.
#[derive(Clone)]
pub struct Ff1 {
    pub(super) aes: Aes,
    radix: u32,
}

impl std::fmt::Debug for Ff1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ff1")
            .field("radix", &self.radix)
            .finish_non_exhaustive()
    }
}

impl Ff1 {
    /// FF1 under an AES key of 16, 24 or 32 bytes, over numerals of a radix from 2 to 65536.
    pub fn new(key: &[u8], radix: u32) -> Result<Self, FpeError> {
        if !(2..=65_536).contains(&radix) {
            return Err(FpeError::Radix(radix));
        }
        Ok(Self {
            aes: Aes::new(key)?,
            radix,
        })
    }

    /// Encrypts numerals (most significant first) in place.
    pub fn encrypt(&self, tweak: &[u8], numerals: &mut [u16]) -> Result<(), FpeError> {
        self.apply(tweak, numerals, Direction::Encrypt)
    }

    /// Undoes [`Self::encrypt`].
    pub fn decrypt(&self, tweak: &[u8], numerals: &mut [u16]) -> Result<(), FpeError> {
        self.apply(tweak, numerals, Direction::Decrypt)
    }

    fn apply(&self, tweak: &[u8], numerals: &mut [u16], direction: Direction) -> Result<(), FpeError> {
        if numerals.iter().any(|&x| u32::from(x) >= self.radix) {
            return Err(FpeError::Numerals);
        }
        if half_bytes(self.radix, numerals.len().div_ceil(2)).is_none() {
            return wide::apply(self, self.radix, tweak, numerals, direction);
        }
        let domain = self.prepare(tweak, numerals.len())?;
        let (a, b) = numerals.split_at(numerals.len() / 2);
        let halves = (self.value(a), self.value(b));
        let (a, b) = match direction {
            Direction::Encrypt => domain.encrypt_halves(self, halves),
            Direction::Decrypt => domain.decrypt_halves(self, halves),
        };
        let (left, right) = numerals.split_at_mut(numerals.len() / 2);
        self.numerals(a, left);
        self.numerals(b, right);
        Ok(())
    }

    /// NUM of the standard.
    fn value(&self, numerals: &[u16]) -> u128 {
        numerals
            .iter()
            .fold(0, |sum, &x| sum * u128::from(self.radix) + u128::from(x))
    }

    /// STR of the standard.
    fn numerals(&self, mut value: u128, into: &mut [u16]) {
        for slot in into.iter_mut().rev() {
            *slot = u16::try_from(value % u128::from(self.radix)).unwrap_or_default();
            value /= u128::from(self.radix);
        }
    }

    /// Computes once what all strings of `length` numerals under `tweak` share.
    pub fn prepare(&self, tweak: &[u8], length: usize) -> Result<PreparedDomain, FpeError> {
        check_domain(self.radix, length)?;
        let (u, v) = (length / 2, length - length / 2);
        let bytes = half_bytes(self.radix, v).ok_or(FpeError::Numerals)?;
        let (state, tail) = self.absorb(tweak, length, bytes);
        Ok(PreparedDomain {
            state: state ^ tail,
            round_shift: 8 * u32::try_from(bytes).unwrap_or_default(),
            output_shift: 128 - 8 * u32::try_from(4 * bytes.div_ceil(4) + 4).unwrap_or_default(),
            modulus: (power(self.radix, u), power(self.radix, v)),
        })
    }

    /// The PRF over P and the whole blocks of Q's fixed part; with it what is left of that part, in the place where it stands in the
    /// last block (the round number and the half follow it there).
    pub(super) fn absorb(&self, tweak: &[u8], length: usize, half_bytes: usize) -> (u128, u128) {
        let (n, t) = (length as u128, tweak.len() as u128);
        let head = 0x0001_0201_u128 << 104
            | u128::from(self.radix) << 80
            | u128::from(ROUNDS) << 72
            | ((length as u128 / 2) & 0xff) << 64
            | (n & 0xffff_ffff) << 32
            | (t & 0xffff_ffff);
        let mut state = self.aes.block(head);
        let padded = (tweak.len() + half_bytes + 1).next_multiple_of(16) - half_bytes - 1;
        let mut fixed = tweak
            .iter()
            .copied()
            .chain(std::iter::repeat_n(0, padded - tweak.len()));
        for _ in 0..padded / 16 {
            state = self.aes.block(state ^ next_block(&mut fixed));
        }
        (state, next_block(&mut fixed))
    }
}

/// The next sixteen bytes, padded with zeros.
fn next_block(bytes: &mut impl Iterator<Item = u8>) -> u128 {
    let mut block = [0; 16];
    block.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
    u128::from_be_bytes(block)
}

/// Which way a string goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Encrypt,
    Decrypt,
}

/// Refuses a domain of fewer than [`MIN_DOMAIN`] values.
pub(super) fn check_domain(radix: u32, length: usize) -> Result<(), FpeError> {
    let size = u32::try_from(length)
        .ok()
        .and_then(|length| u128::from(radix).checked_pow(length));
    match size {
        Some(size) if length < 2 || size < MIN_DOMAIN => Err(FpeError::DomainTooSmall { radix, length }),
        _ => Ok(()),
    }
}

/// `b` of the standard for a half of `numerals`, or `None` where the wide path is needed.
fn half_bytes(radix: u32, numerals: usize) -> Option<usize> {
    let top = u128::from(radix).checked_pow(u32::try_from(numerals).ok()?)? - 1;
    let bytes = (128 - top.leading_zeros() as usize).div_ceil(8);
    (bytes <= MAX_NARROW_BYTES).then_some(bytes)
}

fn power(radix: u32, exponent: usize) -> u128 {
    (0..exponent).fold(1, |product, _| product * u128::from(radix))
}

/// All strings of one length under one key, radix and tweak.
#[derive(Clone)]
pub struct PreparedDomain {
    /// The PRF's state before the last block, with the fixed bytes of that block already added.
    state: u128,
    /// Bits of the half in the last block; the round number stands above them.
    round_shift: u32,
    /// What is cut off the PRF's output on the right: 128 − 8·d.
    output_shift: u32,
    modulus: (u128, u128),
}

impl std::fmt::Debug for PreparedDomain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PreparedDomain(..)")
    }
}

impl PreparedDomain {
    #[inline]
    fn prf(&self, ff1: &Ff1, round: u8, half: u128) -> u128 {
        let block = self.state ^ (u128::from(round) << self.round_shift) ^ half;
        ff1.aes.block(block) >> self.output_shift
    }

    /// Whether a half fits 32 bits and the PRF's output 64: then the arithmetic is done in `u64`.
    #[inline]
    fn fits_u64(&self) -> bool {
        self.output_shift >= 64
    }

    #[inline]
    fn add(&self, half: u128, y: u128, modulus: u128) -> u128 {
        if self.fits_u64() {
            u128::from((half as u64 + y as u64 % modulus as u64) % modulus as u64)
        } else {
            (half + y % modulus) % modulus
        }
    }

    #[inline]
    fn subtract(&self, half: u128, y: u128, modulus: u128) -> u128 {
        if self.fits_u64() {
            u128::from((half as u64 + modulus as u64 - y as u64 % modulus as u64) % modulus as u64)
        } else {
            (half + modulus - y % modulus) % modulus
        }
    }

    /// Encrypts the two halves of a numeral string, each as an integer below radix^length.
    #[inline]
    pub fn encrypt_halves(&self, ff1: &Ff1, (mut a, mut b): (u128, u128)) -> (u128, u128) {
        for round in (0..ROUNDS).step_by(2) {
            a = self.add(a, self.prf(ff1, round, b), self.modulus.0);
            b = self.add(b, self.prf(ff1, round + 1, a), self.modulus.1);
        }
        (a, b)
    }

    /// Undoes [`Self::encrypt_halves`].
    #[inline]
    pub fn decrypt_halves(&self, ff1: &Ff1, (mut a, mut b): (u128, u128)) -> (u128, u128) {
        for round in (0..ROUNDS).step_by(2).rev() {
            b = self.subtract(b, self.prf(ff1, round + 1, a), self.modulus.1);
            a = self.subtract(a, self.prf(ff1, round, b), self.modulus.0);
        }
        (a, b)
    }
}
