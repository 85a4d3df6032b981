//! A moderator's own account: password, codes, sessions.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{FieldError, Invalid};
use serde::Deserialize;
use serde_json::{Value, json};
use site_gen::view::FormErrors;
use site_gen::{address, dates};

use crate::form::Typed;
use crate::lockout::Locked;
use crate::login::left;
use crate::moderation::{head, office};
use crate::oidc::Entrance;
use crate::routes::Routes;
use crate::sender::Sender;
use crate::session::{self, Presented, Session};
use crate::store::{Change, Changed, Moderator, SignOn};
use crate::{App, Failure, SharedApp};

/// How many characters a password has at least.
pub const SHORTEST_PASSWORD: usize = 12;
/// How many characters a password has at most.
pub const LONGEST_PASSWORD: usize = 200;

pub(crate) fn router() -> Routes {
    Routes::new()
        .route(address::ACCOUNT, get(account))
        .route(address::ACCOUNT_PASSWORD, post(change_password))
        .route(address::ACCOUNT_CODE, post(prepare_code))
        .route(address::ACCOUNT_CODE_ON, post(turn_code_on))
        .route(address::ACCOUNT_CODE_OFF, post(turn_code_off))
        .route(address::ACCOUNT_SESSIONS, post(close_sessions))
}

/// What was done, for the page that follows it.
#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    fait: String,
}

async fn account(
    State(app): State<SharedApp>,
    session: Session,
    Query(Done { fait }): Query<Done>,
) -> Result<Html<String>, Failure> {
    let done = match fait.as_str() {
        "password" | "code-on" | "code-off" => Some(fait.as_str()),
        _ => None,
    };
    page(&app, &session, done, &Invalid::default()).await
}

