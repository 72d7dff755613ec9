//! A credential inside the picture of its badge (Open Badges 3.0, 5.3): one file that people look at and programs check.

use flate2::Crc;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The keyword under which a PNG has a credential, and the older one of Open Badges 2.0.
const KEYWORDS: [&str; 2] = ["openbadgecredential", "openbadges"];
const ROOT: &str = "svg";
const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";

/// A PNG with a credential in it, behind its head; one that it had before is left out. Nothing where it is no PNG.
pub fn png(picture: &[u8], credential: &[u8]) -> Option<Vec<u8>> {
    let mut rest = picture.strip_prefix(PNG)?;
    let mut baked = PNG.to_vec();
    let mut first = true;
    while !rest.is_empty() {
        let (chunk, after) = chunk(rest)?;
        let (kind, content) = (chunk.get(4..8)?, chunk.get(8..chunk.len() - 4)?);
        if first != (kind == b"IHDR") {
            return None;
        }
        if !holds_credential(kind, content) {
            baked.extend_from_slice(chunk);
        }
        if first {
            baked.extend(text_chunk(credential)?);
        }
        if kind == b"IEND" {
            return Some(baked);
        }
        (first, rest) = (false, after);
    }
    None
}

/// The first chunk, with its length and its sum, and what comes behind it.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    bytes.split_at_checked(usize::try_from(length).ok()?.checked_add(12)?)
}

fn holds_credential(kind: &[u8], content: &[u8]) -> bool {
    let keyword = content.split(|byte| *byte == 0).next().unwrap_or_default();
    [&b"iTXt"[..], b"tEXt", b"zTXt"].contains(&kind) && KEYWORDS.iter().any(|one| one.as_bytes() == keyword)
}

/// International text, neither packed nor in a named language.
fn text_chunk(credential: &[u8]) -> Option<Vec<u8>> {
    let content = [b"iTXtopenbadgecredential\0\0\0\0\0", credential].concat();
    let length = u32::try_from(content.len().checked_sub(4)?).ok()?;
    let mut sum = Crc::new();
    sum.update(&content);
    Some([&length.to_be_bytes()[..], &content, &sum.sum().to_be_bytes()].concat())
}

/// An SVG with a credential in it, as the first thing in its root. Nothing where it is no SVG that can be read plainly,
/// or already holds one.
pub fn svg(picture: &str, credential: &str) -> Option<String> {
    let is_closed = picture.trim_end().ends_with(&format!("</{ROOT}>"));
    if picture.contains("<!ENTITY") || picture.contains(NAMESPACE) || !is_closed {
        return None;
    }
    let (before, inside) = picture.split_at_checked(root_end(picture)?)?;
    // What would end the section early is cut in two sections.
    let whole = credential.replace("]]>", "]]]]><![CDATA[>");
    let element =
        format!("<openbadges:credential xmlns:openbadges=\"{NAMESPACE}\"><![CDATA[{whole}]]></openbadges:credential>");
    Some([before, &element, inside].concat())
}

/// Where the start of the root ends, behind declarations and comments.
fn root_end(picture: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = picture.get(at..)?;
        let trimmed = rest.trim_start_matches('\u{feff}').trim_start();
        at += rest.len() - trimmed.len();
        let end = if trimmed.starts_with("<?") {
            trimmed.find("?>")? + 2
        } else if trimmed.starts_with("<!--") {
            trimmed.find("-->")? + 3
        } else if trimmed.starts_with("<!DOCTYPE") {
            trimmed.find('>')? + 1
        } else {
            return Some(at + tag_end(trimmed.strip_prefix('<')?.strip_prefix(ROOT)?)? + 1 + ROOT.len());
        };
        at += end;
    }
}

/// Where a start tag ends; nothing for one that is empty.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return (!tag.get(..at)?.ends_with('/')).then_some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_stands_in_the_root_of_an_svg_and_cannot_end_its_section() {
        let picture = "<?xml version=\"1.0\"?><!-- <svg> --><svg a='>' viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>\n";
        let baked = svg(picture, "{\"a\":\"]]></svg>\"}").unwrap();
        let (before, after) = baked.split_once("<openbadges:credential").unwrap();
        assert!(before.ends_with("viewBox=\"0 0 1 1\">") && after.ends_with("<path d=\"M0 0\"/></svg>\n"));
        assert!(after.contains("<![CDATA[{\"a\":\"]]]]><![CDATA[></svg>\"}]]>"));
        assert_eq!(svg(&baked, "{}"), None, "baked once");
        for wrong in ["<svg/>", "<html></html>", "<svg a=\"></svg>", "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg></svg>"] {
            assert_eq!(svg(wrong, "{}"), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_png_is_not_baked() {
        for wrong in [&b""[..], PNG, b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR", b"GIF89a"] {
            assert_eq!(png(wrong, b"{}"), None);
        }
    }
}
