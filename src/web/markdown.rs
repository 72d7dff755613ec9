//! Markdown as a page shows it: criteria and narratives, which the standard writes in it.
//!
//! Raw HTML comes out as text, pictures as their description, and a link leads to http, https or mailto or nowhere.
//! Headings become bold lines: a page has headings of its own. This is the one reviewed place where markup that was made
//! from somebody's text reaches a template without being escaped there.

use askama::filters::HtmlSafe;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Markup that was made from Markdown.
pub struct Shown(String);

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Shown {}

/// Markdown as markup.
pub fn shown(text: &str) -> Shown {
    let events = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).flat_map(tamed);
    let mut markup = String::with_capacity(text.len() * 2);
    html::push_html(&mut markup, events);
    Shown(markup)
}

/// What may come through of an event.
fn tamed(event: Event<'_>) -> Vec<Event<'_>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => vec![Event::Text(raw)],
        Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
        Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)],
        // A line end somebody typed is meant.
        Event::SoftBreak => vec![Event::HardBreak],
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if leads_out(&dest_url) { dest_url } else { "".into() };
            vec![Event::Start(Tag::Link { link_type, dest_url, title, id })]
        }
        Event::Start(Tag::Image { .. }) => vec![Event::Start(Tag::Emphasis)],
        Event::End(TagEnd::Image) => vec![Event::End(TagEnd::Emphasis)],
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        other => vec![other],
    }
}

fn leads_out(address: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn lists_and_emphasis_are_shown() {
        let markup = shown("Attend:\n\n- **six** events\n- one *fair*").to_string();
        for part in ["<li><strong>six</strong> events</li>", "<em>fair</em>"] {
            assert!(markup.contains(part), "{markup}");
        }
    }

    #[test]
    fn nothing_that_runs_comes_through() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div\nonclick=alert(1)>\n",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "[x](vbscript:x)",
            "![x](https://tracker.example/x.png)",
            "<javascript:alert(1)>",
            "[a]: javascript:alert(1)\n\n[a]",
        ] {
            let markup = shown(text).to_string().to_lowercase();
            for sign in ["<script", "<img", "<div", "href=\"javascript", "href=\"data", "href=\"vbscript"] {
                assert!(!markup.contains(sign), "{text:?} → {markup}");
            }
        }
    }

    #[test]
    fn a_page_keeps_its_own_headings() {
        assert!(!shown("# Title").to_string().contains("<h1"));
    }
}