#[derive(Deserialize)]
struct NewPassword {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// Changes the password; the browser that asks keeps its session, and no other does.
async fn change_password(
    State(app): State<SharedApp>,
    session: Session,
    sender: Sender,
    Typed(typed): Typed<NewPassword>,
) -> Result<Response, Failure> {
    let login = &session.moderator.login;
    let mut invalid = Invalid::default();
    if typed.current.is_empty() {
        invalid.add("current", "empty");
    }
    if let Some(error) = password_problem(login, &typed.new) {
        invalid.errors.push(error);
    } else if typed.new == typed.current {
        invalid.add("new", "same");
    }
    if typed.again != typed.new {
        invalid.add("again", "different");
    }
    if invalid.errors.is_empty() {
        match proven(&app, login, &sender, typed.current).await? {
            Proven::Yes => {
                let hash = app.passwords.hash(typed.new).await?;
                app.store
                    .set_password(&by_oneself(&app, login), &hash)
                    .await?;
                let moderator = app.store.moderator(login).await?;
                let (moderator, _) = moderator.ok_or(Failure::NotFound)?;
                let before = Presented(Some(session.token_hash));
                let cookie = session::open(&app, &moderator, &before).await?;
                return Ok(([(header::SET_COOKIE, cookie)], after("password")).into_response());
            }
            Proven::No => invalid.add("current", "wrong"),
            Proven::Locked(locked) => return refuse_locked(&app, &session, &locked).await,
        }
    }
    again(&app, &session, &invalid).await
}

/// Shows a new key, which counts once a code confirms it.
async fn prepare_code(State(app): State<SharedApp>, session: Session) -> Result<Response, Failure> {
    if session.moderator.second_factor {
        return keep_codes(&app, &session).await;
    }
    let ticket = app.secret.ticket(&purpose(&session.moderator), app.now());
    let page = code_page(&app, &session, &ticket, &Invalid::default())?;
    Ok(page.into_response())
}

#[derive(Deserialize)]
struct FirstCode {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    code: String,
}

async fn turn_code_on(
    State(app): State<SharedApp>,
    session: Session,
    Typed(typed): Typed<FirstCode>,
) -> Result<Response, Failure> {
    let moderator = &session.moderator;
    if moderator.second_factor {
        return keep_codes(&app, &session).await;
    }
    let now = app.now();
    let ticket = app
        .secret
        .read_ticket(&purpose(moderator), &typed.ticket, now);
    let seed = ticket.ok_or(Failure::Expired)?.seed();
    let codes = app.codes(&moderator.login, &seed)?;
    if let Some(step) = codes.step(&typed.code, now) {
        let change = by_oneself(&app, &moderator.login);
        let factor = Some((seed.as_str(), step));
        return match app.store.set_second_factor(&change, factor).await? {
            Changed::Done => Ok(after("code-on").into_response()),
            Changed::Missing | Changed::LastNational | Changed::Taken => {
                keep_codes(&app, &session).await
            }
        };
    }
    let mut invalid = Invalid::default();
    let is_empty = typed.code.trim().is_empty();
    invalid.add("code", if is_empty { "empty" } else { "wrong" });
    let page = code_page(&app, &session, &typed.ticket, &invalid)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
struct Current {
    #[serde(default)]
    password: String,
}

async fn turn_code_off(
    State(app): State<SharedApp>,
    session: Session,
    sender: Sender,
    Typed(typed): Typed<Current>,
) -> Result<Response, Failure> {
    let login = &session.moderator.login;
    let mut invalid = Invalid::default();
    if typed.password.is_empty() {
        invalid.add("password", "empty");
        return again(&app, &session, &invalid).await;
    }
    match proven(&app, login, &sender, typed.password).await? {
        Proven::Yes => {
            let change = by_oneself(&app, login);
            app.store.set_second_factor(&change, None).await?;
            Ok(after("code-off").into_response())
        }
        Proven::No => {
            invalid.add("password", "wrong");
            again(&app, &session, &invalid).await
        }
        Proven::Locked(locked) => refuse_locked(&app, &session, &locked).await,
    }
}

async fn close_sessions(
    State(app): State<SharedApp>,
    session: Session,
) -> Result<Response, Failure> {
    let change = by_oneself(&app, &session.moderator.login);
    match app.store.end_sessions(&change).await? {
        Changed::Done => Ok(left(&app)),
        Changed::Missing | Changed::LastNational | Changed::Taken => Err(Failure::NotFound),
    }
}

/// What is wrong with a new password; none where it will do.
#[must_use]
pub fn password_problem(login: &str, password: &str) -> Option<FieldError> {
    let length = password.chars().count();
    let (key, limit) = if length < SHORTEST_PASSWORD {
        ("error.new.too-short", SHORTEST_PASSWORD)
    } else if length > LONGEST_PASSWORD {
        ("error.new.too-long", LONGEST_PASSWORD)
    } else if password.trim().to_lowercase() == login {
        ("error.new.login", 0)
    } else {
        return None;
    };
    Some(FieldError {
        field: "new",
        key: key.to_owned(),
        args: vec![("limit", limit.to_string()), ("length", length.to_string())],
    })
}

/// Whether who asks has the password.
enum Proven {
    Yes,
    No,
    Locked(Locked),
}

async fn proven(
    app: &App,
    login: &str,
    sender: &Sender,
    password: String,
) -> Result<Proven, Failure> {
    let taken = match app.try_as(login, sender).await? {
        Ok(taken) => taken,
        Err(locked) => return Ok(Proven::Locked(locked)),
    };
    let known = app.store.moderator(login).await?;
    let hash = known.map(|(_, proofs)| proofs.password);
    if app.passwords.verify(password, hash).await? {
        taken.succeeded().await?;
        Ok(Proven::Yes)
    } else {
        Ok(Proven::No)
    }
}

fn by_oneself<'a>(app: &App, login: &'a str) -> Change<'a> {
    Change {
        login,
        by: login,
        now: app.now(),
    }
}

/// A key is for one moderator.
fn purpose(moderator: &Moderator) -> String {
    format!("key of codes of {}", moderator.login)
}

fn after(done: &str) -> Redirect {
    Redirect::to(&format!("{}?fait={done}", address::ACCOUNT))
}

