//! The QR code of a credential page, as the path of an inline drawing.

use qrcodegen::{QrCode, QrCodeEcc};

/// A code as squares of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Units along a side, with the quiet zone.
    pub side: i32,
    /// The dark squares as an SVG path, one piece for each run in a row.
    pub path: String,
}

/// Units of light around the code, beside the padding that the page gives it.
const QUIET: i32 = 2;

impl Qr {
    /// The code of an address; `None` for one that is too long for any code.
    pub fn of(address: &str) -> Option<Self> {
        let code = QrCode::encode_text(address, QrCodeEcc::Medium).ok()?;
        let size = code.size();
        let mut path = String::new();
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let run = (x..size).take_while(|at| code.get_module(*at, y)).count() as i32;
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
                }
                x += run.max(1);
            }
        }
        Some(Self { side: size + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_covers_each_dark_square_once() {
        let address = "https://clr.example.edu/c/19FD-D80S-A9TU";
        let code = QrCode::encode_text(address, QrCodeEcc::Medium).unwrap();
        let drawn = Qr::of(address).unwrap();
        assert_eq!(drawn.side, code.size() + 4);
        let runs: i32 = drawn
            .path
            .split('h')
            .skip(1)
            .step_by(2)
            .map(|rest| rest.split('v').next().unwrap().parse::<i32>().unwrap())
            .sum();
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .count();
        assert_eq!(runs, dark as i32);
        assert!(drawn.path.starts_with("M2 2h7v1h-7z"), "{}", drawn.path);
    }

    #[test]
    fn an_address_that_fits_no_code_has_none() {
        assert_eq!(Qr::of(&"x".repeat(5000)), None);
    }
}
