//! The back office: what waits, one contribution whole, and what is decided of it.

pub(crate) mod analyses;
mod answers;
mod bulk;
mod dashboard;
mod decisions;
mod done;
mod exports;
mod filters;
mod history;
mod item;
mod journal;
mod lanes;
mod outbox;
mod proposals;
mod protection;
mod queue;
mod reports;
mod structure_answers;
mod told;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{Action, ContributionRef, Invalid, Moderated};
use serde::Deserialize;
use serde_json::Value;
use site_gen::address;
use site_gen::view::Head;

use crate::routes::Routes;
use crate::session::{Permit, Session};
use crate::store::{By, Ruling};
use crate::{App, Failure};

use done::Done;
use filters::Filters;
use queue::Desk;

/// The figures.
const DASHBOARD: &str = "/moderation/tableau";

pub(crate) fn router() -> Routes {
    let one = |action: &str| format!("/moderation/contributions/{{contribution}}{action}");
    Routes::new()
        .route(
            "/moderation",
            get(|| async { Redirect::permanent(address::MODERATION) }),
        )
        .route(address::MODERATION, get(queue::show))
        .route(queue::BATCH, post(bulk::decide))
        .route(DASHBOARD, get(dashboard::show))
        .route("/moderation/journal", get(journal::show))
        .merge(exports::router())
        .merge(outbox::router())
        .merge(protection::router())
        .merge(reports::router())
        .merge(structure_answers::router())
        .route(&one(""), get(queue::show_item))
        .route(&one("/publier"), post(decisions::publish))
        .route(&one("/refuser"), post(decisions::refuse))
        .route(&one("/masquer"), post(decisions::hide))
        .route(&one("/retablir"), post(decisions::restore))
        .route(&one("/relire"), post(decisions::reopen))
        .route(&one("/regrouper"), post(decisions::merge))
        .route(&one("/annuler"), post(decisions::undo))
        .route(&one("/proposer"), post(proposals::propose))
        .route(&one("/reponse"), post(answers::respond))
        .route(&one("/suite"), post(answers::settle))
        .route(&one("/alerte"), post(answers::follow_alert))
}

/// What was typed in any of the forms of a contribution, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typing {
    /// The version that was read.
    version: String,
    /// The list from which the contribution was opened, as [`Filters`] spell it.
    liste: String,
    /// The contribution that comes after it on that list.
    suivante: String,
    /// Which button was pressed, where a form has several. A field named `action` would hide
    /// that of the form from scripts.
    #[serde(rename = "faire")]
    action: String,
    reason: String,
    message: String,
    into: String,
    /// One of the ideas that were offered, in place of what is typed in `into`.
    near: String,
    team: String,
    response: String,
    decision: String,
    outcome: String,
    who: String,
    proposed_title: String,
    proposed_text: String,
    /// Why a text is proposed.
    proposal_why: String,
    /// The structure in whose name one answers.
    structure: String,
    /// A phrase before the answer.
    opening: String,
    /// A phrase after it.
    closing: String,
    improvement: String,
    improvement_text: String,
    /// The structure that a testimonial no longer concerns.
    from: String,
    /// The one that it does.
    to: String,
    note: String,
    /// Why the reply of an author is refused.
    reply_reason: String,
}

/// A contribution that this moderator may work on.
struct Opened<'a> {
    app: &'a App,
    session: &'a Session,
    permit: Permit,
    reference: ContributionRef,
    held: Moderated,
}

impl<'a> Opened<'a> {
    /// Opens the contribution of an address, for who may do this to it.
    async fn of(
        app: &'a App,
        session: &'a Session,
        contribution: &str,
        action: Action,
    ) -> Result<Opened<'a>, Failure> {
        let reference = ContributionRef::parse(contribution).map_err(|_| Failure::NotFound)?;
        let held = app.store.contribution(&reference).await?;
        let held = held.ok_or(Failure::NotFound)?;
        let permit = session.permit_on(app, action, &held)?;
        Ok(Self {
            app,
            session,
            permit,
            reference,
            held,
        })
    }

    /// What this moderator decides now, on the version that was read.
    fn ruling(&self, typing: &Typing) -> Result<Ruling<'_>, Failure> {
        Ok(Ruling {
            reference: &self.reference,
            version: Some(typing.version.parse().map_err(|_| Failure::BadRequest)?),
            by: By::Moderator(&self.permit),
            now: self.app.now(),
        })
    }

    /// On to the next contribution of the list, with what was done of this one.
    fn after(&self, typing: &Typing, done: &str) -> Redirect {
        let filters = Filters::read(&typing.liste);
        let next = ContributionRef::parse(&typing.suivante).ok();
        let path = next.map_or_else(
            || address::MODERATION.to_owned(),
            |next| address::moderate(&next.to_string()),
        );
        Redirect::to(&filters.path(
            &path,
            &[("fait", done), ("de", &self.reference.to_string())],
        ))
    }

    /// Back to this contribution, with what was done.
    fn again(&self, typing: &Typing, done: &str) -> Redirect {
        let path = address::moderate(&self.reference.to_string());
        let of = self.reference.to_string();
        Redirect::to(&Filters::read(&typing.liste).path(&path, &[("fait", done), ("de", &of)]))
    }

    /// The page of this contribution with what is to be corrected.
    async fn correct(&self, typing: &Typing, invalid: &Invalid) -> Result<Response, Failure> {
        let filters = Filters::read(&typing.liste);
        let desk = Desk {
            app: self.app,
            session: self.session,
            filters: &filters,
            done: None,
            invalid,
            typing,
        };
        let page = desk.render(Some(self.held.clone())).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }

    /// The page of this contribution as it is now, when somebody changed it in between: what was
    /// typed stands in the form still.
    async fn conflict(&self, typing: &Typing) -> Result<Response, Failure> {
        let filters = Filters::read(&typing.liste);
        let now_held = self.app.store.contribution(&self.reference).await?;
        let desk = Desk {
            app: self.app,
            session: self.session,
            filters: &filters,
            done: Some(Done::conflict(self.app, &self.reference, now_held.as_ref()).await?),
            invalid: &Invalid::default(),
            typing,
        };
        let page = desk.render(now_held).await?;
        Ok((StatusCode::CONFLICT, page).into_response())
    }
}

/// What every page of the back office says of who is there, with what it shows.
pub(crate) fn office(session: &Session, mut view: Value) -> Value {
    view["moderator"] = session.moderator.name.as_str().into();
    view["logout_action"] = address::LOGOUT.into();
    let may = |action| lanes::may_somewhere(session, action);
    let is_desk = filters::Listed::of(session).next().is_some();
    view["reads"] = is_desk.into();
    view["counts"] = may(Action::Read).into();
    view["analyses"] = may(Action::Analyse).into();
    view["protects"] = may(Action::Moderate).into();
    view["administers"] = session.moderator.may_everywhere(Action::Administer).into();
    view
}

/// The head of a page of the back office.
pub(crate) fn head(app: &App, key: &str, path: &str) -> Head {
    Head {
        indexed: false,
        ..app
            .renderer
            .head(key, path.to_owned(), app.renderer.trail_home())
    }
}
