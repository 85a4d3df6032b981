//! Every error → a status and a page, in one place.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Campaign, Place, Slug};
use serde_json::{Value, json};
use site_gen::view::{Head, Link};
use site_gen::{RenderError, address, dates};

use crate::given_back::Aside;
use crate::oidc::Refused;
use crate::quota::TooMany;
use crate::store::StoreError;
use crate::venue::Venue;
use crate::{App, SharedApp};

/// Why a request has no answer of its own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request can't be read as the form it should be.
    #[error("unreadable request")]
    BadRequest,
    /// There is nothing here.
    #[error("not found")]
    NotFound,
    /// What was here is elsewhere now, at this address.
    #[error("moved")]
    Moved(String),
    /// The campaign takes no contribution now.
    #[error("closed")]
    Closed(Slug),
    /// What somebody wrote about is not online, or no longer.
    #[error("no longer online")]
    Gone(Gone),
    /// The request comes from another site.
    #[error("sent from another site")]
    Forbidden,
    /// The moderator lacks a right.
    #[error("a right is lacking: {} in {:?}", .0.action.key(), .0.space)]
    NotAllowed(Lacking),
    /// The body is over 64 KiB.
    #[error("body too large")]
    TooLarge,
    /// The headers are over 16 KiB, or over 100.
    #[error("headers too large")]
    HeadersTooLarge,
    /// The answer took too long, or its request did not come.
    #[error("the request took too long")]
    TooSlow,
    /// More came from one network address than is taken in an hour.
    #[error("more than is taken in an hour")]
    TooMany(TooMany),
    /// Who came by a provider does not enter.
    #[error("not let in: {}", .0.key())]
    Refused(Refused),
    /// The form is too old.
    #[error("form expired")]
    Expired,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template is at fault.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Something that must not happen.
    #[error("{0}")]
    Broken(&'static str),
}

/// The right that a moderator lacks, and the space where; everywhere where it is none.
#[derive(Debug, Clone)]
pub struct Lacking {
    pub(crate) action: Action,
    pub(crate) space: Option<Slug>,
}

/// What is not online: how it is said, and where one may go on.
#[derive(Debug, Clone)]
pub struct Gone {
    status: StatusCode,
    /// The table of its messages.
    says: &'static str,
    place: Place,
    /// The address of the idea with which it was grouped.
    joined: Option<String>,
}

impl Gone {
    /// Something that nobody can read now.
    pub(crate) fn new(status: StatusCode, says: &'static str, place: Place) -> Self {
        Self {
            status,
            says,
            place,
            joined: None,
        }
    }

    /// An idea grouped with the one at this address.
    pub(crate) fn joined(campaign: &Campaign, into: String) -> Self {
        Self {
            joined: Some(into),
            ..Self::new(
                StatusCode::CONFLICT,
                "comment-moved",
                Place::Campaign(campaign.slug.clone()),
            )
        }
    }
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Moved(_) => StatusCode::SEE_OTHER,
            Self::Closed(_) => StatusCode::CONFLICT,
            Self::Gone(gone) => gone.status,
            Self::Forbidden | Self::NotAllowed(_) => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused(refused) => refused.status(),
            Self::Expired => StatusCode::GONE,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Render(_) | Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::Moved(to) = &self {
            return Redirect::to(to).into_response();
        }
        // The page is made by `pages`, which has the theme.
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Cause(self.to_string()));
        match self {
            Self::NotAllowed(lacking) => {
                response.extensions_mut().insert(lacking);
            }
            Self::Refused(refused) => {
                response.extensions_mut().insert(refused);
            }
            Self::Closed(campaign) => {
                response.extensions_mut().insert(Closed(campaign));
            }
            Self::Gone(gone) => {
                response.extensions_mut().insert(gone);
            }
            Self::TooMany(too_many) => {
                let seconds = too_many.until.as_second() - too_many.now.as_second();
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                response.extensions_mut().insert(too_many);
            }
            _ => {}
        }
        response
    }
}

/// Why an answer is an error, on its way to the log.
#[derive(Clone)]
struct Cause(String);

/// Which campaign is closed, on its way to the page that says so.
#[derive(Clone)]
struct Closed(Slug);

/// Gives a page to every answer that has a status of error and no page, nor JSON; what was typed
/// in a form that was read is on it.
pub(crate) async fn pages(
    State(app): State<SharedApp>,
    mut request: Request,
    next: Next,
) -> Response {
    let aside = Aside::default();
    request.extensions_mut().insert(aside.clone());
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.map_or(&b""[..], |kind| kind.as_bytes());
    let has_page = kind.starts_with(b"text/html") || kind == b"application/json";
    if has_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    if status.is_server_error() {
        let cause = response.extensions().get::<Cause>();
        let cause = cause.map_or("an extractor refused the request", |cause| cause.0.as_str());
        tracing::error!(cause, "a request failed");
    }
    let extensions = response.extensions();
    let typed = aside.typed(&app);
    let page = if let Some(lacking) = extensions.get::<Lacking>() {
        not_allowed(&app, lacking, &typed)
    } else if let Some(too_many) = extensions.get::<TooMany>() {
        too_much(&app, too_many, &typed)
    } else if let Some(refused) = extensions.get::<Refused>() {
        not_let_in(&app, refused)
    } else if let Some(Closed(campaign)) = extensions.get::<Closed>() {
        closed(&app, campaign, &typed)
    } else if let Some(gone) = extensions.get::<Gone>() {
        no_longer_there(&app, gone, &typed)
    } else {
        page(&app, status, &typed)
    };
    let (parts, _) = response.into_parts();
    let mut answer = (status, axum::response::Html(page)).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    answer
}

