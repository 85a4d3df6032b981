//! Exports of a campaign: open data for everybody, and what only analysts may see.
//!
//! Neither ever holds an address, a receipt's token, a moderator's login, or the name that
//! somebody chose to show beside a comment: a name is public where it stands, on the page, and is
//! not handed out in bulk.

mod columns;
mod csv;
mod json;
mod survey;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Campaign, Contribution, ContributionId, ContributionRef, Moderated, Space, Status};
use jiff::Timestamp;
use serde_json::Value;
use site_gen::{Catalogue, Messages, address};

use crate::store::{Counted, Store, StoreError};
use columns::{Column, Entry};

pub use csv::{cell, is_formula, table, written};
pub use survey::{answers_csv, texts_csv};

/// Who an export is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Everybody: what is published.
    Public,
    /// Analysts: also what is not published and was neither taken back nor erased by its author,
    /// with its status, and a random pseudonym for each author.
    Analysts,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A row each contribution, for spreadsheets.
    Csv,
    /// One object, for programs.
    Json,
}

impl Format {
    /// The format of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Its name, which also ends the names of its files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// What an export is made with.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// The catalogue that it is in.
    pub catalogue: &'a Catalogue,
    /// The theme's words.
    pub messages: &'a Messages,
    /// The public address of the site, without a slash at the end.
    pub site_url: &'a str,
    /// For whom.
    pub readers: Readers,
    /// The time.
    pub now: Timestamp,
}

/// A campaign's contributions, ready to be written.
pub struct Export<'a> {
    making: Making<'a>,
    /// Ideas, each before its comments, in the order in which they were received.
    entries: Vec<Entry>,
}

impl<'a> Export<'a> {
    /// Reads what is exported. `seen` is told how many items of the store were read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(
        store: &Store,
        making: Making<'a>,
        seen: &(dyn Fn(u64) + Sync),
    ) -> Result<Self, StoreError> {
        let all = store.contributions_to(&making.campaign.slug, seen).await?;
        let published = published_ideas(&all);
        let mut exported: Vec<Counted> = all
            .into_iter()
            .filter(|counted| match making.readers {
                Readers::Public => is_public(&counted.held, &published),
                Readers::Analysts => {
                    let left_out = [Status::Withdrawn, Status::Unconfirmed];
                    !left_out.contains(&counted.held.status) && !counted.held.erased
                }
            })
            .collect();
        let mut pseudonyms = BTreeMap::new();
        if making.readers == Readers::Analysts {
            let authors = exported.iter().map(reference_of).collect();
            pseudonyms = store.pseudonyms(&authors).await?;
        }
        in_order(&mut exported);
        let replies = replies(&exported);
        let entries = exported
            .into_iter()
            .map(|counted| {
                let reference = reference_of(&counted);
                Entry {
                    public: is_public(&counted.held, &published),
                    comments: replies.get(reference.id()).copied().unwrap_or_default(),
                    author: pseudonyms.remove(&reference),
                    counted,
                }
            })
            .collect();
        Ok(Self { making, entries })
    }

    /// The export as a file.
    #[must_use]
    pub fn written(&self, format: Format) -> String {
        match format {
            Format::Csv => self.csv(),
            Format::Json => self.json(),
        }
    }

    /// How many ideas it has.
    #[must_use]
    pub fn ideas(&self) -> usize {
        self.entries.iter().filter(|entry| entry.is_idea()).count()
    }

    /// How many comments it has.
    #[must_use]
    pub fn comments(&self) -> usize {
        self.entries.len() - self.ideas()
    }

    /// A row each contribution.
    fn csv(&self) -> String {
        let columns = columns::of(self.making.readers);
        let mut rows = vec![names(&columns)];
        rows.extend(self.entries.iter().map(|entry| {
            let value = |column: &&Column| columns::spelled(&column.of(entry, &self.making));
            columns.iter().map(value).collect()
        }));
        table(&rows)
    }

    /// One object: what it is, then ideas and comments apart.
    fn json(&self) -> String {
        json::written(&self.making, &self.entries, (self.ideas(), self.comments()))
    }
}

