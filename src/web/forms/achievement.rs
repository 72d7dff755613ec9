//! The form of an achievement, and what the seven pages need to know of achievements.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{
    Errors, Form, identifiers,
    picker::{self, Picker, What},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Profile, Rubric, achievement, achievement_version, endorsed,
        endorsement::{self, Endorsed},
        issued::IssuedAchievement,
        page::{Page, Query},
        profile, rubric,
    },
    values::{AchievementType, HumanCode, Id, Iri, Json, Line, Name, Origin, Prose, WebAddress, optional},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{ChangeAchievements, ReadAwards, encode},
        objects::{Kind, Managed},
        parts::shown::{self, Parts},
        table::{Cell, Column, Filter},
    },
};

/// What was entered about an achievement.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "achievements/form.html")]
#[serde(default)]
pub struct AchievementForm {
    name: String,
    title: String,
    code: String,
    achievement_type: String,
    own_type: String,
    issuer: Option<String>,
    issuer_id: String,
    description: String,
    criteria: String,
    criteria_url: String,
    credits_available: String,
    field_of_study: String,
    level: String,
    specialization: String,
    image: String,
    tags: String,
    iri: String,
    identifier_type: Vec<String>,
    identifier: Vec<String>,
    revision: i32,
    #[serde(skip)]
    issuer_picker: Picker,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for AchievementForm {}

impl AchievementForm {
    fn types(&self) -> &'static [&'static str] {
        AchievementType::STANDARD
    }

    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn identifier_rows(&self) -> Vec<(String, String)> {
        identifiers::rows(&self.identifier_type, &self.identifier)
    }

    fn shown_type(&self, term: &str) -> String {
        AchievementType::parse(term).map(|term| term.shown()).unwrap_or_default()
    }

    /// The chosen type, or the institution's own one.
    fn chosen_type(&self) -> Result<AchievementType, crate::values::Invalid> {
        let own = self.own_type.trim();
        match own.is_empty() {
            true => AchievementType::parse(&self.achievement_type),
            false if own.starts_with("ext:") => AchievementType::parse(own),
            false => AchievementType::parse(&format!("ext:{own}")),
        }
    }

    fn issuer_in(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Id<Profile>>, Error> {
        let typed = (&self.issuer, self.issuer_id.as_str());
        let missing = (&mut self.errors, "Choose the office that issues it");
        picker::read_one(conn, (What::Organization, "issuer"), typed, by, missing)
    }

    fn credits(&mut self) -> Option<f64> {
        credits_of(&mut self.errors, "credits_available", &self.credits_available)
    }
}

/// A number of credits: not negative, at most six digits before the point.
pub fn credits_of(errors: &mut Errors, field: &'static str, raw: &str) -> Option<f64> {
    if raw.trim().is_empty() {
        return None;
    }
    match raw.trim().replace(',', ".").parse::<f64>() {
        Ok(number) if number.is_finite() && (0.0..1_000_000.0).contains(&number) => Some(number),
        _ => {
            errors.add(field, "Enter credits as a number, such as 3 or 1.5");
            None
        }
    }
}

impl Form<Achievement> for AchievementForm {
    fn fill(object: &Achievement) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let prose = |value: &Option<Prose>| value.as_ref().map(Prose::to_string).unwrap_or_default();
        let web = |value: &Option<WebAddress>| value.as_ref().map(WebAddress::to_string).unwrap_or_default();
        let term = object.achievement_type.as_str();
        let is_standard = AchievementType::STANDARD.contains(&term);
        let (identifier_type, identifier) = identifiers::fill(object.identifiers.get());
        Self {
            iri: object.iri.to_string(),
            identifier_type,
            identifier,
            name: object.name.to_string(),
            title: object.title.as_ref().map(Name::to_string).unwrap_or_default(),
            code: object.code.as_ref().map(HumanCode::to_string).unwrap_or_default(),
            achievement_type: if is_standard { term.to_owned() } else { String::new() },
            own_type: if is_standard { String::new() } else { term.to_owned() },
            issuer: None,
            issuer_id: object.issuer_id.to_string(),
            description: prose(&object.description),
            criteria: prose(&object.criteria),
            criteria_url: web(&object.criteria_url),
            credits_available: object.credits_available.map(|credits| credits.to_string()).unwrap_or_default(),
            field_of_study: line(&object.field_of_study),
            level: line(&object.level),
            specialization: line(&object.specialization),
            image: web(&object.image),
            tags: object.tags.get().join(", "),
            revision: object.revision,
            issuer_picker: Picker::default(),
            errors: Errors::default(),
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        self.issuer_picker = Picker::new(What::Organization, "issuer", "Issued by", "The name of an office.").shown(
            conn,
            (&self.issuer, &self.issuer_id),
            by,
        )?;
        Ok(())
    }

