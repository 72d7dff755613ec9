//! What a file would bring: what is new, already known or different, what is doubtful, and whom its learner may be.

use sha2::{Digest, Sha256};

use super::{Refusal, compared::Planning, contents::Contents, rows};
use crate::{
    clr::v1::{
        checks,
        read::{self, Reading, Record, Warning},
        taken, wire,
    },
    db::Conn,
    models::{
        Clr, Import, Profile,
        audit::Change,
        clr, hold,
        import::{self, known},
        profile, publisher_claim,
    },
    values::{Iri, Origin},
};

/// How something of a file stands to what is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is not here yet.
    New,
    /// It is here and says the same.
    Known,
    /// It is here and says something else.
    Different(Vec<Change>),
    /// It cannot come in, for this reason.
    Refused(String),
}

/// One object of a file.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is called.
    pub label: String,
    /// Where it stands in the file.
    pub place: String,
    /// How it stands to what is here.
    pub standing: Standing,
}

/// The objects of one kind in a record.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name in the form: `assertions`.
    pub key: &'static str,
    /// Its heading.
    pub label: &'static str,
    /// Its objects.
    pub items: Vec<Item>,
}

impl Group {
    /// How many are new.
    pub fn fresh(&self) -> usize {
        self.items.iter().filter(|item| item.standing == Standing::New).count()
    }

    /// How many are known and say the same.
    pub fn known(&self) -> usize {
        self.items.iter().filter(|item| item.standing == Standing::Known).count()
    }

    /// Those that say something else.
    pub fn different(&self) -> Vec<(&Item, &[Change])> {
        let differs = self.items.iter().filter_map(|item| match &item.standing {
            Standing::Different(changes) => Some((item, changes.as_slice())),
            _ => None,
        });
        differs.collect()
    }
}

/// Somebody here whom a learner of a file may be.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub profile: Profile,
    /// Why: "has the same student number".
    pub because: &'static str,
    /// Whether documents of theirs are withheld now: what comes in for them is, too.
    pub on_hold: bool,
}

impl Candidate {
    fn new(conn: &mut Conn, profile: Profile, because: &'static str) -> Result<Self, Refusal> {
        let on_hold = !hold::active(conn, &profile.id)?.is_empty();
        Ok(Self { profile, because, on_hold })
    }
}

/// One record of a file.
#[derive(Debug, Clone)]
pub struct PlannedRecord {
    /// Its public id.
    pub iri: String,
    /// What it is called.
    pub name: String,
    /// Where it stands in the file.
    pub place: String,
    /// The publisher's name and id.
    pub publisher: (String, String),
    /// Whether the publisher is this institution.
    pub ours: bool,
    /// The learner's name.
    pub learner: String,
    /// When it was issued, as it says.
    pub issued_on: Option<chrono::DateTime<chrono::Utc>>,
    /// Whether it is signed.
    pub signed: bool,
    /// How it stands to what is here.
    pub standing: Standing,
    /// What it holds, by kind.
    pub groups: Vec<Group>,
    /// Whom the learner may be.
    pub candidates: Vec<Candidate>,
    /// Whether the learner is known by the profile id, so that there is nothing to choose.
    pub learner_is_known: bool,
    /// What is doubtful about it beyond how it is written.
    pub doubtful: Vec<Warning>,
}

impl PlannedRecord {
    /// Whether its document takes the place of one that another publisher sent before.
    pub fn is_renewed(&self) -> bool {
        !self.ours && matches!(self.standing, Standing::Different(_))
    }
}

/// What a file would bring.
#[derive(Debug)]
pub struct Plan {
    /// What it is.
    pub what: &'static str,
    /// Its records.
    pub records: Vec<PlannedRecord>,
    /// Records that stood in it twice.
    pub duplicates: usize,
    /// What was read leniently.
    pub warnings: Vec<Warning>,
    /// Warnings beyond those listed.
    pub further: usize,
    /// The import that brought the same bytes in before.
    pub before: Option<import::Listed>,
}

impl Plan {
    /// Whether anything would change here.
    pub fn changes_nothing(&self) -> bool {
        self.records.iter().all(|record| {
            matches!(record.standing, Standing::Known | Standing::Refused(_))
                && record
                    .groups
                    .iter()
                    .all(|group| group.fresh() == 0 || matches!(record.standing, Standing::Refused(_)))
        })
    }
}

