//! The plan: which pages exist, and from a change, the pages that it touches.

mod kinds;
mod statistics;
mod touched;

use std::collections::BTreeSet;

use domain::{ContributionId, Slug, StatisticsOf};

use crate::address;
use crate::cards::Cards;
use crate::catalogue::Catalogue;
use crate::contributions::Contributions;
use crate::search;
pub use crate::series::{PER_PAGE, Series};
pub use kinds::{Feed, IdeaList, PhaseGroup, SurveyFile, TestimonialIndex, TestimonialList};
pub(crate) use statistics::{COMPARED_PER_PAGE, compared};
pub use statistics::{StatisticsForm, statistics_pages};
pub use touched::{Change, TestimonialChange, Touched, following, touched};

/// How many comments stand on a page of an idea.
pub const COMMENTS_PER_PAGE: usize = 20;
/// How many ideas the list of the most liked ones holds.
pub const MOST_LIKED: usize = 200;
/// How many addresses a sitemap holds at most (the protocol allows 50,000:
/// <https://www.sitemaps.org/protocol.html>).
pub const PER_SITEMAP: usize = 10_000;

/// A page of the site, or a file that is made like one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// The home page: open campaigns, results, news, spaces; made of the catalogue and the tallies.
    Home,
    /// All campaigns by phase; made of the same.
    Campaigns,
    /// The campaigns of some phases.
    CampaignsIn(PhaseGroup),
    /// The campaigns of a space.
    CampaignsOf(Slug),
    /// A campaign; made of it, its tally and its three most recent cards.
    Campaign(Slug),
    /// The form of an idea, or what is said when none is taken; made of the campaign.
    Propose(Slug),
    /// The first page of a campaign's survey, or what is said when none is answered; made of the
    /// campaign.
    Survey(Slug),
    /// What was answered to a campaign's survey, or when that will be told; made of the campaign and
    /// of the answers, counted.
    SurveyResults(Slug),
    /// Questions of it by the answers to others; made of the same.
    SurveyCrosses(Slug),
    /// The same as a file; made of the same.
    SurveyFile(Slug, SurveyFile),
    /// A page of a list of a campaign's ideas; made of the campaign and its cards.
    Ideas(Slug, IdeaList, usize),
    /// An idea with a page (from 1) of its comments; made of the idea, its campaign and the
    /// results that cite it.
    Idea(Slug, ContributionId, usize),
    /// Where an idea was that was grouped with another; made of which.
    Moved(Slug, ContributionId),
    /// The results of a campaign; made of them and of which of the ideas cited are published.
    Results(Slug),
    /// The ideas that a finding (from 1) rests on; made of the results and their cards.
    Finding(Slug, usize),
    /// The figures of a chart of a campaign's results, as CSV.
    ChartTable(Slug, Slug),
    /// All results.
    AllResults,
    /// What became of a campaign.
    OutcomeNews(Slug),
    /// A page of the list of news.
    AllNews(usize),
    /// Something new; made of its file alone.
    News(Slug),
    /// All spaces.
    Spaces,
    /// A space and its campaigns; made of them and the tallies.
    Space(Slug),
    /// A static page.
    Static(Slug),
    /// The search, and without a script an index of what can be found.
    Search,
    /// What the search reads, but for ideas.
    SearchIndex,
    /// The ideas of a campaign that have a word of this initial.
    SearchIdeas(Slug, char),
    /// A page of a list of testimonials; made of their cards, the spaces and the structures.
    Testimonials(TestimonialList, usize),
    /// The lists of testimonials of each space, or of each department; made of their counts.
    TestimonialsBy(TestimonialIndex),
    /// A testimonial, with what structures answer; made of it.
    Testimonial(ContributionId),
    /// How one tells an experience, and to which space; made of the catalogue.
    Tell,
    /// The form of a testimonial to a space; made of the space and its structures.
    TellTo(Slug),
    /// The figures of testimonials; made of what became of each, the spaces and the structures.
    Statistics(StatisticsOf, StatisticsForm),
    /// What became of each testimonial, as open data; made of the same.
    TestimonialFacts,
    /// A feed.
    Feed(Feed),
    /// The map of the site; made of the catalogue.
    SiteMap,
    /// The list of sitemaps.
    Sitemap,
    /// The sitemap of all but ideas and news.
    SitemapPages,
    /// A sitemap (from 1) of a campaign's ideas, the oldest first.
    SitemapIdeas(Slug, usize),
    /// A sitemap (from 1) of news, the oldest first.
    SitemapNews(usize),
    /// A sitemap (from 1) of testimonials, the oldest first.
    SitemapTestimonials(usize),
    /// What robots may read.
    Robots,
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
            Self::CampaignsIn(group) => address::campaigns_in(*group),
            Self::CampaignsOf(space) => address::campaigns_of(space),
            Self::Campaign(campaign) => address::campaign(campaign),
            Self::Propose(campaign) => address::propose(campaign),
            Self::Survey(campaign) => address::survey(campaign),
            Self::SurveyResults(campaign) => address::survey_results(campaign),
            Self::SurveyCrosses(campaign) => address::survey_crosses(campaign),
            Self::SurveyFile(campaign, file) => address::survey_file(campaign, *file),
            Self::Ideas(campaign, list, number) => address::ideas(campaign, list, *number),
            Self::Idea(campaign, idea, number) => address::idea(campaign, idea, *number),
            Self::Moved(campaign, idea) => address::idea(campaign, idea, 1),
            Self::Results(campaign) => address::results(campaign),
            Self::Finding(campaign, number) => address::finding(campaign, *number),
            Self::ChartTable(campaign, chart) => address::chart_table(campaign, chart),
            Self::AllResults => address::RESULTS.to_owned(),
            Self::OutcomeNews(campaign) => address::outcome_news(campaign),
            Self::AllNews(number) => address::all_news(*number),
            Self::News(news) => address::news(news),
            Self::Spaces => address::SPACES.to_owned(),
            Self::Space(space) => address::space(space),
            Self::Static(page) => address::page(page),
            Self::Search => address::SEARCH.to_owned(),
            Self::SearchIndex => address::SEARCH_INDEX.to_owned(),
            Self::SearchIdeas(campaign, initial) => address::search_ideas(campaign, *initial),
            Self::Testimonials(list, number) => address::testimonials(list, *number),
            Self::TestimonialsBy(index) => address::testimonials_by(*index),
            Self::Testimonial(id) => address::testimonial(id),
            Self::Tell => address::TELL.to_owned(),
            Self::TellTo(space) => address::tell(space),
            Self::Statistics(of, form) => address::statistics(of, *form),
            Self::TestimonialFacts => address::TESTIMONIAL_FACTS.to_owned(),
            Self::Feed(Feed::Testimonials) => address::TESTIMONIALS_FEED.to_owned(),
            Self::Feed(Feed::Campaigns) => address::CAMPAIGNS_FEED.to_owned(),
            Self::Feed(Feed::Results) => address::RESULTS_FEED.to_owned(),
            Self::Feed(Feed::News) => address::NEWS_FEED.to_owned(),
            Self::Feed(Feed::Space(space)) => address::space_feed(space),
            Self::SiteMap => address::SITE_MAP.to_owned(),
            Self::Sitemap => address::SITEMAP.to_owned(),
            Self::SitemapPages => address::SITEMAP_PAGES.to_owned(),
            Self::SitemapIdeas(campaign, number) => address::sitemap_ideas(campaign, *number),
            Self::SitemapNews(number) => address::sitemap_news(*number),
            Self::SitemapTestimonials(number) => address::sitemap_testimonials(*number),
            Self::Robots => address::ROBOTS.to_owned(),
            Self::NotFound => "/404.html".to_owned(),
        }
    }

    /// The file that holds the page, by its path with `/`.
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

