//! What templates are given: words and addresses, ready to be shown. A template decides how
//! a thing looks, never what it says of it.

use std::collections::BTreeMap;

use domain::{CommentForm, IdeaForm, Invalid};
use serde::Serialize;

use crate::messages::{Messages, number};

/// A link.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Its words.
    pub label: String,
    /// Its address.
    pub href: String,
}

impl Link {
    /// A link of these words to this address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// What every page says of itself: the context's `page`.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The page's title, without the site's name.
    pub title: String,
    /// One sentence for search engines and shared links.
    pub description: String,
    /// Its path, such as `/campagnes/`.
    pub path: String,
    /// « Vous êtes ici », from the home page to the parent; empty on the home page.
    pub breadcrumb: Vec<Link>,
    /// Whether search engines may list it.
    pub indexed: bool,
    /// The feed that tells of what is on it.
    pub feed: Option<Link>,
    /// The picture for shared links, where the page has its own; an address without the site's.
    pub picture: Option<String>,
    /// What search engines are told of it: JSON-LD, escaped for a script element.
    pub json_ld: Option<String>,
    /// The space that holds it; none for what is of the whole site.
    pub space: Option<SpaceMark>,
}

impl Head {
    /// The head of a page that search engines may list.
    #[must_use]
    pub fn of(
        title: impl Into<String>,
        description: impl Into<String>,
        path: String,
        breadcrumb: Vec<Link>,
    ) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            path,
            breadcrumb,
            indexed: true,
            feed: None,
            picture: None,
            json_ld: None,
            space: None,
        }
    }
}

/// What a page bears of its space.
#[derive(Debug, Clone, Serialize)]
pub struct SpaceMark {
    /// Its name in addresses, for a style class.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// The address of its logo.
    pub logo: Option<String>,
}

/// A campaign in a list.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignCard {
    /// The campaign's page.
    pub href: String,
    /// Its subject, as a question.
    pub title: String,
    /// Its subject in a few words.
    pub short: String,
    /// One line of why.
    pub summary: String,
    /// The phase's key, for a style class.
    pub phase: &'static str,
    /// The phase in words, with its date: « Ouverte jusqu’au mardi 15 décembre 2026 ».
    pub state: String,
    /// The space that holds it.
    pub space: Link,
    /// What was contributed, in words; none where nothing was.
    pub participation: Option<String>,
    /// Its results, where they are published.
    pub results_href: Option<String>,
}

/// A campaign's own page.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: CampaignCard,
    /// Its presentation, as HTML.
    pub body: String,
    /// Its guiding questions.
    pub questions: Vec<String>,
    /// Its first day in words, and as ISO 8601.
    pub opens: String,
    /// The same for machines.
    pub opens_iso: String,
    /// Its last day in words.
    pub closes: String,
    /// The same for machines.
    pub closes_iso: String,
    /// Whether an idea may be put forward now.
    pub open: bool,
    /// Where the form is.
    pub propose_href: String,
    /// Where the ideas are.
    pub ideas_href: String,
    /// How many ideas are published.
    pub ideas_count: u64,
    /// Its results, with their title.
    pub results: Option<Link>,
    /// What became of it: the most recent news, with the page that holds all.
    pub outcome: Option<OutcomeNewsCard>,
}

/// News of what became of a campaign, in a list.
#[derive(Debug, Clone, Serialize)]
pub struct OutcomeNewsCard {
    /// The campaign's subject in a few words.
    pub campaign: String,
    /// Where it stands on the page that holds all.
    pub href: String,
    /// The page that holds all.
    pub all_href: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// When, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
}

/// News of what became of a campaign, whole.
#[derive(Debug, Clone, Serialize)]
pub struct OutcomeNewsView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: OutcomeNewsCard,
    /// Its anchor.
    pub id: String,
    /// Its text, as HTML.
    pub body: String,
}

/// Something new, in a list.
#[derive(Debug, Clone, Serialize)]
pub struct NewsCardView {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// When, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
}

/// Results, in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ResultsCard {
    /// The page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The campaign's subject in a few words.
    pub campaign: String,
    /// The space.
    pub space: String,
    /// When they were published, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// The first big figure; none where there is none.
    pub figure: Option<FigureView>,
}

/// A big figure.
#[derive(Debug, Clone, Serialize)]
pub struct FigureView {
    /// As it is written: « 1 243 ».
    pub value: String,
    /// Of what.
    pub label: String,
    /// When, or out of how many.
    pub note: Option<String>,
}

