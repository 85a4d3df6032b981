//! How a testimonial stands once a structure answers it, once another is to, and once its author
//! says what they think of the answers. None of it changes where the testimonial stands with its
//! moderators.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Improvement, ImprovementStage, Reply};
use crate::contribution::{Contribution, Moderated};
use crate::invalid::Invalid;
use crate::moderation::{RejectionReason, Status};
use crate::official_response::{Draft, OfficialResponse};
use crate::structure::Structure;
use crate::testimonial::Testimonial;
use crate::text::{Body, Slug};

/// What becomes of the structures that a testimonial concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reassignment {
    /// It concerns this one too.
    Add(Slug),
    /// It concerns `to`, and not `from`.
    Replace {
        /// The one that it no longer concerns.
        from: Slug,
        /// The one that it does.
        to: Slug,
    },
    /// It does not concern this one, but others.
    Remove(Slug),
}

/// That somebody changed the structures that a testimonial concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reassigned {
    /// When.
    pub at: Timestamp,
    /// Who: a moderator's login.
    pub by: String,
    /// The structures before.
    pub from: Vec<Slug>,
    /// The structures after.
    pub to: Vec<Slug>,
    /// Why, for who works on it next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Body>,
}

impl Moderated {
    /// The testimonial, where it is one.
    #[must_use]
    pub fn testimonial(&self) -> Option<&Testimonial> {
        match &self.contribution {
            Contribution::Testimonial(testimonial) => Some(testimonial),
            Contribution::Idea(_) | Contribution::Comment(_) => None,
        }
    }

    /// What a structure answered in public.
    #[must_use]
    pub fn response_of(&self, structure: &Slug) -> Option<&OfficialResponse> {
        self.answers.get(structure)?.response.as_ref()
    }

    /// How it stands once the answer of a structure is being written; none where that structure
    /// has not to answer it.
    #[must_use]
    pub fn drafted(&self, structure: &Slug, draft: Draft) -> Option<Self> {
        self.answering(structure, |answer| answer.draft = Some(draft))
    }

    /// How it stands once a structure answers in public, or corrects what it answered: what says
    /// the same as before is no correction. None where that structure has not to answer it.
    #[must_use]
    pub fn answered(
        &self,
        structure: &Slug,
        team: &str,
        text: &Body,
        now: Timestamp,
    ) -> Option<Self> {
        self.answering(structure, |answer| {
            answer.draft = None;
            let before = answer.response.take();
            let is_same = |said: &OfficialResponse| said.team == team && said.text == *text;
            answer.response = Some(match before {
                Some(before) if is_same(&before) => before,
                Some(before) => OfficialResponse {
                    team: team.to_owned(),
                    text: text.clone(),
                    published_at: before.published_at,
                    corrected_at: Some(now),
                },
                None => OfficialResponse {
                    team: team.to_owned(),
                    text: text.clone(),
                    published_at: now,
                    corrected_at: None,
                },
            });
        })
    }

    /// How it stands once a structure that answered declares an improvement, or none any more;
    /// none where it did not answer.
    #[must_use]
    pub fn improved(
        &self,
        structure: &Slug,
        declared: Option<(ImprovementStage, Body)>,
        now: Timestamp,
    ) -> Option<Self> {
        self.response_of(structure)?;
        self.answering(structure, |answer| {
            let known = answer.improvement.take();
            answer.improvement = declared.map(|(stage, text)| {
                let same = known.filter(|known| (known.stage, &known.text) == (stage, &text));
                let at = same.map_or(now, |known| known.at);
                Improvement { stage, text, at }
            });
        })
    }

    /// How it stands once its author says whether the answer of a structure helped; none where
    /// there is none to read.
    #[must_use]
    pub fn judged(&self, structure: &Slug, helped: bool) -> Option<Self> {
        self.response_of(structure)?;
        self.answering(structure, |answer| answer.helped = Some(helped))
    }

