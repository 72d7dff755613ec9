//! Records: the envelope around the signed credentials of a learner's awards.

use super::{Voice, achievement, raw, sign_award, status};
use crate::{
    clr::v2::{self, Envelope, Signing},
    db::Conn,
    models::{
        Credential, credential, disclosure,
        record::{Award, Record},
        record_refresh,
        signed_form::{self, DATA_INTEGRITY, SignedForm},
    },
    registrar::{Portal, Refusal, publish::belongs},
    values::{CeDiD, Reading},
};

/// Signs a record that is being published, with the credentials of its awards in it as they were signed. A record of
/// nothing that is signed has no envelope: the standard allows no empty one.
pub fn sign_record(conn: &mut Conn, portal: &Portal, id: &Credential, record: &Record) -> Result<(), Refusal> {
    let members = members(conn, portal, &record.awards)?;
    if members.is_empty() {
        return Ok(());
    }
    let Some(publisher) = Voice::named(conn, portal, &record.publisher.id)? else { return Ok(()) };
    let signing = signing(conn, portal, record, &publisher)?;
    let told = status::take(conn, portal, &publisher, (&id.id, &v2::record_id(&record.id)))?;
    let refresh = format!("{}/refresh/{}", portal.base_url, record_refresh::begin(conn, &id.learner_id)?);
    let how = Envelope { told: Some(&told), refresh: Some(&refresh), signing: &signing };
    let proven = publisher.prove(&v2::envelope(record, members, &how))?;
    Ok(signed_form::insert_all(conn, &[publisher.form(&record.id, Some(&id.id), proven)])?)
}

/// The envelope of a published record as it was signed. One from before there were signatures is signed now.
pub fn record_form(
    conn: &mut Conn,
    portal: &Portal,
    code: &CeDiD,
    record: &Record,
) -> Result<Option<SignedForm>, Refusal> {
    let found = signed_form::find(conn, &record.id, DATA_INTEGRITY)?;
    if let (None, Some(own)) = (&found, credential::by_cedid(conn, code)?) {
        sign_record(conn, portal, &own, record)?;
        return Ok(signed_form::find(conn, &record.id, DATA_INTEGRITY)?);
    }
    Ok(found)
}

/// A learner's record as it stands now, signed for this answer: nothing of it is kept, as it was not published. It holds
/// what is in force or has expired. Nothing where no award of it is signed.
pub fn enveloped(conn: &mut Conn, portal: &Portal, mut record: Record) -> Result<Option<String>, Refusal> {
    let suspended = record.awards.iter().any(|award| award.standing.reading == Reading::Suspended);
    record.awards.retain(|award| belongs(award.standing.reading));
    record.partial |= suspended;
    let members = members(conn, portal, &record.awards)?;
    let publisher = Voice::named(conn, portal, &record.publisher.id)?;
    let Some(publisher) = publisher.filter(|_| !members.is_empty()) else { return Ok(None) };
    let signing = signing(conn, portal, &record, &publisher)?;
    let how = Envelope { told: None, refresh: None, signing: &signing };
    publisher.prove(&v2::envelope(&record, members, &how)).map(Some)
}

/// The newest published record of the learner whose older one led here; nothing where none stands any more.
pub fn newest(conn: &mut Conn, secret: &str) -> Result<Option<SignedForm>, Refusal> {
    let stands = |one: &Credential| belongs(one.standing(crate::clock::now()).reading);
    let Some(newest) = disclosure::records_behind(conn, secret)?.into_iter().find(stands) else { return Ok(None) };
    let document = crate::models::credential_document::published(conn, &newest.id)?;
    Ok(signed_form::find(conn, &document.id, DATA_INTEGRITY)?)
}

/// The signed credentials of awards and their events, byte for byte; one that was not signed yet is signed now.
pub(super) fn members(conn: &mut Conn, portal: &Portal, awards: &[Award]) -> Result<Vec<v2::Signed>, Refusal> {
    let mut members = Vec::new();
    for award in awards {
        if let Some(of) = credential::by_cedid(conn, &award.issued.assertion.cedid)? {
            sign_award(conn, portal, &of.id, &award.issued)?;
        }
        for id in award.issued.assertion_ids() {
            if let Some(form) = signed_form::find(conn, id, DATA_INTEGRITY)? {
                members.push(raw(form.content.into_inner())?);
            }
        }
    }
    Ok(members)
}

/// Achievements of the record name their issuers; only the publisher signs here.
pub(super) fn signing(
    conn: &mut Conn,
    portal: &Portal,
    record: &Record,
    publisher: &Voice,
) -> Result<Signing, Refusal> {
    let awarded = record.awards.iter().map(|award| &award.issued);
    let of_events = awarded.clone().flat_map(|issued| &issued.events).map(|event| &event.achievement);
    let named = record.pathway.iter().chain(awarded.map(|issued| &issued.achievement)).chain(of_events);
    let mut signing = Signing { pages: achievement::pages(conn, portal, named)?, ..Signing::default() };
    signing.issuers.insert(record.publisher.id.clone(), publisher.issuer.clone());
    Ok(signing)
}
