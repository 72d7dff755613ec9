//! The check-in desk: a field for a scanner or for typing, and a big answer. It works as a plain form. With its script
//! (`static/desk.js`) entries wait in the page until they are sent, with a key and the time each, so that a dropped
//! connection loses nothing and an entry that is sent again counts once.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::answered::says;
use crate::{
    clock,
    models::{Actor, Event, Profile, attendance, profile},
    registrar::{
        Refusal,
        attend::{self, Answered, Entry, Outcome, Seen, Way},
    },
    values::{AttendanceDoubt, AttendanceSource, AttendanceStatus, Id},
    web::{
        State,
        error::Error,
        forms::{Submitted, sent::Sent},
        frame::{Frame, page, page_with, see},
        guards::{ChangeEvents, May},
        occasion::Occasion,
    },
};

/// Entries that are taken at once.
const MOST_AT_ONCE: usize = 200;
/// By how much a clock may be ahead within one sending, in milliseconds.
const TOLERANCE: i64 = 5_000;
/// How long an entry may have waited, in milliseconds.
const OLDEST: i64 = 7 * 24 * 60 * 60 * 1000;

/// What the desk says of an entry: a word, an icon and a colour.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Told {
    key: String,
    tone: &'static str,
    icon: &'static str,
    word: &'static str,
    who: String,
    says: String,
}

#[derive(Template)]
#[template(path = "attendance/desk.html")]
struct DeskPage {
    frame: Frame,
    shown: Occasion,
    /// The key of the next entry, so that a form that is sent twice counts once.
    key: String,
    typed: String,
    told: Option<Told>,
}

/// The last answer, as the address has it after an entry was sent as a form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Last {
    seen: String,
    came: String,
}

/// `GET /admin/events/{id}/desk`
pub async fn show(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    last: web::Query<Last>,
) -> Result<HttpResponse, Error> {
    let (own, by, last) = (id.clone(), may.by.clone(), last.into_inner());
    let told = state
        .db
        .read(move |conn| {
            Occasion::read(conn, &own, &by)?;
            let Ok(learner) = last.seen.parse::<Id<Profile>>() else {
                return Ok((last.came == "parked").then(|| word(&Outcome::Parked(AttendanceDoubt::Unknown))));
            };
            // Only who is on this roster is named.
            if attendance::standing(conn, &own, &learner)?.is_none() {
                return Ok(None);
            }
            let outcome = if last.came == "known" { Outcome::Known } else { Outcome::Recorded };
            let who = profile::find(conn, &learner)?.name.to_string();
            Ok::<_, Error>(Some(Told { who, ..word(&outcome) }))
        })
        .await?;
    page(&built(may, &state, id.into_inner(), String::new(), told).await?)
}

async fn built(
    may: May<ChangeEvents>,
    state: &State,
    id: Id<Event>,
    typed: String,
    told: Option<Told>,
) -> Result<DeskPage, Error> {
    let by = may.by;
    let shown = state.db.read(move |conn| Occasion::read(conn, &id, &by)).await?;
    let key = clock::public_id().simple().to_string();
    Ok(DeskPage { frame: may.frame, shown, key, typed, told })
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    typed: String,
    key: String,
}

/// `POST /admin/events/{id}/desk`: one entry as a form.
pub async fn submit(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    form: Submitted<Typed>,
) -> Result<HttpResponse, Error> {
    let (id, Typed { typed, key }) = (id.into_inner(), form.0);
    let mut entry = Entry::typed(&typed, AttendanceStatus::Attended);
    entry.key = Some(key).filter(|key| is_key(key));
    let (way, by) = (Way { event: id.clone(), source: AttendanceSource::Desk }, may.by.clone());
    let came = state.db.write(move |conn| attend::record(conn, &way, &[entry.clone()], &mut Seen::new(), &by)).await;
    let answered = match came {
        Ok(answered) => answered.into_iter().next(),
        Err(Refusal::Conflict(why)) => return refused(may, &state, id, (typed, why)).await,
        Err(other) => return Err(other.into()),
    };
    let came = match answered.as_ref().map(|one| &one.outcome) {
        Some(Outcome::Refused(why)) => return refused(may, &state, id, (typed, why.clone())).await,
        Some(Outcome::Parked(_)) => "came=parked".to_owned(),
        Some(Outcome::Known | Outcome::Twice) => format!("came=known&seen={}", seen(&answered)),
        _ => format!("came=recorded&seen={}", seen(&answered)),
    };
    Ok(see(format!("/admin/events/{id}/desk?{came}")))
}

fn seen(answered: &Option<Answered>) -> String {
    answered.as_ref().and_then(|one| one.learner.as_ref()).map(|one| one.id.to_string()).unwrap_or_default()
}

async fn refused(
    may: May<ChangeEvents>,
    state: &State,
    id: Id<Event>,
    (typed, why): (String, String),
) -> Result<HttpResponse, Error> {
    let told = Told { who: typed.clone(), ..word(&Outcome::Refused(why)) };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, state, id, typed, Some(told)).await?)
}

/// What the page sends: its clock, and what waits there. Times are milliseconds since 1970, by that clock.
#[derive(Debug, Deserialize)]
pub struct Batch {
    sent_at: i64,
    entries: Vec<Scan>,
}

