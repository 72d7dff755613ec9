//! The form of a piece of evidence with its artifacts, and what the seven pages need to know of evidence.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{
    Errors, Form,
    picker::{self, Picker, What},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Actor, Assertion, Evidence, Profile, assertion,
        evidence::{self, Artifact, Listed},
        evidence_file::{self, About},
        page::{Page, Query},
    },
    values::{Id, Iri, Json, Line, Name, Prose, WebAddress, optional},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{Award, ReadAwards},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// Said of a part of something issued.
pub const FROZEN: &str = "The award was issued: what was issued is never changed.";
/// Most links and files of one piece of evidence.
const MOST_ARTIFACTS: usize = 40;
/// Most characters of a data URI, which is a file inside the document.
const MOST_OF_DATA: usize = 100_000;

/// What was entered about a piece of evidence.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "evidence/form.html")]
#[serde(default)]
pub struct EvidenceForm {
    assertion: Option<String>,
    assertion_id: String,
    name: String,
    genre: String,
    audience: String,
    description: String,
    narrative: String,
    artifact_name: Vec<String>,
    artifact_url: Vec<String>,
    artifact_description: Vec<String>,
    /// The public id of a file that was handed in, in the place of an address.
    artifact_file: Vec<String>,
    /// The places of artifacts that are taken away.
    artifact_gone: Vec<String>,
    revision: i32,
    #[serde(skip)]
    of: Option<(Id<Assertion>, String)>,
    #[serde(skip)]
    picker: Picker,
    #[serde(skip)]
    rows: Vec<Row>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for EvidenceForm {}

/// A row of the artifacts.
#[derive(Debug, Clone, Default)]
struct Row {
    name: String,
    url: String,
    description: String,
    file: String,
    gone: bool,
    wrong: Option<String>,
}

impl Row {
    fn is_empty(&self) -> bool {
        [&self.name, &self.url, &self.description, &self.file].iter().all(|text| text.trim().is_empty())
    }

    fn parse(&self) -> Result<Artifact, crate::values::Invalid> {
        let file = Some(self.file.trim().to_owned()).filter(|file| !file.is_empty());
        Ok(Artifact {
            name: optional(&self.name, Line::parse)?.map(String::from),
            description: optional(&self.description, Prose::parse)?.map(String::from),
            url: if file.is_some() { None } else { optional(&self.url, address)? },
            file,
        })
    }
}

/// A web address, or a file inside the document as a data URI.
fn address(raw: &str) -> Result<String, crate::values::Invalid> {
    let text = raw.trim();
    let is_data = text.strip_prefix("data:").is_some_and(|rest| {
        rest.contains(',') && rest.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"'))
    });
    match is_data {
        true if text.len() > MOST_OF_DATA => Err(crate::values::Invalid::TooLong("A data URI", MOST_OF_DATA)),
        true => Ok(text.to_owned()),
        false => WebAddress::parse(text).map(|address| address.to_string()),
    }
}

impl EvidenceForm {
    fn typed_rows(&self) -> Vec<Row> {
        let count = self.artifact_name.len().max(self.artifact_url.len()).min(MOST_ARTIFACTS);
        let at = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
        (0..count)
            .map(|place| Row {
                name: at(&self.artifact_name, place),
                url: at(&self.artifact_url, place),
                description: at(&self.artifact_description, place),
                file: at(&self.artifact_file, place),
                gone: self.artifact_gone.contains(&place.to_string()),
                wrong: None,
            })
            .collect()
    }

