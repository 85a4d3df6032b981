//! What is analysed: the published ideas of a campaign, or the rows of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;
use domain::{Sentiment, Slug};
use functions::analysis;
use insights::sentiment::{self, Trained};
use insights::themes::{Contribution, Stance};
use site_gen::Contributions;

use crate::error::Stopped;
use crate::import::{Columns, Table};
use crate::words::{count, say};

/// How many problems are listed at most: whoever sees twenty knows what is wrong with the file.
const SHOWN: usize = 20;

const FIELDS: [&str; 7] = ["id", "text", "title", "weight", "author", "stance", "felt"];

/// The published ideas of a campaign, which is named so.
pub(super) fn of_campaign(
    published: &Contributions,
    campaign: &str,
) -> Result<(Slug, Vec<Contribution>), Stopped> {
    let known: BTreeSet<&Slug> = published
        .ideas
        .values()
        .map(|it| &it.idea.campaign)
        .collect();
    let slug = Slug::parse(campaign).ok();
    let Some(slug) = slug.filter(|slug| known.contains(slug)) else {
        let known: Vec<&str> = known.into_iter().map(Slug::as_str).collect();
        let args = [
            ("campaign", campaign.to_owned()),
            ("known", known.join(", ")),
        ];
        return Err(Stopped::because("verify-campaign", &args));
    };
    let contributions = analysis::contributions(published, &slug);
    Ok((slug, contributions))
}

/// The rows of a file, of which `columns` says what is where.
///
/// # Errors
/// Every row that can't be read, by its line.
pub(super) fn of_rows(file: &Path, columns: &[String]) -> Result<Vec<Contribution>, Stopped> {
    let table = Table::read(file)?;
    let columns = Columns::parse(columns, &FIELDS, &["id", "text"], "--id / --text", &table)?;
    let mut problems = Vec::new();
    let mut found = Vec::with_capacity(table.rows.len());
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for (line, row) in &table.rows {
        let contribution = match row {
            Ok(row) => contribution(row, &columns),
            Err(what) => Err(what.clone()),
        };
        let contribution = contribution.and_then(|it| {
            if let Some(first) = lines.get(&it.id) {
                let args = [("value", it.id.clone()), ("other", first.to_string())];
                return Err(say("row.id-twice", &args));
            }
            Ok(it)
        });
        match contribution {
            Ok(contribution) => {
                lines.insert(contribution.id.clone(), *line);
                found.push(contribution);
            }
            Err(what) => problems.push(table.problem(*line, what)),
        }
    }
    all_or(problems)?;
    feel(&mut found);
    Ok(found)
}

/// Says which side ideas take, as somebody who read them wrote it in a table: its columns are `id`
/// and `position`, and a row without a position says nothing.
///
/// # Errors
/// Every row that can't be read, by its line.
pub(super) fn take_sides(contributions: &mut [Contribution], file: &Path) -> Result<(), Stopped> {
    let table = Table::read(file)?;
    let pairs = ["id=id", "stance=position"].map(str::to_owned);
    let columns = Columns::parse(&pairs, &FIELDS, &["id", "stance"], "--stances", &table)?;
    let places = contributions.iter().enumerate();
    let places: BTreeMap<String, usize> =
        places.map(|(place, one)| (one.id.clone(), place)).collect();
    let mut problems = Vec::new();
    for (line, row) in &table.rows {
        let side = match row {
            Ok(row) => side(row, &columns, &places),
            Err(what) => Err(what.clone()),
        };
        match side {
            Ok(Some((place, stance))) => contributions[place].stance = Some(stance),
            Ok(None) => {}
            Err(what) => problems.push(table.problem(*line, what)),
        }
    }
    all_or(problems)
}

