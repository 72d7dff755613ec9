//! `Issued`: what was true when a credential was issued, frozen.
//!
//! A neutral, versioned document of our own. Page, PDF, CLR 1.0 and Open Badges 3.0 of a credential render this plus its
//! present status, and never the live rows it was copied from. Old versions stay readable for ever: a new member must
//! have a default, and `tests/fixtures/issued/` keeps one document of each format.
//!
//! It is opened by whoever has the CeDiD, so it names the holder and the profile id and **nothing else** about the
//! person: no e-mail, student number, birth date, address, hash of one, and no other award (`docs/standards.md`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::values::{
    AchievementType, Address, AssociationType, CeDiD, Json, ResultStatus, ResultType, SystemIdentifier,
};

/// The present format number of [`Issued`].
pub const FORMAT: u32 = 1;

/// `prefix:term` members of another system, kept as they came.
pub type Extensions = serde_json::Map<String, serde_json::Value>;

/// Such members as one line for people; nothing where there are none.
pub fn members(extensions: &Json<Extensions>) -> String {
    let shown = |(key, value): (&String, &serde_json::Value)| format!("{key}: {value}");
    extensions.get().iter().map(shown).collect::<Vec<_>>().join("; ")
}

/// One awarded achievement as it was when it was issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    /// The format of this document, see [`FORMAT`].
    pub format: u32,
    /// The award itself.
    pub assertion: IssuedAssertion,
    /// Who was awarded.
    pub holder: Holder,
    /// What was awarded, with its parts and its issuer.
    pub achievement: IssuedAchievement,
    /// The registrar who published it.
    pub publisher: Organization,
    /// The events behind it, in the order in which they took place.
    #[serde(default)]
    pub events: Vec<IssuedEvent>,
    /// An award that was issued elsewhere and brought in: its CLR 1.0 assertion as it was received, without recipient and
    /// verification. CLR 1.0 writes it again, so that nothing it said is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Extensions>,
}

impl Issued {
    /// The ids of its assertion and of those of its events.
    pub fn assertion_ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.assertion.id.as_str()).chain(self.events.iter().map(|event| event.id.as_str()))
    }
}

impl Issued {
    /// What others say of the award, of what was awarded and of its issuer, each with what it is said of.
    pub fn endorsements(&self) -> Vec<(&str, &IssuedEndorsement)> {
        let (award, achievement) = (&self.assertion, &self.achievement);
        let of_award = award.endorsements.iter().map(|one| (achievement.shown_title(), one));
        let of_achievement = achievement.endorsements.iter().map(|one| (achievement.name.as_str(), one));
        let of_issuer = achievement.issuer.endorsements.iter().map(|one| (achievement.issuer.name.as_str(), one));
        of_award.chain(of_achievement).chain(of_issuer).collect()
    }

    /// The same, to note on each how it stands now.
    pub fn endorsements_mut(&mut self) -> impl Iterator<Item = &mut IssuedEndorsement> {
        self.assertion.endorsements.iter_mut().chain(self.achievement.endorsements_mut())
    }
}

/// The facts of one award.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuedAssertion {
    /// Its public id (CLR 1.0 `Assertion.id`).
    pub id: String,
    /// The code it is checked by.
    pub cedid: CeDiD,
    /// When it was issued.
    pub issued_on: DateTime<Utc>,
    /// The calendar date of conferral, without time or time zone.
    pub conferral_date: NaiveDate,
    /// The last instant at which it is valid, if it ends.
    #[serde(default)]
    pub expires: Option<DateTime<Utc>>,
    /// When the activity began.
    #[serde(default)]
    pub activity_start: Option<NaiveDate>,
    /// When the activity ended.
    #[serde(default)]
    pub activity_end: Option<NaiveDate>,
    /// Credits earned.
    #[serde(default)]
    pub credits_earned: Option<f64>,
    /// A licence number of its own, if it has one beside the CeDiD.
    #[serde(default)]
    pub license_number: Option<String>,
    /// A narrative in Markdown.
    #[serde(default)]
    pub narrative: Option<String>,
    /// The holder's role.
    #[serde(default)]
    pub role: Option<String>,
    /// The academic term.
    #[serde(default)]
    pub term: Option<String>,
    /// Web address or data URI of an image.
    #[serde(default)]
    pub image: Option<String>,
    /// The organisation that made the statement, where that is not the issuer.
    #[serde(default)]
    pub source: Option<Organization>,
    /// What was reached.
    #[serde(default)]
    pub results: Vec<IssuedResult>,
    /// What it rests on.
    #[serde(default)]
    pub evidence: Vec<IssuedEvidence>,
    /// What others say of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endorsements: Vec<IssuedEndorsement>,
    /// Members of other systems.
    #[serde(default)]
    pub extensions: Extensions,
}

