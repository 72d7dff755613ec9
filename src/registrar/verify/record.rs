//! What our own record says of a credential that we signed: whether these are the bytes that were signed, how it stands
//! now, and whether a newer one took its place. What the public may not see is only ever "could not be checked".

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    Asking,
    report::{Outcome, Report},
};
use crate::{
    models::{
        Credential,
        credential::{self, Disclosed},
        record::Standing,
        signed_form::{self, SignedForm},
        status_list::{self, StatusList},
    },
    registrar::Refusal,
    values::{Id, Reading},
};

/// What our record has of a signed document.
pub enum Recorded {
    /// Nothing.
    Nothing,
    /// The credential it belongs to is not for the public.
    Withheld,
    /// The credential, and the form whose content this is; none where another was signed.
    Of(Box<Credential>, Option<SignedForm>),
}

/// What our record has of a document, which names its place in a status list of ours.
pub fn of(asking: &mut Asking, document: &Value, content: &[u8]) -> Result<Recorded, Refusal> {
    let Some(conn) = asking.conn.as_deref_mut() else { return Ok(Recorded::Nothing) };
    let status = &document["credentialStatus"];
    let list = status["statusListCredential"].as_str().or_else(|| status["id"].as_str()).unwrap_or_default();
    let list = list.split('#').next().and_then(|list| list.rsplit('/').next()).unwrap_or_default();
    let Ok(list) = list.parse::<uuid::Uuid>() else { return Ok(Recorded::Nothing) };
    let list: Id<StatusList> = Id::from(list);
    let id = document["id"].as_str().unwrap_or_default();
    let Some(of) = status_list::whose(conn, &list, id)? else { return Ok(Recorded::Nothing) };
    let found = credential::find(conn, &of)?;
    if !is_open(conn, &found)? {
        return Ok(Recorded::Withheld);
    }
    let is_it = |form: &SignedForm| same(form.content.get(), content);
    let form = signed_form::of(conn, &of)?.into_iter().find(is_it);
    Ok(Recorded::Of(Box::new(found), form))
}

/// Whether a credential is one that its code opens for the public.
pub fn is_open(conn: &mut crate::db::Conn, found: &Credential) -> Result<bool, Refusal> {
    Ok(match credential::disclosed(conn, &found.cedid)? {
        Disclosed::One(one) => one.id == found.id,
        Disclosed::Several(codes) => codes.contains(&found.cedid),
        Disclosed::Nothing => false,
    })
}

/// Whether two documents are the same: byte for byte, or as JSON, which may have been laid out anew on its way.
fn same(stored: &[u8], given: &[u8]) -> bool {
    if stored.trim_ascii() == given.trim_ascii() {
        return true;
    }
    match (serde_json::from_slice::<Value>(stored), serde_json::from_slice::<Value>(given)) {
        (Ok(stored), Ok(given)) => stored == given,
        _ => false,
    }
}

/// Writes down what the record says of a signed document; returns when it was signed, by the record.
pub fn report(
    asking: &mut Asking,
    (document, content): (&Value, &[u8]),
    about: &str,
    report: &mut Report,
) -> Result<Option<NaiveDateTime>, Refusal> {
    let recorded = of(asking, document, content)?;
    let mut at = report.at(about);
    let (found, form) = match recorded {
        Recorded::Of(found, form) => (found, form),
        Recorded::Withheld => {
            at.unchecked("record", NOT_SHOWN);
            at.unchecked("status", NOT_SHOWN);
            return Ok(None);
        }
        Recorded::Nothing if document["credentialStatus"].is_null() => {
            at.passed(
                "record",
                "It was made for a download and names no status of its own; each award in it is checked.",
            );
            return Ok(None);
        }
        Recorded::Nothing => {
            // Unknown, erased and withheld documents look alike, whatever is said of their signature.
            at.unchecked("record", NOT_SHOWN);
            at.unchecked("status", NOT_SHOWN);
            return Ok(None);
        }
    };
    match &form {
        Some(_) => at.passed("record", "It is, leaf by leaf, what the record of this portal holds as signed."),
        None => at.failed("record", "The record of this portal holds something else as signed under this id."),
    }
    standing(asking, &found, about, report)?;
    Ok(form.map(|form| form.signed_at))
}

/// What is said of a credential that the public may not see.
pub const NOT_SHOWN: &str = "Nothing about it could be found that this portal may tell.";

/// Writes down how a credential of ours stands.
pub fn standing(asking: &mut Asking, found: &Credential, about: &str, report: &mut Report) -> Result<(), Refusal> {
    let now = asking.now;
    let Some(conn) = asking.conn.as_deref_mut() else { return Ok(()) };
    let codes = credential::standings(conn, std::slice::from_ref(&found.cedid), now)?;
    let newer = match credential::checked(conn, &found.cedid)? {
        Disclosed::One(one) => one.newer(conn)?,
        _ => None,
    };
    let mut at = report.at(about);
    let standing = codes.into_iter().next().map_or_else(|| found.standing(now), |(_, standing)| standing);
    let (outcome, told) = told(&standing);
    at.note("status", outcome, told, vec![format!("CeDiD {}", found.cedid)]);
    if let Some(newer) = newer {
        let day = newer.format("%-d %B %Y");
        at.failed("newest", format!("It is an older record: a newer one of the same learner was published on {day}."));
    }
    Ok(())
}

/// How it stands, in words.
pub fn told(standing: &Standing) -> (Outcome, String) {
    let since = standing.since.map(|at| format!(" on {}", at.format("%-d %B %Y"))).unwrap_or_default();
    let reason = standing.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    match standing.reading {
        Reading::Valid => (Outcome::Passed, "It is in force, by the record of this portal.".to_owned()),
        Reading::Suspended => (Outcome::Failed, format!("It was suspended{since}{reason}.")),
        Reading::Revoked => (Outcome::Failed, format!("It was revoked{since}{reason}.")),
        Reading::Expired => (Outcome::Failed, "It has expired, by the record of this portal.".to_owned()),
        Reading::Replaced => {
            let by = standing.replaced_by.as_ref().map(|code| format!(" by {code}")).unwrap_or_default();
            (Outcome::Failed, format!("It was replaced{since}{by}{reason}."))
        }
    }
}
