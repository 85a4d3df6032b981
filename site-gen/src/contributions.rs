//! What the public contributed and may be read: the generator's other input.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use domain::{
    Comment, ContributionId, Facts, Idea, IdeaCard, OfficialResponse, Outcome,
    PublishedTestimonial, Slug, SurveyResults, TestimonialCard, TestimonialFact,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cards::Cards;
use crate::catalogue::Catalogue;
use crate::problem::{Problem, said, system_said};
use crate::testimonials::TestimonialCards;

/// How much was contributed to a campaign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Published ideas.
    pub ideas: u64,
    /// Published comments on them.
    pub comments: u64,
    /// People who answered the survey.
    #[serde(default)]
    pub participants: u64,
}

/// A published idea with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedIdea {
    /// The idea.
    pub idea: Idea,
    /// When it was published.
    pub published_at: Timestamp,
    /// How many people like it, those carried over included.
    pub likes: u64,
    /// Its published comments, oldest first.
    pub comments: Vec<Comment>,
    /// What the institution answers.
    #[serde(default)]
    pub response: Option<OfficialResponse>,
    /// What it decided.
    #[serde(default)]
    pub outcome: Option<Outcome>,
}

impl PublishedIdea {
    /// The idea as lists show it.
    #[must_use]
    pub fn card(&self) -> IdeaCard {
        let comments = self.comments.len() as u64;
        IdeaCard {
            answered: self.response.is_some(),
            decided: self.outcome.as_ref().map(|outcome| outcome.decision),
            ..self.idea.card(self.published_at, self.likes, comments)
        }
    }

    /// Puts its comments in the order of its page.
    pub fn sort_comments(&mut self) {
        self.comments
            .sort_by(|a, b| (a.received_at, &a.id).cmp(&(b.received_at, &b.id)));
    }
}

/// Published contributions: all of them for a full build, or those that the pages to be
/// rendered are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contributions {
    /// Per campaign, how much was contributed.
    pub tallies: BTreeMap<Slug, Tally>,
    /// Per campaign, its published ideas in the order of each list.
    pub cards: BTreeMap<Slug, Cards>,
    /// The ideas with what their pages show.
    pub ideas: BTreeMap<ContributionId, PublishedIdea>,
    /// Ideas that were grouped with another: their addresses lead there.
    pub moved: BTreeMap<ContributionId, Moved>,
    /// The published testimonials in the order of lists.
    pub testimonial_cards: TestimonialCards,
    /// The testimonials with what their pages show.
    pub testimonials: BTreeMap<ContributionId, PublishedTestimonial>,
    /// What became of every testimonial that was received, published or not.
    pub facts: Facts,
    /// Per campaign whose survey is closed, what was answered.
    pub surveys: BTreeMap<Slug, SurveyResults>,
}

/// What is told of a survey: while it is open, how many took part; then what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedSurvey {
    /// The campaign.
    pub survey: Slug,
    /// How many took part.
    pub participants: u64,
    /// What was answered.
    #[serde(default)]
    pub results: Option<SurveyResults>,
}

/// Where the address of an idea leads that was grouped with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The idea that is no longer.
    pub moved: ContributionId,
    /// The campaign of both.
    pub campaign: Slug,
    /// The idea that stays.
    pub into: ContributionId,
}

impl Contributions {
    /// The whole, from every published idea, and every one that was grouped with another.
    #[must_use]
    pub fn of(ideas: Vec<PublishedIdea>, moved: Vec<Moved>) -> Self {
        let mut all = Self {
            moved: moved
                .into_iter()
                .map(|moved| (moved.moved.clone(), moved))
                .collect(),
            ..Self::default()
        };
        let mut cards: BTreeMap<Slug, Vec<IdeaCard>> = BTreeMap::new();
        for mut published in ideas {
            published.sort_comments();
            cards
                .entry(published.idea.campaign.clone())
                .or_default()
                .push(published.card());
            all.ideas.insert(published.idea.id.clone(), published);
        }
        for (campaign, cards) in cards {
            all.set_cards(campaign, cards);
        }
        all
    }

    /// The same with testimonials: those that are published, and what became of all.
    #[must_use]
    pub fn with_testimonials(
        mut self,
        published: Vec<PublishedTestimonial>,
        facts: Vec<TestimonialFact>,
    ) -> Self {
        let cards = published.iter().map(PublishedTestimonial::card).collect();
        self.set_testimonial_cards(cards);
        let by_id = |it: PublishedTestimonial| (it.testimonial.id.clone(), it);
        self.testimonials = published.into_iter().map(by_id).collect();
        self.facts = Facts::new(facts);
        self
    }