    fn parse(
        &mut self,
        conn: &mut Conn,
        existing: Option<Achievement>,
        by: &Actor,
    ) -> Result<Option<Achievement>, Error> {
        self.errors = Errors::default();
        let issuer = self.issuer_in(conn, by)?;
        let credits = self.credits();
        let chosen_type = self.chosen_type();
        let errors = &mut self.errors;
        let name = errors.check("name", Name::parse(&self.name));
        let title = errors.check("title", optional(&self.title, Name::parse)).flatten();
        let code = errors.check("code", optional(&self.code, HumanCode::parse)).flatten();
        let achievement_type = errors.check("achievement_type", chosen_type);
        let description = errors.check("description", optional(&self.description, Prose::parse)).flatten();
        let criteria = errors.check("criteria", optional(&self.criteria, Prose::parse)).flatten();
        let criteria_url = errors.check("criteria_url", optional(&self.criteria_url, WebAddress::parse)).flatten();
        let image = errors.check("image", optional(&self.image, WebAddress::parse)).flatten();
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let (field_of_study, level) = (line("field_of_study", &self.field_of_study), line("level", &self.level));
        let specialization = line("specialization", &self.specialization);
        let tags = self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        let tags: Vec<String> =
            tags.filter_map(|tag| errors.check("tags", Line::parse(tag))).map(String::from).take(30).collect();
        let known_as = identifiers::parse(errors, &self.identifier_type, &self.identifier);
        let iri = errors.check("iri", optional(&self.iri, Iri::parse)).flatten();
        let (Some(name), Some(achievement_type), Some(issuer_id)) = (name, achievement_type, issuer) else {
            return Ok(None);
        };
        let is_new = existing.is_none();
        let mut made =
            existing.unwrap_or_else(|| Achievement::new(name.clone(), achievement_type.clone(), issuer_id.clone()));
        // The public id is chosen once: documents that were issued name it.
        if let (true, Some(iri)) = (is_new, iri) {
            made.iri = iri;
        }
        if let Some(other) = achievement::by_iri(conn, &made.iri)?
            && other.id != made.id
        {
            self.errors.add("iri", format!("{} already has this id", other.name));
        }
        if let Some(code) = &code
            && let Some(other) = achievement::by_code(conn, code.as_str())?
            && other.id != made.id
        {
            self.errors.add("code", format!("{} already has this code", other.name));
        }
        (made.name, made.title, made.code, made.achievement_type) = (name, title, code, achievement_type);
        (made.issuer_id, made.description, made.criteria) = (issuer_id, description, criteria);
        (made.criteria_url, made.image, made.credits_available) = (criteria_url, image, credits);
        (made.field_of_study, made.level, made.specialization) = (field_of_study, level, specialization);
        (made.tags, made.identifiers) = (Json::new(tags), Json::new(known_as));
        made.revision = if is_new { 1 } else { self.revision };
        made.refold();
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}

/// What an achievement's page shows: what would be frozen if it were issued now.
#[derive(Template)]
#[template(path = "achievements/details.html")]
pub struct AchievementDetails {
    content: IssuedAchievement,
    parts: Parts,
    retired: bool,
    uses: Vec<String>,
    may_award: bool,
    /// Whether it can be retired or brought back by this person.
    may_retire: bool,
    revision: i32,
    endorsements: Vec<endorsement::Listed>,
    endorsement_address: Option<String>,
    address: String,
    frame: Frame,
    award_address: String,
    assertions_address: String,
    own_id: Id<Achievement>,
    rubrics: Vec<Rubric>,
    version_is_frozen: bool,
    may_change: bool,
    /// Where another publisher's is copied, with the form's token.
    copy: Option<(String, String)>,
    is_foreign: bool,
}

impl HtmlSafe for AchievementDetails {}

impl Managed for Achievement {
    const KIND: Kind = Kind {
        path: "achievements",
        audit: achievement::KIND,
        singular: "achievement",
        plural: "Achievements",
        about: "What can be awarded: awards, courses, certificates, badges.",
        empty: "An achievement is the definition of what can be awarded. Make one, then award it to a learner.",
        create: "New achievement",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Name", sort: Some("name") },
        Column { label: "Type", sort: None },
        Column { label: "Code", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = AchievementForm;
    type Row = Achievement;
    type Details = AchievementDetails;
    type Read = ReadAwards;
    type Change = ChangeAchievements;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, _: &mut Conn) -> Result<String, QueryError> {
        Ok(self.name.to_string())
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn locked(&self, _: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        Ok((self.origin == Origin::Foreign).then_some(crate::web::staff::imports::FOREIGN))
    }

    fn exists_for(&self, _: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        Ok(by.office.as_ref().is_none_or(|office| *office == self.issuer_id))
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        achievement::find(conn, id)
    }

    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        let states = vec![pair("retired", "Retired"), pair("all", "All")];
        let mut types: Vec<_> = AchievementType::STANDARD.iter().map(|term| pair(term, term)).collect();
        types.push(pair(AchievementType::EVENT, "Event"));
        let mut filters = vec![
            Filter::new("state", "State", states, address).as_scopes().with_nothing("Current"),
            Filter::new("type", "Type", types, address),
        ];
        if office.is_none() {
            let issuers = profile::organizations(conn)?;
            let issuers = issuers.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect();
            filters.push(Filter::new("issuer", "Issuer", issuers, address));
        }
        Ok(filters)
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Achievement>, QueryError> {
        achievement::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        achievement::count(conn, query)
    }

    fn cells(row: Achievement) -> Vec<Cell> {
        let below = match (&row.title, row.retired_at) {
            _ if row.origin == Origin::Foreign => "another publisher’s".to_owned(),
            (_, Some(_)) => "retired".to_owned(),
            (Some(title), None) => title.to_string(),
            (None, None) => String::new(),
        };
        vec![
            Cell::Name { address: row.address(), text: row.name.to_string(), below },
            Cell::Text(row.achievement_type.shown()),
            Cell::Text(row.code.map(String::from).unwrap_or_default()),
            Cell::Date(row.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<AchievementDetails, Error> {
        let endorsements = endorsement::of(conn, &Endorsed::Achievement(self.id.clone()))?;
        let may_endorse = frame.may::<super::super::guards::Award>();
        Ok(AchievementDetails {
            may_retire: frame.may::<ChangeAchievements>(),
            revision: self.revision,
            endorsements: endorsed::listed(conn, endorsements)?,
            endorsement_address: may_endorse.then(|| format!("/admin/endorsements/new?achievement_id={}", self.id)),
            address: self.address(),
            frame: frame.clone(),
            content: achievement::content(conn, self)?,
            parts: shown::parts(conn, self, frame)?,
            retired: self.retired_at.is_some(),
            uses: achievement::uses(conn, &self.id)?,
            may_award: frame.may::<super::super::guards::Award>()
                && self.retired_at.is_none()
                && self.origin == Origin::Own,
            copy: (self.origin == Origin::Foreign && frame.may::<ChangeAchievements>())
                .then(|| (format!("/admin/achievements/{}/copy", self.id), frame.csrf.clone())),
            is_foreign: self.origin == Origin::Foreign,
            award_address: format!("/admin/assertions/new?achievement={}", self.id),
            assertions_address: format!("/admin/assertions?achievement={}", self.id),
            own_id: self.id.clone(),
            rubrics: rubric::of_achievement(conn, &self.id)?,
            version_is_frozen: achievement_version::is_frozen(conn, &self.id, self.version)?,
            may_change: frame.may::<ChangeAchievements>(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        achievement::uses(conn, id)
    }

    fn where_used(&self) -> Vec<(&'static str, String)> {
        let name = encode(self.name.as_str());
        vec![
            ("the assertions that award it", format!("/admin/assertions?achievement={}", self.id)),
            ("endorsements", format!("/admin/endorsements?endorsed=achievement&q={name}")),
        ]
    }

    fn insert(&self, conn: &mut Conn, _: &AchievementForm, by: &Actor) -> Result<(), Error> {
        Ok(Achievement::insert(self, conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &AchievementForm, by: &Actor) -> Result<bool, Error> {
        Ok(Achievement::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(achievement::delete(conn, id, by)?)
    }
}
