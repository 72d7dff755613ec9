//! The form of an endorsement, and what the seven pages need to know of endorsements.

use askama::{Template, filters::HtmlSafe};
use chrono::NaiveTime;
use serde::Deserialize;

use super::{
    Errors, Form,
    picker::{self, Meant, Picker, What},
};
use crate::{
    clock,
    db::{Conn, QueryError},
    models::{
        Actor, Endorsement, Profile, assertion, clr,
        endorsement::{self, Endorsed, Listed},
        page::{Page, Query},
        profile,
    },
    values::{Id, Origin, Prose, optional, parse_date},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{Award, ReadAwards, Revoke},
        objects::{Kind, Managed},
        table::{Cell, Column, Filter},
    },
};

/// What can be endorsed: the name of its field, and its picker.
const KINDS: [(&str, What, &str); 4] = [
    ("achievement", What::Achievement, "Achievement"),
    ("award", What::Assertion, "Award"),
    ("profile", What::Profile, "Person or organisation"),
    ("clr", What::Clr, "Record (CLR)"),
];

/// What was entered about an endorsement.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "endorsements/form.html")]
#[serde(default)]
pub struct EndorsementForm {
    achievement: Option<String>,
    achievement_id: String,
    award: Option<String>,
    award_id: String,
    profile: Option<String>,
    profile_id: String,
    clr: Option<String>,
    clr_id: String,
    issuer: Option<String>,
    issuer_id: String,
    issued_on: String,
    comment: String,
    revision: i32,
    #[serde(skip)]
    issuer_picker: Picker,
    #[serde(skip)]
    pickers: Vec<Picker>,
    #[serde(skip)]
    of: Option<String>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for EndorsementForm {}

impl EndorsementForm {
    fn typed(&self, field: &str) -> (&Option<String>, &str) {
        match field {
            "achievement" => (&self.achievement, &self.achievement_id),
            "award" => (&self.award, &self.award_id),
            "profile" => (&self.profile, &self.profile_id),
            _ => (&self.clr, &self.clr_id),
        }
    }

    /// The ids of what this person has no picker for stay as they are.
    fn not_shown(&self) -> Vec<&'static str> {
        let is_shown = |field: &str| self.pickers.iter().any(|one| one.field == field);
        if is_shown("clr") { Vec::new() } else { vec!["clr_id"] }
    }

    fn wrong(&self, field: &str) -> Option<&str> {
        self.errors.of(field)
    }

    /// What is endorsed: exactly one of the four.
    fn endorsed(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Endorsed>, Error> {
        let mut found = Vec::new();
        let mut noted = false;
        for (field, what, _) in KINDS {
            let meant = what.meant(conn, self.typed(field), by)?;
            noted |= matches!(meant, Meant::Several(_) | Meant::Unknown);
            match meant {
                Meant::One(one) => found.push((field, one.id)),
                Meant::Several(_) => self.errors.add(field, "Several fit; choose one of them"),
                Meant::Unknown => self.errors.add(field, "Nothing that is known here has this name, code or id"),
                Meant::Nothing => {}
            }
        }
        let one = match found.as_slice() {
            [] if noted => None,
            [] => {
                self.errors.add("achievement", "Choose what is endorsed");
                None
            }
            [one] => Some(one),
            [(first, _), ..] => {
                self.errors.add(first, "Choose one thing that is endorsed, and leave the other fields empty");
                None
            }
        };
        let Some((field, id)) = one else { return Ok(None) };
        Ok(match *field {
            "achievement" => id.parse().ok().map(Endorsed::Achievement),
            "award" => id.parse().ok().map(Endorsed::Assertion),
            "profile" => id.parse().ok().map(Endorsed::Profile),
            _ => id.parse().ok().map(Endorsed::Clr),
        })
    }
}

/// The field that names what is endorsed.
fn field_of(endorsed: &Endorsed) -> &'static str {
    match endorsed {
        Endorsed::Profile(_) => "profile",
        Endorsed::Achievement(_) => "achievement",
        Endorsed::Assertion(_) => "award",
        Endorsed::Clr(_) => "clr",
    }
}

