//! The published testimonials as lists show them, put in order once.

use std::collections::BTreeMap;

use domain::{ContributionId, Sentiment, Space, TestimonialCard};
use jiff::Timestamp;

use crate::catalogue::Catalogue;
use crate::plan::TestimonialList;

/// The cards of all testimonials, and which are on each list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestimonialCards {
    /// The most recent first.
    all: Vec<TestimonialCard>,
    /// The places in `all` of those on a list; the list of all has none.
    lists: BTreeMap<TestimonialList, Vec<usize>>,
}

impl TestimonialCards {
    /// Puts cards in the order of lists.
    #[must_use]
    pub fn of(mut all: Vec<TestimonialCard>) -> Self {
        all.sort_by(|a, b| (b.published_at, &b.id).cmp(&(a.published_at, &a.id)));
        let mut lists: BTreeMap<TestimonialList, Vec<usize>> = BTreeMap::new();
        for (place, card) in all.iter().enumerate() {
            for list in lists_of(card) {
                lists.entry(list).or_default().push(place);
            }
        }
        Self { all, lists }
    }

    /// All of them, the most recent first.
    #[must_use]
    pub fn all(&self) -> &[TestimonialCard] {
        &self.all
    }

    /// One of them.
    #[must_use]
    pub fn card(&self, id: &ContributionId) -> Option<&TestimonialCard> {
        self.all.iter().find(|card| card.id == *id)
    }

    /// How many are on a list.
    #[must_use]
    pub fn count(&self, list: &TestimonialList) -> usize {
        match list {
            TestimonialList::All => self.all.len(),
            _ => self.lists.get(list).map_or(0, Vec::len),
        }
    }

    /// Those of a list that stand in a range of it.
    #[must_use]
    pub fn on(
        &self,
        list: &TestimonialList,
        range: std::ops::Range<usize>,
    ) -> Option<Vec<&TestimonialCard>> {
        match list {
            TestimonialList::All => self.all.get(range).map(|cards| cards.iter().collect()),
            _ => {
                let places = self.lists.get(list).map_or(&[][..], Vec::as_slice);
                let places = places.get(range)?;
                Some(places.iter().map(|place| &self.all[*place]).collect())
            }
        }
    }

    /// How many of a list were published after somebody: where the testimonial that was published
    /// then stands, or stood.
    #[must_use]
    pub(crate) fn more_recent(
        &self,
        list: &TestimonialList,
        than: (Timestamp, &ContributionId),
    ) -> usize {
        let later = |card: &TestimonialCard| (card.published_at, &card.id) > than;
        match list {
            TestimonialList::All => self.all.partition_point(later),
            _ => self.lists.get(list).map_or(0, |places| {
                places.partition_point(|place| later(&self.all[*place]))
            }),
        }
    }

    /// The spaces that take testimonials, or that did.
    pub(crate) fn spaces<'c>(&self, catalogue: &'c Catalogue) -> impl Iterator<Item = &'c Space> {
        catalogue.spaces.values().filter(|space| {
            let list = TestimonialList::Space(space.slug.clone());
            space.testimonials.is_some() || self.lists.contains_key(&list)
        })
    }

    /// Every list that has a page: those that are there whatever was sent, and those of the
    /// departments that somebody wrote from.
    #[must_use]
    pub fn lists(&self, catalogue: &Catalogue) -> Vec<TestimonialList> {
        let mut lists = vec![
            TestimonialList::All,
            TestimonialList::Answered,
            TestimonialList::Unanswered,
        ];
        lists.extend(Sentiment::ALL.map(TestimonialList::Felt));
        let spaces = self.spaces(catalogue);
        lists.extend(spaces.map(|space| TestimonialList::Space(space.slug.clone())));
        let structures = catalogue.structures.keys().cloned();
        lists.extend(structures.map(TestimonialList::Structure));
        let of_departments =
            |list: &&TestimonialList| matches!(list, TestimonialList::Department(_));
        lists.extend(self.lists.keys().filter(of_departments).cloned());
        lists
    }
}

/// The lists that a testimonial is on, but for that of all.
pub(crate) fn lists_of(card: &TestimonialCard) -> Vec<TestimonialList> {
    let answered = match card.answered_at {
        Some(_) => TestimonialList::Answered,
        None => TestimonialList::Unanswered,
    };
    let mut lists = vec![
        answered,
        TestimonialList::Felt(card.sentiment),
        TestimonialList::Space(card.space.clone()),
    ];
    lists.extend(
        card.structures
            .iter()
            .cloned()
            .map(TestimonialList::Structure),
    );
    lists.extend(card.department.clone().map(TestimonialList::Department));
    lists
}