/// The results of a campaign.
#[derive(Debug, Clone, Serialize)]
pub struct ResultsView {
    /// What lists show of them.
    #[serde(flatten)]
    pub card: ResultsCard,
    /// The big figures.
    pub figures: Vec<FigureView>,
    /// What was learnt.
    pub findings: Vec<FindingView>,
    /// The charts that no finding shows.
    pub charts: Vec<ChartView>,
    /// What will be done, and by when: `text` and `when`.
    pub commitments: Vec<domain::Commitment>,
    /// What will not be done, and why: `text` and `why`.
    pub declined: Vec<domain::Refusal>,
    /// Method and limits, as HTML.
    pub body: String,
}

/// A finding.
#[derive(Debug, Clone, Serialize)]
pub struct FindingView {
    /// Its number, from 1.
    pub number: usize,
    /// Its anchor on the page of the results.
    pub id: String,
    /// The finding, as a sentence.
    pub title: String,
    /// More of it, as HTML.
    pub body: String,
    /// What people wrote.
    pub verbatims: Vec<VerbatimView>,
    /// What shows it.
    pub chart: Option<ChartView>,
    /// « d’après 37 contributions »; none where it rests on none.
    pub based_on: Option<Link>,
}

/// What somebody wrote, word for word.
#[derive(Debug, Clone, Serialize)]
pub struct VerbatimView {
    /// The words.
    pub text: String,
    /// The idea that they are taken from; none where it is no longer published.
    pub idea: Option<Link>,
}

/// A chart, drawn and as a table. Lengths are of a drawing 1,000 units wide.
#[derive(Debug, Clone, Serialize)]
pub struct ChartView {
    /// Its anchor.
    pub id: String,
    /// `bars`, `stacked` or `departments`.
    pub kind: &'static str,
    /// What it shows, as a sentence.
    pub title: String,
    /// What is seen on it.
    pub description: String,
    /// Where the figures come from.
    pub source: Option<String>,
    /// « Base : 214 réponses »; none where there is no base.
    pub base: Option<String>,
    /// Its figures as a file.
    pub csv_href: String,
    /// The height of the drawing.
    pub height: usize,
    /// The bars, or the parts of bars.
    pub bars: Vec<BarView>,
    /// The departments of the map; empty for other charts.
    pub tiles: Vec<TileView>,
    /// The names of the parts of stacked bars.
    pub series: Vec<String>,
    /// The steps of the map's scale, lightest first: « 1 à 5 ».
    pub scale: Vec<String>,
    /// The columns of the table.
    pub columns: Vec<String>,
    /// The rows of the table: the first cell is the row's header.
    pub rows: Vec<Vec<String>>,
}

/// A bar of a chart, with its label above it.
#[derive(Debug, Clone, Serialize)]
pub struct BarView {
    /// The label.
    pub label: String,
    /// Where the row begins, from the top.
    pub y: usize,
    /// What stands at the end of the bar: « 41 % » or « 88 ».
    pub value: String,
    /// The bar's length; for stacked bars, that of the whole.
    pub width: usize,
    /// The parts of a stacked bar; empty for a plain one.
    pub parts: Vec<PartView>,
}

/// A part of a stacked bar.
#[derive(Debug, Clone, Serialize)]
pub struct PartView {
    /// Its rank among the series, from 1.
    pub series: usize,
    /// Where it begins.
    pub x: usize,
    /// Its length.
    pub width: usize,
    /// « 62 % », or nothing where it has no room.
    pub value: String,
}

/// A department on the map of tiles.
#[derive(Debug, Clone, Serialize)]
pub struct TileView {
    /// Its code.
    pub code: String,
    /// Its name and its count: « Gard : 112 réponses ».
    pub title: String,
    /// Its column, from 0.
    pub x: usize,
    /// Its row, from 0.
    pub y: usize,
    /// Its step on the scale, from 1; 0 where there is no answer.
    pub step: usize,
}

/// A list among others of the same things: a filter that is a page.
#[derive(Debug, Clone, Serialize)]
pub struct FilterView {
    /// Its words.
    pub label: String,
    /// Its page.
    pub href: String,
    /// How many things it holds.
    pub count: u64,
    /// Whether it is this page's.
    pub current: bool,
}

/// An idea in a list.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaCardView {
    /// The idea's page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// Its kind in words: « Idée ».
    pub kind: String,
    /// Its category.
    pub category: Option<String>,
    /// When it was published, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// « 12 soutiens ».
    pub likes: String,
    /// « 3 commentaires ».
    pub comments: String,
    /// « Réponse officielle », or nothing.
    pub answered: Option<String>,
    /// What was decided, in words.
    pub outcome: Option<String>,
    /// The decision's key, for a style class.
    pub outcome_key: Option<&'static str>,
}

