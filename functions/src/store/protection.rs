//! Against those who send by the thousand: campaigns that ask for a proof of work, ideas that
//! many come to like at once, and likes that are set aside by the network that they came from.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ContributionId, LIKE_SHARDS, Like, Person, Slug};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::attributes::{Attributes, text};
use super::published::total_likes;
use super::turn::Hour;
use super::{Noted, Store, StoreError};
use crate::keys::{self, Item, PARTITION, SORT};
use crate::session::Permit;

/// An idea that many come to like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rising {
    pub(crate) idea: ContributionId,
    pub(crate) title: String,
    /// All who like it.
    pub(crate) likes: u64,
    /// Those of this hour and of the one before.
    pub(crate) risen: u64,
}

/// The likes of an idea that came from one network on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Network {
    /// Its keyed hash.
    pub(crate) hash: String,
    pub(crate) likes: Vec<Like>,
    /// When the first of them came.
    pub(crate) first: Timestamp,
    /// When the last of them came.
    pub(crate) last: Timestamp,
}

impl Store {
    /// Whether a campaign asks for a proof of work of what is sent to it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn is_protected(&self, campaign: &Slug) -> Result<bool, StoreError> {
        let at = keys::protected(campaign);
        Ok(self.get(&at, "read a protection").await?.is_some())
    }

    /// Makes a campaign ask for a proof of work, or no longer; the log says who did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn protect(
        &self,
        campaign: &Slug,
        protected: bool,
        by: &Permit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let spell = |on: bool| if on { "on" } else { "off" }.to_owned();
        let before = self.is_protected(campaign).await?;
        if before == protected {
            return Ok(());
        }
        let noted = Noted {
            at: now,
            by: by.login().to_owned(),
            action: if protected { "protect" } else { "unprotect" },
            about: format!("campaign:{campaign}"),
            before: spell(before),
            after: spell(protected),
        };
        let at = keys::protected(campaign);
        let write = if protected {
            self.put(Attributes::at(&at).time("since", now))?
        } else {
            self.delete_write(&at)?
        };
        match self
            .audited("protect a campaign", &noted, vec![write])
            .await?
        {
            Ok(()) => Ok(()),
            Err(_) => unreachable!("nothing is written on a condition"),
        }
    }

    /// The ideas of a campaign that got likes in this hour and the one before, the most first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn rising(
        &self,
        campaign: &Slug,
        now: Timestamp,
    ) -> Result<Vec<Rising>, StoreError> {
        let mut rising = Vec::new();
        let cards = keys::cards_partition(campaign);
        for card in self.partition(&cards, "", "read cards").await? {
            let risen = Hour::risen(&card, now)?;
            if risen > 0 {
                rising.push(Rising {
                    idea: card.parse(SORT, ContributionId::parse)?,
                    title: card.get("title")?.to_owned(),
                    likes: total_likes(&card)?,
                    risen,
                });
            }
        }
        rising.sort_by_key(|idea| std::cmp::Reverse(idea.risen));
        Ok(rising)
    }

    /// The likes of an idea by the network from which they came, the most first. Those that came
    /// before networks were noted are of none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn networks(&self, idea: &ContributionId) -> Result<Vec<Network>, StoreError> {
        let mut networks = Networks::default();
        for shard in 0..LIKE_SHARDS {
            let partition = keys::likes_partition(idea, shard);
            for item in self.partition(&partition, "", "read likes").await? {
                networks.add(idea, &item)?;
            }
        }
        Ok(networks.sorted())
    }

    /// The likes of some ideas that came from one network: the whole table is read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn likes_from(
        &self,
        network: &str,
        ideas: &BTreeSet<ContributionId>,
    ) -> Result<Vec<Like>, StoreError> {
        let mut networks = Networks::default();
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.main)
            .filter_expression(format!(
                "begins_with({PARTITION}, :likes) AND network_hash = :network"
            ))
            .expression_attribute_values(":likes", text(keys::LIKES))
            .expression_attribute_values(":network", text(network));
        self.scan(scan, "read the likes of a network", |items, _| {
            for item in items {
                let found = keys::read(item.get(PARTITION)?, item.get(SORT)?);
                if let Some(Item::Like { idea, .. }) = found
                    && ideas.contains(&idea)
                {
                    networks.add(&idea, &item)?;
                }
            }
            Ok(())
        })
        .await?;
        Ok(networks
            .sorted()
            .into_iter()
            .flat_map(|found| found.likes)
            .collect())
    }

    /// Takes likes away that people did not give; the log says first how many, and whence. They
    /// are counted again as their records come out of the stream.
    ///
    /// # Errors
    /// [`StoreError`]: what is left may be taken away again.
    pub(crate) async fn invalidate(&self, likes: &[Like], noted: &Noted) -> Result<(), StoreError> {
        const AT_ONCE: usize = 32;
        self.note(noted).await?;
        for some in likes.chunks(AT_ONCE) {
            let mut taken = JoinSet::new();
            for like in some {
                let (store, like) = (self.clone(), like.clone());
                taken.spawn(async move { store.unlike(&like).await });
            }
            while let Some(done) = taken.join_next().await {
                done.map_err(|_| StoreError::Unavailable {
                    operation: "take a like away",
                    message: "it was stopped".to_owned(),
                })??;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Networks(BTreeMap<String, Network>);

impl Networks {
    fn add(&mut self, idea: &ContributionId, item: &Attributes) -> Result<(), StoreError> {
        let Some(hash) = item.get_optional("network_hash") else {
            return Ok(());
        };
        let at = item.get_time("liked_at")?;
        let network = self.0.entry(hash.to_owned()).or_insert_with(|| Network {
            hash: hash.to_owned(),
            likes: Vec::new(),
            first: at,
            last: at,
        });
        network.first = network.first.min(at);
        network.last = network.last.max(at);
        network.likes.push(Like {
            idea: idea.clone(),
            person: item.parse(SORT, Person::parse)?,
        });
        Ok(())
    }

    fn sorted(self) -> Vec<Network> {
        let mut networks: Vec<Network> = self.0.into_values().collect();
        networks.sort_by_key(|network| std::cmp::Reverse(network.likes.len()));
        networks
    }
}
