//! Surveys in the store: what somebody has answered so far, what was sent, and how many took part.
//!
//! Answers that were sent are one item; that somebody took part is another, of its key alone, so that
//! participants are counted without reading what they answered.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::survey::{Answers, Typed};
use domain::{Campaign, ContributionId, Slug, SurveyAnswer, SurveyResults};
use jiff::Timestamp;
use site_gen::{Catalogue, Contributions, PublishedSurvey};

use super::attributes::{Attributes, flag, key, number, text};
use super::contributions::Added;
use super::sessions::seconds;
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unless_condition};
use crate::keys::{self, SORT};

/// What the attributes of a draft begin with that hold what was typed in its pages.
const PAGE: &str = "page_";

/// What somebody has answered so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct SurveyDraft {
    /// What was typed in each page, by its number.
    pub(crate) pages: BTreeMap<usize, Typed>,
    /// What was noted of it.
    pub(crate) marks: BTreeSet<DraftMark>,
}

/// What is noted of a draft, for what it takes to send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DraftMark {
    /// A field was filled that people don't see.
    Trapped,
    /// The link to it was followed that is sent by mail.
    ByMail,
}

impl DraftMark {
    const ALL: [Self; 2] = [Self::Trapped, Self::ByMail];

    /// The attribute that says it.
    fn name(self) -> &'static str {
        match self {
            Self::Trapped => "trapped",
            Self::ByMail => "by_mail",
        }
    }
}

