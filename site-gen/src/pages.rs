//! The pages of the plan: what each shows, and in which order.

mod campaigns;
mod ideas;
mod results;
mod statistics;
mod surveys;
mod testimonials;
mod whole;

use domain::{Campaign, Slug};
use serde::Serialize;

use crate::address;
use crate::catalogue::NewsCard;
use crate::contributions::Contributions;
use crate::dates;
use crate::feeds;
use crate::plan::{Feed, Page};
use crate::render::{Made, Renderer};
use crate::search;
use crate::sitemap;
use crate::state::hash_of;
use crate::theme::RenderError;
use crate::view::{Head, Link};
use crate::views::Views;

pub(crate) use results::figure;

/// Rendering one page of the plan.
pub(crate) struct Paging<'a> {
    pub(crate) renderer: &'a Renderer,
    pub(crate) views: Views<'a>,
    pub(crate) contributions: &'a Contributions,
    pub(crate) page: &'a Page,
    /// The fingerprint of what the page was made of: it is not rendered where it is the same.
    pub(crate) known: Option<u64>,
}

type Rendered = Result<Made, RenderError>;

impl Paging<'_> {
    /// The page; none where what it is made of is not there.
    pub(crate) fn render(&self) -> Result<Option<Made>, RenderError> {
        match self.page {
            Page::Home => self.home().map(Some),
            Page::Campaigns => self.campaigns().map(Some),
            Page::CampaignsIn(group) => self.campaigns_in(*group).map(Some),
            Page::CampaignsOf(space) => self.campaigns_of(space).transpose(),
            Page::Campaign(slug) => self.with_campaign(slug, |campaign| self.campaign(campaign)),
            Page::Propose(slug) => self.with_campaign(slug, |campaign| self.propose(campaign)),
            Page::Survey(slug) => self
                .with_survey(slug)
                .map(|(campaign, survey)| self.survey(campaign, survey))
                .transpose(),
            Page::SurveyResults(slug) => self
                .with_survey(slug)
                .map(|(campaign, survey)| self.survey_results(campaign, survey))
                .transpose(),
            Page::SurveyCrosses(slug) => self
                .with_survey(slug)
                .and_then(|(campaign, survey)| self.survey_crosses(campaign, survey))
                .transpose(),
            Page::SurveyFile(slug, file) => Ok(self
                .with_survey(slug)
                .and_then(|(campaign, survey)| self.survey_file(campaign, survey, *file))),
            Page::Ideas(slug, list, number) => self
                .campaign_of(slug)
                .and_then(|campaign| self.ideas(campaign, list, *number))
                .transpose(),
            Page::Idea(slug, idea, number) => self
                .campaign_of(slug)
                .and_then(|campaign| self.idea(campaign, idea, *number))
                .transpose(),
            Page::Moved(slug, idea) => self
                .campaign_of(slug)
                .and_then(|campaign| self.moved(campaign, idea))
                .transpose(),
            Page::Results(slug) => self.results(slug).transpose(),
            Page::Finding(slug, number) => self.finding(slug, *number).transpose(),
            Page::ChartTable(slug, chart) => Ok(self.chart_table(slug, chart)),
            Page::AllResults => self.all_results().map(Some),
            Page::OutcomeNews(slug) => self.outcome_news(slug).transpose(),
            Page::AllNews(number) => self.all_news(*number).map(Some),
            Page::News(_) => Ok(None),
            Page::Spaces => self.spaces().map(Some),
            Page::Space(slug) => self.space(slug).transpose(),
            Page::Static(slug) => self.static_page(slug).transpose(),
            Page::Search => self.search().map(Some),
            Page::SearchIndex => Ok(Some(self.text(search::index(
                self.views.catalogue,
                self.contributions,
                self.views.messages,
            )))),
            Page::SearchIdeas(slug, initial) => {
                let cards = self.contributions.cards(slug);
                Ok(Some(self.text(search::ideas(cards, *initial))))
            }
            Page::Testimonials(list, number) => self.testimonials(list, *number).transpose(),
            Page::TestimonialsBy(index) => self.testimonials_by(*index).map(Some),
            Page::Testimonial(id) => self.testimonial(id).transpose(),
            Page::Tell => self.tell().map(Some),
            Page::TellTo(space) => self.tell_to(space).transpose(),
            Page::Statistics(of, form) => self.statistics(of, *form).transpose(),
            Page::TestimonialFacts => Ok(Some(self.testimonial_facts())),
            Page::Feed(feed) => self.feed(feed).transpose(),
            Page::SiteMap => self.site_map().map(Some),
            Page::Sitemap => Ok(Some(self.text(sitemap::index(
                self.views.catalogue,
                self.contributions,
                self.renderer.site_url(),
            )))),
            Page::SitemapPages => {
                let pages = sitemap::pages(self.views.catalogue, self.renderer.site_url());
                Ok(Some(self.text(pages)))
            }
            Page::SitemapIdeas(slug, number) => {
                let site_url = self.renderer.site_url();
                let ideas = sitemap::ideas(slug, *number, self.contributions, site_url);
                Ok(ideas.map(|xml| self.text(xml)))
            }
            Page::SitemapNews(number) => {
                let site_url = self.renderer.site_url();
                let news = sitemap::news(*number, self.views.catalogue, site_url);
                Ok(news.map(|xml| self.text(xml)))
            }
            Page::SitemapTestimonials(number) => {
                let site_url = self.renderer.site_url();
                let xml = sitemap::testimonials(*number, self.contributions, site_url);
                Ok(xml.map(|xml| self.text(xml)))
            }
            Page::Robots => Ok(Some(self.text(sitemap::robots(self.renderer.site_url())))),
            Page::NotFound => self.not_found().map(Some),
        }
    }

    fn feed(&self, feed: &Feed) -> Option<Rendered> {
        let feed = feeds::view(
            feed,
            &self.views,
            self.contributions,
            self.renderer.site_url(),
        )?;
        let view = serde_json::json!({"feed": feed});
        Some(self.renderer.file_unless(self.known, "feed.xml", &view))
    }

    fn document<T: Serialize>(&self, template: &str, head: &Head, view: &T) -> Rendered {
        self.renderer
            .document_unless(self.known, template, head, view)
    }

    /// A file that no template makes.
    fn text(&self, text: String) -> Made {
        let fingerprint = hash_of(&text);
        Made {
            fingerprint,
            html: (self.known != Some(fingerprint)).then_some(text),
        }
    }

    fn said(&self, key: &str, args: &[(&str, String)]) -> String {
        self.renderer.messages().text(key, args)
    }

    fn head(&self, key: &str, breadcrumb: Vec<Link>) -> Head {
        self.renderer.head(key, self.page.address(), breadcrumb)
    }

    /// The head of a page of a campaign.
    fn head_of(
        &self,
        campaign: &Campaign,
        title: impl Into<String>,
        description: impl Into<String>,
        breadcrumb: Vec<Link>,
    ) -> Head {
        Head {
            space: self.renderer.space_mark(&campaign.space),
            ..Head::of(title, description, self.page.address(), breadcrumb)
        }
    }

    fn feed_link(&self, key: &str, href: impl Into<String>) -> Option<Link> {
        Some(Link::new(
            self.said(&format!("feed.{key}.title"), &[]),
            href,
        ))
    }

    fn campaign_of(&self, slug: &Slug) -> Option<&Campaign> {
        self.renderer.catalogue().campaigns.get(slug)
    }

    fn with_campaign(
        &self,
        slug: &Slug,
        render: impl FnOnce(&Campaign) -> Rendered,
    ) -> Result<Option<Made>, RenderError> {
        self.campaign_of(slug).map(render).transpose()
    }
}