    /// Whether its author may reply to its answers: once, when there is one to read. A reply that
    /// was refused may be written otherwise.
    #[must_use]
    pub fn takes_reply(&self) -> bool {
        let mut answers = self.answers.values();
        let is_there = |reply: &Reply| reply.refused_at.is_none();
        self.status == Status::Published
            && !self.reply.as_ref().is_some_and(is_there)
            && answers.any(|answer| answer.response.is_some())
    }

    /// How it stands once its author replied to its answers: the reply waits to be read. None
    /// where none is taken.
    #[must_use]
    pub fn replied(&self, text: Body, now: Timestamp) -> Option<Self> {
        self.takes_reply().then(|| Self {
            reply: Some(Reply {
                text,
                received_at: now,
                published_at: None,
                refused_at: None,
                reason: None,
            }),
            ..self.noted()
        })
    }

    /// How it stands once the reply is published, or refused for a reason; none where none waits.
    #[must_use]
    pub fn reply_decided(&self, refused: Option<RejectionReason>, now: Timestamp) -> Option<Self> {
        let is_public = self.status == Status::Published;
        let waits = self.reply.clone().filter(Reply::waits);
        let reply = waits.filter(|_| is_public)?;
        let alert = match refused {
            Some(RejectionReason::Alert) => Some(crate::Alert::opened(self.alert.as_ref(), now)),
            _ => self.alert.clone(),
        };
        Some(Self {
            reply: Some(Reply {
                published_at: refused.is_none().then_some(now),
                refused_at: refused.is_some().then_some(now),
                reason: refused,
                ..reply
            }),
            alert,
            ..self.noted()
        })
    }

    /// How it stands once other structures are to answer it; none where it is neither waiting nor
    /// public, or where the change does not fit the structures that it concerns: who answered
    /// stays, no structure is there twice, and there are one to three.
    #[must_use]
    pub fn reassigned(
        &self,
        change: &Reassignment,
        note: Option<Body>,
        by: &str,
        now: Timestamp,
    ) -> Option<Self> {
        if !matches!(self.status, Status::Waiting | Status::Published) {
            return None;
        }
        let before = &self.testimonial()?.structures;
        let mut after = before.clone();
        let place = |slug: &Slug| {
            let place = before.iter().position(|it| it == slug);
            place.filter(|_| self.response_of(slug).is_none())
        };
        match change {
            Reassignment::Add(structure) => after.push(structure.clone()),
            Reassignment::Replace { from, to } => after[place(from)?] = to.clone(),
            Reassignment::Remove(structure) => {
                after.remove(place(structure)?);
            }
        }
        let mut seen = after.clone();
        seen.sort();
        seen.dedup();
        if seen.len() != after.len() || !(1..=Testimonial::MAX_STRUCTURES).contains(&after.len()) {
            return None;
        }
        let mut becomes = self.noted();
        becomes.reassignments.push(Reassigned {
            at: now,
            by: by.to_owned(),
            from: before.clone(),
            to: after.clone(),
            note,
        });
        if let Contribution::Testimonial(testimonial) = &mut becomes.contribution {
            testimonial.structures = after;
        }
        Some(becomes)
    }

    /// The same with another answer of a structure that it concerns, where it is public.
    fn answering(&self, structure: &Slug, change: impl FnOnce(&mut Answer)) -> Option<Self> {
        let concerned = self.testimonial()?.structures.contains(structure);
        if !concerned || self.status != Status::Published {
            return None;
        }
        let mut becomes = self.noted();
        change(becomes.answers.entry(structure.clone()).or_default());
        Some(becomes)
    }
}

/// What is kept of answers once the text that they answer is erased: what was public.
pub(crate) fn without_drafts(answers: &BTreeMap<Slug, Answer>) -> BTreeMap<Slug, Answer> {
    let mut answers = answers.clone();
    answers.values_mut().for_each(|answer| answer.draft = None);
    answers
}

/// What is kept of reassignments once the text is erased: who and when, and no note.
pub(crate) fn without_notes(reassignments: &[Reassigned]) -> Vec<Reassigned> {
    let mut kept = reassignments.to_vec();
    kept.iter_mut().for_each(|one| one.note = None);
    kept
}

