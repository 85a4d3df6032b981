//! What editors wrote, compiled: the catalogue of spaces, campaigns and pages, and the bundle
//! in which it goes to the functions with the theme.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Campaign, OutcomeNews, Place, Results, Slug, Space, Structure};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::theme::ThemeSource;

/// What the site says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// One sentence.
    pub tagline: String,
    /// A description for search engines.
    pub description: String,
    /// Its state of accessibility, as RGAA names it: « non conforme »…
    pub accessibility: String,
    /// Where its source code is.
    pub source_code: String,
    /// Where one writes to its people.
    pub contact_email: String,
    /// Within how long contributions are read, in words.
    pub moderation_delay: String,
    /// What every page says of the site, such as that it is a demonstration.
    #[serde(default)]
    pub notice: Option<String>,
}

/// A static page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaticPage {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Its rank in the footer.
    pub order: i64,
    /// Its text, in Markdown.
    pub body: String,
}

/// Something new, as lists show it; its text stays in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsCard {
    /// Its name in addresses.
    pub slug: Slug,
    /// When.
    pub date: Date,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
}

/// All that editors wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The site.
    pub site: Site,
    /// The spaces, by slug.
    pub spaces: BTreeMap<Slug, Space>,
    /// The structures that testimonials are about, by slug; the space of each is among the spaces.
    #[serde(default)]
    pub structures: BTreeMap<Slug, Structure>,
    /// The campaigns, by slug; the space of each is among the spaces.
    pub campaigns: BTreeMap<Slug, Campaign>,
    /// The static pages, by slug.
    pub pages: BTreeMap<Slug, StaticPage>,
    /// The results of campaigns, by the campaign's slug.
    pub results: BTreeMap<Slug, Results>,
    /// What became of campaigns, the most recent first.
    pub outcome_news: Vec<OutcomeNews>,
    /// What is new, the most recent first.
    pub news: Vec<NewsCard>,
    /// The images of the content: the address that editors write → the one that they are at.
    pub images: BTreeMap<String, String>,
    /// The address of a page → the address of its picture for shared links, where it has its own.
    #[serde(default)]
    pub pictures: BTreeMap<String, String>,
}

impl Catalogue {
    /// The spaces in their order.
    #[must_use]
    pub fn spaces_in_order(&self) -> Vec<&Space> {
        let mut spaces: Vec<&Space> = self.spaces.values().collect();
        spaces.sort_by_key(|space| (space.order, &space.name));
        spaces
    }

    /// The space of a place; none where editors no longer have the campaign or the space.
    #[must_use]
    pub fn space_of(&self, place: &Place) -> Option<&Space> {
        let space = match place {
            Place::Campaign(campaign) => &self.campaigns.get(campaign)?.space,
            Place::Testimonials(space) => space,
        };
        self.spaces.get(space)
    }

    /// What a place is called in a list: a campaign's short name, or the name of a space.
    #[must_use]
    pub fn name_of(&self, place: &Place) -> String {
        let known = match place {
            Place::Campaign(slug) => self.campaigns.get(slug).map(|it| &it.short),
            Place::Testimonials(slug) => self.spaces.get(slug).map(|it| &it.name),
        };
        let (Place::Campaign(slug) | Place::Testimonials(slug)) = place;
        known.cloned().unwrap_or_else(|| slug.to_string())
    }

    /// Whether a space at least takes testimonials.
    #[must_use]
    pub fn takes_testimonials(&self) -> bool {
        self.spaces
            .values()
            .any(|space| space.testimonials.is_some())
    }

    /// The structures of a space, in their order.
    #[must_use]
    pub fn structures_of(&self, space: &Slug) -> Vec<&Structure> {
        let all = self.structures.values();
        let mut structures: Vec<&Structure> = all.filter(|it| it.space == *space).collect();
        structures.sort_by_key(|structure| (structure.order, &structure.name));
        structures
    }

    /// These structures, with all that they are parts of.
    #[must_use]
    pub fn and_above(&self, structures: &[Slug]) -> BTreeSet<Slug> {
        let mut all = BTreeSet::new();
        for structure in structures {
            let mut next = Some(structure);
            while let Some(slug) = next.filter(|slug| !all.contains(*slug)) {
                all.insert(slug.clone());
                next = self.structures.get(slug).and_then(|it| it.parent.as_ref());
            }
        }
        all
    }

    /// What became of a campaign, the most recent first.
    pub fn outcome_news_of(&self, campaign: &Slug) -> impl Iterator<Item = &OutcomeNews> {
        self.outcome_news
            .iter()
            .filter(move |news| news.campaign == *campaign)
    }

    /// What became of one finding (from 1) of a campaign, the most recent first.
    pub fn outcome_news_on(
        &self,
        campaign: &Slug,
        finding: usize,
    ) -> impl Iterator<Item = &OutcomeNews> {
        self.outcome_news_of(campaign)
            .filter(move |news| news.findings.contains(&finding))
    }

    /// The campaigns that come from this one, in the order in which they open.
    #[must_use]
    pub fn led_to(&self, campaign: &Slug) -> Vec<&Campaign> {
        let of = |it: &&Campaign| {
            it.from
                .as_ref()
                .is_some_and(|from| from.campaign == *campaign)
        };
        let mut found: Vec<&Campaign> = self.campaigns.values().filter(of).collect();
        found.sort_by_key(|campaign| (campaign.opens, &campaign.slug));
        found
    }

    /// Those of them that one finding (from 1) raised.
    pub fn led_to_by(&self, campaign: &Slug, finding: usize) -> impl Iterator<Item = &Campaign> {
        let raised = move |it: &&Campaign| {
            let from = it.from.as_ref();
            from.is_some_and(|from| from.findings.contains(&finding))
        };
        self.led_to(campaign).into_iter().filter(raised)
    }

    /// Findings of a campaign by their numbers (from 1), with each number.
    pub fn findings_of<'c>(
        &'c self,
        campaign: &Slug,
        numbers: &'c [usize],
    ) -> impl Iterator<Item = (usize, &'c domain::Finding)> {
        let results = self.results.get(campaign);
        let findings = results.map_or(&[][..], |results| &results.findings);
        numbers.iter().filter_map(move |number| {
            let finding = findings.get(number.checked_sub(1)?)?;
            Some((*number, finding))
        })
    }

    /// The results that cite an idea, by the number (from 1) of each finding that rests on it.
    pub fn citations(
        &self,
        campaign: &Slug,
        idea: &domain::ContributionId,
    ) -> Vec<(usize, &domain::Finding)> {
        let findings = self
            .results
            .get(campaign)
            .map_or(&[][..], |results| &results.findings);
        findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| finding.contributions.contains(idea))
            .map(|(place, finding)| (place + 1, finding))
            .collect()
    }

    /// The static pages in their order.
    #[must_use]
    pub fn pages_in_order(&self) -> Vec<&StaticPage> {
        let mut pages: Vec<&StaticPage> = self.pages.values().collect();
        pages.sort_by_key(|page| (page.order, &page.title));
        pages
    }
}

/// What functions load: the catalogue, the theme, and where the site is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The public address of the site, without a slash at the end.
    pub site_url: String,
    /// All that editors wrote.
    pub catalogue: Catalogue,
    /// The theme's files.
    pub theme: ThemeSource,
}
