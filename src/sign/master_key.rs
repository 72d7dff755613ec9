//! The master key of an installation: 64 random bytes in a file of its own (mode 0600), never in the database and never
//! in a backup. Other keys are derived from it, one a purpose.

use std::{fs, io::Write, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;

/// The key, in memory.
#[derive(Clone)]
pub struct MasterKey([u8; 64]);

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or written.
    #[error("TESTAMUR_MASTER_KEY_FILE {0} cannot be used: {1}")]
    File(String, std::io::Error),
    /// The file holds something else.
    #[error("TESTAMUR_MASTER_KEY_FILE {0} does not hold a key; a key is 64 bytes in base64 on one line")]
    NotAKey(String),
}

impl MasterKey {
    /// Reads the key, or makes one when there is no file yet.
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        let name = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).ok_or(MasterKeyError::NotAKey(name)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self::random();
                key.store(path).map_err(|error| MasterKeyError::File(name, error))?;
                Ok(key)
            }
            Err(error) => Err(MasterKeyError::File(name, error)),
        }
    }

    /// Reads the key; `None` when there is no file. Never makes one.
    pub fn load(path: &Path) -> Result<Option<Self>, MasterKeyError> {
        match path.try_exists() {
            Ok(false) => Ok(None),
            _ => Self::load_or_create(path).map(Some),
        }
    }

    /// What tells this key from others and gives nothing of it away.
    pub fn fingerprint(&self) -> String {
        self.derive("fingerprint").iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// A key that is kept nowhere: for sessions, while the portal's own is missing.
    pub fn passing() -> Self {
        Self::random()
    }

    fn random() -> Self {
        let mut bytes = [0; 64];
        for chunk in bytes.chunks_mut(32) {
            chunk.copy_from_slice(&crate::clock::random_bytes());
        }
        Self(bytes)
    }

    fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text.trim()).ok()?.try_into().ok().map(Self)
    }

    /// Never overwrites: of two programs that start at once, the second reads what the first wrote.
    fn store(&self, path: &Path) -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        writeln!(file, "{}", STANDARD.encode(self.0))?;
        file.sync_all()
    }

    /// 64 bytes for one purpose: HMAC-SHA-512 of the purpose's name under the master key.
    pub fn derive(&self, purpose: &str) -> [u8; 64] {
        // HMAC takes a key of any length, so this never fails.
        let mut mac = match Hmac::<Sha512>::new_from_slice(&self.0) {
            Ok(mac) => mac,
            Err(_) => return self.0,
        };
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = MasterKey::load_or_create(&path).unwrap();
        let again = MasterKey::load_or_create(&path).unwrap();
        assert_eq!(first.derive("cookies"), again.derive("cookies"));
        assert_ne!(first.derive("cookies"), first.derive("other"));
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert_eq!(MasterKey::load(&folder.path().join("none")).unwrap().map(|key| key.fingerprint()), None);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn a_file_with_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "hello").unwrap();
        assert!(matches!(MasterKey::load_or_create(&path), Err(MasterKeyError::NotAKey(_))));
    }
}
