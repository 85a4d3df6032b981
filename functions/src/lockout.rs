//! Tries to prove who one is: counted for the network address, for what is typed as a login from
//! one network, and for that login from all of them, before any is looked at. Known and unknown
//! logins are treated alike.
//!
//! Who fails on purpose as somebody else closes that login to the network that they are in, and
//! not to its owner: it takes ten networks at once to close it to all, for an hour at a time.

use jiff::{Timestamp, ToSpan};
use site_gen::dates;

use crate::keys::{self, Key};
use crate::sender::Sender;
use crate::store::{Patience, Store, StoreError};
use crate::{App, Failure, Secret};

/// For one login from one network: five failures, then nobody for a quarter of an hour, then for
/// twice as long.
const FROM_NETWORK: Patience = Patience {
    tries: 5,
    minutes: 15,
    longest_minutes: 240,
};

/// For one login from anywhere: fifty failures without an hour's calm, then nobody for an hour.
const OF_LOGIN: Patience = Patience {
    tries: 50,
    minutes: 60,
    longest_minutes: 60,
};

/// From one network address, where a whole office may be.
const OF_SENDER: Patience = Patience {
    tries: 20,
    minutes: 15,
    longest_minutes: 15,
};

/// A try that was taken. It is a failure unless something else is said of it.
pub(crate) struct Try<'a> {
    app: &'a App,
    from_network: Key,
    /// What else it was counted for: the login from anywhere, and the address.
    others: [Key; 2],
}

/// No try is taken before then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Locked {
    pub(crate) now: Timestamp,
    pub(crate) until: Timestamp,
}

impl App {
    /// Takes a try. Neither the login nor the address is kept: a password may have been typed
    /// in place of the login.
    pub(crate) async fn try_as(
        &self,
        login: &str,
        sender: &Sender,
    ) -> Result<Result<Try<'_>, Locked>, Failure> {
        let now = self.now();
        let hash = hash_of(&self.secret, login);
        let from_network = keys::tries_from(&hash, sender.network());
        let of_login = keys::tries(&hash);
        let of_sender = keys::tries(&format!("sender {}", sender.address()));
        // What one network is refused does not count for the login: it would close it to all.
        for (subject, patience) in [
            (&of_sender, OF_SENDER),
            (&from_network, FROM_NETWORK),
            (&of_login, OF_LOGIN),
        ] {
            if let Err(until) = self.store.take_try(subject, &patience, now).await? {
                // Nor does what is refused to all count for the network, which may be the owner's.
                if *subject == of_login {
                    self.store.give_try_back(&from_network).await?;
                }
                return Ok(Err(Locked { now, until }));
            }
        }
        Ok(Ok(Try {
            app: self,
            from_network,
            others: [of_login, of_sender],
        }))
    }
}

/// Forgets the failures of a login: who administers the server vouches for who asks.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_tries(store: &Store, secret: &Secret, login: &str) -> Result<(), StoreError> {
    let of_login = keys::tries(&hash_of(secret, login));
    store.forget_all_tries(&of_login).await
}

fn hash_of(secret: &Secret, login: &str) -> String {
    secret.hash(&["tries", login])
}

impl Try<'_> {
    /// All was right: the failures of this login from this network are forgotten, those of
    /// others are not.
    pub(crate) async fn succeeded(self) -> Result<(), Failure> {
        self.app.store.forget_tries(&self.from_network).await?;
        self.give_others_back().await
    }

    /// This much was right, and more is to be proved: the failures of before still count.
    pub(crate) async fn goes_on(self) -> Result<(), Failure> {
        self.app.store.give_try_back(&self.from_network).await?;
        self.give_others_back().await
    }

    async fn give_others_back(&self) -> Result<(), Failure> {
        for subject in &self.others {
            self.app.store.give_try_back(subject).await?;
        }
        Ok(())
    }
}

impl Locked {
    /// When to try again, to the minute, never too early.
    pub(crate) fn until_said(&self, app: &App) -> String {
        let minute = match self.until.as_second() % 60 {
            0 => self.until,
            past => self.until + (60 - past).seconds(),
        };
        dates::moment(minute, app.renderer.messages())
    }

    /// How many seconds there are to wait.
    pub(crate) fn seconds(&self) -> i64 {
        self.until.as_second() - self.now.as_second()
    }
}