/// What the columns of an export mean, as a table.
#[must_use]
pub fn columns_csv(messages: &Messages, readers: Readers) -> String {
    let says = |key: &str| messages.text(&format!("export.{key}"), &[]);
    let mut rows = vec![vec![
        says("column-name"),
        says("column-type"),
        says("column-meaning"),
    ]];
    rows.extend(columns::of(readers).iter().map(|column| {
        vec![
            column.name.to_owned(),
            column.type_in(messages),
            column.meaning_in(messages),
        ]
    }));
    table(&rows)
}

/// What an export's file is named: the campaign, for whom where not for everybody, the day.
#[must_use]
pub fn file_name(campaign: &Campaign, readers: Readers, format: Format, now: Timestamp) -> String {
    let readers = match readers {
        Readers::Public => "",
        Readers::Analysts => "-analyse",
    };
    let day = now.strftime("%Y-%m-%d");
    format!("{}{readers}-{day}.{}", campaign.slug, format.key())
}

fn names(columns: &[&Column]) -> Vec<String> {
    let name = |column: &&Column| column.name.to_owned();
    columns.iter().map(name).collect()
}

fn reference_of(counted: &Counted) -> ContributionRef {
    counted.held.contribution.reference()
}

fn published_ideas(all: &[Counted]) -> BTreeSet<ContributionId> {
    all.iter()
        .filter(|counted| counted.held.status == Status::Published)
        .filter_map(|counted| match &counted.held.contribution {
            Contribution::Idea(idea) => Some(idea.id.clone()),
            Contribution::Comment(_) | Contribution::Testimonial(_) => None,
        })
        .collect()
}

/// Whether everybody can read it. A comment is public while its idea is.
fn is_public(held: &Moderated, published_ideas: &BTreeSet<ContributionId>) -> bool {
    let idea = match &held.contribution {
        Contribution::Idea(idea) => &idea.id,
        Contribution::Comment(comment) => &comment.idea,
        // No campaign has any.
        Contribution::Testimonial(_) => return false,
    };
    held.status == Status::Published && !held.erased && published_ideas.contains(idea)
}

/// Ideas as they were received, each followed by its comments as they were.
fn in_order(exported: &mut [Counted]) {
    let received: BTreeMap<ContributionId, Timestamp> = exported
        .iter()
        .filter_map(|counted| match &counted.held.contribution {
            Contribution::Idea(idea) => Some((idea.id.clone(), idea.received_at)),
            Contribution::Comment(_) | Contribution::Testimonial(_) => None,
        })
        .collect();
    exported.sort_by_cached_key(|counted| match &counted.held.contribution {
        Contribution::Idea(idea) => (idea.received_at, idea.id.clone(), None),
        Contribution::Comment(comment) => {
            let own = comment.received_at;
            let with = received.get(&comment.idea).copied().unwrap_or(own);
            (with, comment.idea.clone(), Some((own, comment.id.clone())))
        }
        Contribution::Testimonial(testimonial) => {
            (testimonial.received_at, testimonial.id.clone(), None)
        }
    });
}

/// How many published comments each idea has.
fn replies(exported: &[Counted]) -> BTreeMap<ContributionId, u64> {
    let mut replies = BTreeMap::new();
    for counted in exported {
        if let Contribution::Comment(comment) = &counted.held.contribution
            && counted.held.status == Status::Published
        {
            *replies.entry(comment.idea.clone()).or_default() += 1;
        }
    }
    replies
}

impl Making<'_> {
    fn says(&self, key: &str) -> String {
        self.messages.text(key, &[])
    }

    fn space(&self) -> Option<&Space> {
        self.catalogue.spaces.get(&self.campaign.space)
    }

    /// The public address of something of the site.
    fn address(&self, path: &str) -> Value {
        Value::String(format!("{}{path}", self.site_url))
    }

    fn campaign_address(&self) -> Value {
        self.address(&address::campaign(&self.campaign.slug))
    }
}
