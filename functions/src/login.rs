//! The moderators' login and logout.

mod sign_on;

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, IntoResponseParts, Redirect, Response, ResponseParts};
use axum::routing::{get, post};
use domain::{FieldError, Invalid};
use serde::Deserialize;
use serde_json::json;
use site_gen::address;
use site_gen::view::FormErrors;

use crate::form::Typed;
use crate::lockout::Locked;
use crate::moderation::head;
use crate::oidc::Entrance;
use crate::routes::Routes;
use crate::sender::Sender;
use crate::session::{self, Presented, Session, Visitor};
use crate::store::Moderator;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route(address::LOGIN, get(login_form).post(login))
        .route(address::LOGIN_CODE, post(code))
        .route(address::LOGOUT, post(logout))
        .merge(sign_on::router())
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
    sender: Sender,
    before: Presented,
    Typed(typed): Typed<Login>,
) -> Result<Response, Failure> {
    if app.entrance() == Entrance::ProviderAlone {
        return Err(Failure::NotFound);
    }
    let login = typed.login.trim().to_lowercase();
    let mut invalid = Invalid::default();
    if login.is_empty() {
        invalid.add("login", "empty");
    }
    if typed.password.is_empty() {
        invalid.add("password", "empty");
    }
    if invalid.errors.is_empty() {
        let taken = match app.try_as(&login, &sender).await? {
            Ok(taken) => taken,
            Err(locked) => {
                let invalid = locked.invalid(&app, "login");
                let page = login_page(&app, &typed.login, &invalid)?;
                return Ok(locked.answer(page));
            }
        };
        let (moderator, proofs) = app.store.moderator(&login).await?.unzip();
        let hash = proofs.map(|proofs| proofs.password);
        let verified = app.passwords.verify(typed.password, hash).await?;
        match moderator.filter(|known| verified && !known.disabled) {
            Some(moderator) if moderator.second_factor => {
                taken.goes_on().await?;
                let page = code_page(&app, &moderator, &Invalid::default())?;
                return Ok(page.into_response());
            }
            Some(moderator) => {
                taken.succeeded().await?;
                return enter(&app, &moderator, &before).await;
            }
            None => invalid.add("login", "wrong"),
        }
    }
    let page = login_page(&app, &typed.login, &invalid)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    login: String,
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    code: String,
}

/// The second page of the login, for who has the password and codes.
async fn code(
    State(app): State<SharedApp>,
    sender: Sender,
    before: Presented,
    Typed(typed): Typed<Code>,
) -> Result<Response, Failure> {
    const TICKET_SECONDS: i64 = 10 * 60;
    let now = app.now();
    let Some((moderator, proofs)) = app.store.moderator(&typed.login).await? else {
        return Err(Failure::Expired);
    };
    let ticket = app
        .secret
        .read_ticket(&purpose(&moderator), &typed.ticket, now)
        .filter(|ticket| now.as_second() - ticket.opened.as_second() <= TICKET_SECONDS);
    let (Some(_), Some(seed), false) = (ticket, proofs.seed, moderator.disabled) else {
        return Err(Failure::Expired);
    };
    let mut invalid = Invalid::default();
    if typed.code.trim().is_empty() {
        invalid.add("code", "empty");
    } else {
        let taken = match app.try_as(&moderator.login, &sender).await? {
            Ok(taken) => taken,
            Err(locked) => {
                let page = code_page(&app, &moderator, &locked.invalid(&app, "code"))?;
                return Ok(locked.answer(page));
            }
        };
        let step = app.codes(&moderator.login, &seed)?.step(&typed.code, now);
        let is_good = match step {
            Some(step) => app.store.take_step(&moderator.login, step).await?,
            None => false,
        };
        if is_good {
            taken.succeeded().await?;
            return enter(&app, &moderator, &before).await;
        }
        invalid.add("code", "wrong");
    }
    let page = code_page(&app, &moderator, &invalid)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Opens a session, and leads to the contributions.
async fn enter(app: &App, moderator: &Moderator, before: &Presented) -> Result<Response, Failure> {
    let cookie = session::open(app, moderator, before).await?;
    app.store.note_login(&moderator.login, app.now()).await?;
    let next = Redirect::to(address::MODERATION);
    Ok(([(header::SET_COOKIE, cookie)], next).into_response())
}

async fn logout(
    State(app): State<SharedApp>,
    session: Session,
    browser: Visitor,
) -> Result<Response, Failure> {
    app.store.close_session(&session.token_hash).await?;
    match sign_on::way_out(&app, &browser).await {
        Some(to) => sign_on::leaving(&app, sign_on::Leaving::Out, &to, without_cookies(&app)),
        None => Ok(left(&app)),
    }
}

/// Out, with no cookie left.
pub(crate) fn left(app: &App) -> Response {
    (without_cookies(app), Redirect::to(address::LOGIN)).into_response()
}

fn without_cookies(app: &App) -> Cookies {
    let mut cookies = vec![session::no_session_cookie(app)];
    if app.oidc.is_some() {
        cookies.push(sign_on::no_token_cookie(app));
    }
    Cookies(cookies)
}

/// The cookies of an answer.
struct Cookies(Vec<String>);

impl IntoResponseParts for Cookies {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        for cookie in self.0 {
            let cookie = HeaderValue::try_from(cookie).expect("a cookie is of visible characters");
            parts.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(parts)
    }
}

impl Locked {
    /// What a form says of it, beside a field.
    pub(crate) fn invalid(&self, app: &App, field: &'static str) -> Invalid {
        Invalid {
            errors: vec![FieldError {
                field,
                key: format!("error.{field}.locked"),
                args: vec![("until", self.until_said(app))],
            }],
        }
    }

    /// A page that says so.
    pub(crate) fn answer(&self, page: Html<String>) -> Response {
        let seconds = HeaderValue::from(self.seconds());
        let headers = [(header::RETRY_AFTER, seconds)];
        (StatusCode::TOO_MANY_REQUESTS, headers, page).into_response()
    }
}

impl App {
    /// How one enters the back office.
    pub(crate) fn entrance(&self) -> Entrance {
        let oidc = self.oidc.as_ref();
        oidc.map_or(Entrance::EitherWay, |oidc| oidc.entrance())
    }
}

fn login_page(app: &App, login: &str, invalid: &Invalid) -> Result<Html<String>, Failure> {
    let provider = app.oidc.as_ref();
    let view = json!({
        "provider": provider.map(|oidc| oidc.name()),
        "provider_action": address::LOGIN_PROVIDER,
        "passwords": app.entrance() == Entrance::EitherWay,
        "action": address::LOGIN,
        "login": login,
        "office": address::MODERATION,
        "errors": FormErrors::of(invalid, app.renderer.messages()),
    });
    let head = head(app, "login", address::LOGIN);
    let page = app
        .renderer
        .document("moderation/login.html", &head, &view)?;
    Ok(Html(page))
}

fn code_page(app: &App, moderator: &Moderator, invalid: &Invalid) -> Result<Html<String>, Failure> {
    let view = json!({
        "action": address::LOGIN_CODE,
        "login": moderator.login,
        "ticket": app.secret.ticket(&purpose(moderator), app.now()),
        "again": address::LOGIN,
        "errors": FormErrors::of(invalid, app.renderer.messages()),
    });
    let head = head(app, "code", address::LOGIN_CODE);
    let page = app
        .renderer
        .document("moderation/code.html", &head, &view)?;
    Ok(Html(page))
}

/// A ticket of the second page is for one moderator, until something ends their sessions.
fn purpose(moderator: &Moderator) -> String {
    format!("code of {} {}", moderator.login, moderator.generation)
}
