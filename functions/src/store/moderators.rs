//! Moderators and their sessions in the store.

use std::fmt;

use domain::{Action, Grant, Slug, may, may_everywhere};
use jiff::Timestamp;

use super::attributes::{Attributes, key};
use super::tables::EXPIRES;
use super::{Store, StoreError, unavailable};
use crate::keys;

/// Somebody who may decide of contributions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderator {
    /// What they log in as.
    pub login: String,
    /// Their name, for their colleagues.
    pub name: String,
    /// What they may do, and where.
    pub grants: Vec<Grant>,
    /// Whether they are kept out.
    pub disabled: bool,
}

impl Moderator {
    /// Whether they may do this in that space.
    #[must_use]
    pub fn may(&self, action: Action, space: &Slug) -> bool {
        may(&self.grants, action, space)
    }

    /// Whether they may do this everywhere.
    #[must_use]
    pub fn may_everywhere(&self, action: Action) -> bool {
        may_everywhere(&self.grants, action)
    }
}

/// A password as it is kept: argon2id, in PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Store {
    /// Keeps a moderator, in place of the one of that login.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn put_moderator(
        &self,
        moderator: &Moderator,
        password: &PasswordHash,
    ) -> Result<(), StoreError> {
        let item = Attributes::at(&keys::moderator(&moderator.login))
            .text("login", &moderator.login)
            .text("name", &moderator.name)
            .text("grants", &spell_grants(&moderator.grants))
            .text("password", &password.0)
            .flag("disabled", moderator.disabled);
        self.put_item(item, "keep a moderator").await
    }

    /// The moderator of a login, with the password as it is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn moderator(
        &self,
        login: &str,
    ) -> Result<Option<(Moderator, PasswordHash)>, StoreError> {
        let item = self
            .get(&keys::moderator(login), "read a moderator")
            .await?;
        item.map(|item| {
            let moderator = read(&item)?;
            Ok((moderator, PasswordHash(item.get("password")?.to_owned())))
        })
        .transpose()
    }

    /// Opens a session until `expires`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open_session(
        &self,
        token_hash: &str,
        login: &str,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let item = Attributes::at(&keys::session(token_hash))
            .text("login", login)
            .number(
                EXPIRES,
                u64::try_from(expires.as_second()).unwrap_or_default(),
            );
        self.put_item(item, "open a session").await
    }

    /// Whose session this is at `now`; none where it is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Moderator>, StoreError> {
        let item = self
            .get(&keys::session(token_hash), "read a session")
            .await?;
        let Some(item) = item else {
            return Ok(None);
        };
        let now = u64::try_from(now.as_second()).unwrap_or_default();
        if item.get_number(EXPIRES)? <= now {
            return Ok(None);
        }
        let moderator = self.moderator(item.get("login")?).await?;
        Ok(moderator
            .map(|(moderator, _)| moderator)
            .filter(|moderator| !moderator.disabled))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close_session(&self, token_hash: &str) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::session(token_hash))))
            .send()
            .await
            .map(|_| ())
            .map_err(unavailable("close a session"))
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
}

fn read(item: &Attributes) -> Result<Moderator, StoreError> {
    Ok(Moderator {
        login: item.get("login")?.to_owned(),
        name: item.get("name")?.to_owned(),
        grants: read_grants(item.get_optional("grants").unwrap_or_default())?,
        disabled: item.is_set("disabled"),
    })
}

fn spell_grants(grants: &[Grant]) -> String {
    let spelled: Vec<String> = grants.iter().map(ToString::to_string).collect();
    spelled.join(" ")
}

fn read_grants(raw: &str) -> Result<Vec<Grant>, StoreError> {
    raw.split_whitespace()
        .map(|grant| Grant::parse(grant).map_err(|_| StoreError::Illegible("grants")))
        .collect()
}