impl Form<Endorsement> for EndorsementForm {
    fn fill(object: &Endorsement) -> Self {
        let id = |id: Option<String>| id.unwrap_or_default();
        Self {
            achievement_id: id(object.achievement_id.as_ref().map(Id::to_string)),
            award_id: id(object.assertion_id.as_ref().map(Id::to_string)),
            profile_id: id(object.profile_id.as_ref().map(Id::to_string)),
            clr_id: id(object.clr_id.as_ref().map(Id::to_string)),
            issuer_id: object.issuer_id.to_string(),
            issued_on: object.issued_on.date().to_string(),
            comment: object.comment.as_ref().map(Prose::to_string).unwrap_or_default(),
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        let hint = "By name, code or id.";
        self.pickers = Vec::new();
        for (field, what, label) in KINDS.iter().filter(|(field, ..)| *field != "clr" || by.office.is_none()) {
            let picker = Picker::new(*what, field, label, hint).shown(conn, self.typed(field), by)?;
            self.pickers.push(picker.only_known());
        }
        self.issuer_picker =
            Picker::new(What::Profile, "issuer", "Endorsed by", "A person or an organisation, by name or number.")
                .shown(conn, (&self.issuer, &self.issuer_id), by)?;
        if self.revision == 0 && self.issued_on.is_empty() && self.errors.is_empty() {
            self.issued_on = clock::now().date_naive().to_string();
        }
        let chosen = |field: &str| self.pickers.iter().find(|one| one.field == field)?.chosen.clone();
        self.of = chosen("award")
            .map(|one| format!("/admin/assertions/{}", one.id))
            .or(chosen("achievement").map(|one| format!("/admin/achievements/{}", one.id)));
        Ok(())
    }

    fn parse(
        &mut self,
        conn: &mut Conn,
        existing: Option<Endorsement>,
        by: &Actor,
    ) -> Result<Option<Endorsement>, Error> {
        self.errors = Errors::default();
        let endorsed = self.endorsed(conn, by)?;
        let typed = (&self.issuer, self.issuer_id.as_str());
        let missing = (&mut self.errors, "Choose who endorses");
        let issuer = picker::read_one::<Profile>(conn, (What::Profile, "issuer"), typed, by, missing)?;
        let issued_on = self.errors.check("issued_on", parse_date(&self.issued_on));
        let comment = self.errors.check("comment", optional(&self.comment, Prose::parse)).flatten();
        let (Some(endorsed), Some(issuer), Some(date)) = (endorsed, issuer, issued_on) else { return Ok(None) };
        if let Endorsed::Assertion(id) = &endorsed
            && assertion::find(conn, id)?.is_issued()
        {
            self.errors.add("award", "This award was issued: what was issued is never changed. Endorse a draft.");
        }
        if endorsement::is_foreign(conn, &endorsed)? {
            self.errors
                .add(field_of(&endorsed), "This is another publisher’s; what is said of it stands in its record");
        }
        if let Endorsed::Clr(id) = &endorsed
            && clr::find(conn, id)?.is_published()
        {
            self.errors.add("clr", "This record was published: what was published is never changed. Endorse a draft.");
        }
        let issuer = profile::find(conn, &issuer)?;
        let named = endorsement::named(conn, &endorsed)?;
        // An office speaks of what is its own.
        if by.office.is_some() && named.office != by.office {
            self.errors.add("profile", "Choose something of your own office");
        }
        // A time of day that came from elsewhere stays as long as the day does.
        let kept = existing.as_ref().map(|known| known.issued_on).filter(|known| known.date() == date);
        let issued_on = kept.unwrap_or_else(|| date.and_time(NaiveTime::MIN));
        let is_new = existing.is_none();
        let mut made = existing.unwrap_or_else(|| Endorsement::new(endorsed.clone(), &issuer, issued_on));
        made.endorse(endorsed);
        (made.issuer_id, made.issued_on, made.comment) = (issuer.id.clone(), issued_on, comment);
        made.revision = if is_new { 1 } else { self.revision };
        made.refold(&issuer, &named);
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn back(&self) -> Option<String> {
        self.of.clone()
    }
}

/// What the page of an endorsement shows.
#[derive(Template)]
#[template(path = "endorsements/details.html")]
pub struct EndorsementDetails {
    listed: Listed,
    /// Where what is endorsed is shown.
    endorsed_address: String,
    may_revoke: bool,
    frame: Frame,
}

impl HtmlSafe for EndorsementDetails {}

/// The staff page of what is endorsed.
pub fn address_of(endorsed: &Endorsed) -> String {
    match endorsed {
        Endorsed::Profile(id) => format!("/admin/profiles/{id}"),
        Endorsed::Achievement(id) => format!("/admin/achievements/{id}"),
        Endorsed::Assertion(id) => format!("/admin/assertions/{id}"),
        Endorsed::Clr(id) => format!("/admin/clrs/{id}"),
    }
}

const THEIRS: &str = "It came from another publisher and stays as it came.";
const FROZEN: &str = "It is part of something that was issued, and can only be revoked.";

impl Managed for Endorsement {
    const KIND: Kind = Kind {
        path: "endorsements",
        audit: endorsement::KIND,
        singular: "endorsement",
        plural: "Endorsements",
        about: "What others say of achievements, awards, people, organisations and records.",
        empty: "An endorsement is somebody else’s word for an achievement, an award, a profile or a record.",
        create: "New endorsement",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Endorsed", sort: None },
        Column { label: "Endorser", sort: Some("endorser") },
        Column { label: "Given", sort: None },
        Column { label: "Last changed", sort: Some("updated") },
    ];
    const SORT: &'static str = "-updated";
    type Form = EndorsementForm;
    type Row = Listed;
    type Details = EndorsementDetails;
    type Read = ReadAwards;
    type Change = Award;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, conn: &mut Conn) -> Result<String, QueryError> {
        let listed = endorsement::listed(conn, self.clone())?;
        Ok(format!("{} by {}", listed.endorsed.name, listed.issuer))
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        let Some(office) = &by.office else { return Ok(true) };
        let Some(endorsed) = self.endorsed() else { return Ok(false) };
        Ok(endorsement::named(conn, &endorsed)?.office.as_ref() == Some(office))
    }

    fn locked(&self, conn: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        if self.is_frozen() || self.revoked_at.is_some() {
            return Ok(Some(FROZEN));
        }
        if self.origin == Origin::Foreign {
            return Ok(Some(THEIRS));
        }
        match &self.assertion_id {
            Some(id) if assertion::find(conn, id)?.is_issued() => Ok(Some(FROZEN)),
            _ => Ok(None),
        }
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        endorsement::find(conn, id)
    }

    fn filters(_: &mut Conn, address: &str, _: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let pairs = |list: &[(&str, &str)]| {
            list.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
        };
        let kinds = pairs(&[
            ("achievement", "Achievements"),
            ("assertion", "Awards"),
            ("profile", "People and organisations"),
            ("clr", "Records"),
        ]);
        let states = pairs(&[("current", "In force"), ("revoked", "Revoked")]);
        Ok(vec![
            Filter::new("endorsed", "Of what", kinds, address).as_scopes(),
            Filter::new("state", "State", states, address),
        ])
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        endorsement::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        endorsement::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        let below = match row.endorsement.revoked_at {
            Some(_) => "revoked".to_owned(),
            None => row.endorsed.kind.to_owned(),
        };
        vec![
            Cell::Name { address: row.endorsement.address(), text: row.endorsed.name, below },
            Cell::Text(row.issuer),
            Cell::Date(row.endorsement.issued_on.date()),
            Cell::Date(row.endorsement.updated_at.date()),
        ]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<EndorsementDetails, Error> {
        let endorsed = self.endorsed().ok_or(Error::NotFound)?;
        Ok(EndorsementDetails {
            listed: endorsement::listed(conn, self.clone())?,
            endorsed_address: address_of(&endorsed),
            may_revoke: self.revoked_at.is_none() && self.origin == Origin::Own && frame.may::<Revoke>(),
            frame: frame.clone(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        let found = endorsement::find(conn, id)?;
        let part = "it is part of something that was issued, and nothing issued is deleted; it can be revoked";
        let foreign = (found.origin == Origin::Foreign).then_some(THEIRS);
        Ok(found.is_frozen().then_some(part).or(foreign).map(str::to_owned).into_iter().collect())
    }

    fn insert(&self, conn: &mut Conn, _: &EndorsementForm, by: &Actor) -> Result<(), Error> {
        super::evidence::or_frozen(Endorsement::insert(self, conn, by)?)
    }

    fn update(&self, conn: &mut Conn, _: &EndorsementForm, by: &Actor) -> Result<bool, Error> {
        Ok(Endorsement::update(self, conn, by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        super::evidence::or_frozen(endorsement::delete(conn, id, by)?)
    }
}