/// An entry that waited.
#[derive(Debug, Deserialize)]
pub struct Scan {
    key: String,
    typed: String,
    at: i64,
}

/// What the page is told: each entry by its key, and how many came so far.
#[derive(Debug, Serialize)]
struct Answer {
    outcomes: Vec<Told>,
    attended: i64,
}

/// `POST /admin/events/{id}/desk/entries`: JSON in, JSON out. Sent again, nothing counts twice.
pub async fn entries(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    sent: Sent<Batch>,
) -> Result<HttpResponse, Error> {
    let (id, batch) = (id.into_inner(), sent.0);
    if batch.entries.len() > MOST_AT_ONCE {
        return Err(Error::TooLarge);
    }
    let (mut outcomes, mut taken) = (Vec::new(), Vec::new());
    for scan in &batch.entries {
        match taken_from(scan, batch.sent_at) {
            Ok(entry) => taken.push(entry),
            Err(why) => {
                let told = word(&Outcome::Refused(why.to_owned()));
                outcomes.push(Told { key: scan.key.clone(), who: scan.typed.clone(), ..told });
            }
        }
    }
    outcomes.extend(recorded(&state, &id, taken, may.by.clone()).await?);
    let by = may.by;
    let attended = state.db.read(move |conn| Ok::<_, Error>(Occasion::read(conn, &id, &by)?.counts.attended)).await?;
    Ok(HttpResponse::Ok().json(Answer { outcomes, attended }))
}

/// An entry with the time at which it was made by our clock: by how long it waited, whatever the other clock says.
fn taken_from(scan: &Scan, sent_at: i64) -> Result<Entry, &'static str> {
    let waited = sent_at.saturating_sub(scan.at);
    if !is_key(&scan.key) {
        return Err("It has no key to tell it from others");
    }
    if waited < -TOLERANCE {
        return Err("It is dated in the future. Set this device’s clock, and scan again");
    }
    if waited > OLDEST {
        return Err("It has waited for more than a week. Add this learner on the roster, with a reason");
    }
    let mut entry = Entry::typed(&scan.typed, AttendanceStatus::Attended);
    entry.key = Some(scan.key.clone());
    let waited = TimeDelta::milliseconds(waited.max(0));
    entry.happened_at = Some(clock::now().naive_utc() - waited);
    Ok(entry)
}

async fn recorded(state: &State, id: &Id<Event>, taken: Vec<Entry>, by: Actor) -> Result<Vec<Told>, Error> {
    let way = Way { event: id.clone(), source: AttendanceSource::Desk };
    let sent = taken.clone();
    match attend::record_all(&state.db, way, taken, by).await {
        Ok(answered) => Ok(answered.iter().map(told).collect()),
        // The event was cancelled meanwhile: each entry is told so.
        Err(Refusal::Conflict(why)) => {
            let refused = word(&Outcome::Refused(why));
            Ok(sent.into_iter().map(|one| Told { key: one.key.unwrap_or_default(), ..refused.clone() }).collect())
        }
        Err(other) => Err(other.into()),
    }
}

fn is_key(key: &str) -> bool {
    (16..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn told(one: &Answered) -> Told {
    let who = one.learner.as_ref().map_or_else(|| one.typed.clone(), |learner| learner.name.to_string());
    let key = one.key.clone().unwrap_or_default();
    let changed = matches!(one.outcome, Outcome::Changed(_));
    let word = word(&one.outcome);
    Told { key, who, says: if changed { says(one) } else { word.says.clone() }, ..word }
}

/// Word, icon and colour of what came of an entry.
fn word(outcome: &Outcome) -> Told {
    let (tone, icon, word, says) = match outcome {
        Outcome::Recorded | Outcome::Changed(_) | Outcome::Repeated => ("ok", "check", "Checked in", String::new()),
        Outcome::Known | Outcome::Twice => ("warn", "copy", "Already checked in", "Counted once.".to_owned()),
        Outcome::Parked(why) => {
            ("bad", "question", "Not known", format!("{}. It is kept, to be resolved later.", why.label()))
        }
        Outcome::Refused(why) => ("bad", "cross", "Not recorded", why.clone()),
    };
    Told { tone, icon, word, says, ..Told::default() }
}

#[cfg(test)]
mod tests {
    use super::{OLDEST, Scan, taken_from};

    #[test]
    fn how_long_an_entry_waited_counts_whatever_the_clock_there_says() {
        let scan = |at| Scan { key: "0123456789abcdef".to_owned(), typed: "0000000007".to_owned(), at };
        // A clock that is years behind.
        let taken = taken_from(&scan(1_000), 61_000).unwrap();
        let waited = crate::clock::now().naive_utc() - taken.happened_at.unwrap();
        assert!((60..62).contains(&waited.num_seconds()), "{waited}");
        assert!(taken_from(&scan(60_000), 1_000).unwrap_err().contains("future"));
        assert!(taken_from(&scan(0), OLDEST + 1).unwrap_err().contains("week"));
        assert!(taken_from(&scan(i64::MIN), i64::MAX).unwrap_err().contains("week"));
        assert!(taken_from(&Scan { key: "short".to_owned(), ..scan(0) }, 0).is_err());
    }
}
