//! Pages of the whole site: home, spaces, news, search, map, static pages.

use domain::{Phase, Slug};

use super::{Paging, Rendered};
use crate::address;
use crate::markdown;
use crate::plan::{IdeaList, Series, TestimonialIndex, TestimonialList};
use crate::view::{Head, Link, SpaceView};

impl Paging<'_> {
    pub(super) fn home(&self) -> Rendered {
        const RESULTS: usize = 2;
        const NEWS: usize = 3;
        let site = &self.renderer.catalogue().site;
        let site_url = self.renderer.site_url();
        let search = format!("{site_url}{}?q={{search_term_string}}", address::SEARCH);
        let head = Head {
            feed: self.feed_link("campaigns", address::CAMPAIGNS_FEED),
            json_ld: Some(super::json_ld(&serde_json::json!({
                "@context": "https://schema.org",
                "@type": "WebSite",
                "name": site.name,
                "description": site.description,
                "url": format!("{site_url}/"),
                "potentialAction": {
                    "@type": "SearchAction",
                    "target": search,
                    "query-input": "required name=search_term_string",
                },
            }))),
            ..Head::of(
                &site.tagline,
                &site.description,
                address::HOME.to_owned(),
                Vec::new(),
            )
        };
        let news = self.renderer.catalogue().news.iter().take(NEWS);
        let news: Vec<_> = news.map(|news| self.views.news_card(news)).collect();
        let view = serde_json::json!({
            "open": self.cards(|campaign| campaign.phase(self.views.now) == Phase::Open),
            "results": self.result_cards(RESULTS),
            "news": news,
            "spaces": self.space_views(),
            "many_spaces": self.has_many_spaces(),
            "testimonials": self.latest_answered(|_| true),
        });
        self.document("home.html", &head, &view)
    }

    pub(super) fn all_news(&self, number: usize) -> Rendered {
        let news = &self.renderer.catalogue().news;
        let series = Series::of(news.len());
        let cards: Vec<_> = news[series.range(number)]
            .iter()
            .map(|news| self.views.news_card(news))
            .collect();
        let key = match number {
            Series::FIRST => "head.news.title",
            _ => "head.news.title-page",
        };
        let args = [("page", number.to_string())];
        let head = Head {
            feed: self.feed_link("news", address::NEWS_FEED),
            ..Head::of(
                self.said(key, &args),
                self.said("head.news.description", &[]),
                self.page.address(),
                self.renderer.trail_home(),
            )
        };
        let view = serde_json::json!({
            "news": cards,
            "pagination": self.views.series(series, number, "news", address::all_news),
        });
        self.document("all-news.html", &head, &view)
    }

    pub(super) fn spaces(&self) -> Rendered {
        let head = self.head("spaces", self.renderer.trail_home());
        let view = serde_json::json!({
            "spaces": self.space_views(),
            "many": self.has_many_spaces(),
        });
        self.document("spaces.html", &head, &view)
    }

    /// Whether there are too many spaces to say more than their names, or to name them all on the
    /// home page.
    fn has_many_spaces(&self) -> bool {
        const MANY: usize = 24;
        self.renderer.catalogue().spaces.len() > MANY
    }

    fn space_views(&self) -> Vec<SpaceView> {
        self.renderer
            .catalogue()
            .spaces_in_order()
            .into_iter()
            .map(|space| self.views.space(space))
            .collect()
    }

    pub(super) fn space(&self, slug: &Slug) -> Option<Rendered> {
        let space = self.renderer.catalogue().spaces.get(slug)?;
        let mut breadcrumb = self.renderer.trail_home();
        breadcrumb.push(Link::new(
            self.said("head.spaces.title", &[]),
            address::SPACES,
        ));
        let head = Head {
            feed: Some(Link::new(&space.name, address::space_feed(slug))),
            space: self.renderer.space_mark(slug),
            ..Head::of(&space.name, &space.summary, self.page.address(), breadcrumb)
        };
        let view = serde_json::json!({
            "space": self.views.space(space),
            "campaigns": self.cards(|campaign| campaign.space == *slug),
            "testimonials": space.testimonials.map(|_| serde_json::json!({
                "latest": self.latest(|card| card.space == *slug),
                "href": address::testimonials(&TestimonialList::Space(slug.clone()), 0),
                "tell_href": address::tell(slug),
            })),
        });
        Some(self.document("space.html", &head, &view))
    }

    pub(super) fn static_page(&self, slug: &Slug) -> Option<Rendered> {
        let page = self.renderer.catalogue().pages.get(slug)?;
        let trail = self.renderer.trail_home();
        let head = Head::of(&page.title, &page.summary, self.page.address(), trail);
        let body = markdown::editors(&page.body, &self.renderer.catalogue().images);
        let view = serde_json::json!({"body": body});
        Some(self.document("page.html", &head, &view))
    }

    pub(super) fn search(&self) -> Rendered {
        let campaigns: Vec<_> = self
            .in_order(|_| true)
            .into_iter()
            .map(|campaign| {
                let slug = &campaign.slug;
                let count = self.contributions.tally(slug).ideas;
                let has_results = self.renderer.catalogue().results.contains_key(slug);
                serde_json::json!({
                    "title": campaign.title,
                    "href": address::campaign(slug),
                    "state": self.views.state(campaign),
                    "ideas_href": (count > 0)
                        .then(|| address::ideas(slug, &IdeaList::Recent, Series::FIRST)),
                    "ideas_label": (count > 0)
                        .then(|| self.views.messages.count("campaign.read", count)),
                    "results_href": has_results.then(|| address::results(slug)),
                })
            })
            .collect();
        let head = self.head("search", self.renderer.trail_home());
        let view = serde_json::json!({
            "campaigns": campaigns,
            "results": self.results_links(),
            "pages": self.page_links(),
            "index_href": address::SEARCH_INDEX,
        });
        self.document("search.html", &head, &view)
    }

    pub(super) fn site_map(&self) -> Rendered {
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
        let testimonials = catalogue
            .takes_testimonials()
            .then(|| self.testimonial_links());
        let head = self.head("site-map", self.renderer.trail_home());
        let view = serde_json::json!({
            "campaigns": campaigns,
            "results": self.results_links(),
            "testimonials": testimonials.unwrap_or_default(),
            "spaces": spaces,
            "pages": self.page_links(),
        });
        self.document("site-map.html", &head, &view)
    }

    /// The ways into testimonials, and their figures.
    fn testimonial_links(&self) -> Vec<Link> {
        let link = |key: &str, href| Link::new(self.said(&format!("head.{key}.title"), &[]), href);
        let by = |key, index| link(key, address::testimonials_by(index));
        vec![
            link("tell", address::TELL.to_owned()),
            by("testimonials-by-space", TestimonialIndex::Spaces),
            by("testimonials-by-department", TestimonialIndex::Departments),
            link("statistics", address::STATISTICS.to_owned()),
        ]
    }

    fn results_links(&self) -> Vec<Link> {
        let cards = self.result_cards(usize::MAX);
        cards
            .into_iter()
            .map(|card| Link::new(card.title, card.href))
            .collect()
    }

    fn page_links(&self) -> Vec<Link> {
        self.renderer
            .catalogue()
            .pages_in_order()
            .into_iter()
            .map(|page| Link::new(&page.title, address::page(&page.slug)))
            .collect()
    }

    pub(super) fn not_found(&self) -> Rendered {
        let head = Head {
            indexed: false,
            ..self.head("not-found", self.renderer.trail_home())
        };
        self.document("not-found.html", &head, &serde_json::json!({}))
    }
}
