//! The wall certificate: decoration for a frame, in landscape, drawn with printpdf.
//!
//! It names what the credential names and how to check it, and no more. printpdf embeds whole fonts and shapes nothing,
//! so the text arrives here as glyphs ([`super::shape`]) and [`canvas`] embeds only those.

pub(super) mod canvas;

use canvas::Canvas;

use super::{
    Error, Fonts, Links, Pdf,
    engraving::{Spot, braid, circle, ring, rosette},
    face::Style,
    look::{ACCENT, Colour, GOLD, INK, MUTED, WHITE},
    organization::{paper, shown},
    qr,
    shape::{Line, Paragraph},
};
use crate::{
    models::record::Award,
    values::Reading,
    words::{self, Words},
};

/// From the edge of the paper to the middle of the border.
const BORDER: f32 = 40.0;
const BAND: f32 = 9.0;
const BRAID: Colour = (0x8f, 0xb0, 0xb8);
const WATERMARK: Colour = (0xee, 0xf2, 0xf4);
const QR: f32 = 74.0;

/// Draws the wall certificate of a credential.
pub fn certificate(award: &Award, links: &Links, words: &Words, fonts: &Fonts) -> Result<Pdf, Error> {
    let issued = &award.issued;
    let (height, width) = paper(&issued.publisher);
    let mut canvas = Canvas::new((width, height));
    ground(&mut canvas);
    border(&mut canvas);
    let mut page = Page { canvas, fonts, y: 0.0, column: Vec::new(), missing: Default::default() };
    page.body(award, words);
    page.hang();
    page.foot(award, links, words)?;
    let title = words.with("pdf-certificate-title", "title", issued.achievement.shown_title());
    let bytes = page.canvas.finish(canvas::About {
        title: &title,
        author: &issued.publisher.name,
        language: &words.language(),
        date: issued.assertion.issued_on,
    })?;
    Ok(Pdf { bytes, missing: page.missing.into_iter().collect() })
}

/// The faint rosette in the middle.
fn ground(canvas: &mut Canvas) {
    let (width, height) = canvas.size;
    canvas.curves(&rosette((width / 2.0, height / 2.0), height * 0.36), WATERMARK, 0.5);
}

/// Two lines in the accent colour with a braid between them, a rosette on each corner, and the gold hairline inside.
fn border(canvas: &mut Canvas) {
    const CORNER: f32 = 25.0;
    let (width, height) = canvas.size;
    let (left, top, right, bottom) = (BORDER, BORDER, width - BORDER, height - BORDER);
    let sides: [(Spot, Spot); 4] = [
        ((left, top), (right, top)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
        ((right, top), (right, bottom)),
    ];
    for (from, to) in sides {
        canvas.curves(&braid(from, to, BAND, 19.0, 6), BRAID, 0.4);
        canvas.curves(&braid(from, to, BAND * 0.45, 9.5, 2), BRAID, 0.4);
    }
    canvas.frame(BORDER - BAND - 3.0, ACCENT, 1.4);
    canvas.frame(BORDER + BAND + 3.0, ACCENT, 0.7);
    canvas.frame(BORDER + BAND + 7.0, GOLD, 0.6);
    for corner in [(left, top), (right, top), (left, bottom), (right, bottom)] {
        canvas.disc(corner, CORNER, WHITE);
        canvas.curves(&[circle(corner, CORNER)], ACCENT, 0.9);
        canvas.curves(&ring(corner, CORNER * 0.52, CORNER * 0.94, 14, 5), BRAID, 0.4);
        canvas.curves(&ring(corner, CORNER * 0.12, CORNER * 0.5, 9, 4), BRAID, 0.4);
        canvas.curves(&[circle(corner, CORNER * 0.51)], GOLD, 0.6);
    }
}

/// Below this size a title goes onto a second line; a very long one is set smaller still.
fn title_size(title: &str) -> f32 {
    match title.chars().count() {
        0..=70 => 23.0,
        71..=140 => 18.0,
        _ => 13.0,
    }
}

/// The certificate while it is being filled from the top.
struct Page<'a> {
    canvas: Canvas,
    fonts: &'a Fonts,
    y: f32,
    /// The lines of the middle and where each hangs from the first.
    column: Vec<(Hung, f32)>,
    missing: std::collections::BTreeSet<char>,
}

/// What hangs in the middle of the page.
enum Hung {
    Line(Line, f32, Colour),
    GoldRule,
}

/// How a text is set: style, size, the size below which it is broken into lines instead, colour.
type Setting = (Style, f32, f32, Colour);

