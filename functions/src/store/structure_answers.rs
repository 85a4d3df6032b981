//! What structures answer to testimonials, which structures are to, and what authors make of it:
//! changes that leave where a testimonial stands.

use domain::{
    Body, Draft, Event, ImprovementStage, Letter, Moderated, Reassignment, RejectionReason, Reply,
    Slug, Status,
};

use super::answers::fingerprint;
use super::decisions::{Change, Decided, Ruling};
use super::standing::spell_status;
use super::{Answer, Store, StoreError};

impl Store {
    /// Keeps what a structure answers: what is being written, or what the public reads. Published
    /// again, it is corrected.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn respond_for(
        &self,
        ruling: &Ruling<'_>,
        structure: &Slug,
        (team, body): (&str, &Body),
        answer: Answer,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let before = held.response_of(structure);
            let known = held.answers.get(structure);
            let draft = known.and_then(|known| known.draft.as_ref());
            let (action, said, becomes) = match answer {
                Answer::Draft => {
                    let draft_of_it = Draft {
                        team: team.to_owned(),
                        text: body.clone(),
                        by: ruling.by.spell().to_owned(),
                        saved_at: ruling.now,
                    };
                    let becomes = held.drafted(structure, draft_of_it);
                    ("draft-answer", draft.map(|draft| &draft.text), becomes)
                }
                Answer::Publish => {
                    let becomes = held.answered(structure, team, body, ruling.now);
                    let action = match before {
                        Some(_) => "correct-answer",
                        None => "publish-answer",
                    };
                    (action, before.map(|before| &before.text), becomes)
                }
            };
            let said = said.map_or_else(|| spell(structure), |said| of(structure, said));
            let mut change = noted(held, action, said, of(structure, body), becomes)?;
            // A correction is no second answer.
            if answer == Answer::Publish && before.is_none() {
                let occasion = format!("{structure}-{}", change.becomes.version);
                let about = ruling.reference.clone();
                let letter = Letter::to_author(Event::Answered, about, occasion, ruling.now);
                change.letters.push(letter);
            }
            Ok(change)
        })
        .await
    }

    /// Keeps the improvement that a structure declares, or that it declares none any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn improve(
        &self,
        ruling: &Ruling<'_>,
        structure: &Slug,
        declared: Option<(ImprovementStage, Body)>,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let known = held.answers.get(structure);
            let known = known.and_then(|answer| answer.improvement.as_ref());
            let improvement = |stage: ImprovementStage, text| {
                format!("{} improvement:{}", of(structure, text), stage.key())
            };
            let before = known.map_or_else(
                || spell(structure),
                |known| improvement(known.stage, &known.text),
            );
            let after = declared.as_ref().map_or_else(
                || spell(structure),
                |(stage, text)| improvement(*stage, text),
            );
            let becomes = held.improved(structure, declared.clone(), ruling.now);
            noted(held, "improvement", before, after, becomes)
        })
        .await
    }

    /// Has other structures answer; of the note, the log keeps a fingerprint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reassign(
        &self,
        ruling: &Ruling<'_>,
        reassignment: &Reassignment,
        note: Option<&Body>,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let by = ruling.by.spell();
            let becomes = held.reassigned(reassignment, note.cloned(), by, ruling.now);
            let mut after = becomes.as_ref().map_or_else(String::new, spell_all);
            if let Some(note) = note {
                after = format!("{after} {}", fingerprint(note));
            }
            noted(held, "reassign", spell_all(held), after, becomes)
        })
        .await
    }

    /// Keeps whether the author says that the answer of a structure helped.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn judge(
        &self,
        ruling: &Ruling<'_>,
        structure: &Slug,
        helped: bool,
    ) -> Result<Decided, StoreError> {
        let word = |helped| match helped {
            true => "useful",
            false => "not-useful",
        };
        self.change(ruling, |held| {
            let known = held.answers.get(structure).and_then(|answer| answer.helped);
            let before = known.map_or_else(
                || spell(structure),
                |known| format!("{} {}", spell(structure), word(known)),
            );
            let after = format!("{} {}", spell(structure), word(helped));
            let becomes = held.judged(structure, helped);
            noted(held, "judge-answer", before, after, becomes)
        })
        .await
    }

    /// Keeps what the author replies to the answers: it waits to be read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reply(&self, ruling: &Ruling<'_>, text: &Body) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let after = format!("{} {}", Status::Waiting.key(), fingerprint(text));
            let becomes = held.replied(text.clone(), ruling.now);
            noted(held, "reply", String::new(), after, becomes)
        })
        .await
    }

    /// Publishes what the author replied, or refuses it for a reason.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decide_reply(
        &self,
        ruling: &Ruling<'_>,
        refused: Option<RejectionReason>,
    ) -> Result<Decided, StoreError> {
        self.change(ruling, |held| {
            let (action, status) = match refused {
                None => ("publish-reply", Status::Published),
                Some(reason) => ("refuse-reply", Status::Refused(reason)),
            };
            let before = match held.reply.as_ref().is_some_and(Reply::waits) {
                true => spell_status(Status::Waiting),
                false => String::new(),
            };
            let becomes = held.reply_decided(refused, ruling.now);
            let mut change = noted(held, action, before, spell_status(status), becomes)?;
            let event = refused.map_or(Event::ReplyPublished, Event::ReplyRefused);
            let about = ruling.reference.clone();
            let version = change.becomes.version;
            let letter = Letter::to_author(event, about, version, ruling.now);
            change.letters.push(letter);
            Ok(change)
        })
        .await
    }
}

/// A change to what a testimonial becomes; what does not fit, somebody changed before.
fn noted(
    held: &Moderated,
    action: &'static str,
    before: String,
    after: String,
    becomes: Option<Moderated>,
) -> Result<Change, Decided> {
    let becomes = becomes.ok_or(Decided::Already(held.status))?;
    let mut change = Change::noted(held, action, before, after);
    change.becomes = becomes;
    Ok(change)
}

/// A structure, as the log spells it.
fn spell(structure: &Slug) -> String {
    format!("structure:{structure}")
}

/// The structures that a testimonial concerns, as the log spells them.
fn spell_all(held: &Moderated) -> String {
    let structures = held.testimonial().map_or(&[][..], |it| &it.structures);
    let spelled: Vec<String> = structures.iter().map(spell).collect();
    spelled.join(" ")
}

/// A text of a structure, as the log spells it.
fn of(structure: &Slug, text: &Body) -> String {
    format!("{} {}", spell(structure), fingerprint(text))
}
