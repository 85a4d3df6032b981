//! The consent of an author to a text that a moderator proposes. What is proposed is bound to one
//! link, and the link to one proposal; until it is agreed to, neither text is public.

use domain::{
    Body, ContributionId, ContributionRef, Decision, Event, Flag, Letter, Moderated, Proposal,
    Title, Version,
};
use jiff::Timestamp;

use super::answers::fingerprint;
use super::attributes::Attributes;
use super::decisions::{Change, Decided, Ruling};
use super::sessions::seconds;
use super::tables::EXPIRES;
use super::{Store, StoreError};
use crate::keys;

/// What the link of a proposal leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The testimonial.
    pub id: ContributionId,
    /// The proposal, by its number in the history of texts.
    pub proposal: u32,
}

/// For how many days after the time to answer is over it is known what a link was.
const KNOWN_DAYS: i64 = 60;

impl Store {
    /// Proposes another text to the author of a testimonial, who gets one link to answer, is
    /// reminded, and without an answer in time is told that the testimonial is closed. The link is
    /// kept by the hash of its token, which `link` gives for the number of the proposal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn propose(
        &self,
        ruling: &Ruling<'_>,
        texts: (Title, Body),
        why: Option<Body>,
        link: impl FnOnce(u32) -> String,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let becomes = held
                .proposed(texts, why, ruling.by.spell(), ruling.now)
                .map_err(|illegal| Decided::Already(illegal.status))?;
            let mut change = Change::ruled(held, Decision::Propose.key(), becomes);
            let Some(proposal) = change.becomes.proposal.clone() else {
                return Err(Decided::Missing);
            };
            change.after = format!("{} {}", change.after, fingerprint(&proposal.body));
            change.versions.extend(own_text(held));
            change.versions.push(Version {
                number: proposal.number,
                title: proposal.title.clone(),
                body: proposal.body.clone(),
                by: Some(proposal.by.clone()),
                at: proposal.at,
            });
            let known_until = proposal.until().as_second() + KNOWN_DAYS * 86_400;
            let known_until = Timestamp::from_second(known_until).unwrap_or(Timestamp::MAX);
            let item = Attributes::at(&keys::consent(&link(proposal.number)))
                .text("contribution", &ruling.reference.to_string())
                .number("proposal", proposal.number.into())
                .number(EXPIRES, seconds(known_until));
            change.items.push(item);
            change.letters = letters(ruling.reference, &proposal, change.becomes.version);
            Ok(change)
        })
        .await
    }

    /// What the link of a token leads to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn linked(&self, token_hash: &str) -> Result<Option<Linked>, StoreError> {
        let at = keys::consent(token_hash);
        let Some(item) = self.get(&at, "read the link of a proposal").await? else {
            return Ok(None);
        };
        let reference = item.parse("contribution", ContributionRef::parse)?;
        let proposal = item.get_number("proposal")?;
        Ok(Some(Linked {
            id: reference.id().clone(),
            proposal: u32::try_from(proposal).map_err(|_| StoreError::Illegible("proposal"))?,
        }))
    }

    /// The author agrees to a proposal: its text is public.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn agree(&self, ruling: &Ruling<'_>, proposal: u32) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let proposed = answered_in_time(held, proposal, ruling.now)?;
            let agreed = fingerprint(&proposed.body);
            let becomes = held
                .agreed(ruling.by.spell(), ruling.now)
                .map_err(|illegal| Decided::Already(illegal.status))?;
            let mut change = Change::ruled(held, Decision::Agree.key(), becomes);
            change.after = format!("{} {agreed}", change.after);
            let about = ruling.reference.clone();
            let version = change.becomes.version;
            let letter = Letter::to_author(Event::Published, about, version, ruling.now);
            change.letters.push(letter);
            Ok(change)
        })
        .await
    }

    /// The author does not want a proposal to be published, nor anything in its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decline(&self, ruling: &Ruling<'_>, proposal: u32) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            answered_in_time(held, proposal, ruling.now)?;
            let decision = Decision::Withdraw;
            let becomes = held
                .decided(decision, None, ruling.by.spell(), ruling.now)
                .map_err(|illegal| Decided::Already(illegal.status))?;
            Ok(Change::ruled(held, decision.key(), becomes))
        })
        .await
    }

    /// The author sends another text in place of a proposal, or of their own where it is none:
    /// it is read as if it had just come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rewrite_texts(
        &self,
        ruling: &Ruling<'_>,
        proposal: Option<u32>,
        (title, body): (Title, Body),
        flags: std::collections::BTreeSet<Flag>,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            if let Some(proposal) = proposal {
                answered_in_time(held, proposal, ruling.now)?;
            }
            let texts = (title.clone(), body.clone());
            let becomes = held
                .rewritten(texts, flags, ruling.by.spell(), ruling.now)
                .map_err(|illegal| Decided::Already(illegal.status))?;
            let mut change = Change::ruled(held, Decision::Rewrite.key(), becomes);
            change.after = format!("{} {}", change.after, fingerprint(&body));
            change.versions.extend(own_text(held));
            change.versions.push(Version {
                number: change.becomes.versions,
                title,
                body,
                by: None,
                at: ruling.now,
            });
            Ok(change)
        })
        .await
    }

    /// Closes a testimonial whose author did not answer a proposal in time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lapse(&self, ruling: &Ruling<'_>, proposal: u32) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let over = held.proposal.as_ref().filter(|it| it.number == proposal);
            let over = over.is_some_and(|it| it.until() <= ruling.now);
            if !over {
                return Err(Decided::Already(held.status));
            }
            let becomes = held
                .decided(Decision::Lapse, None, ruling.by.spell(), ruling.now)
                .map_err(|illegal| Decided::Already(illegal.status))?;
            Ok(Change::ruled(held, Decision::Lapse.key(), becomes))
        })
        .await
    }
}

/// The author's own text, where the history does not have it yet.
fn own_text(held: &Moderated) -> Option<Version> {
    let contribution = &held.contribution;
    (held.versions == 0).then(|| Version {
        number: 1,
        title: Title::parse(contribution.title().unwrap_or_default(), Title::MAX)
            .expect("a testimonial has a title"),
        body: contribution.body().clone(),
        by: None,
        at: contribution.received_at(),
    })
}

/// The proposal of that number, where it is the last and can still be answered.
fn answered_in_time(held: &Moderated, proposal: u32, now: Timestamp) -> Result<&Proposal, Decided> {
    let proposed = held.proposal.as_ref();
    let proposed = proposed.filter(|it| it.number == proposal && now < it.until());
    proposed.ok_or(Decided::Already(held.status))
}

/// What the author is told: at once, twice more, and when the time is over.
fn letters(about: &ContributionRef, proposal: &Proposal, version: u64) -> Vec<Letter> {
    let number = proposal.number;
    // A decision that is undone takes its letter back by the version that it made.
    let mut letters = vec![Letter::to_author(
        Event::Proposed,
        about.clone(),
        version,
        proposal.at,
    )];
    letters.extend(
        Proposal::REMINDED_AFTER_DAYS
            .map(|days| Letter::reminder(about.clone(), number, days, proposal.at)),
    );
    letters.push(Letter::lapse(about.clone(), number, proposal.until()));
    letters
}
