//! From a change, the pages that it touches.

use std::collections::BTreeSet;

use domain::{Campaign, ContributionId, IdeaCard, Sentiment, Slug, Testimonial};
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
    /// A testimonial was published, was answered, or is no longer.
    Testimonial(TestimonialChange),
    /// How many people had the same experience as a published testimonial changed.
    Same(TestimonialChange),
}

/// A testimonial that changed, and where it is shown, or was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestimonialChange {
    /// The testimonial.
    pub id: ContributionId,
    /// When it was first published; none where it never was.
    pub published_at: Option<Timestamp>,
    space: Slug,
    sentiment: Sentiment,
    department: Option<String>,
    structures: BTreeSet<Slug>,
}

impl TestimonialChange {
    /// A change of a testimonial. `formerly` are structures that it concerned, in any order: it
    /// may be on their lists.
    pub fn of(
        testimonial: &Testimonial,
        published_at: Option<Timestamp>,
        formerly: impl IntoIterator<Item = Slug>,
    ) -> Self {
        let now = testimonial.structures.iter().cloned();
        Self {
            id: testimonial.id.clone(),
            published_at,
            space: testimonial.space.clone(),
            sentiment: testimonial.sentiment,
            department: testimonial.department.clone(),
            structures: now.chain(formerly).collect(),
        }
    }

    /// The lists that it is on, or was: whether it was answered may be what changed.
    fn lists(&self) -> impl Iterator<Item = TestimonialList> + '_ {
        let structures = self.structures.iter().cloned();
        let department = self.department.clone();
        [
            TestimonialList::All,
            TestimonialList::Answered,
            TestimonialList::Unanswered,
            TestimonialList::Felt(self.sentiment),
            TestimonialList::Space(self.space.clone()),
        ]
        .into_iter()
        .chain(structures.map(TestimonialList::Structure))
        .chain(department.map(TestimonialList::Department))
    }
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
        Change::Testimonial(testimonial) => {
            return touched_by_testimonial(catalogue, contributions, testimonial);
        }
        Change::Same(testimonial) => return touched_by_same(contributions, testimonial),
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

/// The pages that a testimonial touches: of each list that it is on or was, those from where it
/// stands, or would; and the first pages that say how many the others have.
fn touched_by_testimonial(
    catalogue: &Catalogue,
    contributions: &Contributions,
    change: &TestimonialChange,
) -> Touched {
    let cards = &contributions.testimonial_cards;
    let at = change.published_at.unwrap_or(Timestamp::MIN);
    let mut touched = Touched::default();
    touched.render.extend([
        Page::Home,
        Page::Feed(Feed::Testimonials),
        Page::Sitemap,
        Page::Space(change.space.clone()),
        Page::Feed(Feed::Space(change.space.clone())),
    ]);
    let indexes = TestimonialIndex::ALL.map(Page::TestimonialsBy);
    touched.render.extend(indexes);
    for list in change.lists() {
        let count = cards.count(&list);
        let page = |number| Page::Testimonials(list.clone(), number);
        // A department that nobody writes from any more has no page.
        if count == 0 && matches!(list, TestimonialList::Department(_)) {
            touched.remove_from.insert(page(Series::FIRST));
            continue;
        }
        let series = Series::of(count);
        let here = cards.more_recent(&list, (at, &change.id));
        touched.render.extend(series.touched(here).map(page));
        let after = series.newest().unwrap_or(Series::FIRST) + 1;
        touched.remove_from.insert(page(after));
    }
    let beside = counting(catalogue, cards, &change.structures).map(|list| {
        let first = Series::FIRST;
        Page::Testimonials(list, first)
    });
    touched.render.extend(beside);
    let page = Page::Testimonial(change.id.clone());
    if contributions.testimonials.contains_key(&change.id) {
        touched.render.insert(page);
    } else {
        touched.remove_from.insert(page);
    }
    let count = cards.all().len();
    let place = cards.more_recent(&TestimonialList::All, (at, &change.id));
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

/// The pages that say how many people had the same experience: a testimonial stays where it is.
fn touched_by_same(contributions: &Contributions, change: &TestimonialChange) -> Touched {
    let cards = &contributions.testimonial_cards;
    let at = change.published_at.unwrap_or(Timestamp::MIN);
    let mut touched = Touched::default();
    touched.render.extend([
        Page::Home,
        Page::Space(change.space.clone()),
        Page::Testimonial(change.id.clone()),
    ]);
    for list in change.lists() {
        let series = Series::of(cards.count(&list));
        let here = cards.more_recent(&list, (at, &change.id));
        let holds = |number: &usize| series.range(*number).contains(&here);
        let numbers = series.numbers().filter(holds);
        let page = |number| Page::Testimonials(list.clone(), number);
        touched.render.extend(numbers.map(page));
    }
    touched
}

/// The lists whose first page says how many others have: those of all, and those of the spaces of
/// these structures, with their other structures.
fn counting(
    catalogue: &Catalogue,
    cards: &TestimonialCards,
    structures: &BTreeSet<Slug>,
) -> impl Iterator<Item = TestimonialList> {
    let concerned = structures.iter();
    let concerned = concerned.filter_map(|slug| catalogue.structures.get(slug));
    let spaces: BTreeSet<&Slug> = concerned.map(|structure| &structure.space).collect();
    let lists = cards.lists(catalogue).into_iter();
    lists.filter(move |list| match list {
        TestimonialList::Space(space) => spaces.contains(space),
        TestimonialList::Structure(slug) => {
            let structure = catalogue.structures.get(slug);
            structure.is_some_and(|structure| spaces.contains(&structure.space))
        }
        list => list.is_of_all(),
    })
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
