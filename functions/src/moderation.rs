//! Moderating: the queue, publish, refuse with a reason.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{
    Action, Body, Contribution, ContributionRef, Decision, Invalid, Moderated, RejectionReason,
    Status,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use site_gen::view::{Choice, FormErrors, Head, Link};
use site_gen::{address, dates, markdown};

use crate::form::Typed;
use crate::routes::Routes;
use crate::session::Session;
use crate::store::{Decided, Ruling};
use crate::{App, Failure, SharedApp};

/// How many waiting contributions the list shows; the count beside it is of all.
const LISTED: usize = 50;

pub(crate) fn router() -> Routes {
    Routes::new()
        .route(
            "/moderation",
            get(|| async { Redirect::permanent(address::MODERATION) }),
        )
        .route(address::MODERATION, get(queue))
        .route("/moderation/contributions/{contribution}", get(item))
        .route(
            "/moderation/contributions/{contribution}/publier",
            post(publish),
        )
        .route(
            "/moderation/contributions/{contribution}/refuser",
            post(refuse),
        )
}

/// What the last decision was, for the page that follows it.
#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    fait: String,
}

async fn queue(
    State(app): State<SharedApp>,
    session: Session,
    Query(Done { fait }): Query<Done>,
) -> Result<Html<String>, Failure> {
    let done = match fait.as_str() {
        "published" | "refused" => Some(format!("moderation.done.{fait}")),
        "conflict" => Some("moderation.conflict".to_owned()),
        _ => None,
    };
    let page = Desk {
        app: &app,
        session: &session,
        done: done.as_deref(),
        invalid: &Invalid::default(),
        refusal: &Refusal::default(),
    };
    page.render(None).await
}

async fn item(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
) -> Result<Response, Failure> {
    let Some(chosen) = waiting(&app, &session, Action::Read, &contribution).await? else {
        return Ok(after("conflict").into_response());
    };
    let page = Desk {
        app: &app,
        session: &session,
        done: None,
        invalid: &Invalid::default(),
        refusal: &Refusal::default(),
    };
    Ok(page.render(Some(chosen)).await?.into_response())
}

async fn publish(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
) -> Result<Redirect, Failure> {
    decide(&app, &session, &contribution, Decision::Publish, None).await
}

/// What was typed in the form of a refusal, as it was typed.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
}

