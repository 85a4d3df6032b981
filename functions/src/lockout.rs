//! Tries to prove who one is: counted for what is typed as a login and for the network address,
//! before each is looked at. Known and unknown logins are treated alike.

use jiff::{Timestamp, ToSpan};
use site_gen::dates;

use crate::sender::Sender;
use crate::store::Patience;
use crate::{App, Failure};

/// For one login: five failures, then nobody for a quarter of an hour, then for twice as long.
const OF_LOGIN: Patience = Patience {
    tries: 5,
    minutes: 15,
    longest_minutes: 240,
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
    login: String,
    sender: String,
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
        let of_login = self.secret.hash(&["tries", login]);
        let of_sender = format!("sender {}", sender.address());
        for (subject, patience) in [(&of_sender, OF_SENDER), (&of_login, OF_LOGIN)] {
            if let Err(until) = self.store.take_try(subject, &patience, now).await? {
                return Ok(Err(Locked { now, until }));
            }
        }
        Ok(Ok(Try {
            app: self,
            login: of_login,
            sender: of_sender,
        }))
    }
}

impl Try<'_> {
    /// All was right: the failures of this login are forgotten, those of others are not.
    pub(crate) async fn succeeded(self) -> Result<(), Failure> {
        self.app.store.forget_tries(&self.login).await?;
        self.app.store.give_try_back(&self.sender).await?;
        Ok(())
    }

    /// This much was right, and more is to be proved: the failures of before still count.
    pub(crate) async fn goes_on(self) -> Result<(), Failure> {
        self.app.store.give_try_back(&self.login).await?;
        self.app.store.give_try_back(&self.sender).await?;
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