impl IssuedAssertion {
    /// The last day on which it is valid.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.expires.map(|last| last.date_naive())
    }
}

/// The person who was awarded: the name and the profile id, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The profile id.
    pub id: String,
    /// The whole name, in the holder's own order.
    pub name: String,
    /// Given name, where the parts are known.
    #[serde(default)]
    pub given_name: Option<String>,
    /// Middle or other names.
    #[serde(default)]
    pub additional_name: Option<String>,
    /// Family name.
    #[serde(default)]
    pub family_name: Option<String>,
}

/// An organisation as it stands on the document: publisher, issuer or source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// The profile id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Web site.
    pub url: Option<String>,
    /// Telephone number.
    pub telephone: Option<String>,
    /// The office's own e-mail address.
    pub email: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Web address or data URI of a logo.
    pub image: Option<String>,
    /// The authorised official.
    pub official: Option<String>,
    /// Postal address.
    pub address: Address,
    /// What other systems call it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<SystemIdentifier>,
    /// Members of other systems.
    #[serde(skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
    /// The organisation it is part of.
    pub parent: Option<Box<Organization>>,
    /// What others say of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endorsements: Vec<IssuedEndorsement>,
}

/// What was awarded, as it was defined then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuedAchievement {
    /// Its public id.
    pub id: String,
    /// Which version of it.
    #[serde(default)]
    pub version: i32,
    /// Type (CLR 1.0 `achievementType`).
    pub achievement_type: AchievementType,
    /// Short name: `FYE Hoosier Experience`.
    pub name: String,
    /// The title on the credential, where it differs from the name.
    #[serde(default)]
    pub title: Option<String>,
    /// The code people know it by.
    #[serde(default)]
    pub code: Option<String>,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Criteria in Markdown.
    #[serde(default)]
    pub criteria: Option<String>,
    /// A page that has the criteria.
    #[serde(default)]
    pub criteria_url: Option<String>,
    /// Credits available.
    #[serde(default)]
    pub credits_available: Option<f64>,
    /// Field of study.
    #[serde(default)]
    pub field_of_study: Option<String>,
    /// Level.
    #[serde(default)]
    pub level: Option<String>,
    /// Specialization.
    #[serde(default)]
    pub specialization: Option<String>,
    /// Web address or data URI of a badge image.
    #[serde(default)]
    pub image: Option<String>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What other systems call it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<SystemIdentifier>,
    /// Who issues it.
    pub issuer: Organization,
    /// What can be reached, with its rubric levels.
    #[serde(default)]
    pub result_descriptions: Vec<IssuedResultDescription>,
    /// Where it stands in frameworks.
    #[serde(default)]
    pub alignments: Vec<IssuedAlignment>,
    /// How it belongs to other achievements. The award's own never lists events.
    #[serde(default)]
    pub associations: Vec<IssuedAssociation>,
    /// What others say of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endorsements: Vec<IssuedEndorsement>,
    /// Members of other systems.
    #[serde(default)]
    pub extensions: Extensions,
}

impl IssuedAchievement {
    /// What others say of it and of its issuer, to note on each how it stands now.
    pub fn endorsements_mut(&mut self) -> impl Iterator<Item = &mut IssuedEndorsement> {
        self.endorsements.iter_mut().chain(self.issuer.endorsements.iter_mut())
    }

    /// What the credential is called: its title, or else the achievement's name.
    pub fn shown_title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }
}

/// What can be reached (CLR 1.0 `ResultDescription`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedResultDescription {
    /// Its public id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Type.
    pub result_type: ResultType,
    /// The rubric it is a criterion of.
    #[serde(default)]
    pub rubric: Option<String>,
    /// Allowed values, low to high.
    #[serde(default)]
    pub allowed_values: Vec<String>,
    /// The lowest value that passes.
    #[serde(default)]
    pub required_value: Option<String>,
    /// The id of the lowest level that passes.
    #[serde(default)]
    pub required_level: Option<String>,
    /// Smallest value.
    #[serde(default)]
    pub value_min: Option<String>,
    /// Largest value.
    #[serde(default)]
    pub value_max: Option<String>,
    /// Levels, low to high.
    #[serde(default)]
    pub levels: Vec<IssuedLevel>,
    /// Alignments.
    #[serde(default)]
    pub alignments: Vec<IssuedAlignment>,
    /// Members of other systems.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// One level of a rubric criterion (CLR 1.0 `RubricCriterionLevel`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedLevel {
    /// Its public id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Level, as text.
    #[serde(default)]
    pub level: Option<String>,
    /// Points, as text.
    #[serde(default)]
    pub points: Option<String>,
    /// Alignments.
    #[serde(default)]
    pub alignments: Vec<IssuedAlignment>,
    /// Members of other systems.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A node of a framework (CLR 1.0 `Alignment`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedAlignment {
    /// Its own public id, where another system gave it one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the node.
    pub target_name: String,
    /// Its address.
    pub target_url: String,
    /// Its code.
    #[serde(default)]
    pub target_code: Option<String>,
    /// Its description.
    #[serde(default)]
    pub target_description: Option<String>,
    /// The framework.
    #[serde(default)]
    pub target_framework: Option<String>,
    /// Its type.
    #[serde(default)]
    pub target_type: Option<String>,
    /// Members of other systems.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// A tie to another achievement (CLR 1.0 `Association`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedAssociation {
    /// Kind of tie.
    pub association_type: AssociationType,
    /// The other achievement's public id.
    pub target_id: String,
    /// The other achievement's name.
    pub title: String,
    /// Members of other systems.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
}

