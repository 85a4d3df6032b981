//! Going on later, or on another device: a link that leads to a draft, sent to an address that is
//! kept nowhere.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::{Campaign, Email, Invalid, Survey};
use serde::Deserialize;
use serde_json::json;
use site_gen::view::FormErrors;
use site_gen::{address, dates};

use super::cookies::draft_cookie;
use super::draft::Draft;
use super::{BEGUN, LATER, REVIEW, Way, head, said, survey_of};
use crate::form::{Done, Typed};
use crate::mail::Words;
use crate::quota::Quota;
use crate::routes::Routes;
use crate::secret::SurveyToken;
use crate::sender::Sender;
use crate::session::Visitor;
use crate::social_security::refuse_numbers;
use crate::store::DraftMark;
use crate::{App, Failure, SharedApp};

pub(super) fn router() -> Routes {
    Routes::new()
        .route(
            "/participer/{campaign}/sondage/plus-tard",
            get(show).post(send_link),
        )
        .route("/participer/{campaign}/sondage/reprendre", get(go_on))
        .route(
            "/participer/{campaign}/sondage/reprendre/{token}",
            get(ask).post(resume),
        )
}

/// What is said to be done when the link left.
const SENT: &str = "envoye";

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    email: String,
}

/// What the page says.
#[derive(Default)]
struct Said<'a> {
    email: &'a str,
    errors: FormErrors,
    sent: bool,
    failed: bool,
}

async fn show(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    Query(Done { fait }): Query<Done>,
    Query(Way { de }): Query<Way>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (campaign, _) = survey_of(&app, &campaign)?;
    app.takes_answers(campaign)?;
    let Some(draft) = Draft::of(&app, campaign, &visitor).await? else {
        return match de.as_str() {
            BEGUN => said(&app, campaign, "no-cookie", StatusCode::OK),
            _ => said(&app, campaign, "gone", StatusCode::GONE),
        };
    };
    let said = Said {
        sent: fait == SENT,
        ..Said::default()
    };
    page(&app, campaign, &draft, &said).map(IntoResponse::into_response)
}

