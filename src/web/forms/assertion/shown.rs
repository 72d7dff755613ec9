//! What the seven pages need to know of assertions: the list's columns, filters and cells, and what a page shows.

use askama::{Template, filters::HtmlSafe};

use super::{
    AssertionForm,
    scoring::{Outcome, outcomes},
};
use crate::{
    clock,
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Assertion, Credential, Evidence, Hold, Profile, achievement,
        assertion::{self, Listed},
        credential, endorsed,
        endorsement::{self, Endorsed},
        evidence,
        evidence_file::{self, About},
        hold,
        import::known,
        page::{Page, Query},
        profile,
        record::{Award, Standing},
        result, result_description,
    },
    values::{CeDiD, Id, Origin, Prose},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{Award as MayAward, ExportRecords, ReadAwards, ReadHolds, Revoke},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// What an assertion's page shows: the draft's facts, or what was issued.
#[derive(Template)]
#[template(path = "assertions/details.html")]
pub struct AssertionDetails {
    assertion: Assertion,
    learner: Profile,
    awarded: Achievement,
    award: Option<Award>,
    /// The award that stands in its place, and the one whose place it took.
    replaced_by: Option<Neighbour>,
    replaces: Option<Neighbour>,
    note: Option<String>,
    facts: Vec<(&'static str, String)>,
    outcomes: Vec<Outcome>,
    may_issue: bool,
    may_revoke: bool,
    source: Option<Profile>,
    parts: Parts,
    /// Of another publisher's: who that is, and the record it came with.
    foreign: Option<(String, String)>,
    /// What is on the learner now.
    holds: Vec<Hold>,
    may_see_holds: bool,
    frame: Frame,
}

/// Another award of the same chain: its code, and its page for staff.
struct Neighbour {
    code: CeDiD,
    address: String,
}

impl Neighbour {
    fn of(conn: &mut Conn, code: Option<&CeDiD>) -> Result<Option<Self>, QueryError> {
        let Some(code) = code else { return Ok(None) };
        let assertion = credential::by_cedid(conn, code)?.and_then(|one| one.assertion_id);
        Ok(assertion.map(|id| Self { code: code.clone(), address: format!("/admin/assertions/{id}") }))
    }
}

/// What belongs to the award and has pages of its own.
struct Parts {
    results: Vec<result::Listed>,
    /// Whether the achievement has anything to reach.
    can_have_results: bool,
    evidence: Vec<Evidence>,
    files: Vec<About>,
    endorsements: Vec<endorsement::Listed>,
    /// Whether it is a draft that this person may change.
    may_change: bool,
}

impl Parts {
    fn of(conn: &mut Conn, own: &Assertion, frame: &Frame) -> Result<Self, Error> {
        let results = result::of(conn, &own.id)?;
        let endorsements = endorsement::of(conn, &Endorsed::Assertion(own.id.clone()))?;
        Ok(Self {
            results: result::listed(conn, results)?,
            can_have_results: !result_description::of_achievement(conn, &own.achievement_id)?.is_empty(),
            evidence: evidence::of(conn, &own.id)?,
            files: evidence_file::of(conn, &own.id)?,
            endorsements: endorsed::listed(conn, endorsements)?,
            may_change: frame.may::<MayAward>() && !own.is_issued(),
        })
    }
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

    fn locked(&self, _: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        if self.origin == Origin::Foreign {
            return Ok(Some(crate::web::staff::imports::FOREIGN));
        }
        let why = "This award was issued: what was issued is never changed. Correct it, and it is issued again under a new code; or revoke it.";
        Ok(self.is_issued().then_some(why))
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
            ("foreign", "Other publishers"),
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
            match row.assertion.origin {
                Origin::Own => Cell::Code(row.issued.as_ref().map(|(code, ..)| code.clone())),
                Origin::Foreign => Cell::Text("none of ours".to_owned()),
            },
            Cell::Date(row.assertion.conferral_date),
            match &row.publisher {
                Some(publisher) => Cell::Text(format!("of {publisher}")),
                None => standing_cell(&row),
            },
        ]
    }

    fn exports(frame: &Frame) -> Vec<(&'static str, &'static str)> {
        if frame.may::<ExportRecords>() { vec![("ndjson", "Records (NDJSON)")] } else { Vec::new() }
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<AssertionDetails, Error> {
        let learner = profile::find(conn, &self.learner_id)?;
        let awarded = achievement::find(conn, &self.achievement_id)?;
        let issued: Option<Credential> = credential::of_assertion(conn, &self.id)?;
        let note = issued.as_ref().and_then(|one| one.internal_note.as_ref().map(Prose::to_string));
        let award = issued.map(|one| credential::award(conn, &one, clock::now())).transpose()?;
        let standing = award.as_ref().map(|award| &award.standing);
        let replaced_by = Neighbour::of(conn, standing.and_then(|one| one.replaced_by.as_ref()))?;
        let replaces = Neighbour::of(conn, standing.and_then(|one| one.replaces.as_ref()))?;
        let outcomes = match &award {
            Some(award) => outcomes(&award.issued.achievement, &award.issued.assertion.results),
            None => outcomes(&achievement::content(conn, &awarded)?, &result::issued(conn, &self.id)?),
        };
        let revocable = |standing: &Standing| {
            matches!(standing.status, crate::values::Status::InForce | crate::values::Status::Suspended)
        };
        Ok(AssertionDetails {
            may_issue: award.is_none() && self.origin == Origin::Own && frame.may::<MayAward>(),
            foreign: match self.origin {
                Origin::Own => None,
                Origin::Foreign => known::record_of(conn, &self.id)?
                    .map(|(record, publisher)| (publisher, format!("/admin/clrs/{record}/received"))),
            },
            may_revoke: award.as_ref().is_some_and(|award| revocable(&award.standing)) && frame.may::<Revoke>(),
            outcomes,
            facts: self
                .facts()
                .into_iter()
                .skip(2)
                .filter(|(label, value)| !value.is_empty() && *label != "Stated by")
                .collect(),
            source: self.source_id.as_ref().map(|id| profile::find(conn, id)).transpose()?,
            holds: hold::active(conn, &self.learner_id)?,
            may_see_holds: frame.may::<ReadHolds>(),
            parts: Parts::of(conn, self, frame)?,
            assertion: self.clone(),
            learner,
            awarded,
            award,
            replaced_by,
            replaces,
            note,
            frame: frame.clone(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        if known::came_foreign(conn, assertion::KIND, id.as_str())? {
            return Ok(vec![known::CAME_FOREIGN.to_owned()]);
        }
        let issued = credential::of_assertion(conn, id)?;
        Ok(issued
            .map(|one| format!("it was issued as {}, and nothing issued is deleted", one.cedid))
            .into_iter()
            .collect())
    }

    fn insert(&self, conn: &mut Conn, form: &AssertionForm, by: &Actor) -> Result<(), Error> {
        Assertion::insert(self, conn, by)?;
        Ok(result::replace(conn, &self.id, &form.results)?)
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
