//! Published records in an export: what the page of each gives as JSON, and beside it what is stored of it, byte for byte.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{Form, Piece};
use crate::{
    clock,
    clr::v1::{self, proof::SignedSet},
    db::Conn,
    models::{
        Credential, Profile, credential_document,
        credential_document::Document,
        published,
        roll::{self, Roll},
        signed_form::{self, CLR1_JWS},
    },
    registrar::{Portal, Refusal, clr1},
    values::Id,
};

/// The published records of some learners, by learner. Of learners who were found by their awards there are none: a
/// record is published whole, and would say more than was asked for.
pub(super) fn of(
    conn: &mut Conn,
    portal: &Portal,
    (roll, learners): (&Roll, &[Id<Profile>]),
    form: Form,
) -> Result<HashMap<Id<Profile>, Vec<Piece>>, Refusal> {
    let mut pieces: HashMap<_, Vec<Piece>> = HashMap::new();
    if !roll.takes_whole_records() {
        return Ok(pieces);
    }
    for credential in roll::published(conn, learners)? {
        let written = written(conn, portal, &credential, form)?;
        pieces.entry(credential.learner_id).or_default().extend(written);
    }
    Ok(pieces)
}

fn written(conn: &mut Conn, portal: &Portal, credential: &Credential, form: Form) -> Result<Vec<Piece>, Refusal> {
    let record = published::record(conn, credential, clock::now())?;
    let clr = v1::record_clr(&record);
    let proof = clr1::known(conn, portal, &v1::proof::signers(&clr))?;
    let stored = credential_document::stored(conn, &credential.id)?;
    let signed = signed(conn, &clr.id)?;
    let id = credential.clr_id.as_ref().map_or_else(|| credential.id.to_string(), Id::to_string);
    Ok(match form {
        Form::Files => {
            let whole = Piece { name: format!("published/{id}.json"), bytes: proof.document(clr) };
            let set = |set: SignedSet| Piece { name: format!("published/{id}.signed.json"), bytes: set.document() };
            let stored = stored.into_iter().map(|one| as_stored(&id, one));
            std::iter::once(whole).chain(signed.map(set)).chain(stored).collect()
        }
        Form::Lines => {
            let documents: Vec<_> = stored
                .iter()
                .map(|one| json!({ "format": one.format, "base64": STANDARD.encode(one.content.get()) }))
                .collect();
            let told = HashMap::from([(
                "testamur:published",
                json!({
                    "id": id,
                    "learner": credential.learner_id.as_str(),
                    "cedid": credential.cedid.to_string(),
                    "number": record.publication.as_ref().map(|one| one.number),
                    "clr": proof.clr(clr),
                    "documents": documents,
                    "signed": signed,
                }),
            )]);
            vec![Piece { name: String::new(), bytes: v1::line(&told) }]
        }
    })
}

/// The record as its publisher signed it, as the standard's set. Nothing is signed for an export: it only reads.
fn signed(conn: &mut Conn, id: &str) -> Result<Option<SignedSet>, Refusal> {
    let form = signed_form::find(conn, id, CLR1_JWS)?;
    Ok(form.map(|form| form.token()).transpose()?.map(|token| SignedSet::of(vec![token])))
}

/// A stored document under the name of its format, which may have a slash: `vc+jwt`, `application/json`.
fn as_stored(id: &str, stored: Document) -> Piece {
    let format: String = stored.format.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' }).collect();
    let ending = if stored.content.get().first() == Some(&b'{') { "json" } else { "jwt" };
    Piece { name: format!("published/{id}.{format}.{ending}"), bytes: stored.content.into_inner() }
}
