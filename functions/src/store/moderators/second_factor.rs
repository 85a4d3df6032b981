//! The codes that a moderator may have asked for beside the password.

use super::{Change, Changed};
use crate::keys::{self, PARTITION};
use crate::store::attributes::{key, number, text};
use crate::store::{Store, StoreError, unless_condition};

impl Store {
    /// Asks for codes beside the password, which the code of `step` confirmed, where none are
    /// asked for yet; or no longer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn set_second_factor(
        &self,
        change: &Change<'_>,
        factor: Option<(&str, u64)>,
    ) -> Result<Changed, StoreError> {
        let (action, expression) = match factor {
            Some(_) => ("moderator-code-on", "SET seed = :seed, last_step = :step"),
            None => ("moderator-code-off", "REMOVE seed, last_step"),
        };
        let noted = change.noted(action, "", "");
        let mut update = self.updating(change.login).update_expression(expression);
        if let Some((seed, step)) = factor {
            update = update
                .condition_expression(format!(
                    "attribute_exists({PARTITION}) AND attribute_not_exists(seed)"
                ))
                .expression_attribute_values(":seed", text(seed))
                .expression_attribute_values(":step", number(step));
        }
        self.change_moderator(&noted, update, None).await
    }

    /// Asks for codes no longer: their application is lost.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn_codes_off(&self, change: &Change<'_>) -> Result<Changed, StoreError> {
        self.set_second_factor(change, None).await
    }

    /// Takes the code of a step, which is good once; answers whether it was.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn take_step(&self, login: &str, step: u64) -> Result<bool, StoreError> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::moderator(login))))
            .update_expression("SET last_step = :step")
            .condition_expression("attribute_exists(seed) AND last_step < :step")
            .expression_attribute_values(":step", number(step))
            .send()
            .await;
        Ok(unless_condition(sent, "take a code")?.is_some())
    }
}
