//! One row of a file: what its fields hold, or what is wrong with them.

use std::collections::HashMap;

use csv::StringRecord;
use domain::{ContributionId, IdeaKind, Name, Slug, TextProblem};
use sha2::{Digest, Sha256};

use super::table::Columns;
use crate::words::say;

/// One row, and what is wrong with it.
pub(super) struct Row<'a> {
    record: &'a StringRecord,
    columns: &'a Columns,
    pub(super) problems: Vec<String>,
}

impl<'a> Row<'a> {
    pub(super) fn new(record: &'a StringRecord, columns: &'a Columns) -> Self {
        Self {
            record,
            columns,
            problems: Vec::new(),
        }
    }

    pub(super) fn get(&self, field: &str) -> Option<&'a str> {
        self.columns
            .get(self.record, field)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn row_id(&self) -> &'a str {
        self.get("id").unwrap_or_default()
    }

    /// The identifier of the contribution: that of where it is sent, the kind, and the row's id
    /// or, where it has none, all that it holds.
    pub(super) fn id(&self, place: &Slug, kind: &str) -> ContributionId {
        let mut digest = Sha256::new();
        for part in ["import", place.as_str(), kind] {
            digest.update(part);
            digest.update([0]);
        }
        match self.get("id") {
            Some(id) => digest.update(id),
            None => {
                for cell in self.record {
                    digest.update([0]);
                    digest.update(cell);
                }
            }
        }
        let digest = digest.finalize();
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest[..10]);
        ContributionId::from_bytes(bytes)
    }

    /// Whether a social-security number stands in what is read of the row, which is then told and
    /// quoted nowhere. Where the row has no id, all of it is read: its identifier is public, and
    /// who tries every number would find the one of which it was made.
    pub(super) fn holds_number(&mut self, header: &[String]) -> bool {
        let has_id = self.get("id").is_some();
        for (place, (cell, name)) in self.record.iter().zip(header).enumerate() {
            let is_read = !has_id || self.columns.reads(place);
            if is_read && functions::holds_number(cell) {
                let column = ("column", name.clone());
                self.problems.push(say("row.number", &[column]));
            }
        }
        !self.problems.is_empty()
    }

    pub(super) fn unique(&mut self, seen: &mut HashMap<String, u64>, line: u64) {
        let Some(id) = self.get("id") else {
            return;
        };
        if let Some(other) = seen.insert(id.to_owned(), line) {
            let args = [("value", id.to_owned()), ("other", other.to_string())];
            self.problems.push(say("row.id-twice", &args));
        }
    }

    pub(super) fn text<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, TextProblem>,
    ) -> Option<T> {
        let column = ("column", self.columns.name(field));
        // The second answer is said to be wrong as the first is.
        let key = field.split_once('-').map_or(field, |(key, _)| key);
        match parse(self.get(field).unwrap_or_default()) {
            Ok(text) => Some(text),
            Err(TextProblem::TooLong { length, limit }) => {
                let args = [
                    column,
                    ("length", length.to_string()),
                    ("limit", limit.to_string()),
                ];
                self.problems.push(say(&format!("row.{key}-long"), &args));
                None
            }
            Err(TextProblem::Empty | TextProblem::Malformed) => {
                self.problems
                    .push(say(&format!("row.{key}-empty"), &[column]));
                None
            }
        }
    }

    pub(super) fn number(&mut self, field: &str) -> u64 {
        let Some(raw) = self.get(field) else {
            return 0;
        };
        raw.parse().unwrap_or_else(|_| {
            self.wrong("likes-bad", field, raw);
            0
        })
    }

    pub(super) fn kind(&mut self) -> IdeaKind {
        let Some(raw) = self.get("kind") else {
            return IdeaKind::Idea;
        };
        IdeaKind::from_key(raw).unwrap_or_else(|| {
            self.wrong("kind-bad", "kind", raw);
            IdeaKind::Idea
        })
    }

    pub(super) fn name(&mut self) -> Option<Name> {
        let raw = self.get("name")?;
        let name = Name::parse(raw).ok();
        if name.is_none() {
            self.wrong("name-bad", "name", raw);
        }
        name
    }

    pub(super) fn wrong(&mut self, key: &str, field: &str, value: &str) {
        let args = [("column", self.column(field)), ("value", value.to_owned())];
        let key = if value.is_empty() { "cell-empty" } else { key };
        self.problems.push(say(&format!("row.{key}"), &args));
    }

    /// The name of a field's column.
    pub(super) fn column(&self, field: &str) -> String {
        self.columns.name(field)
    }
}
