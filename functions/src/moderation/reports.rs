//! What the public signalled, for moderators: grouped by what it is about, and two decisions.

mod desk;

use axum::extract::{Path, Query, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{
    Action, Body, ContributionRef, Invalid, Moderated, RejectionReason, Report, Reported, Status,
    Verdict,
};
use jiff::Timestamp;
use serde::Deserialize;
use site_gen::address;

use crate::form::Typed;
use crate::routes::Routes;
use crate::session::{Permit, Session};
use crate::social_security::refuse_numbers;
use crate::store::{By, Closing, ReportsClosed, Ruling};
use crate::{App, Failure, SharedApp};

use super::decisions::reasoned;
use super::done::before_you;
use super::filters::{Filters, Listed};
use super::lanes::may_somewhere;
use desk::Desk;

/// The longest text to who signalled something, or to an author, in graphemes.
const TEXT_LIMIT: usize = 1_000;

pub(super) fn router() -> Routes {
    Routes::new()
        .route(
            "/moderation/signalements",
            get(|| async { Redirect::permanent(address::REPORTS) }),
        )
        .route(address::REPORTS, get(list))
        .route("/moderation/signalements/{contribution}", get(item))
        .route(
            "/moderation/signalements/{contribution}/laisser",
            post(keep),
        )
        .route(
            "/moderation/signalements/{contribution}/retirer",
            post(hide),
        )
        .route("/moderation/signalements/{contribution}/clore", post(close))
}

/// What was typed in one of the forms, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typing {
    /// The list from which it was opened, as [`Filters`] spell it.
    liste: String,
    /// The version of the contribution that was read.
    version: String,
    /// When the last report that was read was received, in milliseconds since 1970.
    seen: String,
    /// Why it is hidden, for its author.
    reason: String,
    /// What is said to its author beside the reason.
    message: String,
    /// What is said to who signalled it, where it stays.
    kept: Option<String>,
    /// What is said to who signalled it, where it does not.
    hidden: Option<String>,
}

/// A contribution that this moderator may work on, with its reports that wait.
struct Signalled {
    permit: Permit,
    reference: ContributionRef,
    held: Moderated,
    open: Vec<Report>,
    closed: Vec<Reported>,
}

/// The list, with what waits longest whole; for who may decide of reports.
async fn list(
    State(app): State<SharedApp>,
    session: Session,
    Query(done): Query<JustDone>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    if !may_somewhere(&session, Action::Moderate) {
        return Ok(Redirect::to(address::MODERATION).into_response());
    }
    let filters = filters_of(&query.unwrap_or_default());
    let desk = Desk::new(&app, &session, &filters);
    let page = Desk {
        done: done.known(),
        ..desk
    }
    .render(None)
    .await?;
    Ok(page.into_response())
}

/// One contribution whole, with its reports.
async fn item(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let chosen = Signalled::open(&app, &session, &contribution).await?;
    let filters = filters_of(&query.unwrap_or_default());
    if chosen.open.is_empty() {
        return Ok(after(&filters, "conflict", None).into_response());
    }
    let desk = Desk::new(&app, &session, &filters);
    let page = desk.render(Some(chosen)).await?;
    Ok(page.into_response())
}

/// The list of reports that a query asks for.
fn filters_of(query: &str) -> Filters {
    Filters {
        lane: Listed::Reported,
        ..Filters::read(query)
    }
}

/// What was done of the last, and which that was, as an address says them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct JustDone {
    fait: String,
    de: String,
}

impl JustDone {
    /// What was done, where it is known; with the page of the contribution, where it can be put
    /// online again.
    fn known(&self) -> Option<(&str, Option<String>)> {
        let of = ContributionRef::parse(&self.de).ok();
        let page = of.map(|of| address::moderate(&of.to_string()));
        match self.fait.as_str() {
            done @ ("kept" | "closed" | "conflict") => Some((done, None)),
            done @ "hidden" => Some((done, page)),
            _ => None,
        }
    }
}

/// Leaves the contribution public.
async fn keep(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let signalled = Signalled::open(&app, &session, &contribution).await?;
    answer(&app, &session, signalled, &typing, Verdict::Kept, "kept").await
}

/// Makes the contribution public no longer.
async fn hide(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let signalled = Signalled::open(&app, &session, &contribution).await?;
    let (reason, message, text) = match typing.hiding() {
        Ok(hiding) => hiding,
        Err(invalid) => return correct(&app, &session, signalled, &typing, &invalid).await,
    };
    let closing = typing.closing(Verdict::Hidden, &text)?;
    let version = typing.version.parse().map_err(|_| Failure::BadRequest)?;
    let ruling = signalled.ruling(&app, Some(version));
    let closed = app
        .store
        .hide_reported(&ruling, reason, message.as_ref(), &closing)
        .await?;
    let of = signalled.reference.to_string();
    let of = Some(of.as_str());
    told(&app, &session, &signalled, &typing, &closed, ("hidden", of)).await
}

/// Answers the reports of a contribution that is no longer public anyway.
async fn close(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typing): Typed<Typing>,
) -> Result<Response, Failure> {
    let signalled = Signalled::open(&app, &session, &contribution).await?;
    if signalled.held.status == Status::Published {
        return conflict(&app, &session, &signalled.reference, &typing).await;
    }
    answer(
        &app,
        &session,
        signalled,
        &typing,
        Verdict::Hidden,
        "closed",
    )
    .await
}

