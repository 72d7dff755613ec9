//! Filled and stroked outlines, without a page: as path data for an SVG, and drawn into a PNG.

use std::fmt::Write as _;

use rustybuzz::ttf_parser::OutlineBuilder;
use tiny_skia::{Color, FillRule, LineCap, Paint, PathBuilder, Pixmap, Stroke, Transform};

use super::{
    engraving::{Curve, Spot},
    look::Colour,
    shape::Line,
};

/// One step of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Move(Spot),
    Line(Spot),
    Quad(Spot, Spot),
    Cubic(Spot, Spot, Spot),
    Close,
}

/// What is drawn at once, in one colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    colour: Colour,
    /// How wide its line is; filled without.
    line: Option<f32>,
    steps: Vec<Step>,
}

impl Shape {
    /// A filled shape.
    pub(super) fn filled(colour: Colour, steps: Vec<Step>) -> Self {
        Self { colour, line: None, steps }
    }

    /// The line along a shape.
    pub(super) fn stroked(colour: Colour, width: f32, steps: Vec<Step>) -> Self {
        Self { colour, line: Some(width), steps }
    }

    /// Its colour, as a stylesheet writes it.
    pub fn colour(&self) -> String {
        let (red, green, blue) = self.colour;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// How wide its line is; it is filled where there is none.
    pub fn line(&self) -> Option<f32> {
        self.line
    }

    /// Its outline as SVG path data.
    pub fn data(&self) -> String {
        let mut data = String::new();
        // Writing to a string never fails.
        let _ = self.steps.iter().try_for_each(|step| match *step {
            Step::Move((x, y)) => write!(data, "M{x} {y}"),
            Step::Line((x, y)) => write!(data, "L{x} {y}"),
            Step::Quad((a, b), (x, y)) => write!(data, "Q{a} {b} {x} {y}"),
            Step::Cubic((a, b), (c, d), (x, y)) => write!(data, "C{a} {b} {c} {d} {x} {y}"),
            Step::Close => write!(data, "Z"),
        });
        data
    }

    fn draw(&self, picture: &mut Pixmap, scale: f32) {
        let mut path = PathBuilder::new();
        for step in &self.steps {
            match *step {
                Step::Move((x, y)) => path.move_to(x, y),
                Step::Line((x, y)) => path.line_to(x, y),
                Step::Quad((a, b), (x, y)) => path.quad_to(a, b, x, y),
                Step::Cubic((a, b), (c, d), (x, y)) => path.cubic_to(a, b, c, d, x, y),
                Step::Close => path.close(),
            }
        }
        let Some(path) = path.finish() else { return };
        let (red, green, blue) = self.colour;
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(Color::from_rgba8(red, green, blue, 255));
        let scaled = Transform::from_scale(scale, scale);
        match self.line {
            Some(width) => {
                let stroke = Stroke { width, line_cap: LineCap::Round, ..Stroke::default() };
                picture.stroke_path(&path, &paint, &stroke, scaled, None);
            }
            None => picture.fill_path(&path, &paint, FillRule::Winding, scaled, None),
        }
    }
}

/// Shapes in a square of `side`, drawn `pixels` wide and high, as PNG. Nothing where there is no room for the picture.
pub(super) fn png(shapes: &[Shape], side: f32, pixels: u16) -> Option<Vec<u8>> {
    let mut picture = Pixmap::new(pixels.into(), pixels.into())?;
    shapes.iter().for_each(|shape| shape.draw(&mut picture, f32::from(pixels) / side));
    picture.encode_png().ok()
}

/// A line of text as outlines: from `x` on, on a baseline at `y`, `size` high.
pub(super) fn text(line: &Line, (x, y): Spot, size: f32) -> Vec<Step> {
    let mut steps = Vec::new();
    for run in &line.runs {
        let mut across = run.x;
        for glyph in &run.glyphs {
            let at = (x + (across + glyph.dx) * size, y - glyph.dy * size);
            let mut pen = Pen { steps: &mut steps, at, scale: size / run.face.em() };
            run.face.outline(glyph.id, &mut pen);
            across += glyph.advance;
        }
    }
    steps
}

/// Follows the outline of a glyph, which is given in the units of its face and upwards.
struct Pen<'a> {
    steps: &'a mut Vec<Step>,
    at: Spot,
    scale: f32,
}

impl Pen<'_> {
    fn spot(&self, x: f32, y: f32) -> Spot {
        rounded((self.at.0 + x * self.scale, self.at.1 - y * self.scale))
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let step = Step::Move(self.spot(x, y));
        self.steps.push(step);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let step = Step::Line(self.spot(x, y));
        self.steps.push(step);
    }

    fn quad_to(&mut self, a: f32, b: f32, x: f32, y: f32) {
        let step = Step::Quad(self.spot(a, b), self.spot(x, y));
        self.steps.push(step);
    }

    fn curve_to(&mut self, a: f32, b: f32, c: f32, d: f32, x: f32, y: f32) {
        let step = Step::Cubic(self.spot(a, b), self.spot(c, d), self.spot(x, y));
        self.steps.push(step);
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}

/// Curves as outlines.
pub(super) fn curves(curves: &[Curve]) -> Vec<Step> {
    let pieces = |curve: &Curve| {
        let start = std::iter::once(Step::Move(curve.start));
        let rest: Vec<Step> = curve.pieces.iter().map(|[a, b, end]| Step::Cubic(*a, *b, *end)).collect();
        start.chain(rest).collect::<Vec<_>>()
    };
    curves.iter().flat_map(pieces).collect()
}

/// A circle of four arcs.
pub(super) fn circle((x, y): Spot, radius: f32) -> Vec<Step> {
    let handle = radius * 0.552_284_8;
    let at = |dx: f32, dy: f32| rounded((x + dx, y + dy));
    vec![
        Step::Move(at(radius, 0.0)),
        Step::Cubic(at(radius, handle), at(handle, radius), at(0.0, radius)),
        Step::Cubic(at(-handle, radius), at(-radius, handle), at(-radius, 0.0)),
        Step::Cubic(at(-radius, -handle), at(-handle, -radius), at(0.0, -radius)),
        Step::Cubic(at(handle, -radius), at(radius, -handle), at(radius, 0.0)),
        Step::Close,
    ]
}

/// A shape of straight lines.
pub(super) fn polygon(corners: &[Spot]) -> Vec<Step> {
    let mut steps: Vec<Step> = corners.iter().map(|corner| Step::Line(*corner)).collect();
    if let Some(first) = steps.first_mut() {
        *first = Step::Move(corners.first().copied().unwrap_or_default());
    }
    steps.push(Step::Close);
    steps
}

/// Short to write down, and finer than a pixel by far. Both drawings use the same numbers.
fn rounded((x, y): Spot) -> Spot {
    let round = |length: f32| (length * 100.0).round() / 100.0;
    (round(x), round(y))
}