impl Store {
    /// What was typed so far in the pages of a survey; none where nothing was, or it has expired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn survey_draft(
        &self,
        campaign: &Slug,
        id: &ContributionId,
        now: Timestamp,
    ) -> Result<Option<SurveyDraft>, StoreError> {
        let key = keys::survey_draft(campaign, id);
        let item = self.get(&key, "read a draft of a survey").await?;
        // What has expired is deleted within days, not at once.
        let item = item.filter(|item| {
            let expires = item.get_number_or_zero(EXPIRES);
            expires.is_ok_and(|expires| expires > seconds(now))
        });
        let Some(item) = item else {
            return Ok(None);
        };
        let mut pages = BTreeMap::new();
        for (name, typed) in item.texts_named(PAGE) {
            let number = name.parse().map_err(|_| StoreError::Illegible("page"))?;
            let typed = serde_json::from_str(typed).map_err(|_| StoreError::Illegible("page"))?;
            pages.insert(number, typed);
        }
        let marks = DraftMark::ALL.into_iter();
        let marks = marks.filter(|mark| item.is_set(mark.name())).collect();
        Ok(Some(SurveyDraft { pages, marks }))
    }

    /// Notes something of a draft, while it is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn mark_survey_draft(
        &self,
        campaign: &Slug,
        id: &ContributionId,
        mark: DraftMark,
    ) -> Result<(), StoreError> {
        let marked = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::survey_draft(campaign, id))))
            .update_expression("SET #mark = :set")
            .condition_expression("attribute_exists(#expires)")
            .expression_attribute_names("#mark", mark.name())
            .expression_attribute_names("#expires", EXPIRES)
            .expression_attribute_values(":set", flag(true))
            .send()
            .await;
        unless_condition(marked, "mark a draft of a survey").map(|_| ())
    }

    /// Keeps what was typed in one page, until `expires`; the other pages stay as they are.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn keep_survey_page(
        &self,
        campaign: &Slug,
        id: &ContributionId,
        page: usize,
        typed: &Typed,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::survey_draft(campaign, id))))
            .update_expression("SET #page = :typed, #expires = :expires")
            .expression_attribute_names("#page", format!("{PAGE}{page}"))
            .expression_attribute_names("#expires", EXPIRES)
            .expression_attribute_values(":typed", text(&json(typed)))
            .expression_attribute_values(":expires", number(seconds(expires)))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("keep a page of a survey"))
    }

    /// Forgets what was typed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn forget_survey_draft(
        &self,
        campaign: &Slug,
        id: &ContributionId,
    ) -> Result<(), StoreError> {
        self.delete(
            &keys::survey_draft(campaign, id),
            "forget a draft of a survey",
        )
        .await
    }

    /// Keeps what was sent, once, in the place of its draft.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is known to be kept, and it may be sent again.
    pub async fn add_survey_answer(&self, sent: &SurveyAnswer) -> Result<Added, StoreError> {
        let answer = Attributes::at(&keys::survey_answer(&sent.campaign, &sent.id))
            .time("received_at", sent.received_at)
            .text("answers", &json(&sent.answers));
        let participant = Attributes::at(&keys::participant(&sent.campaign, &sent.id));
        let writes = vec![
            self.put_new(answer)?,
            self.put(participant)?,
            self.delete_write(&keys::survey_draft(&sent.campaign, &sent.id))?,
        ];
        match self.transact("add answers to a survey", writes).await? {
            Ok(()) => Ok(Added::New),
            Err(_) => Ok(Added::Already),
        }
    }

    /// What somebody sent; none where it was taken back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn survey_answer(
        &self,
        campaign: &Slug,
        id: &ContributionId,
    ) -> Result<Option<SurveyAnswer>, StoreError> {
        let key = keys::survey_answer(campaign, id);
        let item = self.get(&key, "read answers to a survey").await?;
        item.map(|item| answer(campaign, &item)).transpose()
    }

    /// Erases what somebody sent: it is no longer counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn withdraw_survey_answer(
        &self,
        campaign: &Slug,
        id: &ContributionId,
    ) -> Result<(), StoreError> {
        let writes = vec![
            self.delete_write(&keys::survey_answer(campaign, id))?,
            self.delete_write(&keys::participant(campaign, id))?,
        ];
        // They have no condition that could fail.
        let _ = self.transact("erase answers to a survey", writes).await?;
        Ok(())
    }

    /// All that was sent to the survey of a campaign, in no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn survey_answers(&self, campaign: &Slug) -> Result<Vec<SurveyAnswer>, StoreError> {
        let partition = keys::survey_answers_partition(campaign);
        let items = self.partition(&partition, "", "read answers to a survey");
        let items = items.await?;
        items.iter().map(|item| answer(campaign, item)).collect()
    }

    /// How many took part in the survey of a campaign: counted afresh, consistently, and kept where
    /// pages find it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn recount_participants(&self, campaign: &Slug) -> Result<u64, StoreError> {
        let partition = keys::participants_partition(campaign);
        let count = self.count(&partition, "count participants").await?;
        let counted = [("participants", count)];
        self.set_tally(campaign, &counted).await?;
        Ok(count)
    }

    /// Keeps some of the counts of a campaign's tally; the others stay as they are.
    pub(super) async fn set_tally(
        &self,
        campaign: &Slug,
        counts: &[(&str, u64)],
    ) -> Result<(), StoreError> {
        let set: Vec<String> = counts
            .iter()
            .map(|(name, _)| format!("{name} = :{name}"))
            .collect();
        let values = counts
            .iter()
            .map(|(name, count)| (format!(":{name}"), number(*count)));
        self.client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::tally(campaign))))
            .update_expression(format!("SET {}", set.join(", ")))
            .set_expression_attribute_values(Some(
                values.collect::<std::collections::HashMap<String, AttributeValue>>(),
            ))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("keep a tally"))
    }

    /// What is told of the survey of a campaign that is closed; none of one that is not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn survey_results(
        &self,
        campaign: &Campaign,
        now: Timestamp,
    ) -> Result<Option<SurveyResults>, StoreError> {
        let survey = campaign.survey.as_ref();
        let Some(survey) = survey.filter(|_| now >= campaign.closes_at()) else {
            return Ok(None);
        };
        let sent = self.survey_answers(&campaign.slug).await?.into_iter();
        let all: Vec<Answers> = sent.map(|sent| sent.answers).collect();
        Ok(Some(SurveyResults::of(survey, &all)))
    }

    /// Everything that is published, with what is told of the surveys of a catalogue.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn published_with_surveys(
        &self,
        catalogue: &Catalogue,
        now: Timestamp,
    ) -> Result<Contributions, StoreError> {
        let published = self.published().await?;
        let mut surveys = Vec::new();
        for campaign in catalogue.campaigns.values() {
            if let Some(results) = self.survey_results(campaign, now).await? {
                surveys.push(PublishedSurvey {
                    survey: campaign.slug.clone(),
                    participants: published.tally(&campaign.slug).participants,
                    results: Some(results),
                });
            }
        }
        Ok(published.with_surveys(surveys))
    }
}

fn answer(campaign: &Slug, item: &Attributes) -> Result<SurveyAnswer, StoreError> {
    Ok(SurveyAnswer {
        id: item.parse(SORT, ContributionId::parse)?,
        campaign: campaign.clone(),
        received_at: item.get_time("received_at")?,
        answers: serde_json::from_str(item.get("answers")?)
            .map_err(|_| StoreError::Illegible("answers"))?,
    })
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("it has only string keys")
}
