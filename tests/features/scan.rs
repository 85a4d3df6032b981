//! What pages, messages and files are made of: where what somebody typed is more than text, they
//! are made of something that the same page with a tame text is not.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Node};

use crate::feeds::well_formed;

/// What was seen of a site, each kind of page apart.
#[derive(Default)]
pub struct Seen {
    site_url: String,
    /// By kind of page: what it is made of, with the first address where it was.
    made: BTreeMap<String, BTreeMap<String, String>>,
    /// What no text may hold, with where it was.
    pub disturbed: Vec<String>,
}

impl Seen {
    pub fn of(site_url: &str) -> Self {
        Self {
            site_url: site_url.to_owned(),
            ..Self::default()
        }
    }

    /// Looks at a page that others may read.
    pub fn page(&mut self, address: &str, html: &str) {
        let page = Html::parse_document(html);
        self.parts(address, &page);
        for node in page.tree.nodes() {
            match node.value() {
                Node::Text(text) => self.text(address, text),
                Node::Element(element) => {
                    for (_, value) in element.attrs() {
                        self.text(address, value);
                    }
                }
                _ => {}
            }
        }
    }

    /// Looks at what a page is made of, and not at its texts: it gives back what was typed to who
    /// typed it.
    pub fn made_of(&mut self, address: &str, html: &str) {
        self.parts(address, &Html::parse_document(html));
    }

    fn parts(&mut self, address: &str, page: &Html) {
        let kind = self.made.entry(kind(address)).or_default();
        for part in parts(page, &self.site_url) {
            kind.entry(part).or_insert_with(|| address.to_owned());
        }
    }

    /// Looks at a text: no control, and nothing that turns the text around it.
    pub fn text(&mut self, address: &str, text: &str) {
        if let Some(found) = text.chars().find(|&c| disturbs(c)) {
            let found = u32::from(found);
            self.disturbed.push(format!("U+{found:04X} at {address}"));
        }
    }

    /// Looks at a file that programs read.
    pub fn file(&mut self, path: &str, text: &str) {
        let extension = path.rsplit('.').next().unwrap_or_default();
        match extension {
            "html" => self.page(&format!("/{path}"), text),
            "json" => {
                let json: serde_json::Value =
                    serde_json::from_str(text).unwrap_or_else(|fault| panic!("{path}: {fault}"));
                self.json(path, &json);
            }
            "xml" => {
                well_formed(text).unwrap_or_else(|fault| panic!("{path}: {fault}"));
                self.text(path, text);
            }
            "txt" | "csv" => self.text(path, text),
            _ => {}
        }
    }

    pub fn json(&mut self, path: &str, json: &serde_json::Value) {
        match json {
            serde_json::Value::String(text) => self.text(path, text),
            serde_json::Value::Array(all) => all.iter().for_each(|one| self.json(path, one)),
            serde_json::Value::Object(all) => {
                for (name, value) in all {
                    self.text(path, name);
                    self.json(path, value);
                }
            }
            _ => {}
        }
    }

    /// How many kinds of pages were looked at.
    pub fn kinds(&self) -> usize {
        self.made.len()
    }

    /// What there is here and not where texts are tame, kind by kind.
    pub fn beyond(&self, tame: &Self) -> Vec<String> {
        let mut beyond = Vec::new();
        for (kind, parts) in &self.made {
            let known = tame.made.get(kind);
            for (part, address) in parts {
                if known.is_none_or(|known| !known.contains_key(part)) {
                    beyond.push(format!("{kind}: {part} at {address}"));
                }
            }
        }
        beyond
    }
}

/// What a text may not hold: controls, and what turns or hides the text around it (Unicode
/// Standard Annex 9: marks, embeddings, overrides and isolates).
pub fn disturbs(c: char) -> bool {
    let is_space = matches!(c, '\n' | '\r' | '\t');
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
    );
    let hides = matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    (c.is_control() && !is_space) || turns || hides
}

/// The kind of a page: its address without what differs from one to the next.
fn kind(address: &str) -> String {
    let path = address.split('?').next().unwrap_or_default();
    let generic = |part: &str| {
        let is_id =
            |part: &str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_alphanumeric());
        if part.split('-').all(is_id) {
            "[id]".to_owned()
        } else if part.len() == 43 || part.contains("%") {
            "[token]".to_owned()
        } else if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) {
            "[n]".to_owned()
        } else {
            part.to_owned()
        }
    };
    let parts = path.split('/');
    let parts = parts.scan("", |before, part| {
        let part = match std::mem::replace(before, part) {
            "categorie" => "[category]".to_owned(),
            _ => generic(part),
        };
        Some(part)
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Each element under its parent with its attributes; each comment.
fn parts(html: &Html, site_url: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for node in html.tree.nodes() {
        let parent = node.parent().and_then(ElementRef::wrap);
        let parent = parent.map_or("", |parent| parent.value().name());
        match node.value() {
            Node::Comment(_) => parts.push(format!("{parent} > a comment")),
            Node::ProcessingInstruction(_) => parts.push(format!("{parent} > an instruction")),
            Node::Element(element) => {
                let mut attributes: Vec<String> = element
                    .attrs()
                    .map(|(name, value)| attribute(element.name(), name, value, site_url))
                    .collect();
                attributes.sort();
                let (name, attributes) = (element.name(), attributes.join(" "));
                parts.push(format!("{parent} > {name} {attributes}"));
            }
            _ => {}
        }
    }
    parts
}

/// An attribute with what its value leads to, or chooses; the name alone of one that is shown.
fn attribute(element: &str, name: &str, value: &str, site_url: &str) -> String {
    const LEADS: [&str; 7] = [
        "href",
        "src",
        "action",
        "formaction",
        "srcset",
        "data",
        "poster",
    ];
    const CHOOSES: [&str; 8] = [
        "class",
        "type",
        "rel",
        "method",
        "http-equiv",
        "property",
        "role",
        "target",
    ];
    if LEADS.contains(&name) {
        let to = if value.starts_with("//") || value.contains(char::is_whitespace) {
            value
        } else if value.starts_with('/') && element != "script" {
            "/…"
        } else if value.starts_with('#') {
            "#…"
        } else if value
            .strip_prefix(site_url)
            .is_some_and(|rest| rest.starts_with('/'))
        {
            "site"
        } else {
            value.split(['?', '%']).next().unwrap_or_default()
        };
        format!("{name}={to}")
    } else if CHOOSES.contains(&name) {
        format!("{name}={value}")
    } else {
        name.to_owned()
    }
}