/// What was typed to declare an improvement, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImprovementForm {
    /// The stage's key; blank for none.
    pub improvement: String,
    /// What it is.
    pub improvement_text: String,
}

impl ImprovementForm {
    /// The longest text, in graphemes.
    pub const TEXT_LIMIT: usize = 1_000;

    /// Parses the form: never an improvement without its text, nor a text without its stage.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<Option<(ImprovementStage, Body)>, Invalid> {
        let mut invalid = Invalid::default();
        let stage = ImprovementStage::from_key(&self.improvement);
        if stage.is_none() && !self.improvement.is_empty() {
            invalid.add("improvement", "malformed");
        }
        let text = stage.and_then(|_| {
            let parsed = Body::parse(&self.improvement_text, Self::TEXT_LIMIT);
            invalid.take("improvement_text", parsed)
        });
        if invalid.errors.is_empty() {
            Ok(stage.zip(text))
        } else {
            Err(invalid)
        }
    }
}

/// What was typed to have other structures answer, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReassignForm {
    /// The structure that it no longer concerns; blank for none.
    pub from: String,
    /// The structure that it concerns; blank for none.
    pub to: String,
    /// Why.
    pub note: String,
}

impl ReassignForm {
    /// The longest note, in graphemes.
    pub const NOTE_LIMIT: usize = 500;

    /// Parses the form, for a testimonial as it stands to a space that has these structures. What
    /// goes from one structure to another goes with a note.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse<'s>(
        &self,
        held: &Moderated,
        structures: impl IntoIterator<Item = &'s Structure>,
    ) -> Result<(Reassignment, Option<Body>), Invalid> {
        let mut invalid = Invalid::default();
        let concerned = held.testimonial().map_or(&[][..], |it| &it.structures);
        let from = self.from.trim();
        let from = (!from.is_empty()).then(|| concerned.iter().find(|it| it.as_str() == from));
        match from {
            Some(None) => invalid.add("from", "malformed"),
            Some(Some(slug)) if held.response_of(slug).is_some() => {
                invalid.add("from", "answered");
            }
            _ => {}
        }
        let to = self.to.trim();
        let to = (!to.is_empty()).then(|| {
            let mut known = structures.into_iter().map(|it| &it.slug);
            known.find(|it| it.as_str() == to)
        });
        match to {
            Some(None) => invalid.add("to", "malformed"),
            Some(Some(slug)) if concerned.contains(slug) => invalid.add("to", "already"),
            Some(Some(_)) if from.is_none() && concerned.len() >= Testimonial::MAX_STRUCTURES => {
                invalid.add("to", "too-many");
            }
            None if from.is_none() => invalid.add("to", "empty"),
            None if concerned.len() == 1 => invalid.add("to", "last"),
            _ => {}
        }
        let note = match (from, to) {
            (Some(_), Some(_)) => invalid.take("note", Body::parse(&self.note, Self::NOTE_LIMIT)),
            _ => {
                invalid.take_optional("note", &self.note, |raw| Body::parse(raw, Self::NOTE_LIMIT))
            }
        };
        let change = match (from.flatten().cloned(), to.flatten().cloned()) {
            (Some(from), Some(to)) => Some(Reassignment::Replace { from, to }),
            (None, Some(to)) => Some(Reassignment::Add(to)),
            (Some(from), None) => Some(Reassignment::Remove(from)),
            (None, None) => None,
        };
        match change {
            Some(change) if invalid.errors.is_empty() => Ok((change, note)),
            _ => Err(invalid),
        }
    }
}

/// What an author typed in reply to answers, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReplyForm {
    /// What it says.
    pub reply: String,
}

impl ReplyForm {
    /// The longest reply, in graphemes.
    pub const TEXT_LIMIT: usize = 1_000;

    /// Parses the form.
    ///
    /// # Errors
    /// Every problem of its field.
    pub fn parse(&self) -> Result<Body, Invalid> {
        let mut invalid = Invalid::default();
        let text = Body::parse(&self.reply, Self::TEXT_LIMIT);
        invalid.take("reply", text).ok_or(invalid)
    }
}