/// Answers the reports of a contribution that is left as it is.
async fn answer(
    app: &App,
    session: &Session,
    signalled: Signalled,
    typing: &Typing,
    verdict: Verdict,
    done: &str,
) -> Result<Response, Failure> {
    let text = match typing.answer(verdict) {
        Ok(text) => text,
        Err(invalid) => return correct(app, session, signalled, typing, &invalid).await,
    };
    let closing = typing.closing(verdict, &text)?;
    let ruling = signalled.ruling(app, None);
    let closed = app.store.close_reports(&ruling, &closing).await?;
    told(app, session, &signalled, typing, &closed, (done, None)).await
}

/// The page of a contribution with what is to be corrected.
async fn correct(
    app: &App,
    session: &Session,
    signalled: Signalled,
    typing: &Typing,
    invalid: &Invalid,
) -> Result<Response, Failure> {
    let filters = filters_of(&typing.liste);
    if signalled.open.is_empty() {
        return conflict(app, session, &signalled.reference, typing).await;
    }
    let desk = Desk {
        typing: Some(typing),
        invalid,
        ..Desk::new(app, session, &filters)
    };
    let page = desk.render(Some(signalled)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Goes on; or says that somebody was before.
async fn told(
    app: &App,
    session: &Session,
    signalled: &Signalled,
    typing: &Typing,
    closed: &ReportsClosed,
    (done, of): (&str, Option<&str>),
) -> Result<Response, Failure> {
    match closed {
        ReportsClosed::Done(_) => {
            let filters = filters_of(&typing.liste);
            Ok(after(&filters, done, of).into_response())
        }
        ReportsClosed::Already => conflict(app, session, &signalled.reference, typing).await,
    }
}

/// The page as it is now, when somebody was before: what was typed is there still.
async fn conflict(
    app: &App,
    session: &Session,
    reference: &ContributionRef,
    typing: &Typing,
) -> Result<Response, Failure> {
    let signalled = Signalled::open(app, session, &reference.to_string()).await?;
    let filters = filters_of(&typing.liste);
    let desk = Desk {
        typing: Some(typing),
        meanwhile: Some(before_you(app, reference, "reports.meanwhile.last").await?),
        ..Desk::new(app, session, &filters)
    };
    let chosen = Some(signalled).filter(|signalled| !signalled.open.is_empty());
    let page = desk.render(chosen).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// On to what waits longest on the list, with what was done of the last.
fn after(filters: &Filters, done: &str, of: Option<&str>) -> Redirect {
    let mut more = vec![("fait", done)];
    more.extend(of.map(|of| ("de", of)));
    Redirect::to(&filters.list(&more))
}

impl Signalled {
    /// Opens what an address names, for who may decide of it: every route of one contribution
    /// comes through here.
    async fn open(app: &App, session: &Session, contribution: &str) -> Result<Self, Failure> {
        let reference = ContributionRef::parse(contribution).map_err(|_| Failure::NotFound)?;
        let held = app.store.contribution(&reference).await?;
        let held = held.ok_or(Failure::NotFound)?;
        let permit = session.permit_in(app, Action::Moderate, &held.contribution.place())?;
        let reports = app.store.reports(&reference).await?;
        let (open, closed): (Vec<_>, Vec<_>) = reports
            .into_iter()
            .partition(|reported| reported.answer.is_none());
        Ok(Self {
            permit,
            reference,
            held,
            open: open.into_iter().map(|reported| reported.report).collect(),
            closed,
        })
    }

    /// What this moderator decides now.
    fn ruling(&self, app: &App, version: Option<u64>) -> Ruling<'_> {
        Ruling {
            reference: &self.reference,
            version,
            by: By::Moderator(&self.permit),
            now: app.now(),
        }
    }
}

impl Typing {
    /// What is said to who signalled it.
    fn answer(&self, verdict: Verdict) -> Result<Body, Invalid> {
        let (field, typed) = match verdict {
            Verdict::Kept => ("kept", &self.kept),
            Verdict::Hidden => ("hidden", &self.hidden),
        };
        let typed = typed.as_deref().unwrap_or_default();
        let mut invalid = Invalid::default();
        let text = invalid.take(field, Body::parse(typed, TEXT_LIMIT));
        refuse_numbers(text.ok_or(invalid), &[(field, typed)])
    }

    /// Why it is hidden, what its author is told beside the reason, and what is said to who
    /// signalled it.
    fn hiding(&self) -> Result<(RejectionReason, Option<Body>, Body), Invalid> {
        let reasoned = reasoned(&self.reason, &self.message);
        match (reasoned, self.answer(Verdict::Hidden)) {
            (Ok((reason, message)), Ok(text)) => Ok((reason, message, text)),
            (reasoned, text) => {
                let problems = [reasoned.err(), text.err()];
                let errors = problems.into_iter().flatten();
                Err(Invalid {
                    errors: errors.flat_map(|invalid| invalid.errors).collect(),
                })
            }
        }
    }

    /// The verdict on the reports that were read.
    fn closing<'a>(&self, verdict: Verdict, text: &'a Body) -> Result<Closing<'a>, Failure> {
        let seen = self.seen.parse().map_err(|_| Failure::BadRequest)?;
        Ok(Closing {
            seen: Timestamp::from_millisecond(seen).map_err(|_| Failure::BadRequest)?,
            verdict,
            text,
        })
    }
}
