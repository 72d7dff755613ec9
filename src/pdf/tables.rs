//! The tables of an award: what was reached in each rubric, and the events behind it.

use std::collections::BTreeMap;

use krilla::tagging::{TableHeaderScope, Tag};

use super::{
    award::{description, level, line, scale},
    look::{BODY, LINE, MUTED, SMALL},
    organization::heading,
    row::{Align, Cell, Text},
    sheet::{MARGIN, Sheet},
};
use crate::{
    models::issued::{Issued, IssuedResult, IssuedResultDescription},
    words::{self, Words},
};

/// A table for each rubric: criterion, level reached, points.
pub(super) fn rubrics(sheet: &mut Sheet, issued: &Issued, words: &Words, depth: u16) {
    let mut rubrics: BTreeMap<&str, Vec<(&IssuedResultDescription, &IssuedResult)>> = BTreeMap::new();
    for result in &issued.assertion.results {
        let description = description(issued, result);
        if let Some((description, name)) = description.and_then(|found| Some((found, found.rubric.as_deref()?))) {
            rubrics.entry(name).or_default().push((description, result));
        }
    }
    for (name, criteria) in rubrics {
        sheet.y += 8.0;
        heading(sheet, words.with("pdf-rubric", "name", name), depth);
        let columns = Columns::new(sheet, [0.42, 0.44, 0.14]);
        columns.head(sheet, words, ["pdf-criterion", "pdf-level", "pdf-points"]);
        for (description, result) in criteria {
            let reached = level(description, result);
            let mut middle = line(reached.map(|level| &level.name).or(result.value.as_ref()));
            middle.extend(reached.and_then(|level| level.description.as_ref()).map(|text| Text::new(text, SMALL)));
            let points = reached.and_then(|level| level.points.as_ref().or(level.level.as_ref()));
            let mut first = line(Some(&description.name));
            first.extend(scale(description, words).map(|scale| Text::new(scale, SMALL)));
            columns.row(sheet, [first, middle, line(points)]);
        }
        columns.end(sheet);
    }
}

/// The events the award rests on: name and place, area, date.
pub(super) fn events(sheet: &mut Sheet, issued: &Issued, words: &Words, depth: u16) {
    if issued.events.is_empty() {
        return;
    }
    sheet.y += 8.0;
    heading(sheet, words.get("fact-educational-experience"), depth);
    sheet.text(Text::new(words.with("events-attended", "count", issued.events.len() as i64), SMALL));
    sheet.y += 4.0;
    let columns = Columns::new(sheet, [0.48, 0.31, 0.21]);
    columns.head(sheet, words, ["pdf-event", "pdf-area", "pdf-date"]);
    for event in &issued.events {
        let mut name = line(Some(&event.achievement.name));
        let details = [&event.achievement.description, &event.place].into_iter().flatten();
        name.extend(details.map(|text| Text::new(text, SMALL)));
        let areas = Text::new(event.areas.join(", "), BODY.in_colour(MUTED));
        let days = [event.starts_at, event.ends_at];
        let mut days: Vec<String> = days.iter().flatten().map(|at| words::date_short(words, at.date_naive())).collect();
        days.dedup();
        columns.row(sheet, [name, vec![areas], line(Some(&days.join(" – ")))]);
    }
    columns.end(sheet);
}

/// A table of three columns whose head comes again on each page.
pub(super) struct Columns([(f32, f32); 3]);

impl Columns {
    pub(super) fn new(sheet: &Sheet, shares: [f32; 3]) -> Self {
        let mut x = MARGIN;
        Self(shares.map(|share| {
            let width = share * sheet.measure();
            let column = (x, width - 8.0);
            x += width;
            column
        }))
    }

    fn cells(&self, texts: [Vec<Text>; 3]) -> Vec<Cell> {
        let last = |i: usize, (x, width): (f32, f32), texts| {
            if i == 2 { Cell::new(x, width + 8.0, texts).aligned(Align::End) } else { Cell::new(x, width, texts) }
        };
        texts.into_iter().zip(self.0).enumerate().map(|(i, (texts, column))| last(i, column, texts)).collect()
    }

    pub(super) fn head(&self, sheet: &mut Sheet, words: &Words, labels: [&str; 3]) {
        let cells = self.cells(labels.map(|label| vec![Text::new(words.get(label), SMALL)]));
        sheet.open(Tag::Table);
        sheet.open(Tag::THead);
        sheet.open(Tag::TR);
        sheet.row(cells.iter().cloned().map(|cell| cell.tagged(Tag::TH(TableHeaderScope::Column))).collect());
        sheet.close();
        sheet.close();
        sheet.rule(MARGIN, sheet.measure(), LINE);
        sheet.repeated = Some(cells);
        sheet.open(Tag::TBody);
    }

    pub(super) fn row(&self, sheet: &mut Sheet, texts: [Vec<Text>; 3]) {
        sheet.y += 3.0;
        sheet.open(Tag::TR);
        sheet.row(self.cells(texts).into_iter().map(|cell| cell.tagged(Tag::TD)).collect());
        sheet.close();
        sheet.y += 3.0;
        sheet.rule(MARGIN, sheet.measure(), LINE);
    }

    pub(super) fn end(&self, sheet: &mut Sheet) {
        sheet.repeated = None;
        sheet.close();
        sheet.close();
        sheet.y += 6.0;
    }
}
