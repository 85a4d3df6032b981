//! What robots read: `robots.txt`, and sitemaps (<https://www.sitemaps.org/protocol.html>).

use domain::{Facts, paris};

use crate::address;
use crate::catalogue::Catalogue;
use crate::contributions::Contributions;
use crate::plan::{self, PER_SITEMAP, Page, PhaseGroup, statistics_pages};

const OPENING: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const PROTOCOL: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// `robots.txt`: all but what functions answer.
pub(crate) fn robots(site_url: &str) -> String {
    format!(
        "User-agent: *\nDisallow: /participer/\nDisallow: /temoigner/\nDisallow: /accord/\nDisallow: /suivi/\nDisallow: /moderation/\n\n\
         Sitemap: {site_url}{}\n",
        address::SITEMAP
    )
}

/// The list of the sitemaps.
pub(crate) fn index(
    catalogue: &Catalogue,
    contributions: &Contributions,
    site_url: &str,
) -> String {
    let mut sitemaps = vec![Page::SitemapPages];
    for campaign in catalogue.campaigns.keys() {
        // The tally is known of every campaign; the cards, of those that are rendered.
        let ideas = contributions.tally(campaign).ideas;
        let last = usize::try_from(ideas)
            .unwrap_or(usize::MAX)
            .div_ceil(PER_SITEMAP);
        sitemaps.extend((1..=last).map(|number| Page::SitemapIdeas(campaign.clone(), number)));
    }
    let last = catalogue.news.len().div_ceil(PER_SITEMAP);
    sitemaps.extend((1..=last).map(Page::SitemapNews));
    let testimonials = usize::try_from(contributions.testimonials_count()).unwrap_or(usize::MAX);
    sitemaps.extend((1..=testimonials.div_ceil(PER_SITEMAP)).map(Page::SitemapTestimonials));
    let mut xml = format!("{OPENING}<sitemapindex xmlns=\"{PROTOCOL}\">\n");
    for sitemap in sitemaps {
        xml.push_str("<sitemap><loc>");
        push_escaped(&mut xml, site_url);
        push_escaped(&mut xml, &sitemap.address());
        xml.push_str("</loc></sitemap>\n");
    }
    xml.push_str("</sitemapindex>\n");
    xml
}

/// The sitemap of all but ideas and news.
pub(crate) fn pages(catalogue: &Catalogue, site_url: &str) -> String {
    let mut entries: Vec<(String, Option<String>)> = vec![
        (address::HOME.to_owned(), None),
        (address::CAMPAIGNS.to_owned(), None),
        (address::RESULTS.to_owned(), None),
        (address::NEWS.to_owned(), None),
        (address::SPACES.to_owned(), None),
        (address::SITE_MAP.to_owned(), None),
    ];
    let bare = |address: String| (address, None);
    entries.extend(PhaseGroup::ALL.map(|group| bare(address::campaigns_in(group))));
    for space in catalogue.spaces.keys() {
        entries.push(bare(address::space(space)));
        entries.push(bare(address::campaigns_of(space)));
    }
    for (campaign, held) in &catalogue.campaigns {
        entries.push(bare(address::campaign(campaign)));
        if held.survey.is_some() {
            entries.push(bare(address::survey_results(campaign)));
        }
        entries.push(bare(address::ideas(campaign, &plan::IdeaList::Recent, 0)));
    }
    for (campaign, results) in &catalogue.results {
        let updated = Some(results.updated().to_string());
        entries.push((address::results(campaign), updated));
        for number in 1..=results.findings.len() {
            entries.push(bare(address::finding(campaign, number)));
        }
    }
    let mut followed: Vec<_> = catalogue.outcome_news.iter().collect();
    followed.sort_by(|a, b| (&a.campaign, b.date).cmp(&(&b.campaign, a.date)));
    followed.dedup_by(|a, b| a.campaign == b.campaign);
    for news in followed {
        entries.push((
            address::outcome_news(&news.campaign),
            Some(news.date.to_string()),
        ));
    }
    if catalogue.takes_testimonials() {
        entries.push(bare(address::TESTIMONIALS.to_owned()));
        entries.push(bare(address::TELL.to_owned()));
        for structure in catalogue.structures.keys() {
            entries.push(bare(address::structure(structure)));
        }
        let statistics = statistics_pages(catalogue, &Facts::default()).into_iter();
        let pages = statistics.filter(|page| page.address().ends_with('/'));
        entries.extend(pages.map(|page| bare(page.address())));
    }
    entries.extend(catalogue.pages.keys().map(|page| bare(address::page(page))));
    urls(site_url, entries.into_iter())
}

/// A sitemap (from 1) of a campaign's ideas.
pub(crate) fn ideas(
    campaign: &domain::Slug,
    number: usize,
    contributions: &Contributions,
    site_url: &str,
) -> Option<String> {
    let cards = contributions.cards(campaign).all();
    let entries = cards
        .rchunks(PER_SITEMAP)
        .nth(number.checked_sub(1)?)?
        .iter()
        .rev();
    let entries = entries.map(|card| {
        let published = card.published_at.to_zoned(paris()).date().to_string();
        (address::idea(campaign, &card.id, 1), Some(published))
    });
    Some(urls(site_url, entries))
}

/// A sitemap (from 1) of testimonials.
pub(crate) fn testimonials(
    number: usize,
    contributions: &Contributions,
    site_url: &str,
) -> Option<String> {
    let cards = contributions.testimonial_cards.all();
    let chunk = cards.rchunks(PER_SITEMAP).nth(number.checked_sub(1)?)?;
    let entries = chunk.iter().rev().map(|card| {
        let published = card.published_at.to_zoned(paris()).date().to_string();
        (address::testimonial(&card.id), Some(published))
    });
    Some(urls(site_url, entries))
}

/// A sitemap (from 1) of the news.
pub(crate) fn news(number: usize, catalogue: &Catalogue, site_url: &str) -> Option<String> {
    let chunk = catalogue
        .news
        .rchunks(PER_SITEMAP)
        .nth(number.checked_sub(1)?)?;
    let entries = chunk
        .iter()
        .rev()
        .map(|news| (address::news(&news.slug), Some(news.date.to_string())));
    Some(urls(site_url, entries))
}

fn urls(site_url: &str, entries: impl Iterator<Item = (String, Option<String>)>) -> String {
    let mut xml = format!("{OPENING}<urlset xmlns=\"{PROTOCOL}\">\n");
    xml.reserve(entries.size_hint().0 * 128);
    for (address, changed) in entries {
        xml.push_str("<url><loc>");
        push_escaped(&mut xml, site_url);
        push_escaped(&mut xml, &address);
        xml.push_str("</loc>");
        if let Some(changed) = changed {
            xml.push_str("<lastmod>");
            xml.push_str(&changed);
            xml.push_str("</lastmod>");
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    xml
}

fn push_escaped(xml: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            c => xml.push(c),
        }
    }
}
