//! Which pages are due for likes alone: each at most every 30 s, and none forgotten.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ContributionId, Slug};
use jiff::{SignedDuration, Timestamp};

use super::Counted;

/// How often at most a page is rendered for likes alone.
pub const RENEWED_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// What is to be rendered for likes alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Ideas of which the own pages are due, each with its campaign.
    pub ideas: BTreeMap<ContributionId, Slug>,
    /// Campaigns of which the lists, and the other pages that show counts, are due for these
    /// ideas.
    pub campaigns: BTreeMap<Slug, BTreeSet<ContributionId>>,
    /// Testimonials of which it was counted how many had the same experience.
    pub testimonials: BTreeMap<ContributionId, ()>,
    /// Whether figures of testimonials are due: something became of one.
    pub figures: bool,
    /// Campaigns of whose survey the pages are due.
    pub surveys: BTreeMap<Slug, ()>,
}

impl Due {
    /// Whether nothing is due.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let no_likes = self.ideas.is_empty() && self.campaigns.is_empty();
        no_likes && self.testimonials.is_empty() && self.surveys.is_empty() && !self.figures
    }
}

/// Says when pages are rendered for likes: at the first one at once; of those that follow within
/// 30 s, once when the 30 s have passed. The pages of an idea have a turn of their own, and those
/// that a campaign's ideas share have another, so that a list is not made again for each idea.
#[derive(Debug, Default)]
pub struct Throttle {
    waiting: Due,
    ideas: BTreeMap<ContributionId, Timestamp>,
    campaigns: BTreeMap<Slug, Timestamp>,
    testimonials: BTreeMap<ContributionId, Timestamp>,
    surveys: BTreeMap<Slug, Timestamp>,
    /// When figures were rendered last.
    figures: Option<Timestamp>,
}

impl Throttle {
    /// Notes ideas of which likes were counted.
    pub fn add(&mut self, liked: BTreeMap<ContributionId, Slug>) {
        for (idea, campaign) in &liked {
            let ideas = self.waiting.campaigns.entry(campaign.clone()).or_default();
            ideas.insert(idea.clone());
        }
        self.waiting.ideas.extend(liked);
    }

    /// Takes from what was counted all that waits for its turn.
    pub fn take(&mut self, counted: &mut Counted) {
        self.add(std::mem::take(&mut counted.liked));
        self.add_same(std::mem::take(&mut counted.same));
        self.add_surveys(std::mem::take(&mut counted.surveys));
        if std::mem::take(&mut counted.figures) {
            self.add_figures();
        }
    }

    /// Notes testimonials of which it was counted how many had the same experience.
    pub fn add_same(&mut self, testimonials: impl IntoIterator<Item = ContributionId>) {
        let noted = testimonials.into_iter().map(|id| (id, ()));
        self.waiting.testimonials.extend(noted);
    }

    /// Notes campaigns in whose survey it was counted how many took part.
    pub fn add_surveys(&mut self, campaigns: impl IntoIterator<Item = Slug>) {
        let noted = campaigns.into_iter().map(|campaign| (campaign, ()));
        self.waiting.surveys.extend(noted);
    }

    /// Notes that something became of a testimonial.
    pub fn add_figures(&mut self) {
        self.waiting.figures = true;
    }

    /// Takes what is due now.
    pub fn due(&mut self, now: Timestamp) -> Due {
        Due {
            ideas: take_due(&mut self.waiting.ideas, &mut self.ideas, now),
            campaigns: take_due(&mut self.waiting.campaigns, &mut self.campaigns, now),
            testimonials: take_due(&mut self.waiting.testimonials, &mut self.testimonials, now),
            surveys: take_due(&mut self.waiting.surveys, &mut self.surveys, now),
            figures: self.figures_due(now),
        }
    }

    fn figures_due(&mut self, now: Timestamp) -> bool {
        let rested = |at: Timestamp| !(at..at + RENEWED_EVERY).contains(&now);
        let is_due = self.waiting.figures && self.figures.is_none_or(rested);
        if is_due {
            self.waiting.figures = false;
            self.figures = Some(now);
        }
        is_due
    }

    /// Takes all that waits, due or not: before a stop, or where the whole site is built.
    pub fn all(&mut self) -> Due {
        std::mem::take(&mut self.waiting)
    }

    /// Takes back what could not be rendered: it is due once 30 s have passed.
    pub fn again(&mut self, due: Due) {
        self.waiting.ideas.extend(due.ideas);
        for (campaign, ideas) in due.campaigns {
            let waiting = self.waiting.campaigns.entry(campaign).or_default();
            waiting.extend(ideas);
        }
        self.waiting.testimonials.extend(due.testimonials);
        self.waiting.surveys.extend(due.surveys);
        self.waiting.figures |= due.figures;
    }
}

/// Takes those whose pages were not rendered for likes in the last 30 s, and notes that they are
/// now. What was rendered before that is forgotten, so that memory holds 30 s of it.
fn take_due<K: Ord + Clone, V>(
    waiting: &mut BTreeMap<K, V>,
    rendered: &mut BTreeMap<K, Timestamp>,
    now: Timestamp,
) -> BTreeMap<K, V> {
    // A clock that was put back holds nothing up.
    rendered.retain(|_, at| (*at..*at + RENEWED_EVERY).contains(&now));
    let due: BTreeMap<K, V> = waiting
        .extract_if(.., |key, _| !rendered.contains_key(key))
        .collect();
    rendered.extend(due.keys().map(|key| (key.clone(), now)));
    due
}
