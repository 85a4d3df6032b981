//! The TOML at the top of a content file: each key read as what it must be, each problem noted
//! at its place.

use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Problem, said};
use crate::typography;

/// Splits a content file into the TOML between its `+++` lines, at its byte, and the rest.
///
/// # Errors
/// The problem, where the front matter is missing or not closed.
pub(crate) fn split<'s>(path: &Path, source: &'s str) -> Result<(Range<usize>, &'s str), Problem> {
    let opening = source
        .strip_prefix("+++\n")
        .or_else(|| source.strip_prefix("+++\r\n"))
        .ok_or_else(|| Problem::at(path, source, 0..0, said("front-matter.missing", &[])))?;
    let start = source.len() - opening.len();
    let mut at = start;
    for line in opening.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Ok((start..at, &source[at + line.len()..]));
        }
        at += line.len();
    }
    Err(Problem::at(
        path,
        source,
        0..3,
        said("front-matter.unclosed", &[]),
    ))
}

/// The keys of one table, taken one by one; what is left at the end is unknown.
pub(crate) struct Keys<'s, 'p> {
    place: Place<'s>,
    table: DeTable<'s>,
    /// Where the table stands.
    span: Range<usize>,
    known: Vec<&'static str>,
    cited: Vec<Cited>,
    texts: Vec<(String, Range<usize>)>,
    problems: &'p mut Vec<Problem>,
}

/// A contribution that a table cites.
pub(crate) struct Cited {
    /// Its identifier as it was typed.
    pub(crate) contribution: String,
    /// The words that are said to be its own, where some are.
    pub(crate) verbatim: Option<String>,
    /// Where in the file.
    pub(crate) at: Range<usize>,
}

/// A part of a file that is read as TOML.
#[derive(Clone, Copy)]
struct Place<'s> {
    path: &'s Path,
    source: &'s str,
    offset: usize,
}

