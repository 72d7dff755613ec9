//! Identifiers of other systems in a form: rows of a type and an identifier, with a few empty ones at the end.

use super::Errors;
use crate::values::{IdentifierType, Line, SystemIdentifier};

/// Empty rows that a form offers beside those that are filled in.
const SPARE: usize = 2;
/// Most identifiers of one object.
const MOST: usize = 30;

/// The rows as a form shows them: what was entered, and some to enter more.
pub fn rows(types: &[String], identifiers: &[String]) -> Vec<(String, String)> {
    let entered = entered(types, identifiers).map(|(of, value)| (of.to_owned(), value.to_owned()));
    entered.chain(std::iter::repeat_n((String::new(), String::new()), SPARE)).collect()
}

/// The two columns of a form for what an object has.
pub fn fill(known: &[SystemIdentifier]) -> (Vec<String>, Vec<String>) {
    known.iter().map(|one| (one.identifier_type.to_string(), one.identifier.to_string())).unzip()
}

/// What was entered, or a note beside the rows.
pub fn parse(errors: &mut Errors, types: &[String], identifiers: &[String]) -> Vec<SystemIdentifier> {
    let mut known = Vec::new();
    for (of, value) in entered(types, identifiers) {
        let kind = errors.check("identifier_type", IdentifierType::parse(of));
        let value = errors.check("identifier_type", Line::parse(value));
        let made =
            |(identifier_type, identifier)| SystemIdentifier { identifier_type, identifier: String::from(identifier) };
        known.extend(kind.zip(value).map(made));
    }
    if known.len() > MOST {
        errors.add("identifier_type", format!("Enter at most {MOST} identifiers"));
    }
    known
}

fn entered<'a>(types: &'a [String], identifiers: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let longest = types.len().max(identifiers.len());
    let at = move |list: &'a [String], place: usize| list.get(place).map(|one| one.trim()).unwrap_or_default();
    (0..longest).map(move |place| (at(types, place), at(identifiers, place))).filter(|pair| *pair != ("", ""))
}
