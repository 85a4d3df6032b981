//! Texts that were received before.

use aws_sdk_dynamodb::types::ReturnValue;
use domain::{ContributionRef, Place};
use jiff::Timestamp;

use super::attributes::{Attributes, key, number, text};
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable};
use crate::keys;

impl Store {
    /// Whether another contribution to the same place had this text, by its hash; notes that this
    /// one has it. One update, so that of several at once exactly one is the first; asked again for
    /// the same contribution, it answers the same. The note expires at `kept_until`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn repeats(
        &self,
        place: &Place,
        text_hash: &str,
        reference: &ContributionRef,
        kept_until: Timestamp,
    ) -> Result<bool, StoreError> {
        let reference = reference.to_string();
        let expires = u64::try_from(kept_until.as_second()).unwrap_or_default();
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::text(place, text_hash))))
            .update_expression(format!(
                "SET contribution = if_not_exists(contribution, :reference), {EXPIRES} = :expires"
            ))
            .expression_attribute_values(":reference", text(&reference))
            .expression_attribute_values(":expires", number(expires))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(unavailable("note a text"))?;
        let noted = Attributes::of(answer.attributes.unwrap_or_default());
        Ok(noted.get("contribution")? != reference)
    }
}
