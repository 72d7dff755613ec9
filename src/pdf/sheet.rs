//! Pages being filled from the top: where everything stands and what it is.
//!
//! Nothing is written here. The sheet collects marks and their structure, so that the number of pages is known before the
//! first one is written; [`super::write`] turns the result into a file.

use std::{collections::BTreeSet, rc::Rc};

use krilla::tagging::{ListNumbering, Tag, TagKind};

use super::{
    engraving::Curve,
    face::Style,
    fonts::Fonts,
    look::{Colour, LINE, Look, MUTED, SMALL},
    row::{Align, Cell, Text},
    shape::{Line, Paragraph},
};

/// Left and right.
pub(super) const MARGIN: f32 = 56.0;
const TOP: f32 = 48.0;
const TOP_OF_FURTHER_PAGES: f32 = 76.0;
const BOTTOM: f32 = 62.0;
/// How far items of a list are moved in.
const INDENT: f32 = 11.0;
/// A row with this many lines or fewer is never divided between pages.
const KEPT_TOGETHER: usize = 6;

/// Something drawn.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// A line of text, from the left end of its baseline.
    Text { x: f32, y: f32, size: f32, colour: Colour, line: Rc<Line> },
    /// Rectangles: x, y, width, height.
    Fill { boxes: Vec<[f32; 4]>, colour: Colour },
    /// Curves.
    Stroke { curves: Vec<Curve>, colour: Colour, width: f32 },
}

/// Marks that belong together.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    pub marks: Vec<Mark>,
    /// Whether a screen reader comes to it; decoration and running lines are not read.
    pub read: bool,
    /// A rectangle that opens an address.
    pub link: Option<([f32; 4], String)>,
}

/// The structure: groups, and the pieces in them in reading order.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Group(TagKind, Vec<Node>),
    Piece { page: usize, piece: usize },
}

/// Pages being filled.
pub(super) struct Sheet<'a> {
    fonts: &'a Fonts,
    pub width: f32,
    pub height: f32,
    pub pages: Vec<Vec<Piece>>,
    /// Where the next row begins, from the top of the page.
    pub y: f32,
    /// What no font could draw.
    pub missing: BTreeSet<char>,
    /// Headings for the outline: words, page, height.
    pub outline: Vec<(String, usize, f32)>,
    /// Drawn again at the top of each further page, until it is taken away.
    pub repeated: Option<Vec<Cell>>,
    open: Vec<(TagKind, Vec<Node>)>,
    finished: Vec<Node>,
}

/// A line of a cell, waiting for its height.
struct Laid {
    text: usize,
    first: bool,
    line: Rc<Line>,
    look: Look,
    before: f32,
}

impl<'a> Sheet<'a> {
    pub fn new(fonts: &'a Fonts, (width, height): (f32, f32)) -> Self {
        Self {
            fonts,
            width,
            height,
            pages: vec![Vec::new()],
            y: TOP,
            missing: BTreeSet::new(),
            outline: Vec::new(),
            repeated: None,
            open: Vec::new(),
            finished: Vec::new(),
        }
    }

