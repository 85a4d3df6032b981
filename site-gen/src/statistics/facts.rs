//! What became of each testimonial, as open data: a row for each that was received, from which
//! anybody can count every figure again. Only a published one has its identifier, so that nobody
//! who knows the reference of somebody else's finds here why it is not.

use domain::{Slug, Status, TestimonialFact};

use super::{Words, iso_day};
use crate::catalogue::Catalogue;
use crate::csv;
use crate::messages::Messages;

/// The columns, by their keys in messages, in the order of the file.
const COLUMNS: [&str; 17] = [
    "id",
    "space",
    "structures",
    "received-on",
    "felt",
    "channels",
    "status",
    "reason",
    "published-on",
    "read-in",
    "answered-in",
    "answered-by",
    "answered-in-by",
    "promised",
    "improvements",
    "helped",
    "imported",
];

/// The file, the oldest first.
pub(crate) fn csv<'f>(
    facts: impl Iterator<Item = &'f TestimonialFact>,
    catalogue: &Catalogue,
    messages: &Messages,
) -> String {
    let words = Words(messages);
    let mut facts: Vec<&TestimonialFact> = facts.filter(|fact| fact.is_received()).collect();
    facts.sort_by_key(|fact| (fact.received_at, &fact.fact));
    let header = COLUMNS.map(|key| messages.text(&format!("statistics.fact.{key}"), &[]));
    let rows = facts.into_iter().map(|fact| row(fact, catalogue, &words));
    let rows: Vec<Vec<String>> = std::iter::once(header.to_vec()).chain(rows).collect();
    csv::table(&rows, csv::SEMICOLON)
}

fn row(fact: &TestimonialFact, catalogue: &Catalogue, words: &Words<'_>) -> Vec<String> {
    let number = |value: Option<u64>| value.map_or_else(String::new, |it| it.to_string());
    let space = catalogue.spaces.get(&fact.space);
    let level = space.and_then(|space| space.testimonials);
    let reason = fact.status.reason().map(domain::RejectionReason::public);
    // What was answered counts while it can be read.
    let published = Some(fact).filter(|fact| fact.status == Status::Published);
    let if_published =
        |cell: &dyn Fn(&TestimonialFact) -> String| published.map_or_else(String::new, cell);
    let channels = fact.channels.iter();
    vec![
        if_published(&|fact| fact.fact.to_string()),
        fact.space.to_string(),
        listed(fact.structures.iter().map(Slug::to_string)),
        iso_day(fact.received_at),
        words.value("sentiment", fact.sentiment.key()),
        listed(channels.map(|channel| words.value("channel", channel.key()))),
        words.value("status", fact.status.key()),
        reason.map_or_else(String::new, |it| words.value("reason", it.key())),
        fact.published_at.map(iso_day).unwrap_or_default(),
        number(fact.read_in()),
        if_published(&|fact| {
            let first = fact.answered_at.values().min();
            number(first.and_then(|at| fact.answered_in(*at)))
        }),
        if_published(&|fact| listed(fact.answered_at.keys().map(Slug::to_string))),
        if_published(&|fact| {
            let answers = fact.answered_at.iter();
            paired(answers.filter_map(|(by, at)| Some((by, fact.answered_in(*at)?.to_string()))))
        }),
        number(level.map(|level| level.answer_days.into())),
        if_published(&|fact| {
            let improvements = fact.improvements.iter();
            paired(improvements.map(|(by, stage)| (by, words.value("improvement", stage.key()))))
        }),
        if_published(&|fact| {
            let helped = fact.helped.iter();
            paired(helped.map(|(by, helped)| (by, yes_or_no(*helped, words))))
        }),
        yes_or_no(fact.imported, words),
    ]
}

fn yes_or_no(is: bool, words: &Words<'_>) -> String {
    words.value("is", if is { "yes" } else { "no" })
}

fn listed(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.collect();
    values.join(",")
}

/// `caf-du-gard:1440,accueil-de-nimes:20`.
fn paired<'s>(values: impl Iterator<Item = (&'s Slug, String)>) -> String {
    listed(values.map(|(by, value)| format!("{by}:{value}")))
}
