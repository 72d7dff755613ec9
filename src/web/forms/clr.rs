//! The form of a record (a draft): whose it is, and which of the learner's awards it takes.

mod shown;

pub use shown::called;

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{
    Errors, Form,
    picker::{self, Picker, What},
};
use crate::{
    clock,
    db::Conn,
    models::{Actor, Assertion, Clr, Credential, Profile, clr, credential, profile},
    registrar::publish::belongs,
    values::{Id, Name, Reading, optional},
    web::{error::Error, filters},
    words::Words,
};

/// What was entered about a record.
#[derive(Clone, Default, Deserialize, Template)]
#[template(path = "clrs/form.html")]
#[serde(default)]
pub struct ClrForm {
    learner: Option<String>,
    learner_id: String,
    name: String,
    /// `all` or `chosen`.
    takes: String,
    /// The chosen assertions.
    assertion: Vec<String>,
    revision: i32,
    #[serde(skip)]
    learner_picker: Picker,
    /// The draft that the form was filled from.
    #[serde(skip)]
    draft: Option<Id<Clr>>,
    /// Whose record it is, once that is known.
    #[serde(skip)]
    whose: Option<Profile>,
    #[serde(skip)]
    choices: Vec<Choice>,
    #[serde(skip)]
    chosen: Vec<Id<Assertion>>,
    #[serde(skip)]
    errors: Errors,
    #[serde(skip)]
    words: Words,
}

impl HtmlSafe for ClrForm {}

/// An award that can be chosen, or that cannot and why.
#[derive(Debug, Clone)]
struct Choice {
    credential: Credential,
    reading: Reading,
}

impl Choice {
    fn belongs(&self) -> bool {
        belongs(self.reading)
    }

    fn assertion(&self) -> &str {
        self.credential.assertion_id.as_ref().map_or("", Id::as_str)
    }

    fn why(&self) -> &'static str {
        why(self.reading)
    }
}

/// How an award that stands like this is treated.
pub fn why(reading: Reading) -> &'static str {
    match reading {
        Reading::Valid => "",
        Reading::Expired => "Expired awards belong to a record; they say themselves until when they were valid.",
        Reading::Suspended => {
            "Left out while it is suspended; until that is lifted the record is a part of what is known."
        }
        Reading::Revoked | Reading::Replaced => {
            "Left out. Where it stood in an earlier published record, its id stays, marked as revoked."
        }
    }
}

impl ClrForm {
    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn takes_all(&self) -> bool {
        self.takes != "chosen"
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        self.assertion.iter().any(|id| id == choice.assertion())
    }

    fn offer(&mut self, conn: &mut Conn, learner: Profile) -> Result<(), Error> {
        let now = clock::now();
        let all = credential::of_learner(conn, &learner.id)?;
        self.choices = all
            .into_iter()
            .map(|credential| Choice { reading: credential.standing(now).reading, credential })
            .collect();
        self.whose = Some(learner);
        Ok(())
    }

    fn find_learner(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Profile>, Error> {
        let typed = (&self.learner, self.learner_id.as_str());
        picker::read_learner(conn, typed, by, &mut self.errors)
    }

    /// The chosen awards, checked against what the learner has.
    fn read_chosen(&mut self) {
        self.chosen = Vec::new();
        if self.takes_all() {
            return;
        }
        let (fit, unfit): (Vec<&String>, Vec<&String>) = self
            .assertion
            .iter()
            .partition(|id| self.choices.iter().any(|choice| choice.belongs() && choice.assertion() == *id));
        self.chosen = fit.into_iter().filter_map(|id| id.parse().ok()).collect();
        if !unfit.is_empty() {
            self.errors.add("assertion", "Choose among the awards of this learner that are valid or have expired");
        } else if self.chosen.is_empty() {
            self.errors.add("assertion", "Choose at least one award, or take all of them");
        }
    }
}

impl Form<Clr> for ClrForm {
    fn fill(object: &Clr) -> Self {
        Self {
            learner_id: object.learner_id.to_string(),
            name: object.name.as_ref().map(Name::to_string).unwrap_or_default(),
            takes: if object.takes_all { "all" } else { "chosen" }.to_owned(),
            revision: object.revision,
            draft: Some(object.id.clone()),
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        if self.is_new() {
            let hint = "Student number, e-mail address or name.";
            let picker = Picker::new(What::Learner, "learner", "Learner", hint);
            self.learner_picker = picker.shown(conn, (&self.learner, &self.learner_id), by)?;
            // Whose awards are offered is who stands in the field.
            self.learner_id = self.learner_picker.chosen.as_ref().map(|one| one.id.clone()).unwrap_or_default();
        }
        if let Some(draft) = self.draft.take() {
            self.assertion = clr::chosen(conn, &draft)?.iter().map(Id::to_string).collect();
        }
        if self.whose.is_none()
            && let Ok(id) = self.learner_id.parse::<Id<Profile>>()
            && let Ok(learner) = profile::find(conn, &id)
        {
            self.offer(conn, learner)?;
        }
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Clr>, by: &Actor) -> Result<Option<Clr>, Error> {
        self.errors = Errors::default();
        // Whose record a draft is does not change; another learner's is another record.
        let learner = match &existing {
            Some(draft) => Some(profile::find(conn, &draft.learner_id)?),
            None => self.find_learner(conn, by)?,
        };
        let name = self.errors.check("name", optional(&self.name, Name::parse)).flatten();
        let Some(learner) = learner else { return Ok(None) };
        (self.learner, self.learner_id) = (None, learner.id.to_string());
        self.offer(conn, learner.clone())?;
        self.read_chosen();
        let publisher = profile::publisher(conn)?.ok_or_else(|| {
            Error::Conflict("Choose the publisher in the settings first; a record has one.".to_owned())
        })?;
        let is_new = existing.is_none();
        let mut made = existing.unwrap_or_else(|| Clr::new(&learner, publisher.id.clone()));
        (made.name, made.takes_all, made.publisher_id) = (name, self.takes_all(), publisher.id);
        made.revision = if is_new { 1 } else { self.revision };
        made.refold(&learner);
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}
