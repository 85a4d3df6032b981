//! What was sent from a network address in an hour, and the salts of the days by which addresses
//! are told apart.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use jiff::civil::Date;

use super::attributes::{Attributes, key, number, text};
use super::sessions::seconds;
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unless_condition};
use crate::keys::{self, PARTITION, SORT};
use crate::secret::{hex, random};
use crate::sender::Sender;

/// What an address sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Busy {
    /// Its keyed hash.
    pub(crate) address: String,
    /// The keyed hash of its network.
    pub(crate) network: String,
    /// How much, by what is counted.
    pub(crate) sent: BTreeMap<String, u64>,
}

impl Store {
    /// Counts one more of `what` from a sender in an hour, up to a limit; answers whether it
    /// was within.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn count_sent(
        &self,
        what: &str,
        sender: &Sender,
        hour: i64,
        limit: u64,
    ) -> Result<bool, StoreError> {
        let update = self
            .quota(what, sender, hour, limit)
            .update_expression(adding("sent :one"))
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
        sender: &Sender,
        hour: i64,
        limit: u64,
        thing: &str,
    ) -> Result<bool, StoreError> {
        let update = self
            .quota(what, sender, hour, limit)
            .update_expression(adding("things :things"))
            .condition_expression(
                "attribute_not_exists(things) OR contains(things, :thing) OR size(things) < :limit",
            )
            .expression_attribute_values(":thing", text(thing))
            .expression_attribute_values(":things", AttributeValue::Ss(vec![thing.to_owned()]));
        Ok(unless_condition(update.send().await, "count what was sent")?.is_some())
    }

    fn quota(&self, what: &str, sender: &Sender, hour: i64, limit: u64) -> UpdateItemFluentBuilder {
        let ends = u64::try_from((hour + 2) * 3600).unwrap_or_default();
        self.client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::quota(what, sender.address(), hour))))
            .expression_attribute_values(":network", text(sender.network()))
            .expression_attribute_values(":limit", number(limit))
            .expression_attribute_values(":expires", number(ends))
    }

    /// The addresses that sent the most in an hour and in the one before, up to `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn busiest(&self, hour: i64, limit: usize) -> Result<Vec<Busy>, StoreError> {
        let mut found: BTreeMap<String, Busy> = BTreeMap::new();
        for hour in [hour - 1, hour] {
            for shard in 0..keys::QUOTA_SHARDS {
                let partition = keys::quotas_partition(hour, shard);
                for item in self.partition(&partition, "", "read quotas").await? {
                    let (what, address) =
                        keys::quota_of(item.get(SORT)?).ok_or(StoreError::Illegible("quota"))?;
                    let busy = found.entry(address.to_owned()).or_insert_with(|| Busy {
                        address: address.to_owned(),
                        network: item
                            .get_optional("network_hash")
                            .unwrap_or_default()
                            .to_owned(),
                        sent: BTreeMap::new(),
                    });
                    *busy.sent.entry(what.to_owned()).or_default() +=
                        item.get_number_or_zero("sent")? + item.set_size("things");
                }
            }
        }
        let mut busiest: Vec<Busy> = found.into_values().collect();
        busiest.sort_by_cached_key(|busy| {
            let sum: u64 = busy.sent.values().sum();
            (std::cmp::Reverse(sum), busy.sent.clone())
        });
        busiest.truncate(limit);
        Ok(busiest)
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

/// The update that counts: it notes until when the count is kept, and the network.
fn adding(what: &str) -> String {
    format!("SET {EXPIRES} = :expires, network_hash = :network ADD {what}")
}
