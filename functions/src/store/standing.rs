//! Where a contribution stands, as an item of the store and back.

use std::collections::BTreeSet;

use domain::{
    Body, Comment, Contribution, ContributionId, ContributionRef, Flag, Idea, IdeaKind, Moderated,
    Name, Place, RejectionReason, Slug, Status, Title,
};
use jiff::Timestamp;

use super::StoreError;
use super::attributes::Attributes;
use super::statements::{
    ALERT, ANSWERS, BEFORE, DRAFT, OUTCOME, PROPOSAL, REASSIGNMENTS, REPLY, RESPONSE, from_json,
    json,
};
use super::testimonials::{TOLD, Told, testimonial};
use crate::keys::{self, Lane, QUEUE, QUEUED_AT};

pub(super) fn item_of(contribution: &Contribution) -> Attributes {
    let item = Attributes::at(&keys::contribution(&contribution.reference()));
    let item = placed(item, &contribution.place())
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
        Contribution::Testimonial(testimonial) => item
            .text("id", testimonial.id.as_str())
            .text("title", testimonial.title.as_str())
            .text(TOLD, &json(&Told::of(testimonial))),
    }
}

/// Notes where something was sent.
pub(super) fn placed(item: Attributes, place: &Place) -> Attributes {
    match place {
        Place::Campaign(campaign) => item.text("campaign", campaign.as_str()),
        Place::Testimonials(space) => item.text("space", space.as_str()),
    }
}

/// Where something was sent.
pub(super) fn place(item: &Attributes) -> Result<Place, StoreError> {
    if item.has("space") {
        item.parse("space", Slug::parse).map(Place::Testimonials)
    } else {
        item.parse("campaign", Slug::parse).map(Place::Campaign)
    }
}

pub(super) fn moderated(item: &Attributes) -> Result<Moderated, StoreError> {
    let contribution = if item.has("idea") {
        Contribution::Comment(comment(item)?)
    } else if item.has(TOLD) {
        Contribution::Testimonial(testimonial(item)?)
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
        proposal: from_json(item, PROPOSAL)?,
        versions: u32::try_from(item.get_number_or_zero("versions")?).unwrap_or(u32::MAX),
        rewritten_at: item.get_time_optional("rewritten_at")?,
        edited: item.is_set("edited"),
        answers: from_json(item, ANSWERS)?.unwrap_or_default(),
        reassignments: from_json(item, REASSIGNMENTS)?.unwrap_or_default(),
        reply: from_json(item, REPLY)?,
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
/// ([`alert_item`]), as is a reply that waits ([`reply_item`]).
pub(super) fn lane_of(held: &Moderated) -> Option<(Lane, Timestamp)> {
    let is_answered = match &held.contribution {
        Contribution::Idea(_) => held.response.is_some(),
        // A comment is answered with its idea.
        Contribution::Comment(_) => true,
        Contribution::Testimonial(testimonial) => {
            let answered = |structure| {
                let answer = held.answers.get(structure);
                answer.is_some_and(|answer| answer.response.is_some())
            };
            !testimonial.structures.is_empty() && testimonial.structures.iter().all(answered)
        }
    };
    match held.status {
        Status::Waiting => Some((Lane::Waiting, held.waits_since())),
        Status::AwaitingConsent => Some((Lane::Consent, held.decided_at?)),
        Status::Published if !is_answered => Some((Lane::Unanswered, held.published_at?)),
        _ => None,
    }
}

/// The reply of a testimonial's author that waits to be read, with what lists show of it.
pub(super) fn reply_item(held: &Moderated) -> Option<Attributes> {
    let is_public = held.status == Status::Published;
    let reply = held
        .reply
        .as_ref()
        .filter(|reply| is_public && reply.waits())?;
    let reference = held.contribution.reference();
    let item = Attributes::at(&keys::reply(&reference));
    let item = placed(item, &held.contribution.place());
    Some(in_lane(item, Lane::Reply, reply.received_at, &reference))
}

/// The open alert of a contribution, with what lists show of it.
pub(super) fn alert_item(held: &Moderated) -> Option<Attributes> {
    let alert = held.alert.as_ref().filter(|alert| alert.is_open())?;
    let contribution = &held.contribution;
    let reference = contribution.reference();
    let since = alert.opened_at.or(held.decided_at)?;
    let kind = match contribution {
        Contribution::Idea(idea) => Some(idea.kind.key()),
        Contribution::Comment(_) | Contribution::Testimonial(_) => None,
    };
    let item = Attributes::at(&keys::alert(&reference));
    let item = placed(item, &contribution.place())
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
