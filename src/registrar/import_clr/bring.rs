//! Bringing records in: each object is looked up by its public id and made where it is not here yet; what was made is
//! written down, so that it can be taken back.

use chrono::{DateTime, Utc};

use super::{
    Choice, Chosen, Refusal, Standing, Who,
    contents::{Awarded, Contents, Party, Target, Word},
    part_rows,
    plan::{Plan, digest, plan, record_iri},
    rows,
};
use crate::{
    clock,
    clr::v1::{
        read::Record,
        taken::{self, received},
        wire,
    },
    db::Conn,
    models::{
        Achievement, Actor, Assertion, Clr, Credential, Import, Profile, achievement, achievement_version, assertion,
        audit::{self, Change},
        clr, credential,
        import::{
            self, ImportObject, Summary, known,
            records::{self, Endorsed, Received},
        },
        issued::{FORMAT, Issued, IssuedAssertion},
        profile,
    },
    registrar::issue,
    values::{Id, Json, Line, Name, Origin, ProfileKind, Status, fold},
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
struct Bringing<'a> {
    conn: &'a mut Conn,
    import: &'a Id<Import>,
    by: &'a Actor,
    origin: Origin,
    draft: bool,
    objects: Vec<ImportObject>,
    position: i32,
}

impl Bringing<'_> {
    fn made(&mut self, kind: &str, id: &str, digest: String, (revision, before): (i32, Option<Vec<u8>>)) {
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
        let known = self.profile(&Party { told: told.clone(), kind: ProfileKind::Person, place: String::new() })?;
        self.refuse_foreign(known.origin, &known.name)?;
        Ok(known)
    }

    fn refuse_foreign(&self, origin: Origin, name: &Name) -> Result<(), Refusal> {
        if self.origin == Origin::Own && origin == Origin::Foreign {
            return Err(Refusal::Conflict(format!(
                "“{name}” came in as another publisher’s before this publisher was claimed. Take that import back first."
            )));
        }
        Ok(())
    }

    /// A profile of the record by its id, made with the wholes it is part of where it is not here yet.
    fn party(&mut self, contents: &Contents, id: &str) -> Result<Profile, Refusal> {
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
            let parent = Party { told: parent.clone(), kind: ProfileKind::Organization, place: String::new() };
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
    fn achievement(
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
        if let Some(code) = &row.code
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

    fn assertion(
        &mut self,
        one: &Awarded,
        learner: &Profile,
        record: &Record,
        contents: &Contents,
    ) -> Result<Option<Assertion>, Refusal> {
        let told = &one.told;
        let Some(awarded) = &told.achievement else { return Ok(None) };
        if let Some(known) = known::assertion(self.conn, &rows::iri(&told.id))? {
            self.refuse_foreign(known.origin, &learner.name)?;
            return Ok(Some(known));
        }
        let (achievement, same) = self.achievement(awarded, record, contents)?;
        let source = match &told.source {
            Some(source) => Some(self.party(contents, &source.id)?.id),
            None => None,
        };
        let issued_on = taken::instant(told.issued_on.as_deref())
            .or_else(|| taken::instant(Some(&record.clr.issued_on)))
            .unwrap_or_else(clock::now);
        let frozen = taken::assertion(told, self.code(told)?, issued_on);
        let mut row = Assertion::new(rows::iri(&told.id), learner, &achievement, frozen.conferral_date);
        row.origin = self.origin;
        rows::fill_assertion(&mut row, told, &frozen);
        row.source_id = source;
        let ours = self.origin == Origin::Own;
        if ours && self.draft {
            row.kept_cedid = taken::cedid(told).is_some().then(|| frozen.cedid.clone());
        }
        let issued = ours && !self.draft;
        if issued || !ours {
            row.issued_at = Some(issued_on.naive_utc());
        }
        row.refold(learner, &achievement, issued.then_some(&frozen.cedid));
        assertion::insert_all(self.conn, std::slice::from_ref(&row), &[])?;
        part_rows::of_assertion(self.conn, &frozen, awarded, &row)?;
        self.made(assertion::KIND, row.id.as_str(), digest(&one.json), (row.revision, None));
        if issued {
            self.issue(&row, frozen, (one, learner, record), (&achievement, same))?;
        }
        Ok(Some(row))
    }

    /// The code an award of ours keeps, or a fresh one where it has none or another one has it.
    fn code(&mut self, told: &wire::Assertion) -> Result<crate::values::CeDiD, Refusal> {
        if let Some(kept) = taken::cedid(told)
            && !credential::is_taken(self.conn, &kept)?
        {
            return Ok(kept);
        }
        Ok(credential::fresh_code(self.conn)?)
    }

    /// Issues an award of ours with what it said where it was issued; a revoked one as revoked.
    fn issue(
        &mut self,
        row: &Assertion,
        frozen: IssuedAssertion,
        (one, learner, record): (&Awarded, &Profile, &Record),
        (achievement, same): (&Achievement, bool),
    ) -> Result<(), Refusal> {
        let Some(awarded) = &one.told.achievement else { return Ok(()) };
        let mut content = taken::achievement(awarded, &record.clr.publisher);
        if same {
            content.version = achievement.version;
            self.freeze(achievement)?;
        }
        let issued = Issued {
            format: FORMAT,
            assertion: frozen,
            holder: learner.as_holder(),
            achievement: content,
            publisher: taken::organization(&record.clr.publisher),
            events: Vec::new(),
            received: Some(received(&one.json)),
        };
        let mut credential = issue::to_credential(row, &issued);
        if one.told.revoked == Some(true) {
            revoked(&mut credential, &one.told, taken::instant(Some(&record.clr.issued_on)));
        }
        credential.insert(self.conn, &issued)?;
        let status = i32::from(credential.status != Status::InForce);
        self.made("credential", credential.id.as_str(), String::new(), (status, None));
        let code = Change { field: "CeDiD".to_owned(), before: None, after: Some(credential.cedid.to_string()) };
        let from = Change { field: "Published in".to_owned(), before: None, after: Some(record.clr.id.clone()) };
        audit::write(self.conn, self.by, "issued", (assertion::KIND, row.id.as_str()), vec![code, from])?;
        Ok(())
    }

    /// Writes down that the present version of the achievement was awarded.
    fn freeze(&mut self, achievement: &Achievement) -> Result<(), Refusal> {
        if achievement_version::is_frozen(self.conn, &achievement.id, achievement.version)? {
            return Ok(());
        }
        let content = achievement::content(self.conn, achievement)?;
        achievement_version::freeze(self.conn, &achievement.id, &content)?;
        let id = format!("{}/{}", achievement.id, achievement.version);
        self.made("achievement version", &id, String::new(), (achievement.version, None));
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

    fn endorsement(
        &mut self,
        word: &Word,
        (record, position): (&Clr, i32),
        contents: &Contents,
    ) -> Result<(), Refusal> {
        let iri = rows::iri(&word.told.id);
        if known::is_taken(self.conn, known::Part::Endorsement, iri.as_str())? {
            return Ok(());
        }
        let Some(endorsed) = self.endorsed(&word.target, record)? else { return Ok(()) };
        let issuer =
            if word.told.issuer.id.is_empty() { return Ok(()) } else { self.endorser(&word.told.issuer.id, contents)? };
        let reason = word.told.revocation_reason.clone();
        let told = Received {
            iri,
            origin: issuer.origin,
            endorsed,
            issued_on: taken::instant(Some(&word.told.issued_on)).unwrap_or_else(clock::now).naive_utc(),
            comment: word
                .told
                .claim
                .endorsement_comment
                .as_deref()
                .and_then(|text| crate::values::Prose::parse(text).ok()),
            revoked: (word.told.revoked == Some(true)).then_some(reason),
            signed: word.signed.clone(),
            extensions: word.told.extensions.clone(),
            position,
            now: clock::now().naive_utc(),
            issuer,
        };
        let id = records::insert_endorsement(self.conn, &told)?;
        self.made("endorsement", &id, digest(&word.told), (1, None));
        Ok(())
    }

    /// Who endorses speaks for themselves: their profile stays foreign, also in a record of ours.
    fn endorser(&mut self, id: &str, contents: &Contents) -> Result<Profile, Refusal> {
        let own = std::mem::replace(&mut self.origin, Origin::Foreign);
        let made = self.party(contents, id);
        self.origin = own;
        made
    }

    fn endorsed(&mut self, target: &Target, record: &Clr) -> Result<Option<Endorsed>, Refusal> {
        Ok(match target {
            Target::Clr => Some(Endorsed::Clr(record.id.clone())),
            Target::Profile(id) => profile::by_iri(self.conn, &rows::iri(id))?.map(|one| Endorsed::Profile(one.id)),
            Target::Achievement(id) => {
                known::achievement(self.conn, &rows::iri(id))?.map(|one| Endorsed::Achievement(one.id))
            }
            Target::Assertion(id) => {
                known::assertion(self.conn, &rows::iri(id))?.map(|one| Endorsed::Assertion(one.id))
            }
        })
    }
}

/// Revoked elsewhere: since its record said so.
fn revoked(credential: &mut Credential, told: &wire::Assertion, record: Option<DateTime<Utc>>) {
    credential.status = Status::Revoked;
    let since = record.map_or(credential.issued_at, |at| at.naive_utc().max(credential.issued_at));
    credential.status_since = Some(since);
    credential.public_reason = told.revocation_reason.as_deref().and_then(|reason| Line::parse(reason).ok());
}
