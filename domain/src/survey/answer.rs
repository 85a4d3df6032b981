//! What somebody answers, and which pages and questions they are shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Condition, Question, Section, Survey, Typed};
use crate::text::{Body, ContributionId, Slug, Title};

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// In one's own words.
    Text(Body),
    /// One choice or several, in the order of the question.
    Chosen {
        /// The choices; [`super::Choices::other`] among them where there is `other`.
        choices: Vec<Slug>,
        /// What was answered beside them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<Title>,
    },
    /// A number, or a place on a scale.
    Number(i64),
    /// The column chosen for each row.
    Rows(BTreeMap<Slug, Slug>),
    /// What was ranked, from the first.
    Ranked(Vec<Slug>),
    /// The INSEE code of a department; none where the postcode is in none.
    Department(Option<String>),
}

/// The answers of one participant, by question.
pub type Answers = BTreeMap<Slug, Answer>;

/// What one participant sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAnswer {
    /// Its identifier.
    pub id: ContributionId,
    /// The campaign of the survey.
    pub campaign: Slug,
    /// When it was received.
    pub received_at: Timestamp,
    /// The answers.
    pub answers: Answers,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field to go to.
    pub field: String,
    /// The key of the message that says what is wrong and what to do.
    pub key: String,
    /// What the message names.
    pub args: Vec<(&'static str, String)>,
}

/// All pages of a survey that somebody is shown, read from what was typed so far.
#[derive(Debug, Clone)]
pub struct Read<'s> {
    /// The pages, in order.
    pub pages: Vec<PageRead<'s>>,
    /// The answers that hold.
    pub answers: Answers,
}

/// One page that somebody is shown.
#[derive(Debug, Clone)]
pub struct PageRead<'s> {
    /// Its place among all sections, from 1.
    pub number: usize,
    /// The section.
    pub section: &'s Section,
    /// Those of its questions that are shown.
    pub questions: Vec<&'s Question>,
    /// What is wrong with what was typed, in the order of the fields.
    pub wrong: Vec<Wrong>,
}

impl Survey {
    /// Reads what was typed: which pages and questions are shown, what was answered, and what is
    /// wrong. A question that is not shown has no answer, whatever was typed before.
    #[must_use]
    pub fn read(&self, typed: &Typed) -> Read<'_> {
        let mut answers = Answers::new();
        let mut pages = Vec::new();
        for (place, section) in self.sections.iter().enumerate() {
            let is_shown = |when: &Option<Condition>, answers: &Answers| {
                when.as_ref().is_none_or(|when| when.holds(answers))
            };
            if !is_shown(&section.when, &answers) {
                continue;
            }
            let shown = section.questions.iter();
            let shown = shown.filter(|question| is_shown(&question.when, &answers));
            let questions: Vec<&Question> = shown.collect();
            if questions.is_empty() {
                continue;
            }
            let mut wrong = Vec::new();
            for question in &questions {
                match question.parse(typed) {
                    Ok(Some(answer)) => {
                        answers.insert(question.id.clone(), answer);
                    }
                    Ok(None) => {}
                    Err(found) => wrong.extend(found),
                }
            }
            pages.push(PageRead {
                number: place + 1,
                section,
                questions,
                wrong,
            });
        }
        Read { pages, answers }
    }
}

impl Read<'_> {
    /// The page of that number, where it is shown.
    #[must_use]
    pub fn page(&self, number: usize) -> Option<&PageRead<'_>> {
        self.pages.iter().find(|page| page.number == number)
    }

    /// The number of the first page of which something is wrong or missing.
    #[must_use]
    pub fn first_wrong(&self) -> Option<usize> {
        let wrong = self.pages.iter().find(|page| !page.wrong.is_empty());
        wrong.map(|page| page.number)
    }

    /// The number of the page before this one.
    #[must_use]
    pub fn before(&self, number: usize) -> Option<usize> {
        let mut before = self.pages.iter().rev().map(|page| page.number);
        before.find(|other| *other < number)
    }

    /// The number of the page after this one.
    #[must_use]
    pub fn after(&self, number: usize) -> Option<usize> {
        let mut after = self.pages.iter().map(|page| page.number);
        after.find(|other| *other > number)
    }
}
