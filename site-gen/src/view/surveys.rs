//! What templates are given of surveys: pages of questions, answers in words, what was answered.

use serde::Serialize;

use super::{ChartView, Link};

/// A page of a survey: the context's `survey`.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyView {
    /// What is said before the first question of all; on the first page alone.
    pub lead: Option<String>,
    /// The page's title.
    pub title: String,
    /// What is said before its questions, as HTML.
    pub text: Option<String>,
    /// Its place among the pages that are shown, from 1.
    pub place: usize,
    /// How many pages are shown, as far as is known.
    pub count: usize,
    /// Its questions, and texts between them.
    pub questions: Vec<QuestionView>,
    /// Where it is sent.
    pub action: String,
    /// Where one goes on with what was answered before.
    pub resume_href: String,
    /// Whether there is a page before it.
    pub has_before: bool,
    /// Whether there is one after it.
    pub has_after: bool,
    /// Whether one came to it from the review, and goes back there.
    pub from_review: bool,
    /// Until when it may be answered, in words.
    pub until: String,
}

/// A question of a page, or a text between two.
#[derive(Debug, Clone, Default, Serialize)]
pub struct QuestionView {
    /// What sort of field it is: `text`, `short`, `long`, `one`, `list`, `several`, `scale`,
    /// `matrix`, `ranking`, `number`, `postcode`.
    pub kind: &'static str,
    /// Its field, and its anchor.
    pub name: String,
    /// The question.
    pub label: String,
    /// What helps to answer it.
    pub hint: Option<String>,
    /// Whether it may be left.
    pub optional: bool,
    /// What is wrong with it.
    pub error: Option<String>,
    /// A text, as HTML.
    pub text: String,
    /// What was typed.
    pub value: String,
    /// The longest answer, in graphemes; 0 where there is no limit.
    pub limit: usize,
    /// The choices, in the order in which they are shown.
    pub choices: Vec<SurveyChoice>,
    /// What may be answered beside them.
    pub other: Option<OtherView>,
    /// The rows of a matrix, or what is ranked.
    pub rows: Vec<RowView>,
    /// The names of a scale's ends.
    pub ends: Option<(String, String)>,
    /// What a number counts.
    pub unit: Option<String>,
    /// The department that is kept of a postcode, in words.
    pub department: Option<String>,
    /// The field by which it is taken back.
    pub forget: String,
}

/// A choice that may be made.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyChoice {
    /// The `id` of its field.
    pub id: String,
    /// What is sent.
    pub value: String,
    /// Its words.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Where one answers in one's own words beside choices.
#[derive(Debug, Clone, Serialize)]
pub struct OtherView {
    /// Its field, and its anchor.
    pub name: String,
    /// What was typed.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The longest answer, in graphemes.
    pub limit: usize,
}

/// A row of a matrix, or something that is ranked.
#[derive(Debug, Clone, Serialize)]
pub struct RowView {
    /// Its field, and its anchor.
    pub name: String,
    /// Its words.
    pub label: String,
    /// What may be chosen.
    pub choices: Vec<SurveyChoice>,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// An answer, as who gave it reads it again.
#[derive(Debug, Clone, Serialize)]
pub struct AnswerWords {
    /// The question.
    pub label: String,
    /// What was answered, a line each thing; empty where nothing was.
    pub lines: Vec<String>,
}

/// What was answered to one question: the context's `questions`.
#[derive(Debug, Clone, Serialize)]
pub struct AnsweredView {
    /// Its anchor.
    pub id: String,
    /// The question.
    pub label: String,
    /// « 214 réponses sur 230 participants ».
    pub base: String,
    /// What is to be known to read it.
    pub notes: Vec<String>,
    /// Its counts, drawn.
    pub chart: Option<ChartView>,
    /// Its counts as a table alone.
    pub table: Option<TableView>,
    /// Figures that stand alone: their words and values.
    pub figures: Vec<Link>,
    /// What was ranked.
    pub ranks: Vec<RankView>,
}

/// A table: the first cell of each row is its header.
#[derive(Debug, Clone, Serialize)]
pub struct TableView {
    /// What it holds, as a sentence.
    pub caption: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// Something that was ranked.
#[derive(Debug, Clone, Serialize)]
pub struct RankView {
    /// Its words.
    pub label: String,
    /// Its mean rank, in words.
    pub mean: String,
    /// How many put it first, in words.
    pub first: String,
    /// How many ranked it.
    pub ranked: String,
}

/// Answers to a question by those to another: the context's `crosses`.
#[derive(Debug, Clone, Serialize)]
pub struct CrossView {
    /// Its anchor.
    pub id: String,
    /// « … selon … ».
    pub title: String,
    /// The counts; none where all are hidden.
    pub table: Option<TableView>,
}
