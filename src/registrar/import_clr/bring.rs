//! Bringing records in: each object is looked up by its public id and made where it is not here yet; what was made is
//! written down, so that it can be taken back.

use super::{
    Choice, Chosen, Refusal, Standing, Who,
    contents::{Contents, Party},
    part_rows,
    plan::{Plan, digest, plan, record_iri},
    rows,
};
use crate::{
    clock,
    clr::v1::{read::Record, taken, wire},
    db::Conn,
    models::{
        Achievement, Actor, Clr, Import, Profile, achievement,
        audit::{self, Change},
        clr,
        import::{self, ImportObject, Summary, known, records},
        profile,
    },
    values::{Id, Json, Name, Origin, ProfileKind, fold},
};

/// Brings in some of a file's records, and notes the import as done with the last of them.
pub(super) fn step(
    conn: &mut Conn,
    id: &Id<Import>,
    choice: &Choice,
    by: &Actor,
    (from, most, mut summary): (usize, usize, Summary),
) -> Result<(Summary, bool), Refusal> {
    let upload = import::find(conn, id)?;
    if upload.state != import::WAITING {
        return Err(Refusal::conflict("This file was already brought in"));
    }
    let (plan, found) = plan(conn, &upload)?;
    if from == 0 {
        refuse_nothing(&plan, choice)?;
    }
    let mut position = i32::try_from(import::objects(conn, id)?.len()).unwrap_or(i32::MAX);
    for (record, planned) in found.iter().zip(&plan.records).skip(from).take(most) {
        let Some(chosen) = choice.records.get(&planned.iri).filter(|chosen| chosen.takes) else { continue };
        if let Standing::Refused(why) = &planned.standing {
            return Err(Refusal::Conflict(format!("{}: {why}", planned.name)));
        }
        let origin = if planned.ours { Origin::Own } else { Origin::Foreign };
        let mut bringing =
            Bringing { conn, import: id, by, origin, draft: choice.draft, objects: Vec::new(), position };
        bringing.record(record, chosen)?;
        let made = std::mem::take(&mut bringing.objects);
        position = bringing.position;
        note(&mut summary, &plan, planned.publisher.0.clone(), &made);
        import::remember(conn, &made)?;
    }
    let finished = from + most >= found.len();
    if finished {
        if !import::mark_done(conn, id, summary.clone())? {
            return Err(Refusal::conflict("This file was already brought in"));
        }
        let line = |field: &str, after: String| Change { field: field.to_owned(), before: None, after: Some(after) };
        let mut changes = vec![line("File", upload.file_name.clone()), line("SHA-256", upload.file_hash.clone())];
        changes.extend(summary.made.iter().map(|(kind, number)| line(kind, number.to_string())));
        audit::write(conn, by, "imported", (import::KIND, id.as_str()), changes)?;
    }
    Ok((summary, finished))
}

fn refuse_nothing(plan: &Plan, choice: &Choice) -> Result<(), Refusal> {
    if let Some(before) = &plan.before
        && plan.changes_nothing()
    {
        let when = before.done_at.unwrap_or(before.created_at).date();
        return Err(Refusal::Conflict(format!(
            "The same file was brought in on {when}; bringing it in again would change nothing."
        )));
    }
    if choice.records.values().all(|chosen| !chosen.takes) {
        return Err(Refusal::conflict("Choose at least one record to bring in."));
    }
    Ok(())
}

fn note(summary: &mut Summary, plan: &Plan, publisher: String, made: &[ImportObject]) {
    summary.what = plan.what.to_owned();
    summary.records += 1;
    if !summary.publishers.contains(&publisher) {
        summary.publishers.push(publisher);
    }
    for one in made {
        let kind = if one.before.is_some() { "replaced document" } else { one.object_kind.as_str() };
        match summary.made.iter_mut().find(|(own, _)| own == kind) {
            Some((_, number)) => *number += 1,
            None => summary.made.push((kind.to_owned(), 1)),
        }
    }
}