fn page(app: &App, status: StatusCode, typed: &[(String, String)]) -> String {
    let name = match status {
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => "bad-request",
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "not-found",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "headers-too-large",
        StatusCode::GONE => "expired",
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => "timeout",
        _ => "internal",
    };
    let key = format!("error-page.{name}");
    said(app, &key, &[], &Around::home(app), typed)
}

/// Which right is lacking, and whom to ask.
fn not_allowed(app: &App, lacking: &Lacking, typed: &[(String, String)]) -> String {
    let messages = app.renderer.messages();
    let right = messages.text(&format!("right.{}", lacking.action.key()), &[]);
    let place = match &lacking.space {
        Some(space) => {
            let space = app.renderer.catalogue().spaces.get(space);
            let name = space.map(|space| space.name.clone()).unwrap_or_default();
            messages.text("right.in-space", &[("space", name)])
        }
        None => messages.text("right.everywhere", &[]),
    };
    let arguments = [("right", right), ("place", place)];
    let around = Around::home(app);
    said(app, "error-page.not-allowed", &arguments, &around, typed)
}

/// Why who came by a provider does not enter, and what to do.
fn not_let_in(app: &App, refused: &Refused) -> String {
    let messages = app.renderer.messages();
    let name = app.oidc.as_ref().map(|oidc| oidc.name().to_owned());
    let arguments = [("name", name.unwrap_or_default())];
    let mut around = Around::home(app);
    if let Refused::Unknown { way_out: Some(to) } = refused {
        let label = messages.text("sign-on.out.link", &arguments);
        around.links.push(Link::new(label, to.clone()));
    }
    let login = messages.text("sign-on.login", &[]);
    around
        .links
        .push(Link::new(login, address::LOGIN.to_owned()));
    let key = format!("sign-on.refused.{}", refused.key());
    said(app, &key, &arguments, &around, &[])
}

/// When to try again.
fn too_much(app: &App, too_many: &TooMany, typed: &[(String, String)]) -> String {
    let until = dates::moment(too_many.until, app.renderer.messages());
    let arguments = [("until", until)];
    let around = Around::home(app);
    said(app, "error-page.too-many", &arguments, &around, typed)
}

/// That a campaign is over, or has not begun.
fn closed(app: &App, campaign: &Slug, typed: &[(String, String)]) -> String {
    let page = app
        .campaign(campaign.as_str())
        .and_then(|campaign| Ok(app.renderer.closed(campaign, typed, app.now())?));
    page.unwrap_or_else(|error| {
        tracing::error!(cause = %error, "the page of a closed campaign failed");
        app.renderer.messages().text("closed.over", &[])
    })
}

/// What became of something that was written about, and where one may go on.
fn no_longer_there(app: &App, gone: &Gone, typed: &[(String, String)]) -> String {
    let messages = app.renderer.messages();
    let mut around = Around::home(app);
    if let Some(joined) = &gone.joined {
        around
            .links
            .push(Link::new(messages.text("moved.see", &[]), joined.clone()));
    }
    if let Ok(venue) = app.venue(&gone.place) {
        let path = address::place(&gone.place);
        let label = match venue {
            Venue::Campaign(_) => messages.text("closed.campaign", &[]),
            Venue::Testimonials(_) => messages.text("testimonials.back", &[]),
        };
        around.links.push(Link::new(label, path.clone()));
        around.head = Head {
            space: venue.mark(&app.renderer),
            ..Head::of(
                String::new(),
                String::new(),
                path,
                venue.trail(&app.renderer),
            )
        };
    }
    said(app, gone.says, &[], &around, typed)
}

/// Where a page of error stands: what is around its words.
struct Around {
    head: Head,
    /// Where one may go on; the home page and the campaigns where there are none.
    links: Vec<Link>,
}

impl Around {
    fn home(app: &App) -> Self {
        let trail = app.renderer.trail_home();
        let path = address::HOME.to_owned();
        Self {
            head: Head::of(String::new(), String::new(), path, trail),
            links: Vec::new(),
        }
    }
}

/// A page of the words of a table: `heading`, `text` and `advice`.
fn said(
    app: &App,
    table: &str,
    arguments: &[(&str, String)],
    around: &Around,
    typed: &[(String, String)],
) -> String {
    let say = |part: &str| {
        app.renderer
            .messages()
            .text(&format!("{table}.{part}"), arguments)
    };
    let head = Head {
        indexed: false,
        title: say("heading"),
        description: say("text"),
        ..around.head.clone()
    };
    let typed: Vec<Value> = typed
        .iter()
        .map(|(label, value)| json!({"label": label, "value": value}))
        .collect();
    let view = json!({
        "heading": say("heading"),
        "text": say("text"),
        "advice": say("advice"),
        "typed": typed,
        "links": around.links,
    });
    app.renderer
        .document("error.html", &head, &view)
        .unwrap_or_else(|error| {
            tracing::error!(cause = %error, "the error page failed");
            say("text")
        })
}
