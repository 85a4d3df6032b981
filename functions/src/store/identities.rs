//! Identities: e-mail addresses, in a table of their own.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::{ContributionRef, Email, Event, Letter, Recipient};
use jiff::Timestamp;

use super::attributes::{Attributes, text};
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unbuilt};
use crate::keys::{self, PARTITION};

impl Store {
    /// The address to which somebody asked to be told of a contribution or a report.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn email(&self, of: &Recipient) -> Result<Option<Email>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&keys::identity(of)))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable("read an identity"))?;
        answer
            .item
            .map(|item| Attributes::of(item).parse("email", Email::parse))
            .transpose()
    }

    /// Keeps another address for the author of a contribution, until `kept_until`. Answers
    /// whether it did: where the contribution is taken back, even just now, there is nothing
    /// more to tell, and nobody would have the address erased.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change_email(
        &self,
        reference: &ContributionRef,
        email: &Email,
        kept_until: Timestamp,
    ) -> Result<bool, StoreError> {
        let author = Recipient::Author(reference.clone());
        let writes = vec![
            self.not_withdrawn(reference)?,
            self.put_identity(&author, email, kept_until)?,
        ];
        let kept = self.transact("keep an identity", writes).await?;
        Ok(kept.is_ok())
    }

    /// Asks the author of what is not confirmed to confirm another address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn ask_again(
        &self,
        reference: &ContributionRef,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let occasion = now.as_millisecond();
        let letter = Letter::to_author(Event::Unconfirmed, reference.clone(), occasion, now);
        let put = self.put_letter(&letter)?;
        // Where it is there already, it was asked in the same millisecond.
        self.transact("ask to confirm", vec![put]).await.map(|_| ())
    }

    pub(super) fn delete_identity(&self, of: &Recipient) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&keys::identity(of)))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Forgets the address of somebody who asks for it: nothing is told any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget_email(&self, of: &Recipient) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&keys::identity(of)))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("forget an identity"))
    }

    pub(super) fn put_identity(
        &self,
        of: &Recipient,
        email: &Email,
        kept_until: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = Attributes::default()
            .text(PARTITION, &keys::identity(of))
            .text("email", email.expose())
            .number(
                EXPIRES,
                u64::try_from(kept_until.as_second()).unwrap_or_default(),
            );
        let put = Put::builder()
            .table_name(&self.tables.identities)
            .set_item(Some(item.into_item()))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
