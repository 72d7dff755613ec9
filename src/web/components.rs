//! Pieces that many pages have, each a template of its own. A template that is included is compiled again into every page
//! that includes it; these are compiled once, and a page prints them as it prints a word.

use std::fmt::Display;

use askama::{Template, filters::HtmlSafe};

use super::{filters, forms::picker::Picker, frame::Frame, table::Table};
use crate::{models::issued::Issued, values::CeDiD};

/// An icon of the sprite, by its name there.
#[derive(Template)]
#[template(path = "components/sprite.html")]
pub struct Icon<'a> {
    name: &'a str,
}

impl HtmlSafe for Icon<'_> {}

/// Draws an icon beside a word.
pub fn icon(name: &str) -> Icon<'_> {
    Icon { name }
}

/// What every page's head has beside its title.
#[derive(Template)]
#[template(path = "layouts/head.html")]
pub struct Head;

impl HtmlSafe for Head {}

/// What stands above a page of staff.
#[derive(Template)]
#[template(path = "layouts/staff_top.html")]
pub struct StaffTop<'a> {
    frame: &'a Frame,
}

impl HtmlSafe for StaffTop<'_> {}

/// The way of staff to every room that their role may enter.
#[derive(Template)]
#[template(path = "layouts/staff_nav.html")]
pub struct StaffNav<'a> {
    frame: &'a Frame,
}

impl HtmlSafe for StaffNav<'_> {}

/// What stands above every other page.
#[derive(Template)]
#[template(path = "layouts/public_top.html")]
pub struct PublicTop<'a> {
    frame: &'a Frame,
}

impl HtmlSafe for PublicTop<'_> {}

/// What stands below every page that is not of staff.
#[derive(Template)]
#[template(path = "layouts/public_foot.html")]
pub struct PublicFoot<'a> {
    frame: &'a Frame,
}

impl HtmlSafe for PublicFoot<'_> {}

/// The banner of a demonstration.
#[derive(Template)]
#[template(path = "components/demonstration.html")]
pub struct Demonstration<'a> {
    frame: &'a Frame,
}

impl HtmlSafe for Demonstration<'_> {}

/// What was wrong with a form, each line a link to its field.
#[derive(Template)]
#[template(path = "components/summary.html")]
pub struct Summary<'a> {
    frame: &'a Frame,
    errors: Vec<(&'a str, &'a str)>,
}

impl HtmlSafe for Summary<'_> {}

/// An award as it would be issued now.
#[derive(Template)]
#[template(path = "assertions/as_issued.html")]
pub struct AsIssued<'a> {
    frame: &'a Frame,
    issued: &'a Issued,
    kept: Option<&'a CeDiD>,
}

impl HtmlSafe for AsIssued<'_> {}

/// A list with its tabs, filters, rows and pages.
#[derive(Template)]
#[template(path = "components/table.html")]
pub struct List<'a> {
    frame: &'a Frame,
    table: &'a Table,
    kind_plural: &'a str,
    empty: &'a str,
}

impl HtmlSafe for List<'_> {}

impl Frame {
    /// What every page's head has beside its title.
    pub fn head(&self) -> Head {
        Head
    }

    /// What stands above a page of staff.
    pub fn staff_top(&self) -> StaffTop<'_> {
        StaffTop { frame: self }
    }

    /// The way of staff to every room that their role may enter.
    pub fn staff_nav(&self) -> StaffNav<'_> {
        StaffNav { frame: self }
    }

    /// What stands above every other page.
    pub fn public_top(&self) -> PublicTop<'_> {
        PublicTop { frame: self }
    }

    /// What stands below every page that is not of staff.
    pub fn public_foot(&self) -> PublicFoot<'_> {
        PublicFoot { frame: self }
    }

    /// The banner of a demonstration, or nothing.
    pub fn demonstration(&self) -> Demonstration<'_> {
        Demonstration { frame: self }
    }

    /// What was wrong with a form, or nothing.
    pub fn summary<'a, F: AsRef<str>>(&'a self, errors: &'a [(F, String)]) -> Summary<'a> {
        let errors = errors.iter().map(|(field, sentence)| (field.as_ref(), sentence.as_str())).collect();
        Summary { frame: self, errors }
    }

    /// An award as it would be issued now.
    pub fn as_issued<'a>(&'a self, issued: &'a Issued) -> AsIssued<'a> {
        AsIssued { frame: self, issued, kept: None }
    }

    /// The same for one that keeps the code which another system gave it, if it has one.
    pub fn as_issued_keeping<'a>(&'a self, issued: &'a Issued, kept: &'a Option<CeDiD>) -> AsIssued<'a> {
        AsIssued { kept: kept.as_ref(), ..self.as_issued(issued) }
    }

    /// A list; `kind_plural` says what it lists, `empty` what stands where nothing does.
    pub fn list<'a>(&'a self, table: &'a Table, kind_plural: &'a str, empty: &'a str) -> List<'a> {
        List { frame: self, table, kind_plural, empty }
    }
}

