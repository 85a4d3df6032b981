//! The published ideas of a campaign as its lists show them, put in order once.

use std::collections::BTreeMap;
use std::ops::Range;

use domain::{ContributionId, IdeaCard, Slug};

use crate::plan::{IdeaList, MOST_LIKED};
use crate::search;

/// The cards of a campaign, and in which order each list has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cards {
    /// The most recent first.
    all: Vec<IdeaCard>,
    /// The places in `all` of the most liked ones.
    liked: Vec<usize>,
    /// The categories of the ideas: each with its label and its places.
    categories: BTreeMap<Slug, (String, Vec<usize>)>,
    /// The places of those that have a word of an initial.
    initials: BTreeMap<char, Vec<usize>>,
}

/// One list of a campaign's ideas.
pub(crate) struct Listed<'c> {
    all: &'c [IdeaCard],
    /// The places of its ideas; none where it has them all.
    places: Option<&'c [usize]>,
}

impl Cards {
    /// A campaign without an idea.
    pub(crate) const NONE: Self = Self {
        all: Vec::new(),
        liked: Vec::new(),
        categories: BTreeMap::new(),
        initials: BTreeMap::new(),
    };

    /// Puts cards in the order of each list.
    #[must_use]
    pub(crate) fn of(mut all: Vec<IdeaCard>) -> Self {
        all.sort_by(|a, b| (b.published_at, &b.id).cmp(&(a.published_at, &a.id)));
        let mut liked: Vec<usize> = (0..all.len())
            .filter(|place| all[*place].likes > 0)
            .collect();
        // Of two that are liked as much, the older first: a new idea is put behind them.
        liked.sort_by(|a, b| (all[*b].likes, b).cmp(&(all[*a].likes, a)));
        liked.truncate(MOST_LIKED);
        let mut slugs: BTreeMap<&str, Option<Slug>> = BTreeMap::new();
        let mut categories: BTreeMap<Slug, (String, Vec<usize>)> = BTreeMap::new();
        let mut initials: BTreeMap<char, Vec<usize>> = BTreeMap::new();
        for (place, card) in all.iter().enumerate() {
            if let Some(label) = card.category.as_deref() {
                let slug = slugs
                    .entry(label)
                    .or_insert_with(|| Slug::from_words(label));
                if let Some(slug) = slug {
                    let (kept, places) = categories
                        .entry(slug.clone())
                        .or_insert_with(|| (label.to_owned(), Vec::new()));
                    if label < kept.as_str() {
                        label.clone_into(kept);
                    }
                    places.push(place);
                }
            }
            for initial in search::initials(card) {
                initials.entry(initial).or_default().push(place);
            }
        }
        Self {
            liked,
            categories,
            initials,
            all,
        }
    }

    /// All of them, the most recent first.
    #[must_use]
    pub fn all(&self) -> &[IdeaCard] {
        &self.all
    }

    /// One of them.
    #[must_use]
    pub fn card(&self, id: &ContributionId) -> Option<&IdeaCard> {
        self.all.iter().find(|card| card.id == *id)
    }

    /// The ideas of a list.
    pub(crate) fn listed(&self, list: &IdeaList) -> Listed<'_> {
        let places = match list {
            IdeaList::Recent => None,
            IdeaList::Liked => Some(self.liked.as_slice()),
            IdeaList::Category(category) => {
                let held = self.categories.get(category);
                Some(held.map_or(&[][..], |(_, places)| places))
            }
        };
        Listed {
            all: &self.all,
            places,
        }
    }

    /// The categories by their names in addresses: those that authors choose from, in their
    /// order, then those that ideas came with.
    pub(crate) fn categories(&self, offered: &[String]) -> Vec<(Slug, String)> {
        let mut categories: Vec<(Slug, String)> = Vec::new();
        let offered = offered
            .iter()
            .filter_map(|label| Some((Slug::from_words(label)?, label.clone())));
        let others = self.categories.iter();
        let others = others.map(|(slug, (label, _))| (slug.clone(), label.clone()));
        for (slug, label) in offered.chain(others) {
            if !categories.iter().any(|(known, _)| *known == slug) {
                categories.push((slug, label));
            }
        }
        categories
    }

    /// Those that have a word of this initial.
    pub(crate) fn of_initial(&self, initial: char) -> impl Iterator<Item = &IdeaCard> {
        let places = self.initials.get(&initial).into_iter().flatten();
        places.map(|place| &self.all[*place])
    }
}

impl<'c> Listed<'c> {
    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.places.map_or(self.all.len(), <[usize]>::len)
    }

    /// Those of a page; none where the page is past the last.
    pub(crate) fn page(&self, range: Range<usize>) -> Option<Vec<&'c IdeaCard>> {
        match self.places {
            None => self.all.get(range).map(|cards| cards.iter().collect()),
            Some(places) => places
                .get(range)
                .map(|places| places.iter().map(|place| &self.all[*place]).collect()),
        }
    }

    /// Where the card that is at `place` among all stands in the list.
    pub(crate) fn position(&self, place: usize) -> Option<usize> {
        match self.places {
            None => Some(place),
            Some(places) => places.iter().position(|known| *known == place),
        }
    }
}
