//! Passwords: how they are judged, hashed and compared.
//!
//! argon2id with the figures of the OWASP cheat sheet (19 MiB, two passes, one lane). At most four are computed at once,
//! so that a flood of sign-ins cannot eat the memory.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::values::{Invalid, fold};

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most; long enough for any pass phrase, short enough not to be a burden to hash.
pub const LONGEST: usize = 256;

static TURNS: Semaphore = Semaphore::const_new(4);

/// A hash that fits no password: compared with when there is no account, so that the answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now(&crate::clock::secret()).ok());

fn hasher() -> Argon2<'static> {
    let figures = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, figures)
}

/// Judges a new password: long enough, not one of the common ones, not made of the words around it. No rules about
/// kinds of characters, and nothing is cut off or folded before it is hashed.
pub fn judge(password: &str, around: &[&str]) -> Result<(), Invalid> {
    let length = password.chars().count();
    if length == 0 {
        return Err(Invalid::Missing("a password"));
    }
    if length < SHORTEST {
        return Err(Invalid::Malformed("Use at least 12 characters; a few words in a row are easy to remember"));
    }
    if length > LONGEST {
        return Err(Invalid::TooLong("Password", LONGEST));
    }
    let bare = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let folded = bare(password);
    let trimmed = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    let common = [
        "password",
        "passwort",
        "qwertyuiop",
        "letmein",
        "welcome",
        "iloveyou",
        "administrator",
        "testamur",
        "registrar",
        "university",
        "abcdefghijkl",
        "changeme",
    ];
    let repeated = folded.chars().collect::<std::collections::HashSet<_>>().len() < 4;
    let named = around.iter().map(|word| bare(word)).any(|word| word.len() >= 4 && trimmed == word);
    if repeated || named || common.iter().any(|word| trimmed == *word || trimmed == format!("{word}{word}")) {
        return Err(Invalid::Malformed("This password is too easy to guess; choose another one"));
    }
    Ok(())
}

/// Hashes a password, in its turn and on a thread for blocking work.
pub async fn hash(password: String) -> Option<String> {
    let _turn = TURNS.acquire().await.ok()?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await.ok()?.ok()
}

fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(hasher().hash_password(password.as_bytes())?.to_string())
}

/// Whether the password belongs to the hash. Without a hash it takes as long and is always wrong.
pub async fn fits(password: String, hash: Option<String>) -> bool {
    if password.chars().count() > LONGEST {
        return false;
    }
    let Ok(_turn) = TURNS.acquire().await else { return false };
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let compared = hash.or_else(|| NOBODY.clone()).unwrap_or_default();
        let fits =
            PasswordHash::new(&compared).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
    .unwrap_or(false)
}

/// A password for the demonstration: five groups of letters and digits.
pub fn random() -> String {
    const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let sign = || char::from(SIGNS[crate::clock::random_below(SIGNS.len() as u32) as usize]);
    (0..4).map(|_| (0..5).map(|_| sign()).collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = hash("correct horse battery".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(fits("correct horse battery".to_owned(), Some(hash.clone())).await);
        assert!(!fits("correct horse batterz".to_owned(), Some(hash)).await);
        assert!(!fits("anything at all".to_owned(), None).await);
    }

    #[test]
    fn easy_passwords_are_refused_with_a_reason() {
        for easy in ["short", "password1234", "aaaaaaaaaaaaaa", "Indiana University 2026", "PasswordPassword"] {
            assert!(judge(easy, &["Indiana University"]).is_err(), "{easy}");
        }
        assert!(judge("four words in a row", &["Indiana University"]).is_ok());
        assert!(judge(&"long ".repeat(50), &[]).is_ok());
        assert!(judge(&"long ".repeat(52), &[]).is_err());
    }
}
