//! Why a letter did not leave, as the back office says it: no address, no word of a server.

/// Why a letter did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.key())]
pub enum MailProblem {
    /// The mail server knows no such address, or takes nothing for it.
    AddressRefused,
    /// Mail to the address came back, or was not wanted: nothing goes there any more.
    Suppressed,
    /// The address, or that of the sender, can't be written in a message.
    AddressUnusable,
    /// The mail server can't be reached, or its connection broke.
    Unreachable,
    /// The mail server did not answer in time.
    TimedOut,
    /// The connection can't be made private.
    Tls,
    /// The mail server refuses the account, the password, or to send for this site.
    Denied,
    /// The mail server asks to try again later.
    Deferred,
    /// The mail server asks for fewer messages in that time, and takes this one later.
    TooFast,
    /// The mail server does not take the message.
    Rejected,
    /// The outbox can't be written.
    Outbox,
    /// The message can't be made: a fault of the theme.
    Theme,
}

/// What follows from a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Only somebody can help: the letter is put aside.
    Aside,
    /// This letter is tried again later.
    Later,
    /// No letter would leave now: all wait a moment.
    AllWait,
}

impl MailProblem {
    const ALL: [Self; 12] = [
        Self::AddressRefused,
        Self::Suppressed,
        Self::AddressUnusable,
        Self::Unreachable,
        Self::TimedOut,
        Self::Tls,
        Self::Denied,
        Self::Deferred,
        Self::TooFast,
        Self::Rejected,
        Self::Outbox,
        Self::Theme,
    ];

    /// Its name in the store and in message keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AddressRefused => "address-refused",
            Self::Suppressed => "suppressed",
            Self::AddressUnusable => "address-unusable",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::Tls => "tls",
            Self::Denied => "denied",
            Self::Deferred => "deferred",
            Self::TooFast => "too-fast",
            Self::Rejected => "rejected",
            Self::Outbox => "outbox",
            Self::Theme => "theme",
        }
    }

    /// The problem of that name.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.key() == key)
    }

    pub(crate) fn fate(self) -> Fate {
        match self {
            Self::AddressRefused | Self::Suppressed | Self::AddressUnusable => Fate::Aside,
            Self::Deferred | Self::TooFast | Self::Rejected | Self::Theme => Fate::Later,
            Self::Unreachable | Self::TimedOut | Self::Tls | Self::Denied | Self::Outbox => {
                Fate::AllWait
            }
        }
    }
}
