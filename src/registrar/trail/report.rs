//! Whether the trail is the one that was signed for: by the checkpoints that are kept here, and by those that somebody kept
//! elsewhere.

use std::str::FromStr;

use super::{Claims, TYPE};
use crate::{
    db::Conn,
    models::{
        SigningKey, audit,
        audit_check::{self, Anchor, Reached, Verdict},
        audit_checkpoint::{self, Checkpoint},
        signing_key::{self, Purpose},
    },
    registrar::{Refusal, keys},
    sign::jws::{self, Distrust, KnownKey, Token},
    values::Id,
};

/// What checking found.
#[derive(Debug, Clone)]
pub struct Report {
    /// How the trail stands.
    pub verdict: Verdict,
    /// The checkpoints that count, oldest first.
    pub believed: Vec<Anchor>,
    /// Numbers of those that count for nothing: their key was compromised before they were signed.
    pub void: Vec<i64>,
}

/// A checkpoint that somebody kept elsewhere.
#[derive(Debug, Clone)]
pub struct Given {
    /// What it says.
    pub claims: Claims,
    token: Token,
}

/// Reads checkpoints, one a line. Nothing in them is believed yet.
pub fn given(text: &str) -> Result<Vec<Given>, Distrust> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let token = Token::read(line)?;
            let claims = claims_of(&token)?;
            Ok(Given { claims, token })
        })
        .collect()
}

/// What a token says, when it is a checkpoint.
pub fn claims_of(token: &Token) -> Result<Claims, Distrust> {
    if token.header.get("typ").and_then(serde_json::Value::as_str) != Some(TYPE) {
        return Err(Distrust::Damaged);
    }
    serde_json::from_slice(&token.payload).map_err(|_| Distrust::Damaged)
}

/// Checks the whole trail against its own checkpoints and those given.
pub fn check(conn: &mut Conn, given: &[Given]) -> Result<Report, Refusal> {
    let whole = go_on(conn, given, &mut Reached::default(), i64::MAX)?;
    whole.ok_or_else(|| Refusal::Defect("the end of the audit trail was not reached".to_owned()))
}

/// Checks from where an earlier check stopped, at most so many entries. `None` where there are more.
pub fn go_on(conn: &mut Conn, given: &[Given], reached: &mut Reached, most: i64) -> Result<Option<Report>, Refusal> {
    let keys = signing_key::all(conn)?;
    let (mut believed, mut void, mut wrong) = (Vec::new(), Vec::new(), None::<(i64, String)>);
    let kept = audit_checkpoint::all(conn)?;
    for one in &kept {
        match stands(one, &keys) {
            Ok(()) => believed.push(one.anchor()),
            Err(Distrust::Compromised) => void.push(one.seq),
            Err(why) => {
                wrong = wrong.or(Some((one.seq, format!("has a checkpoint that is not to be believed: {why}"))))
            }
        }
    }
    for one in given {
        match is_believed(&one.token, &one.claims, &keys) {
            Ok(()) => believed.push(anchor(&one.claims)),
            Err(Distrust::Compromised) => void.push(one.claims.seq),
            Err(why) => {
                let seq = one.claims.seq;
                return Err(Refusal::conflict(format!("the checkpoint of no. {seq} is not to be believed: {why}")));
            }
        }
    }
    believed.sort_by_key(|one| one.seq);
    let wrong = wrong.or(gone(conn, &kept)?);
    let verdict = match (audit_check::go_on(conn, &believed, reached, most)?, wrong) {
        (None, None) => return Ok(None),
        (Some(Verdict::Broken { seq, fault }), Some((other, _))) if seq <= other => Verdict::Broken { seq, fault },
        (_, Some((seq, fault))) => Verdict::Broken { seq, fault },
        (Some(verdict), None) => verdict,
    };
    Ok(Some(Report { verdict, believed, void }))
}

fn anchor(claims: &Claims) -> Anchor {
    Anchor { seq: claims.seq, hash: claims.hash.clone(), at: claims.at.naive_utc() }
}

/// Whether a checkpoint that is kept here is what was signed, with a key that is believed.
fn stands(one: &Checkpoint, keys: &[SigningKey]) -> Result<(), Distrust> {
    let token = Token::read(&one.token)?;
    let claims = claims_of(&token)?;
    if anchor(&claims) != one.anchor() {
        return Err(Distrust::WrongSignature);
    }
    is_believed(&token, &claims, keys)
}

/// Whether a key of this portal signed it, while it was in use and in nobody else's hands.
fn is_believed(token: &Token, claims: &Claims, keys: &[SigningKey]) -> Result<(), Distrust> {
    let kid = token.kid().ok_or(Distrust::WrongSigner)?;
    // The portal may have moved to another address since; the id at the end stays.
    let id =
        Id::<SigningKey>::from_str(kid.rsplit('/').next().unwrap_or_default()).map_err(|_| Distrust::WrongSigner)?;
    let own = keys.iter().find(|key| key.id == id && key.purpose == Purpose::DataIntegrity);
    let own = own.ok_or(Distrust::WrongSigner)?;
    let key = keys::public(own).map_err(|_| Distrust::WrongSigner)?;
    let known = KnownKey {
        id: kid.to_owned(),
        key,
        from: own.activated_at,
        until: own.retired_at,
        compromised_since: own.compromised_since,
    };
    jws::verify(token, &[known], Some(claims.at.naive_utc())).map(|_| ())
}

/// The first entry that tells of a checkpoint which is not kept any more.
fn gone(conn: &mut Conn, kept: &[Checkpoint]) -> Result<Option<(i64, String)>, Refusal> {
    let told = audit::numbers_of_kind(conn, audit_checkpoint::KIND)?;
    let gone = told.into_iter().find(|seq| !kept.iter().any(|one| one.seq == *seq));
    Ok(gone.map(|seq| (seq, "tells of a checkpoint that is gone".to_owned())))
}