impl<'s, 'p> Keys<'s, 'p> {
    /// Reads the TOML at `range` of `source`; none where it is not TOML.
    pub(crate) fn parse(
        path: &'s Path,
        source: &'s str,
        range: Range<usize>,
        problems: &'p mut Vec<Problem>,
    ) -> Option<Self> {
        let offset = range.start;
        match DeTable::parse(&source[range]) {
            Ok(table) => Some(Self {
                place: Place {
                    path,
                    source,
                    offset,
                },
                table: table.into_inner(),
                span: 0..0,
                known: Vec::new(),
                cited: Vec::new(),
                texts: Vec::new(),
                problems,
            }),
            Err(error) => {
                let span = error.span().unwrap_or_default();
                let at = offset + span.start..offset + span.end;
                let what = syntax_said(error.message(), line_at(source, at.start));
                problems.push(Problem::at(path, source, at, what));
                None
            }
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.required(key, "\"…\"")?;
        self.as_text(key, &value)
    }

    /// A text in Markdown that must be there; it is checked as the text of a file is.
    pub(crate) fn markdown(&mut self, key: &'static str) -> Option<String> {
        let text = self.text(key)?;
        let span = self.span_of(key);
        let offset = self.place.offset;
        let at = offset + span.start..offset + span.end;
        self.texts.push((text.clone(), at));
        Some(text)
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        self.as_text(key, &value)
    }

    /// A text that must be there, as one of the domain's types.
    pub(crate) fn parsed<T, E>(
        &mut self,
        key: &'static str,
        malformed: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let raw = self.text(key)?;
        self.parse_as(key, malformed, &raw, parse)
    }

    /// A text that may be left out, as one of the domain's types.
    pub(crate) fn optional_parsed<T, E>(
        &mut self,
        key: &'static str,
        malformed: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let raw = self.optional_text(key)?;
        self.parse_as(key, malformed, &raw, parse)
    }

    fn parse_as<T, E>(
        &mut self,
        key: &str,
        malformed: &str,
        raw: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let parsed = parse(raw).ok();
        if parsed.is_none() {
            let span = self.span_of(key);
            self.problem(
                &span,
                malformed,
                &[("key", key.to_owned()), ("value", raw.to_owned())],
            );
        }
        parsed
    }

    /// A whole number, of zero or more, that must be there.
    pub(crate) fn count(&mut self, key: &'static str) -> Option<u64> {
        let value = self.required(key, "12")?;
        self.as_count(key, &value)
    }

    /// A whole number, of zero or more, that may be left out.
    pub(crate) fn optional_count(&mut self, key: &'static str) -> Option<u64> {
        let value = self.take(key)?;
        self.as_count(key, &value)
    }

    fn as_count(&mut self, key: &'static str, value: &Spanned<DeValue<'s>>) -> Option<u64> {
        let number = whole(value.get_ref()).and_then(|number| u64::try_from(number).ok());
        if number.is_none() {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.count", &args);
        }
        number
    }

    /// A whole number that may be left out.
    pub(crate) fn optional_number(&mut self, key: &'static str) -> Option<i64> {
        let value = self.take(key)?;
        let number = whole(value.get_ref());
        if number.is_none() {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.number", &args);
        }
        number
    }

    /// A date that must be there.
    pub(crate) fn date(&mut self, key: &'static str) -> Option<Date> {
        let value = self.required(key, "2026-12-15")?;
        let date = match value.get_ref() {
            DeValue::Datetime(datetime) if datetime.time.is_none() => {
                datetime.date.and_then(|date| {
                    Date::new(
                        i16::try_from(date.year).ok()?,
                        i8::try_from(date.month).ok()?,
                        i8::try_from(date.day).ok()?,
                    )
                    .ok()
                })
            }
            _ => None,
        };
        if date.is_none() {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.date", &args);
        }
        date
    }

    /// A list of texts, each where it stands; empty where it is left out.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<(String, Range<usize>)> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let texts = value.get_ref().as_array().and_then(|array| {
            array
                .iter()
                .map(|item| {
                    let text = item.get_ref().as_str()?;
                    Some((typography::french(text).into_owned(), item.span()))
                })
                .collect::<Option<Vec<_>>>()
        });
        if texts.is_none() {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.list", &args);
        }
        texts.unwrap_or_default()
    }

    /// A list of rows that must be there: each a text and whole numbers.
    pub(crate) fn rows(&mut self, key: &'static str) -> Vec<(String, Vec<u64>, Range<usize>)> {
        let Some(value) = self.required(key, "[[\"…\", 12]]") else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        let malformed = match value.get_ref().as_array() {
            None => Some(value.span()),
            Some(array) => array.iter().find_map(|item| match row(item.get_ref()) {
                Some((label, counts)) => {
                    rows.push((label, counts, item.span()));
                    None
                }
                None => Some(item.span()),
            }),
        };
        if let Some(span) = malformed {
            let args = [("key", key.to_owned())];
            self.problem(&span, "front-matter.rows", &args);
        }
        rows
    }

    /// A list of tables, each read by `read`; empty where it is left out.
    pub(crate) fn tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Keys<'s, '_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.tables", &args);
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in array.iter() {
            let Some(table) = item.get_ref().as_table() else {
                let args = [("key", key.to_owned())];
                self.problem(&item.span(), "front-matter.tables", &args);
                continue;
            };
            let mut keys = Keys {
                place: self.place,
                table: table.clone(),
                span: item.span(),
                known: Vec::new(),
                cited: Vec::new(),
                texts: Vec::new(),
                problems: &mut *self.problems,
            };
            all.extend(read(&mut keys));
            let (cited, texts) = (keys.cited(), keys.texts_in_markdown());
            keys.finish();
            self.cited.extend(cited);
            self.texts.extend(texts);
        }
        all
    }

    /// One of the choices, which may be left out.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let value = self.take(key)?;
        let chosen = self.as_text(key, &value)?;
        self.chosen(key, &chosen, &value.span(), choices)
    }

    /// A list of choices; empty where it is left out.
    pub(crate) fn choices<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Vec<T> {
        self.texts(key)
            .into_iter()
            .filter_map(|(name, span)| self.chosen(key, &name, &span, choices))
            .collect()
    }

    fn chosen<T: Copy>(
        &mut self,
        key: &str,
        name: &str,
        span: &Range<usize>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let found = choices.iter().find(|(known, _)| *known == name);
        if found.is_none() {
            let known: Vec<String> = choices
                .iter()
                .map(|(known, _)| format!("« {known} »"))
                .collect();
            let args = [
                ("key", key.to_owned()),
                ("value", name.to_owned()),
                ("known", known.join(", ")),
            ];
            self.problem(span, "front-matter.choice", &args);
        }
        found.map(|(_, choice)| *choice)
    }

    /// Notes a problem at a place that one of the readers gave.
    pub(crate) fn problem(&mut self, span: &Range<usize>, key: &str, args: &[(&str, String)]) {
        let Place {
            path,
            source,
            offset,
        } = self.place;
        let at = offset + span.start..offset + span.end;
        self.problems
            .push(Problem::at(path, source, at, said(key, args)));
    }

    /// Where the value of a key stands; where the table does, for a key that is left out.
    pub(crate) fn span_of(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or(self.span.clone(), Spanned::span)
    }

    /// Notes a contribution that must exist, which is checked when contributions are known.
    pub(crate) fn cite(
        &mut self,
        contribution: String,
        verbatim: Option<String>,
        span: &Range<usize>,
    ) {
        let offset = self.place.offset;
        self.cited.push(Cited {
            contribution,
            verbatim,
            at: offset + span.start..offset + span.end,
        });
    }

    /// The texts in Markdown that were read, once, and where each stands in its file.
    pub(crate) fn texts_in_markdown(&mut self) -> Vec<(String, Range<usize>)> {
        std::mem::take(&mut self.texts)
    }

    /// What was cited, once.
    pub(crate) fn cited(&mut self) -> Vec<Cited> {
        std::mem::take(&mut self.cited)
    }

    /// Notes every key that nobody asked for.
    pub(crate) fn finish(mut self) {
        let unknown: Vec<(String, Range<usize>)> = self
            .table
            .keys()
            .filter(|key| !self.known.contains(&key.get_ref().as_ref()))
            .map(|key| (key.get_ref().to_string(), key.span()))
            .collect();
        for (key, span) in unknown {
            let advice = match nearest(&key, &self.known) {
                Some(other) => said(
                    "front-matter.key-did-you-mean",
                    &[("other", other.to_owned())],
                ),
                None => said(
                    "front-matter.key-remove",
                    &[("known", self.known.join(", "))],
                ),
            };
            self.problem(
                &span,
                "front-matter.key-unknown",
                &[("key", key), ("advice", advice)],
            );
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'s>>> {
        self.known.push(key);
        self.table.get(key).cloned()
    }

    fn required(&mut self, key: &'static str, example: &str) -> Option<Spanned<DeValue<'s>>> {
        let value = self.take(key);
        if value.is_none() {
            let span = self.span.clone();
            let args = [
                ("key", key.to_owned()),
                ("example", format!("{key} = {example}")),
            ];
            self.problem(&span, "front-matter.key-missing", &args);
        }
        value
    }

    fn as_text(&mut self, key: &'static str, value: &Spanned<DeValue<'s>>) -> Option<String> {
        let text = value
            .get_ref()
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        if text.is_none() {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.text", &args);
        }
        text.map(|text| typography::french(text).into_owned())
    }
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    match value {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    }
}

fn row(value: &DeValue<'_>) -> Option<(String, Vec<u64>)> {
    let (label, counts) = value.as_array()?.split_first()?;
    let label = typography::french(label.get_ref().as_str()?).into_owned();
    let counts = counts
        .iter()
        .map(|count| whole(count.get_ref()).and_then(|count| u64::try_from(count).ok()))
        .collect::<Option<Vec<u64>>>()?;
    (!counts.is_empty()).then_some((label, counts))
}

/// The line that holds a byte.
fn line_at(source: &str, byte: usize) -> &str {
    let byte = source.floor_char_boundary(byte);
    let start = source[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    source[start..].lines().next().unwrap_or_default()
}

/// What the parser found wrong, in the words of who reads it.
fn syntax_said(message: &str, line: &str) -> String {
    const KNOWN: [(&str, &str); 7] = [
        ("duplicate key", "duplicate"),
        ("unclosed array", "unclosed-list"),
        ("missing comma", "unclosed-list"),
        ("invalid basic string", "quotes"),
        ("string values must be quoted", "quotes"),
        ("key with no value", "no-value"),
        ("datetime", "date"),
    ];
    let lower = message.to_lowercase();
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    let is_date = value.starts_with(|c: char| c.is_ascii_digit()) && value.contains(['-', '/']);
    let known = KNOWN.iter().find(|(part, _)| lower.contains(part));
    let key = match known {
        _ if is_date => "date",
        Some((_, key)) => key,
        None => "other",
    };
    said(&format!("front-matter.syntax.{key}"), &[])
}

/// The known key that differs least, when it differs by two letters at most.
fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|other| (distance(key, other), *other))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, other)| other)
}

/// The Levenshtein distance, in characters.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
