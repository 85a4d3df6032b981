//! What a moderator decides of one contribution.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::{
    Action, Body, Contribution, ContributionId, ContributionRef, Decision, Invalid, Moderated,
    RejectionReason, Status,
};
use site_gen::address;

use super::{Opened, Typing, queue};
use crate::form::Typed;
use crate::session::Session;
use crate::social_security::refuse_numbers;
use crate::store::Decided;
use crate::{App, Failure, SharedApp};

/// The longest message to an author beside the reason, in graphemes.
pub(super) const MESSAGE_LIMIT: usize = 1_000;

pub(super) async fn publish(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    decide(&app, &session, &contribution, &typing, Decision::Publish).await
}

pub(super) async fn restore(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    decide(&app, &session, &contribution, &typing, Decision::Restore).await
}

pub(super) async fn reopen(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    decide(&app, &session, &contribution, &typing, Decision::Reopen).await
}

pub(super) async fn refuse(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    for_a_reason(&app, &session, &contribution, &typing, Decision::Refuse).await
}

pub(super) async fn hide(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    for_a_reason(&app, &session, &contribution, &typing, Decision::Hide).await
}

async fn decide(
    app: &App,
    session: &Session,
    contribution: &str,
    typing: &Typing,
    decision: Decision,
) -> Result<Response, Failure> {
    let opened = Opened::of(app, session, contribution, Action::Moderate).await?;
    opened.decide(typing, decision, None).await
}

async fn for_a_reason(
    app: &App,
    session: &Session,
    contribution: &str,
    typing: &Typing,
    decision: fn(RejectionReason) -> Decision,
) -> Result<Response, Failure> {
    let opened = Opened::of(app, session, contribution, Action::Moderate).await?;
    match reasoned(&typing.reason, &typing.message) {
        Ok((reason, message)) => {
            let decision = decision(reason);
            opened.decide(typing, decision, message.as_ref()).await
        }
        Err(invalid) => opened.correct(typing, &invalid).await,
    }
}

pub(super) async fn undo(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Moderate).await?;
    let done = match app.store.undo(&opened.ruling(&typing)?).await? {
        Decided::Done => "undone",
        Decided::Missing => return Err(Failure::NotFound),
        Decided::Already(_) | Decided::NoOther => "too-late",
    };
    Ok(opened.again(&typing, done).into_response())
}

/// Groups an idea with another. The first time it is asked: likes that were carried over can't be
/// told apart any more.
pub(super) async fn merge(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Moderate).await?;
    let mut invalid = Invalid::default();
    let named = if typing.near.is_empty() {
        &typing.into
    } else {
        &typing.near
    };
    let Some(other) = opened.other(named, &mut invalid).await? else {
        return opened.correct(&typing, &invalid).await;
    };
    if typing.action != "confirmer" {
        return queue::ask_to_merge(&opened, &typing, &other).await;
    }
    let into = other.contribution.reference();
    match app.store.merge(&opened.ruling(&typing)?, into.id()).await? {
        Decided::Done => Ok(opened.after(&typing, "merged").into_response()),
        Decided::Missing => Err(Failure::NotFound),
        Decided::Already(_) => Ok(opened.after(&typing, "conflict").into_response()),
        Decided::NoOther => {
            invalid.add("into", "unknown");
            opened.correct(&typing, &invalid).await
        }
    }
}

/// The reason and the message of a refusal.
pub(super) fn reasoned(
    reason: &str,
    message: &str,
) -> Result<(RejectionReason, Option<Body>), Invalid> {
    let mut invalid = Invalid::default();
    let reason = RejectionReason::from_key(reason);
    if reason.is_none() {
        invalid.add("reason", "empty");
    }
    let text = invalid.take_optional("message", message, |raw| Body::parse(raw, MESSAGE_LIMIT));
    let held = match reason {
        Some(reason) if invalid.errors.is_empty() => Ok((reason, text)),
        _ => Err(invalid),
    };
    refuse_numbers(held, &[("message", message)])
}

impl Opened<'_> {
    async fn decide(
        &self,
        typing: &Typing,
        decision: Decision,
        message: Option<&Body>,
    ) -> Result<Response, Failure> {
        let ruling = self.ruling(typing)?;
        let done = match self.app.store.decide(&ruling, decision, message).await? {
            Decided::Missing => return Err(Failure::NotFound),
            // What was typed with a reason is not lost.
            Decided::Already(_) | Decided::NoOther if !typing.reason.is_empty() => {
                return self.conflict(typing).await;
            }
            Decided::Already(_) | Decided::NoOther => "conflict",
            Decided::Done => decision.key(),
        };
        Ok(self.after(typing, done).into_response())
    }

    /// The published idea that was named: by its identifier, its reference or its address.
    async fn other(
        &self,
        typed: &str,
        invalid: &mut Invalid,
    ) -> Result<Option<Moderated>, Failure> {
        let Some(id) = identifier(typed) else {
            invalid.add(
                "into",
                if typed.trim().is_empty() {
                    "empty"
                } else {
                    "unknown"
                },
            );
            return Ok(None);
        };
        let same = self.reference == ContributionRef::Idea(id.clone());
        let campaign = self.held.contribution.campaign();
        let other = self
            .app
            .store
            .contribution(&ContributionRef::Idea(id))
            .await?;
        let other = other.filter(|other| {
            !same
                && other.status == Status::Published
                && matches!(&other.contribution, Contribution::Idea(idea) if Some(&idea.campaign) == campaign)
        });
        if other.is_none() {
            invalid.add("into", "unknown");
        }
        Ok(other)
    }
}

/// The identifier in what somebody typed or pasted.
fn identifier(typed: &str) -> Option<ContributionId> {
    let typed = typed.trim().trim_end_matches('/');
    let last = typed.rsplit('/').next().unwrap_or(typed);
    let plain: String = last.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    ContributionId::parse(&plain.to_ascii_lowercase()).ok()
}

/// The public page of what was decided.
pub(super) fn public_page(held: &Moderated) -> Option<String> {
    let (contribution, status) = (&held.contribution, held.status);
    (status == Status::Published)
        .then(|| address::contribution(&contribution.place(), &contribution.reference()))
}
