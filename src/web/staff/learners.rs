//! Learners: finding them, and the whole record of one, as the learner sees it.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{erasure, findings};
use crate::{
    clock, clr,
    models::{
        self, Actor, Clr, Hold, LearnerMerge, Profile, Share,
        audit::{self, AuditEntry},
        clr::Listed,
        hold,
        import::known,
        learner_merge,
        page::{Page, Query},
        profile,
        program::progress::{self, Progress},
        record::{self, Record},
        roll::Roll,
        share,
    },
    pdf,
    registrar::{clr1, export, proof},
    values::{Code, Id, Origin, Status, fold_words},
    web::{
        State, csv, drawn,
        error::Error,
        filters,
        frame::{Frame, page, see},
        guards::{
            Award, ChangeProfiles, EraseLearners, ExportRecords, FindLearners, May, MergeLearners, PlaceHolds,
            PublishRecords, ReadHolds, ReadRecords, ReadShares, Revoke,
        },
        staff::exports,
        table::{AS_CSV, Asked, Cell, Column, Table},
    },
};

const COLUMNS: &[Column] = &[
    Column { label: "Name", sort: Some("name") },
    Column { label: "Student number", sort: None },
    Column { label: "E-mail", sort: None },
];

#[derive(Template)]
#[template(path = "staff/learners.html")]
struct LearnersPage {
    frame: Frame,
    table: Table,
    /// An office's staff find learners by search and get no list of all.
    must_search: bool,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "staff/learner.html")]
struct LearnerPage {
    frame: Frame,
    learner: Profile,
    record: Option<Record>,
    /// The learner's records of ours.
    records: Vec<Listed>,
    /// Records that other publishers wrote of this learner, with the publisher's name.
    received: Vec<(Clr, String)>,
    may_publish: bool,
    history: Vec<AuditEntry>,
    may_award: bool,
    may_change: bool,
    may_correct: bool,
    may_erase: bool,
    may_merge: bool,
    /// Who was merged into the learner.
    merges: Vec<(LearnerMerge, Profile)>,
    holds: Vec<Hold>,
    /// What the learner shares with whom; nothing for those who may not see it.
    shares: Vec<Share>,
    may_see_holds: bool,
    may_place_holds: bool,
    /// How far the learner has come in each program, with the name of its award.
    programs: Vec<(Progress, String)>,
}

/// `GET /admin/learners`
pub async fn index(
    may: May<FindLearners>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let sees_all = may.frame.may::<ReadRecords>();
    let frame = may.frame.clone();
    let frame_may_export = frame.may::<ExportRecords>();
    let must_search = !sees_all && fold_words(&asked.q).iter().all(|word| word.chars().count() < 2);
    let asked = asked.into_inner();
    let mut table = state
        .db
        .read(move |conn| {
            let query = persons(&asked);
            let found = match (sees_all, must_search) {
                (true, _) => profile::search(conn, &query)?,
                (false, true) => Page::default(),
                // A few who fit, and no page after them: an office finds learners and has no list of all.
                (false, false) => Page { rows: profile::candidates(conn, &asked.q)?, ..Page::default() },
            };
            let few = found.rows.len() as i64;
            let mut table = Table::new("/admin/learners".to_owned(), COLUMNS, &query, found, |row| cells(row, &frame));
            table.matching = if sees_all { profile::count(conn, &query)? } else { few };
            table.q = asked.q;
            if sees_all {
                table.exports = vec![AS_CSV];
            }
            if frame_may_export {
                table.exports.push(("ndjson", "Records (NDJSON)"));
            }
            Ok::<_, Error>(table)
        })
        .await?;
    table.q = table.q.trim().to_owned();
    page(&LearnersPage { may_change: may.frame.may::<ChangeProfiles>(), frame: may.frame, table, must_search })
}

/// The persons of the list, as it is asked for.
fn persons(asked: &Asked) -> Query {
    let persons = ("kind".to_owned(), "person".to_owned());
    let ours = ("origin".to_owned(), "own".to_owned());
    Query { filters: vec![persons, ours], ..asked.query(COLUMNS, "name", &[]) }
}

