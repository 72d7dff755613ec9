//! What a corrected award says: what was issued, with what is corrected in its place.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};

use super::{Earlier, told};
use crate::{
    clock,
    db::Conn,
    models::{
        achievement,
        audit::{self, Change, Facts},
        endorsement::{self, Endorsed},
        event,
        issued::{FORMAT, Issued, IssuedAssertion, IssuedEvent, IssuedEvidence, IssuedResult},
        profile,
    },
    registrar::{Portal, Refusal, evaluate},
    values::{CeDiD, Iri, Line, Prose},
    words::{self, Words},
};

/// Which of two texts a corrected award takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// What was issued.
    #[default]
    AsIssued,
    /// What is known now.
    AsNow,
}

/// What is corrected. The conferral date and the achievement are never: another date or another achievement is another
/// award.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The holder's name.
    pub holder: Which,
    /// The text of the achievement.
    pub achievement: Which,
    /// The last day on which it is valid.
    pub expires_on: Option<NaiveDate>,
    /// When the activity began.
    pub activity_start: Option<NaiveDate>,
    /// When the activity ended.
    pub activity_end: Option<NaiveDate>,
    /// Credits earned.
    pub credits_earned: Option<f64>,
    /// Term.
    pub term: Option<Line>,
    /// Role.
    pub role: Option<Line>,
    /// A licence number of its own.
    pub license_number: Option<Line>,
    /// Narrative, in Markdown.
    pub narrative: Option<Prose>,
    /// What was reached, for the descriptions that it is issued with.
    pub results: Vec<IssuedResult>,
    /// What it rests on.
    pub evidence: Vec<IssuedEvidence>,
    /// The events behind it.
    pub events: Which,
}

impl Correction {
    /// One that corrects nothing but the holder's name.
    pub fn of_name(issued: &Issued) -> Self {
        Self { holder: Which::AsNow, ..Self::of_nothing(issued) }
    }

    /// One that corrects nothing of what it says: that is for an award whose signatures are not believed any more.
    pub fn of_nothing(issued: &Issued) -> Self {
        let IssuedAssertion { activity_start, activity_end, credits_earned, results, evidence, .. } = &issued.assertion;
        let line = |text: &Option<String>| text.as_deref().map(Line::parse).and_then(Result::ok);
        Self {
            holder: Which::AsIssued,
            achievement: Which::AsIssued,
            expires_on: issued.assertion.last_day(),
            activity_start: *activity_start,
            activity_end: *activity_end,
            credits_earned: *credits_earned,
            term: line(&issued.assertion.term),
            role: line(&issued.assertion.role),
            license_number: line(&issued.assertion.license_number),
            narrative: issued.assertion.narrative.as_deref().map(Prose::parse).and_then(Result::ok),
            results: results.clone(),
            evidence: evidence.clone(),
            events: Which::AsIssued,
        }
    }
}

/// What would be issued in the place of an earlier award, under a code and a time.
///
/// What others said of the earlier award stays with it: they have not seen this one. Its events, its results and its
/// evidence get ids of their own, because those of the earlier one are marked as replaced wherever they stand.
pub fn compose(
    conn: &mut Conn,
    earlier: &Earlier,
    correction: &Correction,
    portal: &Portal,
    (cedid, now): (CeDiD, DateTime<Utc>),
) -> Result<Issued, Refusal> {
    let old = &earlier.issued;
    let publisher = profile::publisher(conn)?
        .ok_or_else(|| Refusal::conflict("Choose the publisher in the settings before you issue"))?;
    let mut content = old.achievement.clone();
    if correction.achievement == Which::AsNow {
        content = achievement::content(conn, &earlier.achievement)?;
        let office = Endorsed::Profile(earlier.achievement.issuer_id.clone());
        content.issuer.endorsements = endorsement::issued(conn, &office, &portal.base_url)?;
        let itself = Endorsed::Achievement(earlier.achievement.id.clone());
        content.endorsements = endorsement::issued(conn, &itself, &portal.base_url)?;
    }
    let new_id = || Iri::published(&portal.base_url, "assertions", clock::public_id()).to_string();
    let events = match correction.events {
        Which::AsIssued => old.events.iter().map(|event| IssuedEvent { id: new_id(), ..event.clone() }).collect(),
        Which::AsNow => events_now(conn, earlier, portal)?,
    };
    let same_parts = IssuedAssertion { id: new_id(), cedid, issued_on: now, ..corrected(&old.assertion, correction) };
    let mut issued = Issued {
        format: FORMAT,
        assertion: with_parts_of_its_own(same_parts.clone()),
        holder: match correction.holder {
            Which::AsIssued => old.holder.clone(),
            Which::AsNow => earlier.learner.as_holder(),
        },
        achievement: content,
        publisher: profile::organization(conn, &publisher.id)?,
        events,
        received: None,
    };
    issued.received = told::again(old, &issued, &same_parts);
    Ok(issued)
}

