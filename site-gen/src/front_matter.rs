//! The TOML at the top of a content file: each key read as what it must be, each problem noted
//! at its place.

mod advice;
mod lists;

use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Problem, said};
use crate::typography;

pub(crate) use advice::distance;
use advice::{line_at, nearest, syntax_said};

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

    /// The same, where it may be left out.
    pub(crate) fn optional_markdown(&mut self, key: &'static str) -> Option<String> {
        if self.table.contains_key(key) {
            self.markdown(key)
        } else {
            self.known.push(key);
            None
        }
    }

    /// Whether something is said to be so: `true`, or not where it is left out.
    pub(crate) fn flag(&mut self, key: &'static str) -> bool {
        let Some(value) = self.take(key) else {
            return false;
        };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.flag", &args);
        }
        flag.unwrap_or_default()
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

    /// A place that one of the readers gave, in the whole file.
    pub(crate) fn within_file(&self, span: &Range<usize>) -> Range<usize> {
        let offset = self.place.offset;
        offset + span.start..offset + span.end
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

    /// Leaves the keys that nobody asked for: what they should be is not known.
    pub(crate) fn leave(&mut self) {
        self.table.clear();
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
