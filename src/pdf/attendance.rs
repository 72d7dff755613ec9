//! The sheet that is signed by hand at an event, drawn with printpdf: who is expected, with a line each, and empty lines
//! for whoever else comes.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{
    Error, Fonts, Pdf,
    certificate::canvas::{About, Canvas},
    face::Style,
    look::{Colour, INK, LINE, MUTED},
    organization::paper,
    shape::Paragraph,
};
use crate::{models::issued::Organization, words::Words};

const MARGIN: f32 = 46.0;
const ROW: f32 = 25.0;
/// Empty lines after those who are expected.
const EMPTY: usize = 12;
/// Where the columns begin, after the left margin: number, name, student number, signature.
const COLUMNS: [f32; 4] = [0.0, 28.0, 218.0, 318.0];

/// What stands on the sheet.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The event.
    pub title: String,
    /// Its code, when and where, in one line.
    pub about: String,
    /// When it begins: the date of the document.
    pub starts_at: DateTime<Utc>,
    /// Name and student number of whoever is expected.
    pub learners: Vec<(String, String)>,
}

/// Draws the sheet.
pub fn attendance(expected: &Expected, publisher: &Organization, words: &Words, fonts: &Fonts) -> Result<Pdf, Error> {
    let mut sheet = Page { canvas: Canvas::new(paper(publisher)), fonts, y: 0.0, missing: BTreeSet::new() };
    let lines = expected.learners.len() + EMPTY;
    let (mut line, mut page) = (0, 0);
    loop {
        page += 1;
        sheet.head(expected, publisher, words, page);
        while line < lines.max(1) && sheet.has_room() {
            sheet.line(line + 1, expected.learners.get(line));
            line += 1;
        }
        if line >= lines {
            break;
        }
        sheet.canvas.turn();
    }
    // What is left of the last page is lines, too.
    while sheet.has_room() {
        line += 1;
        sheet.line(line, None);
    }
    let title = words.with("pdf-sheet-title", "event", expected.title.as_str());
    let about = About { title: &title, author: &publisher.name, language: &words.language(), date: expected.starts_at };
    Ok(Pdf { bytes: sheet.canvas.finish(about)?, missing: sheet.missing.into_iter().collect() })
}

/// A page being filled from the top.
struct Page<'a> {
    canvas: Canvas,
    fonts: &'a Fonts,
    y: f32,
    missing: BTreeSet<char>,
}

impl Page<'_> {
    fn head(&mut self, expected: &Expected, publisher: &Organization, words: &Words, page: usize) {
        let (width, height) = self.canvas.size;
        let room = width - 2.0 * MARGIN;
        self.text(&publisher.name, (Style::Text, 9.0, MUTED), (MARGIN, 44.0), room);
        self.text(&expected.title, (Style::Title, 19.0, INK), (MARGIN, 68.0), room);
        self.text(&expected.about, (Style::Text, 10.5, INK), (MARGIN, 86.0), room);
        self.y = 112.0;
        let labels = ["pdf-sheet-line", "pdf-sheet-name", "pdf-student-number", "pdf-sheet-signature"];
        for (label, x) in labels.into_iter().zip(COLUMNS) {
            self.text(&words.get(label), (Style::Text, 8.5, MUTED), (MARGIN + x, self.y), room - x);
        }
        self.y += 6.0;
        self.canvas.fill(&[[MARGIN, self.y, room, 0.9]], INK);
        let foot = words.with("pdf-sheet-page", "page", page as i64);
        self.text(&foot, (Style::Text, 8.5, MUTED), (MARGIN, height - 28.0), room);
    }

    fn has_room(&self) -> bool {
        self.y + ROW < self.canvas.size.1 - 44.0
    }

    fn line(&mut self, number: usize, learner: Option<&(String, String)>) {
        let room = self.canvas.size.0 - 2.0 * MARGIN;
        let baseline = self.y + ROW - 8.0;
        self.text(&number.to_string(), (Style::Text, 8.5, MUTED), (MARGIN, baseline), COLUMNS[1] - 6.0);
        if let Some((name, student)) = learner {
            let widths = (COLUMNS[2] - COLUMNS[1] - 8.0, COLUMNS[3] - COLUMNS[2] - 8.0);
            self.text(name, (Style::Strong, 10.5, INK), (MARGIN + COLUMNS[1], baseline), widths.0);
            self.text(student, (Style::Text, 10.0, INK), (MARGIN + COLUMNS[2], baseline), widths.1);
        }
        self.y += ROW;
        self.canvas.fill(&[[MARGIN, self.y, room, 0.6]], LINE);
    }

    /// A line of text from its left end, set smaller where it would not fit.
    fn text(&mut self, text: &str, (style, size, colour): (Style, f32, Colour), at: (f32, f32), room: f32) {
        let paragraph = Paragraph::new(self.fonts, style, text);
        let line = paragraph.line();
        let size = size.min(room / line.width.max(0.01));
        self.missing.extend(paragraph.missing);
        self.canvas.text(&line, at, size, colour);
    }
}
