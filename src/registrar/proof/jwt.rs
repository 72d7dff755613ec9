//! The same credential as a JWT, in the form of 1EdTech: the payload is the credential with `iss`, `jti`, `nbf`, `sub` and
//! `exp` beside it; the header names the algorithm and the address of the key, and nothing else. Made from the signed
//! credential when it is first asked for, then kept.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::{
    db::{Conn, Db},
    models::{
        Profile,
        signed_form::{self, DATA_INTEGRITY, SignedForm, VC_JWT},
        signing_key,
    },
    registrar::{Portal, Refusal, keys},
    sign::integrity::base64url,
    values::{Id, Purpose},
};

/// The JWT of a signed document; nothing where it was not signed.
pub async fn jwt(db: &Db, portal: &Portal, document: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let id = document.to_owned();
    let found = db
        .read(move |conn| {
            if let Some(form) = signed_form::find(conn, &id, VC_JWT)? {
                return Ok::<_, Refusal>(Ok(form.content.into_inner()));
            }
            let Some(signed) = signed_form::find(conn, &id, DATA_INTEGRITY)? else { return Ok(Err(None)) };
            Ok(Err(Some(whose(conn, &signed)?)))
        })
        .await?;
    let issuer = match found {
        Ok(content) => return Ok(Some(content)),
        Err(None) => return Ok(None),
        Err(Some(issuer)) => issuer,
    };
    let signer = keys::make_ready(db, portal, &issuer, Purpose::Jws).await?;
    let (id, kid) = (document.to_owned(), keys::key_url(portal, &signer.key));
    db.write(move |conn| {
        if let Some(form) = signed_form::find(conn, &id, VC_JWT)? {
            return Ok(Some(form.content.into_inner()));
        }
        let Some(signed) = signed_form::find(conn, &id, DATA_INTEGRITY)? else { return Ok(None) };
        let content = written(signed.content.get(), &signer, &kid)?.into_bytes();
        let form = SignedForm::new((&id, VC_JWT), signed.credential_id.as_ref(), &signer.key.id, content.clone());
        signed_form::insert_all(conn, &[form])?;
        Ok(Some(content))
    })
    .await
}

/// Whose key signed a form: the same profile signs the other forms of the document.
fn whose(conn: &mut Conn, form: &SignedForm) -> Result<Id<Profile>, Refusal> {
    Ok(signing_key::find(conn, &form.key_id)?.profile_id)
}

fn written(credential: &[u8], signer: &keys::Signer, kid: &str) -> Result<String, Refusal> {
    let defect = |why: String| Refusal::Defect(format!("a JWT could not be written: {why}"));
    let mut payload: Value = serde_json::from_slice(credential).map_err(|error| defect(error.to_string()))?;
    let (issuer, id) = (payload["issuer"]["id"].clone(), payload["id"].clone());
    let subject = payload["credentialSubject"]["id"].clone();
    let instant = |member: &Value| DateTime::parse_from_rfc3339(member.as_str()?).ok().map(|at| at.timestamp());
    let (from, until) = (instant(&payload["validFrom"]), instant(&payload["validUntil"]));
    let members = payload.as_object_mut().ok_or_else(|| defect("it is no object".to_owned()))?;
    members.remove("proof");
    members.extend(
        [("iss", issuer), ("jti", id), ("sub", subject), ("nbf", json!(from))]
            .map(|(name, value)| (name.to_owned(), value)),
    );
    if let Some(until) = until {
        members.insert("exp".to_owned(), json!(until));
    }
    let header = json!({"alg": signer.secret.algorithm().name(), "kid": kid, "typ": "JWT"});
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(&header), part(&payload));
    let signature = signer.secret.sign(signed.as_bytes()).map_err(|error| defect(error.to_string()))?;
    Ok(format!("{signed}.{}", base64url(&signature)))
}
