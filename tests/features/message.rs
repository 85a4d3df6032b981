//! A message as its reader's program takes it apart.

use mail_parser::{MessageParser, MimeHeaders};

/// The headers of every message, and no other.
pub const HEADERS: [&str; 9] = [
    "Message-ID",
    "Date",
    "To",
    "Subject",
    "Auto-Submitted",
    "List-Unsubscribe",
    "From",
    "MIME-Version",
    "Content-Type",
];

/// A message, whole and in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub raw: String,
    pub text: String,
    pub html: String,
    headers: Vec<(String, String)>,
}

impl Message {
    pub fn parse(bytes: &[u8]) -> Self {
        let raw = String::from_utf8(bytes.to_vec()).unwrap();
        let parsed = MessageParser::default().parse(bytes).unwrap();
        let kinds: Vec<String> = parsed
            .parts
            .iter()
            .map(|part| {
                let kind = part.content_type().unwrap();
                format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
            })
            .collect();
        assert_eq!(
            kinds,
            ["multipart/alternative", "text/plain", "text/html"],
            "{raw}"
        );
        let headers = parsed
            .headers_raw()
            .map(|(name, _)| name.to_owned())
            .map(|name| {
                let value = match parsed.header(name.as_str()).unwrap() {
                    mail_parser::HeaderValue::Text(text) => text.to_string(),
                    _ => parsed.header_raw(name.as_str()).unwrap().trim().to_owned(),
                };
                (name, value)
            })
            .collect();
        Self {
            text: parsed.body_text(0).unwrap().replace("\r\n", "\n"),
            html: parsed.body_html(0).unwrap().into_owned(),
            headers,
            raw,
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let found: Vec<&str> = self
            .headers
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(found.len(), 1, "{name} in {}", self.raw);
        found[0]
    }

    /// The names of its headers, in order.
    pub fn headers(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The addresses of the links in its HTML, and of what looks like one in its text.
    pub fn links(&self) -> (Vec<String>, Vec<String>) {
        let html = scraper::Html::parse_document(&self.html);
        let selector = scraper::Selector::parse("[href], [src], [action]").unwrap();
        let links = html
            .select(&selector)
            .flat_map(|element| {
                element
                    .value()
                    .attrs()
                    .map(|(name, value)| (name, value.to_owned()))
                    .collect::<Vec<_>>()
            })
            .filter(|(name, _)| ["href", "src", "action"].contains(name))
            .map(|(_, value)| value)
            .collect();
        let in_text = self
            .text
            .split_whitespace()
            .filter(|word| word.contains("://"))
            .map(str::to_owned)
            .collect();
        (links, in_text)
    }

    /// The words of its HTML, a line a paragraph.
    pub fn html_words(&self) -> String {
        let html = scraper::Html::parse_document(&self.html);
        let selector = scraper::Selector::parse("p").unwrap();
        html.select(&selector)
            .map(|p| {
                let texts: Vec<&str> = p.text().collect();
                texts.join("\n")
            })
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    /// Headers and text as they are read, for a whole comparison.
    pub fn told(&self) -> String {
        format!(
            "From: {}\nTo: {}\nSubject: {}\n\n{}",
            self.header("From"),
            self.header("To"),
            self.header("Subject"),
            self.text
        )
    }
}