/// An idea's own page.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: IdeaCardView,
    /// Its identifier.
    pub id: String,
    /// Its identifier as it is read aloud.
    pub reference: String,
    /// The guiding question that it answers.
    pub question: Option<String>,
    /// Its text, as HTML paragraphs.
    pub body: String,
    /// How many people like it.
    pub likes_count: u64,
    /// Whether likes and comments are taken now.
    pub open: bool,
    /// Where the like form is sent.
    pub like_action: String,
    /// How many comments it has.
    pub comments_count: u64,
    /// The comments of this page, oldest first.
    pub comment_list: Vec<CommentView>,
    /// What the institution answers.
    pub response: Option<StatementView>,
    /// What was decided.
    pub decision: Option<StatementView>,
    /// The findings that rest on it.
    pub citations: Vec<Link>,
    /// Where its category is listed.
    pub category_href: Option<String>,
    /// Where it can be shared, without the site's help: `mailto:` and `sms:`.
    pub share: Vec<Link>,
    /// Its whole address.
    pub url: String,
}

/// What the institution says of an idea.
#[derive(Debug, Clone, Serialize)]
pub struct StatementView {
    /// Who answers, or what was decided, in words.
    pub title: String,
    /// The decision's key, for a style class; nothing for an answer.
    pub key: &'static str,
    /// The text, as HTML paragraphs.
    pub body: String,
    /// When, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
}

/// A comment on an idea's page.
#[derive(Debug, Clone, Serialize)]
pub struct CommentView {
    /// Its identifier, for a fragment.
    pub id: String,
    /// Its author's chosen name, or the words for none.
    pub name: String,
    /// When it was received, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// Its text, as HTML paragraphs.
    pub body: String,
}

/// A space, in a list and on its page.
#[derive(Debug, Clone, Serialize)]
pub struct SpaceView {
    /// Its page.
    pub href: String,
    /// Its name in addresses, for a style class.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// One sentence.
    pub summary: String,
    /// Its presentation, as HTML.
    pub body: String,
}

/// Where one is in a list of pages.
#[derive(Debug, Clone, Serialize)]
pub struct Pagination {
    /// « Page 2 sur 35 ».
    pub label: String,
    /// The page before.
    pub previous: Option<Link>,
    /// The page after.
    pub next: Option<Link>,
    /// The first, the last and those around; where `href` is none and `current` is false, a gap.
    pub steps: Vec<PageStep>,
}

/// One step of a [`Pagination`].
#[derive(Debug, Clone, Serialize)]
pub struct PageStep {
    /// The page's number, or an ellipsis.
    pub label: String,
    /// Its address; none for the current page and for a gap.
    pub href: Option<String>,
    /// Whether it is this page.
    pub current: bool,
}

/// A field's error, for the summary and the field.
#[derive(Debug, Clone, Serialize)]
pub struct FieldMessage {
    /// The field's name, which is its `id` too.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// The errors of a form: the context's `errors`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormErrors {
    /// All of them, in the order of the fields; empty when there is none.
    pub summary: Vec<FieldMessage>,
    /// The first of each field.
    pub by_field: BTreeMap<String, String>,
}

impl FormErrors {
    /// The errors in words.
    #[must_use]
    pub fn of(invalid: &Invalid, messages: &Messages) -> Self {
        let summary: Vec<FieldMessage> = invalid
            .errors
            .iter()
            .map(|error| FieldMessage {
                field: error.field.to_owned(),
                message: messages.text(&error.key, &written(&error.args)),
            })
            .collect();
        let mut by_field = BTreeMap::new();
        for error in &summary {
            by_field
                .entry(error.field.clone())
                .or_insert_with(|| error.message.clone());
        }
        Self { summary, by_field }
    }
}

/// Arguments with numbers as they are written.
fn written(args: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    args.iter()
        .map(|(name, value)| {
            let value = value.parse().map_or_else(|_| value.clone(), number);
            (*name, value)
        })
        .collect()
}

/// An option of a choice.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One more sentence; may be empty.
    pub hint: String,
}

/// The form of an idea, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: IdeaForm,
    /// The kinds.
    pub kinds: Vec<Choice>,
    /// The categories; empty where authors don't choose.
    pub categories: Vec<String>,
    /// The guiding questions.
    pub questions: Vec<String>,
    /// The longest title, in graphemes.
    pub title_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}

/// The form of a comment, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct CommentFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: CommentForm,
    /// The longest name, in graphemes.
    pub name_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}