/// What the search reads of a campaign that has ideas: a file for each initial, whatever it holds.
pub fn search_files(campaign: &Slug) -> impl Iterator<Item = Page> {
    let initials = search::INITIALS.chars();
    initials.map(|initial| Page::SearchIdeas(campaign.clone(), initial))
}

/// Every page of the site but those of the news, which are made of their files.
#[must_use]
pub fn all(catalogue: &Catalogue, contributions: &Contributions) -> Vec<Page> {
    let mut pages = vec![
        Page::Home,
        Page::Campaigns,
        Page::AllResults,
        Page::Spaces,
        Page::Search,
        Page::SearchIndex,
        Page::Feed(Feed::Campaigns),
        Page::Feed(Feed::Results),
        Page::Feed(Feed::News),
        Page::SiteMap,
        Page::Sitemap,
        Page::SitemapPages,
        Page::Robots,
        Page::NotFound,
    ];
    pages.extend(PhaseGroup::ALL.map(Page::CampaignsIn));
    for space in catalogue.spaces.keys() {
        pages.push(Page::Space(space.clone()));
        pages.push(Page::CampaignsOf(space.clone()));
        pages.push(Page::Feed(Feed::Space(space.clone())));
    }
    pages.extend(catalogue.pages.keys().cloned().map(Page::Static));
    for (campaign, held) in &catalogue.campaigns {
        pages.push(Page::Campaign(campaign.clone()));
        pages.push(Page::Propose(campaign.clone()));
        if held.survey.is_some() {
            pages.push(Page::Survey(campaign.clone()));
            pages.extend(survey_pages(campaign, contributions));
        }
        let cards = contributions.cards(campaign);
        for list in lists(catalogue, campaign, cards) {
            let numbers = numbers(&list, cards.listed(&list).len()).into_iter();
            pages.extend(numbers.map(|number| Page::Ideas(campaign.clone(), list.clone(), number)));
        }
        let cards = cards.all();
        for card in cards {
            pages.extend(idea_pages(campaign, &card.id, contributions));
        }
        if !cards.is_empty() {
            pages.extend(search_files(campaign));
            let sitemaps = 1..=cards.len().div_ceil(PER_SITEMAP);
            pages.extend(sitemaps.map(|number| Page::SitemapIdeas(campaign.clone(), number)));
        }
    }
    pages.extend(testimonial_pages(catalogue, contributions));
    pages.extend(statistics_pages(catalogue, &contributions.facts));
    for moved in contributions.moved.values() {
        if catalogue.campaigns.contains_key(&moved.campaign) {
            pages.push(Page::Moved(moved.campaign.clone(), moved.moved.clone()));
        }
    }
    for (campaign, results) in &catalogue.results {
        pages.push(Page::Results(campaign.clone()));
        let findings = 1..=results.findings.len();
        pages.extend(findings.map(|number| Page::Finding(campaign.clone(), number)));
        let charts = results.charts.iter().map(|chart| chart.id.clone());
        pages.extend(charts.map(|chart| Page::ChartTable(campaign.clone(), chart)));
    }
    let followed: BTreeSet<&Slug> = catalogue
        .outcome_news
        .iter()
        .map(|news| &news.campaign)
        .collect();
    pages.extend(followed.into_iter().cloned().map(Page::OutcomeNews));
    pages.extend(
        Series::of(catalogue.news.len())
            .numbers()
            .map(Page::AllNews),
    );
    let sitemaps = 1..=catalogue.news.len().div_ceil(PER_SITEMAP);
    pages.extend(sitemaps.map(Page::SitemapNews));
    pages
}

