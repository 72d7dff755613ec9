//! Open Badges 3.0 and CLR 2.0, and the credentials within them.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use super::{
    Asking, known, record, refresh,
    report::{At, NotHeld, Outcome, Report, wrong},
    status, token,
};
use crate::{
    clr::v2::checks::{self, Kind, each},
    models::SigningKey,
    registrar::Refusal,
    sign::{
        PublicKey,
        integrity::{self, Suite, Undefined, Unproven},
        jws::{self, KnownKey, Token},
    },
};

/// How deep credentials may stand in one another.
const DEEPEST: usize = 4;

/// A credential as it was handed in.
pub struct Given<'a> {
    /// What it says.
    pub credential: &'a Value,
    /// The bytes, where it is the whole document.
    pub content: &'a [u8],
    /// The token around it, where it came as a JWT.
    pub token: Option<&'a Token>,
    /// When the record around it was signed, by our record: what stands in that one was there then.
    within: Option<NaiveDateTime>,
    depth: usize,
}

impl<'a> Given<'a> {
    /// A credential in JSON.
    pub fn json(credential: &'a Value, content: &'a [u8]) -> Self {
        Self { credential, content, token: None, within: None, depth: 0 }
    }

    /// A credential out of a token.
    pub fn token(credential: &'a Value, content: &'a [u8], token: &'a Token) -> Self {
        Self { token: Some(token), ..Self::json(credential, content) }
    }

    /// The same within credentials, this many deep.
    pub fn at_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }
}

/// Checks a credential and those within it.
pub fn report(asking: &mut Asking, given: &Given, about: &str, report: &mut Report) -> Result<(), Refusal> {
    let credential = given.credential;
    let kind = Kind::of(credential);
    if about.is_empty() {
        report.kind = kind.map_or("credential", Kind::shown).to_owned();
        report.facts = checks::facts(credential);
    }
    let called = checks::facts(credential).into_iter().find(|(what, _)| *what == "credential");
    report.named(about, called.map(|(_, name)| name));
    let mut at = report.at(about);
    at.passed("structure", "It can be read.");
    let Some(kind) = kind else {
        let why = "It names no kind of credential that is known here.";
        at.note("type", Outcome::Failed, why, checks::named_types(credential));
        return Ok(());
    };
    defined(credential, &mut at);
    let follows = match checks::is_of_an_older_version(credential) {
        true => "It follows an earlier version of the published standard.",
        false => "It follows the published standard.",
    };
    at.none_of("context", checks::contexts(credential, kind), follows, WRONG_CONTEXT);
    at.none_of(
        "type",
        checks::named_types(credential),
        "It says what kind of credential it is.",
        "It does not say properly what kind of credential it is.",
    );
    at.none_of(
        "schema",
        checks::schema(credential, kind),
        "Everything that the standard requires is there.",
        "Something that the standard requires is missing or malformed.",
    );
    if checks::has_schema_of_its_own(credential) {
        at.unchecked("schema", "It names a schema of its own beside the standard’s, which is not read here.");
    }
    about_whom(credential, kind, &mut at);
    let ours = proof(asking, given, about, report)?;
    let Some(own) = &ours else { return told_by_others(asking, given, about, report) };
    let signed_at = told_by_us(asking, (given, kind, own), about, report)?;
    times(asking.now, credential, about, report);
    within(asking, given, signed_at, about, report)
}

/// Its subject, its evidence and its issuer, as they are written.
fn about_whom(credential: &Value, kind: Kind, at: &mut At<'_>) {
    at.none_of(
        "subject",
        checks::subject(credential, kind),
        "It says properly whom and what it is about.",
        "It does not say properly whom or what it is about.",
    );
    if !credential["evidence"].is_null() {
        at.none_of(
            "evidence",
            checks::evidence(credential),
            "Its evidence is well formed.",
            "Its evidence is not well formed.",
        );
    }
    at.none_of(
        "issuer",
        checks::issuer(credential),
        "It says properly who issued it.",
        "It does not say properly who issued it.",
    );
}

