//! The one renderer: a page of the plan, or a function's page, with the theme.

use std::collections::BTreeMap;

use domain::{Campaign, CommentForm, ContributionId, IdeaForm, Invalid, Phase, Slug};
use jiff::Timestamp;
use serde::Serialize;

use crate::address;
use crate::catalogue::{Bundle, Catalogue};
use crate::contributions::Contributions;
use crate::markdown;
use crate::messages::Messages;
use crate::plan::{COMMENTS_PER_PAGE, IDEAS_PER_PAGE, Page, page_count, page_of};
use crate::problem::Problem;
use crate::theme::{RenderError, Theme};
use crate::view::{FormErrors, Head, Link, Views};

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
        let paging = Paging {
            renderer: self,
            views: self.views(now),
            contributions,
            page,
        };
        match page {
            Page::Home => paging.home().map(Some),
            Page::Campaigns => paging.campaigns().map(Some),
            Page::Campaign(slug) => {
                paging.with_campaign(slug, |campaign| paging.campaign(campaign))
            }
            Page::Propose(slug) => paging.with_campaign(slug, |campaign| paging.propose(campaign)),
            Page::Ideas(slug, number) => {
                paging.with_campaign(slug, |campaign| paging.ideas(campaign, *number))
            }
            Page::Idea(slug, idea, number) => match self.catalogue.campaigns.get(slug) {
                Some(campaign) => paging.idea(campaign, idea, *number),
                None => Ok(None),
            },
            Page::Spaces => paging.spaces().map(Some),
            Page::Space(slug) => paging.space(slug),
            Page::Static(slug) => paging.static_page(slug),
            Page::SiteMap => paging.site_map().map(Some),
            Page::NotFound => paging.not_found().map(Some),
        }
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

    fn trail_to_campaigns(&self) -> Vec<Link> {
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
            campaign: crate::view::CampaignView,
            form: crate::view::IdeaFormView,
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
            campaign: views.campaign(campaign, crate::contributions::Tally::default()),
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
            campaign: crate::view::CampaignCard,
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
            campaign: self
                .views(now)
                .campaign_card(campaign, crate::contributions::Tally::default()),
            upcoming: campaign.phase(now) == Phase::Upcoming,
            typed: typed
                .iter()
                .map(|(label, value)| Typed { label, value })
                .collect(),
        };
        self.document("closed.html", &head, &view)
    }
}

/// Rendering one page of the plan.
struct Paging<'a> {
    renderer: &'a Renderer,
    views: Views<'a>,
    contributions: &'a Contributions,
    page: &'a Page,
}

