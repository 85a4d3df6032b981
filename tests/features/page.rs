//! A page as somebody reads it: headings, words, links, fields.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node, Selector};

pub struct Page {
    html: Html,
}

impl Page {
    pub fn parse(html: &str) -> Self {
        Self {
            html: Html::parse_document(html),
        }
    }

    /// The title, and what is in `main`, a line each thing: `# heading`, `[link](address)`,
    /// `<field>`, and the rest as it stands.
    pub fn text(&self) -> String {
        let mut lines = vec![format!("title: {}", self.title())];
        let main = self.select("main").into_iter().next();
        let Some(main) = main.or_else(|| self.select("body").into_iter().next()) else {
            return lines.join("\n");
        };
        let mut line = String::new();
        write(main, &mut line, &mut lines);
        flush(&mut line, &mut lines);
        lines.join("\n")
    }

    pub fn title(&self) -> String {
        let title = self.select("title").into_iter().next();
        title.map_or_else(String::new, |title| {
            words(&title.text().collect::<String>())
        })
    }

    pub fn select(&self, selector: &str) -> Vec<ElementRef<'_>> {
        let selector = Selector::parse(selector).unwrap();
        self.html.select(&selector).collect()
    }

    /// The words of the first element of a selector.
    pub fn words(&self, selector: &str) -> String {
        let found = self.select(selector);
        let first = found.first().unwrap_or_else(|| panic!("no {selector}"));
        words(&first.text().collect::<String>())
    }

    /// The addresses of the links in an element.
    pub fn links(&self, selector: &str) -> Vec<String> {
        self.select(&format!("{selector} a[href]"))
            .iter()
            .filter_map(|link| link.attr("href").map(str::to_owned))
            .collect()
    }

    /// How many elements it has, without those within pictures.
    pub fn weight(&self) -> usize {
        self.select("*").len() - self.select("svg *").len()
    }

    /// The action and fields of the form that has a field of that name.
    pub fn form_with(&self, field: &str) -> (String, Vec<(String, String)>) {
        let form = self
            .select("form")
            .into_iter()
            .find(|form| {
                form.select(&Selector::parse("[name]").unwrap())
                    .any(|element| element.attr("name") == Some(field))
            })
            .unwrap_or_else(|| panic!("no form has {field}: {}", self.text()));
        let fields = form
            .select(&Selector::parse("input[name], textarea[name]").unwrap())
            .map(|element| {
                let value = match element.value().name() {
                    "textarea" => element.text().collect(),
                    _ => element.attr("value").unwrap_or_default().to_owned(),
                };
                (element.attr("name").unwrap().to_owned(), value)
            })
            .collect();
        (form.attr("action").unwrap().to_owned(), fields)
    }

    /// The action of the form that ends so, and its hidden fields.
    pub fn form_ending(&self, end: &str) -> (String, Vec<(String, String)>) {
        let action = self.action_ending(end);
        let hidden = Selector::parse("input[type=hidden][name]").unwrap();
        let forms = self.select("form[action]");
        let form = forms
            .iter()
            .find(|form| form.attr("action") == Some(action.as_str()))
            .unwrap();
        let fields = form
            .select(&hidden)
            .map(|input| {
                let text = |name| input.attr(name).unwrap_or_default().to_owned();
                (text("name"), text("value"))
            })
            .collect();
        (action, fields)
    }

    /// The action of the form that ends so.
    pub fn action_ending(&self, end: &str) -> String {
        self.select("form[action]")
            .iter()
            .filter_map(|form| form.attr("action"))
            .find(|action| action.ends_with(end))
            .unwrap_or_else(|| panic!("no form is sent to …{end}: {}", self.text()))
            .to_owned()
    }
}

fn write(element: ElementRef<'_>, line: &mut String, lines: &mut Vec<String>) {
    for child in element.children() {
        match child.value() {
            Node::Text(text) => line.push_str(text),
            Node::Element(value) => {
                if let Some(element) = ElementRef::wrap(child) {
                    write_element(element, value, line, lines);
                }
            }
            _ => {}
        }
    }
}

