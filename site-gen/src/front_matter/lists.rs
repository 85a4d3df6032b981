//! Keys that hold several values: texts, rows, tables, choices.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{Keys, whole};
use crate::typography;

impl<'s> Keys<'s, '_> {
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

    /// A list of whole numbers, each where it stands; empty where it is left out.
    pub(crate) fn numbers(&mut self, key: &'static str) -> Vec<(usize, Range<usize>)> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let numbers = value.get_ref().as_array().and_then(|array| {
            array
                .iter()
                .map(|item| {
                    let number = usize::try_from(whole(item.get_ref())?).ok()?;
                    Some((number, item.span()))
                })
                .collect::<Option<Vec<_>>>()
        });
        if numbers.is_none() {
            let args = [("key", key.to_owned())];
            self.problem(&value.span(), "front-matter.numbers", &args);
        }
        numbers.unwrap_or_default()
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
            all.extend(self.within(table.clone(), item.span(), &mut read));
        }
        all
    }

    /// One table, read by `read`; none where it is left out.
    pub(crate) fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Keys<'s, '_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        match value.get_ref().as_table() {
            Some(table) => self.within(table.clone(), value.span(), read),
            None => {
                let args = [("key", key.to_owned())];
                self.problem(&value.span(), "front-matter.table", &args);
                None
            }
        }
    }

    /// Reads the keys of a table that stands in this one.
    fn within<T>(
        &mut self,
        table: DeTable<'s>,
        span: Range<usize>,
        read: impl FnOnce(&mut Keys<'s, '_>) -> Option<T>,
    ) -> Option<T> {
        let mut keys = Keys {
            place: self.place,
            table,
            span,
            known: Vec::new(),
            cited: Vec::new(),
            texts: Vec::new(),
            problems: &mut *self.problems,
        };
        let value = read(&mut keys);
        let (cited, texts) = (keys.cited(), keys.texts_in_markdown());
        keys.finish();
        self.cited.extend(cited);
        self.texts.extend(texts);
        value
    }

    /// A value that must be there, or a list of some: texts or whole numbers, as texts, each where
    /// it stands.
    pub(crate) fn one_or_more(&mut self, key: &'static str) -> Vec<(String, Range<usize>)> {
        let Some(value) = self.required(key, "\"…\"") else {
            return Vec::new();
        };
        let read = |value: &DeValue<'s>| match value.as_str() {
            Some(text) => Some(typography::french(text).into_owned()),
            None => whole(value).map(|number| number.to_string()),
        };
        let all: Option<Vec<_>> = match value.get_ref().as_array() {
            Some(array) => array
                .iter()
                .map(|item| Some((read(item.get_ref())?, item.span())))
                .collect(),
            None => read(value.get_ref()).map(|text| vec![(text, value.span())]),
        };
        match all {
            Some(all) if !all.is_empty() => all,
            _ => {
                let args = [("key", key.to_owned())];
                self.problem(&value.span(), "front-matter.list", &args);
                Vec::new()
            }
        }
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
