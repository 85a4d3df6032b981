//! From a change, the pages that it touches.

use std::collections::BTreeSet;

use domain::{ContributionId, IdeaCard, Slug};

use super::{IdeaList, PER_SITEMAP, Page, PhaseGroup, Series, idea_pages, lists, numbers};
use crate::cards::Cards;
use crate::catalogue::Catalogue;
use crate::contributions::Contributions;
use crate::search;

/// Something published that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An idea was published, or is no longer.
    Idea(Slug, ContributionId),
    /// The likes or the comments of an idea changed, or what was answered.
    Replies(Slug, ContributionId),
}

/// What a change touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Pages to render.
    pub render: BTreeSet<Page>,
    /// The first pages of series that may be longer on the site than they now are: each is
    /// removed with those that follow it.
    pub remove_from: BTreeSet<Page>,
}

/// The pages that a change touches. `contributions` holds the cards of the campaign, the
/// tallies of all, and the idea where it is published.
#[must_use]
pub fn touched(catalogue: &Catalogue, contributions: &Contributions, change: &Change) -> Touched {
    let (Change::Idea(campaign, idea) | Change::Replies(campaign, idea)) = change;
    let mut touched = Touched::default();
    let Some(held) = catalogue.campaigns.get(campaign) else {
        return touched;
    };
    touched.render.extend([
        Page::Home,
        Page::Campaigns,
        Page::CampaignsOf(held.space.clone()),
        Page::Campaign(campaign.clone()),
        Page::Space(held.space.clone()),
    ]);
    touched
        .render
        .extend(PhaseGroup::ALL.map(Page::CampaignsIn));
    let cards = contributions.cards(campaign);
    let place = cards.all().iter().position(|card| card.id == *idea);
    touch_lists(&mut touched, catalogue, campaign, cards, place, change);
    if let Change::Idea(..) = change {
        touch_indexes(&mut touched, campaign, cards.all(), place);
    }
    if let Some(results) = catalogue.results.get(campaign) {
        for (place, finding) in results.findings.iter().enumerate() {
            if finding.contributions.contains(idea) {
                touched.render.insert(Page::Results(campaign.clone()));
                touched
                    .render
                    .insert(Page::Finding(campaign.clone(), place + 1));
            }
        }
    }
    let mut pages = idea_pages(campaign, idea, contributions);
    if contributions.moved.contains_key(idea) {
        pages = vec![Page::Moved(campaign.clone(), idea.clone())];
    }
    let after = pages.len() + 1;
    touched
        .remove_from
        .insert(Page::Idea(campaign.clone(), idea.clone(), after));
    touched.render.extend(pages);
    touched
}

/// The lists of ideas on which the one at `place` stands, or stood.
fn touch_lists(
    touched: &mut Touched,
    catalogue: &Catalogue,
    campaign: &Slug,
    cards: &Cards,
    place: Option<usize>,
    change: &Change,
) {
    let page = |list: &IdeaList, number| Page::Ideas(campaign.clone(), list.clone(), number);
    for list in lists(catalogue, campaign, cards) {
        let listed = cards.listed(&list);
        let series = Series::of(listed.len());
        let numbers = numbers(&list, listed.len());
        let last = numbers.last().copied().unwrap_or(Series::FIRST);
        let render: Vec<usize> = match (&list, place, change) {
            // Nobody knows where it stood in the ranking.
            (IdeaList::Liked, ..) => numbers,
            (_, None, Change::Idea(..)) => numbers,
            (_, None, Change::Replies(..)) => Vec::new(),
            (_, Some(place), _) => match (listed.position(place), change) {
                (Some(here), Change::Idea(..)) => series.touched(here).collect(),
                (Some(here), Change::Replies(..)) => {
                    let holds = |number: &usize| series.range(*number).contains(&here);
                    numbers.into_iter().filter(holds).collect()
                }
                // A first page says how many ideas each list has.
                (None, Change::Idea(..)) => vec![Series::FIRST],
                (None, Change::Replies(..)) => Vec::new(),
            },
        };
        touched
            .render
            .extend(render.into_iter().map(|number| page(&list, number)));
        // A ranking is numbered 0, 2, 3…, since its first page is the first.
        let after = match list {
            IdeaList::Liked => (last + 1).max(2),
            _ => last + 1,
        };
        touched.remove_from.insert(page(&list, after));
    }
}

/// What the search and robots read of the idea at `place`, or of one that was anywhere.
fn touch_indexes(touched: &mut Touched, campaign: &Slug, cards: &[IdeaCard], place: Option<usize>) {
    let files = |initial| Page::SearchIdeas(campaign.clone(), initial);
    if cards.is_empty() {
        touched
            .remove_from
            .extend(search::INITIALS.chars().map(files));
    } else {
        // The first idea of a campaign makes all files.
        match place {
            Some(place) if cards.len() > 1 => {
                let initials = search::initials(&cards[place]);
                touched.render.extend(initials.into_iter().map(files));
            }
            _ => touched.render.extend(search::INITIALS.chars().map(files)),
        }
    }
    let sitemaps = cards.len().div_ceil(PER_SITEMAP);
    let first = place.map_or(1, |place| (cards.len() - 1 - place) / PER_SITEMAP + 1);
    let sitemap = |number| Page::SitemapIdeas(campaign.clone(), number);
    touched.render.extend((first..=sitemaps).map(sitemap));
    touched.remove_from.insert(sitemap(sitemaps + 1));
    touched
        .render
        .extend([Page::Sitemap, Page::Search, Page::SearchIndex]);
}

/// The page after this one in its series of numbered pages; none where it has no series.
#[must_use]
pub fn following(page: &Page) -> Option<Page> {
    match page {
        Page::Ideas(campaign, list, number) => {
            Some(Page::Ideas(campaign.clone(), list.clone(), number + 1))
        }
        Page::Idea(campaign, idea, number) => {
            Some(Page::Idea(campaign.clone(), idea.clone(), number + 1))
        }
        Page::SitemapIdeas(campaign, number) => {
            Some(Page::SitemapIdeas(campaign.clone(), number + 1))
        }
        _ => None,
    }
}
