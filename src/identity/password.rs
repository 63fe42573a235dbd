//! Passwords: the rules for new ones, and argon2id (RFC 9106) that checks them without starving anybody else.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::IdentityError;

/// Fewest characters of a password. Length is what resists guessing (NIST SP 800-63B-4, 3.1.1.2); a second factor comes later.
pub const MIN_PASSWORD_CHARS: usize = 12;

/// Most characters of a password: long phrases fit, and nobody makes us hash a megabyte.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// Memory of one check, in KiB. Above the least that OWASP names (19 MiB); about 60 ms on one core with [`PASSES`].
const MEMORY_KIB: u32 = 32 * 1024;

/// Passes over that memory.
const PASSES: u32 = 3;

/// Lanes. One: a check takes one core and no more.
const LANES: u32 = 1;

/// How many checks may wait for their turn. More are told to come back: a flood must not pile up memory and minutes of work.
const MAX_WAITING: usize = 64;

/// A password on its way from a form to the check: wiped when dropped, never printed.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a password as it was typed. Nothing is checked here: what is too long simply does not match.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(Zeroizing::new(typed.into()))
    }

    /// Whether it may become an account's password.
    ///
    /// # Errors
    /// [`IdentityError::PasswordRule`] says which rule it breaks.
    pub fn check_rules(&self, account: &str) -> Result<(), IdentityError> {
        let chars = self.0.chars().count();
        if chars < MIN_PASSWORD_CHARS {
            return Err(IdentityError::PasswordRule("has fewer than 12 characters"));
        }
        if chars > MAX_PASSWORD_CHARS {
            return Err(IdentityError::PasswordRule("has more than 128 characters"));
        }
        if self.0.chars().any(char::is_control) {
            return Err(IdentityError::PasswordRule("holds control characters"));
        }
        self.check_guessable(account)
    }

    fn check_guessable(&self, account: &str) -> Result<(), IdentityError> {
        let lower = self.0.to_lowercase();
        let distinct = lower.chars().collect::<std::collections::BTreeSet<_>>().len();
        if distinct < 5 {
            return Err(IdentityError::PasswordRule("repeats fewer than five characters"));
        }
        let account = account.to_lowercase();
        if account.chars().count() >= 4 && lower.contains(&account) {
            return Err(IdentityError::PasswordRule("contains the account name"));
        }
        Ok(())
    }

    /// The password itself, for the room that hashes it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    fn is_hashable(&self) -> bool {
        // Four bytes is the longest character of UTF-8.
        self.0.len() <= MAX_PASSWORD_CHARS * 4
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Hashes and checks passwords on blocking threads, a few at a time.
#[derive(Clone, Debug)]
pub struct Hasher {
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    decoy: Arc<str>,
}

impl Hasher {
    /// The hasher of a server. It never takes more than half of the cores.
    ///
    /// # Errors
    /// [`IdentityError::Randomness`] when the operating system gives no random bytes.
    pub fn new() -> Result<Self, IdentityError> {
        Self::with_cost(MEMORY_KIB, PASSES)
    }

