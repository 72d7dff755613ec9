//! Organisations on paper: the letterhead and the blocks of publisher and issuer.

use super::{
    look::{ACCENT, HEADING, LETTERHEAD, SMALL, STRONG},
    row::{Cell, Text},
    sheet::{MARGIN, Sheet},
};
use crate::{models::issued::Organization, words::Words};

/// The paper its country prints on, in points: Letter where it is used or no country is named, else A4.
pub(super) fn paper(publisher: &Organization) -> (f32, f32) {
    const LETTER: &[&str] = &[
        "", "US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA", "CA", "CAN", "CANADA", "MX", "MEX", "MEXICO", "MÉXICO",
        "PH", "PHL", "PHILIPPINES", "CL", "CHL", "CHILE", "CO", "COL", "COLOMBIA", "PR", "PUERTO RICO",
    ];
    let country = publisher.address.country.as_deref().unwrap_or_default().trim().to_uppercase();
    if LETTER.contains(&country.as_str()) { (612.0, 792.0) } else { (595.28, 841.89) }
}

/// Whose paper it is: the institution, and the office of it that publishes.
pub(super) fn letterhead(sheet: &mut Sheet, publisher: &Organization) {
    match &publisher.parent {
        Some(institution) => {
            sheet.text(Text::new(&institution.name, LETTERHEAD));
            sheet.text(Text::new(&publisher.name, SMALL));
        }
        None => sheet.text(Text::new(&publisher.name, LETTERHEAD)),
    }
    sheet.y += 12.0;
}

/// Publisher and issuer, and the source of the statement where that is a third.
pub(super) fn parties(sheet: &mut Sheet, words: &Words, named: &[(&str, &Organization)]) {
    const GAP: f32 = 24.0;
    let width = (sheet.measure() - GAP) / 2.0;
    for pair in named.chunks(2) {
        let cells = (0u8..)
            .zip(pair)
            .map(|(column, (label, organization))| {
                let x = MARGIN + f32::from(column) * (width + GAP);
                Cell::new(x, width, block(words, label, organization))
            })
            .collect();
        sheet.row(cells);
        sheet.y += 10.0;
    }
}

fn block(words: &Words, label: &str, organization: &Organization) -> Vec<Text> {
    let mut texts = vec![Text::new(words.get(label), SMALL), Text::new(&organization.name, STRONG)];
    let mut add = |text: Text| texts.push(text);
    if let Some(parent) = &organization.parent {
        add(Text::new(&parent.name, SMALL));
    }
    if !organization.address.is_empty() {
        add(Text::new(organization.address.one_line(), SMALL));
    }
    if let Some(number) = &organization.telephone {
        add(Text::new(number, SMALL));
    }
    if let Some(site) = &organization.url {
        add(Text::new(shown(site), SMALL.in_colour(ACCENT)).opening(site));
    }
    if let Some(email) = &organization.email {
        add(Text::new(email, SMALL));
    }
    if let Some(official) = &organization.official {
        add(Text::new(words.with("pdf-official", "name", official.as_str()), SMALL));
    }
    if let Some(description) = &organization.description {
        add(Text::new(description, SMALL));
    }
    texts
}

/// An address as people write it: without `https://` and the slash at the end.
pub(super) fn shown(address: &str) -> &str {
    let plain = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(address);
    plain.strip_suffix('/').unwrap_or(plain)
}

/// A heading of the given level, kept with what follows.
pub(super) fn heading(sheet: &mut Sheet, words: impl Into<String>, level: u16) {
    sheet.need(72.0);
    sheet.text(Text::heading(words, HEADING, level));
    sheet.y += 3.0;
}
