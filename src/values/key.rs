//! What a signing key is for, and how it stands.

use diesel::{AsExpression, FromSqlRow, sql_types::Text};

use super::stored_text;

/// What a key signs: one key, one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Purpose {
    /// Data-integrity proofs, with Ed25519.
    DataIntegrity,
    /// JSON Web Signatures, with RSA.
    Jws,
}

impl Purpose {
    /// Both.
    pub const ALL: [Purpose; 2] = [Purpose::DataIntegrity, Purpose::Jws];

    /// The name it is stored by.
    pub fn as_str(&self) -> &'static str {
        match self {
            Purpose::DataIntegrity => "data_integrity",
            Purpose::Jws => "jws",
        }
    }

    /// As staff read it.
    pub fn shown(&self) -> &'static str {
        match self {
            Purpose::DataIntegrity => "Data integrity proofs",
            Purpose::Jws => "JSON Web Signatures",
        }
    }

    fn from_stored(text: String) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| format!("unknown purpose {text:?} in the database"))
    }
}

/// How a key stands. It only ever moves down this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum KeyState {
    /// Published, and not yet signed with: it takes over at the next rotation.
    Next,
    /// Signs.
    Active,
    /// Signed once; what it signed stays valid.
    Retired,
    /// Somebody else may have it: what it signed from an instant on is not believed.
    Compromised,
}

impl KeyState {
    /// All, in their order.
    pub const ALL: [KeyState; 4] = [KeyState::Next, KeyState::Active, KeyState::Retired, KeyState::Compromised];

    /// The name it is stored and shown by.
    pub fn as_str(&self) -> &'static str {
        match self {
            KeyState::Next => "next",
            KeyState::Active => "active",
            KeyState::Retired => "retired",
            KeyState::Compromised => "compromised",
        }
    }

    /// As a heading or a label.
    pub fn shown(&self) -> &'static str {
        match self {
            KeyState::Next => "Next",
            KeyState::Active => "Active",
            KeyState::Retired => "Retired",
            KeyState::Compromised => "Compromised",
        }
    }

    fn from_stored(text: String) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| format!("unknown key state {text:?} in the database"))
    }
}

stored_text!(Purpose);
stored_text!(KeyState);
