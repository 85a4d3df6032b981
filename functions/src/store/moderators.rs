//! Moderators in the store: who they are, what they may do, and what they prove it with.

mod second_factor;
mod sign_on;

use std::fmt;

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};
use domain::{Action, Grant, Role, Slug, may, may_everywhere};
use jiff::Timestamp;

use super::attributes::{Attributes, flag, key, number, text, time};
use super::audit::{COMMAND, Noted};
use super::{Store, StoreError, unbuilt, unless_condition};
use crate::keys::{self, PARTITION};
pub(crate) use sign_on::Claim;

/// Somebody who may do something in the back office.
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
    /// Rises with every change that ends their sessions: a session is of one generation.
    pub generation: u64,
    /// Whether a code is asked for beside the password.
    pub second_factor: bool,
    /// Whether they come by a provider.
    pub sign_on: SignOn,
    /// When they last logged in; none where they never did.
    pub last_login: Option<Timestamp>,
}

/// Whether a moderator comes by a provider of single sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOn {
    /// With a password alone.
    Off,
    /// An administrator gave an address, and they did not come yet.
    Awaited,
    /// The provider knows them, and we know whom it knows them as.
    Bound,
}

/// What a moderator proves with that they are who they say.
#[derive(Clone, PartialEq, Eq)]
pub struct Proofs {
    /// The password.
    pub password: PasswordHash,
    /// What the key of their codes is made of, together with the functions' secret.
    pub(crate) seed: Option<String>,
}

/// A password as it is kept: argon2id, in PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

/// A change to a moderator: of whom, by whom, and when.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The login of the moderator who is changed.
    pub login: &'a str,
    /// Who asked: a moderator's login, or [`COMMAND`].
    pub by: &'a str,
    /// When.
    pub now: Timestamp,
}

/// The longest login, in bytes.
pub const LONGEST_LOGIN: usize = 60;

/// What became of a change to a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It holds.
    Done,
    /// There is no moderator of that login.
    Missing,
    /// Nobody active would have the national role any more.
    LastNational,
    /// Another moderator has what is to be theirs alone.
    Taken,
}

impl fmt::Debug for Proofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proofs(…)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Moderator {
    /// A moderator who never logged in.
    #[must_use]
    pub fn new(login: &str, name: &str, grants: Vec<Grant>) -> Self {
        Self {
            login: login.to_owned(),
            name: name.to_owned(),
            grants,
            disabled: false,
            generation: 0,
            second_factor: false,
            sign_on: SignOn::Off,
            last_login: None,
        }
    }

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

    fn is_active_national(&self) -> bool {
        !self.disabled && self.grants.iter().any(|grant| grant.role == Role::National)
    }
}