impl Paging<'_> {
    fn home(&self) -> Result<String, RenderError> {
        let site = &self.renderer.catalogue.site;
        let head = Head {
            title: site.tagline.clone(),
            description: site.description.clone(),
            path: address::HOME.to_owned(),
            breadcrumb: Vec::new(),
            indexed: true,
        };
        let spaces: Vec<_> = self
            .renderer
            .catalogue
            .spaces_in_order()
            .into_iter()
            .map(|space| self.views.space(space))
            .collect();
        let view = serde_json::json!({
            "open": self.cards(|campaign| campaign.phase(self.views.now) == Phase::Open),
            "results": self.cards(|campaign| campaign.phase(self.views.now) == Phase::Results),
            "spaces": spaces,
        });
        self.renderer.document("home.html", &head, &view)
    }

    fn campaigns(&self) -> Result<String, RenderError> {
        let phases = [
            Phase::Open,
            Phase::Upcoming,
            Phase::Results,
            Phase::Analysis,
            Phase::Closed,
            Phase::Archived,
        ];
        let groups: Vec<_> = phases
            .into_iter()
            .map(|phase| {
                (
                    phase,
                    self.cards(|campaign| campaign.phase(self.views.now) == phase),
                )
            })
            .filter(|(_, campaigns)| !campaigns.is_empty())
            .map(|(phase, campaigns)| {
                let title = self
                    .renderer
                    .messages()
                    .text(&format!("phase-group.{}", phase.key()), &[]);
                serde_json::json!({"title": title, "phase": phase.key(), "campaigns": campaigns})
            })
            .collect();
        let head = self.head("campaigns", self.renderer.trail_home());
        self.renderer.document(
            "campaigns.html",
            &head,
            &serde_json::json!({"groups": groups}),
        )
    }

    fn campaign(&self, campaign: &Campaign) -> Result<String, RenderError> {
        const LATEST: usize = 3;
        let tally = self.contributions.tally(&campaign.slug);
        let latest: Vec<_> = self
            .contributions
            .cards(&campaign.slug)
            .iter()
            .take(LATEST)
            .map(|card| self.views.idea_card(&campaign.slug, card))
            .collect();
        let head = Head {
            title: campaign.title.clone(),
            description: campaign.summary.clone(),
            path: self.page.address(),
            breadcrumb: self.renderer.trail_to_campaigns(),
            indexed: true,
        };
        let view = serde_json::json!({
            "campaign": self.views.campaign(campaign, tally),
            "latest": latest,
        });
        self.renderer.document("campaign.html", &head, &view)
    }

    fn propose(&self, campaign: &Campaign) -> Result<String, RenderError> {
        let now = self.views.now;
        if campaign.takes_contribution(now, None) {
            self.renderer
                .idea_form(campaign, IdeaForm::default(), &Invalid::default(), now)
        } else {
            self.renderer.closed(campaign, &[], now)
        }
    }

    fn ideas(&self, campaign: &Campaign, number: usize) -> Result<String, RenderError> {
        let cards = self.contributions.cards(&campaign.slug);
        let last = page_count(cards.len(), IDEAS_PER_PAGE);
        let ideas: Vec<_> = page_of(cards, number, IDEAS_PER_PAGE)
            .iter()
            .map(|card| self.views.idea_card(&campaign.slug, card))
            .collect();
        let pagination = self
            .views
            .pagination(number, last, |page| address::ideas(&campaign.slug, page));
        let args = [
            ("campaign", campaign.short.clone()),
            ("page", number.to_string()),
        ];
        let title_key = match number {
            1 => "head.ideas.title",
            _ => "head.ideas.title-page",
        };
        let messages = self.renderer.messages();
        let head = Head {
            title: messages.text(title_key, &args),
            description: messages.text("head.ideas.description", &args),
            path: self.page.address(),
            breadcrumb: self.renderer.trail(campaign),
            indexed: true,
        };
        let tally = self.contributions.tally(&campaign.slug);
        let view = serde_json::json!({
            "campaign": self.views.campaign(campaign, tally),
            "ideas": ideas,
            "pagination": pagination,
        });
        self.renderer.document("ideas.html", &head, &view)
    }

    fn idea(
        &self,
        campaign: &Campaign,
        id: &ContributionId,
        number: usize,
    ) -> Result<Option<String>, RenderError> {
        let Some(published) = self.contributions.ideas.get(id) else {
            return Ok(None);
        };
        let last = page_count(published.comments.len(), COMMENTS_PER_PAGE);
        let comments = page_of(&published.comments, number, COMMENTS_PER_PAGE);
        let mut breadcrumb = self.renderer.trail(campaign);
        breadcrumb.push(Link::new(
            self.renderer.messages().text("head.ideas.crumb", &[]),
            address::ideas(&campaign.slug, 1),
        ));
        let title = match number {
            1 => published.idea.title.as_str().to_owned(),
            _ => self.renderer.messages().text(
                "head.idea.title-page",
                &[
                    ("title", published.idea.title.as_str().to_owned()),
                    ("page", number.to_string()),
                ],
            ),
        };
        let head = Head {
            title,
            description: published.idea.body.excerpt(150),
            path: self.page.address(),
            breadcrumb,
            indexed: true,
        };
        let tally = self.contributions.tally(&campaign.slug);
        let view = serde_json::json!({
            "campaign": self.views.campaign_card(campaign, tally),
            "idea": self.views.idea(campaign, published, comments),
            "pagination": self
                .views
                .pagination(number, last, |page| address::idea(&campaign.slug, id, page)),
            "comments_page": number,
            "form": self.views.comment_form(&campaign.slug, id, CommentForm::default()),
            "errors": FormErrors::default(),
        });
        self.renderer.document("idea.html", &head, &view).map(Some)
    }

    fn spaces(&self) -> Result<String, RenderError> {
        let spaces: Vec<_> = self
            .renderer
            .catalogue
            .spaces_in_order()
            .into_iter()
            .map(|space| self.views.space(space))
            .collect();
        let head = self.head("spaces", self.renderer.trail_home());
        self.renderer
            .document("spaces.html", &head, &serde_json::json!({"spaces": spaces}))
    }

    fn space(&self, slug: &Slug) -> Result<Option<String>, RenderError> {
        let Some(space) = self.renderer.catalogue.spaces.get(slug) else {
            return Ok(None);
        };
        let mut breadcrumb = self.renderer.trail_home();
        breadcrumb.push(Link::new(
            self.renderer.messages().text("head.spaces.title", &[]),
            address::SPACES,
        ));
        let head = Head {
            title: space.name.clone(),
            description: space.summary.clone(),
            path: self.page.address(),
            breadcrumb,
            indexed: true,
        };
        let view = serde_json::json!({
            "space": self.views.space(space),
            "campaigns": self.cards(|campaign| campaign.space == *slug),
        });
        self.renderer.document("space.html", &head, &view).map(Some)
    }

    fn static_page(&self, slug: &Slug) -> Result<Option<String>, RenderError> {
        let Some(page) = self.renderer.catalogue.pages.get(slug) else {
            return Ok(None);
        };
        let head = Head {
            title: page.title.clone(),
            description: page.summary.clone(),
            path: self.page.address(),
            breadcrumb: self.renderer.trail_home(),
            indexed: true,
        };
        let view = serde_json::json!({"body": markdown::editors(&page.body)});
        self.renderer.document("page.html", &head, &view).map(Some)
    }

    fn site_map(&self) -> Result<String, RenderError> {
        let catalogue = &self.renderer.catalogue;
        let campaigns: Vec<Link> = self
            .in_order(|_| true)
            .into_iter()
            .map(|campaign| Link::new(&campaign.title, address::campaign(&campaign.slug)))
            .collect();
        let spaces: Vec<Link> = catalogue
            .spaces_in_order()
            .into_iter()
            .map(|space| Link::new(&space.name, address::space(&space.slug)))
            .collect();
        let pages: Vec<Link> = catalogue
            .pages_in_order()
            .into_iter()
            .map(|page| Link::new(&page.title, address::page(&page.slug)))
            .collect();
        let head = self.head("site-map", self.renderer.trail_home());
        let view = serde_json::json!({"campaigns": campaigns, "spaces": spaces, "pages": pages});
        self.renderer.document("site-map.html", &head, &view)
    }

    fn not_found(&self) -> Result<String, RenderError> {
        let head = Head {
            indexed: false,
            ..self.head("not-found", self.renderer.trail_home())
        };
        self.renderer
            .document("not-found.html", &head, &serde_json::json!({}))
    }

    fn with_campaign(
        &self,
        slug: &Slug,
        render: impl FnOnce(&Campaign) -> Result<String, RenderError>,
    ) -> Result<Option<String>, RenderError> {
        self.renderer
            .catalogue
            .campaigns
            .get(slug)
            .map(render)
            .transpose()
    }

    fn head(&self, key: &str, breadcrumb: Vec<Link>) -> Head {
        self.renderer.head(key, self.page.address(), breadcrumb)
    }

    fn cards(&self, wanted: impl Fn(&Campaign) -> bool) -> Vec<crate::view::CampaignCard> {
        self.in_order(wanted)
            .into_iter()
            .map(|campaign| {
                let tally = self.contributions.tally(&campaign.slug);
                self.views.campaign_card(campaign, tally)
            })
            .collect()
    }

    /// Open campaigns first, those that close soonest before the others; then to come; then past,
    /// the most recent first.
    fn in_order(&self, wanted: impl Fn(&Campaign) -> bool) -> Vec<&Campaign> {
        let mut campaigns: Vec<&Campaign> = self
            .renderer
            .catalogue
            .campaigns
            .values()
            .filter(|campaign| wanted(campaign))
            .collect();
        campaigns.sort_by_key(|campaign| {
            let phase = campaign.phase(self.views.now);
            let past = !matches!(phase, Phase::Open | Phase::Upcoming);
            let closes = campaign.closes_at().as_second();
            (
                phase.min(Phase::Closed),
                if past { -closes } else { closes },
            )
        });
        campaigns
    }
}
