//! The plan: which pages exist, and from a change, the pages that it touches.

use std::collections::BTreeSet;

use domain::{ContributionId, Slug};

use crate::address;
use crate::catalogue::Catalogue;
use crate::contributions::Contributions;

/// How many ideas stand on a page of a list.
pub const IDEAS_PER_PAGE: usize = 20;
/// How many comments stand on a page of an idea.
pub const COMMENTS_PER_PAGE: usize = 30;

/// A page of the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// The home page: open campaigns, results, spaces; made of the catalogue and the tallies.
    Home,
    /// All campaigns by phase; made of the same.
    Campaigns,
    /// A campaign; made of it, its tally and its three most recent cards.
    Campaign(Slug),
    /// The form of an idea, or what is said when none is taken; made of the campaign.
    Propose(Slug),
    /// A page (from 1) of a campaign's ideas; made of the campaign and its cards.
    Ideas(Slug, usize),
    /// An idea with a page (from 1) of its comments; made of the idea and its campaign.
    Idea(Slug, ContributionId, usize),
    /// All spaces.
    Spaces,
    /// A space and its campaigns; made of them and the tallies.
    Space(Slug),
    /// A static page.
    Static(Slug),
    /// The map of the site; made of the catalogue.
    SiteMap,
    /// What is shown where there is no page.
    NotFound,
}

impl Page {
    /// The page's address.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Home => address::HOME.to_owned(),
            Self::Campaigns => address::CAMPAIGNS.to_owned(),
            Self::Campaign(campaign) => address::campaign(campaign),
            Self::Propose(campaign) => address::propose(campaign),
            Self::Ideas(campaign, page) => address::ideas(campaign, *page),
            Self::Idea(campaign, idea, page) => address::idea(campaign, idea, *page),
            Self::Spaces => address::SPACES.to_owned(),
            Self::Space(space) => address::space(space),
            Self::Static(page) => address::page(page),
            Self::SiteMap => address::SITE_MAP.to_owned(),
            Self::NotFound => "/404.html".to_owned(),
        }
    }

    /// The page's file in the site's folder.
    #[must_use]
    pub fn file(&self) -> String {
        let address = self.address();
        let path = address.trim_start_matches('/');
        if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        }
    }
}

/// Something published that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An idea was published, or is no longer.
    Idea(Slug, ContributionId),
    /// The likes or the comments of an idea changed.
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

/// Every page of the site.
#[must_use]
pub fn all(catalogue: &Catalogue, contributions: &Contributions) -> Vec<Page> {
    let mut pages = vec![
        Page::Home,
        Page::Campaigns,
        Page::Spaces,
        Page::SiteMap,
        Page::NotFound,
    ];
    pages.extend(catalogue.spaces.keys().cloned().map(Page::Space));
    pages.extend(catalogue.pages.keys().cloned().map(Page::Static));
    for campaign in catalogue.campaigns.keys() {
        pages.push(Page::Campaign(campaign.clone()));
        pages.push(Page::Propose(campaign.clone()));
        let cards = contributions.cards(campaign);
        pages.extend(
            (1..=page_count(cards.len(), IDEAS_PER_PAGE))
                .map(|page| Page::Ideas(campaign.clone(), page)),
        );
        for card in cards {
            pages.extend(idea_pages(campaign, &card.id, contributions));
        }
    }
    pages
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
        Page::Campaign(campaign.clone()),
        Page::Space(held.space.clone()),
    ]);
    let cards = contributions.cards(campaign);
    let list_pages = page_count(cards.len(), IDEAS_PER_PAGE);
    match change {
        Change::Idea(..) => {
            touched
                .render
                .extend((1..=list_pages).map(|page| Page::Ideas(campaign.clone(), page)));
            touched
                .remove_from
                .insert(Page::Ideas(campaign.clone(), list_pages + 1));
        }
        Change::Replies(..) => {
            if let Some(place) = cards.iter().position(|card| card.id == *idea) {
                let page = place / IDEAS_PER_PAGE + 1;
                touched.render.insert(Page::Ideas(campaign.clone(), page));
            }
        }
    }
    let pages = idea_pages(campaign, idea, contributions);
    let after = pages.len() + 1;
    touched
        .remove_from
        .insert(Page::Idea(campaign.clone(), idea.clone(), after));
    touched.render.extend(pages);
    touched
}

/// The page after this one in its series of numbered pages; none where it has no series.
#[must_use]
pub fn following(page: &Page) -> Option<Page> {
    match page {
        Page::Ideas(campaign, number) => Some(Page::Ideas(campaign.clone(), number + 1)),
        Page::Idea(campaign, idea, number) => {
            Some(Page::Idea(campaign.clone(), idea.clone(), number + 1))
        }
        _ => None,
    }
}

/// How many pages a list of `items` fills: at least one, which says that it is empty.
#[must_use]
pub fn page_count(items: usize, per_page: usize) -> usize {
    items.div_ceil(per_page).max(1)
}

/// The items of a page (from 1).
#[must_use]
pub fn page_of<T>(items: &[T], page: usize, per_page: usize) -> &[T] {
    let start = (page.saturating_sub(1) * per_page).min(items.len());
    let end = (start + per_page).min(items.len());
    &items[start..end]
}

fn idea_pages(campaign: &Slug, idea: &ContributionId, contributions: &Contributions) -> Vec<Page> {
    let Some(published) = contributions.ideas.get(idea) else {
        return Vec::new();
    };
    (1..=page_count(published.comments.len(), COMMENTS_PER_PAGE))
        .map(|page| Page::Idea(campaign.clone(), idea.clone(), page))
        .collect()
}
