//! CLR 1.0 with proof: documents that say how they can be verified, assertions and records as they were signed, and the
//! list of what was revoked. A signed form is made when it is first asked for, stored, and never made again.

use std::collections::{BTreeSet, HashMap};

use super::{Portal, Refusal, keys};
use crate::{
    clock,
    clr::v1::{
        self,
        proof::{self, Key, Proof},
        wire::{Assertion, Clr},
    },
    db::{Conn, Db},
    models::{
        Credential, Profile, credential,
        credential::Listed,
        credential_document, profile, published,
        record::Award,
        signed_form::{self, CLR1_COVER_JWS, CLR1_JWS, SignedForm},
        signing_key::{self, Purpose},
    },
    sign::jws,
    values::{CeDiD, Id, Iri, Origin},
};

/// The address of a profile's revocation list.
fn list_address(portal: &Portal, id: &Id<Profile>) -> String {
    format!("{}/ims/clr/v1p0/revocations/{id}", portal.base_url)
}

/// Those of these who are ours and may sign, by their ids.
fn own(conn: &mut Conn, ids: &BTreeSet<String>) -> Result<HashMap<String, Id<Profile>>, Refusal> {
    let mut found = HashMap::new();
    for id in ids {
        let Ok(iri) = Iri::parse(id) else { continue };
        if let Some(one) = profile::by_iri(conn, &iri)?
            && one.origin == Origin::Own
        {
            found.insert(id.clone(), one.id);
        }
    }
    Ok(found)
}

/// What is known of these signers: of each its key, if it has one.
pub fn known(conn: &mut Conn, portal: &Portal, ids: &BTreeSet<String>) -> Result<Proof, Refusal> {
    let mut proof = Proof { base_url: portal.base_url.clone(), keys: HashMap::new() };
    for (iri, id) in own(conn, ids)? {
        if let Some(key) = signing_key::active_for(conn, &id, Purpose::Jws)? {
            let pem = keys::public(&key)?.to_pem()?;
            let revocation_list = list_address(portal, &id);
            proof.keys.insert(iri, Key { url: keys::key_url(portal, &key), pem, revocation_list });
        }
    }
    Ok(proof)
}

/// Sees to it that these signers have keys.
async fn make_ready(db: &Db, portal: &Portal, ids: &BTreeSet<String>) -> Result<(), Refusal> {
    let wanted = ids.clone();
    for id in db.read(move |conn| own(conn, &wanted)).await?.values() {
        keys::make_ready(db, portal, id, Purpose::Jws).await?;
    }
    Ok(())
}

/// The same. No key is made here: where a signer's is not ready yet, the document says less.
async fn proof(db: &Db, portal: &Portal, ids: BTreeSet<String>) -> Result<Proof, Refusal> {
    let portal = portal.clone();
    db.read(move |conn| known(conn, &portal, &ids)).await
}

/// A CLR as a document that says how it can be verified.
pub async fn document(db: &Db, portal: &Portal, clr: Clr) -> Result<Vec<u8>, Refusal> {
    let proof = proof(db, portal, proof::signers(&clr)).await?;
    Ok(proof.document(clr))
}

/// What the address of a hosted assertion answers: the award's own assertion or that of an event behind it, as it stands
/// now.
pub async fn hosted(db: &Db, portal: &Portal, award: &Award, id: &str) -> Result<Vec<u8>, Refusal> {
    let assertion = v1::assertions(award).into_iter().find(|one| one.id == id).ok_or(Refusal::NotFound)?;
    let signers = assertion.achievement.iter().map(|one| one.issuer.id.clone()).collect();
    Ok(proof(db, portal, signers).await?.hosted_document(assertion))
}

/// What of a credential is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What its code opens: the award; of a published record only that it is one, and nothing private.
    Opened,
    /// A published record whole, as the learner and the staff have it.
    Whole,
}

