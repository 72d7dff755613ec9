//! A list as a table file (CSV): exactly the rows that are filtered, all of them, as text that a spreadsheet opens.
//!
//! RFC 4180, in UTF-8 with the mark by which Excel knows it. A cell that a spreadsheet would take for a formula begins
//! with an apostrophe: what people typed is shown, never run.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Bytes, Data},
};
use futures_util::stream;

use super::{
    State, download,
    error::Error,
    table::{Cell, Column, Filter},
};
use crate::{
    db::Conn,
    models::{
        Actor,
        page::{COUNT_LIMIT, Page, Place, Query},
    },
    registrar::{export, rows},
    values::Reading,
};

/// Reads a page of a list as cells.
pub type Read = Arc<dyn Fn(&mut Conn, &Query) -> Result<Page<Vec<Cell>>, Error> + Send + Sync>;

/// A list to be written out.
pub struct List {
    /// What it is a list of: `Learners`.
    pub title: &'static str,
    /// The name of the file, without its ending.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// What is asked for.
    pub query: Query,
    /// How that was chosen, in words.
    pub chosen: String,
    /// How many rows match, up to [`COUNT_LIMIT`] and one more.
    pub matching: i64,
    /// Reads it.
    pub read: Read,
}

/// The answer: the audit entry first, then the rows as they are taken.
pub async fn answer(request: &HttpRequest, state: Data<State>, list: List, by: Actor) -> Result<HttpResponse, Error> {
    let file = format!("{}.csv", list.name);
    if request.method() == Method::HEAD {
        return Ok(download::attachment("text/csv; charset=utf-8", &file).finish());
    }
    let matching = match list.matching {
        many if many > COUNT_LIMIT => format!("more than {COUNT_LIMIT}"),
        number => number.to_string(),
    };
    let facts =
        [("What", format!("the list of {}, as CSV", list.title.to_lowercase())), ("Chosen by", list.chosen.clone())];
    let facts = facts.into_iter().chain([("Rows", matching)]).collect::<Vec<_>>();
    state.db.write(move |conn| export::note(conn, &facts, &by)).await?;
    let head = head(list.columns);
    let first = Query { place: Place::First, ..list.query };
    let (db, base, read) = (state.db.clone(), state.portal.base_url.clone(), list.read);
    let steps = stream::try_unfold((Some(first), Some(head)), move |(query, head)| {
        let (db, base, read) = (db.clone(), base.clone(), read.clone());
        async move {
            let Some(query) = query else { return Ok::<_, Error>(None) };
            let page = db
                .read(move |conn| {
                    let page = read(conn, &query)?;
                    let next = page.next.clone().map(|cursor| Query { place: Place::After(cursor), ..query });
                    Ok::<_, Error>((page.rows, next))
                })
                .await?;
            let (rows, next) = page;
            let mut text = head.unwrap_or_default();
            rows.into_iter().for_each(|cells| text.push_str(&row(cells, &base)));
            Ok(Some((Bytes::from(text), (next, None))))
        }
    });
    Ok(download::attachment("text/csv; charset=utf-8", &file).streaming(steps))
}

/// The rows of a handed-in list that did not go in, as a file to mend and to hand in again.
pub fn rejected(list: &rows::List, headed: bool, wrong: &[(u64, String)], name: &str) -> Result<HttpResponse, Error> {
    let text = format!("\u{feff}{}", rows::rejected(list, headed, wrong)?);
    Ok(download::attachment("text/csv; charset=utf-8", &format!("{name}.rejected.csv")).body(text))
}

/// How a list was narrowed, in words.
pub fn in_words(q: &str, filters: &[Filter]) -> String {
    let q = q.trim();
    let words = (!q.is_empty()).then(|| format!("search “{q}”"));
    let set = filters.iter().filter(|filter| !filter.chosen.is_empty());
    let set = set.map(|filter| format!("{}: {}", filter.label, filter.chosen_label()));
    let all: Vec<String> = words.into_iter().chain(set).collect();
    if all.is_empty() { "everything".to_owned() } else { all.join("; ") }
}

/// The headings. Second lines of cells and where the object is found have columns of their own at the end.
fn head(columns: &[Column]) -> String {
    let labels = columns.iter().map(|column| column.label.to_owned());
    format!("\u{feff}{}", line(labels.chain(["Further".to_owned(), "Address".to_owned()])))
}

fn row(cells: Vec<Cell>, base_url: &str) -> String {
    let (mut texts, mut further, mut found) = (Vec::with_capacity(cells.len() + 2), Vec::new(), String::new());
    for cell in cells {
        texts.push(match cell {
            Cell::Name { address, text, below } => {
                further.push(below);
                found = format!("{base_url}{address}");
                text
            }
            Cell::Unlinked(text) | Cell::Text(text) => text,
            Cell::Code(code) => code.map(|code| code.to_string()).unwrap_or_default(),
            Cell::Date(date) => date.to_string(),
            Cell::Status(reading, below) => {
                further.push(below);
                status(reading).to_owned()
            }
            Cell::State { text, below, .. } => {
                further.push(below);
                text.to_owned()
            }
        });
    }
    further.retain(|text| !text.is_empty());
    texts.push(further.join("; "));
    texts.push(found);
    line(texts.into_iter())
}

fn status(reading: Option<Reading>) -> &'static str {
    match reading {
        None => "Draft",
        Some(Reading::Valid) => "Issued",
        Some(Reading::Suspended) => "Suspended",
        Some(Reading::Revoked) => "Revoked",
        Some(Reading::Replaced) => "Replaced",
        Some(Reading::Expired) => "Expired",
    }
}

/// A line of such a file.
pub fn line(fields: impl Iterator<Item = String>) -> String {
    let fields: Vec<String> = fields.map(|text| field(&text)).collect();
    format!("{}\r\n", fields.join(","))
}

/// A field as it stands in the file.
fn field(text: &str) -> String {
    let guard = if rows::is_formula(text) { "'" } else { "" };
    let quoted = text.contains(['"', ',', ';', '\r', '\n', '\t']) || text.starts_with(' ') || text.ends_with(' ');
    if quoted || !guard.is_empty() { format!("\"{guard}{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::field;

    #[test]
    fn what_a_spreadsheet_would_run_is_shown() {
        for (text, written) in [
            ("=1+1", "\"'=1+1\""),
            ("+1 812 555 0100", "\"'+1 812 555 0100\""),
            ("-", "\"'-\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" =cmd|' /C calc'!A0", "\"' =cmd|' /C calc'!A0\""),
            ("＝1", "\"'＝1\""),
            ("Zoë Łukasiewicz", "Zoë Łukasiewicz"),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("2026-11-23", "2026-11-23"),
            ("", ""),
        ] {
            assert_eq!(field(text), written);
        }
    }

    proptest! {
        #[test]
        fn a_field_is_one_field_and_never_a_formula(text in any::<String>()) {
            let written = field(&text);
            let inner = match written.strip_prefix('"') {
                None => written.clone(),
                Some(rest) => rest.strip_suffix('"').unwrap().replace("\"\"", "\u{1}").replace('"', "!").replace('\u{1}', "\""),
            };
            let guarded = format!("'{text}");
            let same = inner == text || inner == guarded || text.contains('\u{1}');
            prop_assert!(same, "{:?} became {:?}", text, written);
            prop_assert!(!inner.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