/// The idea of a row, by its place, and the side that it takes; none where none is said.
fn side(
    row: &StringRecord,
    columns: &Columns,
    places: &BTreeMap<String, usize>,
) -> Result<Option<(usize, Stance)>, String> {
    let bad = |key: &str, field: &str, value: &str| {
        let args = [("column", columns.name(field)), ("value", value.to_owned())];
        say(key, &args)
    };
    let id = columns.get(row, "id").unwrap_or_default();
    let Some(place) = places.get(id) else {
        return Err(bad("row.idea-unpublished", "id", id));
    };
    match columns.get(row, "stance").unwrap_or_default() {
        "" => Ok(None),
        written => match stance(written) {
            Some(stance) => Ok(Some((*place, stance))),
            None => Err(bad("row.stance-bad", "stance", written)),
        },
    }
}

/// That all rows were read, or what is wrong with the first of them.
fn all_or(mut problems: Vec<String>) -> Result<(), Stopped> {
    if problems.is_empty() {
        return Ok(());
    }
    let more = problems.len().saturating_sub(SHOWN);
    problems.truncate(SHOWN);
    if more > 0 {
        problems.push(count("import.more", more));
    }
    problems.push(say("analyse.nothing", &[]));
    Err(Stopped::saying(problems.join("\n")))
}

fn contribution(row: &StringRecord, columns: &Columns) -> Result<Contribution, String> {
    let of = |field| columns.get(row, field).filter(|value| !value.is_empty());
    let bad = |key: &str, field: &str, value: &str| {
        let args = [("column", columns.name(field)), ("value", value.to_owned())];
        say(key, &args)
    };
    let id = of("id").ok_or_else(|| bad("row.id-empty", "id", ""))?;
    let (title, text) = (of("title"), of("text").unwrap_or_default());
    let likes = match of("weight") {
        None => 0,
        Some(written) => {
            let likes = written.parse();
            likes.map_err(|_| bad("row.likes-bad", "weight", written))?
        }
    };
    let stance = match of("stance") {
        None => None,
        Some(written) => {
            let stance = stance(written);
            Some(stance.ok_or_else(|| bad("row.stance-bad", "stance", written))?)
        }
    };
    let felt = match of("felt") {
        None => None,
        Some(written) => {
            let felt = felt_of(written);
            Some(felt.ok_or_else(|| bad("row.sentiment-bad", "felt", written))?)
        }
    };
    Ok(Contribution {
        id: id.to_owned(),
        title: title.map(str::to_owned),
        text: text.to_owned(),
        author: of("author").map(str::to_owned),
        likes,
        stance,
        sentiment: felt,
    })
}

/// Says how those were felt of which nobody says it: by what the others teach, where they are
/// enough, else by the words of each.
fn feel(contributions: &mut [Contribution]) {
    let whole = |it: &Contribution| format!("{}\n{}", it.title.as_deref().unwrap_or(""), it.text);
    let labelled: Vec<(String, Sentiment)> = contributions
        .iter()
        .filter_map(|it| Some((whole(it), it.sentiment?)))
        .collect();
    let labels: Vec<(&str, Sentiment)> = labelled
        .iter()
        .map(|(text, felt)| (text.as_str(), *felt))
        .collect();
    let trained = Trained::train(&labels).ok();
    for one in contributions.iter_mut().filter(|it| it.sentiment.is_none()) {
        let text = whole(one);
        one.sentiment = match &trained {
            Some(trained) => trained.read(&text),
            None => sentiment::read(&text).sentiment,
        };
    }
}

/// How something was felt, in French or in English.
fn felt_of(written: &str) -> Option<Sentiment> {
    match written.to_lowercase().as_str() {
        "négatif" | "negatif" | "negative" => Some(Sentiment::Negative),
        "neutre" | "neutral" => Some(Sentiment::Neutral),
        "positif" | "positive" => Some(Sentiment::Positive),
        _ => None,
    }
}

/// The side that a word says, in French or in English.
fn stance(written: &str) -> Option<Stance> {
    match written.to_lowercase().as_str() {
        "pour" | "for" => Some(Stance::For),
        "mitigé" | "mitige" | "mixed" => Some(Stance::Mixed),
        "contre" | "against" => Some(Stance::Against),
        _ => None,
    }
}
