//! Proposing another text to the author of a testimonial.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::{Action, Body, ContributionRef, Invalid, TestimonialForm, Title};

use super::decisions::MESSAGE_LIMIT;
use super::{Opened, Typing};
use crate::form::Typed;
use crate::secret::token_hash;
use crate::session::Session;
use crate::social_security::refuse_numbers;
use crate::store::Decided;
use crate::{Failure, SharedApp};

/// Proposes another text: the testimonial waits for its author.
pub(super) async fn propose(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Moderate).await?;
    let ContributionRef::Testimonial(_) = opened.reference else {
        return Err(Failure::NotFound);
    };
    let (texts, why) = match parse(&opened, &typing) {
        Ok(parsed) => parsed,
        Err(invalid) => return opened.correct(&typing, &invalid).await,
    };
    let token = |number| token_hash(&app.secret.consent_token(&opened.reference, number));
    let ruling = opened.ruling(&typing)?;
    match app.store.propose(&ruling, texts, why, token).await? {
        Decided::Done => Ok(opened.after(&typing, "propose").into_response()),
        Decided::Missing => Err(Failure::NotFound),
        Decided::Already(_) | Decided::NoOther => opened.conflict(&typing).await,
    }
}

/// The texts that are proposed, and why.
fn parse(opened: &Opened<'_>, typing: &Typing) -> Result<((Title, Body), Option<Body>), Invalid> {
    let mut invalid = Invalid::default();
    let title = Title::parse(&typing.proposed_title, TestimonialForm::TITLE_LIMIT);
    let title = invalid.take("proposed_title", title);
    let body = Body::parse(&typing.proposed_text, TestimonialForm::TEXT_LIMIT);
    let body = invalid.take("proposed_text", body);
    let why = invalid.take_optional("proposal_why", &typing.proposal_why, |raw| {
        Body::parse(raw, MESSAGE_LIMIT)
    });
    let contribution = &opened.held.contribution;
    if let (Some(title), Some(body)) = (&title, &body)
        && contribution.title() == Some(title.as_str())
        && contribution.body() == body
    {
        invalid.add("proposed_text", "same");
    }
    let texts = title.zip(body).filter(|_| invalid.errors.is_empty());
    let parsed = texts.map(|texts| (texts, why)).ok_or(invalid);
    let typed = [
        ("proposed_title", typing.proposed_title.as_str()),
        ("proposed_text", &typing.proposed_text),
        ("proposal_why", &typing.proposal_why),
    ];
    refuse_numbers(parsed, &typed)
}
