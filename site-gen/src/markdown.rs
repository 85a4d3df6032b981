//! Texts to HTML: editors' Markdown, and citizens' plain text.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::typography;

/// Editors' Markdown (CommonMark and tables) as HTML, with French spacing. Raw HTML is shown
/// as text, so that a page holds nothing that a template did not put there.
#[must_use]
pub fn editors(source: &str) -> String {
    let mut in_code = false;
    let events = Parser::new_ext(source, Options::ENABLE_TABLES).map(|event| {
        match &event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            _ => {}
        }
        match event {
            Event::Text(text) if !in_code => Event::Text(CowStr::from(typography::french(&text))),
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            other => other,
        }
    });
    let mut page = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut page, events);
    page
}

/// A citizen's plain text as HTML: paragraphs and line breaks, nothing else.
#[must_use]
pub fn citizens(text: &str) -> String {
    let mut page = String::with_capacity(text.len() + text.len() / 8 + 16);
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        page.push_str("<p>");
        for (place, line) in paragraph.lines().enumerate() {
            if place > 0 {
                page.push_str("<br>\n");
            }
            escape(line, &mut page);
        }
        page.push_str("</p>\n");
    }
    page
}

fn escape(text: &str, page: &mut String) {
    for c in text.chars() {
        match c {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            c => page.push(c),
        }
    }
}