    /// The same without the testimonials of spaces that editors took away: these are nowhere on
    /// the site, and in no figure.
    #[must_use]
    pub fn within(&self, catalogue: &Catalogue) -> Cow<'_, Self> {
        let is_there = |space: &Slug| catalogue.spaces.contains_key(space);
        let cards = self.testimonial_cards.all();
        if self.facts.spaces().all(is_there) && cards.iter().all(|card| is_there(&card.space)) {
            return Cow::Borrowed(self);
        }
        let of_testimonials = self.testimonials.values();
        let published = of_testimonials.filter(|it| is_there(&it.testimonial.space));
        let facts = self.facts.all().iter();
        let facts = facts.filter(|fact| is_there(&fact.space));
        let (published, facts) = (published.cloned().collect(), facts.cloned().collect());
        Cow::Owned(self.clone().with_testimonials(published, facts))
    }

    /// The same with surveys.
    #[must_use]
    pub fn with_surveys(mut self, surveys: Vec<PublishedSurvey>) -> Self {
        for PublishedSurvey {
            survey,
            participants,
            results,
        } in surveys
        {
            let tally = self.tallies.entry(survey.clone()).or_default();
            tally.participants = participants;
            if let Some(results) = results {
                self.surveys.insert(survey, results);
            }
        }
        self
    }

    /// How many testimonials are published.
    #[must_use]
    pub fn testimonials_count(&self) -> u64 {
        self.testimonial_cards.all().len() as u64
    }

    /// Takes the cards of all published testimonials, in any order.
    pub fn set_testimonial_cards(&mut self, cards: Vec<TestimonialCard>) {
        self.testimonial_cards = TestimonialCards::of(cards);
    }

    /// Takes the published ideas of a campaign, in any order, and counts them.
    pub fn set_cards(&mut self, campaign: Slug, cards: Vec<IdeaCard>) {
        let tally = Tally {
            ideas: cards.len() as u64,
            comments: cards.iter().map(|card| card.comments).sum(),
            participants: self.tally(&campaign).participants,
        };
        self.tallies.insert(campaign.clone(), tally);
        self.cards.insert(campaign, Cards::of(cards));
    }

    /// How much was contributed to a campaign.
    #[must_use]
    pub fn tally(&self, campaign: &Slug) -> Tally {
        self.tallies.get(campaign).copied().unwrap_or_default()
    }

    /// The published ideas of a campaign.
    #[must_use]
    pub fn cards(&self, campaign: &Slug) -> &Cards {
        static NONE: Cards = Cards::NONE;
        self.cards.get(campaign).unwrap_or(&NONE)
    }

    /// Reads a file that the store exported: one published idea a line, as JSON, or one that was
    /// grouped with another; one published testimonial, or what became of one that was received;
    /// what is told of one survey.
    ///
    /// # Errors
    /// A problem for each line that is not one, or for the file.
    pub fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let source = std::fs::read_to_string(path).map_err(|error| {
            vec![Problem::of(
                path,
                said(
                    "contributions.unreadable",
                    &[("error", system_said(&error))],
                ),
            )]
        })?;
        let mut ideas = Vec::new();
        let mut moved = Vec::new();
        let mut testimonials = Vec::new();
        let mut facts = Vec::new();
        let mut surveys = Vec::new();
        let mut problems = Vec::new();
        let mut start = 0;
        for line in source.split_inclusive('\n') {
            if !line.trim().is_empty() {
                let read = if line.starts_with(MOVED) {
                    serde_json::from_str(line).map(|line| moved.push(line))
                } else if line.starts_with(TESTIMONIAL) {
                    serde_json::from_str(line).map(|line| testimonials.push(line))
                } else if line.starts_with(FACT) {
                    serde_json::from_str(line).map(|line| facts.push(line))
                } else if line.starts_with(SURVEY) {
                    serde_json::from_str(line).map(|line| surveys.push(line))
                } else {
                    serde_json::from_str(line).map(|idea| ideas.push(idea))
                };
                match read {
                    Ok(()) => {}
                    Err(error) => problems.push(Problem::at(
                        path,
                        &source,
                        start + error.column().saturating_sub(1)..start + error.column(),
                        said("contributions.line", &[("error", error.to_string())]),
                    )),
                }
            }
            start += line.len();
        }
        if problems.is_empty() {
            Ok(Self::of(ideas, moved)
                .with_testimonials(testimonials, facts)
                .with_surveys(surveys))
        } else {
            Err(problems)
        }
    }

    /// The same as a file: one published idea a line, as JSON, in the order of identifiers.
    #[must_use]
    pub fn to_lines(&self) -> String {
        let ideas = self.ideas.values().map(line);
        let moved = self.moved.values().map(line);
        let testimonials = self.testimonials.values().map(line);
        let facts = self.facts.all().iter().map(line);
        let surveys = self
            .tallies
            .iter()
            .filter(|(campaign, tally)| {
                tally.participants > 0 || self.surveys.contains_key(*campaign)
            })
            .map(|(campaign, tally)| {
                line(&PublishedSurvey {
                    survey: campaign.clone(),
                    participants: tally.participants,
                    results: self.surveys.get(campaign).cloned(),
                })
            });
        ideas
            .chain(moved)
            .chain(testimonials)
            .chain(facts)
            .chain(surveys)
            .collect()
    }
}

/// What the line of an idea that was grouped with another begins with.
const MOVED: &str = "{\"moved\":";

/// What the line of a published testimonial begins with.
const TESTIMONIAL: &str = "{\"testimonial\":";

/// What the line of what became of a testimonial begins with.
const FACT: &str = "{\"fact\":";

/// What the line of a survey begins with.
const SURVEY: &str = "{\"survey\":";

fn line<T: Serialize>(value: &T) -> String {
    let mut line = serde_json::to_string(value)
        .expect("a contribution has only string keys, so that it is always JSON");
    line.push('\n');
    line
}