async fn refuse(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(typed): Typed<Refusal>,
) -> Result<Response, Failure> {
    let mut invalid = Invalid::default();
    let reason = RejectionReason::from_key(&typed.reason);
    if reason.is_none() {
        invalid.add("reason", "empty");
    }
    let message = invalid.take_optional("message", &typed.message, |raw| {
        Body::parse(raw, MESSAGE_LIMIT)
    });
    if let (Some(reason), true) = (reason, invalid.errors.is_empty()) {
        let decision = Decision::Refuse(reason);
        let next = decide(&app, &session, &contribution, decision, message.as_ref()).await?;
        return Ok(next.into_response());
    }
    let Some(chosen) = waiting(&app, &session, Action::Moderate, &contribution).await? else {
        return Ok(after("conflict").into_response());
    };
    let page = Desk {
        app: &app,
        session: &session,
        done: None,
        invalid: &invalid,
        refusal: &typed,
    };
    let page = page.render(Some(chosen)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The longest message to an author beside the reason, in graphemes.
const MESSAGE_LIMIT: usize = 1_000;

async fn decide(
    app: &App,
    session: &Session,
    contribution: &str,
    decision: Decision,
    message: Option<&Body>,
) -> Result<Redirect, Failure> {
    let reference = ContributionRef::parse(contribution).map_err(|_| Failure::NotFound)?;
    let held = app.store.contribution(&reference).await?;
    let held = held.ok_or(Failure::NotFound)?;
    let permit = session.permit_in(app, Action::Moderate, held.contribution.campaign())?;
    let ruling = Ruling {
        reference: &reference,
        version: None,
        by: permit.login(),
        now: app.now(),
    };
    let done = match app.store.decide(&ruling, decision, message).await? {
        Decided::Missing => return Err(Failure::NotFound),
        Decided::Already(_) | Decided::NoOther => "conflict",
        Decided::Done => {
            let status = match decision {
                Decision::Refuse(reason) => Status::Refused(reason),
                _ => Status::Published,
            };
            app.mail_decided(&reference, status).await;
            status.key()
        }
    };
    Ok(after(done))
}

/// The contribution of an address while it waits; none once it is decided.
async fn waiting(
    app: &App,
    session: &Session,
    action: Action,
    contribution: &str,
) -> Result<Option<Moderated>, Failure> {
    let reference = ContributionRef::parse(contribution).map_err(|_| Failure::NotFound)?;
    let held = app.store.contribution(&reference).await?;
    let held = held.ok_or(Failure::NotFound)?;
    session.permit_in(app, action, held.contribution.campaign())?;
    Ok(Some(held).filter(|held| held.status == Status::Waiting))
}

/// On to the next contribution, with what was done of the last.
fn after(done: &str) -> Redirect {
    Redirect::to(&format!("{}?fait={done}", address::MODERATION))
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

/// The page on which a moderator works: the queue, one contribution whole, the decisions.
struct Desk<'a> {
    app: &'a App,
    session: &'a Session,
    done: Option<&'a str>,
    invalid: &'a Invalid,
    refusal: &'a Refusal,
}

impl Desk<'_> {
    /// Renders the desk with the chosen contribution, or the oldest.
    async fn render(&self, chosen: Option<Moderated>) -> Result<Html<String>, Failure> {
        let app = self.app;
        let messages = app.renderer.messages();
        let now = app.now();
        let mut queue = app.store.queue(LISTED).await?;
        let all = queue.oldest.len();
        queue.oldest.retain(|held| {
            let campaign = held.contribution.campaign();
            self.session.may_in(app, Action::Read, campaign)
        });
        if queue.oldest.len() < all {
            queue.count = queue.oldest.len().try_into().unwrap_or_default();
        }
        let oldest = queue.oldest.first().map(|held| self.age(held, now));
        let chosen = chosen.or_else(|| queue.oldest.first().cloned());
        let current = chosen.as_ref().map(|held| held.contribution.reference());
        let items: Vec<Value> = queue
            .oldest
            .iter()
            .map(|held| self.entry(held, now, current.as_ref()))
            .collect();
        let item = match &chosen {
            Some(held) => Some(self.item(held).await?),
            None => None,
        };
        let view = json!({
            "moderator": self.session.moderator.name,
            "logout_action": address::LOGOUT,
            "count": queue.count,
            "oldest": oldest,
            "done": self.done.map(|key| messages.text(key, &[])),
            "items": items,
            "item": item,
            "errors": FormErrors::of(self.invalid, messages),
            "chosen_reason": self.refusal.reason,
            "message": self.refusal.message,
            "message_limit": MESSAGE_LIMIT,
        });
        let head = head(app, "queue", address::MODERATION);
        let page = app
            .renderer
            .document("moderation/queue.html", &head, &view)?;
        Ok(Html(page))
    }

    fn entry(&self, held: &Moderated, now: Timestamp, current: Option<&ContributionRef>) -> Value {
        let contribution = &held.contribution;
        let reference = contribution.reference();
        let title = contribution
            .title()
            .map_or_else(|| contribution.body().excerpt(80), str::to_owned);
        json!({
            "href": address::moderate(&reference.to_string()),
            "noun": self.noun(&reference),
            "title": title,
            "campaign": self.campaign(contribution).label,
            "age": self.age(held, now),
            "current": current == Some(&reference),
        })
    }

    async fn item(&self, held: &Moderated) -> Result<Value, Failure> {
        let app = self.app;
        let messages = app.renderer.messages();
        let contribution = &held.contribution;
        let reference = contribution.reference();
        let reasons: Vec<Choice> = RejectionReason::ALL
            .into_iter()
            .map(|reason| Choice {
                value: reason.key().to_owned(),
                label: messages.text(&format!("reason.{}.label", reason.key()), &[]),
                hint: messages.text(&format!("reason.{}.author", reason.key()), &[]),
            })
            .collect();
        let (kind, category, question, name, parent) = match contribution {
            Contribution::Idea(idea) => {
                let kind = messages.text(&format!("kind.{}.label", idea.kind.key()), &[]);
                (
                    Some(kind),
                    idea.category.clone(),
                    idea.question.clone(),
                    None,
                    None,
                )
            }
            Contribution::Comment(comment) => {
                let replied = app
                    .store
                    .contribution(&ContributionRef::Idea(comment.idea.clone()))
                    .await?;
                let parent = replied.map(|replied| {
                    let title = replied.contribution.title().unwrap_or_default().to_owned();
                    Link::new(title, address::idea(&comment.campaign, &comment.idea, 1))
                });
                let name = comment.name.as_ref().map(|name| name.as_str().to_owned());
                (None, None, None, name, parent)
            }
        };
        let action = address::moderate(&reference.to_string());
        Ok(json!({
            "noun": self.noun(&reference),
            "reference": reference.id().reference(),
            "title": contribution.title(),
            "kind": kind,
            "category": category,
            "question": question,
            "name": name,
            "body": markdown::citizens(contribution.body().as_str()),
            "campaign": self.campaign(contribution),
            "parent": parent,
            "received": dates::moment(contribution.received_at(), messages),
            "publish_action": format!("{action}/publier"),
            "refuse_action": format!("{action}/refuser"),
            "reasons": reasons,
        }))
    }

    fn noun(&self, reference: &ContributionRef) -> String {
        let key = format!("moderation.noun.{}", reference.noun());
        self.app.renderer.messages().text(&key, &[])
    }

    fn campaign(&self, contribution: &Contribution) -> Link {
        let slug = contribution.campaign();
        let short = self
            .app
            .renderer
            .catalogue()
            .campaigns
            .get(slug)
            .map_or_else(|| slug.to_string(), |campaign| campaign.short.clone());
        Link::new(short, address::campaign(slug))
    }

    /// For how long a contribution has waited, in words.
    fn age(&self, held: &Moderated, now: Timestamp) -> String {
        let seconds = now.as_second() - held.contribution.received_at().as_second();
        let minutes = u64::try_from(seconds / 60).unwrap_or_default();
        let messages = self.app.renderer.messages();
        match minutes {
            0 => messages.text("age.now", &[]),
            1..60 => messages.count("age.minutes", minutes),
            60..1_440 => messages.count("age.hours", minutes / 60),
            _ => messages.count("age.days", minutes / 1_440),
        }
    }
}