impl Page<'_> {
    fn body(&mut self, award: &Award, words: &Words) {
        let issued = &award.issued;
        let publisher = &issued.publisher;
        let institution = publisher.parent.as_deref().unwrap_or(publisher);
        self.centred(&institution.name, (Style::Engraved, 27.0, 17.0, ACCENT));
        if publisher.parent.is_some() {
            self.centred(&publisher.name, (Style::Engraved, 13.0, 10.0, MUTED));
        }
        self.y += 4.0;
        self.column.push((Hung::GoldRule, self.y));
        self.y += 18.0;
        if award.standing.reading != Reading::Valid {
            let verdict = words.get(&format!("pdf-verdict-{}", award.standing.reading.as_str()));
            self.centred(&verdict, (Style::Strong, 16.0, 12.0, (0xa1, 0x1d, 0x2a)));
            self.y += 12.0;
        }
        self.centred(&words.get("pdf-certifies"), (Style::Engraved, 15.0, 12.0, MUTED));
        self.y += 6.0;
        self.centred(&issued.holder.name, (Style::Engraved, 38.0, 17.0, INK));
        self.y += 9.0;
        self.centred(&words.get("pdf-has-earned"), (Style::Engraved, 15.0, 12.0, MUTED));
        self.y += 6.0;
        let title = issued.achievement.shown_title();
        self.centred(title, (Style::Title, 25.0, title_size(title), INK));
        self.y += 8.0;
        let date = words::date(words, issued.assertion.conferral_date);
        self.centred(&words.with("pdf-conferred", "date", date), (Style::Engraved, 15.0, 12.0, INK));
        if award.standing.replaces.is_some() {
            let day = crate::words::date(words, award.issued.assertion.issued_on.date_naive());
            self.centred(&words.with("pdf-certificate-reissued", "date", day), (Style::Engraved, 11.0, 9.0, MUTED));
        }
    }

    /// The official's line on the left, the code and how to check it on the right.
    fn foot(&mut self, award: &Award, links: &Links, words: &Words) -> Result<(), Error> {
        let (width, height) = self.canvas.size;
        let (left, right, bottom) = (BORDER + 46.0, width - BORDER - 40.0, height - BORDER - BAND - 26.0);
        let issued = &award.issued;
        if let Some(official) = &issued.publisher.official {
            self.canvas.fill(&[[left, bottom - 32.0, 190.0, 0.7]], MUTED);
            self.set(official, (Style::Engraved, 13.0, 8.0, INK), (left, bottom - 17.0), 190.0);
            self.set(&issued.publisher.name, (Style::Engraved, 10.5, 7.0, MUTED), (left, bottom - 4.0), 190.0);
        }
        let code = qr::code(&links.page)?;
        let (x, y, module) = (right - QR, bottom - QR, QR / (code.size + 2.0 * qr::QUIET));
        let place = |at: f32| (at + qr::QUIET) * module;
        let bars: Vec<[f32; 4]> =
            code.bars.iter().map(|(bx, by, w)| [x + place(*bx), y + place(*by), w * module, module]).collect();
        self.canvas.fill(&[[x, y, QR, QR]], WHITE);
        self.canvas.fill(&bars, INK);
        self.canvas.link([x, y, QR, QR], &links.page);
        let beside = 186.0;
        let x = x - beside - 8.0;
        let cedid = issued.assertion.cedid.to_string();
        let at_end = |page: &mut Self, text: &str, setting, y| page.set_at_end(text, setting, (x + beside, y), beside);
        at_end(self, &words.get("fact-cedid"), (Style::Engraved, 10.5, 7.0, MUTED), bottom - 45.0);
        at_end(self, &cedid, (Style::Code, 13.0, 9.0, INK), bottom - 30.0);
        at_end(self, &words.get("pdf-certificate-check"), (Style::Engraved, 10.5, 7.0, MUTED), bottom - 16.0);
        at_end(self, shown(&links.validation), (Style::Engraved, 10.5, 5.0, ACCENT), bottom - 4.0);
        Ok(())
    }

    /// In the middle of the page: shrunk to fit, and below its smallest size broken into lines.
    fn centred(&mut self, text: &str, (style, size, smallest, colour): Setting) {
        let paragraph = Paragraph::new(self.fonts, style, text);
        let (width, _) = self.canvas.size;
        let beside = if style == Style::Title { 96.0 } else { 46.0 };
        let room = width - 2.0 * (BORDER + BAND + beside);
        let whole = paragraph.line();
        let fitting = room / whole.width.max(0.01);
        let (size, lines) = if fitting >= smallest {
            (size.min(fitting), vec![whole])
        } else {
            (smallest, paragraph.lines(room / smallest))
        };
        for line in lines {
            self.y += size * 1.22;
            self.column.push((Hung::Line(line, size, colour), self.y - size * 0.3));
        }
        self.missing.extend(paragraph.missing);
    }

    /// Draws the column, in the middle between the border and the foot.
    fn hang(&mut self) {
        let (width, height) = self.canvas.size;
        let (top, bottom) = (BORDER + BAND + 16.0, height - BORDER - BAND - 26.0 - QR);
        // What is too much for the page is set smaller as a whole.
        let scale = ((bottom - top) / self.y.max(1.0)).min(1.0);
        let shift = top + (bottom - top - self.y * scale) / 2.0;
        for (hung, y) in std::mem::take(&mut self.column) {
            let y = y * scale + shift;
            match hung {
                Hung::Line(line, size, colour) => {
                    let size = size * scale;
                    self.canvas.text(&line, ((width - line.width * size) / 2.0, y), size, colour);
                }
                Hung::GoldRule => self.canvas.fill(&[[width / 2.0 - 60.0, y, 120.0, 0.7]], GOLD),
            }
        }
    }

    /// One line from the left, shrunk to the room.
    fn set(&mut self, text: &str, setting: Setting, (x, y): Spot, room: f32) {
        let (line, size) = self.fitting(text, setting, room);
        self.canvas.text(&line, (x, y), size, setting.3);
    }

    /// One line that ends at the place, shrunk to the room.
    fn set_at_end(&mut self, text: &str, setting: Setting, (x, y): Spot, room: f32) {
        let (line, size) = self.fitting(text, setting, room);
        self.canvas.text(&line, (x - line.width * size, y), size, setting.3);
    }

    fn fitting(&mut self, text: &str, (style, size, smallest, _): Setting, room: f32) -> (Line, f32) {
        let paragraph = Paragraph::new(self.fonts, style, text);
        let line = paragraph.line();
        let size = size.min((room / line.width.max(0.01)).max(smallest * 0.5));
        self.missing.extend(paragraph.missing);
        (line, size)
    }
}
