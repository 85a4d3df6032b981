//! What the clock did last, and what it measures: how long what waits has waited.

use aws_sdk_dynamodb::types::Select;
use jiff::Timestamp;

use super::attributes::{Attributes, text, time};
use super::{Store, StoreError, unavailable};
use crate::keys::{self, Lane, MAIL, MAIL_PARKED, QUEUE, QUEUE_INDEX, QUEUED_AT};

/// What the clock did last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastRun {
    /// Until when campaigns that opened or closed are on the site as such.
    pub(crate) opened_until: Timestamp,
    /// When contributors are to be told next what came out.
    pub(crate) tell_at: Timestamp,
    /// What had come out, in the content, when they were told last.
    pub(crate) came_out: String,
}

impl Store {
    /// What the clock did last; none where it never ran.
    pub(crate) async fn last_run(&self) -> Result<Option<LastRun>, StoreError> {
        let item = self.get(&keys::clock(), "read what the clock did").await?;
        item.map(|item| {
            Ok(LastRun {
                opened_until: item.get_time("opened_until")?,
                tell_at: item.get_time("tell_at")?,
                came_out: item.get("came_out")?.to_owned(),
            })
        })
        .transpose()
    }

    /// Keeps what the clock did.
    pub(crate) async fn keep_run(&self, run: &LastRun) -> Result<(), StoreError> {
        let item = Attributes::at(&keys::clock())
            .time("opened_until", run.opened_until)
            .time("tell_at", run.tell_at)
            .text("came_out", &run.came_out);
        self.put_item(item, "keep what the clock did").await
    }

    /// Since when the oldest contribution waits to be read; none where none waits.
    pub(crate) async fn oldest_waiting(&self) -> Result<Option<Timestamp>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.main)
            .index_name(QUEUE_INDEX)
            .key_condition_expression("#queue = :lane")
            .expression_attribute_names("#queue", QUEUE)
            .expression_attribute_values(":lane", text(Lane::Waiting.key()))
            .limit(1)
            .send()
            .await
            .map_err(unavailable("read a lane"))?;
        let oldest = page.items.into_iter().flatten().next();
        oldest
            .map(|item| {
                let item = Attributes::of(item);
                let queued = keys::read_queued_at(item.get(QUEUED_AT)?);
                queued
                    .map(|(since, _)| since)
                    .ok_or(StoreError::Illegible(QUEUED_AT))
            })
            .transpose()
    }

    /// How many letters should have left by now, those that were tried and come again later among
    /// them, and how many were put aside.
    pub(crate) async fn letters_counted(&self, now: Timestamp) -> Result<(u64, u64), StoreError> {
        let waiting = self.count_letters(MAIL, now).await?;
        Ok((waiting, self.count_letters(MAIL_PARKED, now).await?))
    }

    /// How many letters of a lane were due at a time: not where they stand, which is when they come
    /// next.
    async fn count_letters(&self, lane: &str, due: Timestamp) -> Result<u64, StoreError> {
        let mut count = 0;
        let mut start = None;
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.tables.main)
                .index_name(QUEUE_INDEX)
                .select(Select::Count)
                .key_condition_expression("#queue = :lane")
                .filter_expression("due_at <= :due")
                .expression_attribute_names("#queue", QUEUE)
                .expression_attribute_values(":lane", text(lane))
                .expression_attribute_values(":due", time(due))
                .set_exclusive_start_key(start);
            let page = query.send().await.map_err(unavailable("count letters"))?;
            count += u64::try_from(page.count()).unwrap_or_default();
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(count);
            }
        }
    }
}