/// What others say of something that they signed: of its newest version, where they keep one.
fn told_by_others(asking: &mut Asking, given: &Given, about: &str, report: &mut Report) -> Result<(), Refusal> {
    let newest = match about.is_empty() {
        true => refresh::followed(asking, given, report)?,
        false => None,
    };
    let newest = newest.as_ref().map(|newest| Given::json(newest, &[]));
    let given = newest.as_ref().unwrap_or(given);
    let may_hide = integrity::proof(given.credential).is_ok_and(|proof| proof.suite == Suite::EcdsaSd2023);
    match may_hide && given.credential["credentialStatus"].is_null() {
        true => report.at(about).unchecked("status", LEFT_OUT),
        false => status::report(asking, given.credential, about, report),
    }
    times(asking.now, given.credential, about, report);
    within(asking, given, None, about, report)
}

const LEFT_OUT: &str = "Its holder may leave out parts of it, and where its status is told is not among what is shown.";

const WRONG_CONTEXT: &str = "It does not name the published standard that it claims to follow.";

fn defined(credential: &Value, at: &mut At<'_>) {
    let mut bare = credential.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("proof");
    }
    match integrity::canonical_form(&bare) {
        Ok(_) => at.passed("defined", "Every word in it is defined, and every address in it is whole."),
        Err(Undefined::Context(context)) => {
            at.unchecked("defined", format!("Its words are defined at {context}, which is not known here."));
        }
        Err(why) => at.note(
            "defined",
            Outcome::Failed,
            "It holds words that nobody defined, or broken addresses, which a signature does not cover.",
            vec![why.to_string()],
        ),
    }
}

/// Checks the signature, whose key it is, and its state; returns our key where it is ours.
fn proof(asking: &mut Asking, given: &Given, about: &str, report: &mut Report) -> Result<Option<SigningKey>, Refusal> {
    let issuer = checks::issuer_id(given.credential).unwrap_or_default().to_owned();
    let named = match given.token {
        Some(token) => Ok(token.kid().unwrap_or_default().to_owned()),
        None => embedded(given.credential),
    };
    let named = match named {
        Ok(named) => named,
        Err(why) => {
            report.at(about).found("signature", Err(why));
            return Ok(None);
        }
    };
    let found = match known::find(asking, &named, &issuer)? {
        Ok(found) => found,
        Err(why) => {
            let mut at = report.at(about);
            let (outcome, why) = match why {
                NotHeld::Wrong(why) => (Outcome::Failed, why),
                NotHeld::Unknown(why) => {
                    (Outcome::Unchecked, format!("The key it was signed with could not be had. {why}"))
                }
            };
            at.note("signature", outcome, why, vec![format!("key {named}"), format!("issuer {issuer}")]);
            return Ok(None);
        }
    };
    let now = asking.now;
    let mut at = report.at(about);
    let ended = given.token.is_none().then(|| integrity::proof(given.credential).ok()?.expires).flatten();
    match signature(given, &named, &found.key) {
        Ok(_) if ended.is_some_and(|end| end < now) => {
            at.failed("signature", "The signature was made for a time that is over.")
        }
        Ok(how) => at.note(
            "signature",
            Outcome::Passed,
            "The signature holds: nothing was changed since it was signed.",
            vec![how, format!("key {named}")],
        ),
        Err(why) => at.found("signature", Err(why)),
    }
    at.found("key", found.belongs);
    Ok(found.ours)
}

/// The key that an embedded proof names.
pub fn embedded(credential: &Value) -> Result<String, NotHeld> {
    match integrity::proof(credential) {
        Ok(proof) => Ok(proof.verification_method),
        Err(Unproven::None) if credential["proof"].is_array() => {
            Err(NotHeld::Unknown("It carries several signatures at once, which cannot be checked here.".to_owned()))
        }
        Err(Unproven::None) => wrong("It is not signed, so anybody may have written it."),
        Err(_) => {
            let proof = each(&credential["proof"]).into_iter().next().cloned().unwrap_or_default();
            let suite = proof["cryptosuite"].as_str().or_else(|| proof["type"].as_str()).unwrap_or("unknown");
            match proof["proofPurpose"].as_str() {
                Some("assertionMethod") if !integrity::is_known(&proof) => {
                    Err(NotHeld::Unknown(format!("It is signed in a way that cannot be checked here ({suite}).")))
                }
                Some("assertionMethod") => wrong("Its signature is not written as its standard asks."),
                _ => wrong("Its signature was not made to say that this is true, but for something else."),
            }
        }
    }
}

