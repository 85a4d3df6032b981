//! « J'ai vécu la même chose »: said of a published testimonial, once a person and as easily taken
//! back. It is counted as likes are.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::{ContributionId, ContributionRef, Like, Person, Space, Status, Testimonial};
use serde::Deserialize;
use serde_json::json;
use site_gen::address;
use site_gen::view::Head;

use crate::form::{Done, Typed};
use crate::quota::Quota;
use crate::routes::Routes;
use crate::sender::Sender;
use crate::session::{self, Visitor};
use crate::{App, Failure, SharedApp, random};

pub(crate) fn router() -> Routes {
    Routes::new().route(
        "/temoigner/{space}/{testimonial}/moi-aussi",
        post(choose).get(show),
    )
}

/// What the person chose.
#[derive(Deserialize)]
struct Choice {
    choice: String,
}

/// What is said to be done when it was kept.
const SAID: &str = "note";

/// Keeps or forgets that a person had the same experience. The person's cookie is made by the POST
/// that says so, never by reading.
async fn choose(
    State(app): State<SharedApp>,
    Path((space, testimonial)): Path<(String, String)>,
    visitor: Visitor,
    sender: Sender,
    Typed(Choice { choice }): Typed<Choice>,
) -> Result<Response, Failure> {
    let space = app.space(&space)?;
    let testimonial = app.published_testimonial(space, &testimonial).await?;
    app.count(Quota::Like, &sender).await?;
    let shown = address::same_experience(&space.slug, &testimonial.id);
    match (choice.as_str(), visitor.person_of_space(&app, space)) {
        ("like", known) => {
            let person = match known {
                Some(person) => person,
                None => {
                    let new = Person::from_bytes(random());
                    app.pressed_once(new, &visitor, &sender, &testimonial.id)
                        .await?
                }
            };
            let same = said(&testimonial.id, person);
            let network = Some(sender.network());
            app.store.like_from(&same, network, app.now()).await?;
            let cookie = session::space_cookie(&app, space, &person);
            let shown = Redirect::to(&format!("{shown}?fait={SAID}"));
            Ok(([(header::SET_COOKIE, cookie)], shown).into_response())
        }
        ("unlike", person) => {
            if let Some(person) = person {
                app.store.unlike(&said(&testimonial.id, person)).await?;
            }
            Ok(Redirect::to(&shown).into_response())
        }
        _ => Err(Failure::BadRequest),
    }
}

/// Says whether this person said so, and offers the contrary.
async fn show(
    State(app): State<SharedApp>,
    Path((space, testimonial)): Path<(String, String)>,
    Query(Done { fait }): Query<Done>,
    visitor: Visitor,
) -> Result<Html<String>, Failure> {
    let space = app.space(&space)?;
    let testimonial = app.published_testimonial(space, &testimonial).await?;
    let is_said = match visitor.person_of_space(&app, space) {
        Some(person) => app.store.likes(&said(&testimonial.id, person)).await?,
        None => false,
    };
    let own = address::testimonial(&testimonial.id);
    let cookie_refused = fait == SAID && !is_said;
    let view = json!({
        "said": is_said || cookie_refused,
        "cookie_refused": cookie_refused,
        "title": testimonial.title.as_str(),
        "href": own,
        "action": address::same_experience(&space.slug, &testimonial.id),
    });
    let head = Head {
        indexed: false,
        space: app.renderer.space_mark(&space.slug),
        ..app
            .renderer
            .head("same", own, app.renderer.trail_to_testimonials())
    };
    Ok(Html(app.renderer.document("same.html", &head, &view)?))
}

fn said(id: &ContributionId, person: Person) -> Like {
    Like {
        idea: id.clone(),
        person,
    }
}

impl App {
    /// The testimonial of an address, where it is published in that space.
    async fn published_testimonial(&self, space: &Space, id: &str) -> Result<Testimonial, Failure> {
        let id = ContributionId::parse(id).map_err(|_| Failure::NotFound)?;
        let reference = ContributionRef::Testimonial(id);
        let held = self.store.contribution(&reference).await?;
        match held.map(|held| (held.status, held.contribution)) {
            Some((Status::Published, domain::Contribution::Testimonial(testimonial)))
                if testimonial.space == space.slug =>
            {
                Ok(testimonial)
            }
            _ => Err(Failure::NotFound),
        }
    }
}
