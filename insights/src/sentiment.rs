//! How something was felt, as a text tells it: negative, neutral, positive, or nothing at all
//! where the text does not say. An analyst who reads a wrong sentiment stops believing the others:
//! where it would be a guess, there is none.
//!
//! [`read`] needs nothing but the text: a lexicon of French words and expressions, with what turns
//! them (negation, intensity, contrast, wishes). From [`Trained::FEWEST`] texts on whose sentiment
//! a person told, [`Trained`] learns how this public writes of this subject.
//!
//! The rules are after M. Taboada et al., "Lexicon-Based Methods for Sentiment Analysis",
//! Computational Linguistics 37(2), 2011, and C. Hutto & E. Gilbert, "VADER", ICWSM 2014, put in
//! French.

use domain::Sentiment;

use self::lexicon::{Hit, hits};
use self::words::{Token, tokens};

mod features;
mod lexicon;
mod linear;
mod trained;
mod words;

pub use self::trained::{NotTrained, TooFew, Trained};

/// Less than this said in a text is nothing said.
const LEAST: f32 = 0.5;
/// Where one side outweighs the other by less than this share of both, the text does not say.
const CLEAR: f32 = 0.1;
/// A text that calls itself mixed is neutral, unless one side outweighs the other by this share.
const MIXED: f32 = 0.4;

/// No sentence is looked at further than this many words from where one is: what some write
/// without a full stop takes no longer to read.
const SIGHT: usize = 60;

/// What a text says of how something was felt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// What it says, if it does.
    pub sentiment: Option<Sentiment>,
    /// The weight of all that is said in favour, at least 0.
    pub praise: f32,
    /// The weight of all that is said against, at least 0.
    pub blame: f32,
}

/// What a French text says of how something was felt.
#[must_use]
pub fn read(text: &str) -> Reading {
    let tokens = tokens(text);
    let hits = hits(&tokens);
    let (mut praise, mut blame, mut mixed) = (0.0_f32, 0.0_f32, false);
    for (place, hit) in hits.iter().enumerate() {
        mixed |= hit.mixed;
        let before = place.checked_sub(1).map_or(0, |last| hits[last].after());
        let weight = felt(&tokens, hit, before);
        praise += weight.max(0.0);
        blame -= weight.min(0.0);
    }
    let all = praise + blame;
    let balance = (praise - blame) / all.max(f32::EPSILON);
    let sentiment = if mixed && (all < LEAST || balance.abs() < MIXED) {
        Some(Sentiment::Neutral)
    } else if all < LEAST || balance.abs() < CLEAR {
        None
    } else if balance > 0.0 {
        Some(Sentiment::Positive)
    } else {
        Some(Sentiment::Negative)
    };
    Reading {
        sentiment,
        praise,
        blame,
    }
}

/// The weight of a word or an expression where it stands: what is before it may turn it.
fn felt(tokens: &[Token], hit: &Hit, before: usize) -> f32 {
    /// How far before a word what denies it stands.
    const REACH: usize = 4;
    let sight = hit.start.saturating_sub(SIGHT);
    let clause = tokens[sight..hit.start]
        .iter()
        .rposition(Token::ends_clause)
        .map_or(sight, |end| sight + end + 1);
    let near = clause.max(before).max(hit.start.saturating_sub(REACH));
    let mut weight = hit.weight;
    let last = |count: usize| &tokens[hit.start.saturating_sub(count).max(clause)..hit.start];
    if last(2).iter().any(Token::strengthens) {
        weight *= 1.4;
    } else if last(2).iter().any(Token::weakens) {
        weight *= 0.6;
    }
    let denied = (near..hit.start).any(|place| words::denies(tokens, place));
    if denied {
        // « Pas bon » is nearly « mauvais »; « pas mauvais » is far from « bon ».
        weight *= if weight > 0.0 { -0.8 } else { -0.4 };
    } else if weight > 0.0 && tokens[clause..hit.start].iter().any(Token::wishes) {
        // « Il faudrait un accueil agréable » does not say that it is.
        weight *= 0.2;
    }
    weight * stress(tokens, hit.start)
}

/// How much what stands here counts beside the rest of its text: less before « mais » than after
/// it, less where it is conceded (« malgré de bons acteurs »), and more in the last sentence.
fn stress(tokens: &[Token], place: usize) -> f32 {
    let (first, last) = (place.saturating_sub(SIGHT), tokens.len().min(place + SIGHT));
    let begin = tokens[first..place]
        .iter()
        .rposition(Token::ends_sentence)
        .map_or(first, |end| first + end + 1);
    let end = tokens[place..last]
        .iter()
        .position(Token::ends_sentence)
        .map_or(last, |end| place + end);
    let mut stress = 1.0;
    if (place..end).any(|at| words::contrasts(tokens, at)) {
        stress *= 0.6;
    } else if (begin..place).any(|at| words::contrasts(tokens, at)) {
        stress *= 1.4;
    }
    let clause = tokens[begin..place]
        .iter()
        .rposition(Token::ends_clause)
        .map_or(begin, |end| begin + end + 1);
    if (clause..place).any(|at| words::concedes(tokens, at)) {
        stress *= 0.3;
    }
    let closing = tokens[end..].iter().all(|token| token.word().is_none());
    if closing && begin > 0 {
        stress *= 1.3;
    }
    stress
}
