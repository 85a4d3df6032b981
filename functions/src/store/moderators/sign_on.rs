//! Which moderator somebody is whom a provider identified: by the address that an administrator
//! gave, the first time, and by their identifier at the provider from then on. Of both there is
//! a keyed hash, and nothing else.

use jiff::{Timestamp, ToSpan};

use super::{Change, Changed, Moderator, SignOn, read};
use crate::keys::{self, PARTITION};
use crate::store::attributes::{Attributes, number, text};
use crate::store::sessions::seconds;
use crate::store::tables::EXPIRES;
use crate::store::{Store, StoreError};

/// How long a login that came back is remembered, in minutes: longer than it is good.
const REMEMBERED_MINUTES: i64 = 60;

/// What is asked of somebody whom a provider identified, as keyed hashes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim<'a> {
    /// Of their identifier at the provider.
    pub(crate) subject: &'a str,
    /// Of their address, where the provider vouches for it.
    pub(crate) address: Option<&'a str>,
}

impl Store {
    /// Lets a moderator sign on with the address of this keyed hash, or no longer; whoever did
    /// before is forgotten, and all sessions end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_sign_on(
        &self,
        change: &Change<'_>,
        address: Option<&str>,
    ) -> Result<Changed, StoreError> {
        if let Some(address) = address
            && self
                .signs_on_with(address)
                .await?
                .is_some_and(|login| login != change.login)
        {
            return Ok(Changed::Taken);
        }
        let (action, expression) = match address {
            Some(_) => (
                "moderator-provider-on",
                "SET oidc_address = :address REMOVE oidc_subject ADD generation :one",
            ),
            None => (
                "moderator-provider-off",
                "REMOVE oidc_address, oidc_subject ADD generation :one",
            ),
        };
        let noted = change.noted(action, "", "");
        let mut update = self
            .updating(change.login)
            .update_expression(expression)
            .expression_attribute_values(":one", number(1));
        if let Some(address) = address {
            update = update.expression_attribute_values(":address", text(address));
        }
        self.change_moderator(&noted, update, None).await
    }

    /// The login of who signs on, or is to sign on, with the address of this keyed hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signs_on_with(&self, address: &str) -> Result<Option<String>, StoreError> {
        let all = self.moderator_items().await?;
        let of = all
            .iter()
            .find(|item| item.get_optional("oidc_address") == Some(address));
        of.map(|item| Ok(item.get("login")?.to_owned())).transpose()
    }

    /// The moderator whom somebody is. The first time, their identifier at the provider is bound
    /// to the moderator of their address, which is looked at no more: an address may be given
    /// to somebody else later.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn signed_on(
        &self,
        claim: Claim<'_>,
        now: Timestamp,
    ) -> Result<Option<Moderator>, StoreError> {
        let all = self.moderator_items().await?;
        let holds =
            |item: &&Attributes, name: &str, hash: &str| item.get_optional(name) == Some(hash);
        if let Some(known) = all
            .iter()
            .find(|item| holds(item, "oidc_subject", claim.subject))
        {
            return read(known).map(Some);
        }
        let Some(address) = claim.address else {
            return Ok(None);
        };
        let awaited = all.iter().find(|item| holds(item, "oidc_address", address));
        let Some(awaited) = awaited.map(read).transpose()? else {
            return Ok(None);
        };
        if awaited.disabled || awaited.sign_on == SignOn::Bound {
            return Ok(None);
        }
        let change = Change {
            login: &awaited.login,
            by: &awaited.login,
            now,
        };
        let noted = change.noted("moderator-provider-bound", "", "");
        let update = self
            .updating(&awaited.login)
            .update_expression("SET oidc_subject = :subject")
            .condition_expression(format!(
                "attribute_exists({PARTITION}) AND oidc_address = :address \
                 AND attribute_not_exists(oidc_subject)"
            ))
            .expression_attribute_values(":subject", text(claim.subject))
            .expression_attribute_values(":address", text(address));
        // Somebody else, or another address, may have been first.
        let bound = self.change_moderator(&noted, update, None).await?;
        Ok((bound == Changed::Done).then_some(awaited))
    }

    /// Takes a login that came back from a provider, which is good once; answers whether it was.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn take_return(
        &self,
        ticket_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let until = now + REMEMBERED_MINUTES.minutes();
        let item = Attributes::at(&keys::login_return(ticket_hash)).number(EXPIRES, seconds(until));
        let writes = vec![self.put_new(item)?];
        Ok(self.transact("take a login", writes).await?.is_ok())
    }

    async fn moderator_items(&self) -> Result<Vec<Attributes>, StoreError> {
        self.partition(keys::MODERATORS, "", "list moderators")
            .await
    }
}