/// Whether the signature of a credential holds under a key; how it was made.
pub fn signature(given: &Given, named: &str, key: &PublicKey) -> Result<String, NotHeld> {
    if let Some(token) = given.token {
        jws::verify(token, &[KnownKey::of(named, key.clone())], None).map_err(|why| NotHeld::Wrong(sentence(&why)))?;
        return Ok(format!("JSON Web Signature, {}", token.algorithm.name()));
    }
    match integrity::holds(given.credential, key) {
        Ok(proof) => Ok(format!("embedded proof, {}", proof.suite.name())),
        Err(Unproven::Undefined(Undefined::Context(context))) => {
            Err(NotHeld::Unknown(format!("The signature covers words that are defined at {context}, not known here.")))
        }
        Err(why) => wrong(sentence(&why)),
    }
}

/// A reason as a sentence.
pub fn sentence(why: &impl ToString) -> String {
    let why = why.to_string();
    let mut signs = why.chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}

/// What our record says of something that our key signed.
fn told_by_us(
    asking: &mut Asking,
    (given, kind, own): (&Given, Kind, &SigningKey),
    about: &str,
    report: &mut Report,
) -> Result<Option<NaiveDateTime>, Refusal> {
    let signed_at = match kind {
        // They stand in what was signed and have no status of their own.
        Kind::Endorsement | Kind::StatusList => given.within,
        Kind::Achievement | Kind::Record => {
            let content = match given.content {
                [] => given.credential.to_string().into_bytes(),
                content => content.to_vec(),
            };
            record::report(asking, (given.credential, &content), about, report)?
        }
    };
    // Of a document that our record does not hold, a proof may say any time.
    let state = known::state(own, signed_at.or(given.within).or_else(|| made_for_download(asking, given, own)));
    report.at(about).found("key-state", state);
    Ok(signed_at)
}

/// The time that a proof says, of a record that was made for a download and is kept nowhere; not under a key whose time is over.
fn made_for_download(asking: &Asking, given: &Given, own: &SigningKey) -> Option<NaiveDateTime> {
    let is_unkept = given.credential["credentialStatus"].is_null();
    let is_doubtful = own.compromised_since.is_some();
    let created = integrity::proof(given.credential).ok()?.created?;
    // A proof tells whole seconds, and a key may have been made in the same one.
    let created = created.naive_utc() + chrono::TimeDelta::seconds(1);
    let created = if created > asking.now.naive_utc() { asking.now.naive_utc() } else { created };
    (is_unkept && !is_doubtful).then_some(created)
}

fn times(now: DateTime<Utc>, credential: &Value, about: &str, report: &mut Report) {
    let instant = |members: [&str; 2]| {
        let written = members.iter().find_map(|member| credential[*member].as_str())?;
        DateTime::parse_from_rfc3339(written).ok()
    };
    let mut at = report.at(about);
    match instant(["validUntil", "expirationDate"]) {
        Some(until) if until < now => at.failed("expiration", format!("It expired on {}.", until.format("%-d %B %Y"))),
        Some(until) => at.passed("expiration", format!("It is valid until {}.", until.format("%-d %B %Y"))),
        None if integrity::proof(credential).is_ok_and(|proof| proof.suite == Suite::EcdsaSd2023) => {
            at.unchecked(
                "expiration",
                "Its holder may leave out parts of it, and when it expires is not among what is shown.",
            );
        }
        None => at.passed("expiration", "It does not expire."),
    }
    match instant(["validFrom", "issuanceDate"]) {
        Some(from) if from > now => {
            at.failed("issuance", format!("It is not valid yet: it begins on {}.", from.format("%-d %B %Y")));
        }
        Some(from) => at.passed("issuance", format!("It has been valid since {}.", from.format("%-d %B %Y"))),
        None => at.failed("issuance", "It does not say since when it is valid."),
    }
}

