//! The form of a profile, and what the seven pages need to know of profiles.

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{
    Errors, Form, identifiers,
    picker::{self, Picker, What},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Actor, Profile, erasure,
        page::{Page, Query},
        profile,
    },
    values::{
        Address, Code, Email, Id, Iri, Json, Line, Name, Origin, ProfileKind, Prose, WebAddress, optional, parse_date,
    },
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{ChangeProfiles, ReadRecords, encode},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// What was entered about a person or an organisation.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "profiles/form.html")]
#[serde(default)]
pub struct ProfileForm {
    kind: String,
    name: String,
    given_name: String,
    additional_name: String,
    family_name: String,
    student_id: String,
    email: String,
    telephone: String,
    url: String,
    street: String,
    post_office_box: String,
    locality: String,
    region: String,
    postal_code: String,
    country: String,
    official: String,
    description: String,
    birth_date: String,
    entered_on: String,
    sourced_id: String,
    image: String,
    iri: String,
    identifier_type: Vec<String>,
    identifier: Vec<String>,
    parent: Option<String>,
    parent_id: String,
    revision: i32,
    #[serde(skip)]
    parent_picker: Picker,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for ProfileForm {}

impl ProfileForm {
    fn is_person(&self) -> bool {
        self.kind == ProfileKind::Person.as_str()
    }

    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn identifier_rows(&self) -> Vec<(String, String)> {
        identifiers::rows(&self.identifier_type, &self.identifier)
    }

