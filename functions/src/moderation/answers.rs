//! What the institution says of a published idea, and what is done for an author in danger.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::{Action, ContributionRef, OutcomeForm, ResponseForm, ToldForm};

use super::filters::{Filters, Listed};
use super::{Opened, Typing};
use crate::form::Typed;
use crate::session::Session;
use crate::social_security::refuse_numbers;
use crate::store::{AlertStep, Answer, Decided};
use crate::{App, Failure, SharedApp};

/// Keeps an official response: a draft, or published, or corrected.
pub(super) async fn respond(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let opened = idea(&app, &session, &contribution).await?;
    let form = ResponseForm {
        team: typing.team.clone(),
        response: typing.response.clone(),
    };
    let typed = [
        ("team", form.team.as_str()),
        ("response", form.response.as_str()),
    ];
    let (team, text) = match refuse_numbers(form.parse(), &typed) {
        Ok(parsed) => parsed,
        Err(invalid) => return opened.correct(&typing, &invalid).await,
    };
    let (answer, done) = match typing.action.as_str() {
        "brouillon" => (Answer::Draft, "drafted"),
        "publier" => (Answer::Publish, "answered"),
        _ => return Err(Failure::BadRequest),
    };
    let ruling = opened.ruling(&typing)?;
    let decided = app.store.respond(&ruling, &team, &text, answer).await?;
    let is_listed = Filters::read(&typing.liste).lane == Listed::Unanswered;
    let is_first = answer == Answer::Publish && opened.held.response.is_none();
    if is_listed && is_first && decided == Decided::Done {
        return Ok(opened.after(&typing, done).into_response());
    }
    opened.said(&typing, &decided, done).await
}

/// Keeps what was decided about an idea.
pub(super) async fn settle(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let opened = idea(&app, &session, &contribution).await?;
    let form = OutcomeForm {
        decision: typing.decision.clone(),
        outcome: typing.outcome.clone(),
    };
    let typed = [("outcome", form.outcome.as_str())];
    let outcome = match refuse_numbers(form.parse(app.now()), &typed) {
        Ok(outcome) => outcome,
        Err(invalid) => return opened.correct(&typing, &invalid).await,
    };
    let decided = app.store.settle(&opened.ruling(&typing)?, &outcome).await?;
    opened.said(&typing, &decided, "settled").await
}

/// Notes who was told of an author in danger, or that all who had to be were.
pub(super) async fn follow_alert(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Moderate).await?;
    let ruling = opened.ruling(&typing)?;
    let (decided, done) = match typing.action.as_str() {
        "prevenu" => {
            let form = ToldForm {
                who: typing.who.clone(),
            };
            let who = match refuse_numbers(form.parse(), &[("who", &form.who)]) {
                Ok(who) => who,
                Err(invalid) => return opened.correct(&typing, &invalid).await,
            };
            let step = AlertStep::Told(&who);
            (app.store.follow_alert(&ruling, step).await?, "told")
        }
        "clore" => {
            let step = AlertStep::Close;
            (app.store.follow_alert(&ruling, step).await?, "alert-closed")
        }
        _ => return Err(Failure::BadRequest),
    };
    opened.said(&typing, &decided, done).await
}

/// Opens an idea to answer it: a comment has no official response, and nothing is decided of it.
async fn idea<'a>(
    app: &'a App,
    session: &'a Session,
    contribution: &str,
) -> Result<Opened<'a>, Failure> {
    let opened = Opened::of(app, session, contribution, Action::Answer).await?;
    match opened.reference {
        ContributionRef::Idea(_) => Ok(opened),
        ContributionRef::Comment { .. } | ContributionRef::Testimonial(_) => Err(Failure::NotFound),
    }
}

impl Opened<'_> {
    /// Back to the contribution, with what became of it. Where somebody decided in between, what
    /// was typed stands in the form still.
    pub(super) async fn said(
        &self,
        typing: &Typing,
        decided: &Decided,
        done: &str,
    ) -> Result<Response, Failure> {
        match decided {
            Decided::Done => Ok(self.again(typing, done).into_response()),
            Decided::Missing => Err(Failure::NotFound),
            Decided::Already(_) | Decided::NoOther => self.conflict(typing).await,
        }
    }
}
