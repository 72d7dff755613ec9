//! An assertion on its way in: another publisher's is recorded; one of ours is issued with what it said, or kept as a draft.

use chrono::{DateTime, Utc};

use super::{
    Refusal,
    bring::Bringing,
    contents::{Awarded, Contents},
    part_rows,
    plan::digest,
    rows,
};
use crate::{
    clock,
    clr::v1::{
        read::Record,
        taken::{self, received},
        wire,
    },
    models::{
        Achievement, Assertion, Credential, Profile, achievement, achievement_version, assertion,
        audit::{self, Change},
        credential,
        import::{self, known, received::Received},
        issued::{FORMAT, Issued, IssuedAssertion},
    },
    registrar::issue,
    values::{Line, Origin, Status},
};

impl Bringing<'_> {
    pub(super) fn assertion(
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
        if ours && self.draft && told.revoked != Some(true) {
            row.kept_cedid = taken::cedid(told).is_some().then(|| frozen.cedid.clone());
        }
        // Taken back elsewhere, it is nobody's draft: it comes in as what it is.
        let issued = ours && (!self.draft || told.revoked == Some(true));
        if issued || !ours {
            row.issued_at = Some(issued_on.naive_utc());
        }
        row.refold(learner, &achievement, issued.then_some(&frozen.cedid));
        assertion::insert_all(self.conn, std::slice::from_ref(&row), &[])?;
        part_rows::of_assertion(self.conn, &frozen, awarded, &row)?;
        self.made(assertion::KIND, row.id.as_str(), digest(&one.json), (row.revision, None));
        if ours && !issued && same {
            let publisher = taken::organization(&record.clr.publisher);
            let drafted = Some(issue::drafted(self.conn, &row, learner, publisher)?);
            import::received::keep(self.conn, &row, Received { told: received(&one.json), drafted })?;
        }
        if issued {
            self.issue(&row, frozen, (one, learner, record), (&achievement, same))?;
        }
        Ok(Some(row))
    }

    /// The code an award of ours keeps, or a fresh one where it has none or another one has it.
    fn code(&mut self, told: &wire::Assertion) -> Result<crate::values::CeDiD, Refusal> {
        if let Some(kept) = taken::cedid(told)
            && !credential::is_taken(self.conn, &kept, &rows::iri(&told.id))?
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
}

/// Revoked elsewhere: since its record said so.
fn revoked(credential: &mut Credential, told: &wire::Assertion, record: Option<DateTime<Utc>>) {
    credential.status = Status::Revoked;
    let since = record.map_or(credential.issued_at, |at| at.naive_utc().max(credential.issued_at));
    credential.status_since = Some(since);
    credential.public_reason = told.revocation_reason.as_deref().and_then(|reason| Line::parse(reason).ok());
}
