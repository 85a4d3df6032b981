//! Codes that a moderator's application shows, each good once (RFC 6238: SHA-1, six digits,
//! thirty seconds).
//!
//! The key is made of the functions' secret and of a seed of its own, which alone is kept: who
//! reads the store has no key.

use jiff::Timestamp;
use totp_rs::{Builder, Totp};

use crate::{App, Failure};

impl App {
    /// The codes of a moderator with this seed.
    pub(crate) fn codes(&self, login: &str, seed: &str) -> Result<Codes, Failure> {
        // A colon would end the issuer's name in the link.
        let issuer = self.renderer.catalogue().site.name.replace(':', " ");
        Builder::new()
            .with_secret(self.secret.totp_key(login, seed))
            .with_account_name(login)
            .with_issuer(Some(issuer))
            .build()
            .map(Codes)
            .map_err(|_| Failure::Broken("codes can be made of a seed"))
    }
}

/// The codes of one moderator.
pub(crate) struct Codes(Totp);

impl Codes {
    /// The step of a code that is good about now, one step early or late.
    pub(crate) fn step(&self, code: &str, now: Timestamp) -> Option<u64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let now = u64::try_from(now.as_second()).ok()?;
        self.0.check(&digits, now)
    }

    /// The key, to be copied by hand: groups of four.
    pub(crate) fn key(&self) -> String {
        let key: Vec<char> = self.0.secret().to_base32().chars().collect();
        let groups: Vec<String> = key.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }

    /// The link that an application opens.
    pub(crate) fn link(&self) -> Result<String, Failure> {
        self.0
            .to_url()
            .map_err(|_| Failure::Broken("codes have a link"))
    }
}
