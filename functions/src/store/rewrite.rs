//! Where a contribution stands, written again as it becomes.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, TransactWriteItem, Update};
use domain::{
    Contribution, ContributionId, ContributionRef, Idea, Like, Moderated, Person, Status,
};

use super::attributes::{flag, key, number, text, time};
use super::standing::{alert_item, flags_text, lane_of, reply_item};
use super::statements::{
    ALERT, ANSWERS, BEFORE, DRAFT, OUTCOME, PROPOSAL, REASSIGNMENTS, REPLY, RESPONSE, json,
};
use super::tables::EXPIRES;
use super::testimonials::{TOLD, Told};
use super::{Store, StoreError, unbuilt};
use crate::keys::{self, Lane, PARTITION, QUEUE, QUEUED_AT, SORT};

/// What stands where a text or a title was erased: neither can be empty.
const ERASED: &str = "…";

impl Store {
    /// Writes where a contribution stands, on condition that it is still at the version `held`.
    pub(super) fn rewrite(
        &self,
        held: &Moderated,
        becomes: &Moderated,
        lane: Option<Lane>,
    ) -> Result<TransactWriteItem, StoreError> {
        let reference = becomes.contribution.reference();
        let reason = becomes.status.reason();
        let lane = match lane {
            Some(lane) => becomes.decided_at.map(|since| (lane, since)),
            None => lane_of(becomes),
        };
        let queued_at = lane.map(|(_, since)| keys::queued_at(since.as_millisecond(), &reference));
        let mut edit = vec![
            ("status", Some(text(becomes.status.key()))),
            ("reason", reason.map(|reason| text(reason.key()))),
            ("version", Some(number(becomes.version))),
            ("decided_at", becomes.decided_at.map(time)),
            ("decided_by", becomes.decided_by.as_deref().map(text)),
            ("first_decided_at", becomes.first_decided_at.map(time)),
            (BEFORE, becomes.before.as_ref().map(|it| text(&json(it)))),
            ("published_at", becomes.published_at.map(time)),
            (
                "message",
                becomes.message.as_ref().map(|body| text(body.as_str())),
            ),
            (
                "merged_into",
                becomes.merged_into.as_ref().map(|id| text(id.as_str())),
            ),
            (
                RESPONSE,
                becomes.response.as_ref().map(|it| text(&json(it))),
            ),
            (DRAFT, becomes.draft.as_ref().map(|it| text(&json(it)))),
            (OUTCOME, becomes.outcome.as_ref().map(|it| text(&json(it)))),
            (
                PROPOSAL,
                becomes.proposal.as_ref().map(|it| text(&json(it))),
            ),
            (
                "versions",
                (becomes.versions > 0).then(|| number(becomes.versions.into())),
            ),
            ("rewritten_at", becomes.rewritten_at.map(time)),
            (
                "flags",
                flags_text(&becomes.flags).map(|flags| text(&flags)),
            ),
            ("edited", becomes.edited.then(|| flag(true))),
            (
                ANSWERS,
                (!becomes.answers.is_empty()).then(|| text(&json(&becomes.answers))),
            ),
            (
                REASSIGNMENTS,
                (!becomes.reassignments.is_empty()).then(|| text(&json(&becomes.reassignments))),
            ),
            (REPLY, becomes.reply.as_ref().map(|it| text(&json(it)))),
            (ALERT, becomes.alert.as_ref().map(|it| text(&json(it)))),
            ("erased", becomes.erased.then(|| flag(true))),
            // What is not confirmed is forgotten; what is decided of it, kept.
            (EXPIRES, None),
            (QUEUE, lane.map(|(lane, _)| text(lane.key()))),
            (QUEUED_AT, queued_at.as_deref().map(text)),
        ];
        match &becomes.contribution {
            Contribution::Idea(_) | Contribution::Comment(_) if !becomes.erased => {}
            Contribution::Idea(_) => {
                edit.push(("body", Some(text(ERASED))));
                edit.push(("title", Some(text(ERASED))));
            }
            Contribution::Comment(_) => {
                edit.push(("body", Some(text(ERASED))));
                edit.push(("name", None));
            }
            Contribution::Testimonial(testimonial) => {
                let (title, body) = match becomes.erased {
                    true => (ERASED, ERASED),
                    false => (testimonial.title.as_str(), testimonial.body.as_str()),
                };
                edit.push(("title", Some(text(title))));
                edit.push(("body", Some(text(body))));
                edit.push((TOLD, Some(text(&json(&Told::of(testimonial))))));
            }
        }
        self.update(&keys::contribution(&reference), edit, held.version)
    }

    /// Puts a contribution on the lists that it is on as it becomes, or takes it off them.
    pub(super) fn relist(
        &self,
        held: &Moderated,
        becomes: &Moderated,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        match &held.contribution {
            Contribution::Idea(idea) => {
                let write = self.relist_idea(idea, held, becomes)?;
                Ok(write.into_iter().collect())
            }
            Contribution::Comment(_) => Ok(Vec::new()),
            Contribution::Testimonial(_) => self.relist_testimonial(becomes),
        }
    }

