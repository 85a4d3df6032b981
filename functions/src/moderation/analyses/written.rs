//! What was written, as the pages of an analysis show it: ideas while they are public, or answers
//! to a question while their authors leave them there.

use std::collections::BTreeMap;

use domain::{Campaign, Contribution, ContributionId, ContributionRef, IdeaCard};
use insights::themes::By;
use serde_json::{Value, json};
use site_gen::address;
use site_gen::view::Link;

use crate::analysis::Subject;
use crate::{App, Failure};

/// What was written of a subject, by identifier.
pub(super) enum Written {
    /// Ideas, as lists show them.
    Ideas(BTreeMap<String, IdeaCard>),
    /// Answers, word for word.
    Answers(BTreeMap<String, String>),
}

impl Written {
    pub(super) async fn of(app: &App, subject: &Subject) -> Result<Self, Failure> {
        if subject.question.is_some() {
            let answers = subject.contributions(&app.store).await?.into_iter();
            return Ok(Self::Answers(answers.map(|it| (it.id, it.text)).collect()));
        }
        let cards = app.store.cards(&subject.campaign).await?.into_iter();
        let cards = cards.map(|card| (card.id.to_string(), card));
        Ok(Self::Ideas(cards.collect()))
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Ideas(cards) => cards.len() as u64,
            Self::Answers(answers) => answers.len() as u64,
        }
    }

    /// How many like one; none where that is not asked.
    pub(super) fn likes(&self, id: &str) -> Option<u64> {
        self.card(id).map(|card| card.likes)
    }

    /// The card of one, where it is an idea.
    pub(super) fn card(&self, id: &str) -> Option<&IdeaCard> {
        match self {
            Self::Ideas(cards) => cards.get(id),
            Self::Answers(_) => None,
        }
    }

    /// One whole, while it is there.
    pub(super) async fn item(
        &self,
        app: &App,
        campaign: &Campaign,
        id: &str,
        by: By,
    ) -> Result<Value, Failure> {
        let messages = app.renderer.messages();
        let by_person = (by == By::Person).then(|| messages.text("analyses.by-person", &[]));
        if let Self::Answers(answers) = self
            && let (Some(text), Ok(sent)) = (answers.get(id), ContributionId::parse(id))
        {
            let args = [("reference", sent.reference())];
            return Ok(json!({
                "id": id,
                "label": messages.text("analyses.answer", &args),
                "body": site_gen::markdown::citizens(text),
                "by_person": by_person,
            }));
        }
        let Some(card) = self.card(id) else {
            let gone = messages.text("analyses.no-longer", &[]);
            return Ok(json!({"id": id, "gone": gone}));
        };
        let reference = ContributionRef::Idea(card.id.clone());
        let held = app.store.contribution(&reference).await?;
        let body = match held.as_ref().map(|held| &held.contribution) {
            Some(Contribution::Idea(idea)) => idea.body.as_str(),
            _ => &card.excerpt,
        };
        let href = address::idea(&campaign.slug, &card.id, 1);
        Ok(json!({
            "id": id,
            "label": card.title,
            "link": Link::new(card.title.as_str(), href),
            "body": site_gen::markdown::citizens(body),
            "likes": messages.count("analyses.n-likes", card.likes),
            "by_person": by_person,
        }))
    }
}
