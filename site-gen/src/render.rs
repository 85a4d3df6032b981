//! The one renderer: a page of the plan, or a function's page, with the theme.

use std::collections::BTreeMap;

use domain::{Campaign, IdeaForm, Invalid, Phase};
use jiff::Timestamp;
use serde::Serialize;

use crate::address;
use crate::catalogue::{Bundle, Catalogue};
use crate::contributions::{Contributions, Tally};
use crate::messages::Messages;
use crate::pages::Paging;
use crate::plan::Page;
use crate::problem::Problem;
use crate::theme::{RenderError, Theme};
use crate::view::{CampaignCard, CampaignView, FormErrors, Head, IdeaFormView, Link};
use crate::views::Views;

/// The catalogue and the theme, ready to render.
#[derive(Debug, Clone)]
pub struct Renderer {
    catalogue: Catalogue,
    theme: Theme,
}

/// What every page is given beside its own context.
#[derive(Serialize)]
struct Common<'a> {
    site: SiteView<'a>,
    assets: &'a BTreeMap<String, String>,
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
    participate_href: &'static str,
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
    /// Compiles a bundle's theme for its catalogue.
    ///
    /// # Errors
    /// What is wrong with the templates.
    pub fn new(bundle: Bundle) -> Result<Self, Problem> {
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
                participate_href: address::CAMPAIGNS,
                footer,
            },
            assets: &theme.assets,
        };
        let theme = Theme::compile(&theme, &common)?;
        Ok(Self { catalogue, theme })
    }

    /// What editors wrote.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
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
        self.theme.render(template, &Document { page: head, view })
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
        Paging {
            renderer: self,
            views: self.views(now),
            contributions,
            page,
        }
        .render()
    }

    /// The head of a page whose title and description are messages.
    #[must_use]
    pub fn head(&self, key: &str, path: String, breadcrumb: Vec<Link>) -> Head {
        let text = |part: &str| self.messages().text(&format!("head.{key}.{part}"), &[]);
        Head {
            title: text("title"),
            description: text("description"),
            path,
            breadcrumb,
            indexed: true,
        }
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

    pub(crate) fn trail_to_campaigns(&self) -> Vec<Link> {
        let mut trail = self.trail_home();
        trail.push(Link::new(
            self.messages().text("head.campaigns.title", &[]),
            address::CAMPAIGNS,
        ));
        trail
    }

    /// The page of the form of an idea, blank or with what was typed and what is wrong.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn idea_form(
        &self,
        campaign: &Campaign,
        values: IdeaForm,
        invalid: &Invalid,
        now: Timestamp,
    ) -> Result<String, RenderError> {
        #[derive(Serialize)]
        struct View {
            campaign: CampaignView,
            form: IdeaFormView,
            errors: FormErrors,
        }
        let views = self.views(now);
        let campaign_args = [("campaign", campaign.short.clone())];
        let head = Head {
            description: self
                .messages()
                .text("head.propose.description", &campaign_args),
            ..self.head(
                "propose",
                address::propose(&campaign.slug),
                self.trail(campaign),
            )
        };
        let view = View {
            campaign: views.campaign(campaign, Tally::default()),
            form: views.idea_form(campaign, values),
            errors: FormErrors::of(invalid, self.messages()),
        };
        self.document("propose.html", &head, &view)
    }

    /// What is said where a campaign takes no contribution now, with what was typed given back.
    ///
    /// # Errors
    /// A fault of the theme.
    pub fn closed(
        &self,
        campaign: &Campaign,
        typed: &[(String, String)],
        now: Timestamp,
    ) -> Result<String, RenderError> {
        #[derive(Serialize)]
        struct Typed<'a> {
            label: &'a str,
            value: &'a str,
        }
        #[derive(Serialize)]
        struct View<'a> {
            campaign: CampaignCard,
            upcoming: bool,
            typed: Vec<Typed<'a>>,
        }
        let head = Head {
            indexed: false,
            ..self.head(
                "closed",
                address::propose(&campaign.slug),
                self.trail(campaign),
            )
        };
        let view = View {
            campaign: self.views(now).campaign_card(campaign, Tally::default()),
            upcoming: campaign.phase(now) == Phase::Upcoming,
            typed: typed
                .iter()
                .map(|(label, value)| Typed { label, value })
                .collect(),
        };
        self.document("closed.html", &head, &view)
    }
}
