//! What structures answer to a testimonial, which structures are to, and the reply of its author.

mod desk;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::{
    Action, ImprovementForm, Invalid, ReassignForm, Reassignment, RejectionReason, ResponseForm,
    Slug,
};

use super::filters::{Filters, Listed};
use super::{Opened, Typing};
use crate::form::Typed;
use crate::given_back::{GivenBack, Written};
use crate::routes::Routes;
use crate::session::Session;
use crate::social_security::refuse_numbers;
use crate::store::{Answer, Decided};
use crate::{App, Failure, SharedApp};

pub(super) use desk::due;

pub(super) fn router() -> Routes {
    let one = |action: &str| format!("/moderation/contributions/{{contribution}}{action}");
    Routes::new()
        .route(&one("/reponse-structure"), post(respond))
        .route(&one("/amelioration"), post(improve))
        .route(&one("/structures"), post(reassign))
        .route(&one("/ajout"), post(decide_reply))
}

impl GivenBack for Typing {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("response", &self.response),
            ("improvement_text", &self.improvement_text),
            ("note", &self.note),
        ]
    }
}

/// Keeps what a structure answers: a draft, or published, or corrected.
async fn respond(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Written(typing): Written<Typing>,
) -> Result<Response, Failure> {
    let (opened, structure) = for_structure(&app, &session, &contribution, &typing).await?;
    let (team, text) = match opened.parse_answer(&typing) {
        Ok(parsed) => parsed,
        Err(invalid) => return opened.correct(&typing, &invalid).await,
    };
    let (answer, done) = match typing.action.as_str() {
        "brouillon" => (Answer::Draft, "drafted"),
        "publier" => (Answer::Publish, "answer-published"),
        _ => return Err(Failure::BadRequest),
    };
    let ruling = opened.ruling(&typing)?;
    let said = (team.as_str(), &text);
    let decided = app
        .store
        .respond_for(&ruling, &structure, said, answer)
        .await?;
    let is_listed = Filters::read(&typing.liste).lane == Listed::Unanswered;
    let is_first = answer == Answer::Publish && opened.held.response_of(&structure).is_none();
    if is_listed && is_first && decided == Decided::Done {
        return Ok(opened.after(&typing, done).into_response());
    }
    opened.said(&typing, &decided, done).await
}

/// Keeps the improvement that a structure declares.
async fn improve(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Written(typing): Written<Typing>,
) -> Result<Response, Failure> {
    let (opened, structure) = for_structure(&app, &session, &contribution, &typing).await?;
    let form = ImprovementForm {
        improvement: typing.improvement.clone(),
        improvement_text: typing.improvement_text.clone(),
    };
    let typed = [("improvement_text", form.improvement_text.as_str())];
    let declared = match refuse_numbers(form.parse(), &typed) {
        Ok(declared) => declared,
        Err(invalid) => return opened.correct(&typing, &invalid).await,
    };
    let ruling = opened.ruling(&typing)?;
    let decided = app.store.improve(&ruling, &structure, declared).await?;
    opened.said(&typing, &decided, "improved").await
}

/// Has other structures answer.
async fn reassign(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Written(typing): Written<Typing>,
) -> Result<Response, Failure> {
    let opened = match Opened::of(&app, &session, &contribution, Action::Moderate).await {
        Err(Failure::NotAllowed(_)) => {
            Opened::of(&app, &session, &contribution, Action::Answer).await?
        }
        opened => opened?,
    };
    opened.is_testimonial()?;
    let form = ReassignForm {
        from: typing.from.clone(),
        to: typing.to.clone(),
        note: typing.note.clone(),
    };
    let space = opened.space()?;
    let structures = app.renderer.catalogue().structures_of(space);
    let parsed = form.parse(&opened.held, structures);
    let (change, note) = match refuse_numbers(parsed, &[("note", &form.note)]) {
        Ok(parsed) => parsed,
        Err(invalid) => return opened.correct(&typing, &invalid).await,
    };
    let of = match &change {
        Reassignment::Add(structure) | Reassignment::Remove(structure) => structure,
        Reassignment::Replace { from, .. } => from,
    };
    if !session.may(Action::Moderate, space) {
        let place = opened.held.contribution.place();
        session.permit_for(&app, Action::Answer, &place, of)?;
    }
    let ruling = opened.ruling(&typing)?;
    let decided = app.store.reassign(&ruling, &change, note.as_ref()).await?;
    if decided == Decided::Done {
        // Who had it answered by others may not see it any more.
        let now_held = app.store.contribution(&opened.reference).await?;
        let may_still = now_held.is_some_and(|held| session.may_on(&app, Action::Read, &held));
        if !may_still {
            return Ok(opened.after(&typing, "reassigned").into_response());
        }
    }
    opened.said(&typing, &decided, "reassigned").await
}

