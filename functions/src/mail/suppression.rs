//! Addresses that mail came back from, or was not wanted at: nothing goes there any more, until a
//! year has passed or the operator says otherwise.

use domain::Email;
use jiff::Timestamp;

use crate::store::{StoreError, Suppressed, Suppression};
use crate::{App, Secret, Store};

/// Has nothing more sent to an address, which is kept as its hash with this secret.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn suppress(
    store: &Store,
    secret: &Secret,
    email: &Email,
    why: Suppression,
    now: Timestamp,
) -> Result<(), StoreError> {
    store.suppress(&secret.suppressed(email), why, now).await
}

/// Has mail go to an address again, and answers whether it did not.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn unsuppress(store: &Store, secret: &Secret, email: &Email) -> Result<bool, StoreError> {
    store.unsuppress(&secret.suppressed(email)).await
}

/// Why mail does not go to an address; none where it does.
///
/// # Errors
/// [`StoreError`].
pub async fn suppressed(
    store: &Store,
    secret: &Secret,
    email: &Email,
) -> Result<Option<Suppressed>, StoreError> {
    store.suppressed(&secret.suppressed(email)).await
}

impl App {
    /// Sends nothing more to an address.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn suppress(&self, email: &Email, why: Suppression) -> Result<(), StoreError> {
        suppress(&self.store, &self.secret, email, why, self.now()).await
    }

    /// Whether nothing goes to an address.
    pub(crate) async fn is_suppressed(&self, email: &Email) -> Result<bool, StoreError> {
        self.store
            .is_suppressed(&self.secret.suppressed(email))
            .await
    }
}
