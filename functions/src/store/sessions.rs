//! Moderators' sessions in the store.

use aws_sdk_dynamodb::types::{Select, TransactWriteItem, Update};
use jiff::{Timestamp, ToSpan};

use super::attributes::{Attributes, flag, key, number, text};
use super::moderators::Moderator;
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unbuilt};
use crate::keys::{self, PARTITION, QUEUE, QUEUE_INDEX, QUEUED_AT};

/// For how long a token that was replaced is still good, in seconds: other tabs were sent it.
const GRACE_SECONDS: i64 = 60;

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenSession {
    /// Whose it is.
    pub(crate) moderator: Moderator,
    /// When its present token was made.
    pub(crate) issued_at: Timestamp,
    /// When it ends, whatever happens; to the second.
    pub(crate) expires: Timestamp,
    /// Whether another token already took the place of this one.
    pub(crate) replaced: bool,
}

impl Store {
    /// Opens a session until `expires`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn open_session(
        &self,
        token_hash: &str,
        moderator: &Moderator,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let item = session_item(token_hash, moderator, now, expires);
        self.put_item(item, "open a session").await
    }

    /// The session of a token at `now`; none where it is over, or where its moderator is kept
    /// out or has ended it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn session(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<OpenSession>, StoreError> {
        let item = self
            .get(&keys::session(token_hash), "read a session")
            .await?;
        let Some(item) = item else {
            return Ok(None);
        };
        let expires = item.get_number(EXPIRES)?;
        if expires <= seconds(now) {
            return Ok(None);
        }
        let Some((moderator, _)) = self.moderator(item.get("login")?).await? else {
            return Ok(None);
        };
        if moderator.disabled || moderator.generation != item.get_number("generation")? {
            return Ok(None);
        }
        let expires = i64::try_from(expires).ok();
        Ok(Some(OpenSession {
            moderator,
            issued_at: item.get_time("issued_at")?,
            expires: expires
                .and_then(|expires| Timestamp::from_second(expires).ok())
                .ok_or(StoreError::Illegible(EXPIRES))?,
            replaced: item.is_set("replaced"),
        }))
    }

    /// Puts a new token in the place of one, which stays good for a minute; answers whether
    /// nobody did so before. The session ends when it would have.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn replace_token(
        &self,
        session: &OpenSession,
        old_hash: &str,
        new_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let item = session_item(new_hash, &session.moderator, now, session.expires)
            .text("previous", old_hash);
        let until = (now + GRACE_SECONDS.seconds()).min(session.expires);
        let old = Update::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::session(old_hash))))
            .update_expression(format!(
                "SET replaced = :yes, {EXPIRES} = :until REMOVE #queue, {QUEUED_AT}"
            ))
            .condition_expression(format!(
                "attribute_exists({PARTITION}) AND attribute_not_exists(replaced)"
            ))
            .expression_attribute_names("#queue", QUEUE)
            .expression_attribute_values(":yes", flag(true))
            .expression_attribute_values(":until", number(seconds(until)))
            .build()
            .map_err(unbuilt)?;
        let writes = vec![
            self.put_new(item)?,
            TransactWriteItem::builder().update(old).build(),
        ];
        Ok(self.transact("replace a token", writes).await?.is_ok())
    }

    /// Ends a session, its token of before included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn close_session(&self, token_hash: &str) -> Result<(), StoreError> {
        let closed = self
            .client
            .delete_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::session(token_hash))))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .send()
            .await
            .map_err(unavailable("close a session"))?;
        let closed = closed.attributes.map(Attributes::of).unwrap_or_default();
        if let Some(previous) = closed.get_optional("previous") {
            self.delete(&keys::session(previous), "close a session")
                .await?;
        }
        Ok(())
    }

    /// How many sessions of a moderator are open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn open_sessions(
        &self,
        moderator: &Moderator,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut count = 0;
        let mut start = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.tables.main)
                .index_name(QUEUE_INDEX)
                .select(Select::Count)
                .key_condition_expression("#queue = :sessions")
                .filter_expression(format!("generation = :generation AND {EXPIRES} > :now"))
                .expression_attribute_names("#queue", QUEUE)
                .expression_attribute_values(
                    ":sessions",
                    text(&keys::sessions_of(&moderator.login)),
                )
                .expression_attribute_values(":generation", number(moderator.generation))
                .expression_attribute_values(":now", number(seconds(now)))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("count sessions"))?;
            count += u64::try_from(page.count).unwrap_or_default();
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(count);
            }
        }
    }

    pub(super) async fn put_item(
        &self,
        item: Attributes,
        operation: &'static str,
    ) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.tables.main)
            .set_item(Some(item.into_item()))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable(operation))
    }

    pub(super) async fn delete(
        &self,
        at: &keys::Key,
        operation: &'static str,
    ) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(at)))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable(operation))
    }
}

fn session_item(
    token_hash: &str,
    moderator: &Moderator,
    now: Timestamp,
    expires: Timestamp,
) -> Attributes {
    Attributes::at(&keys::session(token_hash))
        .text("login", &moderator.login)
        .number("generation", moderator.generation)
        .time("issued_at", now)
        .number(EXPIRES, seconds(expires))
        .text(QUEUE, &keys::sessions_of(&moderator.login))
        .text(QUEUED_AT, token_hash)
}

/// An instant as the store's time to live has it, in seconds since 1970.
pub(super) fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or_default()
}
