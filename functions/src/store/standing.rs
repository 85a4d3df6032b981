//! Where a contribution stands, as an item of the store and back.

use std::collections::BTreeSet;

use domain::{
    Body, Comment, Contribution, ContributionId, ContributionRef, Flag, Idea, IdeaKind, Moderated,
    Name, RejectionReason, Slug, Status, Title,
};
use jiff::Timestamp;

use super::StoreError;
use super::attributes::Attributes;
use super::statements::{ALERT, BEFORE, DRAFT, OUTCOME, RESPONSE, from_json};
use crate::keys::{self, Lane, QUEUE, QUEUED_AT};

pub(super) fn item_of(contribution: &Contribution) -> Attributes {
    let item = Attributes::at(&keys::contribution(&contribution.reference()))
        .text("campaign", contribution.campaign().as_str())
        .text("body", contribution.body().as_str())
        .time("received_at", contribution.received_at());
    match contribution {
        Contribution::Idea(idea) => item
            .text("id", idea.id.as_str())
            .text("kind", idea.kind.key())
            .optional("category", idea.category.as_deref())
            .optional("question", idea.question.as_deref())
            .text("title", idea.title.as_str())
            .number("carried_likes", idea.carried_likes),
        Contribution::Comment(comment) => item
            .text("id", comment.id.as_str())
            .text("idea", comment.idea.as_str())
            .optional("name", comment.name.as_ref().map(Name::as_str)),
    }
}

pub(super) fn moderated(item: &Attributes) -> Result<Moderated, StoreError> {
    let contribution = if item.has("idea") {
        Contribution::Comment(comment(item)?)
    } else {
        Contribution::Idea(idea(item)?)
    };
    let reason = item
        .get_optional("reason")
        .map(|key| RejectionReason::from_key(key).ok_or(StoreError::Illegible("reason")))
        .transpose()?;
    let status =
        Status::from_key(item.get("status")?, reason).ok_or(StoreError::Illegible("status"))?;
    Ok(Moderated {
        contribution,
        status,
        version: item.get_number_or_zero("version")?,
        decided_at: item.get_time_optional("decided_at")?,
        decided_by: item.get_optional("decided_by").map(str::to_owned),
        first_decided_at: item.get_time_optional("first_decided_at")?,
        before: from_json(item, BEFORE)?,
        published_at: published_at(item, status)?,
        message: item.parse_optional("message", |raw| Body::parse(raw, Body::MAX))?,
        merged_into: item.parse_optional("merged_into", ContributionId::parse)?,
        response: from_json(item, RESPONSE)?,
        draft: from_json(item, DRAFT)?,
        outcome: from_json(item, OUTCOME)?,
        alert: from_json(item, ALERT)?,
        erased: item.is_set("erased"),
        flags: flags(item),
    })
}

/// Flags as one text: their keys, apart by commas; none where there is none.
pub(super) fn flags_text(flags: &BTreeSet<Flag>) -> Option<String> {
    let keys: Vec<&str> = flags.iter().map(|flag| flag.key()).collect();
    (!keys.is_empty()).then(|| keys.join(","))
}

pub(super) fn flags(item: &Attributes) -> BTreeSet<Flag> {
    let keys = item.get_optional("flags").unwrap_or_default();
    keys.split(',').filter_map(Flag::from_key).collect()
}

/// When it was first published; what was kept before that was noted apart has it in its decision.
fn published_at(item: &Attributes, status: Status) -> Result<Option<Timestamp>, StoreError> {
    let noted = item.get_time_optional("published_at")?;
    if noted.is_none() && status == Status::Published {
        return item.get_time_optional("decided_at");
    }
    Ok(noted)
}

/// A status in one word, for the audit log: `refused/off-topic`.
pub(super) fn spell_status(status: Status) -> String {
    match status.reason() {
        Some(reason) => format!("{}/{}", status.key(), reason.key()),
        None => status.key().to_owned(),
    }
}

/// The lane that a contribution is in, and since when. Its alert is in a lane of its own
/// ([`alert_item`]).
pub(super) fn lane_of(held: &Moderated) -> Option<(Lane, Timestamp)> {
    let is_idea = matches!(held.contribution, Contribution::Idea(_));
    match held.status {
        Status::Waiting => Some((Lane::Waiting, held.contribution.received_at())),
        Status::Published if is_idea && held.response.is_none() => {
            Some((Lane::Unanswered, held.published_at?))
        }
        _ => None,
    }
}

/// The open alert of a contribution, with what lists show of it.
pub(super) fn alert_item(held: &Moderated) -> Option<Attributes> {
    let alert = held.alert.as_ref().filter(|alert| alert.is_open())?;
    let contribution = &held.contribution;
    let reference = contribution.reference();
    let since = alert.opened_at.or(held.decided_at)?;
    let kind = match contribution {
        Contribution::Idea(idea) => Some(idea.kind.key()),
        Contribution::Comment(_) => None,
    };
    let item = Attributes::at(&keys::alert(&reference))
        .text("campaign", contribution.campaign().as_str())
        .optional("kind", kind)
        .optional("flags", flags_text(&held.flags).as_deref());
    Some(in_lane(item, Lane::Alert, since, &reference))
}

/// Puts an item in a lane.
pub(super) fn in_lane(
    item: Attributes,
    lane: Lane,
    since: Timestamp,
    reference: &ContributionRef,
) -> Attributes {
    item.text(QUEUE, lane.key()).text(
        QUEUED_AT,
        &keys::queued_at(since.as_millisecond(), reference),
    )
}

fn idea(item: &Attributes) -> Result<Idea, StoreError> {
    Ok(Idea {
        id: item.parse("id", ContributionId::parse)?,
        campaign: item.parse("campaign", Slug::parse)?,
        kind: IdeaKind::from_key(item.get("kind")?).ok_or(StoreError::Illegible("kind"))?,
        category: item.get_optional("category").map(str::to_owned),
        question: item.get_optional("question").map(str::to_owned),
        title: item.parse("title", |raw| Title::parse(raw, Title::MAX))?,
        body: item.parse("body", |raw| Body::parse(raw, Body::MAX))?,
        received_at: item.get_time("received_at")?,
        carried_likes: item.get_number("carried_likes")?,
    })
}

fn comment(item: &Attributes) -> Result<Comment, StoreError> {
    Ok(Comment {
        id: item.parse("id", ContributionId::parse)?,
        campaign: item.parse("campaign", Slug::parse)?,
        idea: item.parse("idea", ContributionId::parse)?,
        name: item.parse_optional("name", Name::parse)?,
        body: item.parse("body", |raw| Body::parse(raw, Body::MAX))?,
        received_at: item.get_time("received_at")?,
    })
}
