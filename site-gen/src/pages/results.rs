//! Pages of results, and of what became of campaigns.

use domain::{Campaign, Chart, Correction, Finding, Results, Slug};

use super::{Paging, Rendered};
use crate::address;
use crate::charts;
use crate::contributions::Tally;
use crate::dates;
use crate::markdown;
use crate::messages::number;
use crate::render::Made;
use crate::view::{
    CorrectionView, FigureView, FindingView, Head, IdeaCardView, Link, ResultsCard, ResultsView,
    VerbatimView,
};

impl Paging<'_> {
    pub(super) fn results(&self, slug: &Slug) -> Option<Rendered> {
        let catalogue = self.renderer.catalogue();
        let results = catalogue.results.get(slug)?;
        let campaign = self.campaign_of(slug)?;
        let card = self.views.results_card(results)?;
        let trail = self.renderer.trail(campaign);
        let head = Head {
            feed: self.feed_link("results", address::RESULTS_FEED),
            ..self.head_of(campaign, &results.title, &results.summary, trail)
        };
        let shown: Vec<&Slug> = results
            .findings
            .iter()
            .filter_map(|one| one.chart.as_ref())
            .collect();
        let others = results
            .charts
            .iter()
            .filter(|chart| !shown.contains(&&chart.id));
        let view = ResultsView {
            card,
            figures: results.figures.iter().map(figure).collect(),
            findings: results
                .findings
                .iter()
                .enumerate()
                .map(|(place, finding)| self.finding_view(results, place + 1, finding))
                .collect(),
            led_to: links_to(catalogue.led_to(slug).into_iter()),
            charts: others.map(|chart| self.chart(slug, chart)).collect(),
            commitments: results.commitments.clone(),
            declined: results.declined.clone(),
            body: self.markdown(&results.body),
            corrections: results
                .corrections
                .iter()
                .map(|it| self.correction(it))
                .collect(),
        };
        let outcome = catalogue.outcome_news_of(slug).next();
        let view = serde_json::json!({
            "campaign": self.views.campaign_card(campaign, Tally::default()),
            "results": view,
            "outcome": outcome.map(|news| self.views.outcome_card(news)),
        });
        Some(self.document("results.html", &head, &view))
    }

    pub(super) fn finding(&self, slug: &Slug, number: usize) -> Option<Rendered> {
        let results = self.renderer.catalogue().results.get(slug)?;
        let campaign = self.campaign_of(slug)?;
        let finding = results.findings.get(number.checked_sub(1)?)?;
        let mut trail = self.renderer.trail(campaign);
        trail.push(Link::new(
            self.said("results.crumb", &[]),
            address::results(slug),
        ));
        let head = self.head_of(campaign, &finding.title, &results.summary, trail);
        let ideas: Vec<IdeaCardView> = finding
            .contributions
            .iter()
            .filter_map(|id| self.contributions.cards(slug).card(id))
            .map(|card| self.views.idea_card(slug, card))
            .collect();
        let missing = finding.contributions.len() - ideas.len();
        let shown = FindingView {
            chart: None,
            ..self.finding_view(results, number, finding)
        };
        let view = serde_json::json!({
            "campaign": self.views.campaign_card(campaign, Tally::default()),
            "results": self.views.results_card(results)?,
            "finding": shown,
            "ideas": ideas,
            "missing": missing,
        });
        Some(self.document("finding.html", &head, &view))
    }

    fn finding_view(&self, results: &Results, number: usize, finding: &Finding) -> FindingView {
        let campaign = &results.campaign;
        let catalogue = self.renderer.catalogue();
        let count = finding.contributions.len() as u64;
        let chart = finding.chart.as_ref();
        let chart = chart.and_then(|id| results.charts.iter().find(|chart| chart.id == *id));
        FindingView {
            number,
            id: self.said("results.anchor", &[("number", number.to_string())]),
            title: finding.title.clone(),
            body: self.markdown(&finding.body),
            verbatims: finding
                .verbatims
                .iter()
                .map(|verbatim| VerbatimView {
                    text: verbatim.text.clone(),
                    idea: self
                        .contributions
                        .cards(campaign)
                        .card(&verbatim.contribution)
                        .map(|card| {
                            let href = address::idea(campaign, &card.id, 1);
                            Link::new(card.title.as_str(), href)
                        }),
                })
                .collect(),
            chart: chart.map(|chart| self.chart(campaign, chart)),
            based_on: (count > 0).then(|| {
                let words = self.views.messages.count("results.based-on", count);
                Link::new(words, address::finding(campaign, number))
            }),
            news: catalogue
                .outcome_news_on(campaign, number)
                .map(|news| self.views.outcome_card(news))
                .collect(),
            led_to: links_to(catalogue.led_to_by(campaign, number)),
        }
    }

    fn correction(&self, correction: &Correction) -> CorrectionView {
        CorrectionView {
            date: dates::short_day(correction.date, self.views.messages),
            date_iso: correction.date.to_string(),
            text: correction.text.clone(),
        }
    }

    fn chart(&self, campaign: &Slug, chart: &Chart) -> crate::view::ChartView {
        let csv_href = address::chart_table(campaign, &chart.id);
        charts::view(csv_href, chart, self.views.messages)
    }

    pub(super) fn chart_table(&self, slug: &Slug, id: &Slug) -> Option<Made> {
        let results = self.renderer.catalogue().results.get(slug)?;
        let chart = results.charts.iter().find(|chart| chart.id == *id)?;
        Some(self.text(charts::csv(chart, self.views.messages)))
    }

    pub(super) fn all_results(&self) -> Rendered {
        const OUTCOMES: usize = 5;
        let head = Head {
            feed: self.feed_link("results", address::RESULTS_FEED),
            ..self.head("results", self.renderer.trail_home())
        };
        let outcomes = self.renderer.catalogue().outcome_news.iter().take(OUTCOMES);
        let outcomes: Vec<_> = outcomes.map(|news| self.views.outcome_card(news)).collect();
        let view = serde_json::json!({
            "results": self.result_cards(usize::MAX),
            "outcomes": outcomes,
        });
        self.document("all-results.html", &head, &view)
    }

    /// Results, the most recent first.
    pub(super) fn result_cards(&self, limit: usize) -> Vec<ResultsCard> {
        let mut results: Vec<&Results> = self.renderer.catalogue().results.values().collect();
        results.sort_by(|a, b| (b.published, &a.campaign).cmp(&(a.published, &b.campaign)));
        let cards = results
            .into_iter()
            .filter_map(|results| self.views.results_card(results));
        cards.take(limit).collect()
    }

    pub(super) fn outcome_news(&self, slug: &Slug) -> Option<Rendered> {
        let campaign = self.campaign_of(slug)?;
        let catalogue = self.renderer.catalogue();
        let news: Vec<_> = catalogue
            .outcome_news_of(slug)
            .map(|news| self.views.outcome_news(news))
            .collect();
        let args = [("campaign", campaign.short.clone())];
        let head = Head {
            feed: self.feed_link("results", address::RESULTS_FEED),
            ..self.head_of(
                campaign,
                self.said("head.outcome-news.title", &args),
                self.said("head.outcome-news.description", &args),
                self.renderer.trail(campaign),
            )
        };
        let results = catalogue.results.get(slug);
        let view = serde_json::json!({
            "campaign": self.views.campaign_card(campaign, Tally::default()),
            "results": results.map(|results| Link::new(&results.title, address::results(slug))),
            "news": news,
        });
        Some(self.document("outcome-news.html", &head, &view))
    }

    fn markdown(&self, text: &str) -> String {
        markdown::editors(text, &self.renderer.catalogue().images)
    }
}

/// Campaigns by their subjects.
fn links_to<'c>(campaigns: impl Iterator<Item = &'c Campaign>) -> Vec<Link> {
    campaigns
        .map(|campaign| Link::new(&campaign.short, address::campaign(&campaign.slug)))
        .collect()
}

pub(crate) fn figure(figure: &domain::Figure) -> FigureView {
    FigureView {
        value: number(figure.value),
        label: figure.label.clone(),
        note: figure.note.clone(),
    }
}
