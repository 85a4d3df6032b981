//! Everything of a campaign at once, whatever its status: what an export is made of.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Contribution, ContributionId, ContributionRef, Moderated, Slug};

use super::attributes::text;
use super::standing::moderated;
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
