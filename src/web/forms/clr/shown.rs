//! What the seven pages need to know of records: the list's columns, filters and cells, and what a page shows.

use askama::{Template, filters::HtmlSafe};

use super::{ClrForm, why};
use crate::{
    clock,
    db::{Conn, QueryError},
    models::{
        Actor, Clr, Hold, Profile,
        clr::{self, Listed},
        credential, hold,
        import::remove,
        page::{Page, Query},
        profile, published,
        record::Record,
    },
    registrar::{
        Portal,
        publish::{LeftOut, compose, stand_in},
    },
    values::{Id, Name, Prose, Reading, Status},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{PublishRecords, ReadHolds, ReadRecords, Revoke},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// What a record's page shows: what a draft would be now, or what was published, or what came from elsewhere.
#[derive(Template)]
#[template(path = "clrs/details.html")]
pub struct ClrDetails {
    clr: Clr,
    learner: Profile,
    publisher: Profile,
    /// Published, or as a draft would be published now.
    record: Option<Record>,
    left_out: Vec<LeftOut>,
    note: Option<String>,
    /// The other records of this learner.
    others: Vec<Listed>,
    may_publish: bool,
    may_revoke: bool,
    may_remove: bool,
    is_suspended: bool,
    /// What is on the learner now.
    holds: Vec<Hold>,
    may_see_holds: bool,
    frame: Frame,
}

impl HtmlSafe for ClrDetails {}

/// What goes with a record of another publisher.
fn removed_with(removal: &remove::Removal) -> String {
    let counted = [
        (removal.count("assertion"), "assertion", "assertions"),
        (removal.count("achievement"), "achievement", "achievements"),
        (removal.count("profile"), "profile", "profiles"),
    ];
    let told: Vec<String> = counted
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| format!("{number} {}", if *number == 1 { one } else { many }))
        .collect();
    if told.is_empty() {
        return "Nothing uses this record. Its document goes with it.".to_owned();
    }
    format!("Its document goes with it, and what came with it and nothing else uses: {}.", told.join(", "))
}

impl ClrDetails {
    fn codes_open(&self) -> bool {
        self.holds.is_empty()
    }

    /// How many awards of a published record were revoked, suspended or replaced since.
    fn changed_since(&self) -> usize {
        let awards = self.record.iter().filter(|record| record.publication.is_some()).flat_map(|record| &record.awards);
        awards.filter(|award| award.standing.status != Status::InForce).count()
    }

    /// Whether there is anything in it that is signed by itself: a record without awards has no CLR 2.0.
    fn has_awards(&self) -> bool {
        self.record.as_ref().is_some_and(|record| !record.awards.is_empty())
    }

    fn why(&self, one: &LeftOut) -> &'static str {
        match one.reading {
            Reading::Valid | Reading::Expired => "Not chosen.",
            other => why(other),
        }
    }
}

/// How a record stands, in words of its own: a record is published, an award is issued.
pub fn state(listed: &Listed) -> Cell {
    let say = |tone, icon, text, below| Cell::State { tone, icon, text, below };
    let short = |at: &chrono::NaiveDateTime| crate::words::date_short(&crate::words::Words::default(), at.date());
    let since = |at: &Option<chrono::NaiveDateTime>| at.as_ref().map(short).unwrap_or_default();
    match &listed.published {
        _ if listed.clr.is_foreign() => say("info", "link", "From elsewhere", String::new()),
        None => Cell::Status(None, String::new()),
        Some((_, Status::InForce, _)) => say("ok", "check", "Published", since(&listed.clr.issued_at)),
        Some((_, Status::Revoked, at)) => say("bad", "cross", "Revoked", since(at)),
        Some((_, Status::Suspended, at)) => say("warn", "pause", "Suspended", since(at)),
        Some((_, Status::Replaced, at)) => say("info", "swap", "Replaced", since(at)),
    }
}

/// What a record is called among others of the same learner: `Record 2`.
pub fn called(clr: &Clr) -> String {
    let name = clr.name.as_ref().map(Name::as_str);
    match (clr.number, name) {
        (Some(number), Some(name)) => format!("Record {number}: {name}"),
        (Some(number), None) => format!("Record {number}"),
        (None, Some(name)) => name.to_owned(),
        (None, None) if clr.is_foreign() => "Record from elsewhere".to_owned(),
        (None, None) => "Not published yet".to_owned(),
    }
}

