//! Puts a document in order: every value becomes what its class holds, and everything that had to be assumed, renamed or
//! left aside is noted with its place. Nothing is thrown away that means something: a member that the standard does not
//! know is kept as `received:NAME`.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    Warning,
    class::{self, Class, Holds},
    time::{self, Told},
};
use crate::values::Iri;

/// The prefix under which members travel on that have none of their own.
pub const RECEIVED: &str = "received";

/// Warnings kept word for word; further ones are only counted.
const MOST_WARNINGS: usize = 2_000;

/// What was noted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) warnings: Vec<Warning>,
    pub(super) further: usize,
}

impl Notes {
    /// Notes something about a place.
    pub(super) fn warn(&mut self, place: &str, message: impl Into<String>) {
        if self.warnings.len() < MOST_WARNINGS {
            let place = if place.is_empty() { "/".to_owned() } else { place.to_owned() };
            self.warnings.push(Warning { place, message: message.into() });
        } else {
            self.further += 1;
        }
    }
}

/// A place one step further, as RFC 6901 writes it.
pub(super) fn under(place: &str, step: &str) -> String {
    format!("{place}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// An object of a class, in order; `None` where nothing of it can be read.
pub(super) fn object(value: Value, class: &'static Class, place: &str, notes: &mut Notes) -> Option<Value> {
    let members = match value {
        Value::Object(members) => members,
        Value::Null => return None,
        Value::String(text) if !text.trim().is_empty() && class.bare.is_some() => {
            let member = class.bare.unwrap_or("id");
            notes.warn(place, format!("{} is a text here and should be an object; read as its “{member}”", class.name));
            Map::from_iter([(member.to_owned(), Value::String(text))])
        }
        Value::Array(mut list) if list.len() == 1 => {
            notes.warn(place, format!("{} is a list here and should be one object", class.name));
            return object(list.swap_remove(0), class, place, notes);
        }
        _ => {
            notes.warn(place, format!("{} should be an object; it was left aside", class.name));
            return None;
        }
    };
    let mut tidy = Map::new();
    for (name, value) in members {
        member(name, value, class, (&mut tidy, place), notes);
    }
    complete(&mut tidy, class, place, notes);
    Some(Value::Object(tidy))
}

/// One member, put among those that are in order.
fn member(
    name: String,
    value: Value,
    class: &'static Class,
    (tidy, place): (&mut Map<String, Value>, &str),
    notes: &mut Notes,
) {
    if name == "@context" && (place.is_empty() || class.name == "Clr") {
        return; // Of the document, not of the object; its bytes keep it.
    }
    let at = under(place, &name);
    let known = class.holds(&name);
    let (name, holds) = match (known, class.renamed(&name)) {
        (Some(holds), _) => (name, Some(holds)),
        (None, Some(now)) => {
            notes.warn(&at, format!("“{name}” is not a member of {}; read as “{now}”", class.name));
            if tidy.contains_key(now) {
                return;
            }
            (now.to_owned(), class.holds(now))
        }
        (None, None) => (name, None),
    };
    match holds {
        Some(_) if value.is_null() => notes.warn(&at, "null stands where nothing should stand"),
        Some(holds) => {
            if let Some(read) = held(value, holds, &at, notes) {
                tidy.insert(name, read);
            }
        }
        None if is_extension(&name) => {
            tidy.insert(name, value);
        }
        None => {
            let own = if name.is_empty() { "nameless".to_owned() } else { name.replace(':', "-") };
            let kept = format!("{RECEIVED}:{own}");
            notes.warn(&at, format!("{} has no member “{name}”; it is kept as “{kept}”", class.name));
            tidy.insert(kept, value);
        }
    }
}

/// Whether a name has the form `prefix:term` that the standard gives to members of other systems.
fn is_extension(name: &str) -> bool {
    matches!(name.split_once(':'), Some((prefix, term)) if !prefix.is_empty() && !term.is_empty() && !term.contains(':'))
}

/// A value as its member holds it; `None` where there is nothing to keep.
fn held(value: Value, holds: Holds, place: &str, notes: &mut Notes) -> Option<Value> {
    match holds {
        Holds::Text => text(value, place, notes).map(Value::String),
        Holds::Id => text(value, place, notes).map(|id| Value::String(mended_id(id, place, notes))),
        Holds::Texts => list(value, place, notes, |one, at, notes| text(one, at, notes).map(Value::String)),
        Holds::Many(class) => list(value, place, notes, |one, at, notes| object(one, class, at, notes)),
        Holds::One(class) => object(value, class, place, notes),
        Holds::Number => number(value, place, notes),
        Holds::Flag => flag(value, place, notes).map(Value::Bool),
        Holds::Instant => timed(value, time::instant, place, notes),
        Holds::Day => timed(value, time::day, place, notes),
        Holds::Term(known) => text(value, place, notes).map(|term| Value::String(term_of(term, known, place, notes))),
        Holds::Closed(known) => {
            let term = text(value, place, notes)?;
            let fits = known.iter().find(|one| one.eq_ignore_ascii_case(term.trim()));
            if fits.is_none_or(|fits| *fits != term) {
                notes.warn(place, format!("“{term}” is not among {}", known.join(", ")));
            }
            fits.map(|fits| Value::String((*fits).to_owned()))
        }
    }
}

fn text(value: Value, place: &str, notes: &mut Notes) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => {
            notes.warn(place, "a number stands where a text should stand");
            Some(number.to_string())
        }
        Value::Bool(flag) => {
            notes.warn(place, "true or false stands where a text should stand");
            Some(flag.to_string())
        }
        Value::Array(mut list) if list.len() == 1 => {
            notes.warn(place, "a list of one stands where a text should stand");
            text(list.swap_remove(0), place, notes)
        }
        Value::Null => None,
        Value::Array(_) | Value::Object(_) => {
            notes.warn(place, "a text should stand here; what does was left aside");
            None
        }
    }
}

