//! The official document of one credential.

use krilla::{
    geom::Rect,
    tagging::{BBox, Tag},
};

use super::{
    Error, Fonts, Links, Pdf, award, engraving,
    look::{self, ACCENT, BODY, Colour, ENGRAVED, GOLD, HOLDER, LINE, SMALL, VERDICT, WHITE},
    organization::{letterhead, paper, parties, shown},
    qr,
    row::{Align, Cell, Text},
    sheet::{MARGIN, Mark, Sheet},
    tables,
    write::{About, write},
};
use crate::{
    models::record::{Award, Standing},
    values::Reading,
    words::{self, Words},
};

/// The QR code's edge with its quiet zone.
const QR: f32 = 92.0;
/// The radius of the rosette behind it.
const ROSETTE: f32 = 74.0;
/// A description up to this many characters stands beside it.
const SHORT: usize = 240;

/// Draws the official document of a credential: everything its page says, with the JSON attached.
pub fn credential(award: &Award, links: &Links, words: &Words, fonts: &Fonts, json: &[u8]) -> Result<Pdf, Error> {
    let issued = &award.issued;
    let mut sheet = Sheet::new(fonts, paper(&issued.publisher));
    letterhead(&mut sheet, &issued.publisher);
    verdict(&mut sheet, &award.standing, words);
    front(&mut sheet, award, links, words)?;
    award::facts(&mut sheet, award, links, words);
    tables::rubrics(&mut sheet, issued, words, 2);
    tables::events(&mut sheet, issued, words, 2);
    close(&mut sheet, award, links, words);
    let code = issued.assertion.cedid.to_string();
    let title = issued.achievement.shown_title();
    let foot = words.with_all("pdf-foot", [("code", code.clone().into()), ("page", shown(&links.page).into())]);
    running_lines(&mut sheet, words, &format!("{} · {title}", issued.holder.name), &foot);
    let about = About {
        title: words.with_all("pdf-title", [("title", title.into()), ("holder", issued.holder.name.as_str().into())]),
        author: &issued.publisher.name,
        language: words.language(),
        rtl: words.direction() == "rtl",
        id: &issued.assertion.id,
        date: issued.assertion.issued_on,
        json,
        json_name: &links.json_name,
        json_description: words.get("pdf-attachment"),
    };
    write(sheet, about)
}

/// What speaks against it, on top and in words. A credential that stands gets none: paper cannot promise that it will.
fn verdict(sheet: &mut Sheet, standing: &Standing, words: &Words) {
    let headline = format!("pdf-verdict-{}", standing.reading.as_str());
    against(sheet, standing, &headline, words);
}

/// The same under another headline.
pub(super) fn against(sheet: &mut Sheet, standing: &Standing, headline: &str, words: &Words) {
    let Some((tone, tint)) = tone(standing.reading) else { return };
    let (page, ground) = sheet.decorate(Vec::new());
    let (top, pad) = (sheet.y, 14.0);
    sheet.y += 8.0;
    let mut texts = vec![Text::new(words.get(headline), VERDICT.in_colour(tone))];
    texts.extend(reasons(standing, words).into_iter().map(|text| Text::new(text, BODY)));
    sheet.row(vec![Cell::new(MARGIN + pad, sheet.measure() - 2.0 * pad, texts)]);
    sheet.y += 9.0;
    let (width, height) = (sheet.measure(), sheet.y - top);
    sheet.pages[page][ground].marks = vec![
        Mark::Fill { boxes: vec![[MARGIN, top, width, height]], colour: tint },
        Mark::Fill { boxes: vec![[MARGIN, top, 3.0, height]], colour: tone },
    ];
    sheet.y += 14.0;
}

fn tone(reading: Reading) -> Option<(Colour, Colour)> {
    match reading {
        Reading::Valid => None,
        Reading::Revoked => Some(((0xa1, 0x1d, 0x2a), (0xfc, 0xee, 0xee))),
        Reading::Suspended | Reading::Expired => Some(((0x7d, 0x47, 0x00), (0xfb, 0xf2, 0xe4))),
        Reading::Replaced => Some(((0x2a, 0x4f, 0xa8), (0xee, 0xf2, 0xfc))),
    }
}

/// Since when, why, and what stands in its place.
pub(super) fn reasons(standing: &Standing, words: &Words) -> Vec<String> {
    let since = standing.since.map(|at| words.with("pdf-since", "date", words::date(words, at.date_naive())));
    let instead = standing.replaced_by.as_ref().map(|code| words.with("pdf-replaced-by", "code", code.to_string()));
    [since, standing.reason.clone(), instead].into_iter().flatten().collect()
}

