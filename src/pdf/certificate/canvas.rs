//! Pages of printpdf: shapes and shaped text, measured from the top left.
//!
//! This is the only place that knows printpdf, which changes often. It embeds each face cut down to the glyphs in use,
//! and takes back what printpdf would say untruly or at random: a claim of PDF/X, version 1.3 and a drawn identifier.

use chrono::{DateTime, Datelike, Timelike, Utc};
use lopdf::{Dictionary, Object, StringFormat};
use printpdf::{
    Actions, BorderArray, Codepoint, Color, ColorArray, FontId, Line, LinePoint, LinkAnnotation, Mm, Op, PaintMode,
    ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rect,
    Rgb, TextItem, TextMatrix, WindingOrder,
};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subsetter::GlyphRemapper;

use super::super::{
    Error,
    engraving::{Curve, Spot, circle},
    face::Face,
    look::Colour,
    shape::{Glyph, Line as Text, Run},
};

/// What the file says about itself.
pub struct About<'a> {
    pub title: &'a str,
    pub author: &'a str,
    pub language: &'a str,
    pub date: DateTime<Utc>,
}

/// Pages of one size, the last of which is being drawn.
pub struct Canvas {
    /// Width and height in points.
    pub size: (f32, f32),
    ops: Vec<Op>,
    finished: Vec<Vec<Op>>,
    faces: Vec<(Arc<Face>, GlyphRemapper)>,
}

impl Canvas {
    pub fn new(size: (f32, f32)) -> Self {
        Self { size, ops: Vec::new(), finished: Vec::new(), faces: Vec::new() }
    }

    /// Begins a further page.
    pub fn turn(&mut self) {
        self.finished.push(std::mem::take(&mut self.ops));
    }

    fn point(&self, (x, y): Spot) -> Point {
        Point { x: Pt(x), y: Pt(self.size.1 - y) }
    }

    /// Draws curves.
    pub fn curves(&mut self, curves: &[Curve], colour: Colour, width: f32) {
        self.ops.push(Op::SetOutlineColor { col: rgb(colour) });
        self.ops.push(Op::SetOutlineThickness { pt: Pt(width) });
        for curve in curves {
            let line = Line { points: self.points(curve), is_closed: false };
            self.ops.push(Op::DrawLine { line });
        }
    }

    fn points(&self, curve: &Curve) -> Vec<LinePoint> {
        let mut points = vec![LinePoint { p: self.point(curve.start), bezier: false }];
        for [a, b, end] in &curve.pieces {
            points.push(LinePoint { p: self.point(*a), bezier: true });
            points.push(LinePoint { p: self.point(*b), bezier: true });
            points.push(LinePoint { p: self.point(*end), bezier: false });
        }
        points
    }

    /// Fills a circle.
    pub fn disc(&mut self, centre: Spot, radius: f32, colour: Colour) {
        let points = self.points(&circle(centre, radius));
        self.polygon(vec![PolygonRing { points }], PaintMode::Fill, colour);
    }

    /// Fills rectangles: x, y, width, height.
    pub fn fill(&mut self, boxes: &[[f32; 4]], colour: Colour) {
        let rings = boxes.iter().map(|[x, y, w, h]| self.ring([*x, *y, x + w, y + h])).collect();
        self.polygon(rings, PaintMode::Fill, colour);
    }

    /// A line around the page, this far from its edge.
    pub fn frame(&mut self, inset: f32, colour: Colour, width: f32) {
        let ring = self.ring([inset, inset, self.size.0 - inset, self.size.1 - inset]);
        self.ops.push(Op::SetOutlineColor { col: rgb(colour) });
        self.ops.push(Op::SetOutlineThickness { pt: Pt(width) });
        self.ops.push(Op::DrawLine { line: Line { points: ring.points, is_closed: true } });
    }

    fn ring(&self, [left, top, right, bottom]: [f32; 4]) -> PolygonRing {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        PolygonRing { points: corners.map(|spot| LinePoint { p: self.point(spot), bezier: false }).to_vec() }
    }

    fn polygon(&mut self, rings: Vec<PolygonRing>, mode: PaintMode, colour: Colour) {
        self.ops.push(Op::SetFillColor { col: rgb(colour) });
        self.ops.push(Op::DrawPolygon { polygon: Polygon { rings, mode, winding_order: WindingOrder::NonZero } });
    }

    /// A rectangle that opens an address, without the frame that printpdf would draw around it.
    pub fn link(&mut self, [x, y, width, height]: [f32; 4], address: &str) {
        let corner = self.point((x, y + height));
        let (width, height) = (Pt(width), Pt(height));
        let rect = Rect { x: corner.x, y: corner.y, width, height, mode: None, winding_order: None };
        let frame = Some(BorderArray::Solid([0.0; 3]));
        let link =
            LinkAnnotation::new(rect, Actions::uri(address.to_owned()), frame, Some(ColorArray::Transparent), None);
        self.ops.push(Op::LinkAnnotation { link });
    }