/// The tables of the words that [`news`] says, which are a part of what each page of the news is
/// made of.
pub(crate) const NEWS_WORDS: [&str; 4] = ["date.", "feed.news.", "head.home.", "head.news."];

/// A page of the news, whose text is HTML.
pub(crate) fn news(
    renderer: &Renderer,
    card: &NewsCard,
    body: &str,
) -> Result<String, RenderError> {
    #[derive(Serialize)]
    struct View<'a> {
        news: crate::view::NewsCardView,
        body: &'a str,
    }
    let messages = renderer.messages();
    let mut breadcrumb = renderer.trail_home();
    breadcrumb.push(Link::new(
        messages.text("head.news.title", &[]),
        address::NEWS,
    ));
    let path = address::news(&card.slug);
    let url = format!("{}{path}", renderer.site_url());
    let json_ld = json_ld(&Article {
        context: "https://schema.org",
        kind: "NewsArticle",
        headline: &card.title,
        date_published: card.date.to_string(),
        description: &card.summary,
        url: &url,
        publisher: Organization {
            kind: "Organization",
            name: &renderer.catalogue().site.name,
        },
    });
    let head = Head {
        feed: Some(Link::new(
            messages.text("feed.news.title", &[]),
            address::NEWS_FEED,
        )),
        json_ld: Some(json_ld),
        ..Head::of(&card.title, &card.summary, path, breadcrumb)
    };
    let view = View {
        news: crate::view::NewsCardView {
            href: address::news(&card.slug),
            title: card.title.clone(),
            summary: card.summary.clone(),
            date: dates::short_day(card.date, messages),
            date_iso: card.date.to_string(),
        },
        body,
    };
    renderer.document("news.html", &head, &view)
}

/// What search engines are told of a dated page (<https://schema.org/Article>).
#[derive(Serialize)]
struct Article<'a> {
    #[serde(rename = "@context")]
    context: &'a str,
    #[serde(rename = "@type")]
    kind: &'a str,
    headline: &'a str,
    #[serde(rename = "datePublished")]
    date_published: String,
    description: &'a str,
    url: &'a str,
    publisher: Organization<'a>,
}

#[derive(Serialize)]
struct Organization<'a> {
    #[serde(rename = "@type")]
    kind: &'a str,
    name: &'a str,
}

/// JSON-LD that can stand in a script element: no `<` is left.
fn json_ld<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_string(value).expect("JSON-LD has only string keys");
    match json.contains('<') {
        true => json.replace('<', "\\u003c"),
        false => json,
    }
}
