//! Addresses that mail came back from, or was not wanted at: nothing goes there any more.

use domain::Email;

use crate::App;
use crate::store::{StoreError, Suppression};

impl App {
    /// Sends nothing more to an address.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn suppress(&self, email: &Email, why: Suppression) -> Result<(), StoreError> {
        let hash = self.secret.suppressed(email);
        self.store.suppress(&hash, why, self.now()).await
    }

    /// Whether nothing goes to an address.
    pub(crate) async fn is_suppressed(&self, email: &Email) -> Result<bool, StoreError> {
        self.store
            .is_suppressed(&self.secret.suppressed(email))
            .await
    }
}
