//! What is here of what a file says: looked up by public id and compared, field by field.

use std::collections::HashMap;

use super::{
    Refusal,
    contents::{Contents, Party},
    plan::{Item, Standing, digest},
    rows,
};
use crate::{
    clr::v1::{
        read::{Record, Warning},
        taken, wire,
    },
    db::Conn,
    models::{
        Achievement, Clr, Profile, achievement, assertion,
        audit::{self, Change},
        import::known,
        profile,
    },
    values::{HumanCode, Origin, ProfileKind},
};

/// Compares what a file says with what is here.
pub(super) struct Planning<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) origin: Origin,
    pub(super) doubtful: &'a mut Vec<Warning>,
}

impl Planning<'_> {
    /// Known, with what it said before or what it says now; or refused, where it is known as another publisher's.
    fn compared(
        &mut self,
        (kind, id): (&str, &str),
        origin: Origin,
        told: &str,
        differences: Vec<Change>,
    ) -> Result<Standing, Refusal> {
        // Organisations are merged by their ids, whoever told of them first.
        if kind != profile::KIND && self.origin == Origin::Own && origin == Origin::Foreign {
            return Ok(Standing::Refused(ELSEWHERE.to_owned()));
        }
        if differences.is_empty() || known::digest(self.conn, kind, id)?.as_deref() == Some(told) {
            return Ok(Standing::Known);
        }
        Ok(Standing::Different(differences))
    }

    pub(super) fn profiles(&mut self, parties: &[Party], learner_is_known: bool) -> Result<Vec<Item>, Refusal> {
        let mut items = Vec::new();
        for party in parties {
            let made = rows::profile(&party.told, party.kind, self.origin);
            let standing = match profile::by_iri(self.conn, &made.iri)? {
                None if learner_is_known && party.kind == ProfileKind::Person => Standing::Known,
                None if self.stays_without(party)? => Standing::Known,
                None => {
                    self.left_behind(party, &made);
                    Standing::New
                }
                Some(here) => {
                    let differs = differing(audit::differences(&here.facts(), &made.facts()));
                    self.compared((profile::KIND, here.id.as_str()), here.origin, &digest(&party.told), differs)?
                }
            };
            let what = if party.kind == ProfileKind::Person { "learner" } else { "organisation" };
            items.push(Item { label: format!("{} ({what})", made.name), place: party.place.clone(), standing });
        }
        Ok(items)
    }

    /// Names what one of ours is told with and cannot have here: a foreign one keeps all of it in its document.
    fn left_behind(&mut self, party: &Party, made: &Profile) {
        if self.origin == Origin::Foreign {
            return;
        }
        let told = &party.told;
        let members = [
            ("studentId", &told.student_id, made.student_id.is_some()),
            ("email", &told.email, made.email.is_some()),
            ("birthDate", &told.birth_date, made.birth_date.is_some()),
            ("url", &told.url, made.url.is_some()),
        ];
        for (member, value, is_kept) in members {
            let Some(value) = value.as_deref().filter(|value| !is_kept && !value.is_empty()) else { continue };
            let message = format!("“{value}” cannot be kept as {member} here; the profile comes in without it");
            self.doubtful.push(Warning { place: format!("{}/{member}", party.place), message });
        }
    }

    /// Whether it is told only as the parent of an organisation that is here already: that one stays as it is, and nothing
    /// is made of its parent.
    fn stays_without(&mut self, party: &Party) -> Result<bool, Refusal> {
        let Some(child) = &party.below else { return Ok(false) };
        Ok(profile::by_iri(self.conn, &rows::iri(child))?.is_some())
    }

    pub(super) fn achievements(
        &mut self,
        all: &[(wire::Achievement, String)],
        clr: &wire::Clr,
    ) -> Result<Vec<Item>, Refusal> {
        let mut items = Vec::new();
        for (told, place) in all {
            let standing = match known::achievement(self.conn, &rows::iri(&told.id))? {
                None => {
                    self.code_clash(told, place)?;
                    Standing::New
                }
                Some(here) => {
                    let differs = self.achievement_differs(&here, told, clr)?;
                    self.compared((achievement::KIND, here.id.as_str()), here.origin, &digest(told), differs)?
                }
            };
            items.push(Item { label: rows::name(&told.name).to_string(), place: place.clone(), standing });
        }
        Ok(items)
    }

    fn code_clash(&mut self, told: &wire::Achievement, place: &str) -> Result<(), Refusal> {
        let Some(code) = told.human_code.as_deref().filter(|_| self.origin == Origin::Own) else { return Ok(()) };
        let message = match HumanCode::parse(code) {
            Err(why) => format!("{why}; this one comes in without its code"),
            Ok(known) if achievement::by_code(self.conn, known.as_str())?.is_some() => {
                format!("another achievement here has the code {code}; this one comes in without it")
            }
            Ok(_) => return Ok(()),
        };
        self.doubtful.push(Warning { place: format!("{place}/humanCode"), message });
        Ok(())
    }

    /// What an achievement here says, and what the document says, by its parts too.
    fn achievement_differs(
        &mut self,
        here: &Achievement,
        told: &wire::Achievement,
        clr: &wire::Clr,
    ) -> Result<Vec<Change>, Refusal> {
        let made = rows::achievement(told, here.issuer_id.clone(), here.origin);
        let mut differs = differing(audit::differences(&here.facts(), &made.facts()));
        let content = achievement::content(self.conn, here)?;
        let theirs = taken::achievement(told, &clr.publisher);
        let names = |names: Vec<&str>| names.join(", ");
        let described = |all: &[crate::models::issued::IssuedResultDescription]| {
            names(all.iter().map(|one| one.name.as_str()).collect())
        };
        let aligned = |all: &[crate::models::issued::IssuedAlignment]| {
            names(all.iter().map(|one| one.target_name.as_str()).collect())
        };
        let tied = |all: &[crate::models::issued::IssuedAssociation]| {
            names(all.iter().map(|one| one.title.as_str()).collect())
        };
        let before = vec![
            ("Result descriptions", described(&content.result_descriptions)),
            ("Alignments", aligned(&content.alignments)),
            ("Associations", tied(&content.associations)),
        ];
        let after = vec![
            ("Result descriptions", described(&theirs.result_descriptions)),
            ("Alignments", aligned(&theirs.alignments)),
            ("Associations", tied(&theirs.associations)),
        ];
        differs.extend(audit::differences(&before, &after));
        Ok(differs)
    }

    pub(super) fn assertions(&mut self, contents: &Contents) -> Result<Vec<Item>, Refusal> {
        let mut items = Vec::new();
        let mut codes = HashMap::new();
        for one in contents.assertions.iter().filter(|one| one.told.achievement.is_some()) {
            let told = &one.told;
            let standing = match known::assertion(self.conn, &rows::iri(&told.id))? {
                None => {
                    self.code_taken(told, &one.place, &mut codes)?;
                    Standing::New
                }
                Some(here) => {
                    let mut made = here.clone();
                    let code = crate::values::CeDiD::fresh();
                    let issued_on =
                        taken::instant(told.issued_on.as_deref()).unwrap_or_else(|| here.created_at.and_utc());
                    let frozen = taken::assertion(told, taken::cedid(told).unwrap_or(code), issued_on);
                    rows::fill_assertion(&mut made, told, &frozen);
                    made.conferral_date = frozen.conferral_date;
                    let differs = differing(audit::differences(&here.facts(), &made.facts()));
                    let told = digest(&one.json);
                    let same =
                        known::digest(self.conn, assertion::KIND, here.id.as_str())?.as_deref() == Some(told.as_str());
                    let differs = if differs.is_empty() && !same { unsaid() } else { differs };
                    self.compared((assertion::KIND, here.id.as_str()), here.origin, &told, differs)?
                }
            };
            let awarded = told.achievement.as_ref().map(|one| rows::name(&one.name).to_string()).unwrap_or_default();
            items.push(Item { label: awarded, place: one.place.clone(), standing });
        }
        Ok(items)
    }

    /// Names a code that this assertion cannot keep.
    fn code_taken(
        &mut self,
        told: &wire::Assertion,
        place: &str,
        codes: &mut HashMap<String, String>,
    ) -> Result<(), Refusal> {
        let Some(code) = taken::cedid(told).filter(|_| self.origin == Origin::Own) else { return Ok(()) };
        let within = codes.insert(code.as_str().to_owned(), place.to_owned());
        if crate::models::credential::is_taken(self.conn, &code, &rows::iri(&told.id))? || within.is_some() {
            let message = format!("another credential has or had the code {code}; this one gets a new code");
            self.doubtful.push(Warning { place: place.to_owned(), message });
        }
        Ok(())
    }

    pub(super) fn endorsements(&mut self, contents: &Contents) -> Result<Vec<Item>, Refusal> {
        let mut items = Vec::new();
        for word in &contents.endorsements {
            let taken = known::is_taken(self.conn, known::Part::Endorsement, rows::iri(&word.told.id).as_str())?;
            let by = word.told.issuer.name.clone().unwrap_or_else(|| word.told.issuer.id.clone());
            let standing = if taken { Standing::Known } else { Standing::New };
            items.push(Item { label: format!("by {by}"), place: word.place.clone(), standing });
        }
        Ok(items)
    }

    pub(super) fn record(&self, record: &Record, here: Option<Clr>) -> Result<Standing, Refusal> {
        let Some(here) = here else { return Ok(Standing::New) };
        if here.origin != self.origin {
            let why = if self.origin == Origin::Own { ELSEWHERE } else { "A record of ours has this id" };
            return Ok(Standing::Refused(why.to_owned()));
        }
        if here.document.as_deref() == Some(record.bytes.as_slice()) {
            return Ok(Standing::Known);
        }
        let issued = |at: Option<String>| at.unwrap_or_default();
        let before = here.issued_at.map(|at| at.and_utc().to_rfc3339());
        let after = taken::instant(Some(&record.clr.issued_on)).map(|at| at.to_rfc3339());
        let mut differs = audit::differences(&vec![("Issued", issued(before))], &vec![("Issued", issued(after))]);
        if differs.is_empty() {
            differs = unsaid();
        }
        Ok(Standing::Different(differs))
    }
}

const ELSEWHERE: &str =
    "It was brought in before its publisher was claimed, as another publisher’s. Take that import back first.";

/// A difference that no field of ours shows.
fn unsaid() -> Vec<Change> {
    vec![Change {
        field: "Document".to_owned(),
        before: None,
        after: Some("it is not word for word the same".to_owned()),
    }]
}

/// Differences that say something: not ids of rows, and not what the document is silent about.
fn differing(changes: Vec<Change>) -> Vec<Change> {
    const OURS: [&str; 9] = [
        "Part of",
        "Issuer",
        "Version",
        "Retired",
        "Title on the credential",
        "Learner",
        "Achievement",
        "CeDiD of another system",
        "Profile id",
    ];
    changes.into_iter().filter(|change| !OURS.contains(&change.field.as_str()) && change.after.is_some()).collect()
}
