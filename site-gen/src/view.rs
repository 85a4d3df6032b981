//! What templates are given: words and addresses, ready to be shown. A template decides how
//! a thing looks, never what it says of it.

mod forms;
mod results;
mod statistics;
mod surveys;
mod testimonials;

use serde::Serialize;

pub use forms::{Choice, CommentFormView, FieldMessage, Filled, FormErrors, IdeaFormView};
pub use results::{
    BarView, ChartView, CorrectionView, FigureView, FindingView, PartView, ResultsCard,
    ResultsView, TileView, VerbatimView,
};
pub use statistics::{ComparedView, MeasureView, MonthView, MonthsView, ScopeView, StatisticsView};
pub use surveys::{
    AnswerWords, AnsweredView, CrossView, OtherView, QuestionView, RankView, RowView, SurveyChoice,
    SurveyView, TableView,
};
pub use testimonials::{AnswerView, TestimonialCardView, TestimonialFormView, TestimonialView};

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
    /// Where its live counts are, while they may change.
    pub counts_href: Option<String>,
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
    /// Its survey, where it has one.
    pub survey: Option<SurveyLinks>,
    /// Its results, with their title.
    pub results: Option<Link>,
    /// What became of it: the most recent news, with the page that holds all.
    pub outcome: Option<OutcomeNewsCard>,
    /// The campaign that it comes from.
    pub origin: Option<OriginView>,
}

/// Where a campaign comes from.
#[derive(Debug, Clone, Serialize)]
pub struct OriginView {
    /// The findings that raised it; none where it comes from the whole.
    pub findings: Vec<Link>,
    /// The results of the broader campaign, or that campaign where it has none; by its subject.
    pub campaign: Link,
}

/// Where a campaign's survey is.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyLinks {
    /// Its first page.
    pub href: String,
    /// What was answered.
    pub results_href: String,
    /// Whether it may be answered now.
    pub open: bool,
    /// Whether what was answered is told.
    pub closed: bool,
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
    /// The findings that it answers.
    pub findings: Vec<Link>,
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
    /// Its identifier.
    pub id: String,
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
    /// Where it is signalled.
    pub report_href: String,
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
    /// When it was last corrected, in words.
    pub corrected: Option<String>,
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
    /// Where it is signalled.
    pub report_href: String,
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
