//! A survey: the questions of a campaign, in sections that are pages, and which of them somebody is
//! shown.
//!
//! A question has a kind ([`Asks`]), and may be shown to those alone whose earlier answers say so
//! ([`Condition`]). A condition is about a question of an earlier section, so that it is known when
//! a page is made: without a script, pages simply follow one another.

mod answer;
mod cells;
mod parse;
mod results;
mod typed;

use serde::{Deserialize, Serialize};

use crate::text::Slug;

pub use answer::{Answer, Answers, PageRead, Read, SurveyAnswer, Wrong};
pub use cells::LEAST;
pub use results::{CrossResult, Found, GridRow, QuestionResult, Ranked, SurveyResults};
pub use typed::Typed;

/// The questions of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// What is said before the first question.
    pub lead: String,
    /// The pages, in order; at least one.
    pub sections: Vec<Section>,
    /// Which questions are shown by the answers to others, in the results.
    pub crosses: Vec<Cross>,
}

/// A page of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// What is said before its questions, in Markdown.
    pub text: Option<String>,
    /// To whom it is shown; to everybody where it is none.
    pub when: Option<Condition>,
    /// Its questions, in order; at least one.
    pub questions: Vec<Question>,
}

/// A question, or a text between two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its name in forms and exports, unique in its survey.
    pub id: Slug,
    /// The question, or the title of a text.
    pub label: String,
    /// What helps to answer it.
    pub hint: Option<String>,
    /// Whether it may be left without an answer.
    pub optional: bool,
    /// To whom it is shown; to everybody where it is none.
    pub when: Option<Condition>,
    /// What sort of answer it takes.
    pub asks: Asks,
}

/// What sort of answer a question takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asks {
    /// None: it is a text to read, in Markdown.
    Nothing(String),
    /// A line of at most so many graphemes.
    Short(usize),
    /// Paragraphs of at most so many graphemes.
    Long(usize),
    /// One of the choices, all in sight.
    One(Choices),
    /// One of the choices, in a list.
    List(Choices),
    /// From `min` to `max` of the choices.
    Several {
        /// The choices.
        choices: Choices,
        /// How many at least, once one is chosen.
        min: usize,
        /// How many at most.
        max: usize,
    },
    /// A whole number on a scale of which the ends have names.
    Scale {
        /// The lowest number.
        from: i64,
        /// The highest number.
        to: i64,
        /// What the lowest means.
        low: String,
        /// What the highest means.
        high: String,
    },
    /// One of the columns for each of the rows.
    Matrix {
        /// What is answered about.
        rows: Vec<Choice>,
        /// The answers.
        columns: Vec<Choice>,
        /// In which order the rows are.
        order: Order,
    },
    /// The choices from the first to the `ranks`th.
    Ranking {
        /// What is ranked.
        choices: Vec<Choice>,
        /// How many ranks there are to give.
        ranks: usize,
        /// In which order the choices are shown.
        order: Order,
    },
    /// A whole number.
    Number {
        /// The lowest that is taken.
        min: Option<i64>,
        /// The highest that is taken.
        max: Option<i64>,
        /// What is counted.
        unit: Option<String>,
    },
    /// A postcode, of which the department alone is kept.
    Postcode,
}

/// Choices, and how they are offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The choices, as they are written.
    pub all: Vec<Choice>,
    /// Whether one may answer something else, in one's own words.
    pub other: bool,
    /// In which order they are shown.
    pub order: Order,
}

/// One of several answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its name in forms and exports: what its words make.
    pub id: Slug,
    /// Its words.
    pub label: String,
}

/// In which order choices are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// As they are written.
    Written,
    /// In an order of each participant's own, so that none is favoured by its place.
    Drawn,
}

/// That an earlier question was answered with one of some choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The question, of an earlier section.
    pub question: Slug,
    /// The choices, or the numbers of a scale.
    pub is: Vec<Slug>,
}

