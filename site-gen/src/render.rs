//! The one renderer: a page of the plan, or a function's page, with the theme.

mod forms;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::OnceLock;

use domain::Campaign;
use jiff::Timestamp;
use serde::Serialize;

use crate::address;
use crate::catalogue::{Bundle, Catalogue, NewsCard};
use crate::contributions::Contributions;
use crate::messages::Messages;
use crate::pages::{self, Paging};
use crate::plan::Page;
use crate::problem::Problem;
use crate::state::{hash_of, hash_written};
use crate::theme::{RenderError, Theme, ThemeSource};
use crate::view::{Head, Link, SpaceMark};
use crate::views::Views;

/// The catalogue and the theme, ready to render.
#[derive(Debug, Clone)]
pub struct Renderer {
    catalogue: Catalogue,
    theme: Theme,
    site_url: String,
    news_fingerprint: OnceLock<u64>,
}

/// A page that was made, or that need not be.
#[derive(Debug)]
pub(crate) struct Made {
    /// What it is made of, as a number that changes with it.
    pub(crate) fingerprint: u64,
    /// The page; none where it is made of what is known already.
    pub(crate) html: Option<String>,
}

/// What every page is given beside its own context.
#[derive(Serialize)]
struct Common<'a> {
    site: SiteView<'a>,
    assets: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct SiteView<'a> {
    name: &'a str,
    tagline: &'a str,
    description: &'a str,
    url: &'a str,
    source_code: &'a str,
    accessibility: &'a str,
    contact_email: &'a str,
    moderation_delay: &'a str,
    notice: Option<&'a str>,
    participate_href: &'static str,
    /// Where testimonials are; none where no space takes any.
    testimonials_href: Option<&'static str>,
    footer: Vec<Link>,
}

/// A page's head and its own context.
#[derive(Serialize)]
struct Document<'a, T> {
    page: &'a Head,
    #[serde(flatten)]
    view: &'a T,
}

impl Renderer {
    /// Compiles a bundle's theme for its catalogue. Problems are said to be in the folder
    /// `templates`.
    ///
    /// # Errors
    /// What is wrong with the templates.
    pub fn new(bundle: Bundle, templates: &Path) -> Result<Self, Problem> {
        Self::with(bundle, |source, common| {
            Theme::compile(source, common, templates)
        })
    }

    /// As [`Renderer::new`], of the bundle of a site that was built: what it is made of is known to
    /// be good, and each template is compiled when a page is first made of it.
    #[must_use]
    pub fn opened(bundle: Bundle) -> Self {
        let opened =
            |source, common: &Common| Ok::<Theme, Infallible>(Theme::opened(source, common));
        let Ok(renderer) = Self::with(bundle, opened);
        renderer
    }

    fn with<E>(
        bundle: Bundle,
        ready: impl FnOnce(ThemeSource, &Common) -> Result<Theme, E>,
    ) -> Result<Self, E> {
        let Bundle {
            site_url,
            catalogue,
            theme,
        } = bundle;
        let mut footer: Vec<Link> = catalogue
            .pages_in_order()
            .into_iter()
            .map(|page| Link::new(&page.title, address::page(&page.slug)))
            .collect();
        let map_title = theme.messages.text("head.site-map.title", &[]);
        footer.push(Link::new(map_title, address::SITE_MAP));
        let site = &catalogue.site;
        let common = Common {
            site: SiteView {
                name: &site.name,
                tagline: &site.tagline,
                description: &site.description,
                url: &site_url,
                source_code: &site.source_code,
                accessibility: &site.accessibility,
                contact_email: &site.contact_email,
                moderation_delay: &site.moderation_delay,
                notice: site.notice.as_deref(),
                participate_href: address::CAMPAIGNS,
                testimonials_href: catalogue
                    .takes_testimonials()
                    .then_some(address::TESTIMONIALS),
                footer,
            },
            assets: theme.assets.clone(),
        };
        let theme = ready(theme, &common)?;
        Ok(Self {
            news_fingerprint: OnceLock::new(),
            catalogue,
            theme,
            site_url,
        })
    }

    /// What editors wrote.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Takes the news, the most recent first.
    pub(crate) fn set_news(&mut self, news: Vec<NewsCard>) {
        self.catalogue.news = news;
    }

    /// The public address of the site, without a slash at the end.
    pub(crate) fn site_url(&self) -> &str {
        &self.site_url
    }

    /// The theme's words.
    #[must_use]
    pub fn messages(&self) -> &Messages {
        self.theme.messages()
    }

