//! Texts to HTML: editors' Markdown, and citizens' plain text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use domain::Slug;
use pulldown_cmark::{
    Alignment, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html,
};

use crate::typography;

/// The addresses of the content's images: as editors write them → where they are.
pub type Images = BTreeMap<String, String>;

/// Editors' Markdown as HTML, with what there is to check in it.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// The HTML.
    pub(crate) html: String,
    /// Where each link leads, and where in the source it stands.
    pub(crate) links: Vec<(String, Range<usize>)>,
    /// What is wrong: a message's key, and where in the source.
    pub(crate) faults: Vec<(&'static str, Range<usize>)>,
}

/// Editors' Markdown (CommonMark and tables) as HTML, with French spacing and an anchor at each
/// heading. Raw HTML is shown as text, so that a page holds nothing that a template did not put
/// there.
#[must_use]
pub fn editors(source: &str, images: &Images) -> String {
    written(source, images).html
}

/// The same, with what there is to check in it.
pub(crate) fn written(source: &str, images: &Images) -> Written {
    let mut writer = Writer {
        images,
        links: Vec::new(),
        faults: Vec::new(),
        level: HeadingLevel::H1,
        anchors: Vec::new(),
        table: Table::default(),
    };
    let events = Parser::new_ext(source, Options::ENABLE_TABLES).into_offset_iter();
    let events = writer.events(events, source.len());
    let mut page = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut page, events.into_iter());
    Written {
        html: page,
        links: writer.links,
        faults: writer.faults,
    }
}

struct Writer<'i> {
    images: &'i Images,
    links: Vec<(String, Range<usize>)>,
    faults: Vec<(&'static str, Range<usize>)>,
    level: HeadingLevel,
    anchors: Vec<String>,
    table: Table,
}

/// Where the writer stands in a table.
#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    in_head: bool,
    column: usize,
}

