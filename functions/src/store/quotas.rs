//! What was sent from a network address in an hour, and the salts of the days by which addresses
//! are told apart.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use jiff::civil::Date;

use super::attributes::{Attributes, key, number, text};
use super::sessions::seconds;
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unless_condition};
use crate::keys::{self, PARTITION};
use crate::secret::{hex, random};

impl Store {
    /// Counts one more of `what` from a sender in an hour, up to a limit; answers whether it
    /// was within.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn count_sent(
        &self,
        what: &str,
        sender: &str,
        hour: i64,
        limit: u64,
    ) -> Result<bool, StoreError> {
        let update = self
            .count_of(what, sender, hour, limit)
            .update_expression(format!("SET {EXPIRES} = :expires ADD sent :one"))
            .condition_expression("attribute_not_exists(sent) OR sent < :limit")
            .expression_attribute_values(":one", number(1));
        Ok(unless_condition(update.send().await, "count what was sent")?.is_some())
    }

    /// The same of something that is told apart from the others: it is counted once, however
    /// often it is sent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn count_once(
        &self,
        what: &str,
        sender: &str,
        hour: i64,
        limit: u64,
        thing: &str,
    ) -> Result<bool, StoreError> {
        let update = self
            .count_of(what, sender, hour, limit)
            .update_expression(format!("SET {EXPIRES} = :expires ADD things :things"))
            .condition_expression(
                "attribute_not_exists(things) OR contains(things, :thing) OR size(things) < :limit",
            )
            .expression_attribute_values(":thing", text(thing))
            .expression_attribute_values(":things", AttributeValue::Ss(vec![thing.to_owned()]));
        Ok(unless_condition(update.send().await, "count what was sent")?.is_some())
    }

    fn count_of(&self, what: &str, sender: &str, hour: i64, limit: u64) -> UpdateItemFluentBuilder {
        let ends = u64::try_from((hour + 2) * 3600).unwrap_or_default();
        self.client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::quota(what, sender, hour))))
            .expression_attribute_values(":limit", number(limit))
            .expression_attribute_values(":expires", number(ends))
    }

    /// The salt of a day, made when it is first asked for. With it the salt of the day before
    /// goes, and nobody can tell any more whose the hashes of that day were: it is kept in the
    /// table of identities, which has no stream that would remember it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn salt(&self, day: Date, ends: Timestamp) -> Result<String, StoreError> {
        let mut kept = self.day_salt.lock().await;
        if let Some((of, salt)) = kept.as_ref()
            && *of == day
        {
            return Ok(salt.clone());
        }
        let new = hex(&random::<32>());
        let sent = self
            .client
            .put_item()
            .table_name(&self.tables.identities)
            .item(PARTITION, text(&keys::salt(day)))
            .item("salt", text(&new))
            .item(EXPIRES, number(seconds(ends)))
            .condition_expression(format!("attribute_not_exists({PARTITION})"))
            .send()
            .await;
        let salt = match unless_condition(sent, "make a salt")? {
            Some(_) => {
                if let Ok(before) = day.yesterday() {
                    self.client
                        .delete_item()
                        .table_name(&self.tables.identities)
                        .key(PARTITION, text(&keys::salt(before)))
                        .send()
                        .await
                        .map_err(unavailable("destroy a salt"))?;
                }
                new
            }
            None => self.kept_salt(day).await?,
        };
        *kept = Some((day, salt.clone()));
        Ok(salt)
    }

    async fn kept_salt(&self, day: Date) -> Result<String, StoreError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&keys::salt(day)))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable("read a salt"))?;
        let item = found.item.map(Attributes::of).unwrap_or_default();
        Ok(item.get("salt")?.to_owned())
    }
}
