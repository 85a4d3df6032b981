//! The moderators' login and logout.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::Invalid;
use jiff::ToSpan;
use serde::Deserialize;
use serde_json::json;
use site_gen::address;
use site_gen::view::FormErrors;

use crate::form::Typed;
use crate::moderation::head;
use crate::secret::{new_token, token_hash};
use crate::session::{self, SESSION_SECONDS, Session};
use crate::{App, Failure, SharedApp, password};

pub(crate) fn router() -> Router<SharedApp> {
    Router::new()
        .route(address::LOGIN, get(login_form).post(login))
        .route(address::LOGOUT, post(logout))
}

#[derive(Deserialize)]
struct Login {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
}

async fn login_form(State(app): State<SharedApp>) -> Result<Html<String>, Failure> {
    login_page(&app, "", &Invalid::default())
}

async fn login(
    State(app): State<SharedApp>,
    Typed(typed): Typed<Login>,
) -> Result<Response, Failure> {
    let mut invalid = Invalid::default();
    if typed.login.trim().is_empty() {
        invalid.add("login", "empty");
    }
    if typed.password.is_empty() {
        invalid.add("password", "empty");
    }
    if invalid.errors.is_empty() {
        let known = app.store.moderator(typed.login.trim()).await?;
        let (moderator, hash) = known.unzip();
        let verified = password::verify(typed.password, hash).await?;
        match moderator.filter(|known| verified && !known.disabled) {
            Some(moderator) => {
                let token = new_token();
                let expires = app.now() + SESSION_SECONDS.seconds();
                app.store
                    .open_session(&token_hash(&token), &moderator.login, expires)
                    .await?;
                let cookie = session::session_cookie(&app, &token);
                let next = Redirect::to(address::MODERATION);
                return Ok(([(header::SET_COOKIE, cookie)], next).into_response());
            }
            None => invalid.add("login", "wrong"),
        }
    }
    let page = login_page(&app, &typed.login, &invalid)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn logout(State(app): State<SharedApp>, session: Session) -> Result<Response, Failure> {
    app.store.close_session(&session.token_hash).await?;
    let cookie = session::no_session_cookie(&app);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(address::LOGIN)).into_response())
}

fn login_page(app: &App, login: &str, invalid: &Invalid) -> Result<Html<String>, Failure> {
    let view = json!({
        "action": address::LOGIN,
        "login": login,
        "errors": FormErrors::of(invalid, app.renderer.messages()),
    });
    let head = head(app, "login", address::LOGIN);
    let page = app
        .renderer
        .document("moderation/login.html", &head, &view)?;
    Ok(Html(page))
}