/// A field of a form with its label, its hint and what was wrong with it.
#[derive(Template)]
#[template(path = "components/field.html")]
pub struct Field {
    name: String,
    label: String,
    hint: String,
    wrong: Option<String>,
    control: Control,
}

enum Control {
    Line { kind: &'static str, value: String },
    Password,
    Prose { rows: usize, value: String },
    Choose { chosen: String, choices: Vec<(String, String)>, nothing: String },
}

impl HtmlSafe for Field {}

/// What stands around a control: its name, its label, what was wrong with it and a hint, which may be empty.
fn field(
    (name, label, wrong, hint): (impl Display, impl Display, &Option<impl Display>, impl Display),
    control: Control,
) -> Field {
    let (name, label, hint) = (name.to_string(), label.to_string(), hint.to_string());
    Field { name, label, hint, wrong: wrong.as_ref().map(|sentence| sentence.to_string()), control }
}

/// A line to type into; `kind` is what a browser should expect there.
#[allow(clippy::too_many_arguments)] // Each is a word of the call in a template.
pub fn input(
    name: impl Display,
    label: impl Display,
    value: impl Display,
    wrong: &Option<impl Display>,
    hint: impl Display,
    kind: &'static str,
) -> Field {
    field((name, label, wrong, hint), Control::Line { kind, value: value.to_string() })
}

/// A day. One that was typed wrongly is shown as it was typed, which a field for dates would not do.
pub fn day(
    name: impl Display,
    label: impl Display,
    value: impl Display,
    wrong: &Option<impl Display>,
    hint: impl Display,
) -> Field {
    let kind = if wrong.is_some() { "text" } else { "date" };
    input(name, label, value, wrong, hint, kind)
}

/// Asks for the password again; nothing that was typed into it is ever shown.
pub fn confirmation(wrong: &Option<impl Display>) -> Field {
    field(("password", "Your password", wrong, "Once more, because this cannot be undone."), Control::Password)
}

/// Several lines to write into.
#[allow(clippy::too_many_arguments)] // Each is a word of the call in a template.
pub fn prose(
    name: impl Display,
    label: impl Display,
    value: impl Display,
    wrong: &Option<impl Display>,
    hint: impl Display,
    rows: &usize,
) -> Field {
    field((name, label, wrong, hint), Control::Prose { rows: *rows, value: value.to_string() })
}

/// One of several; `nothing` names the choice of none of them, where there is one.
#[allow(clippy::too_many_arguments)] // Each is a word of the call in a template.
pub fn choose<K: Display, L: Display>(
    name: impl Display,
    label: impl Display,
    chosen: impl Display,
    choices: &[(K, L)],
    nothing: impl Display,
    wrong: &Option<impl Display>,
    hint: impl Display,
) -> Field {
    let choices = choices.iter().map(|(key, shown)| (key.to_string(), shown.to_string())).collect();
    let control = Control::Choose { chosen: chosen.to_string(), choices, nothing: nothing.to_string() };
    field((name, label, wrong, hint), control)
}

/// A field that finds an object. With a script it suggests while one types (static/app.js); without, a doubtful entry comes
/// back with the candidates.
#[derive(Template)]
#[template(path = "components/pick.html")]
pub struct Pick<'a> {
    one: &'a Picker,
    wrong: Option<String>,
}

impl HtmlSafe for Pick<'_> {}

/// A field that finds an object.
pub fn pick<'a>(one: &'a Picker, wrong: &Option<impl Display>) -> Pick<'a> {
    Pick { one, wrong: wrong.as_ref().map(|sentence| sentence.to_string()) }
}
