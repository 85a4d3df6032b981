//! What is sent is kept, and leads to its receipt.

use std::collections::BTreeSet;

use axum::response::Redirect;
use domain::{Contribution, ContributionRef, Email, Flag};
use insights::near;
use site_gen::address;

use crate::secret::token_hash;
use crate::store::Added;
use crate::venue::Venue;
use crate::{App, Arrival, Failure};

impl App {
    /// Keeps a contribution that holds, and leads to its receipt. Sent twice, it is kept and
    /// told once, as it was first, and leads to the same place.
    pub(crate) async fn receive(
        &self,
        venue: Venue<'_>,
        contribution: Contribution,
        email: Option<Email>,
        mut flags: BTreeSet<Flag>,
        arrival: Arrival,
    ) -> Result<Redirect, Failure> {
        let reference = contribution.reference();
        let token = self.secret.receipt_token(&reference);
        let kept_until = match arrival {
            Arrival::ToRead => venue.addresses_kept_until(contribution.received_at()),
            Arrival::ToConfirm(until) => until,
        };
        let identity = email.as_ref().map(|email| (email, kept_until));
        if self.repeats(venue, &contribution).await? {
            flags.insert(Flag::RepeatedText);
        }
        let added = self
            .store
            .add(
                &contribution,
                &token_hash(&token),
                identity,
                &flags,
                arrival,
            )
            .await?;
        if added == Added::Already
            && let Some(receipt) = self.received(&reference, Some(&contribution)).await?
        {
            return Ok(receipt);
        }
        Ok(Redirect::to(&address::receipt(&token)))
    }

    /// Leads to the receipt of what was received before, where it was: sent again, even when it
    /// is too late to send anything, it is still one contribution with one receipt. Where what is
    /// sent `again` says something else, the receipt says what was kept.
    pub(crate) async fn received(
        &self,
        reference: &ContributionRef,
        again: Option<&Contribution>,
    ) -> Result<Option<Redirect>, Failure> {
        let Some(held) = self.store.contribution(reference).await? else {
            return Ok(None);
        };
        let mut receipt = address::receipt(&self.secret.receipt_token(reference));
        let changed = again.is_some_and(|again| !again.says_the_same(&held.contribution));
        if changed && !held.erased {
            receipt.push_str("?fait=deja");
        }
        Ok(Some(Redirect::to(&receipt)))
    }

    /// Whether somebody sent the same text to the same place before. « Oui, tout à fait » is said by
    /// many, and is no repetition.
    async fn repeats(
        &self,
        venue: Venue<'_>,
        contribution: &Contribution,
    ) -> Result<bool, Failure> {
        const FEW_WORDS: usize = 5;
        let text = near::fold(contribution.body().as_str());
        if text.split(' ').count() <= FEW_WORDS {
            return Ok(false);
        }
        let kept_until = venue.texts_kept_until(contribution.received_at());
        let reference = contribution.reference();
        let repeats = self
            .store
            .repeats(&venue.place(), &token_hash(&text), &reference, kept_until)
            .await?;
        Ok(repeats)
    }
}
