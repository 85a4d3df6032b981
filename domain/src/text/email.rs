//! The e-mail address of somebody.

use std::fmt;

use super::TextProblem;

/// An e-mail address. Never shown: `Debug` hides it, and it is neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses an address: one `@`, a local part, a domain with a dot, at most 254 bytes
    /// (RFC 5321, section 4.5.3.1). Whether it exists, only a message tells.
    ///
    /// # Errors
    /// [`TextProblem::Empty`] or [`TextProblem::Malformed`].
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let address = raw.trim();
        if address.is_empty() {
            return Err(TextProblem::Empty);
        }
        let malformed = address.len() > 254
            || address
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"".contains(c));
        let parts = address.rsplit_once('@').filter(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !local.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| {
                    !label.is_empty()
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                })
        });
        match parts {
            Some(_) if !malformed => Ok(Self(address.to_owned())),
            _ => Err(TextProblem::Malformed),
        }
    }

    /// The address, for the identity table and the outgoing mail alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}