/// The pages that say what was answered to a survey.
pub(crate) fn survey_pages(campaign: &Slug, contributions: &Contributions) -> Vec<Page> {
    let mut pages = vec![Page::SurveyResults(campaign.clone())];
    if let Some(results) = contributions.surveys.get(campaign) {
        if !results.crosses.is_empty() {
            pages.push(Page::SurveyCrosses(campaign.clone()));
        }
        let files = SurveyFile::ALL.into_iter();
        pages.extend(files.map(|file| Page::SurveyFile(campaign.clone(), file)));
    }
    pages
}

/// The pages of testimonials; none where no space takes any and none is published.
fn testimonial_pages(catalogue: &Catalogue, contributions: &Contributions) -> Vec<Page> {
    let cards = &contributions.testimonial_cards;
    let mut pages = Vec::new();
    if !catalogue.takes_testimonials() && cards.all().is_empty() {
        return pages;
    }
    pages.push(Page::Tell);
    pages.push(Page::Feed(Feed::Testimonials));
    let takes = catalogue
        .spaces
        .values()
        .filter(|it| it.testimonials.is_some());
    pages.extend(takes.map(|space| Page::TellTo(space.slug.clone())));
    for list in cards.lists(catalogue) {
        let numbers = Series::of(cards.count(&list)).numbers();
        pages.extend(numbers.map(|number| Page::Testimonials(list.clone(), number)));
    }
    pages.extend(TestimonialIndex::ALL.map(Page::TestimonialsBy));
    let ids = cards.all().iter().map(|card| card.id.clone());
    pages.extend(ids.map(Page::Testimonial));
    let sitemaps = 1..=cards.all().len().div_ceil(PER_SITEMAP);
    pages.extend(sitemaps.map(Page::SitemapTestimonials));
    pages
}

/// The lists of a campaign's ideas.
#[must_use]
pub fn lists(catalogue: &Catalogue, campaign: &Slug, cards: &Cards) -> Vec<IdeaList> {
    let mut lists = vec![IdeaList::Recent, IdeaList::Liked];
    let categories = categories(catalogue, campaign, cards);
    lists.extend(
        categories
            .into_iter()
            .map(|(slug, _)| IdeaList::Category(slug)),
    );
    lists
}

/// The categories of a campaign by their names in addresses.
#[must_use]
pub fn categories(catalogue: &Catalogue, campaign: &Slug, cards: &Cards) -> Vec<(Slug, String)> {
    let offered = catalogue.campaigns.get(campaign);
    cards.categories(offered.map_or(&[][..], |campaign| &campaign.categories))
}

/// The numbers of a list's pages. A ranking is numbered from its top: 0, then 2, 3…
fn numbers(list: &IdeaList, items: usize) -> Vec<usize> {
    match list {
        IdeaList::Liked => {
            let last = page_count(items, PER_PAGE);
            std::iter::once(Series::FIRST).chain(2..=last).collect()
        }
        _ => Series::of(items).numbers().collect(),
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

/// The pages of an idea that `contributions` holds, by the number of its comments.
#[must_use]
pub fn idea_pages(
    campaign: &Slug,
    idea: &ContributionId,
    contributions: &Contributions,
) -> Vec<Page> {
    let Some(published) = contributions.ideas.get(idea) else {
        return Vec::new();
    };
    (1..=page_count(published.comments.len(), COMMENTS_PER_PAGE))
        .map(|page| Page::Idea(campaign.clone(), idea.clone(), page))
        .collect()
}
