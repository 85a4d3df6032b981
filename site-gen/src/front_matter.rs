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
        .ok_or_else(|| Problem::at(path, source, 0, said("front-matter.missing", &[])))?;
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
        0,
        said("front-matter.unclosed", &[]),
    ))
}

/// The keys of one file, taken one by one; what is left at the end is unknown.
pub(crate) struct Keys<'s, 'p> {
    path: &'s Path,
    source: &'s str,
    offset: usize,
    table: DeTable<'s>,
    known: Vec<&'static str>,
    problems: &'p mut Vec<Problem>,
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
                path,
                source,
                offset,
                table: table.into_inner(),
                known: Vec::new(),
                problems,
            }),
            Err(error) => {
                let at = offset + error.span().map_or(0, |span| span.start);
                let what = said(
                    "front-matter.syntax",
                    &[("error", error.message().to_owned())],
                );
                problems.push(Problem::at(path, source, at, what));
                None
            }
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.required(key, &format!("{key} = \"…\""))?;
        self.as_text(key, &value)
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        self.as_text(key, &value)
    }

    /// A whole number that may be left out.
    pub(crate) fn optional_number(&mut self, key: &'static str) -> Option<i64> {
        let value = self.take(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(integer) => {
                i64::from_str_radix(integer.as_str(), integer.radix()).ok()
            }
            _ => None,
        };
        if number.is_none() {
            self.problem(
                &value.span(),
                "front-matter.number",
                &[("key", key.to_owned())],
            );
        }
        number
    }

    /// A date that must be there, and where it stands.
    pub(crate) fn date(&mut self, key: &'static str) -> Option<(Date, Range<usize>)> {
        let value = self.required(key, &format!("{key} = 2026-12-15"))?;
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
            self.problem(
                &value.span(),
                "front-matter.date",
                &[("key", key.to_owned())],
            );
        }
        date.map(|date| (date, value.span()))
    }

    /// A list of texts; empty where it is left out.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let texts = value.get_ref().as_array().and_then(|array| {
            array
                .iter()
                .map(|item| item.get_ref().as_str().map(typography::french))
                .collect::<Option<Vec<_>>>()
        });
        if texts.is_none() {
            self.problem(
                &value.span(),
                "front-matter.list",
                &[("key", key.to_owned())],
            );
        }
        texts.unwrap_or_default()
    }

    /// One of the choices, which may be left out, and where it stands.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Option<(T, Range<usize>)> {
        let value = self.take(key)?;
        let chosen = self.as_text(key, &value)?;
        let found = choices.iter().find(|(name, _)| *name == chosen);
        if found.is_none() {
            self.not_a_choice(key, &chosen, &value.span(), choices);
        }
        found.map(|(_, choice)| (*choice, value.span()))
    }

    /// A list of choices; empty where it is left out.
    pub(crate) fn choices<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Vec<T> {
        let span = self.table.get(key).map(Spanned::span).unwrap_or_default();
        let mut chosen = Vec::new();
        for name in self.texts(key) {
            match choices.iter().find(|(known, _)| *known == name) {
                Some((_, choice)) => chosen.push(*choice),
                None => self.not_a_choice(key, &name, &span, choices),
            }
        }
        chosen
    }

    /// Notes a problem at a place that one of the readers gave.
    pub(crate) fn problem(&mut self, span: &Range<usize>, key: &str, args: &[(&str, String)]) {
        let problem = Problem::at(
            self.path,
            self.source,
            self.offset + span.start,
            said(key, args),
        );
        self.problems.push(problem);
    }

    /// Where the value of a key stands, for a problem found later; taken values keep their place.
    pub(crate) fn place(&self, key: &str) -> Range<usize> {
        self.table.get(key).map(Spanned::span).unwrap_or_default()
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
            self.problem(
                &(0..0),
                "front-matter.key-missing",
                &[("key", key.to_owned()), ("example", example.to_owned())],
            );
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
            self.problem(
                &value.span(),
                "front-matter.text",
                &[("key", key.to_owned())],
            );
        }
        text.map(typography::french)
    }

    fn not_a_choice<T>(
        &mut self,
        key: &str,
        value: &str,
        span: &Range<usize>,
        choices: &[(&str, T)],
    ) {
        let known = choices
            .iter()
            .map(|(name, _)| format!("« {name} »"))
            .collect::<Vec<_>>()
            .join(", ");
        self.problem(
            span,
            "front-matter.choice",
            &[
                ("key", key.to_owned()),
                ("value", value.to_owned()),
                ("known", known),
            ],
        );
    }
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
fn distance(a: &str, b: &str) -> usize {
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
