//! The form of an association, and what the seven pages need to know of associations.
//!
//! The other achievement is found here by code, name or id; one that is not known here is named by its whole identifier
//! and a title.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{Errors, Form};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Association, Profile, achievement,
        alignment::Aligned,
        association,
        audit::Facts,
        page::{Page, Query},
        part_place::Placed,
    },
    values::{AssociationType, Id, Iri, Name, optional},
    web::{
        error::Error,
        frame::Frame,
        guards::{ChangeAchievements, ReadAwards},
        objects::{Begins, Kind, Managed},
        parts::{
            self, Part,
            place::{self, Place, Wanted},
        },
        table::{Cell, Column, Filter},
    },
};

/// What was entered about an association.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "associations/form.html")]
#[serde(default)]
pub struct AssociationForm {
    #[serde(flatten)]
    place: Place,
    association_type: String,
    /// The other achievement as it was typed …
    target: String,
    /// … and the candidate that was chosen for a doubtful entry.
    target_id: String,
    title: String,
    revision: i32,
    #[serde(skip)]
    candidates: Vec<Achievement>,
    /// The portal's own address: what lies there is known here or leads nowhere.
    #[serde(skip)]
    base_url: String,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for AssociationForm {}

/// The other achievement: known here, or by its identifier only.
struct Target {
    iri: Iri,
    known: Option<Achievement>,
}

impl From<Achievement> for Target {
    fn from(known: Achievement) -> Self {
        Self { iri: known.iri.clone(), known: Some(known) }
    }
}

impl AssociationForm {
    fn types(&self) -> Vec<(String, String)> {
        AssociationType::ALL.iter().map(|term| (term.to_string(), term.shown())).collect()
    }

    fn code_of<'a>(&self, one: &'a Achievement) -> &'a str {
        one.code.as_ref().map_or("", |code| code.as_str())
    }

    fn is_elsewhere(&self, iri: &Iri) -> bool {
        let below = iri.as_str().strip_prefix(self.base_url.as_str());
        !below.is_some_and(|path| path.is_empty() || path.starts_with(['/', '?', '#']))
    }

    /// Who was meant; a doubtful entry leaves the candidates to choose from.
    fn find_target(&mut self, conn: &mut Conn) -> Result<Option<Target>, Error> {
        let chosen = if self.target_id.is_empty() { self.target.trim() } else { self.target_id.as_str() };
        if chosen.is_empty() {
            self.errors.add("target", "Enter the code, the name or the identifier of the other achievement");
            return Ok(None);
        }
        let mut found = achievement::meant(conn, chosen, None)?;
        match (found.len(), Iri::parse(chosen)) {
            (1, _) => return Ok(found.pop().map(Target::from)),
            (0, Ok(iri)) if self.is_elsewhere(&iri) => return Ok(Some(Target { iri, known: None })),
            (0, Ok(_)) => self.errors.add("target", "No achievement of this portal has this address"),
            (0, Err(_)) => self.errors.add(
                "target",
                "No achievement here has this code or name. One of elsewhere needs its whole identifier, such as https://… or urn:uuid:…",
            ),
            _ => {
                self.errors.add("target", "Several achievements fit; choose one of them");
                self.candidates = found;
            }
        }
        Ok(None)
    }

    /// The title that was entered, or the name of the other achievement.
    fn title_of(&mut self, target: &Target) -> Option<Name> {
        let entered = self.errors.check("title", optional(&self.title, Name::parse))?;
        let title = entered.or_else(|| target.known.as_ref().map(|known| known.name.clone()));
        if title.is_none() {
            self.errors.add("title", "Enter the title of the other achievement, which is not known here");
        }
        title
    }

    fn check_tie(
        &mut self,
        conn: &mut Conn,
        own: &Achievement,
        target: &Target,
        id: Option<&Id<Association>>,
    ) -> Result<(), Error> {
        if target.iri == own.iri {
            self.errors.add("target", "An achievement cannot be associated with itself");
        }
        let others = association::of_achievement(conn, &own.id)?;
        let same = |one: &&Association| {
            Some(&one.id) != id
                && one.target_iri == target.iri
                && one.association_type.as_str() == self.association_type
        };
        if others.iter().find(same).is_some() {
            self.errors.add("target", "This association stands there already");
        }
        Ok(())
    }
}