fn write_element(
    element: ElementRef<'_>,
    value: &Element,
    line: &mut String,
    lines: &mut Vec<String>,
) {
    let name = value.name();
    match name {
        "svg" | "script" | "style" => {}
        "h1" | "h2" | "h3" | "h4" => {
            flush(line, lines);
            line.push_str(&"#".repeat(usize::from(name.as_bytes()[1] - b'0')));
            line.push(' ');
            write(element, line, lines);
            flush(line, lines);
        }
        "a" => {
            line.push_str(" [");
            write(element, line, lines);
            line.push_str(&format!("]({}) ", value.attr("href").unwrap_or_default()));
        }
        "input" | "select" | "textarea" | "button" => {
            flush(line, lines);
            let mut field = format!("<{name}");
            for attribute in ["type", "name", "value", "formaction"] {
                if let Some(value) = value.attr(attribute) {
                    field.push_str(&format!(" {attribute}={value}"));
                }
            }
            for attribute in ["checked", "aria-invalid", "required"] {
                if value.attr(attribute).is_some() {
                    field.push_str(&format!(" {attribute}"));
                }
            }
            field.push('>');
            line.push_str(&field);
            line.push(' ');
            write(element, line, lines);
            flush(line, lines);
        }
        "option" => {
            flush(line, lines);
            line.push_str(if value.attr("selected").is_some() {
                "* "
            } else {
                "- "
            });
            write(element, line, lines);
            flush(line, lines);
        }
        "span" | "b" | "strong" | "em" | "kbd" | "time" | "label" | "i" | "q" | "abbr" => {
            line.push(' ');
            write(element, line, lines);
            line.push(' ');
        }
        _ => {
            flush(line, lines);
            write(element, line, lines);
            flush(line, lines);
        }
    }
}

fn flush(line: &mut String, lines: &mut Vec<String>) {
    let text = words(line);
    if !text.is_empty() {
        lines.push(text);
    }
    line.clear();
}

/// The text with each run of blanks as one, no-break ones kept.
fn words(text: &str) -> String {
    text.split([' ', '\n', '\t', '\r'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Compares a text with its snapshot, what is drawn at random left aside.
#[macro_export]
macro_rules! assert_page {
    ($text:expr) => {{
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"127\.0\.0\.1:\d+", "[host]");
        settings.add_filter(r"127\.0\.0\.1%3A\d+", "[host]");
        settings.add_filter(r"%2F[0-9a-hjkmnp-tv-z]{16}%2F", "%2F[id]%2F");
        settings.add_filter(r"[0-9a-f]{32}\.\d{13}\.[0-9A-Za-z_-]{43}", "[ticket]");
        settings.add_filter(
            r"/suivi/(signalement/)?[0-9A-Za-z_-]{43}",
            "/suivi/$1[token]",
        );
        settings.add_filter(
            r"\b(state|nonce|code_challenge|state value)=[0-9A-Za-z_-]{43}",
            "$1=[random]",
        );
        settings.add_filter(r"id_token_hint=[0-9A-Za-z_.-]+", "id_token_hint=[token]");
        settings.add_filter(r"/accord/[0-9A-Za-z_-]{43}", "/accord/[token]");
        // The name that is shown with a testimonial is drawn with its identifier.
        settings.add_filter(
            r"\b(Alex|Alix|Andréa|Ange|Camille|Charlie|Claude|Cléo|Dany|Dominique|Eden|Gaby|Jo|Leslie|Lou|Loïs|Maé|Mahé|Maxime|Morgan|Noa|Sacha|Sam|Swann)\b",
            "[pseudonyme]",
        );
        settings.add_filter(r"/confirmer/[0-9A-Za-z_-]{43}", "/confirmer/[code]");
        settings.add_filter(
            r"\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\b",
            "[REFERENCE]",
        );
        settings.add_filter(r"\b[0-9a-hjkmnp-tv-z]{16}\b", "[id]");
        // A name may begin with a hyphen, before which there is no boundary of a word.
        settings.add_filter(r"[0-9A-Za-z_-]{24}\.eml", "[name].eml");
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
        settings.set_prepend_module_to_snapshot(true);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!($text));
    }};
}
