//! Rows to contributions, or to what is wrong with them.

use std::collections::{BTreeMap, HashMap};

use csv::StringRecord;
use domain::{
    Body, Comment, Contribution, ContributionId, Idea, IdeaKind, Name, Slug, TextProblem, Title,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::table::{Columns, Table};
use crate::words::say;

/// What a file's rows are.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) contributions: Vec<Contribution>,
    /// What is wrong, by line.
    pub(super) problems: BTreeMap<u64, Vec<String>>,
}

/// The ideas of a file, by the ids that its comments use.
pub(super) type Known = HashMap<String, ContributionId>;

pub(super) fn ideas(table: &Table, columns: &Columns, campaign: &Slug) -> (Rows, Known) {
    let mut rows = Rows::default();
    let mut known = Known::new();
    let mut seen = HashMap::new();
    for (line, row) in readable(table, &mut rows) {
        let mut row = Row::new(row, columns);
        let id = row.id(campaign, "idea");
        if row.holds_number(&table.header) {
            known.insert(row.row_id().to_owned(), id);
            rows.take_problems(table, line, row.problems);
            continue;
        }
        row.unique(&mut seen, line);
        let title = row.text("title", |raw| Title::parse(raw, Title::MAX));
        let body = row.text("text", |raw| Body::parse(raw, Body::MAX));
        let likes = row.number("likes");
        let kind = row.kind();
        let category = row
            .get("category")
            .and_then(|raw| Title::parse(raw, Title::MAX).ok())
            .map(String::from);
        // Known even where it does not hold, so that its comments are not reported too.
        known.insert(row.row_id().to_owned(), id.clone());
        if let (Some(title), Some(body), true) = (title, body, row.problems.is_empty()) {
            rows.contributions.push(Contribution::Idea(Idea {
                id,
                campaign: campaign.clone(),
                kind,
                category,
                question: None,
                title,
                body,
                received_at: Timestamp::UNIX_EPOCH,
                carried_likes: likes,
            }));
        }
        rows.take_problems(table, line, row.problems);
    }
    (rows, known)
}

pub(super) fn comments(table: &Table, columns: &Columns, campaign: &Slug, known: &Known) -> Rows {
    let mut rows = Rows::default();
    let mut seen = HashMap::new();
    for (line, row) in readable(table, &mut rows) {
        let mut row = Row::new(row, columns);
        let id = row.id(campaign, "comment");
        if row.holds_number(&table.header) {
            rows.take_problems(table, line, row.problems);
            continue;
        }
        row.unique(&mut seen, line);
        let body = row.text("text", |raw| Body::parse(raw, Body::MAX));
        let name = row.name();
        let replied = row.get("idea").unwrap_or_default();
        let idea = known.get(replied).cloned();
        if idea.is_none() {
            row.wrong("idea-unknown", "idea", replied);
        }
        if let (Some(idea), Some(body), true) = (idea, body, row.problems.is_empty()) {
            rows.contributions.push(Contribution::Comment(Comment {
                id,
                campaign: campaign.clone(),
                idea,
                name,
                body,
                received_at: Timestamp::UNIX_EPOCH,
            }));
        }
        rows.take_problems(table, line, row.problems);
    }
    rows
}

impl Rows {
    fn take_problems(&mut self, table: &Table, line: u64, problems: Vec<String>) {
        for problem in problems {
            let said = table.problem(line, problem);
            self.problems.entry(line).or_default().push(said);
        }
    }
}

/// The rows that can be read; the problems of the others are noted.
fn readable<'t>(table: &'t Table, rows: &mut Rows) -> Vec<(u64, &'t StringRecord)> {
    let mut readable = Vec::new();
    for (line, row) in &table.rows {
        match row {
            Ok(row) => readable.push((*line, row)),
            Err(what) => rows.take_problems(table, *line, vec![what.clone()]),
        }
    }
    readable
}

/// One row, and what is wrong with it.
struct Row<'a> {
    record: &'a StringRecord,
    columns: &'a Columns,
    problems: Vec<String>,
}

impl<'a> Row<'a> {
    fn new(record: &'a StringRecord, columns: &'a Columns) -> Self {
        Self {
            record,
            columns,
            problems: Vec::new(),
        }
    }

    fn get(&self, field: &str) -> Option<&'a str> {
        self.columns
            .get(self.record, field)
            .filter(|value| !value.is_empty())
    }

    fn row_id(&self) -> &'a str {
        self.get("id").unwrap_or_default()
    }

    /// The identifier of the contribution: that of the campaign, the kind, and the row's id or,
    /// where it has none, all that it holds.
    fn id(&self, campaign: &Slug, kind: &str) -> ContributionId {
        let mut digest = Sha256::new();
        for part in ["import", campaign.as_str(), kind] {
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
    fn holds_number(&mut self, header: &[String]) -> bool {
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

    fn unique(&mut self, seen: &mut HashMap<String, u64>, line: u64) {
        let Some(id) = self.get("id") else {
            return;
        };
        if let Some(other) = seen.insert(id.to_owned(), line) {
            let args = [("value", id.to_owned()), ("other", other.to_string())];
            self.problems.push(say("row.id-twice", &args));
        }
    }

    fn text<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, TextProblem>,
    ) -> Option<T> {
        let column = ("column", self.columns.name(field));
        match parse(self.get(field).unwrap_or_default()) {
            Ok(text) => Some(text),
            Err(TextProblem::TooLong { length, limit }) => {
                let args = [
                    column,
                    ("length", length.to_string()),
                    ("limit", limit.to_string()),
                ];
                self.problems.push(say(&format!("row.{field}-long"), &args));
                None
            }
            Err(TextProblem::Empty | TextProblem::Malformed) => {
                self.problems
                    .push(say(&format!("row.{field}-empty"), &[column]));
                None
            }
        }
    }

    fn number(&mut self, field: &str) -> u64 {
        let Some(raw) = self.get(field) else {
            return 0;
        };
        raw.parse().unwrap_or_else(|_| {
            self.wrong("likes-bad", field, raw);
            0
        })
    }

    fn kind(&mut self) -> IdeaKind {
        let Some(raw) = self.get("kind") else {
            return IdeaKind::Idea;
        };
        IdeaKind::from_key(raw).unwrap_or_else(|| {
            self.wrong("kind-bad", "kind", raw);
            IdeaKind::Idea
        })
    }

    fn name(&mut self) -> Option<Name> {
        let raw = self.get("name")?;
        let name = Name::parse(raw).ok();
        if name.is_none() {
            self.wrong("name-bad", "name", raw);
        }
        name
    }

    fn wrong(&mut self, key: &str, field: &str, value: &str) {
        let args = [
            ("column", self.columns.name(field)),
            ("value", value.to_owned()),
        ];
        self.problems.push(say(&format!("row.{key}"), &args));
    }
}