/// One record on its way in.
pub(super) struct Bringing<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) import: &'a Id<Import>,
    pub(super) by: &'a Actor,
    pub(super) origin: Origin,
    pub(super) draft: bool,
    pub(super) objects: Vec<ImportObject>,
    pub(super) position: i32,
}

impl Bringing<'_> {
    pub(super) fn made(&mut self, kind: &str, id: &str, digest: String, (revision, before): (i32, Option<Vec<u8>>)) {
        self.position += 1;
        self.objects.push(ImportObject {
            import_id: self.import.clone(),
            object_kind: kind.to_owned(),
            object_id: id.to_owned(),
            digest,
            revision,
            before,
            position: self.position,
        });
    }

    fn record(&mut self, record: &Record, chosen: &Chosen) -> Result<(), Refusal> {
        let contents = Contents::of(record);
        let takes = |group: &str| !chosen.without.iter().any(|own| own == group);
        let learner = self.learner(&record.clr.learner, &chosen.learner)?;
        let publisher = self.party(&contents, &record.clr.publisher.id)?;
        let row = self.clr(record, &learner, &publisher)?;
        if takes("assertions") {
            for (at, one) in (0..).zip(&contents.assertions) {
                if let Some(assertion) = self.assertion(one, &learner, record, &contents)? {
                    records::take(self.conn, &row.id, &assertion.id, at)?;
                }
            }
        }
        if takes("related") {
            for (told, _) in &contents.related {
                self.achievement(told, record, &contents)?;
            }
        }
        self.tie_up(&contents)?;
        if takes("endorsements") {
            for (at, word) in (0..).zip(&contents.endorsements) {
                self.endorsement(word, (&row, at), &contents)?;
            }
        }
        Ok(())
    }

    fn learner(&mut self, told: &wire::Profile, who: &Who) -> Result<Profile, Refusal> {
        if let Who::Known(id) = who {
            let known = profile::find(self.conn, id)?;
            if !known.is_person() {
                return Err(Refusal::conflict("A record’s learner is a person"));
            }
            self.refuse_foreign(known.origin, &known.name)?;
            return Ok(known);
        }
        let party = Party { told: told.clone(), kind: ProfileKind::Person, place: String::new(), below: None };
        let known = self.profile(&party)?;
        self.refuse_foreign(known.origin, &known.name)?;
        Ok(known)
    }

    pub(super) fn refuse_foreign(&self, origin: Origin, name: &Name) -> Result<(), Refusal> {
        if self.origin == Origin::Own && origin == Origin::Foreign {
            return Err(Refusal::Conflict(format!(
                "“{name}” came in as another publisher’s before this publisher was claimed. Take that import back first."
            )));
        }
        Ok(())
    }

    /// A profile of the record by its id, made with the wholes it is part of where it is not here yet.
    pub(super) fn party(&mut self, contents: &Contents, id: &str) -> Result<Profile, Refusal> {
        match contents.profiles.iter().find(|party| party.told.id == id) {
            Some(party) => self.profile(party),
            None => Err(Refusal::Conflict(format!("The profile {id} is named but not described"))),
        }
    }

    fn profile(&mut self, party: &Party) -> Result<Profile, Refusal> {
        let iri = rows::iri(&party.told.id);
        if let Some(known) = profile::by_iri(self.conn, &iri)? {
            return Ok(known);
        }
        let mut row = rows::profile(&party.told, party.kind, self.origin);
        if let Some(parent) = party.told.parent_org.as_deref() {
            let (kind, below) = (ProfileKind::Organization, Some(party.told.id.clone()));
            let parent = Party { told: parent.clone(), kind, place: String::new(), below };
            row.parent_id = Some(self.profile(&parent)?.id);
            // A document may go round in a circle; then the whole of it came with its part.
            if let Some(known) = profile::by_iri(self.conn, &iri)? {
                return Ok(known);
            }
        }
        if let Some(number) = &row.student_id
            && profile::person_by_student_id(self.conn, number.as_str())?.is_some()
        {
            row.student_id = None; // Somebody else's here; the plan proposed them.
        }
        if row.is_person()
            && let Some(email) = &row.email
            && profile::person_by_email(self.conn, email)?.is_some()
        {
            row.email = None; // Whoever signs in with an address is one person.
        }
        let searched = row.search_text.clone();
        row.refold();
        if self.origin == Origin::Foreign {
            row.search_text = searched;
        }
        profile::insert_all(self.conn, std::slice::from_ref(&row))?;
        self.made(profile::KIND, row.id.as_str(), digest(&party.told), (row.revision, None));
        Ok(row)
    }

    /// The achievement, and whether it is here as the document tells it.
    pub(super) fn achievement(
        &mut self,
        told: &wire::Achievement,
        record: &Record,
        contents: &Contents,
    ) -> Result<(Achievement, bool), Refusal> {
        if let Some(known) = known::achievement(self.conn, &rows::iri(&told.id))? {
            self.refuse_foreign(known.origin, &known.name)?;
            let now = digest(told);
            let by_us =
                self.objects.iter().find(|one| one.object_id == known.id.as_str()).map(|one| one.digest.clone());
            let said = match by_us {
                Some(own) => Some(own),
                None => known::digest(self.conn, achievement::KIND, known.id.as_str())?,
            };
            let same = known.revision == 1 && said.is_some_and(|said| said == now);
            return Ok((known, same));
        }
        let issuer = if told.issuer.id.is_empty() { &record.clr.publisher.id } else { &told.issuer.id };
        let issuer = self.party(contents, issuer)?;
        let mut row = rows::achievement(told, issuer.id, self.origin);
        if let Some(code) = row.code.as_ref().filter(|_| self.origin == Origin::Own)
            && achievement::by_code(self.conn, code.as_str())?.is_some()
        {
            row.code = None;
            row.refold();
        }
        records::insert_achievement(self.conn, &row)?;
        part_rows::of_achievement(self.conn, told, &row)?;
        self.made(achievement::KIND, row.id.as_str(), digest(told), (row.revision, None));
        Ok((row, true))
    }

    /// Ties between achievements of one record, of which the later one was not here yet when the earlier one came in.
    fn tie_up(&mut self, contents: &Contents) -> Result<(), Refusal> {
        for (told, _) in contents.achievements.iter().chain(&contents.related) {
            if let Some(known) = known::achievement(self.conn, &rows::iri(&told.id))? {
                records::tie_up(self.conn, &known)?;
            }
        }
        Ok(())
    }

    fn clr(&mut self, record: &Record, learner: &Profile, publisher: &Profile) -> Result<Clr, Refusal> {
        let told = &record.clr;
        let now = clock::now().naive_utc();
        let name = told.name.as_deref().map(rows::name);
        let searched = format!(
            "{} {} {}",
            learner.search_text,
            publisher.name,
            name.as_ref().map(Name::as_str).unwrap_or_default()
        );
        let row = Clr {
            id: Id::fresh(),
            iri: record_iri(record),
            origin: self.origin,
            learner_id: learner.id.clone(),
            publisher_id: publisher.id.clone(),
            name,
            takes_all: false,
            partial: told.partial.unwrap_or(false),
            number: None,
            // A record of ours is a draft until it is published here; its document says when it was before.
            issued_at: taken::instant(Some(&told.issued_on))
                .map(|at| at.naive_utc())
                .filter(|_| self.origin == Origin::Foreign),
            document: Some(record.bytes.clone()),
            media_type: Some(record.media_type.to_owned()),
            extensions: Json::new(told.extensions.clone()),
            learner_sort: learner.sort_name.clone(),
            search_text: fold(&searched),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        if let Some(known) = clr::by_iri(self.conn, &row.iri)? {
            if known.document.as_ref() != row.document.as_ref() {
                let before = known.document.clone().unwrap_or_default();
                records::replace_document(self.conn, &known, &row)?;
                self.made(clr::KIND, known.id.as_str(), digest(&record.json), (known.revision + 1, Some(before)));
            }
            return Ok(known);
        }
        records::insert(self.conn, &row)?;
        self.made(clr::KIND, row.id.as_str(), digest(&record.json), (row.revision, None));
        Ok(row)
    }
}
