//! What an institution says of a contribution, and who was told of an author in danger: changes
//! that leave where it stands.

use domain::{Body, Draft, Event, Letter, OfficialResponse, Outcome, Status, Told};
use sha2::{Digest, Sha256};

use super::decisions::{Change, Decided, Ruling};
use super::{Store, StoreError};
use crate::secret::hex;

/// What an official response becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is being written.
    Draft,
    /// The public reads it.
    Publish,
}

/// A step of who follows an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertStep<'a> {
    /// Somebody was told.
    Told(&'a str),
    /// All who had to be told were.
    Close,
}

impl Store {
    /// Keeps an official response: what is being written, or what the public reads. Published
    /// again, it is corrected, and says since when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn respond(
        &self,
        ruling: &Ruling<'_>,
        team: &str,
        body: &Body,
        answer: Answer,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            if held.status != Status::Published {
                return Err(Decided::Already(held.status));
            }
            let before = held.response.as_ref();
            let action = match (answer, before) {
                (Answer::Draft, _) => "draft-response",
                (Answer::Publish, None) => "publish-response",
                (Answer::Publish, Some(_)) => "correct-response",
            };
            let said = match answer {
                Answer::Draft => held.draft.as_ref().map(|draft| &draft.text),
                Answer::Publish => before.map(|before| &before.text),
            };
            let said = said.map_or_else(String::new, fingerprint);
            let mut change = Change::noted(held, action, said, fingerprint(body));
            let becomes = &mut change.becomes;
            becomes.draft = (answer == Answer::Draft).then(|| Draft {
                team: team.to_owned(),
                text: body.clone(),
                by: ruling.by.spell().to_owned(),
                saved_at: ruling.now,
            });
            if answer == Answer::Publish {
                // A correction is no second answer.
                if before.is_none() {
                    let about = ruling.reference.clone();
                    let version = held.version + 1;
                    let letter = Letter::to_author(Event::Answered, about, version, ruling.now);
                    change.letters.push(letter);
                }
                becomes.response = Some(OfficialResponse {
                    team: team.to_owned(),
                    text: body.clone(),
                    published_at: before.map_or(ruling.now, |before| before.published_at),
                    corrected_at: before.map(|_| ruling.now),
                });
            }
            Ok(change)
        })
        .await
    }

    /// Keeps what the institution decided about an idea.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(
        &self,
        ruling: &Ruling<'_>,
        outcome: &Outcome,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            if held.status != Status::Published {
                return Err(Decided::Already(held.status));
            }
            let before = held
                .outcome
                .as_ref()
                .map_or_else(String::new, spell_outcome);
            let mut change = Change::noted(held, "outcome", before, spell_outcome(outcome));
            change.becomes.outcome = Some(outcome.clone());
            let known = held.outcome.as_ref().map(|known| known.decision);
            if known != Some(outcome.decision) {
                let (event, about) = (Event::Decided(outcome.decision), ruling.reference.clone());
                let letter = Letter::to_author(event, about, held.version + 1, ruling.now);
                change.letters.push(letter);
            }
            Ok(change)
        })
        .await
    }

    /// Notes who was told of an author in danger, or that all who had to be were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_alert(
        &self,
        ruling: &Ruling<'_>,
        step: AlertStep<'_>,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let open = held.alert.clone().filter(|alert| alert.closed_at.is_none());
            let mut alert = open.ok_or(Decided::Already(held.status))?;
            let action = match step {
                AlertStep::Told(who) => {
                    alert.told.push(Told {
                        who: who.to_owned(),
                        by: ruling.by.spell().to_owned(),
                        at: ruling.now,
                    });
                    "alert-told"
                }
                AlertStep::Close => {
                    alert.closed_at = Some(ruling.now);
                    "alert-close"
                }
            };
            let told = alert.told.len().to_string();
            let mut change = Change::noted(held, action, String::new(), told);
            change.becomes.alert = Some(alert);
            Ok(change)
        })
        .await
    }
}

/// A text as the audit log has it: so that what was published can be checked, and what is erased
/// is nowhere.
pub(super) fn fingerprint(text: &Body) -> String {
    format!("sha256:{}", hex(&Sha256::digest(text.as_str())))
}

fn spell_outcome(outcome: &Outcome) -> String {
    format!("{} {}", outcome.decision.key(), fingerprint(&outcome.text))
}
