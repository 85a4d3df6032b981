//! Exports in the back office, for those who analyse a space. What is not published takes the
//! right to read it as well, and is noted in the log: it is asked by a POST.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use domain::{Action, Campaign};
use serde_json::{Value, json};
use site_gen::address;

use super::{head, office};
use crate::exports::{self, Export, Format, Making, Readers};
use crate::routes::Routes;
use crate::session::Session;
use crate::store::Noted;
use crate::{App, Failure, SharedApp};

pub(super) fn router() -> Routes {
    let one = |file: &str| format!("{}{{campaign}}/{file}", address::EXPORTS);
    Routes::new()
        .route(address::EXPORTS, get(show))
        .route(&one("colonnes.csv"), get(columns))
        .route(&one("publiees.{format}"), get(published))
        .route(&one("analyse.{format}"), post(for_analysts))
        .route(&one("sondage/{file}"), post(survey))
}

async fn show(State(app): State<SharedApp>, session: Session) -> Result<Html<String>, Failure> {
    let catalogue = app.renderer.catalogue();
    let tallies = app.store.tallies().await?;
    let spaces: Vec<Value> = catalogue
        .spaces_in_order()
        .into_iter()
        .filter(|space| session.may(Action::Analyse, &space.slug))
        .map(|space| {
            let campaigns: Vec<Value> = catalogue
                .campaigns
                .values()
                .filter(|campaign| campaign.space == space.slug)
                .map(|campaign| {
                    let tally = tallies.get(&campaign.slug).copied().unwrap_or_default();
                    json!({
                        "slug": campaign.slug.as_str(),
                        "title": campaign.title,
                        "ideas": tally.ideas,
                        "comments": tally.comments,
                        "participants": campaign.survey.as_ref().map(|_| tally.participants),
                        "folder": format!("{}{}/", address::EXPORTS, campaign.slug),
                    })
                })
                .collect();
            json!({
                "name": space.name,
                "slug": space.slug.as_str(),
                "reads": session.may(Action::Read, &space.slug),
                "campaigns": campaigns,
            })
        })
        .filter(|space| {
            space["campaigns"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        })
        .collect();
    let view = office(&session, json!({"spaces": spaces}));
    let head = head(&app, "exports", address::EXPORTS);
    let page = app
        .renderer
        .document("moderation/exports.html", &head, &view)?;
    Ok(Html(page))
}

async fn columns(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    session.permit(Action::Analyse, &campaign.space)?;
    // Who may read more finds the columns of more.
    let readers = if session.may(Action::Read, &campaign.space) {
        Readers::Analysts
    } else {
        Readers::Public
    };
    let text = exports::columns_csv(app.renderer.messages(), readers);
    let name = format!("{}-colonnes.csv", campaign.slug);
    Ok(download(&name, Format::Csv, text))
}

async fn published(
    State(app): State<SharedApp>,
    session: Session,
    Path((campaign, format)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    session.permit(Action::Analyse, &campaign.space)?;
    let format = Format::from_key(&format).ok_or(Failure::NotFound)?;
    exported(&app, campaign, format, Readers::Public).await
}

async fn for_analysts(
    State(app): State<SharedApp>,
    session: Session,
    Path((campaign, format)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    session.permit(Action::Analyse, &campaign.space)?;
    let permit = session.permit(Action::Read, &campaign.space)?;
    let format = Format::from_key(&format).ok_or(Failure::NotFound)?;
    let noted = Noted::of_export(campaign, permit.login(), app.now());
    app.store.note(&noted).await?;
    exported(&app, campaign, format, Readers::Analysts).await
}

/// The answers to a survey, a row each participant or each text. They are nowhere public, so that
/// they take the right to read what is not, and are noted in the log.
async fn survey(
    State(app): State<SharedApp>,
    session: Session,
    Path((campaign, file)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    session.permit(Action::Analyse, &campaign.space)?;
    let permit = session.permit(Action::Read, &campaign.space)?;
    let survey = campaign.survey.as_ref().ok_or(Failure::NotFound)?;
    let write = match file.as_str() {
        "reponses.csv" => exports::answers_csv,
        "textes.csv" => exports::texts_csv,
        _ => return Err(Failure::NotFound),
    };
    let now = app.now();
    let noted = Noted::of_export(campaign, permit.login(), now);
    app.store.note(&noted).await?;
    let sent = app.store.survey_answers(&campaign.slug).await?;
    let text = write(survey, &sent, app.renderer.messages());
    let day = now.strftime("%Y-%m-%d");
    let name = format!("{}-sondage-{day}-{file}", campaign.slug);
    Ok(download(&name, Format::Csv, text))
}

async fn exported(
    app: &App,
    campaign: &Campaign,
    format: Format,
    readers: Readers,
) -> Result<Response, Failure> {
    let making = Making {
        campaign,
        catalogue: app.renderer.catalogue(),
        messages: app.renderer.messages(),
        site_url: &app.site_url,
        readers,
        now: app.now(),
    };
    let export = Export::read(&app.store, making, &|_| {}).await?;
    let name = exports::file_name(campaign, readers, format, making.now);
    Ok(download(&name, format, export.written(format)))
}

/// A file to keep. Names are made of slugs and dates, which need no quoting.
fn download(name: &str, format: Format, text: String) -> Response {
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Json => "application/json",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}
