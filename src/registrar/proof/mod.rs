//! Proof that needs no trust in us: what was issued and published is signed as W3C credentials, once, and kept as it was
//! signed.
//!
//! An award is signed by the issuer of its achievement, an event behind it by its host, an endorsement by its endorser,
//! a record by the publisher, all in the transaction that issues or publishes. The JWT is made when it is first asked
//! for. An issuer that is another publisher's has no key here, and what it would have to sign stays unsigned.

mod achievement;
mod bulk;
mod jwt;
mod record;
mod share;
mod status;
#[cfg(test)]
mod tests;

use serde_json::value::RawValue;

pub use self::{
    achievement::{document as achievement_document, pages},
    bulk::{Reserved, reserve, sign_reserved},
    jwt::jwt,
    record::{enveloped, newest, record_form, sign_record},
    share::sign_share,
    status::{begin_list, revocation_list, status_list},
};
use super::{Portal, Refusal, keys};
use crate::{
    clock,
    clr::v2::{self, Signing},
    db::Conn,
    models::{
        Credential, Profile,
        issued::Issued,
        profile,
        signed_form::{self, DATA_INTEGRITY, SignedForm},
    },
    sign::{Secret, integrity},
    values::{Id, Iri, Origin, Purpose},
};

/// Who signs: a profile with its key, by the names that stand in a proof.
#[derive(Clone)]
pub struct Voice {
    /// The profile.
    pub profile: Id<Profile>,
    /// Its id as an issuer.
    pub issuer: String,
    method: String,
    signer: keys::Signer,
}

impl Voice {
    /// The voice of a profile, with a key that is made now where there is none.
    pub fn of(conn: &mut Conn, portal: &Portal, profile: &Id<Profile>) -> Result<Self, Refusal> {
        let signer = keys::ensure(conn, portal, profile, Purpose::DataIntegrity)?;
        Self::with(portal, signer)
    }

    fn with(portal: &Portal, signer: keys::Signer) -> Result<Self, Refusal> {
        Ok(Self {
            profile: signer.key.profile_id.clone(),
            issuer: keys::issuer_did(portal, &signer.key)?,
            method: keys::verification_method(portal, &signer.key)?,
            signer,
        })
    }

    /// The voice of the profile with this public id; none where it is not one of ours.
    pub fn named(conn: &mut Conn, portal: &Portal, id: &str) -> Result<Option<Self>, Refusal> {
        let Ok(iri) = Iri::parse(id) else { return Ok(None) };
        match profile::by_iri(conn, &iri)? {
            Some(own) if own.origin == Origin::Own => Self::of(conn, portal, &own.id).map(Some),
            _ => Ok(None),
        }
    }

    /// A document with this voice's proof. Refused where it holds something that no reader would find in it.
    fn prove(&self, document: &str) -> Result<String, Refusal> {
        let Secret::Ed25519(secret) = &*self.signer.secret else {
            return Err(Refusal::Defect("a proof needs an Ed25519 key".to_owned()));
        };
        integrity::prove(document, &self.method, clock::now(), |bytes| secret.sign(bytes))
            .map_err(|why| Refusal::conflict(format!("This can’t be signed: {why}. Correct that first.")))
    }

    fn form(&self, document: &str, credential: Option<&Id<Credential>>, proven: String) -> SignedForm {
        SignedForm::new((document, DATA_INTEGRITY), credential, &self.signer.key.id, proven.into_bytes())
    }
}

/// Signs an award, the events behind it and what others say of it, unless that is done already. Nothing happens where
/// its issuer has no key here.
pub fn sign_award(conn: &mut Conn, portal: &Portal, id: &Id<Credential>, issued: &Issued) -> Result<(), Refusal> {
    if signed_form::find(conn, &issued.assertion.id, DATA_INTEGRITY)?.is_some() {
        return Ok(());
    }
    let Some(issuer) = Voice::named(conn, portal, &issued.achievement.issuer.id)? else { return Ok(()) };
    let of_events = issued.events.iter().map(|event| &event.achievement);
    let pages = achievement::pages(conn, portal, std::iter::once(&issued.achievement).chain(of_events))?;
    let mut signing = Signing { pages, ..Signing::default() };
    signing.issuers.insert(issued.achievement.issuer.id.clone(), issuer.issuer.clone());
    let mut hosts = Vec::new();
    for event in &issued.events {
        if let Some(host) = Voice::named(conn, portal, &event.achievement.issuer.id)? {
            signing.issuers.insert(event.achievement.issuer.id.clone(), host.issuer.clone());
            hosts.push((event, host));
        }
    }
    endorse(conn, portal, issued, &mut signing)?;
    let mut forms = Vec::new();
    let told = status::take(conn, portal, &issuer, (id, &v2::award_id(&issued.assertion.id)))?;
    let award = issuer.prove(&v2::award(issued, &signing, &told))?;
    forms.push(issuer.form(&issued.assertion.id, Some(id), award));
    for (event, host) in hosts {
        let told = status::take(conn, portal, &host, (id, &v2::award_id(&event.id)))?;
        let attended = host.prove(&v2::event(issued, event, &signing, &told))?;
        forms.push(host.form(&event.id, Some(id), attended));
    }
    Ok(signed_form::insert_all(conn, &forms)?)
}

/// Has every endorsement in an award signed by its endorser, once for all awards that hold it.
fn endorse(conn: &mut Conn, portal: &Portal, issued: &Issued, signing: &mut Signing) -> Result<(), Refusal> {
    for one in v2::endorsements(issued) {
        let signed = match signed_form::find(conn, &one.id, DATA_INTEGRITY)? {
            Some(form) => form.content,
            None => {
                let Some(endorser) = Voice::named(conn, portal, &one.endorser.id)? else { continue };
                let proven = endorser.prove(&v2::endorsement(one, &endorser.issuer, signing))?;
                let form = endorser.form(&one.id, None, proven);
                signed_form::insert_all(conn, std::slice::from_ref(&form))?;
                form.content
            }
        };
        signing.endorsements.insert(one.id.clone(), raw(signed.into_inner())?);
    }
    Ok(())
}

/// A signed document as it was signed, to stand in another one.
fn raw(content: Vec<u8>) -> Result<v2::Signed, Refusal> {
    let text = String::from_utf8(content).map_err(|error| Refusal::Defect(error.to_string()))?;
    RawValue::from_string(text).map_err(|error| Refusal::Defect(error.to_string()))
}
