//! Open Badges 3.0 and CLR 2.0, and the credentials within them.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    Asking, known, record, refresh,
    report::{At, Outcome, Report},
    status,
};
use crate::{
    clr::v2::checks::{self, Kind},
    models::SigningKey,
    registrar::Refusal,
    sign::{
        integrity::{self, Undefined},
        jws::Token,
    },
};

pub mod proofs;
mod times;
mod within;

pub use proofs::sentence;

/// A credential as it was handed in.
#[derive(Clone)]
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
    let others = checks::schemas_of_its_own(credential, kind);
    if !others.is_empty() {
        let told = "It brings or names a schema of its own beside the standard’s, which is not read here.";
        at.note("schema", Outcome::Unchecked, told, others);
    }
    about_whom(credential, kind, &mut at);
    let ours = proofs::report(asking, given, about, report)?;
    if ours.is_empty() {
        return told_by_others(asking, given, about, report);
    }
    let signed_at = told_by_us(asking, (given, kind, &ours), about, report)?;
    times::report(asking.now, credential, about, report);
    within::report(asking, given, (signed_at, true), about, report)
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
        checks::issuer(credential, kind),
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
    match proofs::may_hide(given.credential) && given.credential["credentialStatus"].is_null() {
        true => report.at(about).unchecked("status", LEFT_OUT),
        false => status::report(asking, given.credential, about, report),
    }
    times::report(asking.now, given.credential, about, report);
    within::report(asking, given, (None, false), about, report)
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

/// What our record says of something that our key signed.
fn told_by_us(
    asking: &mut Asking,
    (given, kind, ours): (&Given, Kind, &[SigningKey]),
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
    for own in ours {
        let state = known::state(own, signed_at.or(given.within).or_else(|| made_for_download(asking, given, own)));
        report.at(about).found("key-state", state);
    }
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
