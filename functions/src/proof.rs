//! A proof of work: what a browser computes for a second or two before it sends something to a
//! campaign that is attacked (ALTCHA, version 2 of its protocol). Without JavaScript, the author
//! confirms an e-mail address in its place.
//!
//! A challenge is bound to the ticket of a review page, of which one contribution is made however
//! often it is sent: the contribution is what says that the challenge was used. That of a survey is
//! bound to the draft of the answers (`surveys/guarded.rs`).

use std::collections::BTreeMap;

use altcha::{
    CreateChallengeOptions, Payload, VerifySolutionOptions, create_challenge, verify_solution,
};
use domain::{Campaign, Email};
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::{App, Failure};

/// The rounds of one derivation of a key. One key in 256 is a solution: a million rounds, which
/// take a computer less than a second, and a telephone of ten years a few.
const ROUNDS: u32 = 5_000;

/// For how many hours an author may confirm an address.
const CONFIRMED_WITHIN: i64 = 7 * 24;

/// How something that was sent arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It waits to be read.
    ToRead,
    /// It waits for its author to confirm the address, until then.
    ToConfirm(Timestamp),
}

impl App {
    /// The challenge of a review page, in JSON; none where its campaign asks for no proof.
    pub(crate) async fn challenge(
        &self,
        campaign: &Campaign,
        ticket: &str,
    ) -> Result<Option<String>, Failure> {
        match self.store.is_protected(&campaign.slug).await? {
            true => self.challenge_of(ticket).map(Some),
            false => Ok(None),
        }
    }

    /// A challenge for what bears this ticket, in JSON.
    pub(crate) fn challenge_of(&self, ticket: &str) -> Result<String, Failure> {
        let challenge = create_challenge(CreateChallengeOptions {
            algorithm: "PBKDF2/SHA-256".to_owned(),
            cost: ROUNDS,
            data: Some(self.bound_to(ticket)),
            hmac_signature_secret: Some(self.proof_key()),
            ..CreateChallengeOptions::default()
        });
        let challenge = challenge.map_err(|_| Failure::Broken("a challenge is made"))?;
        serde_json::to_string(&challenge).map_err(|_| Failure::Broken("a challenge is JSON"))
    }

    /// How what was sent with this ticket and this proof arrives; none where its author has to
    /// give an address first.
    pub(crate) async fn arrival(
        &self,
        campaign: &Campaign,
        ticket: &str,
        proof: &str,
        email: Option<&Email>,
    ) -> Result<Option<Arrival>, Failure> {
        if !self.store.is_protected(&campaign.slug).await? || self.proves(ticket, proof) {
            return Ok(Some(Arrival::ToRead));
        }
        let until = self.confirmed_until();
        Ok(email.map(|_| Arrival::ToConfirm(until)))
    }

    /// Until when an address that is given now may be confirmed.
    pub(crate) fn confirmed_until(&self) -> Timestamp {
        let now = self.now();
        now.saturating_add(CONFIRMED_WITHIN.hours()).unwrap_or(now)
    }

    /// Whether this proof solves a challenge that was made for this ticket.
    pub(crate) fn proves(&self, ticket: &str, proof: &str) -> bool {
        let Ok(Payload {
            challenge,
            solution,
        }) = serde_json::from_str(proof)
        else {
            return false;
        };
        if challenge.parameters.data.as_ref() != Some(&self.bound_to(ticket)) {
            return false;
        }
        let key = self.proof_key();
        let options = VerifySolutionOptions::new(&challenge, &solution, &key);
        verify_solution(options).is_ok_and(|result| result.verified)
    }

    /// What a challenge says of the ticket for which it was made.
    fn bound_to(&self, ticket: &str) -> BTreeMap<String, Value> {
        let hash = self.secret.hash(&["proof of", ticket]);
        BTreeMap::from([("for".to_owned(), Value::from(hash))])
    }

    fn proof_key(&self) -> String {
        self.secret.hash(&["proof"])
    }
}