impl Writer<'_> {
    fn events<'s>(
        &mut self,
        source: impl Iterator<Item = (Event<'s>, Range<usize>)>,
        length: usize,
    ) -> Vec<Event<'s>> {
        let mut written: Vec<Event<'s>> = Vec::with_capacity(length / 24 + 16);
        // Where the last paragraph or heading begins and ends in what is written.
        let mut block = 0..0;
        let mut in_code = false;
        let mut image: Option<(Range<usize>, bool)> = None;
        for (event, at) in source {
            let next = match event {
                Event::Start(Tag::Paragraph) => {
                    block.start = written.len();
                    event
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    self.check_level(level, &at);
                    block.start = written.len();
                    event
                }
                Event::End(TagEnd::Paragraph) => {
                    block.end = written.len() + 1;
                    event
                }
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = self.anchor(&written[block.start..]);
                    if let Some(Event::Start(Tag::Heading { id, .. })) =
                        written.get_mut(block.start)
                    {
                        *id = anchor.map(CowStr::from);
                    }
                    block.end = written.len() + 1;
                    event
                }
                Event::Start(Tag::CodeBlock(_)) => {
                    in_code = true;
                    event
                }
                Event::End(TagEnd::CodeBlock) => {
                    in_code = false;
                    event
                }
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                }) => {
                    // An address between angle brackets is an e-mail's, which leads out of the site.
                    if link_type != LinkType::Email {
                        self.links.push((dest_url.to_string(), at));
                    }
                    let held = self.images.get(dest_url.as_ref());
                    Event::Start(Tag::Link {
                        link_type,
                        dest_url: held.map_or(dest_url, |held| held.clone().into()),
                        title,
                        id,
                    })
                }
                Event::Start(Tag::Image {
                    link_type,
                    dest_url,
                    title,
                    id,
                }) => {
                    image = Some((at.clone(), false));
                    self.links.push((dest_url.to_string(), at));
                    let held = self.images.get(dest_url.as_ref());
                    Event::Start(Tag::Image {
                        link_type,
                        dest_url: held.map_or(dest_url, |held| held.clone().into()),
                        title,
                        id,
                    })
                }
                Event::End(TagEnd::Image) => {
                    if let Some((at, false)) = image.take() {
                        self.faults.push(("content.image-alt", at));
                    }
                    event
                }
                Event::Text(text) if !in_code => {
                    if let Some((_, described)) = &mut image {
                        *described |= !text.trim().is_empty();
                    }
                    match typography::french(&text) {
                        Cow::Borrowed(_) => Event::Text(text),
                        Cow::Owned(spaced) => Event::Text(CowStr::from(spaced)),
                    }
                }
                Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
                Event::Start(Tag::Table(alignments)) => {
                    self.table.alignments = alignments;
                    let caption = caption(&mut written, block.clone());
                    if caption.is_empty() {
                        self.faults.push(("content.table-caption", at));
                    }
                    written.push(Event::Html(CowStr::Borrowed(
                        "<div class=\"table\"><table>\n",
                    )));
                    written.extend(caption);
                    continue;
                }
                Event::Start(Tag::TableHead | Tag::TableRow | Tag::TableCell)
                | Event::End(
                    TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell,
                ) => Event::Html(CowStr::Borrowed(self.table_tag(&event))),
                other => other,
            };
            written.push(next);
        }
        written
    }

    /// Headings begin under the page's own, at level 2, and go down by one.
    fn check_level(&mut self, level: HeadingLevel, at: &Range<usize>) {
        if level == HeadingLevel::H1 {
            self.faults.push(("content.heading-first", at.clone()));
        } else if level as usize > self.level as usize + 1 {
            self.faults.push(("content.heading-skipped", at.clone()));
        }
        self.level = level.max(HeadingLevel::H2);
    }

    /// The anchor of a heading: its words, with a number where they come twice.
    fn anchor(&mut self, heading: &[Event<'_>]) -> Option<String> {
        let mut words = String::new();
        for event in heading {
            if let Event::Text(text) | Event::Code(text) = event {
                words.push_str(text);
            }
        }
        let slug = Slug::from_words(&words)?.to_string();
        let same = self.anchors.iter().filter(|known| **known == slug).count();
        self.anchors.push(slug.clone());
        Some(match same {
            0 => slug,
            _ => format!("{slug}-{}", same + 1),
        })
    }

    fn table_tag(&mut self, event: &Event<'_>) -> &'static str {
        match event {
            Event::Start(Tag::TableHead) => {
                self.table.in_head = true;
                self.table.column = 0;
                "<thead><tr>"
            }
            Event::End(TagEnd::TableHead) => {
                self.table.in_head = false;
                "</tr></thead><tbody>\n"
            }
            Event::Start(Tag::TableRow) => {
                self.table.column = 0;
                "<tr>"
            }
            Event::End(TagEnd::TableRow) => "</tr>\n",
            Event::End(TagEnd::Table) => "</tbody></table></div>\n",
            Event::Start(_) => {
                let alignment = self.table.alignments.get(self.table.column);
                let is_number = alignment == Some(&Alignment::Right);
                match (self.table.in_head, self.table.column, is_number) {
                    (true, _, false) => "<th scope=\"col\">",
                    (true, _, true) => "<th scope=\"col\" class=\"number\">",
                    (false, 0, _) => "<th scope=\"row\">",
                    (false, _, false) => "<td>",
                    (false, _, true) => "<td class=\"number\">",
                }
            }
            _ => {
                self.table.column += 1;
                match self.table.in_head || self.table.column == 1 {
                    true => "</th>",
                    false => "</td>",
                }
            }
        }
    }
}

/// A table's caption: the paragraph before it, which is moved there; else the words of the
/// heading before it, for who does not see the page.
fn caption<'s>(written: &mut Vec<Event<'s>>, before: Range<usize>) -> Vec<Event<'s>> {
    if before.is_empty() || before.end != written.len() {
        return Vec::new();
    }
    let (open, inside) = match &written[before.start] {
        Event::Start(Tag::Paragraph) => {
            let mut moved = written.split_off(before.start);
            moved.pop();
            moved.remove(0);
            ("<caption>", moved)
        }
        _ => {
            let inside = &written[before.start + 1..before.end - 1];
            let texts = inside
                .iter()
                .filter(|event| matches!(event, Event::Text(_) | Event::Code(_)));
            ("<caption class=\"sr\">", texts.cloned().collect())
        }
    };
    let mut caption = vec![Event::Html(CowStr::Borrowed(open))];
    caption.extend(inside);
    caption.push(Event::Html(CowStr::Borrowed("</caption>\n")));
    caption
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
