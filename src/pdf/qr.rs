//! A QR code as rectangles: dark modules, neighbours in a row joined, in units of one module.

use qrcodegen::{QrCode, QrCodeEcc};

use super::Error;

/// The modules of a quiet zone on each side.
pub(super) const QUIET: f32 = 4.0;

/// A QR code.
pub(super) struct Qr {
    /// Modules from edge to edge, without the quiet zone.
    pub size: f32,
    /// x, y, width of each dark bar, one module high, from the top left.
    pub bars: Vec<(f32, f32, f32)>,
}

/// The code that opens an address, with a quarter of it allowed to be damaged.
pub(super) fn code(address: &str) -> Result<Qr, Error> {
    let code = QrCode::encode_text(address, QrCodeEcc::Medium).map_err(|_| Error::QrCode(address.len()))?;
    let mut bars = Vec::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                bars.push((start as f32, y as f32, (x - start) as f32));
            }
            x += 1;
        }
    }
    Ok(Qr { size: code.size() as f32, bars })
}
