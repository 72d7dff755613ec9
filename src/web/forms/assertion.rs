//! The form of an assertion (a draft), and what the seven pages need to know of assertions.
//!
//! The learner is found by name, number, e-mail or id, without a script: a doubtful entry comes back with the
//! candidates to choose from. Results are entered for the achievement's own result descriptions.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{Errors, Form, achievement::credits_of};
use crate::{
    clock,
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Assertion, Credential, Profile, achievement,
        achievement_parts::{self, Level, ResultDescription},
        assertion::{self, AwardResult, Listed},
        credential,
        page::{Page, Query},
        profile,
        record::{Award, Standing},
    },
    values::{CeDiD, Id, Iri, Line, Prose, ResultStatus, optional, parse_date},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{Award as MayAward, ReadAwards, Revoke},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// What was entered about an award.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "assertions/form.html")]
#[serde(default)]
pub struct AssertionForm {
    learner: String,
    /// The candidate that was chosen for a doubtful entry.
    learner_id: String,
    achievement: String,
    conferral_date: String,
    expires_on: String,
    activity_start: String,
    activity_end: String,
    credits_earned: String,
    term: String,
    role: String,
    license_number: String,
    narrative: String,
    kept_cedid: String,
    revision: i32,
    /// `value-ID`, `level-ID` and `status-ID` for each result description.
    #[serde(flatten)]
    entered: BTreeMap<String, String>,
    #[serde(skip)]
    candidates: Vec<Profile>,
    #[serde(skip)]
    achievements: Vec<(String, String)>,
    #[serde(skip)]
    criteria: Vec<Criterion>,
    #[serde(skip)]
    results: Vec<AwardResult>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for AssertionForm {}

/// A result description with what can be chosen and what was.
#[derive(Debug, Clone)]
struct Criterion {
    description: ResultDescription,
    levels: Vec<Level>,
}

impl Criterion {
    fn is_status(&self) -> bool {
        self.description.result_type.as_str() == "Status"
    }
}

impl AssertionForm {
    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn statuses(&self) -> &'static [ResultStatus] {
        ResultStatus::ALL
    }

    fn entered(&self, what: &str, id: &Id<ResultDescription>) -> &str {
        self.entered.get(&format!("{what}-{id}")).map_or("", String::as_str)
    }

    fn is_entered(&self, what: &str, id: &Id<ResultDescription>, value: &str) -> bool {
        self.entered(what, id) == value
    }

    /// Who was meant; a doubtful entry leaves the candidates to choose from.
    fn find_learner(&mut self, conn: &mut Conn) -> Result<Option<Profile>, Error> {
        let chosen = if self.learner_id.is_empty() { self.learner.trim().to_owned() } else { self.learner_id.clone() };
        if chosen.is_empty() {
            self.errors.add("learner", "Enter the learner’s student number, e-mail address or name");
            return Ok(None);
        }
        if let Ok(id) = chosen.parse::<Id<Profile>>()
            && let Ok(found) = profile::find(conn, &id)
            && found.is_person()
        {
            return Ok(Some(found));
        }
        let mut found = profile::candidates(conn, &chosen)?;
        match found.len() {
            1 => Ok(found.pop()),
            0 => {
                self.errors.add("learner", "No learner has this number, address or name");
                Ok(None)
            }
            _ => {
                self.errors.add("learner", "Several learners fit; choose one of them");
                self.candidates = found;
                Ok(None)
            }
        }
    }