/// What a digest is made of: the object as it was told.
pub fn digest(told: &impl serde::Serialize) -> String {
    let text = serde_json::to_vec(told).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Looks at a file that was uploaded. Nothing is changed.
pub fn plan(conn: &mut Conn, upload: &Import) -> Result<(Plan, Vec<Record>), Refusal> {
    let Reading { shape, records, duplicates, warnings, further } =
        read::read(&upload.content).map_err(|why| Refusal::conflict(why.to_string()))?;
    let mut planned = Vec::new();
    for record in &records {
        planned.push(plan_record(conn, record)?);
    }
    let before = import::done_with(conn, &upload.file_hash)?.filter(|other| other.id != upload.id);
    let plan = Plan { what: shape.shown(), records: planned, duplicates, warnings, further, before };
    Ok((plan, records))
}

fn plan_record(conn: &mut Conn, record: &Record) -> Result<PlannedRecord, Refusal> {
    let contents = Contents::of(record);
    let clr = &record.clr;
    let ours = publisher_claim::is_ours(conn, &clr.publisher.id)?;
    let origin = if ours { Origin::Own } else { Origin::Foreign };
    let mut doubtful = doubts(record, &contents, ours);
    let before = clr::by_iri(conn, &record_iri(record))?;
    let (learner_is_known, candidates) = learner(conn, &clr.learner, ours, before.as_ref())?;
    let mut planning = Planning { conn, origin, doubtful: &mut doubtful };
    let groups = vec![
        Group { key: "profiles", label: "Profiles", items: planning.profiles(&contents.profiles, learner_is_known)? },
        Group { key: "assertions", label: "Assertions", items: planning.assertions(&contents)? },
        Group {
            key: "achievements",
            label: "Achievements awarded",
            items: planning.achievements(&contents.achievements, clr)?,
        },
        Group { key: "related", label: "Related achievements", items: planning.achievements(&contents.related, clr)? },
        Group { key: "endorsements", label: "Endorsements", items: planning.endorsements(&contents)? },
    ];
    let standing = planning.record(record, before)?;
    Ok(PlannedRecord {
        iri: clr.id.clone(),
        name: clr.name.clone().unwrap_or_else(|| "Learner record".to_owned()),
        place: record.place.clone(),
        publisher: (taken::name(&clr.publisher), clr.publisher.id.clone()),
        ours,
        learner: taken::name(&clr.learner),
        issued_on: taken::instant(Some(&clr.issued_on)),
        signed: record.media_type == read::JWS,
        standing,
        groups: groups.into_iter().filter(|group| !group.items.is_empty()).collect(),
        candidates,
        learner_is_known,
        doubtful,
    })
}

/// Whom the learner may be: whoever the record came in for before, whoever has the profile id, or else those with the
/// same number or address.
fn learner(
    conn: &mut Conn,
    told: &wire::Profile,
    ours: bool,
    before: Option<&Clr>,
) -> Result<(bool, Vec<Candidate>), Refusal> {
    if let Some(before) = before {
        let profile = profile::find(conn, &before.learner_id)?;
        return Ok((true, vec![Candidate::new(conn, profile, "has this record already")?]));
    }
    if let Some(known) = profile::by_iri(conn, &rows::iri(&told.id))?
        && known.is_person()
    {
        return Ok((true, vec![Candidate::new(conn, known, "has this profile id")?]));
    }
    let email = told.email.as_deref();
    let number = told.student_id.as_deref();
    let mut found = Vec::new();
    for one in known::persons(conn, number, email)? {
        let same_number = number.is_some() && one.student_id.as_ref().map(|own| own.as_str()) == number;
        let because = match (same_number, ours) {
            (true, true) => "has the same student number",
            (true, false) => "has the same student number here; another institution’s number may be somebody else’s",
            _ => "has the same e-mail address",
        };
        found.push(Candidate::new(conn, one, because)?);
    }
    Ok((false, found))
}

/// What is doubtful about a record beyond how it is written.
fn doubts(record: &Record, contents: &Contents, ours: bool) -> Vec<Warning> {
    let mut doubtful = Vec::new();
    let mut doubt = |place: &str, message: String| doubtful.push(Warning { place: place.to_owned(), message });
    for finding in checks::check(&record.clr) {
        doubt(&format!("{}{}", record.place, finding.place), finding.to_string());
    }
    if record.clr.issued_on.is_empty() {
        doubt(&format!("{}/issuedOn", record.place), "the record does not say when it was issued".to_owned());
    }
    if record.clr.revoked == Some(true) {
        doubt(&format!("{}/revoked", record.place), "its publisher revoked this record".to_owned());
    }
    for one in &contents.assertions {
        if one.told.achievement.is_none() {
            let what =
                if one.told.revoked == Some(true) { "says only that it was revoked" } else { "names no achievement" };
            doubt(&one.place, format!("this assertion {what}; it stays in the document and gets no award here"));
        }
        if ours && one.told.issued_on.is_none() && one.told.revoked != Some(true) {
            doubt(&one.place, "this assertion does not say when it was issued; the record’s date is taken".to_owned());
        }
    }
    doubtful
}

/// The public id of a record as it is looked up.
pub fn record_iri(record: &Record) -> Iri {
    rows::iri(&record.clr.id)
}
