//! Identities: e-mail addresses, in a table of their own.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::{ContributionRef, Email};
use jiff::Timestamp;

use super::attributes::{Attributes, text};
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable, unbuilt};
use crate::keys::PARTITION;

impl Store {
    /// The address to which the author of a contribution asked to be told of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn email(&self, reference: &ContributionRef) -> Result<Option<Email>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&reference.to_string()))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable("read an identity"))?;
        answer
            .item
            .map(|item| Attributes::of(item).parse("email", Email::parse))
            .transpose()
    }

    /// Keeps another address for the author of a contribution, until `kept_until`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change_email(
        &self,
        reference: &ContributionRef,
        email: &Email,
        kept_until: Timestamp,
    ) -> Result<(), StoreError> {
        let put = self.put_identity(reference, email, kept_until)?;
        match self.transact("keep an identity", vec![put]).await? {
            Ok(()) => Ok(()),
            Err(_) => unreachable!("a put without a condition has none to fail"),
        }
    }

    pub(super) fn delete_identity(
        &self,
        reference: &ContributionRef,
    ) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.identities)
            .key(PARTITION, text(&reference.to_string()))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    pub(super) fn put_identity(
        &self,
        reference: &ContributionRef,
        email: &Email,
        kept_until: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = Attributes::default()
            .text(PARTITION, &reference.to_string())
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
