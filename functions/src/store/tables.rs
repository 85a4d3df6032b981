//! The tables. The deployment's template says what they are, `infra/template.yaml`: on AWS it makes
//! them; on one machine and in tests they are made from its text (feature `tables`).

#[cfg(feature = "tables")]
mod flaws;
#[cfg(feature = "tables")]
mod made;
#[cfg(feature = "tables")]
mod template;

#[cfg(feature = "tables")]
pub use flaws::Flaw;

/// The attribute by which items expire, in seconds since 1970.
pub(super) const EXPIRES: &str = "expires";
