//! The awards of the demonstration: issued over the years, some revoked, some expired, a few still drafts.

use chrono::{Datelike, NaiveDate, TimeDelta, TimeZone, Utc};

use super::{
    Choice,
    define::{self, Defined},
    fixed,
    hoosier::{self, Program},
};
use crate::{
    clock,
    db::Conn,
    models::{Actor, Assertion, Credential, Profile, evidence, issued::IssuedEvidence, result},
    registrar::{
        Portal, Refusal, correct,
        issue::{How, issue},
        revoke::{Reason, revoke},
        standing::{self, Step, Subject},
    },
    values::{Id, Iri, Line, Prose},
};

/// What the awards of the demonstration are made with.
pub struct Desk<'a> {
    /// The portal.
    pub portal: &'a Portal,
    /// Who makes them.
    pub by: &'a Actor,
    /// Choices.
    pub choice: Choice,
}

/// The reasons that the revoked ones carry: for the public, and for the office.
const REASONS: [(&str, &str); 3] = [
    ("Awarded in error", "The learner was mistaken for another one of the same name. Sample data."),
    ("Requirements were found not to be met", "Two of the required hours could not be confirmed. Sample data."),
    ("Withdrawn at the request of the issuer", "See the letter of the office. Sample data."),
];

impl Desk<'_> {
    /// Drafts an award of the catalogue with results, term, role, credits and evidence as its definition has them.
    pub fn draft(
        &mut self,
        conn: &mut Conn,
        learner: &Profile,
        defined: &Defined,
        conferred: NaiveDate,
    ) -> Result<Assertion, Refusal> {
        let draft = drafted(self.portal, learner, defined, conferred, &mut self.choice)?;
        draft.insert(conn, self.by)?;
        result::replace(conn, &draft.id, &define::results(defined, &draft.id, &mut self.choice)?)?;
        if let Some((name, description)) = defined.definition.evidence.filter(|_| self.choice.chance(60)) {
            evidence::add(conn, &draft.id, &told_evidence(name, description), 0)?;
        }
        Ok(draft)
    }

    /// Drafts and issues an award of the catalogue.
    pub fn award(
        &mut self,
        conn: &mut Conn,
        learner: &Profile,
        defined: &Defined,
        conferred: NaiveDate,
    ) -> Result<Credential, Refusal> {
        let draft = self.draft(conn, learner, defined, conferred)?;
        issue(conn, &draft.id, self.portal, &issued_after(conferred), self.by)
    }

    /// Issues the program's award to a learner who attended enough.
    pub fn program_award(
        &mut self,
        conn: &mut Conn,
        learner: &Profile,
        program: &Program,
        conferred: NaiveDate,
    ) -> Result<Credential, Refusal> {
        let iri = Iri::published(&self.portal.base_url, "assertions", clock::public_id());
        let mut draft = Assertion::new(iri, learner, &program.achievement, conferred);
        draft.term = Some(fixed(Line::parse(&term(conferred)))?);
        draft.refold(learner, &program.achievement, None);
        draft.insert(conn, self.by)?;
        result::replace(conn, &draft.id, &[hoosier::awarded(program, &draft.id)?])?;
        issue(conn, &draft.id, self.portal, &issued_after(conferred), self.by)
    }

    /// Takes an award back, for one of three reasons.
    pub fn revoke(&mut self, conn: &mut Conn, assertion: &Id<Assertion>) -> Result<(), Refusal> {
        let (public, internal) = self.choice.of(&REASONS).copied().unwrap_or(REASONS[0]);
        let reason = Reason { public: fixed(Line::parse(public))?, internal: Some(fixed(Prose::parse(internal))?) };
        revoke(conn, assertion, &reason, self.by).map(|_| ())
    }
}

impl Desk<'_> {
    /// Holds an award back for now.
    pub fn suspend(&self, conn: &mut Conn, assertion: &Id<Assertion>) -> Result<(), Refusal> {
        let [listed, ..] = Step::Suspend.reasons() else { return Ok(()) };
        let public = Some(fixed(Line::parse(listed.wording))?);
        let why = standing::Why { listed: Some(listed.label), public, internal: None, notify: false };
        let award = Subject::Award(assertion.clone());
        standing::change(conn, (&award, Step::Suspend), &why, self.portal, self.by).map(|_| ())
    }

    /// Corrects an award: it says something that was forgotten.
    pub fn correct(&self, conn: &mut Conn, assertion: &Id<Assertion>) -> Result<(), Refusal> {
        let earlier = correct::earlier(conn, assertion, self.by)?;
        let narrative = Some(fixed(Prose::parse("Taken *with the capstone project*. (Added by a correction.)"))?);
        let correction = correct::Correction { narrative, ..correct::Correction::of_nothing(&earlier.issued) };
        let public = fixed(Line::parse("A clerical error was corrected"))?;
        let why = correct::Why { listed: Some("Clerical error"), public, internal: None, notify: false };
        correct::correct(conn, assertion, (&correction, &why), self.portal, self.by).map(|_| ())
    }
}

/// An award of the catalogue as it is drafted, with term, role, credits and dates as its definition has them.
pub fn drafted(
    portal: &Portal,
    learner: &Profile,
    defined: &Defined,
    conferred: NaiveDate,
    choice: &mut Choice,
) -> Result<Assertion, Refusal> {
    let iri = Iri::published(&portal.base_url, "assertions", clock::public_id());
    let mut draft = Assertion::new(iri, learner, &defined.achievement, conferred);
    let definition = defined.definition;
    draft.term = Some(fixed(Line::parse(&term(conferred)))?);
    draft.role = definition.role.map(|role| fixed(Line::parse(role))).transpose()?;
    draft.credits_earned = definition.credits;
    draft.expires_on = definition.years.and_then(|years| conferred.with_year(conferred.year() + years));
    draft.activity_start = Some(conferred - TimeDelta::days(105));
    draft.activity_end = Some(conferred - TimeDelta::days(7));
    if choice.chance(40) {
        draft.narrative = Some(fixed(Prose::parse(
            "Completed with *distinction* in the opinion of the office. (Sample narrative of the demonstration.)",
        ))?);
    }
    draft.refold(learner, &defined.achievement, None);
    Ok(draft)
}

/// `Spring 2026`: the term a date belongs to.
fn term(date: NaiveDate) -> String {
    let season = match date.month() {
        1..=5 => "Spring",
        6..=7 => "Summer",
        _ => "Fall",
    };
    format!("{season} {}", date.year())
}

/// Issued three days after the conferral, in the afternoon; no mail.
pub fn issued_after(conferred: NaiveDate) -> How {
    let afternoon = (conferred + TimeDelta::days(3)).and_hms_opt(15, 0, 0).unwrap_or_default();
    How::quietly(Utc.from_utc_datetime(&afternoon))
}

fn told_evidence(name: &str, description: &str) -> IssuedEvidence {
    IssuedEvidence {
        id: Iri::fresh().to_string(),
        name: name.to_owned(),
        audience: None,
        description: Some(description.to_owned()),
        genre: None,
        narrative: None,
        artifacts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_belongs_to_a_term() {
        let on = |month| term(NaiveDate::from_ymd_opt(2026, month, 9).unwrap());
        assert_eq!([on(5), on(6), on(12)], ["Spring 2026", "Summer 2026", "Fall 2026"]);
    }
}
