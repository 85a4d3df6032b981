//! Salient points: themes by what makes each worth to be told, all of it visible.

use super::analysis::{Parts, Salient, Sentiments, Theme, round};
use super::settings::Weights;

/// Themes as salient points, the most salient first: of those that the engine found, or as people
/// left them.
#[must_use]
pub fn rank(themes: &[Theme], weights: Weights) -> Vec<Salient> {
    let authors = themes
        .iter()
        .map(|theme| theme.authors)
        .max()
        .unwrap_or_default();
    let likes = themes
        .iter()
        .map(|theme| theme.likes)
        .max()
        .unwrap_or_default();
    let mut salient: Vec<Salient> = (0..)
        .zip(themes)
        .map(|(place, theme)| {
            let parts = Parts {
                authors: round(beside(theme.authors as f64, authors as f64)),
                likes: (likes > 0).then(|| round(beside(theme.likes as f64, likes as f64))),
                distinctiveness: theme.distinctiveness,
                stability: theme.stability,
                negative: theme.sentiment.and_then(negative),
            };
            Salient {
                theme: place,
                score: score(&parts, weights),
                parts,
            }
        })
        .collect();
    salient.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.theme.cmp(&b.theme)));
    salient
}

/// The mean of the parts that are known.
fn score(parts: &Parts, weights: Weights) -> f32 {
    let known = [
        (Some(parts.authors), weights.authors),
        (parts.likes, weights.likes),
        (Some(parts.distinctiveness), weights.distinctiveness),
        (Some(parts.stability), weights.stability),
        (parts.negative, weights.negative),
    ];
    let (mut sum, mut weight) = (0.0, 0.0);
    for (part, weighs) in known {
        if let Some(part) = part {
            sum += part * weighs;
            weight += weighs;
        }
    }
    if weight > 0.0 {
        round(sum / weight)
    } else {
        0.0
    }
}

/// A count beside the largest: twice as many people count more, and not twice as much (by the
/// logarithm).
fn beside(count: f64, largest: f64) -> f32 {
    if largest > 0.0 {
        (libm::log1p(count) / libm::log1p(largest)) as f32
    } else {
        0.0
    }
}

fn negative(sentiments: Sentiments) -> Option<f32> {
    let known = sentiments.negative + sentiments.neutral + sentiments.positive;
    (known > 0).then(|| round(sentiments.negative as f32 / known as f32))
}
