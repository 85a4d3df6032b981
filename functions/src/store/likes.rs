//! Likes in the store: one item per person and idea, spread over shards, counted and never added.

use domain::{ContributionId, Like, Person};
use jiff::{Timestamp, ToSpan};

use super::attributes::{Attributes, key, time};
use super::sessions::seconds;
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unless_condition};
use crate::keys::{self, PARTITION};

impl Store {
    /// Keeps that a person likes an idea; liked already, nothing changes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn like(&self, like: &Like, now: Timestamp) -> Result<(), StoreError> {
        self.like_from(like, None, now).await
    }

    /// The same, with the hash of the network from which it came.
    pub(crate) async fn like_from(
        &self,
        like: &Like,
        network: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let item = Attributes::at(&keys::like(&like.idea, &like.person))
            .time("liked_at", now)
            .optional("network_hash", network);
        self.put_once(item, "like").await
    }

    /// Who pressed a button, where it may be pressed again before a cookie comes back: who
    /// pressed it first in the last three seconds, else this person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn first_to_press(
        &self,
        press: &str,
        person: Person,
        now: Timestamp,
    ) -> Result<Person, StoreError> {
        const WINDOW_SECONDS: i64 = 3;
        let key = keys::press(press);
        let item = Attributes::at(&key)
            .text("person", &person.expose())
            .time("pressed_at", now)
            .number(EXPIRES, seconds(now + WINDOW_SECONDS.seconds()));
        let sent = self
            .client
            .put_item()
            .table_name(&self.tables.main)
            .set_item(Some(item.into_item()))
            .condition_expression(format!(
                "attribute_not_exists({PARTITION}) OR pressed_at <= :before"
            ))
            .expression_attribute_values(":before", time(now - WINDOW_SECONDS.seconds()))
            .send()
            .await;
        if unless_condition(sent, "press a button")?.is_some() {
            return Ok(person);
        }
        match self.get(&key, "read who pressed a button").await? {
            Some(first) => first.parse("person", Person::parse),
            None => Ok(person),
        }
    }

    /// Puts an item where there is none; where there is one, nothing changes.
    pub(super) async fn put_once(
        &self,
        item: Attributes,
        operation: &'static str,
    ) -> Result<(), StoreError> {
        let sent = self
            .client
            .put_item()
            .table_name(&self.tables.main)
            .set_item(Some(item.into_item()))
            .condition_expression(format!("attribute_not_exists({PARTITION})"))
            .send()
            .await;
        unless_condition(sent, operation).map(|_| ())
    }

    /// Forgets that a person likes an idea.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn unlike(&self, like: &Like) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::like(&like.idea, &like.person))))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("unlike"))
    }

    /// Whether a person likes an idea.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn likes(&self, like: &Like) -> Result<bool, StoreError> {
        let found = self
            .get(&keys::like(&like.idea, &like.person), "read a like")
            .await?;
        Ok(found.is_some())
    }

    /// How many people of a shard like an idea: counted afresh, consistently.
    pub(super) async fn count_likes(
        &self,
        idea: &ContributionId,
        shard: u8,
    ) -> Result<u64, StoreError> {
        let partition = keys::likes_partition(idea, shard);
        self.count(&partition, "count likes").await
    }
}
