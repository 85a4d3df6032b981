//! The pages of the plan: what each shows, and in which order.

use domain::{Campaign, CommentForm, ContributionId, IdeaForm, Invalid, Phase, Slug};

use crate::address;
use crate::contributions::Contributions;
use crate::markdown;
use crate::plan::{COMMENTS_PER_PAGE, IDEAS_PER_PAGE, Page, page_count, page_of};
use crate::render::Renderer;
use crate::theme::RenderError;
use crate::view::{CampaignCard, FormErrors, Head, Link, SpaceView};
use crate::views::Views;

/// Rendering one page of the plan.
pub(crate) struct Paging<'a> {
    pub(crate) renderer: &'a Renderer,
    pub(crate) views: Views<'a>,
    pub(crate) contributions: &'a Contributions,
    pub(crate) page: &'a Page,
}

impl Paging<'_> {
    /// The page; none where what it is made of is not there.
    pub(crate) fn render(&self) -> Result<Option<String>, RenderError> {
        match self.page {
            Page::Home => self.home().map(Some),
            Page::Campaigns => self.campaigns().map(Some),
            Page::Campaign(slug) => self.with_campaign(slug, |campaign| self.campaign(campaign)),
            Page::Propose(slug) => self.with_campaign(slug, |campaign| self.propose(campaign)),
            Page::Ideas(slug, number) => {
                self.with_campaign(slug, |campaign| self.ideas(campaign, *number))
            }
            Page::Idea(slug, idea, number) => match self.renderer.catalogue().campaigns.get(slug) {
                Some(campaign) => self.idea(campaign, idea, *number),
                None => Ok(None),
            },
            Page::Spaces => self.spaces().map(Some),
            Page::Space(slug) => self.space(slug),
            Page::Static(slug) => self.static_page(slug),
            Page::SiteMap => self.site_map().map(Some),
            Page::NotFound => self.not_found().map(Some),
        }
    }

    fn home(&self) -> Result<String, RenderError> {
        let site = &self.renderer.catalogue().site;
        let head = Head {
            title: site.tagline.clone(),
            description: site.description.clone(),
            path: address::HOME.to_owned(),
            breadcrumb: Vec::new(),
            indexed: true,
        };
        let view = serde_json::json!({
            "open": self.cards(|campaign| campaign.phase(self.views.now) == Phase::Open),
            "results": self.cards(|campaign| campaign.phase(self.views.now) == Phase::Results),
            "spaces": self.space_views(),
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
        let head = self.head("spaces", self.renderer.trail_home());
        self.renderer.document(
            "spaces.html",
            &head,
            &serde_json::json!({"spaces": self.space_views()}),
        )
    }

    fn space_views(&self) -> Vec<SpaceView> {
        self.renderer
            .catalogue()
            .spaces_in_order()
            .into_iter()
            .map(|space| self.views.space(space))
            .collect()
    }

    fn space(&self, slug: &Slug) -> Result<Option<String>, RenderError> {
        let Some(space) = self.renderer.catalogue().spaces.get(slug) else {
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
        let Some(page) = self.renderer.catalogue().pages.get(slug) else {
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
        let catalogue = self.renderer.catalogue();
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
            .catalogue()
            .campaigns
            .get(slug)
            .map(render)
            .transpose()
    }

    fn head(&self, key: &str, breadcrumb: Vec<Link>) -> Head {
        self.renderer.head(key, self.page.address(), breadcrumb)
    }

    fn cards(&self, wanted: impl Fn(&Campaign) -> bool) -> Vec<CampaignCard> {
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
            .catalogue()
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