/// Answers to a question, by the answers to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cross {
    /// The question of which the answers are counted.
    pub question: Slug,
    /// The question by whose answers participants are grouped.
    pub by: Slug,
}

impl Survey {
    /// All questions with the sections that hold them, in order; texts too.
    pub fn questions(&self) -> impl Iterator<Item = (&Section, &Question)> {
        self.sections.iter().flat_map(|section| {
            let questions = section.questions.iter();
            questions.map(move |question| (section, question))
        })
    }

    /// The question of that name.
    #[must_use]
    pub fn question(&self, id: &Slug) -> Option<&Question> {
        let mut all = self.questions();
        all.find(|(_, question)| question.id == *id)
            .map(|(_, question)| question)
    }

    /// Whether some participants are not shown a question.
    #[must_use]
    pub fn is_conditional(&self, id: &Slug) -> bool {
        self.questions().any(|(section, question)| {
            question.id == *id && (question.when.is_some() || section.when.is_some())
        })
    }
}

impl Question {
    /// The longest answer in one line, in graphemes.
    pub const SHORT: usize = 200;
    /// The longest answer in paragraphs, in graphemes.
    pub const LONG: usize = 2_000;
    /// The longest answer in one's own words beside choices, in graphemes.
    pub const OTHER: usize = 150;

    /// The name of its field: no other field of the page has it.
    #[must_use]
    pub fn field(&self) -> String {
        format!("q-{}", self.id)
    }

    /// The name of the field of a part of it: a row, a choice that is ranked.
    #[must_use]
    pub fn field_of(&self, part: &str) -> String {
        format!("q-{}.{part}", self.id)
    }

    /// Whether it takes an answer.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        !matches!(self.asks, Asks::Nothing(_))
    }

    /// Whether it is answered in one's own words alone.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.asks, Asks::Short(_) | Asks::Long(_))
    }

    /// The answers between which one chooses, in the order in which they are written: what
    /// conditions and cross-tables speak of. Empty for what is not answered by one choice or some.
    #[must_use]
    pub fn offered(&self) -> Vec<Slug> {
        match &self.asks {
            Asks::One(choices) | Asks::List(choices) | Asks::Several { choices, .. } => {
                let all = choices.all.iter().map(|choice| choice.id.clone());
                all.chain(choices.other.then(Choices::other)).collect()
            }
            Asks::Scale { from, to, .. } => (*from..=*to).filter_map(number_slug).collect(),
            _ => Vec::new(),
        }
    }
}

impl Choices {
    /// The name of what is answered in one's own words.
    #[must_use]
    pub fn other() -> Slug {
        Slug::parse("autre").expect("it is a slug")
    }
}

impl Order {
    /// The choices as one participant is shown them: in the same order whenever it is asked for
    /// the same `seed` and question.
    #[must_use]
    pub fn of<'c>(self, choices: &'c [Choice], seed: &str, question: &Slug) -> Vec<&'c Choice> {
        let mut shown: Vec<&Choice> = choices.iter().collect();
        if self == Self::Drawn {
            shown
                .sort_by_cached_key(|choice| drawn(&[seed, question.as_str(), choice.id.as_str()]));
        }
        shown
    }
}

impl Condition {
    /// Whether answers say so.
    #[must_use]
    pub fn holds(&self, answers: &Answers) -> bool {
        match answers.get(&self.question) {
            Some(Answer::Chosen { choices, .. }) => choices.iter().any(|it| self.is.contains(it)),
            Some(Answer::Number(number)) => {
                number_slug(*number).is_some_and(|it| self.is.contains(&it))
            }
            _ => false,
        }
    }
}

/// The name of a number of a scale among choices; below zero there is none.
pub(crate) fn number_slug(number: i64) -> Option<Slug> {
    Slug::parse(&number.to_string()).ok()
}

/// A number that looks drawn, the same for the same parts: FNV-1a, with the finish of `SplitMix64`,
/// which spreads what differs in the last letters alone.
fn drawn(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