    /// The whole name; a person's parts make it when it was left empty.
    fn whole_name(&self) -> String {
        if !self.name.trim().is_empty() || !self.is_person() {
            return self.name.clone();
        }
        let parts = [&self.given_name, &self.additional_name, &self.family_name];
        parts.into_iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn address(&mut self) -> Address {
        let errors = &mut self.errors;
        let mut part = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten().map(String::from);
        Address {
            street: part("street", &self.street),
            post_office_box: part("post_office_box", &self.post_office_box),
            locality: part("locality", &self.locality),
            region: part("region", &self.region),
            postal_code: part("postal_code", &self.postal_code),
            country: part("country", &self.country),
        }
    }

    /// Who else has what only one may have.
    fn refuse_taken(&mut self, conn: &mut Conn, made: &Profile) -> Result<(), Error> {
        if let Some(number) = &made.student_id
            && let Some(other) = profile::holder_of_student_id(conn, number.as_str())?
            && other.id != made.id
        {
            let other = profile::followed(conn, other)?;
            let told = match other.id == made.id {
                true => {
                    "This is the number of a learner who was merged into this one, and leads here already".to_owned()
                }
                false => format!("{} already has this student number", other.name),
            };
            self.errors.add("student_id", told);
        }
        if made.is_person()
            && let Some(email) = &made.email
            && let Some(other) = profile::person_by_email(conn, email)?
            && other.id != made.id
        {
            self.errors.add("email", format!("{} already has this address, and signs in with it", other.name));
        }
        if let Some(other) = profile::by_iri(conn, &made.iri)?
            && other.id != made.id
        {
            self.errors.add("iri", format!("{} already has this profile id", other.name));
        }
        Ok(())
    }
}

impl Form<Profile> for ProfileForm {
    fn fill(object: &Profile) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let web = |value: &Option<WebAddress>| value.as_ref().map(WebAddress::to_string).unwrap_or_default();
        let address = object.address.get().clone();
        let (identifier_type, identifier) = identifiers::fill(object.identifiers.get());
        Self {
            identifier_type,
            identifier,
            kind: object.kind.to_string(),
            name: object.name.to_string(),
            given_name: line(&object.given_name),
            additional_name: line(&object.additional_name),
            family_name: line(&object.family_name),
            student_id: object.student_id.as_ref().map(Code::to_string).unwrap_or_default(),
            email: object.email.as_ref().map(Email::to_string).unwrap_or_default(),
            telephone: line(&object.telephone),
            url: web(&object.url),
            street: address.street.unwrap_or_default(),
            post_office_box: address.post_office_box.unwrap_or_default(),
            locality: address.locality.unwrap_or_default(),
            region: address.region.unwrap_or_default(),
            postal_code: address.postal_code.unwrap_or_default(),
            country: address.country.unwrap_or_default(),
            official: line(&object.official),
            description: object.description.as_ref().map(Prose::to_string).unwrap_or_default(),
            birth_date: object.birth_date.map(|date| date.to_string()).unwrap_or_default(),
            entered_on: object.entered_on.map(|date| date.to_string()).unwrap_or_default(),
            sourced_id: line(&object.sourced_id),
            image: web(&object.image),
            iri: object.iri.to_string(),
            parent: None,
            parent_id: object.parent_id.as_ref().map(Id::to_string).unwrap_or_default(),
            revision: object.revision,
            parent_picker: Picker::default(),
            errors: Errors::default(),
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        if ProfileKind::parse(&self.kind).is_err() {
            self.kind = ProfileKind::Organization.to_string();
        }
        if !self.is_person() {
            let hint = "The organisation above it. Left empty, nothing is.";
            self.parent_picker = Picker::new(What::Organization, "parent", "Part of", hint).shown(
                conn,
                (&self.parent, &self.parent_id),
                by,
            )?;
        }
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Profile>, by: &Actor) -> Result<Option<Profile>, Error> {
        self.errors = Errors::default();
        let kind = existing
            .as_ref()
            .map(|known| known.kind)
            .or(ProfileKind::parse(&self.kind).ok().filter(|kind| *kind != ProfileKind::Merged))
            .unwrap_or(ProfileKind::Organization);
        self.kind = kind.to_string();
        let address = self.address();
        let whole_name = self.whole_name();
        let errors = &mut self.errors;
        let name = errors.check(
            if kind == ProfileKind::Person && self.name.is_empty() { "given_name" } else { "name" },
            Name::parse(&whole_name),
        );
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let (given_name, additional_name) =
            (line("given_name", &self.given_name), line("additional_name", &self.additional_name));
        let (family_name, official) = (line("family_name", &self.family_name), line("official", &self.official));
        let (telephone, sourced_id) = (line("telephone", &self.telephone), line("sourced_id", &self.sourced_id));
        let student_id = errors.check("student_id", optional(&self.student_id, Code::parse)).flatten();
        let email = errors.check("email", optional(&self.email, Email::parse)).flatten();
        let url = errors.check("url", optional(&self.url, WebAddress::parse)).flatten();
        let image = errors.check("image", optional(&self.image, WebAddress::parse)).flatten();
        let description = errors.check("description", optional(&self.description, Prose::parse)).flatten();
        let birth_date = errors.check("birth_date", optional(&self.birth_date, parse_date)).flatten();
        let entered_on = errors.check("entered_on", optional(&self.entered_on, parse_date)).flatten();
        let iri = errors.check("iri", optional(&self.iri, Iri::parse)).flatten();
        let known_as = identifiers::parse(errors, &self.identifier_type, &self.identifier);
        let parent_id = match kind {
            ProfileKind::Organization => {
                let typed = (&self.parent, self.parent_id.as_str());
                picker::read(conn, (What::Organization, "parent"), typed, by, errors)?
            }
            ProfileKind::Person | ProfileKind::Merged => None,
        };
        let Some(name) = name else { return Ok(None) };
        let is_new = existing.is_none();
        let mut made = existing.unwrap_or_else(|| Profile::new(kind, name.clone()));
        // The public id is chosen once: documents that were issued name it.
        if let (true, Some(iri)) = (is_new, iri) {
            made.iri = iri;
        }
        if let Some(parent) = &parent_id
            && profile::is_within(conn, parent, &made.id)?
        {
            self.errors.add("parent", "An organisation cannot be part of itself, or of one that is part of it");
        }
        made.name = name;
        (made.given_name, made.additional_name, made.family_name) = (given_name, additional_name, family_name);
        (made.official, made.telephone, made.sourced_id) = (official, telephone, sourced_id);
        (made.student_id, made.email, made.birth_date) = (student_id, email, birth_date);
        (made.url, made.image, made.description) = (url, image, description);
        (made.address, made.identifiers) = (Json::new(address), Json::new(known_as));
        (made.parent_id, made.entered_on) = (parent_id, entered_on);
        made.revision = if is_new { 1 } else { self.revision };
        made.refold();
        self.refuse_taken(conn, &made)?;
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}

/// What a profile's page shows.
#[derive(Template)]
#[template(path = "profiles/details.html")]
pub struct ProfileDetails {
    profile: Profile,
    parent: Option<Profile>,
    uses: Vec<String>,
    is_publisher: bool,
}

impl HtmlSafe for ProfileDetails {}

impl Managed for Profile {
    const KIND: Kind = Kind {
        path: "profiles",
        audit: profile::KIND,
        singular: "profile",
        plural: "Profiles",
        about: "The publisher, the offices that issue achievements, and the learners.",
        empty: "A profile is a person or an organisation. Begin with the office that publishes: the registrar.",
        create: "New profile",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Name", sort: Some("name") },
        Column { label: "Kind", sort: None },
        Column { label: "E-mail", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "name";
    type Form = ProfileForm;
    type Row = Profile;
    type Details = ProfileDetails;
    type Read = ReadRecords;
    type Change = ChangeProfiles;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, _: &mut Conn) -> Result<String, QueryError> {
        Ok(self.name.to_string())
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        if erasure::of(conn, &self.id)?.is_some() {
            return Ok(Some("The data of this learner was erased; nothing is recorded here any more."));
        }
        if self.kind == ProfileKind::Merged {
            return Ok(Some("This learner was merged into another one; change that one."));
        }
        Ok((self.origin == Origin::Foreign).then_some(crate::web::staff::imports::FOREIGN))
    }

    fn exists_for(&self, _: &mut Conn, _: &Actor) -> Result<bool, QueryError> {
        Ok(true) // Only roles without an office read profiles.
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        profile::find(conn, id)
    }

    fn filters(_: &mut Conn, address: &str, _: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let kinds = vec![
            ("organization".to_owned(), "Organisations".to_owned()),
            ("person".to_owned(), "Learners and other persons".to_owned()),
        ];
        Ok(vec![Filter::new("kind", "Kind", kinds, address).as_scopes()])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Profile>, QueryError> {
        profile::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        profile::count(conn, query)
    }

    fn cells(row: Profile) -> Vec<Cell> {
        let kind = match row.kind {
            ProfileKind::Person => "Person",
            ProfileKind::Organization => "Organisation",
            ProfileKind::Merged => "Merged into another",
        };
        let below = match row.origin {
            Origin::Own => row.student_id.as_ref().map(Code::to_string).unwrap_or_default(),
            Origin::Foreign => "known from another publisher".to_owned(),
        };
        vec![
            Cell::Name { address: row.address(), text: row.name.to_string(), below },
            Cell::Text(kind.to_owned()),
            Cell::Text(row.email.map(|email| email.to_string()).unwrap_or_default()),
            Cell::Date(row.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, _: &Frame) -> Result<ProfileDetails, Error> {
        let parent = self.parent_id.as_ref().map(|id| profile::find(conn, id)).transpose()?;
        let is_publisher = profile::publisher(conn)?.is_some_and(|publisher| publisher.id == self.id);
        Ok(ProfileDetails { profile: self.clone(), parent, uses: profile::uses(conn, &self.id)?, is_publisher })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        profile::uses(conn, id)
    }

    fn where_used(&self) -> Vec<(&'static str, String)> {
        let name = encode(self.name.as_str());
        let own = match self.is_person() {
            true => ("the learner’s record", format!("/admin/learners/{}", self.id)),
            false => ("the achievements it issues", format!("/admin/achievements?state=all&issuer={}", self.id)),
        };
        vec![
            own,
            ("assertions", format!("/admin/assertions?q={name}")),
            ("endorsements", format!("/admin/endorsements?q={name}")),
        ]
    }

    fn insert(&self, conn: &mut Conn, _: &ProfileForm, by: &Actor) -> Result<(), Error> {
        Ok(Profile::insert(self, conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &ProfileForm, by: &Actor) -> Result<bool, Error> {
        Ok(Profile::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(profile::delete(conn, id, by)?)
    }
}
