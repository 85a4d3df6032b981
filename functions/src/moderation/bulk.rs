//! Several contributions at once: published, or refused for one reason.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, ContributionRef, Decision, Invalid};
use site_gen::address;

use super::filters::Filters;
use super::queue::Desk;
use super::{Opened, Typing, decisions};
use crate::form::Typed;
use crate::session::Session;
use crate::store::{By, Decided, Ruling};
use crate::{Failure, SharedApp};

/// The most that is decided at once: what a list shows.
const AT_ONCE: usize = 50;

/// Decides of all that was ticked, each on the version that was on the list.
pub(super) async fn decide(
    State(app): State<SharedApp>,
    session: Session,
    Typed(fields): Typed<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let value = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let typing = Typing {
        liste: value("liste"),
        action: value("faire"),
        reason: value("reason"),
        ..Typing::default()
    };
    let filters = Filters::read(&typing.liste);
    let chosen: Vec<(ContributionRef, u64)> = fields
        .iter()
        .filter(|(name, _)| name == "choix")
        .filter_map(|(_, value)| chosen(value))
        .take(AT_ONCE)
        .collect();
    if chosen.is_empty() {
        let nothing = filters.path(address::MODERATION, &[("fait", "none")]);
        return Ok(Redirect::to(&nothing).into_response());
    }
    let mut invalid = Invalid::default();
    let decision = match typing.action.as_str() {
        "publier" => Some(Decision::Publish),
        "refuser" => match decisions::reasoned(&typing.reason, "") {
            Ok((reason, _)) => Some(Decision::Refuse(reason)),
            Err(_) => {
                invalid.add("lot-motif", "empty");
                None
            }
        },
        _ => return Err(Failure::BadRequest),
    };
    let Some(decision) = decision else {
        let desk = Desk {
            app: &app,
            session: &session,
            filters: &filters,
            done: None,
            invalid: &invalid,
            typing: &Typing::default(),
        };
        let page = desk.render(None).await?;
        return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (mut changed, mut already) = (0, 0);
    for (reference, version) in chosen {
        let opened = Opened::of(&app, &session, &reference.to_string(), Action::Moderate).await?;
        let ruling = Ruling {
            reference: &opened.reference,
            version: Some(version),
            by: By::Moderator(&opened.permit),
            now: app.now(),
        };
        match app.store.decide(&ruling, decision, None).await? {
            Decided::Done => changed += 1,
            Decided::Already(_) | Decided::Missing | Decided::NoOther => already += 1,
        }
    }
    let (changed, already) = (changed.to_string(), already.to_string());
    let more = [("fait", "batch"), ("n", &changed), ("deja", &already)];
    Ok(Redirect::to(&filters.path(address::MODERATION, &more)).into_response())
}

/// What a ticked box says: a contribution and its version.
fn chosen(value: &str) -> Option<(ContributionRef, u64)> {
    let (reference, version) = value.split_once(' ')?;
    Some((
        ContributionRef::parse(reference).ok()?,
        version.parse().ok()?,
    ))
}