/// A credential as the publisher signed it, with its assertions as their issuers signed them: a compact JWS. What was
/// signed says nothing of its status, which may change; the revocation list does.
pub async fn signed(db: &Db, portal: &Portal, cedid: &CeDiD, extent: Extent) -> Result<Vec<u8>, Refusal> {
    let code = cedid.clone();
    let (credential, said, stored) = db
        .read(move |conn| {
            let credential = credential::by_cedid(conn, &code)?.ok_or(Refusal::NotFound)?;
            let said = said(conn, &credential, extent)?;
            let stored = signed_form::find(conn, &said.clr.id, said.form)?;
            Ok::<_, Refusal>((credential, said, stored))
        })
        .await?;
    if let Some(form) = stored {
        return Ok(form.content.into_inner());
    }
    make_ready(db, portal, &proof::signers(&said.clr)).await?;
    let portal = portal.clone();
    db.write(move |conn| sign(conn, &portal, &credential, said.clone())).await
}

/// What is signed, and the form under which it is kept.
#[derive(Clone)]
struct Said {
    form: &'static str,
    clr: Clr,
}

/// A credential as it was when it was issued or published.
fn said(conn: &mut Conn, credential: &Credential, extent: Extent) -> Result<Said, Refusal> {
    if credential.clr_id.is_none() {
        return Ok(Said { form: CLR1_JWS, clr: frozen(conn, credential)? });
    }
    let published = credential_document::published(conn, &credential.id)?;
    Ok(match extent {
        Extent::Opened => Said { form: CLR1_COVER_JWS, clr: v1::cover_clr(&published.into_cover()) },
        Extent::Whole => Said { form: CLR1_JWS, clr: v1::record_clr(&published.into_record_as_published()) },
    })
}

/// The CLR of an award as it was when it was issued.
fn frozen(conn: &mut Conn, credential: &Credential) -> Result<Clr, Refusal> {
    let issued = credential_document::issued(conn, &credential.id)?;
    let standing = published::in_force(issued.assertion.issued_on, issued.assertion.expires);
    Ok(v1::credential_clr(&Award { issued, standing }))
}

fn sign(conn: &mut Conn, portal: &Portal, credential: &Credential, said: Said) -> Result<Vec<u8>, Refusal> {
    crate::models::audit::take_turn(conn)?;
    let Said { form, mut clr } = said;
    if let Some(form) = signed_form::find(conn, &clr.id, form)? {
        return Ok(form.content.into_inner());
    }
    let proof = known(conn, portal, &proof::signers(&clr))?;
    let own = own(conn, &proof::signers(&clr))?;
    let owners = owners(conn, credential)?;
    let (mut forms, mut tokens, mut in_the_clear) = (Vec::new(), Vec::new(), Vec::new());
    for assertion in std::mem::take(&mut clr.assertions) {
        // What only says that it was taken back names nobody who could sign it, and what was signed of it once says nothing
        // of that; the publisher's signature covers it.
        if credential.clr_id.is_some() && !is_signed_by(&assertion, &own) {
            in_the_clear.push(assertion);
            continue;
        }
        let form = match signed_form::find(conn, &assertion.id, CLR1_JWS)? {
            Some(form) => form,
            None => {
                let of = owners.get(&assertion.id).unwrap_or(&credential.id);
                let form = sign_assertion(conn, portal, (&proof, &own), of, &assertion)?;
                forms.push(form.clone());
                form
            }
        };
        tokens.push(form);
    }
    clr.assertions = in_the_clear;
    let tokens = tokens.iter().map(SignedForm::token).collect::<Result<_, _>>()?;
    let publisher = own.get(&clr.publisher.id).ok_or_else(not_ours)?;
    let id = clr.id.clone();
    let payload = proof.clr_to_sign(clr, tokens).ok_or_else(not_ours)?;
    let form = made(conn, portal, publisher, ((&id, form), &credential.id), &payload)?;
    forms.push(form.clone());
    signed_form::insert_all(conn, &forms)?;
    Ok(form.content.into_inner())
}