/// The endorsements of a credential, and the credentials in a record with whether they are of the same person.
fn within(
    asking: &mut Asking,
    given: &Given,
    signed_at: Option<NaiveDateTime>,
    about: &str,
    report: &mut Report,
) -> Result<(), Refusal> {
    let subject = &given.credential["credentialSubject"];
    let mut parts: Vec<(String, &Value)> = Vec::new();
    endorsements(given.credential, about, 0, &mut parts);
    let mut tokens = Vec::new();
    endorsement_tokens(given.credential, about, 0, &mut tokens);
    for (at, member) in each(&subject["verifiableCredential"]).into_iter().enumerate() {
        let place = format!("{about}/credentialSubject/verifiableCredential/{at}");
        recipient(subject, member, &place, report);
        parts.push((place, member));
    }
    if !(parts.is_empty() && tokens.is_empty()) && given.depth >= DEEPEST {
        report.at(about).failed("structure", "Credentials stand in one another deeper than any record needs.");
        return Ok(());
    }
    for (place, part) in parts {
        let inner = Given { within: signed_at.or(given.within), depth: given.depth + 1, ..Given::json(part, &[]) };
        self::report(asking, &inner, &place, report)?;
    }
    for (place, text) in tokens {
        token::endorsement(asking, text, given.depth + 1, &place, report)?;
    }
    Ok(())
}

/// Endorsements that stand as tokens in a credential (Open Badges 3.0, `endorsementJwt`), not in those within it.
fn endorsement_tokens<'a>(value: &'a Value, place: &str, depth: usize, into: &mut Vec<(String, &'a str)>) {
    match value {
        _ if depth > super::DEEPEST => {}
        Value::Object(members) => {
            for (name, inner) in members {
                match name.as_str() {
                    "verifiableCredential" | "proof" | "endorsement" => {}
                    "endorsementJwt" => {
                        let found = each(inner).into_iter().enumerate();
                        into.extend(
                            found.map(|(at, one)| (format!("{place}/{name}/{at}"), one.as_str().unwrap_or_default())),
                        );
                    }
                    _ => endorsement_tokens(inner, &format!("{place}/{name}"), depth + 1, into),
                }
            }
        }
        Value::Array(several) => {
            for (at, one) in several.iter().enumerate() {
                endorsement_tokens(one, &format!("{place}/{at}"), depth + 1, into);
            }
        }
        _ => {}
    }
}

/// Endorsements wherever they stand in a credential, but not in the credentials within it.
fn endorsements<'a>(value: &'a Value, place: &str, depth: usize, into: &mut Vec<(String, &'a Value)>) {
    if depth > super::DEEPEST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                match name.as_str() {
                    "verifiableCredential" | "proof" => {}
                    "endorsement" => {
                        let found = each(inner).into_iter().enumerate();
                        into.extend(found.map(|(at, one)| (format!("{place}/endorsement/{at}"), one)));
                    }
                    _ => endorsements(inner, &format!("{place}/{name}"), depth + 1, into),
                }
            }
        }
        Value::Array(several) => {
            for (at, one) in several.iter().enumerate() {
                endorsements(one, &format!("{place}/{at}"), depth + 1, into);
            }
        }
        _ => {}
    }
}

/// Whether a credential in a record is of the record's learner: by the same id, or by the same identifier.
fn recipient(learner: &Value, member: &Value, place: &str, report: &mut Report) {
    let subject = &member["credentialSubject"];
    let mut at = report.at(place);
    let hashes = |subject: &Value| -> Vec<(String, String)> {
        let pair = |one: &Value| (one["identityType"].to_string(), one["identityHash"].to_string());
        each(&subject["identifier"]).into_iter().filter(|one| one["hashed"] != true).map(pair).collect()
    };
    let (of_learner, of_member) = (hashes(learner), hashes(subject));
    match (learner["id"].as_str(), subject["id"].as_str()) {
        (Some(learner), Some(member)) if learner == member => {
            at.passed("recipient", "It was awarded to the learner of this record.");
        }
        (Some(_), Some(_)) => {
            at.failed("recipient", "It was awarded to somebody else than the learner of this record.")
        }
        _ if of_member.iter().any(|one| of_learner.contains(one)) => {
            at.passed("recipient", "It was awarded to the learner of this record.");
        }
        _ => at.unchecked("recipient", "It does not say in the same way as the record to whom it was awarded."),
    }
}