/// What was reached (CLR 1.0 `Result`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedResult {
    /// Its public id.
    pub id: String,
    /// The id of the result description.
    pub result_description: String,
    /// The id of the level reached.
    #[serde(default)]
    pub achieved_level: Option<String>,
    /// Value, as text.
    #[serde(default)]
    pub value: Option<String>,
    /// Status.
    #[serde(default)]
    pub status: Option<ResultStatus>,
    /// Alignments of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alignments: Vec<IssuedAlignment>,
}

/// What an award rests on (CLR 1.0 `Evidence`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedEvidence {
    /// Its public id.
    pub id: String,
    /// Name.
    pub name: String,
    /// For whom.
    #[serde(default)]
    pub audience: Option<String>,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Kind.
    #[serde(default)]
    pub genre: Option<String>,
    /// Narrative in Markdown.
    #[serde(default)]
    pub narrative: Option<String>,
    /// Files and links.
    #[serde(default)]
    pub artifacts: Vec<IssuedArtifact>,
}

/// A file or link of evidence (CLR 1.0 `Artifact`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedArtifact {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Web address or data URI.
    #[serde(default)]
    pub url: Option<String>,
}

/// Somebody else's word for what was issued (CLR 1.0 `Endorsement`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedEndorsement {
    /// Its public id: the address under which it is served.
    pub id: String,
    /// The id of what is endorsed.
    pub endorsed: String,
    /// The words, in Markdown.
    #[serde(default)]
    pub comment: Option<String>,
    /// When it was given.
    pub issued_on: DateTime<Utc>,
    /// Who endorses.
    pub endorser: Endorser,
    /// The signed form of another publisher's, which travels in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// Members of other systems.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub extensions: Extensions,
    /// Why it was taken back; read afresh with the status, never stored.
    #[serde(skip)]
    pub revoked: Option<String>,
}

/// Who endorses (CLR 1.0 `EndorsementProfile`). Of a person the name alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Endorser {
    /// The profile id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Given name of a person.
    pub given_name: Option<String>,
    /// Middle or other names of a person.
    pub additional_name: Option<String>,
    /// Family name of a person.
    pub family_name: Option<String>,
    /// Description of an organisation.
    pub description: Option<String>,
    /// Web site of an organisation.
    pub url: Option<String>,
    /// Telephone number of an organisation.
    pub telephone: Option<String>,
    /// E-mail address of an organisation.
    pub email: Option<String>,
    /// Web address of an organisation's logo.
    pub image: Option<String>,
    /// The authorised official of an organisation.
    pub official: Option<String>,
    /// Postal address of an organisation.
    pub address: Address,
    /// What other systems call an organisation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<SystemIdentifier>,
}

/// An attended event inside an award: an assertion of its own in exports, with its own id and without a CeDiD.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuedEvent {
    /// The public id of the event's assertion.
    pub id: String,
    /// The event's own achievement: type `ext:Event`, `isPartOf` the award's achievement.
    pub achievement: IssuedAchievement,
    /// The areas it counts for.
    #[serde(default)]
    pub areas: Vec<String>,
    /// When it began.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default)]
    pub ends_at: Option<DateTime<Utc>>,
    /// Where.
    #[serde(default)]
    pub place: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::Issued;

    /// A document that was stored is read by every later version of the program, and says the same when written again.
    #[test]
    fn every_format_that_was_ever_stored_is_still_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/issued");
        let mut read = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let stored: serde_json::Value =
                serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
            let issued: Issued = serde_json::from_value(stored.clone()).unwrap();
            assert_eq!(serde_json::to_value(&issued).unwrap(), stored);
            assert_eq!(issued.events.len(), 6);
            read += 1;
        }
        assert!(read > 0, "no stored document was read");
    }
}
