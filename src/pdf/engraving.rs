//! Engraved line art: rosettes and braided bands, as one sees on banknotes, drawn from sines.
//!
//! Pure geometry in points, for either engine. A curve is traced through few points with the tangents of the true
//! curve and rounded to a fiftieth of a point, so that a whole border takes a few kilobytes.

use std::f32::consts::{PI, TAU};

/// A point, in points.
pub(super) type Spot = (f32, f32);

/// A smooth curve of cubic pieces.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    pub start: Spot,
    /// Two handles and the end of each piece.
    pub pieces: Vec<[Spot; 3]>,
}

impl Curve {
    /// Traces `path` from `from` to `to` in `steps` pieces.
    fn trace(path: impl Fn(f32) -> Spot, from: f32, to: f32, steps: usize) -> Self {
        let step = (to - from) / steps as f32;
        let third = step / 3.0;
        let slope = |t: f32| {
            let (a, b) = (path(t - step * 0.01), path(t + step * 0.01));
            ((b.0 - a.0) / (step * 0.02), (b.1 - a.1) / (step * 0.02))
        };
        let pieces = (0..steps)
            .map(|i| {
                let (t, u) = (from + i as f32 * step, from + (i + 1) as f32 * step);
                let (a, b, da, db) = (path(t), path(u), slope(t), slope(u));
                [(a.0 + da.0 * third, a.1 + da.1 * third), (b.0 - db.0 * third, b.1 - db.1 * third), b].map(rounded)
            })
            .collect();
        Self { start: rounded(path(from)), pieces }
    }
}

/// Finer than any printer, and short to write down.
fn rounded((x, y): Spot) -> Spot {
    let round = |length: f32| (length * 50.0).round() / 50.0;
    (round(x), round(y))
}

/// A ring of `strands` waves around a centre, each with `waves` crests between the two radii.
pub(super) fn ring(centre: Spot, inner: f32, outer: f32, waves: usize, strands: usize) -> Vec<Curve> {
    let (middle, swing) = ((inner + outer) / 2.0, (outer - inner) / 2.0);
    (0..strands)
        .map(|strand| {
            let phase = TAU * strand as f32 / strands as f32;
            let path = move |angle: f32| {
                let radius = middle + swing * (waves as f32 * angle + phase).sin();
                (centre.0 + radius * angle.sin(), centre.1 - radius * angle.cos())
            };
            // From crest to trough to crest: there, few pieces follow a sine closely.
            let crest = (PI / 2.0 - phase) / waves as f32;
            Curve::trace(path, crest, crest + TAU, waves * 2)
        })
        .collect()
}

/// A circle.
pub(super) fn circle(centre: Spot, radius: f32) -> Curve {
    Curve::trace(move |angle| (centre.0 + radius * angle.sin(), centre.1 - radius * angle.cos()), 0.0, TAU, 8)
}

/// The rosette behind the QR code: two braided rings and two circles.
pub(super) fn rosette(centre: Spot, radius: f32) -> Vec<Curve> {
    let mut curves = ring(centre, radius * 0.76, radius, 24, 5);
    curves.extend(ring(centre, radius * 0.50, radius * 0.70, 18, 6));
    curves.push(circle(centre, radius * 0.46));
    curves.push(circle(centre, radius * 0.44));
    curves
}

/// A straight braid between two points: `strands` waves of the given swing, each from its first crest to its last. The
/// ends are frayed; something has to lie on them.
pub(super) fn braid(from: Spot, to: Spot, swing: f32, crest: f32, strands: usize) -> Vec<Curve> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    let crests = (length / crest).round().max(1.0);
    (0..strands)
        .map(|strand| {
            let phase = TAU * strand as f32 / strands as f32;
            let path = move |t: f32| {
                let (along, across) = (t / length, swing * (TAU * crests * t / length + phase).sin());
                (from.0 + dx * along - dy / length * across, from.1 + dy * along + dx / length * across)
            };
            let wave = length / crests;
            let first = (0.25 - phase / TAU).rem_euclid(1.0) * wave;
            let pieces = crests as usize * 2 - 2;
            Curve::trace(path, first, first + pieces as f32 * wave / 2.0, pieces)
        })
        .collect()
}
