//! What templates are given of testimonials.

use domain::TestimonialForm;
use serde::Serialize;

use super::{Choice, Link, StatementView};

/// A testimonial in a list.
#[derive(Debug, Clone, Serialize)]
pub struct TestimonialCardView {
    /// Its address.
    pub href: String,
    /// Its title.
    pub title: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// The name that is shown.
    pub pseudonym: String,
    /// How the experience was felt, in words.
    pub sentiment: String,
    /// The sentiment's key.
    pub sentiment_key: &'static str,
    /// The structures that it concerns.
    pub structures: Vec<Link>,
    /// Its department, in words.
    pub department: Option<String>,
    /// When it was published.
    pub date: String,
    /// The same as `2026-11-24`.
    pub date_iso: String,
    /// « 2 personnes ont vécu la même chose »; none where nobody said so.
    pub same: Option<String>,
    /// Whether a structure answered, in words.
    pub state: String,
    /// `answered` or `unanswered`.
    pub state_key: &'static str,
}

/// A testimonial's own page: the context's `testimonial`.
#[derive(Debug, Clone, Serialize)]
pub struct TestimonialView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: TestimonialCardView,
    /// Its reference.
    pub reference: String,
    /// Its text, in HTML.
    pub body: String,
    /// The space that it was sent to.
    pub space: Link,
    /// The channels, in words.
    pub channels: Vec<String>,
    /// What is said of each aspect: its name, and the sentiment in words.
    pub aspects: Vec<(String, String)>,
    /// Whether somebody helped to write it.
    pub helped: bool,
    /// Whether its text was edited with its author's consent.
    pub edited: bool,
    /// What the structures answered.
    pub answers: Vec<AnswerView>,
    /// The structures that did not answer yet.
    pub unanswered: Vec<String>,
    /// What its author replied.
    pub reply: Option<StatementView>,
    /// Where one says that one had the same experience.
    pub same_action: String,
    /// Where it is signalled.
    pub report_href: String,
    /// Its whole address.
    pub url: String,
    /// Where it can be shared.
    pub share: Vec<Link>,
}

/// What a structure answered.
#[derive(Debug, Clone, Serialize)]
pub struct AnswerView {
    /// An anchor.
    pub id: String,
    /// The structure.
    pub structure: String,
    /// The answer, signed by a team.
    pub response: StatementView,
    /// The improvement that it declares.
    pub improvement: Option<StatementView>,
    /// Whether the author says that it helped.
    pub helped: bool,
}

/// The form of a testimonial, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct TestimonialFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: TestimonialForm,
    /// What is in the field that nobody sees.
    pub trap: String,
    /// How an experience may have been felt.
    pub sentiments: Vec<Choice>,
    /// The structures of the space.
    pub structures: Vec<Choice>,
    /// The value of « je ne sais pas ».
    pub unknown: &'static str,
    /// The channels, each with whether it was chosen.
    pub channels: Vec<(Choice, bool)>,
    /// The aspects, each with what was said of it.
    pub aspects: Vec<(Choice, String)>,
    /// Whether something was said of one of them.
    pub aspects_said: bool,
    /// Who may write.
    pub writers: Vec<Choice>,
    /// The longest title, in graphemes.
    pub title_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}