/// `GET /admin/learners.csv`: every row of the list as it is searched.
pub async fn csv(
    may: May<ReadRecords>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (frame, query, counted) = (may.frame, persons(&asked), persons(&asked));
    let list = csv::List {
        title: "Learners",
        name: "learners",
        columns: COLUMNS,
        chosen: csv::in_words(&asked.q, &[]),
        matching: state.db.read(move |conn| profile::count(conn, &counted).map_err(Error::from)).await?,
        query,
        read: Arc::new(move |conn, query| Ok(profile::search(conn, query)?.map(|row| cells(row, &frame)))),
    };
    csv::answer(&request, state, list, may.by).await
}

/// `GET /admin/learners.ndjson`: the records of those whom the list shows.
pub async fn records(
    may: May<ExportRecords>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Error> {
    let chosen = format!("learners, {}", csv::in_words(&asked.q, &[]));
    exports::of_list(may, state, Roll::Found(persons(&asked)), chosen).await
}

/// Where a learner's name leads: to the record for those who read it, to a new award for the staff of an office that
/// awards, nowhere for others.
pub fn address_of(learner: &Profile, frame: &Frame) -> Option<String> {
    if frame.may::<ReadRecords>() {
        Some(format!("/admin/learners/{}", learner.id))
    } else if frame.may::<Award>() {
        Some(format!("/admin/assertions/new?learner_id={}", learner.id))
    } else {
        None
    }
}

fn cells(row: Profile, frame: &Frame) -> Vec<Cell> {
    let text = row.name.to_string();
    vec![
        match address_of(&row, frame) {
            Some(address) => Cell::Name { address, text, below: String::new() },
            None => Cell::Unlinked(text),
        },
        Cell::Text(row.student_id.as_ref().map(Code::to_string).unwrap_or_default()),
        Cell::Text(row.email.map(|email| email.to_string()).unwrap_or_default()),
    ]
}

/// `GET /admin/learners/new`
pub async fn new(_: May<ChangeProfiles>) -> HttpResponse {
    see("/admin/profiles/new?kind=person")
}

/// `GET /admin/learners/{id}/edit`
pub async fn edit(_: May<ChangeProfiles>, id: web::Path<Id<Profile>>) -> HttpResponse {
    see(format!("/admin/profiles/{id}/edit"))
}

/// `GET /admin/learners/{id}`
pub async fn show(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
) -> Result<HttpResponse, Error> {
    let base_url = state.portal.base_url.clone();
    if let Some(page) = erasure::tombstone(&state, id.clone(), &may.frame).await? {
        return Ok(page);
    }
    let wanted = id.clone();
    if let Some(kept) = state.db.read(move |conn| learner_merge::kept(conn, &wanted).map_err(Error::from)).await? {
        return Ok(see(format!("/admin/learners/{kept}")));
    }
    let may_see_shares = may.frame.may::<ReadShares>();
    let (learner, record, records, received, (history, holds, shares, programs, merges)) = state
        .db
        .read(move |conn| {
            let learner = person(conn, &id)?;
            let record = record::assemble(conn, &learner, &base_url, clock::now())?;
            let history = audit::history(conn, profile::KIND, id.as_str())?;
            let mut records = models::clr::of_learner(conn, &learner.id)?;
            records.retain(|one| !one.clr.is_foreign());
            let received = known::foreign_records(conn, &id)?;
            let holds = hold::active(conn, &id)?;
            let shares = if may_see_shares { share::of_learner(conn, &id)? } else { Vec::new() };
            let programs = progress::of_learner(conn, &id)?;
            let merges = learner_merge::into(conn, &id)?;
            Ok::<_, Error>((learner, record, records, received, (history, holds, shares, programs, merges)))
        })
        .await?;
    // Another publisher's learner gets no award of ours.
    let is_ours = learner.origin == Origin::Own;
    let (may_award, may_change) = (is_ours && may.frame.may::<Award>(), is_ours && may.frame.may::<ChangeProfiles>());
    let may_publish = is_ours && may.frame.may::<PublishRecords>();
    let may_correct = is_ours && may.frame.may::<Revoke>();
    let may_erase = may.frame.may::<EraseLearners>();
    let frame = may.frame;
    page(&LearnerPage {
        may_see_holds: frame.may::<ReadHolds>(),
        may_place_holds: is_ours && frame.may::<PlaceHolds>(),
        may_merge: is_ours && frame.may::<MergeLearners>(),
        holds,
        shares,
        programs,
        merges,
        frame,
        learner,
        record,
        records,
        received,
        may_publish,
        history,
        may_award,
        may_change,
        may_correct,
        may_erase,
    })
}

fn person(conn: &mut crate::db::Conn, id: &Id<Profile>) -> Result<Profile, Error> {
    Some(profile::find(conn, id)?).filter(Profile::is_person).ok_or(Error::NotFound)
}

/// A learner's record that leaves the portal in a form, with its entry in the audit trail.
async fn taken_out(state: &State, id: Id<Profile>, form: &'static str, by: Actor) -> Result<Record, Error> {
    let base_url = state.portal.base_url.clone();
    let (learner, record) = state
        .db
        .snapshot(move |conn| {
            let learner = person(conn, &id)?;
            let record = record::assemble(conn, &learner, &base_url, clock::now())?;
            Ok::<_, Error>((learner, record))
        })
        .await?;
    let record = record.ok_or_else(|| Error::Conflict("Choose the publisher in the settings first.".to_owned()))?;
    export::note_one(&state.db, &learner, form, by).await?;
    Ok(record)
}

/// `GET /admin/learners/{id}/record.json`
pub async fn json(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
) -> Result<HttpResponse, Error> {
    let address = format!("/admin/learners/{id}");
    let record = taken_out(&state, id.into_inner(), "CLR 1.0", may.by).await?;
    let found = clr::v1::checks::check(&clr::v1::record_clr(&record));
    if !found.is_empty() {
        return findings::refused(may.frame, &state, found, address).await;
    }
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
    Ok(drawn::file("application/json", "learner-record.json", json))
}

/// `GET /admin/learners/{id}/record.vc.json`: CLR 2.0, signed for this answer.
pub async fn vc(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
) -> Result<HttpResponse, Error> {
    let record = taken_out(&state, id.into_inner(), "CLR 2.0", may.by).await?;
    let portal = state.portal.only_signing();
    match state.db.write(move |conn| proof::enveloped(conn, &portal, record.clone())).await? {
        Some(signed) => Ok(drawn::file("application/json", "learner-record.vc.json", signed.into_bytes())),
        None => Err(Error::Conflict(may.frame.words.get("record-unsigned"))),
    }
}

/// `GET /admin/learners/{id}/record.pdf`
pub async fn pdf(
    may: May<ReadRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Profile>>,
) -> Result<HttpResponse, Error> {
    let record = taken_out(&state, id.into_inner(), "PDF", may.by).await?;
    let words = may.frame.words;
    let json = clr1::document(&state.db, &state.portal, clr::v1::record_clr(&record)).await?;
    drawn::pdf(state, "learner-record.pdf", move |links, fonts| {
        Ok(pdf::record(&record, links, &words, fonts, &json)?.bytes)
    })
    .await
}

impl LearnerPage {
    /// Style class, icon and word of how far the learner has come.
    fn standing(&self, one: &Progress) -> (&'static str, &'static str, &'static str) {
        super::programs::standing(one.state)
    }

    fn codes_open(&self) -> bool {
        self.holds.is_empty()
    }

    /// How many awards stand that bear another name than the learner has now.
    fn named_otherwise(&self) -> usize {
        let now = self.learner.as_holder();
        let stands = |one: &&record::Award| matches!(one.standing.status, Status::InForce | Status::Suspended);
        let awards = self.record.iter().flat_map(|record| &record.awards);
        awards.filter(stands).filter(|one| one.issued.holder != now).count()
    }
}

impl LearnersPage {
    fn empty_hint(&self) -> &'static str {
        match self.must_search {
            true => "Enter a name, a student number or an e-mail address to find a learner.",
            false => "No learner is recorded yet. A learner is a person whose achievements you record.",
        }
    }
}