async fn again(app: &App, session: &Session, invalid: &Invalid) -> Result<Response, Failure> {
    let page = page(app, session, None, invalid).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Codes that are on are not replaced by who has the session alone: they are turned off first,
/// which takes the password.
async fn keep_codes(app: &App, session: &Session) -> Result<Response, Failure> {
    let mut invalid = Invalid::default();
    invalid.add("password", "on");
    again(app, session, &invalid).await
}

async fn refuse_locked(app: &App, session: &Session, locked: &Locked) -> Result<Response, Failure> {
    let invalid = locked.invalid(app, "current");
    let page = page(app, session, None, &invalid).await?;
    Ok(locked.answer(page))
}

async fn page(
    app: &App,
    session: &Session,
    done: Option<&str>,
    invalid: &Invalid,
) -> Result<Html<String>, Failure> {
    let messages = app.renderer.messages();
    let moderator = &session.moderator;
    let grants: Vec<String> = moderator
        .grants
        .iter()
        .map(|grant| {
            let spaces = &app.renderer.catalogue().spaces;
            let slug = grant.space.as_ref();
            let space = slug.and_then(|slug| spaces.get(slug)).map_or_else(
                || slug.map(ToString::to_string).unwrap_or_default(),
                |space| space.name.clone(),
            );
            let structures = &app.renderer.catalogue().structures;
            let structure = grant.structure.as_ref().map(|slug| {
                let known = structures.get(slug);
                known.map_or_else(|| slug.to_string(), |structure| structure.name.clone())
            });
            match structure {
                Some(structure) => {
                    let args = [("space", space), ("structure", structure)];
                    messages.text("role.answerer-for", &args)
                }
                None => messages.text(&format!("role.{}", grant.role.key()), &[("space", space)]),
            }
        })
        .collect();
    let view = json!({
        "login": moderator.login,
        "back": address::MODERATION,
        "done": done.map(|done| messages.text(&format!("account.done.{done}"), &[])),
        "grants": grants,
        "last_login": moderator.last_login.map(|at| dates::moment(at, messages)),
        "shortest": SHORTEST_PASSWORD,
        "second_factor": moderator.second_factor,
        "provider": provider_said(app, moderator),
        "passwords": app.entrance() == Entrance::EitherWay,
        "sessions": app.store.open_sessions(moderator, app.now()).await?,
        "password_action": address::ACCOUNT_PASSWORD,
        "code_action": address::ACCOUNT_CODE,
        "code_off_action": address::ACCOUNT_CODE_OFF,
        "sessions_action": address::ACCOUNT_SESSIONS,
        "errors": FormErrors::of(invalid, messages),
    });
    render(app, "moderation/account.html", &office(session, view))
}

/// What there is to know of the provider, where the moderator may come by it.
fn provider_said(app: &App, moderator: &Moderator) -> Option<String> {
    let name = app.oidc.as_ref()?.name().to_owned();
    let key = match moderator.sign_on {
        SignOn::Off => return None,
        SignOn::Awaited => "account.provider.awaited",
        SignOn::Bound => "account.provider.bound",
    };
    Some(app.renderer.messages().text(key, &[("name", name)]))
}

fn code_page(
    app: &App,
    session: &Session,
    ticket: &str,
    invalid: &Invalid,
) -> Result<Html<String>, Failure> {
    let moderator = &session.moderator;
    let read = app
        .secret
        .read_ticket(&purpose(moderator), ticket, app.now());
    let seed = read.ok_or(Failure::Expired)?.seed();
    let codes = app.codes(&moderator.login, &seed)?;
    let view = json!({
        "action": address::ACCOUNT_CODE_ON,
        "back": address::ACCOUNT,
        "ticket": ticket,
        "key": codes.key(),
        "link": codes.link()?,
        "picture": codes.picture()?,
        "errors": FormErrors::of(invalid, app.renderer.messages()),
    });
    render(app, "moderation/code-setup.html", &office(session, view))
}

fn render(app: &App, template: &str, view: &Value) -> Result<Html<String>, Failure> {
    let head = head(app, "account", address::ACCOUNT);
    Ok(Html(app.renderer.document(template, &head, view)?))
}
