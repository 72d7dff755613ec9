//! What a published record has beside its awards, and the sheet that its code opens.

use super::{
    Error, Fonts, Links, Pdf, award,
    credential::{against, bar, how_to_check, qr_code, running_lines},
    look::{BODY, CODE, HOLDER, LINE, MUTED, SMALL, STRONG},
    organization::{heading, letterhead, paper, parties, shown},
    record::TITLE,
    row::{Cell, Text},
    sheet::{MARGIN, Sheet},
    tables,
    write::{About, write},
};
use crate::{
    models::{
        pathway::steps,
        published::Cover,
        record::{Publication, Record},
    },
    values::CeDiD,
    words::{self, Words},
};

/// Draws what the code of a published record opens: whose record it is, by whom, since when, and that it has so many
/// awards; none of them.
pub fn cover(cover: &Cover, links: &Links, words: &Words, fonts: &Fonts, json: &[u8]) -> Result<Pdf, Error> {
    let mut sheet = Sheet::new(fonts, paper(&cover.publisher));
    letterhead(&mut sheet, &cover.publisher);
    let publication = Publication {
        cedid: cover.cedid.clone(),
        number: cover.number,
        standing: cover.standing.clone(),
        newer: cover.newer,
    };
    standing(&mut sheet, Some(&publication), words);
    front(&mut sheet, cover, links, words)?;
    sheet.y += 8.0;
    sheet.rule(MARGIN, sheet.measure(), LINE);
    sheet.y += 10.0;
    parties(&mut sheet, words, &[("fact-published-by", &cover.publisher)]);
    how_to_check(&mut sheet, links, [words.get("pdf-cover-how-to-validate"), words.get("pdf-status-is-online")]);
    let number = i64::from(cover.number);
    let title =
        words.with_all("pdf-cover-title", [("number", number.into()), ("holder", cover.holder.name.as_str().into())]);
    running_lines(&mut sheet, words, &title, &foot(&cover.cedid, links, words));
    let about = About {
        title: title.clone(),
        author: &cover.publisher.name,
        language: words.language(),
        rtl: words.direction() == "rtl",
        id: &cover.id,
        date: cover.published_on,
        json,
        json_name: &links.json_name,
        json_description: words.get("pdf-attachment"),
    };
    write(sheet, about)
}

fn front(sheet: &mut Sheet, cover: &Cover, links: &Links, words: &Words) -> Result<(), Error> {
    let top = sheet.y;
    bar(sheet);
    let (width, x) = (sheet.measure(), sheet.width - MARGIN - 112.0);
    sheet.y = top + 20.0;
    let texts = vec![
        Text::heading(words.get("pdf-record"), TITLE, 1),
        Text::new(&cover.holder.name, HOLDER).after(6.0),
        Text::new(words.get("pdf-cover-text"), SMALL).after(6.0),
    ];
    sheet.row(vec![Cell::new(MARGIN, width - 140.0, texts)]);
    let under = sheet.y;
    qr_code(sheet, (x, top + 12.0), 0.0, links, words)?;
    sheet.y = sheet.y.max(under) + 8.0;
    let line = |text: String| vec![Text::new(text, BODY)];
    award::table(
        sheet,
        words,
        vec![
            ("fact-cedid", vec![code(&cover.cedid, links)]),
            ("fact-record-number", line(cover.number.to_string())),
            ("fact-published-on", line(words::date(words, cover.published_on.date_naive()))),
            ("pdf-cover-awards", line(cover.awards.to_string())),
        ],
    );
    Ok(())
}

/// The record's own code, which opens its page.
pub(super) fn code(cedid: &CeDiD, links: &Links) -> Text {
    Text::new(cedid.to_string(), CODE).opening(&format!("{}{cedid}", links.codes))
}

pub(super) fn foot(cedid: &CeDiD, links: &Links, words: &Words) -> String {
    words.with_all("pdf-foot", [("code", cedid.to_string().into()), ("page", shown(&links.page).into())])
}

/// What speaks against a published record, and that there is a newer one.
pub(super) fn standing(sheet: &mut Sheet, publication: Option<&Publication>, words: &Words) {
    let Some(publication) = publication else { return };
    let headline = format!("pdf-verdict-record-{}", publication.standing.reading.as_str());
    against(sheet, &publication.standing, &headline, words);
    if let Some(at) = publication.newer {
        sheet.text(Text::new(words.with("record-newer", "date", words::date(words, at.date_naive())), BODY));
        sheet.y += 10.0;
    }
}

/// Awards that were taken back since an earlier record; their ids stand in the JSON.
pub(super) fn withdrawn(sheet: &mut Sheet, record: &Record, words: &Words) {
    if record.taken_back.is_empty() {
        return;
    }
    heading(sheet, words.get("pdf-withdrawn"), 2);
    sheet.text(Text::new(words.get("pdf-withdrawn-text"), SMALL));
    for one in &record.taken_back {
        sheet.text(Text::new(format!("{} · {}", one.title, one.cedid), BODY));
    }
    sheet.y += 8.0;
}

/// What others say of the record itself.
pub(super) fn endorsements(sheet: &mut Sheet, record: &Record, words: &Words) {
    if record.endorsements.is_empty() {
        return;
    }
    heading(sheet, words.get("pdf-fact-endorsements"), 2);
    for one in &record.endorsements {
        for text in award::said(one.endorser.name.clone(), one, words) {
            sheet.text(text);
        }
        sheet.y += 6.0;
    }
}

/// The pathway from its top down: what each step is, and whether it is done.
pub(super) fn pathway(sheet: &mut Sheet, record: &Record, words: &Words) {
    let steps = steps(record);
    if steps.is_empty() {
        return;
    }
    heading(sheet, words.get("pdf-pathway"), 2);
    let columns = tables::Columns::new(sheet, [0.5, 0.2, 0.3]);
    columns.head(sheet, words, ["pdf-step", "pdf-step-type", "pdf-standing"]);
    for step in steps {
        let state = match step.award {
            Some(award) => {
                let date = words::date(words, award.issued.assertion.conferral_date);
                Text::new(words.with("pdf-step-done", "date", date), STRONG)
            }
            None => Text::new(words.get("pdf-step-open"), BODY.in_colour(MUTED)),
        };
        // Read aloud, the depth is told by the numbers of dashes no worse than by an indent.
        let name = format!("{}{}", "– ".repeat(step.depth.min(6)), step.achievement.shown_title());
        let kind = Text::new(step.achievement.achievement_type.shown(), SMALL);
        columns.row(sheet, [vec![Text::new(name, BODY)], vec![kind], vec![state]]);
    }
    columns.end(sheet);
}