/// Sends the link. The address serves for that, and is forgotten.
async fn send_link(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    visitor: Visitor,
    sender: Sender,
    Typed(Address { email: typed }): Typed<Address>,
) -> Result<Response, Failure> {
    let (campaign, _) = survey_of(&app, &campaign)?;
    app.takes_answers(campaign)?;
    let Some(draft) = Draft::of(&app, campaign, &visitor).await? else {
        return said(&app, campaign, "gone", StatusCode::GONE);
    };
    let mut invalid = Invalid::default();
    let email = invalid.take("email", Email::parse(&typed));
    let parsed = refuse_numbers(email.ok_or(invalid), &[("email", &typed)]);
    let email = match parsed {
        Ok(email) => email,
        Err(invalid) => {
            let said = Said {
                email: &typed,
                errors: FormErrors::of(&invalid, app.renderer.messages()),
                ..Said::default()
            };
            let page = page(&app, campaign, &draft, &said)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    // A message goes to whatever address is typed: only so many in an hour.
    app.count(Quota::Contribution, &sender).await?;
    let words = words(&app, campaign, &draft);
    if let Err(problem) = app.send_at_once(&words, &email).await {
        tracing::warn!(problem = problem.key(), "a link to a survey did not leave");
        let said = Said {
            email: &typed,
            failed: true,
            ..Said::default()
        };
        let page = page(&app, campaign, &draft, &said)?;
        return Ok((StatusCode::SERVICE_UNAVAILABLE, page).into_response());
    }
    let later = address::answer_survey(&campaign.slug, LATER);
    Ok(Redirect::to(&format!("{later}?fait={SENT}")).into_response())
}

fn words(app: &App, campaign: &Campaign, draft: &Draft) -> Words {
    let messages = app.renderer.messages();
    let slug = &campaign.slug;
    let token = app
        .secret
        .survey_token(SurveyToken::Resume, slug, &draft.id);
    let args = [
        ("campaign", campaign.title.clone()),
        ("until", until(app, campaign)),
    ];
    let say = |key: &str| messages.text(&format!("survey-mail.{key}"), &args);
    let hello = messages.text("mail.hello", &[]);
    let text = say("text");
    let text = text
        .split("\n\n")
        .map(|paragraph| paragraph.trim().to_owned());
    let path = address::answer_survey(slug, format_args!("reprendre/{token}"));
    Words {
        unsubscribe: None,
        subject: say("subject"),
        paragraphs: std::iter::once(hello).chain(text).collect(),
        link_label: say("link"),
        link: format!("{}{path}", app.site_url),
        why: say("why"),
    }
}

/// Until when a draft that was just written is kept, in words.
fn until(app: &App, campaign: &Campaign) -> String {
    let at = Draft::until(app, campaign);
    dates::instant(at, app.renderer.messages())
}

fn page(
    app: &App,
    campaign: &Campaign,
    draft: &Draft,
    said: &Said<'_>,
) -> Result<Html<String>, Failure> {
    let survey = campaign.survey.as_ref().ok_or(Failure::NotFound)?;
    let views = app.renderer.views(app.now());
    let step = |step: &str| address::answer_survey(&campaign.slug, step);
    let view = json!({
        "campaign": views.campaign_card(campaign, site_gen::Tally::default()),
        "email": said.email,
        "errors": said.errors,
        "sent": said.sent,
        "failed": said.failed,
        "until": until(app, campaign),
        "action": step(LATER),
        "erase_action": step("effacer"),
        "back_href": left(campaign, survey, draft),
    });
    let head = head(app, campaign, "survey-later");
    Ok(Html(app.renderer.document(
        "survey-later.html",
        &head,
        &view,
    )?))
}

/// Where the link of a message leads: a button, since opening a link changes nothing.
async fn ask(
    State(app): State<SharedApp>,
    Path((campaign, token)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (campaign, _) = survey_of(&app, &campaign)?;
    app.takes_answers(campaign)?;
    if draft_of(&app, campaign, &token).await?.is_none() {
        return said(&app, campaign, "gone", StatusCode::GONE);
    }
    let views = app.renderer.views(app.now());
    let action = address::answer_survey(&campaign.slug, format_args!("reprendre/{token}"));
    let view = json!({
        "campaign": views.campaign_card(campaign, site_gen::Tally::default()),
        "action": action,
    });
    let head = head(&app, campaign, "survey-resume");
    let page = app.renderer.document("survey-resume.html", &head, &view)?;
    Ok(([(header::REFERRER_POLICY, "no-referrer")], Html(page)).into_response())
}

/// From the first page, which is the same for everybody, to what is left to answer.
async fn go_on(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (campaign, survey) = survey_of(&app, &campaign)?;
    app.takes_answers(campaign)?;
    match Draft::of(&app, campaign, &visitor).await? {
        Some(draft) => Ok(Redirect::to(&left(campaign, survey, &draft)).into_response()),
        None => said(&app, campaign, "none", StatusCode::OK),
    }
}

/// The first page of which something is left to answer, or the review.
fn left(campaign: &Campaign, survey: &Survey, draft: &Draft) -> String {
    let typed = draft.typed();
    match survey.read(&typed).first_wrong() {
        Some(page) => address::answer_survey(&campaign.slug, page),
        None => address::answer_survey(&campaign.slug, REVIEW),
    }
}

/// Gives this browser the draft, and leads to what is left to answer.
async fn resume(
    State(app): State<SharedApp>,
    Path((campaign, token)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (campaign, survey) = survey_of(&app, &campaign)?;
    app.takes_answers(campaign)?;
    let Some(draft) = draft_of(&app, campaign, &token).await? else {
        return said(&app, campaign, "gone", StatusCode::GONE);
    };
    draft.mark(&app, campaign, DraftMark::ByMail).await?;
    let to = format!("{}?de={BEGUN}", left(campaign, survey, &draft));
    let cookie = draft_cookie(&app, campaign, &draft.id);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response())
}

async fn draft_of(app: &App, campaign: &Campaign, token: &str) -> Result<Option<Draft>, Failure> {
    let secret = &app.secret;
    let id = secret.read_survey_token(SurveyToken::Resume, &campaign.slug, token);
    match id {
        Some(id) => Draft::kept(app, campaign, id).await,
        None => Ok(None),
    }
}