impl Form<Association> for AssociationForm {
    fn fill(object: &Association) -> Self {
        Self {
            place: Place::of(&Aligned::Achievement(object.achievement_id.clone())),
            association_type: object.association_type.to_string(),
            target: object.target_iri.to_string(),
            target_id: String::new(),
            title: object.title.to_string(),
            revision: object.revision,
            candidates: Vec::new(),
            base_url: String::new(),
            errors: Errors::default(),
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        self.place.prepare(conn, by)?;
        // People know an achievement of ours by its code and not by its identifier.
        if let Ok(iri) = Iri::parse(&self.target)
            && let [known] = achievement::meant(conn, iri.as_str(), None)?.as_slice()
            && let Some(code) = &known.code
        {
            self.target = code.to_string();
        }
        Ok(())
    }

    fn parse(
        &mut self,
        conn: &mut Conn,
        existing: Option<Association>,
        by: &Actor,
    ) -> Result<Option<Association>, Error> {
        self.errors = Errors::default();
        if let Some(existing) = &existing {
            self.place.on = format!("achievement:{}", existing.achievement_id);
        }
        let place = self.place.resolve(conn, Wanted::Achievement, by, &mut self.errors)?;
        let parsed = AssociationType::parse(&self.association_type);
        let association_type = self.errors.check("association_type", parsed);
        let target = self.find_target(conn)?;
        let title = target.as_ref().and_then(|target| self.title_of(target));
        if let (Some(place), Some(target)) = (&place, &target) {
            self.check_tie(conn, &place.achievement, target, existing.as_ref().map(|one| &one.id))?;
        }
        let (Some(place), Some(association_type), Some(target), Some(title)) = (place, association_type, target, title)
        else {
            return Ok(None);
        };
        let is_new = existing.is_none();
        let of = &place.achievement;
        let last = association::of_achievement(conn, &of.id)?.last().map_or(0, |one| one.position + 1);
        let mut made = existing.unwrap_or_else(|| {
            Association::new(of.id.clone(), association_type, (target.iri.clone(), title.clone()), last)
        });
        (made.association_type, made.title, made.target_iri) = (association_type, title, target.iri);
        made.target_id = target.known.map(|known| known.id);
        made.revision = if is_new { 1 } else { self.revision };
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn come_from(&mut self, query: &str) {
        self.place.come_from(query);
    }

    fn stand_at(&mut self, base_url: &str) {
        base_url.clone_into(&mut self.base_url);
    }

    fn back(&self) -> Option<String> {
        self.place.page()
    }
}

/// What an association's page shows.
#[derive(Template)]
#[template(path = "associations/details.html")]
pub struct AssociationDetails {
    way: String,
    achievement: String,
    tie: String,
    title: String,
    target: Option<String>,
    facts: Facts,
}

impl HtmlSafe for AssociationDetails {}

impl Managed for Association {
    const KIND: Kind = Kind {
        path: "associations",
        audit: association::KIND,
        singular: "association",
        plural: "Associations",
        about: "How achievements belong to one another.",
        empty: "An association says how an achievement belongs to another one: that it is part of it, comes before it, or replaces it.",
        create: "New association",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Other achievement", sort: Some("name") },
        Column { label: "Of", sort: None },
        Column { label: "Type", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = AssociationForm;
    type Row = Placed<Association>;
    type Details = AssociationDetails;
    type Read = ReadAwards;
    type Change = ChangeAchievements;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, _: &mut Conn) -> Result<String, QueryError> {
        let mut label = format!("{} {}", self.association_type.shown(), self.title);
        label.get_mut(..1).map(str::make_ascii_uppercase);
        Ok(label)
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        parts::is_theirs(conn, &self.achievement_id, by)
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        parts::locked(conn, &self.achievement_id)
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        association::find(conn, id)
    }

    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let types = AssociationType::ALL.iter().map(|term| (term.to_string(), term.shown())).collect();
        Ok(vec![Filter::new("type", "Type", types, address), parts::achievement_filter(conn, address, office)?])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Self::Row>, QueryError> {
        association::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        association::count(conn, query)
    }

    fn cells(row: Self::Row) -> Vec<Cell> {
        let below = if row.part.target_id.is_some() { "" } else { "not known here" };
        vec![
            Cell::Name { address: row.part.address(), text: row.part.title.to_string(), below: below.to_owned() },
            Cell::Text(row.way),
            Cell::Text(row.part.association_type.shown()),
            Cell::Date(row.part.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, _: &Frame) -> Result<AssociationDetails, Error> {
        Ok(AssociationDetails {
            way: achievement::find(conn, &self.achievement_id)?.name.to_string(),
            achievement: parts::achievement_page(&self.achievement_id),
            tie: self.association_type.shown(),
            title: self.title.to_string(),
            target: self.target_id.as_ref().map(parts::achievement_page),
            facts: self.facts().into_iter().skip(2).filter(|(_, value)| !value.is_empty()).collect(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let found = association::find(conn, id)?;
        Ok(found.locked(conn)?.map(str::to_owned).into_iter().collect())
    }

    fn begins(&self, conn: &mut Conn) -> Result<Option<Begins>, QueryError> {
        let whole = &self.achievement_id;
        place::begins(conn, whole, &Aligned::Achievement(whole.clone()))
    }

    fn insert(&self, conn: &mut Conn, _: &AssociationForm, by: &Actor) -> Result<(), Error> {
        Ok(self.add(conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &AssociationForm, by: &Actor) -> Result<bool, Error> {
        Ok(Association::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(association::delete(conn, id, by)?)
    }

    fn after_deletion(&self, _: &mut Conn) -> Result<String, QueryError> {
        Ok(parts::achievement_page(&self.achievement_id))
    }
}

impl Part for Association {
    fn achievement(&self, _: &mut Conn) -> Result<Id<Achievement>, QueryError> {
        Ok(self.achievement_id.clone())
    }

    fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> Result<(), QueryError> {
        Association::shift(self, conn, up, by)
    }
}
