//! The keyring: opens wrapped private keys with the master key, and keeps them open in memory, so that signing thousands
//! of credentials does not unwrap a key for each. Without the master key it is locked, and says why.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, RwLock},
};

use crate::{
    models::SigningKey,
    registrar::Refusal,
    sign::{Algorithm, KeyError, MasterKey, Secret, WrappingKey},
    values::Id,
};

/// What a key that does not open is answered with.
const WRONG: &str = "The master key does not open the signing keys of this portal, so nothing can be signed. Bring back \
                     the TESTAMUR_MASTER_KEY_FILE that they were made with.";

/// The private keys of this process; cheap to clone.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    wrapping: Result<WrappingKey, String>,
    opened: RwLock<HashMap<Id<SigningKey>, Arc<Secret>>>,
}

// What is in it is nobody's business, least of all a log's.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    /// A keyring that a master key opens.
    pub fn of(master: &MasterKey) -> Self {
        Self::new(Ok(WrappingKey::of(master)))
    }

    /// A keyring that stays shut, with the reason as a sentence.
    pub fn locked(why: impl Into<String>) -> Self {
        Self::new(Err(why.into()))
    }

    fn new(wrapping: Result<WrappingKey, String>) -> Self {
        Self(Arc::new(Inner { wrapping, opened: RwLock::default() }))
    }

    fn wrapping(&self) -> Result<&WrappingKey, Refusal> {
        self.0.wrapping.as_ref().map_err(Refusal::conflict)
    }

    /// The private half of a key.
    pub fn open(&self, key: &SigningKey) -> Result<Arc<Secret>, Refusal> {
        if key.wrapped.is_none() {
            return Err(Refusal::conflict(format!("{} was retired and can sign nothing more", key.fragment())));
        }
        if let Some(open) = self.0.opened.read().ok().and_then(|opened| opened.get(&key.id).cloned()) {
            return Ok(open);
        }
        let opened = Arc::new(self.unwrap(key)?);
        if let Ok(mut all) = self.0.opened.write() {
            all.insert(key.id.clone(), opened.clone());
        }
        Ok(opened)
    }

    /// Unwraps a key, whether or not it is open already: shows that the master key is the right one.
    pub fn unwrap(&self, key: &SigningKey) -> Result<Secret, Refusal> {
        let wrapped = key.wrapped.as_deref().unwrap_or_default();
        let bytes = self.wrapping()?.unwrap(wrapped, key.id.as_str()).ok_or_else(|| Refusal::conflict(WRONG))?;
        let algorithm = Algorithm::named(&key.algorithm)
            .ok_or_else(|| Refusal::Defect(format!("{} has an unknown algorithm", key.fragment())))?;
        Ok(Secret::from_bytes(algorithm, &bytes)?)
    }

    /// Wraps the private half of the key with an id.
    pub fn wrap(&self, secret: &Secret, id: &Id<SigningKey>) -> Result<Vec<u8>, Refusal> {
        Ok(self.wrapping()?.wrap(&secret.to_bytes()?, id.as_str())?)
    }

    /// Forgets a key that was retired; its bytes are wiped.
    pub fn forget(&self, id: &Id<SigningKey>) {
        if let Ok(mut opened) = self.0.opened.write() {
            opened.remove(id);
        }
    }
}

impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Self {
        Refusal::Defect(error.to_string())
    }
}
