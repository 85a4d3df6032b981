//! Liking an idea: one like per person and idea, taken back as easily.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::{Campaign, Idea, Like, Person};
use serde::Deserialize;
use serde_json::json;
use site_gen::view::{Head, Link};
use site_gen::{Tally, address};

use crate::form::Typed;
use crate::quota::Quota;
use crate::routes::Routes;
use crate::sender::Sender;
use crate::session::{self, Visitor};
use crate::{App, Failure, SharedApp, random};

pub(crate) fn router() -> Routes {
    Routes::new().route(
        "/participer/{campaign}/idees/{idea}/soutien",
        post(choose).get(show),
    )
}

/// What the person chose.
#[derive(Deserialize)]
struct Choice {
    choice: String,
}

/// Keeps or forgets a like, and goes on to the page that says so. The person's cookie is made
/// by the POST that likes, never by reading; who has none has nothing to take back.
async fn choose(
    State(app): State<SharedApp>,
    Path((campaign, idea)): Path<(String, String)>,
    visitor: Visitor,
    sender: Sender,
    Typed(Choice { choice }): Typed<Choice>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    let idea = app.published_idea(campaign, &idea).await?;
    let now = app.now();
    if !campaign.is_open(now) {
        let page = app.renderer.closed(campaign, &[], now)?;
        return Ok((StatusCode::CONFLICT, Html(page)).into_response());
    }
    app.count(Quota::Like, &sender).await?;
    let shown = Redirect::to(&address::like(&campaign.slug, &idea.id)).into_response();
    let like = |person| Like {
        idea: idea.id.clone(),
        person,
    };
    match (choice.as_str(), visitor.person(&app, campaign)) {
        ("like", known) => {
            let person = known.unwrap_or_else(|| Person::from_bytes(random()));
            let network = Some(sender.network());
            app.store.like_from(&like(person), network, now).await?;
            let cookie = session::person_cookie(&app, campaign, &person);
            Ok(([(header::SET_COOKIE, cookie)], shown).into_response())
        }
        ("unlike", Some(person)) => {
            app.store.unlike(&like(person)).await?;
            Ok(shown)
        }
        ("unlike", None) => Ok(shown),
        _ => Err(Failure::BadRequest),
    }
}

/// Says whether this person likes the idea, and offers the contrary.
async fn show(
    State(app): State<SharedApp>,
    Path((campaign, idea)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Html<String>, Failure> {
    let campaign = app.campaign(&campaign)?;
    let idea = app.published_idea(campaign, &idea).await?;
    let liked = match visitor.person(&app, campaign) {
        Some(person) => {
            let like = Like {
                idea: idea.id.clone(),
                person,
            };
            app.store.likes(&like).await?
        }
        None => false,
    };
    page(&app, campaign, &idea, liked)
}

fn page(app: &App, campaign: &Campaign, idea: &Idea, liked: bool) -> Result<Html<String>, Failure> {
    let now = app.now();
    let views = app.renderer.views(now);
    let view = json!({
        "campaign": views.campaign_card(campaign, Tally::default()),
        "idea": views.idea_card(&campaign.slug, &idea.card(idea.received_at, 0, 0)),
        "liked": liked,
        "open": campaign.is_open(now),
        "action": address::like(&campaign.slug, &idea.id),
    });
    let mut trail = app.renderer.trail(campaign);
    trail.push(Link::new(
        idea.title.as_str(),
        address::idea(&campaign.slug, &idea.id, 1),
    ));
    let head = Head {
        indexed: false,
        ..app
            .renderer
            .head("like", address::like(&campaign.slug, &idea.id), trail)
    };
    Ok(Html(app.renderer.document("like.html", &head, &view)?))
}
