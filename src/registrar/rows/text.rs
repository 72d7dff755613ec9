//! Which letters a file is written in.
//!
//! UTF-8 is read with its mark or without; what is not UTF-8 is read as Windows-1252, which is what spreadsheets in the
//! West write, and that is told.

use super::{Written, spreadsheet};
use crate::registrar::Refusal;

/// The text of a file and how it was written, or why it is none. Of a workbook it is the first sheet.
pub fn text(bytes: &[u8]) -> Result<(String, Written), Refusal> {
    if spreadsheet::is_one(bytes) {
        return Ok((spreadsheet::text(bytes)?, Written::Spreadsheet));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Refusal::conflict(
            "This is a spreadsheet of an old kind (.xls), or one with a password. Save it as .xlsx without a password, \
             or as “CSV UTF-8”, and take that file.",
        ));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Refusal::conflict("This text is in UTF-16. Save it as “CSV UTF-8”, and take that file."));
    }
    if bytes.contains(&0) {
        return Err(Refusal::conflict("This is no text. Save the list as “CSV UTF-8”, and take that file."));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.to_owned(), Written::Utf8));
    }
    let read: Option<String> = bytes.iter().map(|byte| windows_1252(*byte)).collect();
    let read = read.map(|text| (text, Written::Windows1252));
    read.ok_or_else(|| {
        Refusal::conflict(
            "This text is neither in UTF-8 nor in Windows-1252. Save it as “CSV UTF-8”, and take that file.",
        )
    })
}

/// A letter of Windows-1252; five of its places hold none.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().filter(|c| *c != '\0'),
        other => Some(char::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Written, text};

    #[test]
    fn a_text_is_read_with_its_mark_or_without_and_in_the_letters_of_spreadsheets() {
        let (plain, written) = text("\u{feff}student_id;status\r\n".as_bytes()).unwrap();
        assert_eq!((plain.as_str(), written), ("student_id;status\r\n", Written::Utf8));
        let (told, written) = text(b"name,email\nZo\xeb \x96,zoe@iu.example\n").unwrap();
        assert_eq!((told.as_str(), written), ("name,email\nZoë –,zoe@iu.example\n", Written::Windows1252));
    }

    #[test]
    fn what_is_no_text_is_refused_in_words() {
        for (bytes, says) in [
            (&b"PK\x03\x04rest"[..], "no Excel workbook"),
            (b"\xd0\xcf\x11\xe0rest", "old kind"),
            (b"\xff\xfes\0t\0", "UTF-16"),
            (b"a\0b", "no text"),
            (b"\x81\x8d", "neither"),
        ] {
            assert!(text(bytes).unwrap_err().to_string().contains(says), "{bytes:?}");
        }
    }
}
