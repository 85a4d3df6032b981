//! What the search reads: small files, cut so that a query needs few of them.

use std::collections::BTreeSet;

use domain::{IdeaCard, Slug};

use crate::address;
use crate::cards::Cards;
use crate::catalogue::Catalogue;
use crate::contributions::Contributions;
use crate::messages::Messages;

/// The initials of words, each with a file; figures stand together under `0`.
pub(crate) const INITIALS: &str = "0abcdefghijklmnopqrstuvwxyz";

/// The initials of the words of an idea's title, as the script finds those of a query.
pub(crate) fn initials(card: &IdeaCard) -> BTreeSet<char> {
    card.title
        .as_str()
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(Slug::from_words)
        .filter_map(|word| word.as_str().chars().next())
        .map(|first| if first.is_ascii_digit() { '0' } else { first })
        .collect()
}

/// The ideas of a campaign that have a word of this initial: `[[id, title], …]`.
pub(crate) fn ideas(cards: &Cards, initial: char) -> String {
    let found: Vec<(&str, &str)> = cards
        .of_initial(initial)
        .map(|card| (card.id.as_str(), card.title.as_str()))
        .collect();
    json(&found)
}

/// All but ideas, and the campaigns that have some:
/// `{"pages": [[kind, title, address, summary], …], "ideas": [[campaign, its name], …]}`.
pub(crate) fn index(
    catalogue: &Catalogue,
    contributions: &Contributions,
    messages: &Messages,
) -> String {
    #[derive(serde::Serialize)]
    struct Index<'a> {
        pages: Vec<(String, &'a str, String, &'a str)>,
        ideas: Vec<(&'a str, &'a str)>,
    }
    let kind = |key: &str| messages.text(&format!("search.kind.{key}"), &[]);
    let campaigns = catalogue.campaigns.values().map(|campaign| {
        let href = address::campaign(&campaign.slug);
        (
            kind("campaign"),
            campaign.title.as_str(),
            href,
            campaign.summary.as_str(),
        )
    });
    let results = catalogue.results.values().map(|results| {
        let href = address::results(&results.campaign);
        (
            kind("results"),
            results.title.as_str(),
            href,
            results.summary.as_str(),
        )
    });
    let outcomes = catalogue.outcome_news.iter().map(|news| {
        let href = format!("{}#{}", address::outcome_news(&news.campaign), news.slug);
        (
            kind("outcome"),
            news.title.as_str(),
            href,
            news.summary.as_str(),
        )
    });
    // Older news are found by the list; the file stays small.
    const NEWS: usize = 100;
    let news = catalogue.news.iter().take(NEWS).map(|news| {
        let href = address::news(&news.slug);
        (
            kind("news"),
            news.title.as_str(),
            href,
            news.summary.as_str(),
        )
    });
    let spaces = catalogue.spaces_in_order().into_iter().map(|space| {
        let href = address::space(&space.slug);
        (
            kind("space"),
            space.name.as_str(),
            href,
            space.summary.as_str(),
        )
    });
    let pages = catalogue.pages_in_order().into_iter().map(|page| {
        let href = address::page(&page.slug);
        (
            kind("page"),
            page.title.as_str(),
            href,
            page.summary.as_str(),
        )
    });
    let ideas = catalogue
        .campaigns
        .values()
        .filter(|campaign| contributions.tally(&campaign.slug).ideas > 0)
        .map(|campaign| (campaign.slug.as_str(), campaign.short.as_str()));
    json(&Index {
        pages: campaigns
            .chain(results)
            .chain(outcomes)
            .chain(news)
            .chain(spaces)
            .chain(pages)
            .collect(),
        ideas: ideas.collect(),
    })
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and lists are always JSON")
}
