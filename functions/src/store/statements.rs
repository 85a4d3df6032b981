//! What an institution says of a contribution, and how it stood before, as attributes in JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::attributes::Attributes;

/// The official response, as it is published. `response` is a word that DynamoDB reserves.
pub(super) const RESPONSE: &str = "official_response";
/// The official response that is being written.
pub(super) const DRAFT: &str = "response_draft";
/// What was decided.
pub(super) const OUTCOME: &str = "outcome";
/// What was done for an author in danger.
pub(super) const ALERT: &str = "alert";

/// What is proposed to an author in place of their text.
pub(super) const PROPOSAL: &str = "proposal";
/// What the structures that a testimonial concerns answer.
pub(super) const ANSWERS: &str = "answers";
/// How the structures that it concerns changed.
pub(super) const REASSIGNMENTS: &str = "reassignments";
/// What its author replied.
pub(super) const REPLY: &str = "reply";

/// How it stood before the last decision.
pub(super) const BEFORE: &str = "before";

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("a statement has only string keys")
}

pub(super) fn from_json<T: DeserializeOwned>(
    item: &Attributes,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    item.get_optional(name)
        .map(serde_json::from_str)
        .transpose()
        .map_err(|_| StoreError::Illegible(name))
}
