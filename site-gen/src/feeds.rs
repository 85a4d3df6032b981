//! Feeds (Atom 1.0, RFC 4287): what they tell of, and in which order.

use domain::paris;
use jiff::civil::Date;
use serde::Serialize;

use crate::address;
use crate::contributions::Contributions;
use crate::plan::{Feed, TestimonialList};
use crate::views::Views;

/// How many things a feed tells of.
const ENTRIES: usize = 20;

/// A feed: the context's `feed`. Addresses are whole.
#[derive(Debug, Serialize)]
pub(crate) struct FeedView {
    title: String,
    subtitle: String,
    href: String,
    self_href: String,
    updated: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    title: String,
    href: String,
    updated: String,
    summary: String,
}

/// What a feed tells of at the time of `views`; none for a space that does not exist.
pub(crate) fn view(
    feed: &Feed,
    views: &Views<'_>,
    contributions: &Contributions,
    site_url: &str,
) -> Option<FeedView> {
    let catalogue = views.catalogue;
    let said = |key: &str, part: &str| views.messages.text(&format!("feed.{key}.{part}"), &[]);
    let mut dated: Vec<(Date, String, String, String)> = Vec::new();
    let campaigns = |space: Option<&domain::Slug>| {
        let wanted = space.cloned();
        let begun = catalogue.campaigns.values().filter(move |campaign| {
            campaign.opens_at() <= views.now
                && wanted.as_ref().is_none_or(|space| campaign.space == *space)
        });
        begun.map(|campaign| {
            let href = address::campaign(&campaign.slug);
            (
                campaign.opens,
                campaign.title.clone(),
                href,
                campaign.summary.clone(),
            )
        })
    };
    let results = |space: Option<&domain::Slug>| {
        let wanted = space.cloned();
        let of_space = move |campaign: &domain::Slug| {
            let held = catalogue.campaigns.get(campaign);
            held.is_some_and(|held| wanted.as_ref().is_none_or(|space| held.space == *space))
        };
        let mut found: Vec<_> = catalogue
            .results
            .values()
            .filter(|results| of_space(&results.campaign))
            .map(|results| {
                let href = address::results(&results.campaign);
                (
                    results.updated(),
                    results.title.clone(),
                    href,
                    results.summary.clone(),
                )
            })
            .collect();
        let outcomes = catalogue.outcome_news.iter();
        found.extend(
            outcomes
                .filter(|news| of_space(&news.campaign))
                .map(|news| {
                    let href = format!("{}#{}", address::outcome_news(&news.campaign), news.slug);
                    (news.date, news.title.clone(), href, news.summary.clone())
                }),
        );
        found
    };
    let testimonials = |list: &TestimonialList| {
        let cards = &contributions.testimonial_cards;
        let latest = cards.on(list, 0..ENTRIES.min(cards.count(list)));
        let latest = latest.into_iter().flatten();
        latest.map(|card| {
            let date = card.published_at.to_zoned(paris()).date();
            let href = address::testimonial(&card.id);
            let title = card.title.as_str().to_owned();
            (date, title, href, card.excerpt.clone())
        })
    };
    let (title, subtitle, href, self_href) = match feed {
        Feed::Campaigns => {
            dated.extend(campaigns(None));
            (
                said("campaigns", "title"),
                said("campaigns", "subtitle"),
                address::CAMPAIGNS.to_owned(),
                address::CAMPAIGNS_FEED.to_owned(),
            )
        }
        Feed::Results => {
            dated.extend(results(None));
            (
                said("results", "title"),
                said("results", "subtitle"),
                address::RESULTS.to_owned(),
                address::RESULTS_FEED.to_owned(),
            )
        }
        Feed::News => {
            dated.extend(catalogue.news.iter().take(ENTRIES).map(|news| {
                let href = address::news(&news.slug);
                (news.date, news.title.clone(), href, news.summary.clone())
            }));
            (
                said("news", "title"),
                said("news", "subtitle"),
                address::NEWS.to_owned(),
                address::NEWS_FEED.to_owned(),
            )
        }
        Feed::Testimonials => {
            dated.extend(testimonials(&TestimonialList::All));
            (
                said("testimonials", "title"),
                said("testimonials", "subtitle"),
                address::TESTIMONIALS.to_owned(),
                address::TESTIMONIALS_FEED.to_owned(),
            )
        }
        Feed::Space(slug) => {
            let space = catalogue.spaces.get(slug)?;
            dated.extend(campaigns(Some(slug)));
            dated.extend(results(Some(slug)));
            dated.extend(testimonials(&TestimonialList::Space(slug.clone())));
            (
                space.name.clone(),
                space.summary.clone(),
                address::space(slug),
                address::space_feed(slug),
            )
        }
    };
    dated.sort_by(|a, b| (b.0, &a.2).cmp(&(a.0, &b.2)));
    dated.truncate(ENTRIES);
    let whole = |path: &str| format!("{site_url}{path}");
    Some(FeedView {
        title,
        subtitle,
        href: whole(&href),
        self_href: whole(&self_href),
        // A feed without an entry has still to say when it changed: it never did.
        updated: day_of(
            dated
                .first()
                .map_or(Date::constant(2026, 1, 1), |entry| entry.0),
        ),
        entries: dated
            .into_iter()
            .map(|(date, title, href, summary)| Entry {
                title,
                href: whole(&href),
                updated: day_of(date),
                summary,
            })
            .collect(),
    })
}

/// A day as a moment of RFC 3339: its midnight, in UTC.
fn day_of(date: Date) -> String {
    format!("{date}T00:00:00Z")
}
