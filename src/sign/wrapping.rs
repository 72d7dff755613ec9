//! How private keys lie in the database: sealed with AES-256-GCM under a key that is derived from the master key, so that
//! whoever has the database (or a backup) alone has no key to sign with.

use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use zeroize::Zeroizing;

use super::{KeyError, MasterKey};
use crate::clock;

const NONCE: usize = 12;
const TAG: usize = 16;

/// The key that wraps the others.
#[derive(Clone)]
pub struct WrappingKey(Zeroizing<[u8; 32]>);

impl WrappingKey {
    /// Derived from the master key, for this purpose alone.
    pub fn of(master: &MasterKey) -> Self {
        let derived = Zeroizing::new(master.derive("wrapping of signing keys"));
        let mut key = Zeroizing::new([0; 32]);
        key.iter_mut().zip(derived.iter()).for_each(|(to, from)| *to = *from);
        Self(key)
    }

    /// Seals a secret: nonce, cipher text, tag. The label (whose key it is) is sealed in, so that one wrapped key cannot
    /// be put in another's place.
    pub fn wrap(&self, secret: &[u8], label: &str) -> Result<Vec<u8>, KeyError> {
        let random = clock::random_bytes();
        let (nonce, _) = random.split_at(NONCE);
        let mut tag = [0; TAG];
        let sealed = encrypt_aead(Cipher::aes_256_gcm(), &self.0[..], Some(nonce), label.as_bytes(), secret, &mut tag)?;
        Ok([nonce, &sealed, &tag].concat())
    }

    /// Opens what was sealed; `None` when the master key is another one, or a byte was changed.
    pub fn unwrap(&self, wrapped: &[u8], label: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = wrapped.split_at_checked(NONCE)?;
        let (sealed, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
        let opened = decrypt_aead(Cipher::aes_256_gcm(), &self.0[..], Some(nonce), label.as_bytes(), sealed, tag);
        opened.ok().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(folder: &tempfile::TempDir, name: &str) -> WrappingKey {
        WrappingKey::of(&MasterKey::load_or_create(&folder.path().join(name)).unwrap())
    }

    #[test]
    fn only_the_same_master_key_and_label_open_what_was_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (key(&folder, "one"), key(&folder, "other"));
        let wrapped = one.wrap(b"secret", "key-1").unwrap();
        assert_eq!(one.unwrap(&wrapped, "key-1").unwrap().as_slice(), b"secret");
        assert!(one.unwrap(&wrapped, "key-2").is_none());
        assert!(other.unwrap(&wrapped, "key-1").is_none());
        assert!(one.unwrap(&wrapped[..20], "key-1").is_none());
        for place in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[place] ^= 1;
            assert!(one.unwrap(&changed, "key-1").is_none(), "byte {place}");
        }
        assert_ne!(wrapped, one.wrap(b"secret", "key-1").unwrap(), "no nonce is used twice");
    }
}