impl Managed for Clr {
    const KIND: Kind = Kind {
        path: "clrs",
        audit: clr::KIND,
        singular: "record",
        plural: "CLRs",
        about: "A CLR is one learner’s record, put together from awards and published as a document of its own.",
        empty: "A record puts a learner’s awards together. Draft one, look at it as it will be, then publish it.",
        create: "New record",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Learner", sort: Some("learner") },
        Column { label: "Record", sort: None },
        Column { label: "Published by", sort: None },
        Column { label: "CeDiD", sort: None },
        Column { label: "Changed", sort: Some("updated") },
        Column { label: "Status", sort: None },
    ];
    const SORT: &'static str = "-updated";
    type Form = ClrForm;
    type Row = Listed;
    type Details = ClrDetails;
    type Read = ReadRecords;
    type Change = PublishRecords;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, conn: &mut Conn) -> Result<String, QueryError> {
        Ok(format!("{}, {}", profile::find(conn, &self.learner_id)?.name, called(self)))
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, _: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        Ok(by.office.is_none())
    }

    fn locked(&self, _: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        let foreign = "This record is another publisher’s: it is kept as it came and never changed.";
        let published = "This record was published: what was published is never changed. Publish a newer one.";
        Ok(self.is_foreign().then_some(foreign).or(self.is_published().then_some(published)))
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        clr::find(conn, id)
    }

    fn filters(_: &mut Conn, address: &str, _: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let states = [
            ("draft", "Drafts"),
            ("published", "Published"),
            ("suspended", "Suspended"),
            ("revoked", "Revoked"),
            ("foreign", "From elsewhere"),
        ];
        let states = states.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
        Ok(vec![Filter::new("status", "Status", states, address).as_scopes()])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        clr::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        clr::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        let state = state(&row);
        vec![
            Cell::Name {
                address: row.clr.address(),
                text: row.learner_name,
                below: row.student_id.unwrap_or_default(),
            },
            Cell::Text(called(&row.clr)),
            Cell::Text(row.publisher_name),
            match row.published {
                Some((code, ..)) => Cell::Code(Some(code)),
                None => Cell::Text(String::new()),
            },
            Cell::Date(row.clr.updated_at.date()),
            state,
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<ClrDetails, Error> {
        let credential = credential::of_clr(conn, &self.id)?;
        let (mut record, mut left_out) = (None, Vec::new());
        if let Some(published) = &credential {
            record = Some(published::record(conn, published, clock::now())?);
        } else if !self.is_foreign() && profile::publisher(conn)?.is_some() {
            // Which address it will have does not show here.
            let portal = Portal::without_keys(String::new());
            let composed = compose(conn, self, &portal, (stand_in(), clock::now()))?;
            record = Some(Record { publication: None, ..composed.record() });
            left_out = composed.left_out;
        }
        let others = clr::of_learner(conn, &self.learner_id)?.into_iter().filter(|one| one.clr.id != self.id);
        let stands = credential.as_ref().is_some_and(|one| matches!(one.status, Status::InForce | Status::Suspended));
        Ok(ClrDetails {
            others: others.collect(),
            learner: profile::find(conn, &self.learner_id)?,
            publisher: profile::find(conn, &self.publisher_id)?,
            holds: hold::active(conn, &self.learner_id)?,
            may_see_holds: frame.may::<ReadHolds>(),
            record,
            left_out,
            is_suspended: credential.as_ref().is_some_and(|one| one.status == Status::Suspended),
            note: credential.and_then(|one| one.internal_note.as_ref().map(Prose::to_string)),
            may_publish: self.locked(conn)?.is_none() && frame.may::<PublishRecords>(),
            may_remove: self.is_foreign() && frame.may::<<Self as Managed>::Change>(),
            may_revoke: stands && frame.may::<Revoke>(),
            clr: self.clone(),
            frame: frame.clone(),
        })
    }

    fn keepers(conn: &mut Conn, id: &Id<Self>) -> Result<Option<String>, QueryError> {
        let own = clr::find(conn, id)?;
        if !own.is_foreign() {
            return Ok(None);
        }
        Ok(Some(removed_with(&remove::of(conn, &own)?)))
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        clr::uses(conn, id)
    }

    fn insert(&self, conn: &mut Conn, form: &ClrForm, by: &Actor) -> Result<(), Error> {
        Ok(Clr::insert(self, conn, &form.chosen, by)?)
    }

    fn update(&self, conn: &mut Conn, form: &ClrForm, by: &Actor) -> Result<bool, Error> {
        Ok(Clr::update(self, conn, &form.chosen, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        if clr::delete(conn, id, by)? {
            Ok(())
        } else {
            Err(Error::Conflict("Nothing published is deleted".to_owned()))
        }
    }
}