    /// The width between the margins.
    pub fn measure(&self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    /// Begins a group of the structure.
    pub fn open(&mut self, tag: impl Into<TagKind>) {
        self.open.push((tag.into(), Vec::new()));
    }

    /// Ends the group begun last.
    pub fn close(&mut self) {
        if let Some((tag, nodes)) = self.open.pop() {
            self.put(Node::Group(tag, nodes));
        }
    }

    /// The whole structure; groups still open are closed.
    pub fn structure(&mut self) -> Vec<Node> {
        while !self.open.is_empty() {
            self.close();
        }
        std::mem::take(&mut self.finished)
    }

    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            Some((_, nodes)) => nodes.push(node),
            None => self.finished.push(node),
        }
    }

    /// Decoration on the present page; gives the place of the piece, so that a ground can be filled in later.
    pub fn decorate(&mut self, marks: Vec<Mark>) -> (usize, usize) {
        self.add(self.pages.len() - 1, Piece { marks, ..Piece::default() })
    }

    /// A figure with words for those who do not see it.
    pub fn figure(&mut self, marks: Vec<Mark>, tag: impl Into<TagKind>) {
        let (page, piece) = self.add(self.pages.len() - 1, Piece { marks, read: true, link: None });
        self.put(Node::Group(tag.into(), vec![Node::Piece { page, piece }]));
    }

    fn add(&mut self, page: usize, piece: Piece) -> (usize, usize) {
        self.pages[page].push(piece);
        (page, self.pages[page].len() - 1)
    }

    /// A hairline across the page.
    pub fn rule(&mut self, x: f32, width: f32, colour: Colour) {
        let boxes = vec![[x, self.y, width, 0.6]];
        self.decorate(vec![Mark::Fill { boxes, colour }]);
    }

    /// Begins a new page unless there is this much height left.
    pub fn need(&mut self, height: f32) {
        if self.y + height > self.height - BOTTOM {
            self.turn();
        }
    }

    /// Begins a new page.
    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP_OF_FURTHER_PAGES;
        if let Some(cells) = self.repeated.take() {
            let laid: Vec<Vec<Laid>> = cells.iter().map(|cell| self.lay(cell)).collect();
            self.draw(&cells, &laid, false);
            self.rule(MARGIN, self.measure(), LINE);
            self.y += 3.0;
            self.repeated = Some(cells);
        }
    }

    /// One text across the page.
    pub fn text(&mut self, text: Text) {
        self.row(vec![Cell::new(MARGIN, self.measure(), vec![text])]);
    }

    /// Cells side by side, their first lines on one baseline.
    pub fn row(&mut self, cells: Vec<Cell>) {
        let laid: Vec<Vec<Laid>> = cells.iter().map(|cell| self.lay(cell)).collect();
        let most = laid.iter().map(Vec::len).max().unwrap_or_default();
        let together = if most <= KEPT_TOGETHER { most } else { 2 };
        let needed = (0..together).map(|i| height(&laid, i)).sum();
        self.need(needed);
        self.draw(&cells, &laid, true);
    }

    fn lay(&mut self, cell: &Cell) -> Vec<Laid> {
        let mut laid = Vec::new();
        for (index, text) in cell.texts.iter().enumerate() {
            let paragraph = Paragraph::new(self.fonts, text.look.style, &text.words);
            let width = cell.width - if text.item { INDENT } else { 0.0 };
            for (line, drawn) in paragraph.lines(width / text.look.size).into_iter().enumerate() {
                let first = line == 0;
                let before = if first { text.before } else { 0.0 };
                laid.push(Laid { text: index, first, line: Rc::new(drawn), look: text.look, before });
            }
            self.missing.extend(paragraph.missing);
        }
        laid
    }

    /// Draws the lines of all cells, turning the page where there is no room; `read` as part of the structure.
    fn draw(&mut self, cells: &[Cell], laid: &[Vec<Laid>], read: bool) {
        let mut places: Vec<Vec<Vec<Node>>> = cells.iter().map(|cell| vec![Vec::new(); cell.texts.len()]).collect();
        let most = laid.iter().map(Vec::len).max().unwrap_or_default();
        for i in 0..most {
            let height = height(laid, i);
            if read {
                self.need(height);
            }
            let (leading, size) = abreast(laid, i)
                .fold((0.0f32, 0.0f32), |(l, s), line| (l.max(line.look.leading), s.max(line.look.size)));
            let baseline = self.y + height - leading * 0.5 + size * 0.36;
            for ((cell, lines), places) in cells.iter().zip(laid).zip(&mut places) {
                let Some(line) = lines.get(i) else { continue };
                let text = &cell.texts[line.text];
                if let (true, true, TagKind::Hn(_)) = (read, line.first, &text.tag) {
                    self.outline.push((text.words.clone(), self.pages.len() - 1, self.y));
                }
                let mut piece = self.piece(cell, line, baseline);
                if !read {
                    piece = Piece { marks: piece.marks, ..Piece::default() };
                }
                let (page, piece) = self.add(self.pages.len() - 1, piece);
                places[line.text].push(Node::Piece { page, piece });
            }
            self.y += height;
        }
        if read {
            for (cell, places) in cells.iter().zip(places) {
                let nodes = nodes(&cell.texts, places);
                match cell.tag.clone() {
                    Some(tag) => self.put(Node::Group(tag, nodes)),
                    None => nodes.into_iter().for_each(|node| self.put(node)),
                }
            }
        }
    }

    fn piece(&self, cell: &Cell, line: &Laid, y: f32) -> Piece {
        let text = &cell.texts[line.text];
        let (size, colour) = (line.look.size, line.look.colour);
        let width = line.line.width * size;
        let indent = if text.item { INDENT } else { 0.0 };
        let x = match cell.align {
            Align::Start if !line.line.rtl => cell.x + indent,
            Align::Middle => cell.x + (cell.width - width) / 2.0,
            Align::Start | Align::End => cell.x + cell.width - width,
        };
        let mut marks = vec![Mark::Text { x, y, size, colour, line: line.line.clone() }];
        if text.item && line.first {
            let bullet = Rc::new(Paragraph::new(self.fonts, Style::Text, "•").line());
            marks.insert(0, Mark::Text { x: cell.x + 1.0, y, size, colour: MUTED, line: bullet });
        }
        let around = [x, y - size * 0.85, width.max(1.0), size * 1.15];
        let link = text.link.clone().map(|address| (around, address));
        Piece { marks, read: true, link }
    }

    /// A line outside of the text: page numbers and running heads. What does not fit ends in an ellipsis.
    pub fn running(&mut self, page: usize, y: f32, words: &str, end: bool) {
        let (size, room) = (SMALL.size - 0.5, self.measure() - 70.0);
        let line_of = |words: &str| Paragraph::new(self.fonts, Style::Text, words).line();
        let mut line = line_of(words);
        let mut kept = words.chars().count();
        while line.width * size > room && kept > 0 {
            kept = kept * 9 / 10;
            line = line_of(&format!("{}…", words.chars().take(kept).collect::<String>().trim_end()));
        }
        let x = if end { self.width - MARGIN - line.width * size } else { MARGIN };
        let mark = Mark::Text { x, y, size, colour: MUTED, line: Rc::new(line) };
        self.add(page, Piece { marks: vec![mark], ..Piece::default() });
    }
}

fn abreast(laid: &[Vec<Laid>], i: usize) -> impl Iterator<Item = &Laid> {
    laid.iter().filter_map(move |lines| lines.get(i))
}

fn height(laid: &[Vec<Laid>], i: usize) -> f32 {
    abreast(laid, i).map(|line| line.before + line.look.leading).fold(0.0, f32::max)
}

/// The texts of a cell with their pieces; items that follow one another become one list.
fn nodes(texts: &[Text], places: Vec<Vec<Node>>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut items = Vec::new();
    for (text, pieces) in texts.iter().zip(places).filter(|(_, pieces)| !pieces.is_empty()) {
        if text.item {
            items.push(Node::Group(Tag::LI.into(), vec![Node::Group(Tag::LBody.into(), pieces)]));
            continue;
        }
        if !items.is_empty() {
            nodes.push(Node::Group(Tag::L(ListNumbering::Disc).into(), std::mem::take(&mut items)));
        }
        nodes.push(Node::Group(text.tag.clone(), pieces));
    }
    if !items.is_empty() {
        nodes.push(Node::Group(Tag::L(ListNumbering::Disc).into(), items));
    }
    nodes
}