    fn find_achievement(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Achievement>, Error> {
        let found = match self.achievement.trim().parse::<Id<Achievement>>() {
            Ok(id) => achievement::find(conn, &id).ok(),
            Err(_) => achievement::by_code(conn, &self.achievement)?,
        };
        let ours = found.filter(|one| by.office.as_ref().is_none_or(|office| *office == one.issuer_id));
        match &ours {
            None => self.errors.add("achievement", "Choose what is awarded"),
            Some(one) if one.retired_at.is_some() => {
                self.errors.add("achievement", "This achievement is retired; it is no longer awarded");
            }
            Some(_) => {}
        }
        Ok(ours)
    }

    /// What was entered for each result description, checked against it.
    fn read_results(&mut self, conn: &mut Conn, assertion: &Assertion) -> Result<(), Error> {
        self.criteria = criteria_of(conn, &assertion.achievement_id)?;
        self.results = Vec::new();
        for criterion in self.criteria.clone() {
            let id = criterion.description.id.clone();
            let value = self.errors.check("results", optional(self.entered("value", &id), Line::parse)).flatten();
            let level: Option<Id<Level>> = self
                .entered("level", &id)
                .parse()
                .ok()
                .filter(|chosen| criterion.levels.iter().any(|level| level.id == *chosen));
            let status = ResultStatus::parse(self.entered("status", &id)).ok();
            if let Some(value) = &value
                && let Some(why) = criterion.refuses(value.as_str())
            {
                self.errors.add("results", format!("{}: {why}", criterion.description.name));
            }
            if value.is_none() && level.is_none() && status.is_none() {
                continue;
            }
            if criterion.is_status() && status.is_none() {
                self.errors.add("results", format!("{}: choose a status", criterion.description.name));
            }
            self.results.push(AwardResult {
                id: Id::fresh(),
                iri: Iri::fresh(),
                assertion_id: assertion.id.clone(),
                result_description_id: id,
                achieved_level_id: level,
                value,
                status,
                position: self.results.len() as i32,
                created_at: clock::now().naive_utc(),
            });
        }
        Ok(())
    }
}

impl Criterion {
    /// Why a value does not fit the description.
    fn refuses(&self, value: &str) -> Option<String> {
        let allowed = self.description.allowed_values.get();
        if !allowed.is_empty() && !allowed.iter().any(|one| one == value) {
            return Some(format!("enter one of {}", allowed.join(", ")));
        }
        let number = |line: &Option<Line>| line.as_ref().and_then(|line| line.as_str().parse::<f64>().ok());
        let (least, most) = (number(&self.description.value_min), number(&self.description.value_max));
        if least.is_none() && most.is_none() {
            return None;
        }
        match value.parse::<f64>() {
            Ok(value) if least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most) => None,
            _ => {
                let bound = |line: &Option<Line>| line.as_ref().map_or("…".to_owned(), Line::to_string);
                Some(format!(
                    "enter a number from {} to {}",
                    bound(&self.description.value_min),
                    bound(&self.description.value_max)
                ))
            }
        }
    }
}

fn criteria_of(conn: &mut Conn, id: &Id<Achievement>) -> Result<Vec<Criterion>, Error> {
    let descriptions = achievement_parts::descriptions_of(conn, id)?;
    let levels = achievement_parts::levels_of(conn, &descriptions)?;
    let with_levels = |description: ResultDescription| Criterion {
        levels: levels.iter().filter(|level| level.result_description_id == description.id).cloned().collect(),
        description,
    };
    Ok(descriptions.into_iter().map(with_levels).collect())
}

