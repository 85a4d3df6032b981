//! Everything of a campaign at once: what an export is made of, whatever its status, and whom to
//! write to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    Contribution, ContributionId, ContributionRef, Moderated, RejectionReason, Slug, Status,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::attributes::text;
use super::standing::moderated;
use super::tables::EXPIRES;
use super::{Store, StoreError};
use crate::keys::{self, Item, PARTITION, SORT};

/// A contribution, and how many likes it was given here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The contribution and where it stands.
    pub held: Moderated,
    /// Likes counted one by one, without those that an import carried over.
    pub likes: u64,
}

impl Store {
    /// Every contribution to a campaign, in no order. `seen` is told how many items were read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contributions_to(
        &self,
        campaign: &Slug,
        seen: &(dyn Fn(u64) + Sync),
    ) -> Result<Vec<Counted>, StoreError> {
        let mut all = Vec::new();
        let mut likes: BTreeMap<ContributionId, u64> = BTreeMap::new();
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.main)
            .consistent_read(true)
            .filter_expression(format!(
                "campaign = :campaign OR begins_with({PARTITION}, :likes)"
            ))
            .expression_attribute_values(":campaign", text(campaign.as_str()))
            .expression_attribute_values(":likes", text(keys::LIKES));
        self.scan(scan, "read a campaign", |items, looked_at| {
            seen(looked_at);
            for item in items {
                match keys::read(item.get(PARTITION)?, item.get(SORT)?) {
                    Some(Item::Like { idea, .. }) => *likes.entry(idea).or_default() += 1,
                    Some(Item::Contribution(_)) => all.push(moderated(&item)?),
                    Some(Item::Participant { .. }) | None => {}
                }
            }
            Ok(())
        })
        .await?;
        let counted = |held: Moderated| Counted {
            likes: match &held.contribution {
                Contribution::Idea(idea) => likes.get(&idea.id).copied().unwrap_or_default(),
                Contribution::Comment(_) | Contribution::Testimonial(_) => 0,
            },
            held,
        };
        Ok(all.into_iter().map(counted).collect())
    }

    /// Whom to write to of a campaign: one contribution, that everybody can read there or in the
    /// idea that it was grouped with, of each person who left an address with some, the first in
    /// the order of identifiers. Left out is who wrote one of `but`, whichever of their
    /// contributions that is. The same address, whatever
    /// its case, is the same person; nothing of an address leaves this function.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn reachable(
        &self,
        campaign: &Slug,
        but: &BTreeSet<ContributionRef>,
        now: Timestamp,
    ) -> Result<Vec<ContributionRef>, StoreError> {
        let heard = self.heard_in(campaign).await?;
        // A person is a digest of 32 bytes, whatever the address; none is who is left out.
        let mut people: HashMap<[u8; 32], Option<ContributionRef>> = HashMap::new();
        let now = u64::try_from(now.as_second()).unwrap_or_default();
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.identities)
            .consistent_read(true);
        self.scan(scan, "read who is told", |items, _| {
            for item in items {
                let Ok(reference) = ContributionRef::parse(item.get(PARTITION)?) else {
                    continue;
                };
                // What has expired may be there for some days still.
                if !heard.contains(&reference) || item.get_number(EXPIRES)? <= now {
                    continue;
                }
                let person = Sha256::digest(item.get("email")?.to_lowercase()).into();
                let told = (!but.contains(&reference)).then_some(reference);
                people
                    .entry(person)
                    .and_modify(|first| *first = first.take().min(told.clone()))
                    .or_insert(told);
            }
            Ok(())
        })
        .await?;
        let mut told: Vec<ContributionRef> = people.into_values().flatten().collect();
        told.sort();
        Ok(told)
    }

    /// The contributions to a campaign that everybody can read: a comment, while its idea is
    /// published too; an idea that was grouped with another, where that is published or was
    /// grouped with one that is.
    async fn heard_in(&self, campaign: &Slug) -> Result<BTreeSet<ContributionRef>, StoreError> {
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.main)
            .consistent_read(true)
            .projection_expression("#pk, #sk, #status, #reason, #into")
            .filter_expression(
                "#campaign = :campaign AND (#status = :published OR attribute_exists(#into))",
            )
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#sk", SORT)
            .expression_attribute_names("#campaign", "campaign")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#reason", "reason")
            .expression_attribute_names("#into", "merged_into")
            .expression_attribute_values(":campaign", text(campaign.as_str()))
            .expression_attribute_values(":published", text(Status::Published.key()));
        let duplicate = RejectionReason::Duplicate.key();
        let mut published = BTreeSet::new();
        let mut grouped: BTreeMap<ContributionId, ContributionId> = BTreeMap::new();
        self.scan(scan, "read what is published of a campaign", |items, _| {
            for item in items {
                let read = keys::read(item.get(PARTITION)?, item.get(SORT)?);
                let Some(Item::Contribution(reference)) = read else {
                    continue;
                };
                let into = item.parse_optional("merged_into", ContributionId::parse)?;
                match (item.get("status")?, into) {
                    (status, _) if status == Status::Published.key() => {
                        published.insert(reference);
                    }
                    // What its author took back since is no longer theirs to be told of.
                    (_, Some(into)) if item.get_optional("reason") == Some(duplicate) => {
                        grouped.insert(reference.id().clone(), into);
                    }
                    _ => {}
                }
            }
            Ok(())
        })
        .await?;
        let is_read = |id: &ContributionId| published.contains(&ContributionRef::Idea(id.clone()));
        let is_heard = |it: &&ContributionRef| match it {
            ContributionRef::Comment { idea, .. } => is_read(idea),
            ContributionRef::Idea(_) | ContributionRef::Testimonial(_) => true,
        };
        let mut heard: BTreeSet<ContributionRef> =
            published.iter().filter(is_heard).cloned().collect();
        for (from, into) in &grouped {
            // No longer than all of them, though none leads back to itself.
            let way = std::iter::successors(Some(into), |id| grouped.get(*id));
            if way.take(grouped.len()).any(is_read) {
                heard.insert(ContributionRef::Idea(from.clone()));
            }
        }
        Ok(heard)
    }

    /// A random pseudonym for the author of each of these contributions. Those that left the
    /// same address have the same one, the others one each; the next time, all are others.
    /// Nothing of an address leaves this function.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pseudonyms(
        &self,
        of: &BTreeSet<ContributionRef>,
    ) -> Result<BTreeMap<ContributionRef, ContributionId>, StoreError> {
        let mut by_address: BTreeMap<String, ContributionId> = BTreeMap::new();
        let mut pseudonyms = BTreeMap::new();
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.identities)
            .consistent_read(true);
        self.scan(scan, "read identities", |items, _| {
            for item in items {
                let Ok(reference) = ContributionRef::parse(item.get(PARTITION)?) else {
                    continue;
                };
                if of.contains(&reference) {
                    let address = item.get("email")?.to_lowercase();
                    let pseudonym = by_address.entry(address).or_insert_with(random_pseudonym);
                    pseudonyms.insert(reference, pseudonym.clone());
                }
            }
            Ok(())
        })
        .await?;
        for reference in of {
            pseudonyms
                .entry(reference.clone())
                .or_insert_with(random_pseudonym);
        }
        Ok(pseudonyms)
    }
}

/// 80 random bits, made of nothing.
fn random_pseudonym() -> ContributionId {
    ContributionId::from_bytes(crate::random())
}