    /// A hasher of another cost; tests take a small one, for they are not about argon2.
    ///
    /// # Errors
    /// As [`Hasher::new`], and [`IdentityError::Hash`] for a cost that argon2 does not know.
    pub fn with_cost(memory_kib: u32, passes: u32) -> Result<Self, IdentityError> {
        let params = Params::new(memory_kib, passes, LANES, None).map_err(|_| IdentityError::Hash)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut unknown = [0_u8; 32];
        getrandom::fill(&mut unknown).map_err(|_| IdentityError::Randomness)?;
        let decoy = hash_with(&argon2, &unknown)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            argon2,
            running: Arc::new(Semaphore::new((cores / 2).max(1))),
            admitted: Arc::new(Semaphore::new(MAX_WAITING)),
            decoy: decoy.into(),
        })
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// [`IdentityError::Busy`] when too many checks wait; [`IdentityError::Hash`] when argon2 fails.
    pub async fn hash(&self, password: Password) -> Result<String, IdentityError> {
        let argon2 = self.argon2.clone();
        self.run(move || hash_with(&argon2, password.0.as_bytes())).await?
    }

    /// Whether a password fits a PHC string. With `None` (nobody of that name) the same work is done on a decoy and the answer is no.
    ///
    /// # Errors
    /// [`IdentityError::Busy`] when too many checks wait.
    pub async fn verify(&self, password: Password, phc: Option<&str>) -> Result<bool, IdentityError> {
        let hash: Arc<str> = phc.map_or_else(|| Arc::clone(&self.decoy), Arc::from);
        let known = phc.is_some();
        let argon2 = self.argon2.clone();
        let fits = move || {
            let typed = if password.is_hashable() {
                password.0.as_bytes()
            } else {
                b"".as_slice()
            };
            let fits = argon2.verify_password(typed, &*hash).is_ok();
            fits & password.is_hashable()
        };
        Ok(self.run(fits).await? & known)
    }

    /// Whether a PHC string was made with other parameters than today's: it is then made anew at the next sign-in.
    pub fn is_outdated(&self, phc: &str) -> bool {
        let wanted = self.argon2.params();
        PasswordHash::new(phc)
            .ok()
            .and_then(|h| Params::try_from(&h).ok())
            .is_none_or(|p| p.m_cost() != wanted.m_cost() || p.t_cost() != wanted.t_cost())
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, IdentityError> {
        let _admitted = self.admitted.try_acquire().map_err(|_| IdentityError::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        let turn = turn.map_err(|_| IdentityError::Busy)?;
        let job = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        job.await.map_err(|_| IdentityError::Hash)
    }
}

fn hash_with(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, IdentityError> {
    let hash: Result<PasswordHash, _> = argon2.hash_password(password);
    Ok(hash.map_err(|_| IdentityError::Hash)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Hasher {
        Hasher::with_cost(64, 1).unwrap()
    }

    #[test]
    fn the_rules_name_what_is_wrong() {
        let rule = |p: &str| Password::new(p).check_rules("wang.min").err().map(|e| e.to_string());
        assert!(rule("short").unwrap().contains("fewer than 12"));
        assert!(rule(&"ab cd ef ".repeat(20)).unwrap().contains("more than 128"));
        assert!(rule("tab\tinside me").unwrap().contains("control"));
        assert!(rule("aaaaaaaaaaaaaaaa").unwrap().contains("five"));
        assert!(rule("I am Wang.Min ok").unwrap().contains("account name"));
        assert_eq!(rule("correct horse"), None);
        assert_eq!(rule("青山不改绿水长流后会有期"), None);
    }

    #[tokio::test]
    async fn a_password_fits_its_hash_alone() {
        let hasher = cheap();
        let phc = hasher.hash(Password::new("correct horse")).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert!(hasher.verify(Password::new("correct horse"), Some(&phc)).await.unwrap());
        assert!(!hasher.verify(Password::new("correct horsf"), Some(&phc)).await.unwrap());
        assert!(!hasher.verify(Password::new("correct horse"), None).await.unwrap());
        assert!(
            !hasher
                .verify(Password::new("correct horse"), Some("no phc string"))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn an_overlong_password_never_fits() {
        let hasher = cheap();
        let phc = hasher.hash(Password::new("")).await.unwrap();
        let long = Password::new("x".repeat(MAX_PASSWORD_CHARS * 4 + 1));
        assert!(!hasher.verify(long, Some(&phc)).await.unwrap());
    }

    #[tokio::test]
    async fn a_flood_is_turned_away() {
        let hasher = cheap();
        let _all = hasher
            .admitted
            .acquire_many(u32::try_from(MAX_WAITING).unwrap())
            .await
            .unwrap();
        let refused = hasher.verify(Password::new("x"), None).await;
        assert!(matches!(refused, Err(IdentityError::Busy)));
    }

    #[tokio::test]
    async fn other_parameters_are_outdated() {
        let old = cheap().hash(Password::new("x")).await.unwrap();
        assert!(!cheap().is_outdated(&old));
        assert!(Hasher::with_cost(128, 1).unwrap().is_outdated(&old));
        assert!(cheap().is_outdated("garbage"));
    }

    #[test]
    fn the_servers_parameters_are_those_we_state() {
        let hasher = Hasher::new().unwrap();
        assert!(hasher.decoy.starts_with("$argon2id$v=19$m=32768,t=3,p=1$"));
    }
}
