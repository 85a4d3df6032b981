//! Rows to contributions, or to what is wrong with them.

use std::collections::{BTreeMap, HashMap};

use csv::StringRecord;
use domain::{Body, Comment, Contribution, ContributionId, Idea, Slug, Title};
use jiff::Timestamp;

use super::row::Row;
use super::table::{Columns, Table};

/// What a file's rows are.
pub(super) struct Rows<T = Contribution> {
    pub(super) contributions: Vec<T>,
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

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            contributions: Vec::new(),
            problems: BTreeMap::new(),
        }
    }
}

impl<T> Rows<T> {
    pub(super) fn take_problems(&mut self, table: &Table, line: u64, problems: Vec<String>) {
        for problem in problems {
            let said = table.problem(line, problem);
            self.problems.entry(line).or_default().push(said);
        }
    }
}

/// The rows that can be read; the problems of the others are noted.
pub(super) fn readable<'t, T>(
    table: &'t Table,
    rows: &mut Rows<T>,
) -> Vec<(u64, &'t StringRecord)> {
    let mut readable = Vec::new();
    for (line, row) in &table.rows {
        match row {
            Ok(row) => readable.push((*line, row)),
            Err(what) => rows.take_problems(table, *line, vec![what.clone()]),
        }
    }
    readable
}