/// Publishes the reply of the author, or refuses it for a reason.
async fn decide_reply(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Moderate).await?;
    opened.is_testimonial()?;
    let (refused, done) = match typing.action.as_str() {
        "publier" => (None, "reply-published"),
        "refuser" => match RejectionReason::from_key(&typing.reply_reason) {
            Some(reason) => (Some(reason), "reply-refused"),
            None => {
                let mut invalid = Invalid::default();
                invalid.add("reply_reason", "empty");
                return opened.correct(&typing, &invalid).await;
            }
        },
        _ => return Err(Failure::BadRequest),
    };
    let ruling = opened.ruling(&typing)?;
    match app.store.decide_reply(&ruling, refused).await? {
        Decided::Done => Ok(opened.after(&typing, done).into_response()),
        decided => opened.said(&typing, &decided, done).await,
    }
}

/// Opens a testimonial, for who may answer it in the name of the structure that was typed.
async fn for_structure<'a>(
    app: &'a App,
    session: &'a Session,
    contribution: &str,
    typing: &Typing,
) -> Result<(Opened<'a>, Slug), Failure> {
    let mut opened = Opened::of(app, session, contribution, Action::Answer).await?;
    opened.is_testimonial()?;
    let structure = Slug::parse(&typing.structure).map_err(|_| Failure::BadRequest)?;
    let place = opened.held.contribution.place();
    opened.permit = session.permit_for(app, Action::Answer, &place, &structure)?;
    Ok((opened, structure))
}

impl Opened<'_> {
    /// That it is a testimonial: nothing else has structures.
    fn is_testimonial(&self) -> Result<(), Failure> {
        let testimonial = self.held.testimonial();
        testimonial.map(|_| ()).ok_or(Failure::NotFound)
    }

    /// The space that it was sent to.
    fn space(&self) -> Result<&Slug, Failure> {
        let testimonial = self.held.testimonial();
        testimonial.map(|it| &it.space).ok_or(Failure::NotFound)
    }

    /// The team and the text of an answer: what was typed, between the phrases that were chosen.
    fn parse_answer(&self, typing: &Typing) -> Result<(String, domain::Body), Invalid> {
        let spaces = &self.app.renderer.catalogue().spaces;
        let space = self.space().ok().and_then(|slug| spaces.get(slug));
        let openings = space.map_or(&[][..], |space| &space.openings);
        let closings = space.map_or(&[][..], |space| &space.closings);
        let form = ResponseForm {
            team: typing.team.clone(),
            response: with_phrases(typing),
        };
        let typed = [("team", &*form.team), ("response", &*form.response)];
        let parsed = refuse_numbers(form.parse(), &typed);
        let mut invalid = Invalid::default();
        for (field, chosen, known) in [
            ("opening", &typing.opening, openings),
            ("closing", &typing.closing, closings),
        ] {
            if !chosen.is_empty() && !known.contains(chosen) {
                invalid.add(field, "malformed");
            }
        }
        match parsed {
            Ok(parsed) if invalid.errors.is_empty() => Ok(parsed),
            Ok(_) => Err(invalid),
            Err(more) => {
                invalid.errors.extend(more.errors);
                Err(invalid)
            }
        }
    }
}

/// What was typed, after one phrase and before another, each once. Phrases alone are no answer.
fn with_phrases(typing: &Typing) -> String {
    let text = typing.response.trim();
    if text.is_empty() {
        return String::new();
    }
    let opening = typing.opening.as_str();
    let opening = (!text.starts_with(opening)).then_some(opening);
    let closing = typing.closing.as_str();
    let closing = (!text.ends_with(closing)).then_some(closing);
    let parts = [opening, Some(text), closing].into_iter().flatten();
    parts.collect::<Vec<_>>().join("\n\n")
}
