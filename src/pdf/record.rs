//! A learner's whole record on paper.
//!
//! It prints what [`Record`] holds of the learner. Whoever assembles a record for somebody else than the learner leaves
//! out there what that person is not to see.

use super::{
    Error, Fonts, Links, Pdf, award,
    credential::{bar, how_to_check, qr_code, reasons, running_lines},
    face::Style,
    look::{ACCENT, BODY, HOLDER, INK, LINE, Look, SMALL, STRONG},
    organization::{letterhead, paper, parties, shown},
    published,
    row::{Cell, Text},
    sheet::{MARGIN, Sheet},
    tables,
    write::{About, write},
};
use crate::{
    models::record::{Award, Learner, Record},
    words::{self, Words},
};

/// The title of the document.
pub(super) const TITLE: Look = Look { style: Style::Title, size: 22.0, leading: 27.0, colour: INK };

/// Draws a record: its learner and every award with its standing, with the JSON attached.
pub fn record(record: &Record, links: &Links, words: &Words, fonts: &Fonts, json: &[u8]) -> Result<Pdf, Error> {
    drawn((record, None), links, words, fonts, json)
}

/// The same; with sentences of its own, the end leads to the page of the record and not to where a code is entered.
pub(super) fn drawn(
    (record, notes): (&Record, Option<[String; 2]>),
    links: &Links,
    words: &Words,
    fonts: &Fonts,
    json: &[u8],
) -> Result<Pdf, Error> {
    let mut sheet = Sheet::new(fonts, paper(&record.publisher));
    letterhead(&mut sheet, &record.publisher);
    published::standing(&mut sheet, record.publication.as_ref(), words);
    front(&mut sheet, record, links, words)?;
    for award in &record.awards {
        one(&mut sheet, award, links, words);
    }
    if record.awards.is_empty() {
        sheet.text(Text::new(words.get("pdf-record-empty"), BODY));
    }
    published::withdrawn(&mut sheet, record, words);
    published::endorsements(&mut sheet, record, words);
    published::pathway(&mut sheet, record, words);
    close(&mut sheet, (record, notes), links, words);
    let name = &record.learner.holder.name;
    let title = words.with("pdf-record-title", "learner", name.as_str());
    let as_of = words::date(words, record.as_of.date_naive());
    let foot = match &record.publication {
        Some(one) => published::foot(&one.cedid, links, words),
        None => words.with_all("pdf-record-foot", [("date", as_of.into()), ("page", shown(&links.page).into())]),
    };
    running_lines(&mut sheet, words, &title, &foot);
    let about = About {
        title: title.clone(),
        author: &record.publisher.name,
        language: words.language(),
        rtl: words.direction() == "rtl",
        id: &record.id,
        date: record.as_of,
        json,
        json_name: &links.json_name,
        json_description: words.get("pdf-attachment"),
    };
    write(sheet, about)
}

fn front(sheet: &mut Sheet, record: &Record, links: &Links, words: &Words) -> Result<(), Error> {
    let top = sheet.y;
    bar(sheet);
    let (width, x) = (sheet.measure(), sheet.width - MARGIN - 112.0);
    sheet.y = top + 20.0;
    let count = words.with("pdf-awards", "count", record.count() as i64);
    let date = words::date(words, record.as_of.date_naive());
    let (numbered, dated) = match &record.publication {
        Some(one) => (Some(words.with("pdf-record-number", "number", i64::from(one.number))), "pdf-published-on"),
        None => (None, "pdf-as-of"),
    };
    let line: Vec<String> = numbered.into_iter().chain([count, words.with(dated, "date", date)]).collect();
    let mut texts = vec![Text::heading(words.get("pdf-record"), TITLE, 1)];
    texts.extend(record.name.as_ref().map(|name| Text::new(name, STRONG).after(2.0)));
    texts.extend([
        Text::new(&record.learner.holder.name, HOLDER).after(6.0),
        Text::new(line.join(" · "), SMALL).after(2.0),
        Text::new(words.get(if record.partial { "pdf-partial" } else { "pdf-complete" }), SMALL),
    ]);
    texts.extend(record.publication.as_ref().map(|one| published::code(&one.cedid, links).after(4.0)));
    sheet.row(vec![Cell::new(MARGIN, width - 140.0, texts)]);
    let under = sheet.y;
    qr_code(sheet, (x, top + 12.0), 0.0, links, words)?;
    sheet.y = sheet.y.max(under) + 8.0;
    learner(sheet, &record.learner, words);
    Ok(())
}

fn learner(sheet: &mut Sheet, learner: &Learner, words: &Words) {
    let line = |text: Option<String>| text.map(|text| Text::new(text, BODY)).into_iter().collect::<Vec<_>>();
    let address = Some(learner.address.one_line()).filter(|address| !address.is_empty());
    award::table(
        sheet,
        words,
        vec![
            ("pdf-learner", line(Some(learner.holder.name.clone()))),
            ("pdf-student-number", line(learner.student_id.clone())),
            ("pdf-sourced-id", line(learner.sourced_id.clone())),
            ("pdf-birth-date", line(learner.birth_date.map(|day| words::date(words, day)))),
            ("pdf-email", line(learner.email.clone())),
            ("pdf-telephone", line(learner.telephone.clone())),
            ("pdf-website", line(learner.url.clone())),
            ("pdf-address", line(address)),
        ],
    );
    sheet.y += 8.0;
}

fn one(sheet: &mut Sheet, award: &Award, links: &Links, words: &Words) {
    sheet.need(124.0);
    sheet.rule(MARGIN, sheet.measure(), LINE);
    sheet.y += 12.0;
    award::title(sheet, award);
    let standing = words.get(&format!("reading-{}", award.standing.reading.as_str()));
    let mut texts = vec![Text::new(standing, STRONG)];
    texts.extend(reasons(&award.standing, words).into_iter().map(|text| Text::new(text, BODY)));
    award::table(sheet, words, vec![("pdf-standing", texts)]);
    award::facts(sheet, award, links, words);
    tables::rubrics(sheet, &award.issued, words, 3);
    tables::events(sheet, &award.issued, words, 3);
    sheet.y += 8.0;
}

fn close(sheet: &mut Sheet, (record, notes): (&Record, Option<[String; 2]>), links: &Links, words: &Words) {
    sheet.need(110.0);
    sheet.rule(MARGIN, sheet.measure(), LINE);
    sheet.y += 10.0;
    let mut named = vec![("fact-published-by", &record.publisher)];
    for award in &record.awards {
        let issuer = &award.issued.achievement.issuer;
        if issuer.id != record.publisher.id && !named.iter().any(|(_, known)| known.id == issuer.id) {
            named.push(("fact-issued-by", issuer));
        }
    }
    parties(sheet, words, &named);
    let ask = words.get("pdf-record-status-is-online");
    let Some(notes) = notes else {
        return how_to_check(sheet, links, [words.get("pdf-record-how-to-validate"), ask]);
    };
    for note in notes {
        sheet.text(Text::new(note, BODY));
        sheet.y += 4.0;
    }
    sheet.text(Text::new(ask, BODY));
    sheet.text(Text::new(shown(&links.page), BODY.in_colour(ACCENT)).opening(&links.page));
}
