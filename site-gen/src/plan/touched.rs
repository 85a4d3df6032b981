//! From a change, the pages that it touches.

use std::collections::BTreeSet;

use domain::{Campaign, ContributionId, IdeaCard, Slug};
use jiff::Timestamp;

use super::{
    Feed, IdeaList, PER_SITEMAP, Page, PhaseGroup, Series, TestimonialIndex, TestimonialList,
    idea_pages, lists, numbers, survey_pages,
};
use crate::cards::Cards;
use crate::catalogue::Catalogue;
use crate::contributions::Contributions;
use crate::search;
use crate::testimonials::TestimonialCards;

/// Something published that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An idea was published, or is no longer.
    Idea(Slug, ContributionId),
    /// The likes or the comments of an idea changed, or what was answered.
    Replies(Slug, ContributionId),
    /// Answers to the survey of a campaign came, or were taken back.
    Survey(Slug),
    /// A testimonial was published at that time, was answered, or is no longer.
    Testimonial(ContributionId, Timestamp),
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

/// The pages that a change touches. `contributions` holds the cards of the campaign or of the
/// testimonials, the tallies of all, and the idea or the testimonial where it is published.
#[must_use]
pub fn touched(catalogue: &Catalogue, contributions: &Contributions, change: &Change) -> Touched {
    let (campaign, idea) = match change {
        Change::Idea(campaign, idea) | Change::Replies(campaign, idea) => (campaign, idea),
        Change::Survey(campaign) => return touched_by_survey(catalogue, contributions, campaign),
        Change::Testimonial(id, at) => {
            return touched_by_testimonial(catalogue, contributions, id, *at);
        }
    };
    let mut touched = Touched::default();
    let Some(held) = catalogue.campaigns.get(campaign) else {
        return touched;
    };
    touched.render.extend(with_card(held));
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

/// The pages that say how much was contributed to a campaign.
fn with_card(campaign: &Campaign) -> Vec<Page> {
    let mut pages = vec![
        Page::Home,
        Page::Campaigns,
        Page::CampaignsOf(campaign.space.clone()),
        Page::Campaign(campaign.slug.clone()),
        Page::Space(campaign.space.clone()),
    ];
    pages.extend(PhaseGroup::ALL.map(Page::CampaignsIn));
    pages
}

fn touched_by_survey(
    catalogue: &Catalogue,
    contributions: &Contributions,
    campaign: &Slug,
) -> Touched {
    let mut touched = Touched::default();
    if let Some(held) = catalogue.campaigns.get(campaign) {
        touched.render.extend(with_card(held));
        if held.survey.is_some() {
            let pages = survey_pages(campaign, contributions);
            // Where some were taken back, too few may be left to be told by group.
            let crosses = Page::SurveyCrosses(campaign.clone());
            if !pages.contains(&crosses) {
                touched.remove_from.insert(crosses);
            }
            touched.render.extend(pages);
        }
    }
    touched
}

/// The pages that a testimonial touches that was published at `at`. Nobody knows on which lists it
/// stood before: on each, the pages from where it stands, or would.
fn touched_by_testimonial(
    catalogue: &Catalogue,
    contributions: &Contributions,
    id: &ContributionId,
    at: Timestamp,
) -> Touched {
    let cards = &contributions.testimonial_cards;
    let mut touched = Touched::default();
    touched
        .render
        .extend([Page::Home, Page::Feed(Feed::Testimonials), Page::Sitemap]);
    let indexes = TestimonialIndex::ALL.map(Page::TestimonialsBy);
    touched.render.extend(indexes);
    let takes = catalogue.spaces.values();
    let takes = takes.filter(|space| space.testimonials.is_some());
    let spaces = takes.map(|space| Page::Space(space.slug.clone()));
    touched.render.extend(spaces);
    for list in cards.lists(catalogue) {
        let series = Series::of(cards.count(&list));
        let here = cards.more_recent(&list, (at, id));
        let numbers = series.touched(here);
        let page = |number| Page::Testimonials(list.clone(), number);
        touched.render.extend(numbers.map(page));
        let after = series.newest().unwrap_or(Series::FIRST) + 1;
        touched.remove_from.insert(page(after));
    }
    // A department that nobody writes from any more has no page.
    let departments = silent_departments(cards);
    touched.remove_from.extend(departments);
    let page = Page::Testimonial(id.clone());
    if contributions.testimonials.contains_key(id) {
        touched.render.insert(page);
    } else {
        touched.remove_from.insert(page);
    }
    let count = cards.all().len();
    let place = cards.more_recent(&TestimonialList::All, (at, id));
    let first = count.saturating_sub(place + 1) / PER_SITEMAP + 1;
    let last = count.div_ceil(PER_SITEMAP);
    touched
        .render
        .extend((first..=last).map(Page::SitemapTestimonials));
    touched
        .remove_from
        .insert(Page::SitemapTestimonials(last + 1));
    touched
}

/// The first pages of the departments that no testimonial is from.
fn silent_departments(cards: &TestimonialCards) -> impl Iterator<Item = Page> + '_ {
    let lists = crate::departments::ALL.iter();
    let lists = lists.map(|(code, ..)| TestimonialList::Department((*code).to_owned()));
    let empty = lists.filter(|list| cards.count(list) == 0);
    empty.map(|list| Page::Testimonials(list, Series::FIRST))
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
            (_, None, _) => Vec::new(),
            (_, Some(place), _) => match (listed.position(place), change) {
                (Some(here), Change::Idea(..)) => series.touched(here).collect(),
                (Some(here), _) => {
                    let holds = |number: &usize| series.range(*number).contains(&here);
                    numbers.into_iter().filter(holds).collect()
                }
                // A first page says how many ideas each list has.
                (None, Change::Idea(..)) => vec![Series::FIRST],
                (None, _) => Vec::new(),
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
        Page::Testimonials(list, number) => Some(Page::Testimonials(list.clone(), number + 1)),
        Page::SitemapTestimonials(number) => Some(Page::SitemapTestimonials(number + 1)),
        Page::SitemapIdeas(campaign, number) => {
            Some(Page::SitemapIdeas(campaign.clone(), number + 1))
        }
        _ => None,
    }
}