    /// The artifacts that were entered; only files of this very piece of evidence count as its files.
    fn artifacts(&mut self, existing: Option<&Evidence>) -> Vec<Artifact> {
        let own: Vec<String> = match existing {
            Some(known) => known.artifacts.get().iter().filter_map(|one| one.file.clone()).collect(),
            None => Vec::new(),
        };
        let mut read = Vec::new();
        let mut rows = self.typed_rows();
        for row in rows.iter_mut().filter(|row| !row.gone && !row.is_empty()) {
            match row.parse() {
                Ok(artifact) if artifact.file.as_ref().is_none_or(|file| own.contains(file)) => read.push(artifact),
                Ok(_) => row.wrong = Some("This file does not belong to this evidence".to_owned()),
                Err(why) => row.wrong = Some(why.to_string()),
            }
            if let Some(why) = &row.wrong {
                self.errors.add("artifacts", format!("Artifact “{}”: {why}", row.name));
            }
        }
        self.rows = rows;
        read
    }
}

impl Form<Evidence> for EvidenceForm {
    fn fill(object: &Evidence) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let prose = |value: &Option<Prose>| value.as_ref().map(Prose::to_string).unwrap_or_default();
        let each = |part: fn(&Artifact) -> &Option<String>| {
            object.artifacts.get().iter().map(|one| part(one).clone().unwrap_or_default()).collect::<Vec<_>>()
        };
        Self {
            assertion_id: object.assertion_id.to_string(),
            name: object.name.to_string(),
            genre: line(&object.genre),
            audience: line(&object.audience),
            description: prose(&object.description),
            narrative: prose(&object.narrative),
            artifact_name: each(|one| &one.name),
            artifact_url: each(|one| &one.url),
            artifact_description: each(|one| &one.description),
            artifact_file: each(|one| &one.file),
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        self.picker = Picker::new(What::Draft, "assertion", "Award", "A draft, by the learner’s name or number.")
            .shown(conn, (&self.assertion, &self.assertion_id), by)?;
        self.of = whole_of(self.picker.chosen.as_ref());
        if self.rows.is_empty() {
            self.rows = self.typed_rows();
        }
        while self.rows.iter().filter(|row| row.is_empty()).count() < 2 && self.rows.len() < MOST_ARTIFACTS {
            self.rows.push(Row::default());
        }
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Evidence>, by: &Actor) -> Result<Option<Evidence>, Error> {
        self.errors = Errors::default();
        if let Some(known) = &existing {
            // It stays where it is.
            (self.assertion, self.assertion_id) = (None, known.assertion_id.to_string());
        }
        let typed = (&self.assertion, self.assertion_id.as_str());
        let missing = (&mut self.errors, "Choose the award that it belongs to");
        let award = picker::read_one::<Assertion>(conn, (What::Draft, "assertion"), typed, by, missing)?;
        if let Some(award) = &award
            && assertion::find(conn, award)?.is_issued()
        {
            self.errors.add("assertion", FROZEN);
        }
        let artifacts = self.artifacts(existing.as_ref());
        let errors = &mut self.errors;
        let name = errors.check("name", Name::parse(&self.name));
        let genre = errors.check("genre", optional(&self.genre, Line::parse)).flatten();
        let audience = errors.check("audience", optional(&self.audience, Line::parse)).flatten();
        let description = errors.check("description", optional(&self.description, Prose::parse)).flatten();
        let narrative = errors.check("narrative", optional(&self.narrative, Prose::parse)).flatten();
        let (Some(award), Some(name)) = (award, name) else { return Ok(None) };
        let mut made = existing.unwrap_or_else(|| Evidence::new(award, name.clone()));
        (made.name, made.genre, made.audience) = (name, genre, audience);
        (made.description, made.narrative) = (description, narrative);
        made.artifacts = Json::new(artifacts);
        made.revision = self.revision.max(1);
        made.refold();
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn back(&self) -> Option<String> {
        self.of.as_ref().map(|(id, _)| format!("/admin/assertions/{id}"))
    }
}

/// The award that a part belongs to, with its name.
pub fn whole_of(chosen: Option<&picker::Choice>) -> Option<(Id<Assertion>, String)> {
    chosen.and_then(|one| Some((one.id.parse().ok()?, one.label.clone())))
}

/// What the page of a piece of evidence shows.
#[derive(Template)]
#[template(path = "evidence/details.html")]
pub struct EvidenceDetails {
    evidence: Evidence,
    award: assertion::Listed,
    files: Vec<About>,
    public_id: Iri,
    may_change: bool,
    frame: Frame,
}

impl HtmlSafe for EvidenceDetails {}

/// Whether an award exists for this person.
pub fn award_exists_for(conn: &mut Conn, id: &Id<Assertion>, by: &Actor) -> Result<bool, QueryError> {
    let found = assertion::find(conn, id)?;
    found.exists_for(conn, by)
}

/// The award of a part as lists show it.
pub fn award_of(conn: &mut Conn, id: &Id<Assertion>) -> Result<assertion::Listed, Error> {
    assertion::listed_by_id(conn, std::slice::from_ref(id))?.pop().ok_or(Error::NotFound)
}

/// Why a part of an award can't be changed.
pub fn locked_with(conn: &mut Conn, id: &Id<Assertion>) -> Result<Option<&'static str>, QueryError> {
    Ok(assertion::find(conn, id)?.is_issued().then_some(FROZEN))
}

/// The filter by whether the award was issued.
pub fn state_filter(address: &str) -> Filter {
    let states = [("draft", "Of drafts"), ("issued", "Of what was issued")];
    let states = states.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
    Filter::new("state", "State", states, address).as_scopes()
}

impl Managed for Evidence {
    const KIND: Kind = Kind {
        path: "evidence",
        audit: evidence::KIND,
        singular: "piece of evidence",
        plural: "Evidence",
        about: "What awards rest on: narratives, links and files.",
        empty: "Evidence shows what an award rests on. It is added on the page of a draft, with links and files.",
        create: "New evidence",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Name", sort: Some("name") },
        Column { label: "Award", sort: None },
        Column { label: "Artifacts", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = EvidenceForm;
    type Row = Listed;
    type Details = EvidenceDetails;
    type Read = ReadAwards;
    type Change = Award;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, _: &mut Conn) -> Result<String, QueryError> {
        Ok(self.name.to_string())
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        award_exists_for(conn, &self.assertion_id, by)
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        locked_with(conn, &self.assertion_id)
    }

    fn whole(&self) -> Option<String> {
        Some(format!("/admin/assertions/{}", self.assertion_id))
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        evidence::find(conn, id)
    }

    fn filters(_: &mut Conn, address: &str, _: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        Ok(vec![state_filter(address)])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        evidence::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        evidence::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        let genre = row.evidence.genre.as_ref().map(Line::to_string).unwrap_or_default();
        let count = row.evidence.artifacts.get().len();
        vec![
            Cell::Name { address: row.evidence.address(), text: row.evidence.name.to_string(), below: genre },
            Cell::Text(format!("{} for {}", row.award.title, row.award.learner_name)),
            Cell::Text(if count == 0 { String::new() } else { count.to_string() }),
            Cell::Date(row.evidence.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<EvidenceDetails, Error> {
        let award = award_of(conn, &self.assertion_id)?;
        Ok(EvidenceDetails {
            evidence: self.clone(),
            files: evidence_file::of(conn, &self.assertion_id)?,
            public_id: self.iri.clone(),
            may_change: frame.may::<Award>() && !award.assertion.is_issued(),
            award,
            frame: frame.clone(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let found = evidence::find(conn, id)?;
        let issued = locked_with(conn, &found.assertion_id)?;
        Ok(issued
            .map(|_| "it is part of an award that was issued, and nothing issued is deleted".to_owned())
            .into_iter()
            .collect())
    }

    fn insert(&self, conn: &mut Conn, _: &EvidenceForm, by: &Actor) -> Result<(), Error> {
        or_frozen(Evidence::insert(self, conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &EvidenceForm, by: &Actor) -> Result<bool, Error> {
        Ok(Evidence::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        or_frozen(evidence::delete(conn, id, by)?)
    }
}

/// A part that was not changed because its award was issued meanwhile.
pub fn or_frozen(changed: bool) -> Result<(), Error> {
    if changed { Ok(()) } else { Err(Error::Conflict(FROZEN.to_owned())) }
}