fn list(
    value: Value,
    place: &str,
    notes: &mut Notes,
    mut one: impl FnMut(Value, &str, &mut Notes) -> Option<Value>,
) -> Option<Value> {
    let values = match value {
        Value::Array(values) => values,
        Value::Null => return None,
        single => {
            notes.warn(place, "one value stands where a list should stand");
            vec![single]
        }
    };
    let read = values.into_iter().enumerate().filter_map(|(at, value)| {
        let at = under(place, &at.to_string());
        if value.is_null() {
            notes.warn(&at, "null stands in a list");
            return None;
        }
        one(value, &at, notes)
    });
    Some(Value::Array(read.collect()))
}

fn number(value: Value, place: &str, notes: &mut Notes) -> Option<Value> {
    if value.is_number() {
        return Some(value);
    }
    let told = text(value, place, &mut Notes::default())?;
    let read = told.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from);
    notes
        .warn(place, format!("“{told}” should be a number{}", if read.is_some() { "" } else { "; it was left aside" }));
    read
}

fn flag(value: Value, place: &str, notes: &mut Notes) -> Option<bool> {
    if let Value::Bool(flag) = value {
        return Some(flag);
    }
    let told = text(value, place, &mut Notes::default())?;
    let read = match told.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    };
    notes.warn(
        place,
        format!("“{told}” should be true or false{}", if read.is_some() { "" } else { "; it was left aside" }),
    );
    read
}

fn timed(value: Value, read: impl Fn(&str) -> Told, place: &str, notes: &mut Notes) -> Option<Value> {
    let told = text(value, place, notes)?;
    match read(&told) {
        Told::Fine => Some(Value::String(told)),
        Told::As(meant, why) => {
            notes.warn(place, format!("“{told}”: {why}"));
            Some(Value::String(meant))
        }
        Told::Nothing => {
            notes.warn(place, format!("“{told}” stands for no date; it was left aside"));
            None
        }
        Told::Nonsense => {
            notes.warn(place, format!("“{told}” is not a date; it was left aside"));
            None
        }
    }
}

