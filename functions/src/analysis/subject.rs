//! What an analysis is of: the published ideas of a campaign, or what was answered to an open
//! question of its survey.

use std::fmt;

use domain::survey::Answer;
use domain::{ContributionId, Slug};
use insights::themes::Contribution;

use super::{felt, of_campaign, with_authors};
use crate::store::{Store, StoreError};

/// What an analysis is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The campaign.
    pub campaign: Slug,
    /// The question of its survey; none where it is of its ideas.
    pub question: Option<Slug>,
}

impl Subject {
    /// The published ideas of a campaign.
    #[must_use]
    pub fn ideas(campaign: &Slug) -> Self {
        Self {
            campaign: campaign.clone(),
            question: None,
        }
    }

    /// What was answered to a question of the survey of a campaign.
    #[must_use]
    pub fn answers(campaign: &Slug, question: &Slug) -> Self {
        Self {
            campaign: campaign.clone(),
            question: Some(question.clone()),
        }
    }

    /// Reads what [`Subject`] is written as.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let (campaign, question) = match written.split_once('.') {
            Some((campaign, question)) => (campaign, Some(Slug::parse(question).ok()?)),
            None => (written, None),
        };
        Some(Self {
            campaign: Slug::parse(campaign).ok()?,
            question,
        })
    }

    /// What is analysed, as it stands now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contributions(&self, store: &Store) -> Result<Vec<Contribution>, StoreError> {
        match &self.question {
            None => with_authors(store, of_campaign(store, &self.campaign).await?).await,
            Some(question) => answered(store, &self.campaign, question).await,
        }
    }
}

/// In addresses and keys: the campaign, or the campaign and the question with a dot between, which
/// no slug has.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.question {
            Some(question) => write!(f, "{}.{question}", self.campaign),
            None => write!(f, "{}", self.campaign),
        }
    }
}

/// What was answered to an open question, each by a participant of its own. Only the right to read
/// what is not public leads here.
async fn answered(
    store: &Store,
    campaign: &Slug,
    question: &Slug,
) -> Result<Vec<Contribution>, StoreError> {
    let sent = store.survey_answers(campaign).await?.into_iter();
    let texts = sent.filter_map(|sent| match sent.answers.get(question) {
        Some(Answer::Text(body)) => Some((sent.id, body.as_str().to_owned())),
        _ => None,
    });
    let given = texts.map(|(id, text): (ContributionId, String)| Contribution {
        id: id.to_string(),
        sentiment: felt("", &text),
        text,
        ..Contribution::default()
    });
    Ok(given.collect())
}
