//! The words that people read, from message files: `key → text`, with arguments and plurals.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::typography;

/// The messages of one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Messages {
    texts: BTreeMap<String, String>,
}

impl Messages {
    /// Reads a message file: nested TOML tables of texts, whose keys are joined by dots.
    /// French spacing is applied to each text.
    ///
    /// # Errors
    /// What is wrong with the TOML, and at which byte.
    pub fn parse(source: &str) -> Result<Self, toml::de::Error> {
        let table: toml::Table = toml::from_str(source)?;
        let mut texts = BTreeMap::new();
        flatten("", &table, &mut texts);
        Ok(Self { texts })
    }

    /// Every message, by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.texts.iter()
    }

    /// One message, with its key.
    pub(crate) fn get(&self, key: &str) -> Option<(&String, &String)> {
        self.texts.get_key_value(key)
    }

    /// Whether there is such a message, or a plural of it.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key) || self.texts.contains_key(&format!("{key}.other"))
    }

    /// The text of `key` with each `{name}` replaced; the key itself where there is no text,
    /// so that what is missing shows.
    #[must_use]
    pub fn text(&self, key: &str, args: &[(&str, String)]) -> String {
        let Some(text) = self.texts.get(key) else {
            return key.to_owned();
        };
        fill(text, args)
    }

    /// The text of `key` for a number of things: `key.one` for 0 and 1, else `key.other`
    /// (CLDR plural rules for French, whole numbers below a million), `{n}` being the number.
    #[must_use]
    pub fn count(&self, key: &str, n: u64) -> String {
        self.count_with(key, n, &[])
    }

    /// As [`Messages::count`], with more arguments.
    #[must_use]
    pub fn count_with(&self, key: &str, n: u64, args: &[(&str, String)]) -> String {
        let form = if n < 2 { "one" } else { "other" };
        let mut all = vec![("n", number(n))];
        all.extend_from_slice(args);
        self.text(&format!("{key}.{form}"), &all)
    }
}

/// A whole number as it is written in French: narrow no-break spaces between thousands.
#[must_use]
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push('\u{202f}');
        }
        written.push(digit);
    }
    written
}

/// One pass over the text, so that what an argument holds is never taken for a name.
fn fill(text: &str, args: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let named = after.find('}').and_then(|close| {
            let name = &after[..close];
            args.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (close, value))
        });
        if let Some((close, value)) = named {
            filled.push_str(value);
            rest = &after[close + 1..];
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

fn flatten(prefix: &str, table: &toml::Table, texts: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, texts),
            toml::Value::String(text) => {
                texts.insert(key, typography::french(text).into_owned());
            }
            other => {
                texts.insert(key, other.to_string());
            }
        }
    }
}