impl Form<Assertion> for AssertionForm {
    fn fill(object: &Assertion) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let date = |value: Option<chrono::NaiveDate>| value.map(|date| date.to_string()).unwrap_or_default();
        Self {
            learner_id: object.learner_id.to_string(),
            achievement: object.achievement_id.to_string(),
            conferral_date: object.conferral_date.to_string(),
            expires_on: date(object.expires_on),
            activity_start: date(object.activity_start),
            activity_end: date(object.activity_end),
            credits_earned: object.credits_earned.map(|credits| credits.to_string()).unwrap_or_default(),
            term: line(&object.term),
            role: line(&object.role),
            license_number: line(&object.license_number),
            narrative: object.narrative.as_ref().map(Prose::to_string).unwrap_or_default(),
            kept_cedid: object.kept_cedid.as_ref().map(CeDiD::to_string).unwrap_or_default(),
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        let known = achievement::awardable(conn, by.office.as_ref())?;
        let label = |one: &Achievement| match &one.code {
            Some(code) => format!("{} ({code})", one.name),
            None => one.name.to_string(),
        };
        self.achievements = known.iter().map(|one| (one.id.to_string(), label(one))).collect();
        if let Ok(id) = self.learner_id.parse::<Id<Profile>>()
            && self.learner.is_empty()
            && let Ok(learner) = profile::find(conn, &id)
        {
            self.learner = learner
                .student_id
                .as_ref()
                .map(ToString::to_string)
                .or(learner.email.as_ref().map(ToString::to_string))
                .unwrap_or(learner.id.to_string());
            self.candidates = vec![learner];
        }
        if self.is_new() && self.conferral_date.is_empty() && self.errors.is_empty() {
            self.conferral_date = clock::now().date_naive().to_string();
        }
        if let Ok(id) = self.achievement.parse::<Id<Achievement>>()
            && known.iter().any(|one| one.id == id)
        {
            self.criteria = criteria_of(conn, &id)?;
        }
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Assertion>, by: &Actor) -> Result<Option<Assertion>, Error> {
        self.errors = Errors::default();
        let learner = self.find_learner(conn)?;
        let awarded = self.find_achievement(conn, by)?;
        let errors = &mut self.errors;
        let conferral_date = errors.check("conferral_date", parse_date(&self.conferral_date));
        let mut date = |field, raw: &str| errors.check(field, optional(raw, parse_date)).flatten();
        let expires_on = date("expires_on", &self.expires_on);
        let (activity_start, activity_end) =
            (date("activity_start", &self.activity_start), date("activity_end", &self.activity_end));
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let (term, role) = (line("term", &self.term), line("role", &self.role));
        let license_number = line("license_number", &self.license_number);
        let narrative = errors.check("narrative", optional(&self.narrative, Prose::parse)).flatten();
        let kept_cedid = errors.check("kept_cedid", optional(&self.kept_cedid, CeDiD::parse)).flatten();
        let credits_earned = credits_of(errors, "credits_earned", &self.credits_earned);
        if let (Some(last), Some(conferred)) = (expires_on, conferral_date)
            && last < conferred
        {
            errors.add("expires_on", "The last day cannot be before the conferral date");
        }
        if let (Some(begun), Some(ended)) = (activity_start, activity_end)
            && ended < begun
        {
            errors.add("activity_end", "The activity cannot end before it begins");
        }
        if let Some(kept) = &kept_cedid
            && credential::is_taken(conn, kept)?
        {
            self.errors.add("kept_cedid", "Another credential already has this CeDiD");
        }
        let (Some(learner), Some(awarded), Some(conferral_date)) = (learner, awarded, conferral_date) else {
            return Ok(None);
        };
        let is_new = existing.is_none();
        // The whole address is put before it when it is stored for the first time: a form knows no base address.
        let mut made = existing.unwrap_or_else(|| Assertion::new(Iri::fresh(), &learner, &awarded, conferral_date));
        (made.learner_id, made.achievement_id, made.conferral_date) =
            (learner.id.clone(), awarded.id.clone(), conferral_date);
        (made.expires_on, made.activity_start, made.activity_end) = (expires_on, activity_start, activity_end);
        (made.credits_earned, made.term, made.role, made.license_number) = (credits_earned, term, role, license_number);
        (made.narrative, made.kept_cedid) = (narrative, kept_cedid);
        made.revision = if is_new { 1 } else { self.revision };
        made.refold(&learner, &awarded, None);
        self.read_results(conn, &made)?;
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}

/// What an assertion's page shows: the draft's facts, or what was issued.
#[derive(Template)]
#[template(path = "assertions/details.html")]
pub struct AssertionDetails {
    assertion: Assertion,
    learner: Profile,
    awarded: Achievement,
    award: Option<Award>,
    note: Option<String>,
    facts: Vec<(&'static str, String)>,
    may_issue: bool,
    may_revoke: bool,
    frame: Frame,
}

impl HtmlSafe for AssertionDetails {}

/// How a listed assertion stands now, with a line below.
fn standing_cell(listed: &Listed) -> Cell {
    let Some((_, status, since, expires)) = &listed.issued else { return Cell::Status(None, String::new()) };
    let reading = status.at(clock::now(), expires.map(|at| at.and_utc()));
    let short = |at: &chrono::NaiveDateTime| crate::words::date_short(&crate::words::Words::default(), at.date());
    let below = match reading {
        crate::values::Reading::Valid => String::new(),
        crate::values::Reading::Expired => expires.as_ref().map(short).unwrap_or_default(),
        _ => since.as_ref().map(short).unwrap_or_default(),
    };
    Cell::Status(Some(reading), below)
}

impl Managed for Assertion {
    const KIND: Kind = Kind {
        path: "assertions",
        audit: assertion::KIND,
        singular: "assertion",
        plural: "Assertions",
        about: "One assertion is one achievement awarded to one learner.",
        empty: "An assertion awards one achievement to one learner. Draft one, look at it, then issue it.",
        create: "Award",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Learner", sort: Some("learner") },
        Column { label: "Achievement", sort: Some("achievement") },
        Column { label: "CeDiD", sort: None },
        Column { label: "Conferred", sort: Some("conferral") },
        Column { label: "Status", sort: None },
    ];
    const SORT: &'static str = "-conferral";
    type Form = AssertionForm;
    type Row = Listed;
    type Details = AssertionDetails;
    type Read = ReadAwards;
    type Change = MayAward;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, conn: &mut Conn) -> Result<String, QueryError> {
        let (learner, awarded) =
            (profile::find(conn, &self.learner_id)?, achievement::find(conn, &self.achievement_id)?);
        Ok(format!("{} for {}", awarded.shown_title(), learner.name))
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        match &by.office {
            None => Ok(true),
            Some(office) => Ok(assertion::office(conn, self)? == *office),
        }
    }