/// The events that count for the award now.
pub fn events_now(conn: &mut Conn, earlier: &Earlier, portal: &Portal) -> Result<Vec<IssuedEvent>, Refusal> {
    let (learner, awarded) = (&earlier.assertion.learner_id, &earlier.achievement.id);
    let counted = evaluate::counted(conn, learner, awarded)?;
    let mut new_iri = || Iri::published(&portal.base_url, "assertions", clock::public_id());
    Ok(event::attended(conn, (learner, awarded), counted.as_deref(), &mut new_iri)?)
}

fn corrected(old: &IssuedAssertion, correction: &Correction) -> IssuedAssertion {
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    let last = |day: NaiveDate| day.and_hms_opt(23, 59, 59).map(|last| Utc.from_utc_datetime(&last));
    // The hour of an unchanged last day stays: another system may have had another one.
    let expires = match correction.expires_on {
        same if same == old.last_day() => old.expires,
        other => other.and_then(last),
    };
    IssuedAssertion {
        expires,
        activity_start: correction.activity_start,
        activity_end: correction.activity_end,
        credits_earned: correction.credits_earned,
        license_number: text(&correction.license_number),
        narrative: correction.narrative.as_ref().map(Prose::to_string),
        role: text(&correction.role),
        term: text(&correction.term),
        results: correction.results.clone(),
        evidence: correction.evidence.clone(),
        endorsements: Vec::new(),
        ..old.clone()
    }
}

fn with_parts_of_its_own(mut award: IssuedAssertion) -> IssuedAssertion {
    award.results.iter_mut().for_each(|one| one.id = Iri::fresh().to_string());
    award.evidence.iter_mut().for_each(|one| one.id = Iri::fresh().to_string());
    award
}

/// What a corrected award says otherwise than the earlier one, for people.
pub fn differences(old: &Issued, new: &Issued) -> Vec<Change> {
    audit::differences(&facts(old), &facts(new))
}

fn facts(issued: &Issued) -> Facts {
    let (assertion, words) = (&issued.assertion, Words::default());
    let date = |day: Option<NaiveDate>| day.map(|day| words::date(&words, day)).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let names = |evidence: &[IssuedEvidence]| {
        let piece = |one: &IssuedEvidence| {
            let told =
                [&one.description, &one.narrative].into_iter().flatten().cloned().collect::<Vec<_>>().join(" · ");
            if told.is_empty() { one.name.clone() } else { format!("{}: {told}", one.name) }
        };
        evidence.iter().map(piece).collect::<Vec<_>>().join("; ")
    };
    let (holder, content) = (&issued.holder, &issued.achievement);
    vec![
        ("Name of the holder", holder.name.clone()),
        ("Given name", text(&holder.given_name)),
        ("Other names", text(&holder.additional_name)),
        ("Family name", text(&holder.family_name)),
        ("Version of the achievement", format!("{}", content.version)),
        ("Title", content.shown_title().to_owned()),
        ("Issuer", content.issuer.name.clone()),
        ("Valid through", date(assertion.last_day())),
        ("Activity began", date(assertion.activity_start)),
        ("Activity ended", date(assertion.activity_end)),
        ("Credits earned", assertion.credits_earned.map(|credits| credits.to_string()).unwrap_or_default()),
        ("Term", text(&assertion.term)),
        ("Role", text(&assertion.role)),
        ("License number", text(&assertion.license_number)),
        ("Narrative", text(&assertion.narrative)),
        ("Results", reached(issued)),
        ("Evidence", names(&assertion.evidence)),
        ("Events", issued.events.iter().map(|event| event.achievement.name.clone()).collect::<Vec<_>>().join("; ")),
    ]
}

/// What was reached in what, in words.
fn reached(issued: &Issued) -> String {
    let one = |result: &IssuedResult| {
        let of = issued.achievement.result_descriptions.iter().find(|of| of.id == result.result_description);
        let level = of.and_then(|of| of.levels.iter().find(|level| Some(&level.id) == result.achieved_level.as_ref()));
        let status = result.status.map(|status| status.to_string());
        let told = [level.map(|level| level.name.clone()), result.value.clone(), status];
        let told = told.into_iter().flatten().collect::<Vec<_>>().join(" ");
        format!("{}: {told}", of.map_or(result.result_description.as_str(), |of| &of.name))
    };
    issued.assertion.results.iter().map(one).collect::<Vec<_>>().join("; ")
}