impl Store {
    /// Keeps a new moderator; answers whether the login was free.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn add_moderator(
        &self,
        moderator: &Moderator,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let grants = spell_grants(&moderator.grants);
        let item = Attributes::at(&keys::moderator(&moderator.login))
            .text("login", &moderator.login)
            .text("name", &moderator.name)
            .text("grants", &grants)
            .text("password", &password.0)
            .flag("disabled", moderator.disabled)
            .number("generation", moderator.generation);
        let change = Change {
            login: &moderator.login,
            by: COMMAND,
            now,
        };
        let noted = change.noted("moderator-added", "", &grants);
        let writes = vec![self.put_new(item)?];
        let kept = self.audited("keep a moderator", &noted, writes).await?;
        Ok(kept.is_ok())
    }

    /// The moderator of a login, with what they prove it with.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn moderator(&self, login: &str) -> Result<Option<(Moderator, Proofs)>, StoreError> {
        // What is typed as a login may be no key at all.
        if login.is_empty() || login.len() > LONGEST_LOGIN {
            return Ok(None);
        }
        let item = self
            .get(&keys::moderator(login), "read a moderator")
            .await?;
        item.map(|item| {
            let proofs = Proofs {
                password: PasswordHash(item.get("password")?.to_owned()),
                seed: item.get_optional("seed").map(str::to_owned),
            };
            Ok((read(&item)?, proofs))
        })
        .transpose()
    }

    /// All moderators, by login.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn moderators(&self) -> Result<Vec<Moderator>, StoreError> {
        self.partition(keys::MODERATORS, "", "list moderators")
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// Keeps another password, and ends all sessions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_password(
        &self,
        change: &Change<'_>,
        password: &PasswordHash,
    ) -> Result<Changed, StoreError> {
        let noted = change.noted("moderator-password", "", "");
        let update = self
            .ending_sessions(change.login, "password = :password")
            .expression_attribute_values(":password", text(&password.0));
        self.change_moderator(&noted, update, None).await
    }

    /// Gives other rights in place of those of before, and ends all sessions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_grants(
        &self,
        change: &Change<'_>,
        grants: &[Grant],
    ) -> Result<Changed, StoreError> {
        let Some((before, _)) = self.moderator(change.login).await? else {
            return Ok(Changed::Missing);
        };
        let spelled = spell_grants(grants);
        let after = Moderator {
            grants: grants.to_vec(),
            ..before.clone()
        };
        let was = spell_grants(&before.grants);
        let noted = change.noted("moderator-role", &was, &spelled);
        let update = self
            .ending_sessions(change.login, "grants = :grants")
            .expression_attribute_values(":grants", text(&spelled));
        self.change_standing(&before, &after, &noted, update).await
    }

    /// Keeps a moderator out, or lets them in again, and ends all sessions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_disabled(
        &self,
        change: &Change<'_>,
        disabled: bool,
    ) -> Result<Changed, StoreError> {
        let Some((before, _)) = self.moderator(change.login).await? else {
            return Ok(Changed::Missing);
        };
        let after = Moderator {
            disabled,
            ..before.clone()
        };
        let spell = |moderator: &Moderator| match moderator.disabled {
            true => "disabled",
            false => "active",
        };
        let noted = change.noted("moderator-state", spell(&before), spell(&after));
        let update = self
            .ending_sessions(change.login, "disabled = :disabled")
            .expression_attribute_values(":disabled", flag(disabled));
        self.change_standing(&before, &after, &noted, update).await
    }

    /// Ends all sessions of a moderator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_sessions(&self, change: &Change<'_>) -> Result<Changed, StoreError> {
        let noted = change.noted("moderator-sessions", "", "");
        let update = self.ending_sessions(change.login, "sessions_ended_at = :now");
        let update = update.expression_attribute_values(":now", time(change.now));
        self.change_moderator(&noted, update, None).await
    }

    /// Notes that a moderator logged in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn note_login(&self, login: &str, now: Timestamp) -> Result<(), StoreError> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::moderator(login))))
            .update_expression("SET last_login = :now")
            .condition_expression(format!("attribute_exists({PARTITION})"))
            .expression_attribute_values(":now", time(now))
            .send()
            .await;
        unless_condition(sent, "note a login").map(|_| ())
    }

    /// Changes who may do what, unless nobody active would have the national role any more.
    async fn change_standing(
        &self,
        before: &Moderator,
        after: &Moderator,
        noted: &Noted,
        update: aws_sdk_dynamodb::types::builders::UpdateBuilder,
    ) -> Result<Changed, StoreError> {
        if !before.is_active_national() || after.is_active_national() {
            return self.change_moderator(noted, update, None).await;
        }
        let all = self.moderators().await?;
        let others = all.iter().filter(|other| other.login != before.login);
        for other in others.filter(|other| other.is_active_national()) {
            // The other must still be so when this is written: of two who lock each other out
            // at the same time, one stays.
            let check = ConditionCheck::builder()
                .table_name(&self.tables.main)
                .set_key(Some(key(&keys::moderator(&other.login))))
                .condition_expression("disabled = :no AND generation = :generation")
                .expression_attribute_values(":no", flag(false))
                .expression_attribute_values(":generation", number(other.generation))
                .build()
                .map_err(unbuilt)?;
            let stays = TransactWriteItem::builder().condition_check(check).build();
            let changed = self
                .change_moderator(noted, update.clone(), Some(stays))
                .await?;
            if changed == Changed::Done {
                return Ok(changed);
            }
        }
        Ok(Changed::LastNational)
    }

    async fn change_moderator(
        &self,
        noted: &Noted,
        update: aws_sdk_dynamodb::types::builders::UpdateBuilder,
        check: Option<TransactWriteItem>,
    ) -> Result<Changed, StoreError> {
        let update = update.build().map_err(unbuilt)?;
        let mut writes = vec![TransactWriteItem::builder().update(update).build()];
        writes.extend(check);
        let changed = self.audited("change a moderator", noted, writes).await?;
        Ok(match changed {
            Ok(()) => Changed::Done,
            Err(_) => Changed::Missing,
        })
    }

    fn ending_sessions(
        &self,
        login: &str,
        set: &str,
    ) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        self.updating(login)
            .update_expression(format!("SET {set} ADD generation :one"))
            .expression_attribute_values(":one", number(1))
    }

    fn updating(&self, login: &str) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::moderator(login))))
            .condition_expression(format!("attribute_exists({PARTITION})"))
    }
}

impl Change<'_> {
    fn noted(&self, action: &'static str, before: &str, after: &str) -> Noted {
        Noted {
            at: self.now,
            by: self.by.to_owned(),
            action,
            about: format!("moderator {}", self.login),
            before: before.to_owned(),
            after: after.to_owned(),
        }
    }
}

fn read(item: &Attributes) -> Result<Moderator, StoreError> {
    let last_login = match item.has("last_login") {
        true => Some(item.get_time("last_login")?),
        false => None,
    };
    Ok(Moderator {
        login: item.get("login")?.to_owned(),
        name: item.get("name")?.to_owned(),
        grants: read_grants(item.get("grants")?)?,
        disabled: item.is_set("disabled"),
        generation: item.get_number("generation")?,
        second_factor: item.has("seed"),
        sign_on: if item.has("oidc_subject") {
            SignOn::Bound
        } else if item.has("oidc_address") {
            SignOn::Awaited
        } else {
            SignOn::Off
        },
        last_login,
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
