//! The facts of testimonials together, found by what figures are of. Grouped once, so that the
//! figures of hundreds of structures cost one look at each fact and not hundreds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::TestimonialFact;
use crate::statistics::StatisticsOf;
use crate::text::Slug;

/// What became of testimonials, in the order of their identifiers, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    all: Vec<TestimonialFact>,
    of_spaces: BTreeMap<Slug, Vec<usize>>,
    of_structures: BTreeMap<Slug, Vec<usize>>,
    as_of: Option<Timestamp>,
}

impl Facts {
    /// Of facts in any order. Of those that bear the same identifier, the last one holds.
    #[must_use]
    pub fn new(facts: impl IntoIterator<Item = TestimonialFact>) -> Self {
        let by_id = facts.into_iter().map(|fact| (fact.fact.clone(), fact));
        let by_id: BTreeMap<_, _> = by_id.collect();
        let mut facts = Self {
            all: by_id.into_values().collect(),
            ..Self::default()
        };
        for (index, fact) in facts.all.iter().enumerate() {
            let of_space = facts.of_spaces.entry(fact.space.clone());
            of_space.or_default().push(index);
            for structure in BTreeSet::from_iter(&fact.structures) {
                let of_structure = facts.of_structures.entry(structure.clone());
                of_structure.or_default().push(index);
            }
        }
        let received = facts.all.iter().filter(|fact| fact.is_received());
        facts.as_of = received.map(TestimonialFact::last_event).max();
        facts
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[TestimonialFact] {
        &self.all
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Those that figures of something count.
    pub fn of<'f>(&'f self, of: &StatisticsOf) -> impl Iterator<Item = &'f TestimonialFact> {
        let some = match of {
            StatisticsOf::All => None,
            StatisticsOf::Space(space) => Some(self.of_spaces.get(space)),
            StatisticsOf::Structure(structure) => Some(self.of_structures.get(structure)),
        };
        let all = some.is_none().then_some(&self.all).into_iter().flatten();
        let some = some.flatten().into_iter().flatten();
        all.chain(some.map(|index| &self.all[*index]))
    }

    /// The spaces that one at least was sent to.
    pub fn spaces(&self) -> impl Iterator<Item = &Slug> {
        self.of_spaces.keys()
    }

    /// Whether one at least was sent to a space.
    #[must_use]
    pub fn has_space(&self, space: &Slug) -> bool {
        self.of_spaces.contains_key(space)
    }

    /// The last thing that happened to any that was received; none where none was.
    #[must_use]
    pub fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }
}
