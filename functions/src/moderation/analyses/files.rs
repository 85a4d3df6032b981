//! Files to keep of an analysis: all of it, and a page of results begun from it.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use site_gen::AnalysisFile;

use super::Opened;
use crate::analysis::Document;
use crate::session::Session;
use crate::store::Noted;
use crate::{App, Failure, SharedApp};

/// The analysis as people left it.
pub(super) async fn analysis(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &campaign).await?;
    if opened.question.is_some() {
        // It holds what participants wrote, as an export does.
        let noted = Noted::of_export(opened.campaign, &opened.login, app.now());
        app.store.note(&noted).await?;
    }
    let name = format!("{}-themes.json", opened.subject);
    let json = document(&app, opened).await?;
    Ok(download(&name, "application/json", json))
}

/// A page of results begun from it: of ideas, which alone are public and can be cited.
pub(super) async fn draft(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &campaign).await?;
    if opened.question.is_some() {
        return Err(Failure::NotFound);
    }
    let campaign = opened.campaign;
    let json = document(&app, opened).await?;
    let drafted = AnalysisFile::read(&json, &campaign.slug)
        .map_err(|_| Failure::Broken("an analysis of a campaign begins its results"))?;
    let today = app.now().to_zoned(domain::paris()).date();
    let name = format!("{}.md", campaign.slug);
    Ok(download(
        &name,
        "text/markdown; charset=utf-8",
        drafted.draft(today),
    ))
}

async fn document(app: &App, opened: Opened<'_>) -> Result<String, Failure> {
    let subject = opened.subject.clone();
    let analysed = opened.kept()?;
    let contributions = subject.contributions(&app.store).await?;
    // What was taken off the site since is cited nowhere, and counts no more.
    let reviewed = analysed.reviewed(&contributions);
    // What is of a question can't begin the results of the campaign: nobody can look it up.
    let slug = subject.question.is_none().then_some(subject.campaign);
    Ok(Document::of(reviewed, slug, &contributions).to_json())
}

/// A file to keep. Names are made of slugs, which need no quoting.
fn download(name: &str, kind: &'static str, text: String) -> Response {
    let attached = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, attached),
    ];
    (headers, text).into_response()
}