    /// The views of this catalogue at `now`.
    #[must_use]
    pub fn views(&self, now: Timestamp) -> Views<'_> {
        Views {
            catalogue: &self.catalogue,
            messages: self.theme.messages(),
            now,
        }
    }

    /// Renders a template with a page's head and its own context.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn document<T: Serialize>(
        &self,
        template: &str,
        head: &Head,
        view: &T,
    ) -> Result<String, RenderError> {
        let page = &*self.with_picture(head);
        self.theme.render(template, &Document { page, view })
    }

    /// Renders a template that is no page, such as a message, with its own context.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn part<T: Serialize>(&self, template: &str, view: &T) -> Result<String, RenderError> {
        self.theme.render(template, view)
    }

    /// A page's head with the picture that was drawn for the page, unless it has another.
    fn with_picture<'h>(&self, head: &'h Head) -> Cow<'h, Head> {
        match self.catalogue.pictures.get(&head.path) {
            Some(picture) if head.picture.is_none() => Cow::Owned(Head {
                picture: Some(picture.clone()),
                ..head.clone()
            }),
            _ => Cow::Borrowed(head),
        }
    }

    /// Renders a page of the plan as it stands at `now`; none where what it is made of is
    /// not there.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn page(
        &self,
        page: &Page,
        contributions: &Contributions,
        now: Timestamp,
    ) -> Result<Option<String>, RenderError> {
        let made = self.make(page, contributions, now, None)?;
        Ok(made.and_then(|made| made.html))
    }

    /// The same, where it is not made of what has the fingerprint `known`.
    pub(crate) fn make(
        &self,
        page: &Page,
        contributions: &Contributions,
        now: Timestamp,
        known: Option<u64>,
    ) -> Result<Option<Made>, RenderError> {
        Paging {
            renderer: self,
            views: self.views(now),
            contributions,
            page,
            known,
        }
        .render()
    }

    /// A page of the news, whose text is HTML.
    pub(crate) fn news(&self, card: &NewsCard, body: &str) -> Result<String, RenderError> {
        pages::news(self, card, body)
    }

    /// What every page of the news is made of beside its file.
    pub(crate) fn news_fingerprint(&self) -> u64 {
        *self.news_fingerprint.get_or_init(|| {
            let words = self
                .messages()
                .iter()
                .filter(|(key, _)| pages::NEWS_WORDS.iter().any(|table| key.starts_with(table)));
            let words: Vec<(&String, &String)> = words.collect();
            let template = self.theme.fingerprint("news.html");
            hash_of(&(template, words, &self.catalogue.images))
        })
    }

    /// Renders a template, unless all it is made of has the fingerprint `known`.
    pub(crate) fn document_unless<T: Serialize>(
        &self,
        known: Option<u64>,
        template: &str,
        head: &Head,
        view: &T,
    ) -> Result<Made, RenderError> {
        let page = &*self.with_picture(head);
        let document = Document { page, view };
        let parts = (self.theme.fingerprint(template), hash_written(&document));
        let fingerprint = hash_of(&parts);
        let html = match known {
            Some(known) if known == fingerprint => None,
            _ => Some(self.theme.render(template, &document)?),
        };
        Ok(Made { fingerprint, html })
    }

    /// Renders a file that is no document, such as a feed: its context is `view` alone.
    pub(crate) fn file_unless<T: Serialize>(
        &self,
        known: Option<u64>,
        template: &str,
        view: &T,
    ) -> Result<Made, RenderError> {
        let fingerprint = hash_of(&(self.theme.fingerprint(template), hash_written(view)));
        let html = match known {
            Some(known) if known == fingerprint => None,
            _ => Some(self.theme.render(template, view)?),
        };
        Ok(Made { fingerprint, html })
    }

    /// What a page of a space bears of it.
    #[must_use]
    pub fn space_mark(&self, space: &domain::Slug) -> Option<SpaceMark> {
        let space = self.catalogue.spaces.get(space)?;
        let logo = space.logo.as_ref();
        Some(SpaceMark {
            slug: space.slug.to_string(),
            name: space.name.clone(),
            href: address::space(&space.slug),
            logo: logo.map(|logo| self.catalogue.images.get(logo).unwrap_or(logo).clone()),
        })
    }

    /// The head of a page whose title and description are messages.
    #[must_use]
    pub fn head(&self, key: &str, path: String, breadcrumb: Vec<Link>) -> Head {
        let text = |part: &str| self.messages().text(&format!("head.{key}.{part}"), &[]);
        Head::of(text("title"), text("description"), path, breadcrumb)
    }

    /// « Vous êtes ici », as far as a campaign's own page.
    #[must_use]
    pub fn trail(&self, campaign: &Campaign) -> Vec<Link> {
        let mut trail = self.trail_to_campaigns();
        trail.push(Link::new(
            &campaign.short,
            address::campaign(&campaign.slug),
        ));
        trail
    }

    /// « Vous êtes ici » from the home page alone.
    #[must_use]
    pub fn trail_home(&self) -> Vec<Link> {
        vec![Link::new(
            self.messages().text("head.home.title", &[]),
            address::HOME,
        )]
    }

    /// « Vous êtes ici », as far as the testimonials.
    #[must_use]
    pub fn trail_to_testimonials(&self) -> Vec<Link> {
        let mut trail = self.trail_home();
        trail.push(Link::new(
            self.messages().text("head.testimonials.title", &[]),
            address::TESTIMONIALS,
        ));
        trail
    }

    pub(crate) fn trail_to_campaigns(&self) -> Vec<Link> {
        let mut trail = self.trail_home();
        trail.push(Link::new(
            self.messages().text("head.campaigns.title", &[]),
            address::CAMPAIGNS,
        ));
        trail
    }
}
