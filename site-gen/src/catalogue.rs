//! What editors wrote, compiled: the catalogue of spaces, campaigns and pages, and the bundle
//! in which it goes to the functions with the theme.

use std::collections::BTreeMap;

use domain::{Campaign, Slug, Space};
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

/// All that editors wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The site.
    pub site: Site,
    /// The spaces, by slug.
    pub spaces: BTreeMap<Slug, Space>,
    /// The campaigns, by slug; the space of each is among the spaces.
    pub campaigns: BTreeMap<Slug, Campaign>,
    /// The static pages, by slug.
    pub pages: BTreeMap<Slug, StaticPage>,
}

impl Catalogue {
    /// The spaces in their order.
    #[must_use]
    pub fn spaces_in_order(&self) -> Vec<&Space> {
        let mut spaces: Vec<&Space> = self.spaces.values().collect();
        spaces.sort_by_key(|space| (space.order, &space.name));
        spaces
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
