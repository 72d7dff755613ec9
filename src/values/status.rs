//! What an issued credential's status is: stored facts, and the reading of them at an instant.

use chrono::{DateTime, Utc};
use diesel::{AsExpression, FromSqlRow, sql_types::Text};

use super::stored_text;

/// The stored status of a credential. *Expired* is not among them: it is computed from the clock, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Status {
    /// Nothing speaks against it.
    InForce,
    /// Held back for now; can be lifted.
    Suspended,
    /// Taken back for good.
    Revoked,
    /// Superseded by a corrected one.
    Replaced,
}

impl Status {
    /// The name it is stored by.
    pub fn as_str(&self) -> &'static str {
        match self {
            Status::InForce => "in_force",
            Status::Suspended => "suspended",
            Status::Revoked => "revoked",
            Status::Replaced => "replaced",
        }
    }

    fn from_stored(text: String) -> Result<Self, String> {
        [Status::InForce, Status::Suspended, Status::Revoked, Status::Replaced]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| format!("unknown status {text:?} in the database"))
    }

    /// What it comes to at an instant, given the last instant at which the credential is valid.
    pub fn at(self, now: DateTime<Utc>, expires: Option<DateTime<Utc>>) -> Reading {
        match self {
            Status::Revoked => Reading::Revoked,
            Status::Replaced => Reading::Replaced,
            Status::Suspended => Reading::Suspended,
            Status::InForce if expires.is_some_and(|last| now > last) => Reading::Expired,
            Status::InForce => Reading::Valid,
        }
    }
}

stored_text!(Status);

/// The one word a reader gets about a credential, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// In force.
    Valid,
    /// Held back for now.
    Suspended,
    /// Taken back.
    Revoked,
    /// Superseded by another.
    Replaced,
    /// Its last day is over.
    Expired,
}

impl Reading {
    /// The name in message catalogues and style classes.
    pub fn as_str(self) -> &'static str {
        match self {
            Reading::Valid => "valid",
            Reading::Suspended => "suspended",
            Reading::Revoked => "revoked",
            Reading::Replaced => "replaced",
            Reading::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Reading, Status};
    use chrono::{TimeDelta, TimeZone, Utc};

    #[test]
    fn an_award_is_valid_through_its_last_instant() {
        let last = Utc.with_ymd_and_hms(2026, 6, 30, 23, 59, 59).unwrap();
        assert_eq!(Status::InForce.at(last, Some(last)), Reading::Valid);
        assert_eq!(Status::InForce.at(last + TimeDelta::seconds(1), Some(last)), Reading::Expired);
        assert_eq!(Status::Revoked.at(last + TimeDelta::days(9), Some(last)), Reading::Revoked);
    }
}