    fn locked(&self) -> Option<&'static str> {
        self.is_issued()
            .then_some("This award was issued: what was issued is never changed. Revoke it, or award a corrected one.")
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        assertion::find(conn, id)
    }

    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let states = [
            ("draft", "Drafts"),
            ("issued", "Valid"),
            ("suspended", "Suspended"),
            ("revoked", "Revoked"),
            ("replaced", "Replaced"),
            ("expired", "Expired"),
        ];
        let states = states.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
        let known = achievement::awardable(conn, office)?;
        let known = known.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect();
        let terms = assertion::terms(conn, office)?.into_iter().map(|term| (term.clone(), term)).collect();
        Ok(vec![
            Filter::new("status", "Status", states, address).as_scopes(),
            Filter::new("achievement", "Achievement", known, address),
            Filter::new("term", "Term", terms, address),
        ])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        assertion::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        assertion::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        vec![
            Cell::Name {
                address: row.assertion.address(),
                text: row.learner_name.clone(),
                below: row.student_id.clone().unwrap_or_default(),
            },
            Cell::Text(row.title.clone()),
            Cell::Code(row.issued.as_ref().map(|(code, ..)| code.clone())),
            Cell::Date(row.assertion.conferral_date),
            standing_cell(&row),
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<AssertionDetails, Error> {
        let learner = profile::find(conn, &self.learner_id)?;
        let awarded = achievement::find(conn, &self.achievement_id)?;
        let issued: Option<Credential> = credential::of_assertion(conn, &self.id)?;
        let note = issued.as_ref().and_then(|one| one.internal_note.as_ref().map(Prose::to_string));
        let award = issued.map(|one| credential::award(conn, one, clock::now())).transpose()?;
        let revocable = |standing: &Standing| {
            matches!(standing.status, crate::values::Status::InForce | crate::values::Status::Suspended)
        };
        Ok(AssertionDetails {
            may_issue: award.is_none() && frame.may::<MayAward>(),
            may_revoke: award.as_ref().is_some_and(|award| revocable(&award.standing)) && frame.may::<Revoke>(),
            facts: self.facts().into_iter().skip(2).filter(|(_, value)| !value.is_empty()).collect(),
            assertion: self.clone(),
            learner,
            awarded,
            award,
            note,
            frame: frame.clone(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let issued = credential::of_assertion(conn, id)?;
        Ok(issued
            .map(|one| format!("it was issued as {}, and nothing issued is deleted", one.cedid))
            .into_iter()
            .collect())
    }

    fn insert(&self, conn: &mut Conn, form: &AssertionForm, by: &Actor) -> Result<(), Error> {
        Assertion::insert(self, conn, by)?;
        Ok(assertion::set_results(conn, &self.id, &form.results)?)
    }

    fn update(&self, conn: &mut Conn, form: &AssertionForm, by: &Actor) -> Result<bool, Error> {
        Ok(Assertion::update(self, conn, Some(&form.results), by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        if assertion::delete(conn, id, by)? {
            Ok(())
        } else {
            Err(Error::Conflict("Nothing issued is deleted".to_owned()))
        }
    }
}