fn is_signed_by(assertion: &Assertion, own: &HashMap<String, Id<Profile>>) -> bool {
    assertion.achievement.as_ref().is_some_and(|one| own.contains_key(&one.issuer.id))
}

/// The credential of each assertion of a record: each award has its own.
fn owners(conn: &mut Conn, credential: &Credential) -> Result<HashMap<String, Id<Credential>>, Refusal> {
    let mut owners = HashMap::new();
    if credential.clr_id.is_none() {
        return Ok(owners);
    }
    for issued in credential_document::published(conn, &credential.id)?.awards {
        if let Some(own) = credential::by_cedid(conn, &issued.assertion.cedid)? {
            owners.extend(issued.assertion_ids().map(|id| (id.to_owned(), own.id.clone())));
        }
    }
    Ok(owners)
}

fn sign_assertion(
    conn: &mut Conn,
    portal: &Portal,
    (proof, own): (&Proof, &HashMap<String, Id<Profile>>),
    credential: &Id<Credential>,
    assertion: &Assertion,
) -> Result<SignedForm, Refusal> {
    let issuer = assertion.achievement.as_ref().and_then(|one| own.get(&one.issuer.id)).ok_or_else(not_ours)?;
    let payload = proof.assertion_to_sign(assertion.clone()).ok_or_else(not_ours)?;
    made(conn, portal, issuer, ((&assertion.id, CLR1_JWS), credential), &payload)
}

/// The form of a document, signed with the key of a profile.
fn made(
    conn: &mut Conn,
    portal: &Portal,
    signer: &Id<Profile>,
    (of, credential): ((&str, &str), &Id<Credential>),
    payload: &[u8],
) -> Result<SignedForm, Refusal> {
    let signer = keys::ensure(conn, portal, signer, Purpose::Jws)?;
    let token = jws::sign(payload, &signer.secret, &keys::key_url(portal, &signer.key), None)?;
    Ok(SignedForm::new(of, Some(credential), &signer.key.id, token.into_bytes()))
}

fn not_ours() -> Refusal {
    Refusal::conflict("This credential names an issuer or a publisher whose keys are not here, so it cannot be signed")
}

/// The list of what a profile revoked: assertions that it issued, and as the publisher, their CLRs and its records.
pub fn revocation_list(conn: &mut Conn, portal: &Portal, id: &Id<Profile>) -> Result<Vec<u8>, Refusal> {
    let issuer = profile::find(conn, id)?;
    if signing_key::active_for(conn, id, Purpose::Jws)?.is_none() {
        return Err(Refusal::NotFound);
    }
    let mut revoked = BTreeSet::new();
    for credential in credential::out_of_force(conn)? {
        revoked.extend(listed(conn, &credential)?.remove(issuer.iri.as_str()).unwrap_or_default());
    }
    let revoked: Vec<String> = revoked.into_iter().collect();
    Ok(proof::revocation_list(&list_address(portal, id), issuer.iri.as_str(), &revoked))
}

/// What the lists tell of a credential that does not stand: of a record the id that its code opens, of an award its
/// assertions and its CLR, each in the list of its own issuer; of one that was erased what they told before.
pub fn listed(conn: &mut Conn, credential: &Credential) -> Result<Listed, Refusal> {
    let mut listed = Listed::new();
    if credential.clr_id.is_some() {
        let cover = published::cover(conn, credential, clock::now())?;
        listed.entry(cover.publisher.id).or_default().insert(cover.id);
    } else if credential.assertion_id.is_some() {
        let clr = frozen(conn, credential)?;
        for assertion in clr.assertions {
            if let Some(achievement) = assertion.achievement {
                listed.entry(achievement.issuer.id).or_default().insert(assertion.id);
            }
        }
        listed.entry(clr.publisher.id).or_default().insert(clr.id);
    } else {
        listed.clone_from(&credential.facts.get().listed);
    }
    Ok(listed)
}