/// The accent bar, the title and the holder, and the QR code on its rosette.
fn front(sheet: &mut Sheet, award: &Award, links: &Links, words: &Words) -> Result<(), Error> {
    let (issued, achievement) = (&award.issued, &award.issued.achievement);
    let (top, width) = (sheet.y, sheet.measure());
    let (x, y) = (sheet.width - MARGIN - ROSETTE - QR / 2.0, top + 11.0 + ROSETTE - QR / 2.0);
    let curves = engraving::rosette((x + QR / 2.0, y + QR / 2.0), ROSETTE);
    sheet.decorate(vec![
        Mark::Stroke { curves, colour: ENGRAVED, width: 0.45 },
        Mark::Fill { boxes: vec![[x, y, QR, QR]], colour: WHITE },
    ]);
    bar(sheet);
    sheet.y = top + 22.0;
    let mut texts = vec![
        Text::new(award::eyebrow(achievement), SMALL),
        Text::heading(achievement.shown_title(), look::title(achievement.shown_title()), 1).after(2.0),
        Text::new(words.get("fact-holder"), SMALL).after(8.0),
        Text::new(&issued.holder.name, HOLDER),
    ];
    let description = achievement.description.as_ref().map(|text| Text::new(text, SMALL).after(3.0));
    let (beside, beneath): (Vec<Text>, Vec<Text>) =
        description.into_iter().partition(|text| text.words.chars().count() <= SHORT);
    texts.extend(beside);
    let (page, column) = (sheet.pages.len(), width - 2.0 * ROSETTE - 14.0);
    sheet.row(vec![Cell::new(MARGIN, column, texts)]);
    let under = sheet.y;
    // A title of several pages leaves the rosette empty rather than the document without a code.
    let y = if sheet.pages.len() == page { y } else { under };
    qr_code(sheet, (x, y), ROSETTE - QR / 2.0 + 3.0, links, words)?;
    sheet.y = under.max(sheet.y);
    beneath.into_iter().for_each(|text| sheet.text(text));
    sheet.y += 12.0;
    Ok(())
}

/// The bar in the accent colour over the gold hairline.
pub(super) fn bar(sheet: &mut Sheet) {
    let (y, width) = (sheet.y, sheet.measure());
    sheet.decorate(vec![
        Mark::Fill { boxes: vec![[MARGIN, y, width, 3.5]], colour: ACCENT },
        Mark::Fill { boxes: vec![[MARGIN, y + 4.6, width, 0.7]], colour: GOLD },
    ]);
}

/// The QR code with its edge at `x`, `y`, and this far beneath it what it is for.
pub(super) fn qr_code(
    sheet: &mut Sheet,
    (x, y): (f32, f32),
    beneath: f32,
    links: &Links,
    words: &Words,
) -> Result<(), Error> {
    let code = qr::code(&links.page)?;
    let module = QR / (code.size + 2.0 * qr::QUIET);
    let place = |at: f32| (at + qr::QUIET) * module;
    let boxes = code.bars.iter().map(|(bx, by, w)| [x + place(*bx), y + place(*by), w * module, module]).collect();
    let around = Rect::from_xywh(x, y, QR, QR).map(|rect| BBox::new(sheet.pages.len() - 1, rect));
    let alt = words.with("pdf-qr", "page", links.page.as_str());
    sheet.figure(vec![Mark::Fill { boxes, colour: look::INK }], Tag::Figure(Some(alt)).with_bbox(around));
    sheet.y = y + QR + beneath;
    let caption = Text::new(words.get("pdf-scan"), SMALL);
    sheet.row(vec![Cell::new(x - 20.0, QR + 40.0, vec![caption]).aligned(Align::Middle)]);
    Ok(())
}

/// Who stands behind it, how to check it, and where its status is answered.
fn close(sheet: &mut Sheet, award: &Award, links: &Links, words: &Words) {
    let issued = &award.issued;
    sheet.y += 8.0;
    sheet.need(120.0);
    sheet.rule(MARGIN, sheet.measure(), LINE);
    sheet.y += 10.0;
    let mut named = vec![("fact-published-by", &issued.publisher), ("fact-issued-by", &issued.achievement.issuer)];
    named.extend(issued.assertion.source.as_ref().map(|source| ("pdf-source", source)));
    parties(sheet, words, &named);
    how_to_check(sheet, links, [words.get("fact-how-to-validate"), words.get("pdf-status-is-online")]);
}

/// How to check it, and where its status is answered.
pub(super) fn how_to_check(sheet: &mut Sheet, links: &Links, [how, status]: [String; 2]) {
    sheet.y += 4.0;
    sheet.need(60.0);
    sheet.text(Text::new(how, BODY));
    sheet.text(Text::new(shown(&links.validation), BODY.in_colour(ACCENT)).opening(&links.validation));
    sheet.y += 4.0;
    sheet.text(Text::new(status, BODY));
    sheet.text(Text::new(shown(&links.page), BODY.in_colour(ACCENT)).opening(&links.page));
}

/// What stands at the foot of each page, and at the head of all but the first.
pub(super) fn running_lines(sheet: &mut Sheet, words: &Words, head: &str, foot: &str) {
    let pages = sheet.pages.len();
    for page in 0..pages {
        let number =
            words.with_all("pdf-page", [("page", (page + 1).to_string().into()), ("pages", pages.to_string().into())]);
        sheet.running(page, sheet.height - 34.0, foot, false);
        sheet.running(page, sheet.height - 34.0, &number, true);
        if page > 0 {
            sheet.running(page, 46.0, head, false);
            let boxes = vec![[MARGIN, 54.0, sheet.measure(), 0.7]];
            sheet.pages[page]
                .push(super::sheet::Piece { marks: vec![Mark::Fill { boxes, colour: GOLD }], ..Default::default() });
        }
    }
}
