//! Failures to log in, counted before each try is looked at, so that no number of tries at the
//! same time is more than the limit.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{Timestamp, ToSpan};

use super::attributes::{Attributes, key, number, time};
use super::sessions::seconds;
use super::tables::EXPIRES;
use super::{Store, StoreError, unless_condition};
use crate::keys::{Key, SORT};

/// How many tries are let through, and for how long none is after that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// How many failures there may be without a calm between them.
    pub(crate) tries: u64,
    /// For how long nobody must have failed for the failures of before to be forgotten, in
    /// minutes; also how long the first lock lasts.
    pub(crate) minutes: i64,
    /// The longest lock, in minutes: each lasts twice as long as the one before within a day.
    pub(crate) longest_minutes: i64,
}

impl Store {
    /// Takes one of the tries of a subject, or answers when the next may be taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn take_try(
        &self,
        subject: &Key,
        patience: &Patience,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        // Others may take one between the two requests, and the count is then looked at again.
        const ROUNDS: u32 = 20;
        for _ in 0..ROUNDS {
            let calm = now - patience.minutes.minutes();
            let counted = self
                .count_try(
                    subject,
                    now,
                    "SET last_at = :now, expires = :expires ADD tries :one",
                    "attribute_not_exists(tries) OR (tries < :limit AND last_at > :calm)",
                    vec![
                        (":one", number(1)),
                        (":limit", number(patience.tries)),
                        (":calm", time(calm)),
                    ],
                )
                .await?;
            if counted {
                return Ok(Ok(()));
            }
            let Some(item) = self.get(subject, "read failures").await? else {
                continue;
            };
            let tries = item.get_number("tries")?;
            let last_at = item.get_time("last_at")?;
            let is_over = item.get_number(EXPIRES)? <= seconds(now);
            let locks = if is_over { 0 } else { locks(&item)? };
            let full = tries >= patience.tries;
            if full && !is_over {
                let lasts = patience.minutes << locks.min(10);
                let until = last_at + lasts.min(patience.longest_minutes).minutes();
                if now < until {
                    return Ok(Err(until));
                }
            }
            let locks = locks + u64::from(full);
            let begun = self
                .count_try(
                    subject,
                    now,
                    "SET last_at = :now, expires = :expires, tries = :one, times_locked = :locks",
                    "tries = :tries AND last_at = :last_at",
                    vec![
                        (":one", number(1)),
                        (":locks", number(locks)),
                        (":tries", number(tries)),
                        (":last_at", time(last_at)),
                    ],
                )
                .await?;
            if begun {
                return Ok(Ok(()));
            }
        }
        Err(StoreError::Unavailable {
            operation: "count failures",
            message: "others counted all the time".to_owned(),
        })
    }

    /// Gives a try back: it was no failure.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn give_try_back(&self, subject: &Key) -> Result<(), StoreError> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(subject)))
            .update_expression("ADD tries :less")
            .condition_expression("tries > :none")
            .expression_attribute_values(":less", AttributeValue::N("-1".to_owned()))
            .expression_attribute_values(":none", number(0))
            .send()
            .await;
        unless_condition(sent, "give a try back").map(|_| ())
    }

    /// Forgets the failures of a subject.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn forget_tries(&self, subject: &Key) -> Result<(), StoreError> {
        self.delete(subject, "forget failures").await
    }

    /// Forgets the failures of a login, from wherever they came.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn forget_all_tries(&self, of_login: &Key) -> Result<(), StoreError> {
        let partition = &of_login.partition;
        for item in self.partition(partition, "", "list failures").await? {
            let sort = item.get(SORT)?.to_owned();
            let at = Key {
                partition: partition.clone(),
                sort,
            };
            self.forget_tries(&at).await?;
        }
        Ok(())
    }

    async fn count_try(
        &self,
        subject: &Key,
        now: Timestamp,
        expression: &str,
        condition: &str,
        values: Vec<(&str, AttributeValue)>,
    ) -> Result<bool, StoreError> {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(subject)))
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":expires", number(seconds(now + 24.hours())));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        Ok(unless_condition(update.send().await, "count failures")?.is_some())
    }
}

fn locks(item: &Attributes) -> Result<u64, StoreError> {
    match item.has("times_locked") {
        true => item.get_number("times_locked"),
        false => Ok(0),
    }
}
