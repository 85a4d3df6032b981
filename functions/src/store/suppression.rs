//! Addresses that mail does not go to any more: who sends on to them loses the right to send.
//!
//! What is kept is a keyed hash, never the address: it tells whether an address is one of them, and
//! nothing of one that nobody asks about.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::{Timestamp, ToSpan};

use super::attributes::{Attributes, number, text, time};
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable};
use crate::keys::{self, PARTITION};

/// For how long an address is left alone: as long as one is kept after its campaign. One that does
/// not exist then is told of by the next message to it.
const KEPT_DAYS: i64 = 365;

/// Why mail does not go to an address any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppression {
    /// A mail server said for good that it takes nothing for it.
    Bounce,
    /// Who reads it said that a message was not wanted.
    Complaint,
    /// The operator was asked to.
    Operator,
}

/// What is kept of an address that mail does not go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppressed {
    /// Why.
    pub why: Suppression,
    /// Since when, or when it was last said.
    pub at: Timestamp,
    /// Until when, unless it is said again.
    pub until: Timestamp,
}

impl Suppression {
    const ALL: [Self; 3] = [Self::Bounce, Self::Complaint, Self::Operator];

    /// The word that it is kept as.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Complaint => "complaint",
            Self::Operator => "operator",
        }
    }
}

impl Store {
    /// Keeps that mail does not go to an address, by its keyed hash. Said again, it holds longer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn suppress(
        &self,
        hash: &str,
        why: Suppression,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let until = now + (KEPT_DAYS * 24).hours();
        let until = u64::try_from(until.as_second()).unwrap_or_default();
        self.client
            .put_item()
            .table_name(&self.tables.identities)
            .item(PARTITION, text(&keys::suppressed(hash)))
            .item("why", text(why.key()))
            .item("at", time(now))
            .item(EXPIRES, number(until))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("suppress an address"))
    }

    /// Forgets that mail does not go to an address, and answers whether it did not.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn unsuppress(&self, hash: &str) -> Result<bool, StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&keys::suppressed(hash)))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map(|answer| answer.attributes.is_some())
            .map_err(unavailable("let mail go to an address again"))
    }

    /// What is kept of an address that mail does not go to; none where it does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn suppressed(&self, hash: &str) -> Result<Option<Suppressed>, StoreError> {
        let read = |item: Attributes| {
            let why = item.get("why")?;
            let known = Suppression::ALL.into_iter().find(|it| it.key() == why);
            let until = i64::try_from(item.get_number(EXPIRES)?).unwrap_or(i64::MAX);
            Ok(Suppressed {
                why: known.ok_or(StoreError::Illegible("why"))?,
                at: item.get_time("at")?,
                until: Timestamp::from_second(until).map_err(|_| StoreError::Illegible(EXPIRES))?,
            })
        };
        self.suppression(hash).await?.map(read).transpose()
    }

    /// Whether mail does not go to an address.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn is_suppressed(&self, hash: &str) -> Result<bool, StoreError> {
        Ok(self.suppression(hash).await?.is_some())
    }

    /// The item of an address that mail does not go to, legible or not: either keeps mail back.
    async fn suppression(&self, hash: &str) -> Result<Option<Attributes>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&keys::suppressed(hash)))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable("read whether an address is suppressed"))?;
        Ok(answer.item.map(Attributes::of))
    }
}
