//! Liking an idea: one like per person and idea, taken back as easily.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::{Campaign, ContributionId, Idea, Like, Person};
use serde::Deserialize;
use serde_json::json;
use site_gen::view::{Head, Link};
use site_gen::{Tally, address};

use crate::form::{Done, Typed};
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
    /// There where a script sees to it that a button is pressed once.
    script: Option<String>,
}

/// What is said to be done when a like was kept.
const LIKED: &str = "soutien";

/// Keeps or forgets a like, and goes on to the page that says so. The person's cookie is made
/// by the POST that likes, never by reading; who has none has nothing to take back.
async fn choose(
    State(app): State<SharedApp>,
    Path((campaign, idea)): Path<(String, String)>,
    visitor: Visitor,
    sender: Sender,
    Typed(Choice { choice, script }): Typed<Choice>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    let idea = app.published_idea(campaign, &idea).await?;
    let now = app.now();
    if !campaign.is_open(now) {
        let page = app.renderer.closed(campaign, &[], now)?;
        return Ok((StatusCode::CONFLICT, Html(page)).into_response());
    }
    app.count(Quota::Like, &sender).await?;
    let shown = address::like(&campaign.slug, &idea.id);
    let like = |person| Like {
        idea: idea.id.clone(),
        person,
    };
    match (choice.as_str(), visitor.person(&app, campaign)) {
        ("like", known) => {
            let person = match known {
                Some(person) => person,
                None => {
                    let new = Person::from_bytes(random());
                    match script {
                        Some(_) => new,
                        None => app.pressed_once(new, &visitor, &sender, &idea.id).await?,
                    }
                }
            };
            let network = Some(sender.network());
            app.store.like_from(&like(person), network, now).await?;
            let cookie = session::person_cookie(&app, campaign, &person);
            let shown = Redirect::to(&format!("{shown}?fait={LIKED}"));
            Ok(([(header::SET_COOKIE, cookie)], shown).into_response())
        }
        ("unlike", Some(person)) => {
            app.store.unlike(&like(person)).await?;
            Ok(Redirect::to(&shown).into_response())
        }
        ("unlike", None) => Ok(Redirect::to(&shown).into_response()),
        _ => Err(Failure::BadRequest),
    }
}

impl App {
    /// Who likes without a cookie. Without a script, a button that is pressed twice sends its
    /// form twice before a cookie comes back: the same browser name from the same address, for
    /// the same contribution and within three seconds, is the same person. What tells it is a keyed
    /// hash with the salt of the day.
    pub(crate) async fn pressed_once(
        &self,
        new: Person,
        visitor: &Visitor,
        sender: &Sender,
        of: &ContributionId,
    ) -> Result<Person, Failure> {
        let parts = ["press", sender.address(), visitor.browser(), of.as_str()];
        let press = self.secret.hash(&parts);
        Ok(self.store.first_to_press(&press, new, self.now()).await?)
    }
}

/// What is shown of a like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Liked,
    NotLiked,
    /// It was kept just now, and the browser has no cookie of it.
    CookieRefused,
}

/// Says whether this person likes the idea, and offers the contrary.
async fn show(
    State(app): State<SharedApp>,
    Path((campaign, idea)): Path<(String, String)>,
    Query(Done { fait }): Query<Done>,
    visitor: Visitor,
) -> Result<Html<String>, Failure> {
    let campaign = app.campaign(&campaign)?;
    let idea = app.published_idea(campaign, &idea).await?;
    let shown = match visitor.person(&app, campaign) {
        Some(person) => {
            let like = Like {
                idea: idea.id.clone(),
                person,
            };
            match app.store.likes(&like).await? {
                true => Shown::Liked,
                false => Shown::NotLiked,
            }
        }
        None if fait == LIKED => Shown::CookieRefused,
        None => Shown::NotLiked,
    };
    page(&app, campaign, &idea, shown)
}

fn page(
    app: &App,
    campaign: &Campaign,
    idea: &Idea,
    shown: Shown,
) -> Result<Html<String>, Failure> {
    let now = app.now();
    let views = app.renderer.views(now);
    let view = json!({
        "campaign": views.campaign_card(campaign, Tally::default()),
        "idea": views.idea_card(&campaign.slug, &idea.card(idea.received_at, 0, 0)),
        "liked": shown != Shown::NotLiked,
        "cookie_refused": shown == Shown::CookieRefused,
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
