//! What the stream says, and what it touches.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ContributionId, ContributionRef, LIKE_SHARDS, Slug, Status};

use crate::keys::{self, Item};

/// What a stream record says: the item's key, and its status before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The item's partition key.
    pub partition: String,
    /// The item's sort key.
    pub sort: String,
    /// The attribute `status` of the old image.
    pub old_status: Option<String>,
    /// The attribute `status` of the new image.
    pub new_status: Option<String>,
}

/// Which attributes of a stream record are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    /// The item's key.
    Keys,
    /// The item before the change.
    Old,
    /// The item after it.
    New,
}

impl Record {
    /// Reads a stream record, of which `text` gives the texts by attribute; none where it has no key.
    #[must_use]
    pub fn read(text: impl Fn(Image, &str) -> Option<String>) -> Option<Self> {
        Some(Self {
            partition: text(Image::Keys, keys::PARTITION)?,
            sort: text(Image::Keys, keys::SORT)?,
            old_status: text(Image::Old, "status"),
            new_status: text(Image::New, "status"),
        })
    }

    /// Whether it tells of a letter, which may be due.
    #[must_use]
    pub fn tells_of_letter(&self) -> bool {
        self.partition.starts_with(keys::LETTERS)
    }
}

/// How much of an idea's pages changed: each holds what is before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Who likes it.
    #[default]
    Likes,
    /// Its comments.
    Replies,
    /// The idea itself.
    Idea,
}

/// What changed of one idea.
#[derive(Debug, Default)]
pub(super) struct Touch {
    pub(super) scope: Scope,
    /// The shards of its likes to count afresh.
    pub(super) shards: BTreeSet<u8>,
}

/// What the records touch, an idea once.
pub(super) fn touches(records: &[Record]) -> BTreeMap<ContributionId, Touch> {
    let public = Some(Status::Published.key());
    let mut touches: BTreeMap<ContributionId, Touch> = BTreeMap::new();
    for record in records {
        let shows =
            record.old_status.as_deref() == public || record.new_status.as_deref() == public;
        match keys::read(&record.partition, &record.sort) {
            Some(Item::Like { idea, shard }) => {
                touches.entry(idea).or_default().shards.insert(shard);
            }
            Some(Item::Contribution(ContributionRef::Idea(idea))) if shows => {
                let touch = touches.entry(idea).or_default();
                touch.scope = Scope::Idea;
                touch.shards.extend(0..LIKE_SHARDS);
            }
            Some(Item::Contribution(ContributionRef::Comment { idea, .. })) if shows => {
                let touch = touches.entry(idea).or_default();
                touch.scope = touch.scope.max(Scope::Replies);
            }
            _ => {}
        }
    }
    touches
}

/// The testimonials that the records say something of; what is published of them may have changed,
/// and what figures count of them did.
pub(super) fn testimonials(records: &[Record]) -> BTreeMap<ContributionId, Shown> {
    let public = Some(Status::Published.key());
    let mut touched: BTreeMap<ContributionId, Shown> = BTreeMap::new();
    for record in records {
        let item = keys::read(&record.partition, &record.sort);
        if let Some(Item::Contribution(ContributionRef::Testimonial(id))) = item {
            let shows =
                record.old_status.as_deref() == public || record.new_status.as_deref() == public;
            let shown = if shows { Shown::Maybe } else { Shown::Never };
            let known = touched.entry(id).or_insert(shown);
            *known = (*known).max(shown);
        }
    }
    touched
}

/// The campaigns in whose survey somebody took part, or no longer does.
pub(super) fn surveys(records: &[Record]) -> BTreeSet<Slug> {
    let read = |record: &Record| match keys::read(&record.partition, &record.sort) {
        Some(Item::Participant { campaign }) => Some(campaign),
        _ => None,
    };
    records.iter().filter_map(read).collect()
}

/// Whether pages show a testimonial, or did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shown {
    /// It was never public.
    Never,
    /// It is public, or was.
    Maybe,
}
