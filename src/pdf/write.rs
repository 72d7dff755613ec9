//! Filled sheets → a file: PDF/A-3a and PDF/UA-1, with the JSON attached.

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::{
    Data, Document, SerializeSettings,
    action::{Action, LinkAction},
    annotation::{Annotation, LinkAnnotation, Target},
    color::rgb,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    embed::{AssociationKind, EmbeddedFile, MimeType},
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree},
    text::{GlyphId, KrillaGlyph},
};

use super::{
    Error, Pdf,
    engraving::Curve,
    look::Colour,
    shape::Line,
    sheet::{Mark, Node, Piece, Sheet},
};

/// What the file says about itself.
pub(super) struct About<'a> {
    pub title: String,
    pub author: &'a str,
    pub language: String,
    /// Whether the language is read from right to left.
    pub rtl: bool,
    /// The public id of what it shows.
    pub id: &'a str,
    /// When what it shows was made; never the time of printing.
    pub date: DateTime<Utc>,
    /// The JSON, its file name, and what it is.
    pub json: &'a [u8],
    pub json_name: &'a str,
    pub json_description: String,
}

/// Writes the sheet.
pub(super) fn write(mut sheet: Sheet, about: About) -> Result<Pdf, Error> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| Error::Rules(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let structure = sheet.structure();
    let mut written = Vec::with_capacity(sheet.pages.len());
    for page in &sheet.pages {
        written.push(write_page(&mut document, (sheet.width, sheet.height), page)?);
    }
    let mut tree = TagTree::new().with_lang(Some(about.language.clone()));
    for node in structure {
        tree.push(group(node, &written));
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(&sheet.outline));
    attach(&mut document, &about);
    document.set_metadata(metadata(about));
    let bytes = document.finish().map_err(|error| Error::Rules(reason(error)))?;
    Ok(Pdf { bytes, missing: sheet.missing.into_iter().collect() })
}

fn reason(error: krilla::error::KrillaError) -> String {
    match error {
        krilla::error::KrillaError::Validation(broken) => {
            broken.iter().map(|(rule, _)| format!("{rule:?}")).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// What the structure calls a piece by: its content, and the link over it.
type Written = (Option<Identifier>, Option<Identifier>);

fn write_page(document: &mut Document, size: (f32, f32), pieces: &[Piece]) -> Result<Vec<Written>, Error> {
    let settings = PageSettings::from_wh(size.0, size.1).ok_or_else(|| Error::Rules("a page without size".into()))?;
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let mut contents = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let tag = if piece.read {
            ContentTag::Span(SpanTag::empty())
        } else {
            ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout))
        };
        let content = surface.start_tagged(tag);
        piece.marks.iter().for_each(|mark| draw(&mut surface, mark));
        surface.end_tagged();
        contents.push(piece.read.then_some(content));
    }
    surface.finish();
    let mut written = Vec::with_capacity(pieces.len());
    for (piece, content) in pieces.iter().zip(contents) {
        let link = piece.link.as_ref().and_then(|([x, y, width, height], address)| {
            let target = Target::Action(Action::Link(LinkAction::new(address.clone())));
            let link = LinkAnnotation::new(Rect::from_xywh(*x, *y, *width, *height)?, target);
            Some(page.add_tagged_annotation(Annotation::new_link(link, Some(address.clone()))))
        });
        written.push((content, link));
    }
    page.finish();
    Ok(written)
}

fn group(node: Node, written: &[Vec<Written>]) -> krilla::tagging::Node {
    match node {
        Node::Group(tag, nodes) => {
            let mut made = TagGroup::new(tag);
            for node in nodes {
                made.push(group(node, written));
            }
            made.into()
        }
        Node::Piece { page, piece } => match written[page][piece] {
            (Some(content), None) => content.into(),
            (content, link) => {
                let mut made = TagGroup::new(Tag::Link);
                content.into_iter().chain(link).for_each(|part| made.push(part));
                made.into()
            }
        },
    }
}

fn fill(colour: Colour) -> Fill {
    Fill { paint: rgb::Color::new(colour.0, colour.1, colour.2).into(), ..Fill::default() }
}

fn draw(surface: &mut Surface, mark: &Mark) {
    match mark {
        Mark::Text { x, y, size, colour, line } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
            draw_line(surface, (*x, *y), *size, line);
        }
        Mark::Fill { boxes, colour } => {
            let mut path = PathBuilder::new();
            for [x, y, width, height] in boxes {
                Rect::from_xywh(*x, *y, *width, *height).into_iter().for_each(|rect| path.push_rect(rect));
            }
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
            path.finish().iter().for_each(|path| surface.draw_path(path));
        }
        Mark::Stroke { curves, colour, width } => {
            let paint = rgb::Color::new(colour.0, colour.1, colour.2).into();
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint, width: *width, ..Stroke::default() }));
            curves.iter().filter_map(path).for_each(|path| surface.draw_path(&path));
        }
    }
}

fn path(curve: &Curve) -> Option<krilla::geom::Path> {
    let mut path = PathBuilder::new();
    path.move_to(curve.start.0, curve.start.1);
    for [a, b, end] in &curve.pieces {
        path.cubic_to(a.0, a.1, b.0, b.1, end.0, end.1);
    }
    path.finish()
}

fn draw_line(surface: &mut Surface, (x, y): (f32, f32), size: f32, line: &Line) {
    for run in &line.runs {
        let glyphs: Vec<KrillaGlyph> = run
            .glyphs
            .iter()
            .map(|glyph| {
                let id = GlyphId::new(glyph.id);
                KrillaGlyph::new(id, glyph.advance, glyph.dx, glyph.dy, 0.0, glyph.range.clone(), None)
            })
            .collect();
        let start = Point::from_xy(x + run.x * size, y);
        surface.draw_glyphs(start, &glyphs, run.face.drawn.clone(), &line.text, size, false);
    }
}

fn outline(headings: &[(String, usize, f32)]) -> Outline {
    let mut outline = Outline::new();
    for (words, page, y) in headings {
        let place = XyzDestination::new(*page, Point::from_xy(0.0, (y - 10.0).max(0.0)));
        outline.push_child(OutlineNode::new(words.clone(), place));
    }
    outline
}

fn attach(document: &mut Document, about: &About) {
    document.embed_file(EmbeddedFile {
        path: about.json_name.to_owned(),
        mime_type: MimeType::new("application/json"),
        description: Some(about.json_description.clone()),
        association_kind: AssociationKind::Source,
        data: Data::from(about.json.to_vec()),
        modification_date: Some(date(about.date)),
        compress: Some(true),
        location: None,
    });
}

fn metadata(about: About) -> Metadata {
    let direction = match about.rtl {
        true => krilla::metadata::TextDirection::RightToLeft,
        false => krilla::metadata::TextDirection::LeftToRight,
    };
    Metadata::new()
        .title(about.title)
        .authors(vec![about.author.to_owned()])
        .language(about.language)
        .text_direction(direction)
        .creator("Testamur".to_owned())
        .producer("Testamur".to_owned())
        .document_id(about.id.to_owned())
        .creation_date(date(about.date))
}

fn date(at: DateTime<Utc>) -> krilla::metadata::DateTime {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    krilla::metadata::DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
