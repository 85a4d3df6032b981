//! The e-mail address of somebody.

use std::fmt;

use super::TextProblem;
use super::clean::is_blank;

/// An e-mail address. Never shown: `Debug` hides it, and it is neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses an address that mail can be sent to: one `@`, a local part, a domain with a dot, at
    /// most 254 bytes (RFC 5321, section 4.5.3.1). The local part is of atoms between single dots
    /// (RFC 5322, section 3.2.3), of letters and digits of any script (RFC 6531, section 3.3).
    /// Whether it exists, only a message tells.
    ///
    /// # Errors
    /// [`TextProblem::Empty`] or [`TextProblem::Malformed`].
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let address = raw.trim();
        if address.is_empty() {
            return Err(TextProblem::Empty);
        }
        let well_formed = address.split_once('@').is_some_and(|(local, domain)| {
            address.len() <= 254
                && local.len() <= 64
                && local.split('.').all(is_atom)
                && domain.contains('.')
                && domain.split('.').all(is_label)
        });
        if well_formed {
            Ok(Self(address.to_owned()))
        } else {
            Err(TextProblem::Malformed)
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

fn is_atom(atom: &str) -> bool {
    const SIGNS: &str = "!#$%&'*+-/=?^_`{|}~";
    !atom.is_empty() && atom.chars().all(|c| is_letter(c) || SIGNS.contains(c))
}

/// A label of at most 63 bytes (RFC 1035, section 2.3.4), with no hyphen at its ends.
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| is_letter(c) || c == '-')
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_blank(c)
}