    /// Puts an idea on its campaign's list, or takes it off.
    fn relist_idea(
        &self,
        idea: &Idea,
        held: &Moderated,
        becomes: &Moderated,
    ) -> Result<Option<TransactWriteItem>, StoreError> {
        let public = |standing: &Moderated| standing.status == Status::Published;
        match (public(held), public(becomes), becomes.published_at) {
            (false, true, Some(published_at)) => self.put_card(idea, published_at).map(Some),
            (true, false, _) => {
                let at = keys::card(&idea.campaign, &idea.id);
                self.delete_item(&at).map(Some)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn delete_item(&self, at: &keys::Key) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(at)))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Lists the alert of a contribution while it is open, and no longer.
    pub(super) fn realert(
        &self,
        held: &Moderated,
        becomes: &Moderated,
    ) -> Result<Option<TransactWriteItem>, StoreError> {
        if let Some(item) = alert_item(becomes) {
            return self.put(item).map(Some);
        }
        if alert_item(held).is_none() {
            return Ok(None);
        }
        let at = keys::alert(&held.contribution.reference());
        self.delete_item(&at).map(Some)
    }

    /// Lists the reply of a testimonial's author while it waits to be read, and no longer.
    pub(super) fn rereply(
        &self,
        held: &Moderated,
        becomes: &Moderated,
    ) -> Result<Option<TransactWriteItem>, StoreError> {
        if let Some(item) = reply_item(becomes) {
            return self.put(item).map(Some);
        }
        if reply_item(held).is_none() {
            return Ok(None);
        }
        let at = keys::reply(&held.contribution.reference());
        self.delete_item(&at).map(Some)
    }

    /// A condition of a transaction: that an idea is published.
    pub(super) fn still_published(
        &self,
        reference: &ContributionRef,
    ) -> Result<TransactWriteItem, StoreError> {
        self.check_status(reference, "#status = :status", Status::Published)
    }

    /// The condition that its author did not take a contribution back.
    pub(super) fn not_withdrawn(
        &self,
        reference: &ContributionRef,
    ) -> Result<TransactWriteItem, StoreError> {
        self.check_status(reference, "#status <> :status", Status::Withdrawn)
    }

    fn check_status(
        &self,
        reference: &ContributionRef,
        condition: &str,
        status: Status,
    ) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::contribution(reference))))
            .condition_expression(format!("attribute_exists({PARTITION}) AND {condition}"))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(status.key()))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// Makes who likes `from` like `into`, each person once, and notes that it is done. What is
    /// carried is no longer at `from`, so that done again it brings back nothing that a person
    /// took back since.
    pub(crate) async fn carry_likes(
        &self,
        from: &ContributionId,
        into: &ContributionId,
    ) -> Result<(), StoreError> {
        for shard in 0..domain::LIKE_SHARDS {
            let partition = keys::likes_partition(from, shard);
            for like in self.partition(&partition, "", "read likes").await? {
                let person = like.parse(SORT, Person::parse)?;
                let item = like.moved(&keys::like(into, &person));
                self.put_once(item, "carry a like over").await?;
                let from = from.clone();
                self.unlike(&Like { idea: from, person }).await?;
            }
        }
        let carried = self
            .client
            .update_item()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::contribution(&ContributionRef::Idea(
                from.clone(),
            )))))
            .update_expression(format!("REMOVE {QUEUE}, {QUEUED_AT}"))
            .condition_expression("#queue = :carry")
            .expression_attribute_names("#queue", QUEUE)
            .expression_attribute_values(":carry", text(Lane::Carry.key()))
            .send()
            .await;
        super::unless_condition(carried, "note that likes were carried over").map(|_| ())
    }

    /// An update of attributes: those without a value are removed. It holds on condition that
    /// the item is at a version, 0 where it has none.
    fn update(
        &self,
        at: &keys::Key,
        edit: Vec<(&'static str, Option<AttributeValue>)>,
        version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut update = Update::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(at)))
            .condition_expression(if version == 0 {
                format!("attribute_exists({PARTITION}) AND attribute_not_exists(version)")
            } else {
                "version = :held".to_owned()
            });
        if version > 0 {
            update = update.expression_attribute_values(":held", number(version));
        }
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (place, (name, value)) in edit.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#a{place}"), name);
            match value {
                Some(value) => {
                    set.push(format!("#a{place} = :a{place}"));
                    update = update.expression_attribute_values(format!(":a{place}"), value);
                }
                None => remove.push(format!("#a{place}")),
            }
        }
        let mut expression = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            expression.push_str(&format!(" REMOVE {}", remove.join(", ")));
        }
        let update = update
            .update_expression(expression)
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