    /// A line of text from the left end of its baseline.
    pub fn text(&mut self, line: &Text, (x, y): Spot, size: f32, colour: Colour) {
        for run in &line.runs {
            let face = self.face(&run.face);
            self.ops.push(Op::SetFillColor { col: rgb(colour) });
            self.ops.push(Op::StartTextSection);
            let font = PdfFontHandle::External(font_id(face));
            self.ops.push(Op::SetFont { font, size: Pt(size) });
            let mut pen = x + run.x * size;
            for (at, glyph) in run.glyphs.iter().enumerate() {
                // Each glyph at its own place: kerning and marks come out as they were shaped.
                let place = self.point((pen + glyph.dx * size, y - glyph.dy * size));
                self.ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(place.x, place.y) });
                // Subsetting keeps at most 65,536 glyphs, so an id fits.
                let gid = self.faces[face].1.remap(u16::try_from(glyph.id).unwrap_or_default());
                let items = vec![Codepoint::with_cid(gid, 0.0, stands_for(run, at, glyph, &line.text))];
                self.ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(items)] });
                pen += glyph.advance * size;
            }
            self.ops.push(Op::EndTextSection);
        }
    }

    fn face(&mut self, wanted: &Arc<Face>) -> usize {
        self.faces.iter().position(|(face, _)| Arc::ptr_eq(face, wanted)).unwrap_or_else(|| {
            self.faces.push((wanted.clone(), GlyphRemapper::new()));
            self.faces.len() - 1
        })
    }

    /// The file.
    pub fn finish(self, about: About) -> Result<Vec<u8>, Error> {
        let mut document = PdfDocument::new(about.title);
        document.metadata.info.author = about.author.to_owned();
        document.metadata.info.creator = "Testamur".to_owned();
        document.metadata.info.producer = "Testamur".to_owned();
        for (index, (face, glyphs)) in self.faces.iter().enumerate() {
            document.resources.fonts.map.insert(font_id(index), PdfFont::new(subset(index, face, glyphs)?));
        }
        let (width, height) = self.size;
        for ops in self.finished.into_iter().chain([self.ops]) {
            document.pages.push(PdfPage::new(Mm::from(Pt(width)), Mm::from(Pt(height)), ops));
        }
        let mut written = document.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new());
        settle(&mut written, &about).map_err(|error| Error::Rules(error.to_string()))?;
        let mut bytes = Vec::new();
        written.save_to(&mut bytes).map_err(|error| Error::Rules(error.to_string()))?;
        Ok(bytes)
    }
}

fn font_id(index: usize) -> FontId {
    FontId(format!("Face{index}"))
}

fn rgb((r, g, b): Colour) -> Color {
    let part = |part: u8| f32::from(part) / 255.0;
    Color::Rgb(Rgb { r: part(r), g: part(g), b: part(b), icc_profile: None })
}

/// What a glyph says when its text is copied: the glyphs of a cluster share its characters, one each where that comes
/// out even, else the first has all of them.
fn stands_for(run: &Run, at: usize, glyph: &Glyph, text: &str) -> String {
    let cluster: Vec<usize> = (0..run.glyphs.len()).filter(|i| run.glyphs[*i].range == glyph.range).collect();
    let text = &text[glyph.range.clone()];
    let place = cluster.iter().position(|i| *i == at).unwrap_or_default();
    match text.chars().nth(place) {
        Some(c) if cluster.len() == text.chars().count() => c.to_string(),
        _ if place == 0 => text.to_owned(),
        _ => String::new(),
    }
}

fn subset(index: usize, face: &Face, glyphs: &GlyphRemapper) -> Result<ParsedFont, Error> {
    let bytes = subsetter::subset(face.bytes(), face.index, glyphs)
        .map_err(|error| Error::Subset(format!("{}: {error}", face.name)))?;
    let mut font = ParsedFont::from_bytes(&bytes, 0, &mut Vec::new())
        .ok_or_else(|| Error::Subset(format!("{} does not parse any more", face.name)))?;
    let letter = char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    let name =
        face.name.split('.').next().unwrap_or_default().replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "");
    font.font_name = Some(format!("SUBSE{letter}+{name}"));
    Ok(font)
}

/// Sets right what printpdf writes about the file, and compresses it.
fn settle(document: &mut lopdf::Document, about: &About) -> lopdf::Result<()> {
    document.version = "1.7".into();
    let text = |text: String| Object::String(text.into_bytes(), StringFormat::Literal);
    let info = document.trailer.get(b"Info")?.as_reference()?;
    let info = document.get_object_mut(info)?.as_dict_mut()?;
    info.remove(b"GTS_PDFXVersion");
    info.remove(b"Identifier");
    let date = about.date;
    let date = format!(
        "D:{:04}{:02}{:02}{:02}{:02}{:02}Z",
        date.year(),
        date.month(),
        date.day(),
        date.hour(),
        date.minute(),
        date.second()
    );
    info.set("CreationDate", text(date.clone()));
    info.set("ModDate", text(date));
    let catalog = document.catalog_mut()?;
    catalog.set("Lang", text(about.language.to_owned()));
    catalog.set("PageLayout", "SinglePage");
    catalog.set("ViewerPreferences", Dictionary::from_iter([("DisplayDocTitle", true.into())]));
    document.compress();
    document.trailer.remove(b"ID");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes)?;
    let id = Object::String(Sha256::digest(&bytes)[..16].to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    Ok(())
}
