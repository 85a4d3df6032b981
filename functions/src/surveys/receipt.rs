//! The receipt of answers to a survey: thanks, what becomes of them, and how they are taken back.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{Campaign, ContributionId};
use serde_json::json;
use site_gen::{address, dates};

use super::cookies::no_cookies;
use super::{head, survey_of};
use crate::routes::Routes;
use crate::secret::SurveyToken;
use crate::{App, Failure, SharedApp};

pub(super) fn router() -> Routes {
    Routes::new()
        .route("/suivi/sondage/{campaign}/{token}", get(show))
        .route("/suivi/sondage/{campaign}/{token}/retirer", post(withdraw))
}

/// It does not show what was answered: an address may be read over a shoulder, or found in a
/// browser's history.
async fn show(
    State(app): State<SharedApp>,
    Path((campaign, token)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (campaign, _) = survey_of(&app, &campaign)?;
    let id = id_of(&app, campaign, &token)?;
    let sent = app.store.survey_answer(&campaign.slug, &id).await?;
    let tallies = app.store.tallies().await?;
    let tally = tallies.get(&campaign.slug).copied().unwrap_or_default();
    let messages = app.renderer.messages();
    let receipt = address::survey_receipt(&campaign.slug, &token);
    let view = json!({
        "campaign": app.renderer.views(app.now()).campaign(campaign, tally),
        "reference": id.reference(),
        "withdrawn": sent.is_none(),
        "received": sent.map(|sent| dates::moment(sent.received_at, messages)),
        "withdraw_action": format!("{receipt}/retirer"),
    });
    let head = head(&app, campaign, "survey-receipt");
    let page = app.renderer.document("survey-receipt.html", &head, &view)?;
    Ok(([(header::REFERRER_POLICY, "no-referrer")], Html(page)).into_response())
}

/// Erases the answers: they are counted no longer, and this browser may send others.
async fn withdraw(
    State(app): State<SharedApp>,
    Path((campaign, token)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (campaign, _) = survey_of(&app, &campaign)?;
    let id = id_of(&app, campaign, &token)?;
    app.store
        .withdraw_survey_answer(&campaign.slug, &id)
        .await?;
    let receipt = address::survey_receipt(&campaign.slug, &token);
    let cookies = no_cookies(&app, campaign);
    let cookies = cookies.map(|cookie| (header::SET_COOKIE, cookie));
    Ok((AppendHeaders(cookies), Redirect::to(&receipt)).into_response())
}

fn id_of(app: &App, campaign: &Campaign, token: &str) -> Result<ContributionId, Failure> {
    let secret = &app.secret;
    let id = secret.read_survey_token(SurveyToken::Receipt, &campaign.slug, token);
    id.ok_or(Failure::NotFound)
}