/// A term of an extensible vocabulary; one that is neither the standard's nor an extension becomes an extension.
fn term_of(term: String, known: &[&str], place: &str, notes: &mut Notes) -> String {
    let plain = term.trim();
    let extension = |own: &str| {
        !own.is_empty() && own.len() <= 60 && own.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
    };
    if plain == term && (known.contains(&plain) || plain.strip_prefix("ext:").is_some_and(extension)) {
        return term;
    }
    let meant = match plain {
        "AssessmentResult" if known.contains(&"Assessment") => "Assessment".to_owned(),
        other => match known.iter().find(|one| one.eq_ignore_ascii_case(other)) {
            Some(one) => (*one).to_owned(),
            None => {
                let own = other.strip_prefix("ext:").unwrap_or(other);
                let own: String =
                    own.chars().filter(|c| c.is_ascii_alphanumeric() || ".-_".contains(*c)).take(60).collect();
                format!("ext:{}", if own.is_empty() { "Other" } else { &own })
            }
        },
    };
    notes.warn(place, format!("“{term}” is not a term of the standard; read as “{meant}”"));
    meant
}

/// An identifier with what is commonly broken about it mended, the same way every time.
fn mended_id(id: String, place: &str, notes: &mut Notes) -> String {
    let plain = id.trim();
    let lacks_colon = plain.strip_prefix("urn:uuid").is_some_and(|rest| rest.parse::<uuid::Uuid>().is_ok());
    if !lacks_colon && Iri::parse(&id).is_ok_and(|iri| iri.as_str() == id) {
        return id;
    }
    let bare = plain.strip_prefix("urn:uuid").unwrap_or(plain).trim_start_matches(':');
    let mended = if bare.parse::<uuid::Uuid>().is_ok() {
        format!("urn:uuid:{bare}")
    } else if Iri::parse(plain).is_ok() {
        plain.to_owned()
    } else {
        made_id(&Value::String(plain.to_owned()))
    };
    notes.warn(place, format!("“{}” is not an identifier; read as {mended}", shortened(&id)));
    mended
}

/// An identifier made of what something is, so that the same thing gets the same one the next time.
fn made_id(of: &Value) -> String {
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(of.to_string())[..16]);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(digest).into_uuid())
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(80).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// What a class cannot do without is put in.
fn complete(tidy: &mut Map<String, Value>, class: &'static Class, place: &str, notes: &mut Notes) {
    if class.needed.contains(&"id") && !tidy.contains_key("id") {
        let made = made_id(&Value::Array(vec![class.name.into(), Value::Object(tidy.clone())]));
        notes.warn(place, format!("this {} has no id; {made} was made of what it says", class.name));
        tidy.insert("id".to_owned(), made.into());
    }
    if let Some(terms) = class::type_terms(class) {
        let told = tidy.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !terms.contains(&told.as_str()) {
            let is_id = tidy.get("identity").and_then(Value::as_str).is_some_and(|one| !one.contains('@'));
            let meant = match class.name {
                "Verification" if told.is_empty() => "Verification",
                "Verification" => terms.iter().find(|one| one.eq_ignore_ascii_case(&told)).copied().unwrap_or("Hosted"),
                _ if is_id => "id",
                _ => "email",
            };
            notes.warn(
                place,
                format!("the type “{told}” of this {} is not one of the standard’s; read as “{meant}”", class.name),
            );
            tidy.insert("type".to_owned(), meant.into());
        }
    } else if tidy.get("type").is_some_and(|told| told.as_str() != Some(class.name)) {
        let told = tidy.get("type").map(Value::to_string).unwrap_or_default();
        notes.warn(&under(place, "type"), format!("{told} stands where “{}” is meant", class.name));
        tidy.insert("type".to_owned(), class.name.into());
    }
    if class.name == "Identity" && !tidy.contains_key("hashed") {
        let hashed = tidy.get("identity").and_then(Value::as_str).is_some_and(|one| one.contains('$'));
        notes.warn(place, format!("the recipient does not say whether it is hashed; read as “{hashed}”"));
        tidy.insert("hashed".to_owned(), hashed.into());
    }
}
