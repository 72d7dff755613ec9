//! How a CLR 1.0 document can be verified: the profiles of those who sign say their key, their revocation list and where
//! their hosted assertions lie; an assertion says whether it is hosted or signed.
//!
//! A signed object is a compact JWS over these bytes, never a linked-data proof: the standard's context maps several
//! members to one term, so a canonical form would not tell them apart.

use std::collections::{BTreeSet, HashMap};

use super::CONTEXT;
use super::wire::{Assertion, Clr, Context, CryptographicKey, Document, Profile, Verification};
use super::write::{bytes, kind, line};

/// The key of a profile that signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its address.
    pub url: String,
    /// Its public half.
    pub pem: String,
    /// The address of the owner's revocation list.
    pub revocation_list: String,
}

/// What is known of those who sign.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// The public address of the portal.
    pub base_url: String,
    /// Keys by the id of the profile.
    pub keys: HashMap<String, Key>,
}

/// The ids of those who would sign a CLR and its assertions.
pub fn signers(clr: &Clr) -> BTreeSet<String> {
    let issuers = clr.assertions.iter().filter_map(|one| one.achievement.as_ref()).map(|one| one.issuer.id.clone());
    issuers.chain([clr.publisher.id.clone()]).collect()
}

impl Proof {
    /// A CLR as a document that says how it can be verified. Of an assertion that is hosted here, the copy at its address
    /// is the truth.
    pub fn document(&self, clr: Clr) -> Vec<u8> {
        bytes(&self.told(clr))
    }

    /// The same on one line, with its line end: for files of many records.
    pub fn line(&self, clr: Clr) -> Vec<u8> {
        line(&self.told(clr))
    }

    fn told(&self, clr: Clr) -> Document<Clr> {
        with_context(self.clr(clr))
    }

    /// The same as a part of another document.
    pub fn clr(&self, mut clr: Clr) -> Clr {
        self.profile(&mut clr.publisher);
        clr.achievements.iter_mut().for_each(|one| self.profile(&mut one.issuer));
        clr.assertions.iter_mut().for_each(|one| self.hosted(one));
        clr
    }

    /// What the address of a hosted assertion answers (OpenAPI `getAssertion`).
    pub fn hosted_document(&self, mut assertion: Assertion) -> Vec<u8> {
        self.hosted(&mut assertion);
        bytes(&with_context(assertion))
    }

    /// The bytes of an assertion that its issuer signs; `None` when the issuer has no key here.
    pub fn assertion_to_sign(&self, mut assertion: Assertion) -> Option<Vec<u8>> {
        let issuer = &mut assertion.achievement.as_mut()?.issuer;
        self.profile(issuer);
        let creator = self.keys.get(&issuer.id)?.url.clone();
        assertion.verification = Some(signed_by(creator));
        Some(bytes(&with_context(assertion)))
    }

    /// The bytes of a CLR that the publisher signs. Of its assertions those that were signed are handed in as they were signed;
    /// what is left in the CLR is covered by the publisher's signature alone.
    pub fn clr_to_sign(&self, mut clr: Clr, signed: Vec<String>) -> Option<Vec<u8>> {
        self.profile(&mut clr.publisher);
        clr.achievements.iter_mut().for_each(|one| self.profile(&mut one.issuer));
        let creator = self.keys.get(&clr.publisher.id)?.url.clone();
        clr.verification = Some(signed_by(creator));
        clr.assertions
            .iter_mut()
            .filter_map(|one| one.achievement.as_mut())
            .for_each(|one| self.profile(&mut one.issuer));
        clr.signed_assertions = signed;
        Some(bytes(&with_context(clr)))
    }

    fn hosted(&self, assertion: &mut Assertion) {
        if let Some(achievement) = &mut assertion.achievement {
            self.profile(&mut achievement.issuer);
        }
        if assertion.verification.is_none() && is_hosted(&self.base_url, assertion) {
            assertion.verification = Some(Verification { r#type: "Hosted".to_owned(), ..Verification::default() });
        }
    }

    /// Lets a profile that signs say its key, its revocation list and where its hosted assertions lie.
    pub fn profile(&self, profile: &mut Profile) {
        let Some(key) = self.keys.get(&profile.id) else { return };
        profile.public_key = Some(CryptographicKey {
            id: key.url.clone(),
            r#type: kind("CryptographicKey"),
            owner: profile.id.clone(),
            public_key_pem: key.pem.clone(),
            ..CryptographicKey::default()
        });
        profile.revocation_list = Some(key.revocation_list.clone());
        profile.verification = Some(Verification {
            r#type: "Verification".to_owned(),
            starts_with: vec![format!("{}/ims/clr/v1p0/", self.base_url)],
            verification_property: Some("id".to_owned()),
            ..Verification::default()
        });
    }
}

/// Whether the address of an assertion answers: it is one of ours, and the award's own, which carries the code. The
/// events behind an award are verified with it.
fn is_hosted(base_url: &str, assertion: &Assertion) -> bool {
    assertion.id.starts_with(&format!("{base_url}/ims/clr/v1p0/assertions/"))
        && assertion.extensions.contains_key("testamur:cedid")
}

fn signed_by(creator: String) -> Verification {
    Verification { r#type: "Signed".to_owned(), creator: Some(creator), ..Verification::default() }
}

fn with_context<T>(body: T) -> Document<T> {
    Document { context: Context::One(CONTEXT.to_owned()), body }
}

/// A set of signed CLRs (`ClrSet.signedClrs`): in JSON the standard has no other place for one.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedSet {
    #[serde(rename = "@context")]
    context: &'static str,
    r#type: &'static str,
    signed_clrs: Vec<String>,
}

impl SignedSet {
    /// A set of these tokens.
    pub fn of(signed_clrs: Vec<String>) -> Self {
        Self { context: CONTEXT, r#type: "ClrSet", signed_clrs }
    }

    /// As a document.
    pub fn document(&self) -> Vec<u8> {
        bytes(self)
    }
}

/// A revocation list (OpenAPI `getRevocationList`).
pub fn revocation_list(address: &str, issuer: &str, revoked: &[String]) -> Vec<u8> {
    bytes(&serde_json::json!({
        "@context": CONTEXT,
        "id": address,
        "type": "RevocationList",
        "issuer": issuer,
        "revokedAssertions": revoked,
    }))
}
