//! Several contributions at once: published, or refused for one reason, or taken back together.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, ContributionRef, Decision, Invalid, RejectionReason};
use site_gen::address;

use super::filters::Filters;
use super::queue::Desk;
use super::{Opened, Typing};
use crate::form::Typed;
use crate::session::Session;
use crate::store::{By, Decided, Ruling};
use crate::{App, Failure, SharedApp};

/// The most that is decided at once: what a list shows.
pub(super) const AT_ONCE: usize = 50;

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
    let what = match typing.action.as_str() {
        "publier" => What::Decide(Decision::Publish),
        "refuser" => match RejectionReason::from_key(&typing.reason) {
            Some(reason) => What::Decide(Decision::Refuse(reason)),
            None => return without_reason(&app, &session, &filters).await,
        },
        "annuler" => What::Undo,
        _ => return Err(Failure::BadRequest),
    };
    // Where one may not be decided of, nothing is: each is opened before the first is.
    let mut opened = Vec::new();
    for (reference, version) in chosen {
        let reference = reference.to_string();
        let one = Opened::of(&app, &session, &reference, Action::Moderate).await?;
        opened.push((one, version));
    }
    let (mut changed, mut already) = (Vec::new(), 0);
    for (one, version) in opened {
        let ruling = Ruling {
            reference: &one.reference,
            version: Some(version),
            by: By::Moderator(&one.permit),
            now: app.now(),
        };
        let decided = match what {
            What::Decide(decision) => app.store.decide(&ruling, decision, None).await?,
            What::Undo => app.store.undo(&ruling).await?,
        };
        match decided {
            Decided::Done => changed.push(one.reference.to_string()),
            Decided::Already(_) | Decided::Missing | Decided::NoOther => already += 1,
        }
    }
    let (count, already) = (changed.len().to_string(), already.to_string());
    let done = match what {
        What::Decide(_) => "batch",
        What::Undo => "batch-undone",
    };
    let mut more = vec![("fait", done), ("n", &*count), ("deja", &*already)];
    if let What::Decide(_) = what {
        // For as long as they can be taken back.
        more.extend(changed.iter().map(|reference| ("de", &**reference)));
    }
    Ok(Redirect::to(&filters.path(address::MODERATION, &more)).into_response())
}

/// What is done to all that was ticked.
#[derive(Debug, Clone, Copy)]
enum What {
    Decide(Decision),
    Undo,
}

/// The list again, for want of a reason.
async fn without_reason(
    app: &App,
    session: &Session,
    filters: &Filters,
) -> Result<Response, Failure> {
    let mut invalid = Invalid::default();
    invalid.add("lot-motif", "empty");
    let desk = Desk {
        app,
        session,
        filters,
        done: None,
        invalid: &invalid,
        typing: &Typing::default(),
    };
    let page = desk.render(None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What a ticked box says: a contribution and its version.
fn chosen(value: &str) -> Option<(ContributionRef, u64)> {
    let (reference, version) = value.split_once(' ')?;
    Some((
        ContributionRef::parse(reference).ok()?,
        version.parse().ok()?,
    ))
}
