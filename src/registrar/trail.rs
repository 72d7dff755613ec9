//! The audit trail as a whole: checkpoints that the publisher signs, and whether the trail is the one that was signed for.
//!
//! A checkpoint is a compact JWS (RFC 7515, EdDSA as in RFC 8037) under the publisher's Ed25519 key, so that anybody can
//! check it with software that we did not write. What it says stands in [`Claims`].

mod report;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use self::report::{Given, Report, check, claims_of, given, go_on};
use super::{Portal, Refusal, issue::composed, issue::line_of, keys};
use crate::{
    clock,
    db::{Conn, Db},
    mail,
    models::{
        Actor, audit, audit_chain,
        audit_checkpoint::{self, Checkpoint},
        outbox::{self, Mail},
        profile, setting,
        signing_key::Purpose,
    },
    sign::jws,
    values::Email,
    words::Words,
};

/// What the header of a checkpoint says it is.
pub const TYPE: &str = "testamur-audit-checkpoint+jws";
/// How often the portal signs by itself while something happens.
const EVERY: TimeDelta = TimeDelta::hours(24);
/// Age after which a checkpoint that does not cover the newest entry is worth a word.
pub const OVERDUE: TimeDelta = TimeDelta::hours(48);

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who signed: the publisher's DID.
    pub iss: String,
    /// When, RFC 3339 with microseconds.
    pub at: DateTime<Utc>,
    /// The number of the last entry that it vouches for, itself and all before it.
    pub seq: i64,
    /// That entry's hash, SHA-256 in hexadecimal.
    pub hash: String,
}

/// Signs for the trail as it is. The checkpoint has an entry of its own, which is the last that it vouches for.
pub fn sign(conn: &mut Conn, portal: &Portal, by: &Actor) -> Result<Checkpoint, Refusal> {
    let publisher = setting::publisher_id(conn)?.ok_or_else(|| {
        Refusal::conflict("Nobody can sign for the audit trail yet: choose the publisher in the settings first.")
    })?;
    let signer = keys::ensure(conn, portal, &publisher, Purpose::DataIntegrity)?;
    audit::take_turn(conn)?;
    let next = audit_chain::head(conn)?.0 + 1;
    audit::write(conn, by, audit_checkpoint::SIGNED, (audit_checkpoint::KIND, &next.to_string()), Vec::new())?;
    let (seq, hash) = audit_chain::head(conn)?;
    let claims = Claims { iss: keys::issuer_did(portal, &signer.key)?, at: clock::now(), seq, hash };
    let payload = serde_json::to_vec(&claims).map_err(|error| Refusal::Defect(error.to_string()))?;
    let kid = keys::key_url(portal, &signer.key);
    let made = Checkpoint {
        seq,
        at: claims.at.naive_utc(),
        hash: claims.hash,
        token: jws::sign(&payload, &signer.secret, &kid, Some(TYPE))?,
        key_id: signer.key.id,
    };
    made.insert(conn)?;
    send(conn, portal, &made)?;
    Ok(made)
}

/// Sends a checkpoint to the address in the settings, if there is one: a copy that nobody here can change.
fn send(conn: &mut Conn, portal: &Portal, made: &Checkpoint) -> Result<(), Refusal> {
    let address = setting::get(conn, setting::CHECKPOINTS_TO)?.unwrap_or_default();
    let Ok(address) = Email::parse(&address) else { return Ok(()) };
    let publisher = profile::publisher(conn)?.map(|one| one.name.to_string()).unwrap_or_default();
    let letter = mail::CheckpointSigned {
        publisher,
        seq: made.seq,
        at: made.at.and_utc(),
        token: made.token.clone(),
        base_url: portal.base_url.clone(),
    };
    let letter = composed(mail::checkpoint_signed(&Words::default(), &letter))?;
    let name = line_of(address.as_str());
    Ok(Mail::new(outbox::CHECKPOINT, address, name, letter).insert(conn)?)
}

/// Signs for the trail when a day has passed and something happened since. `None` when there is nothing to sign for, or
/// nobody who could.
pub async fn daily(db: &Db, portal: &Portal) -> Result<Option<Checkpoint>, Refusal> {
    if !db.read(is_due).await? {
        return Ok(None);
    }
    let portal = portal.clone();
    db.write(move |conn| {
        audit::take_turn(conn)?;
        // Somebody else may have been faster.
        if is_due(conn)? { sign(conn, &portal, &Actor::system()).map(Some) } else { Ok(None) }
    })
    .await
}

fn is_due(conn: &mut Conn) -> Result<bool, Refusal> {
    let newest = audit::latest(conn, 1)?.first().map_or(0, |entry| entry.seq);
    let is_old = match audit_checkpoint::latest(conn, 1)?.first() {
        None => newest > 0,
        Some(last) => newest > last.seq && clock::now().naive_utc() - last.at >= EVERY,
    };
    Ok(is_old && setting::publisher_id(conn)?.is_some())
}
