//! Codes that pass: short ones for a screen, made of a key, what they are for and a step of time; and seals, which tell
//! that we wrote a text. Nothing of either is stored.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The symbols of a code, without those that are taken for others.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols of a code: 40 bits, far more than can be tried while it lasts.
const LENGTH: usize = 8;

/// The code of a step.
pub fn code(key: &[u8; 64], about: &str, step: i64) -> String {
    let mac = mac(key, &format!("code\n{about}\n{step}"));
    mac.iter().take(LENGTH).map(|byte| char::from(SYMBOLS[usize::from(byte & 31)])).collect()
}

/// A seal of a text: 128 bits in hexadecimal.
pub fn seal(key: &[u8; 64], text: &str) -> String {
    mac(key, &format!("seal\n{text}")).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A code as somebody typed it: without spaces and dashes, in capitals, with the symbols that are meant.
pub fn typed(raw: &str) -> String {
    let signs = raw.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase());
    let meant = |c| match c {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    signs.map(meant).take(2 * LENGTH).collect()
}

fn mac(key: &[u8; 64], text: &str) -> [u8; 32] {
    // HMAC takes a key of any length, so this never fails.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::{code, seal, typed};

    #[test]
    fn a_code_tells_its_step_and_what_it_is_for() {
        let (key, other) = ([7; 64], [8; 64]);
        assert_eq!(code(&key, "event", 1).len(), 8);
        assert_eq!(code(&key, "event", 1), code(&key, "event", 1));
        assert_ne!(code(&key, "event", 1), code(&key, "event", 2));
        assert_ne!(code(&key, "event", 1), code(&key, "other", 1));
        assert_ne!(code(&key, "event", 1), code(&other, "event", 1));
        assert_ne!(seal(&key, "a"), seal(&key, "b"));
        assert_eq!(typed(" 7k3m-9o2l "), "7K3M9021");
    }
}
