//! Views of what is told back: news, results, and what became of campaigns.

use domain::{Origin, Slug};

use crate::address;
use crate::catalogue::NewsCard;
use crate::dates;
use crate::markdown;
use crate::view::{Link, NewsCardView, OriginView, OutcomeNewsCard, OutcomeNewsView, ResultsCard};

use super::Views;

impl Views<'_> {
    /// Something new, in a list.
    #[must_use]
    pub fn news_card(&self, news: &NewsCard) -> NewsCardView {
        NewsCardView {
            href: address::news(&news.slug),
            title: news.title.clone(),
            summary: news.summary.clone(),
            date: dates::short_day(news.date, self.messages),
            date_iso: news.date.to_string(),
        }
    }

    /// News of what became of a campaign, in a list.
    #[must_use]
    pub fn outcome_card(&self, news: &domain::OutcomeNews) -> OutcomeNewsCard {
        let all_href = address::outcome_news(&news.campaign);
        let campaign = self.catalogue.campaigns.get(&news.campaign);
        OutcomeNewsCard {
            campaign: campaign.map_or_else(String::new, |campaign| campaign.short.clone()),
            href: format!("{all_href}#{}", news.slug),
            all_href,
            title: news.title.clone(),
            summary: news.summary.clone(),
            date: dates::short_day(news.date, self.messages),
            date_iso: news.date.to_string(),
        }
    }

    /// The same, whole.
    #[must_use]
    pub fn outcome_news(&self, news: &domain::OutcomeNews) -> OutcomeNewsView {
        OutcomeNewsView {
            card: self.outcome_card(news),
            id: news.slug.to_string(),
            body: markdown::editors(&news.body, &self.catalogue.images),
            findings: self.findings(&news.campaign, &news.findings),
        }
    }

    /// Findings of a campaign, by their numbers (from 1).
    fn findings(&self, campaign: &Slug, numbers: &[usize]) -> Vec<Link> {
        let found = self.catalogue.findings_of(campaign, numbers);
        found
            .map(|(number, finding)| Link::new(&finding.title, address::finding(campaign, number)))
            .collect()
    }

    /// Where a campaign comes from; none where the broader campaign is not in the catalogue.
    #[must_use]
    pub fn origin(&self, from: &Origin) -> Option<OriginView> {
        let campaign = self.catalogue.campaigns.get(&from.campaign)?;
        let href = match self.catalogue.results.contains_key(&from.campaign) {
            true => address::results(&from.campaign),
            false => address::campaign(&from.campaign),
        };
        Some(OriginView {
            findings: self.findings(&from.campaign, &from.findings),
            campaign: Link::new(&campaign.short, href),
        })
    }

    /// Results in a list; none where their campaign is not in the catalogue.
    #[must_use]
    pub fn results_card(&self, results: &domain::Results) -> Option<ResultsCard> {
        let campaign = self.catalogue.campaigns.get(&results.campaign)?;
        let space = self.catalogue.spaces.get(&campaign.space)?;
        Some(ResultsCard {
            href: address::results(&results.campaign),
            title: results.title.clone(),
            summary: results.summary.clone(),
            campaign: campaign.short.clone(),
            space: space.name.clone(),
            date: dates::short_day(results.published, self.messages),
            date_iso: results.published.to_string(),
            figure: results.figures.first().map(crate::pages::figure),
        })
    }
}
