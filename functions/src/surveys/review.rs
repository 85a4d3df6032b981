//! All answers to a survey, read again and sent once; or erased.

use axum::extract::{Extension, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::survey::{Choices, Read, Typed};
use domain::{Campaign, ContributionId, Survey, SurveyAnswer};
use insights::personal::{self, Kind};
use serde_json::{Value, json};
use site_gen::address;

use super::cookies::{answered_cookie, no_cookies};
use super::draft::Draft;
use super::guarded::PROOF;
use super::{BEGUN, LATER, REVIEW, Way, already, head, in_words, said, survey_of, to_review};
use crate::form;
use crate::given_back::Aside;
use crate::quota::Quota;
use crate::routes::Routes;
use crate::secret::SurveyToken;
use crate::sender::SentFrom;
use crate::session::Visitor;
use crate::{App, Failure, SharedApp};

pub(super) fn router() -> Routes {
    Routes::new()
        .route("/participer/{campaign}/sondage/relire", get(review))
        .route("/participer/{campaign}/sondage/envoyer", post(send))
        .route("/participer/{campaign}/sondage/effacer", post(erase))
}

/// All answers, to be read again.
async fn review(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    Query(Way { de }): Query<Way>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (campaign, survey) = survey_of(&app, &campaign)?;
    app.takes_answers(campaign)?;
    if visitor.answered(&app, campaign) {
        return already(&app, campaign);
    }
    let Some(draft) = Draft::of(&app, campaign, &visitor).await? else {
        return match de.as_str() {
            BEGUN => said(&app, campaign, "no-cookie", StatusCode::OK),
            _ => said(&app, campaign, "gone", StatusCode::GONE),
        };
    };
    let typed = draft.typed();
    let read = survey.read(&typed);
    if read.first_wrong().is_some() {
        return Ok(Redirect::to(&to_review(campaign, &read)).into_response());
    }
    let page = page(&app, (campaign, survey), &draft, &read, Proof::NotSeen).await?;
    Ok(Html(page).into_response())
}

/// What is known of the proof of what is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// It was not asked for yet.
    NotSeen,
    /// It was, and there was none that holds.
    Missing,
}

async fn page(
    app: &App,
    (campaign, survey): (&Campaign, &Survey),
    draft: &Draft,
    read: &Read<'_>,
    proof: Proof,
) -> Result<String, Failure> {
    let now = app.now();
    let views = app.renderer.views(now);
    let challenge = match app.is_guarded(campaign, draft).await? {
        true => Some(app.survey_challenge(campaign, draft)?),
        false => None,
    };
    let pages: Vec<Value> = read
        .pages
        .iter()
        .map(|page| {
            let href = address::answer_survey(&campaign.slug, page.number);
            json!({
                "number": page.number,
                "title": page.section.title,
                "answers": views.answers(page, &read.answers),
                "href": format!("{href}?de={REVIEW}"),
            })
        })
        .filter(|page| {
            page["answers"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        })
        .collect();
    let step = |step: &str| address::answer_survey(&campaign.slug, step);
    let view = json!({
        "campaign": views.campaign_card(campaign, site_gen::Tally::default()),
        "pages": pages,
        "personal": personal_data(app, survey, read),
        "challenge": challenge,
        "unproven": proof == Proof::Missing,
        "action": step("envoyer"),
        "erase_action": step("effacer"),
        "later_href": step(LATER),
    });
    let head = head(app, campaign, "survey-review");
    Ok(app.renderer.document("survey-review.html", &head, &view)?)
}

/// What seems to be personal data in open answers, quoted: they are read, though never published as
/// they are.
fn personal_data(app: &App, survey: &Survey, read: &Read<'_>) -> Vec<Value> {
    const QUOTED: usize = 8;
    let messages = app.renderer.messages();
    let views = app.renderer.views(app.now());
    let mut quoted = Vec::new();
    for page in &read.pages {
        for (question, words) in page
            .questions
            .iter()
            .filter(|question| question.is_asked())
            .zip(views.answers(page, &read.answers))
        {
            let is_free = survey
                .question(&question.id)
                .is_some_and(|it| it.is_open() || it.offered().contains(&Choices::other()));
            if !is_free {
                continue;
            }
            let args = [("question", question.label.clone())];
            let place = messages.text("survey-review.place", &args);
            for text in &words.lines {
                for found in personal::find(text) {
                    if found.kind == Kind::SocialSecurity || quoted.len() == QUOTED {
                        continue;
                    }
                    quoted.push(json!({
                        "quote": text[found.range].to_owned(),
                        "kind": messages.text(&format!("personal.{}.label", found.kind.key()), &[]),
                        "place": place,
                    }));
                }
            }
        }
    }
    quoted
}

/// Keeps the answers for good, once, and leads to their receipt.
async fn send(
    State(app): State<SharedApp>,
    from: SentFrom,
    Path(campaign): Path<String>,
    Extension(aside): Extension<Aside>,
    visitor: Visitor,
    form::Typed(fields): form::Typed<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (campaign, survey) = survey_of(&app, &campaign)?;
    let now = app.now();
    let proof = Typed::of(fields);
    let slug = &campaign.slug;
    // Its draft is gone once it is sent: sent again, even too late, it is one participation with one
    // receipt.
    let draft = Draft::of(&app, campaign, &visitor).await?;
    if let (None, Some(id)) = (&draft, visitor.draft(&app, campaign))
        && app.store.survey_answer(slug, &id).await?.is_some()
    {
        return Ok(sent(&app, campaign, &id));
    }
    if let Some(draft) = &draft {
        let typed = draft.typed();
        aside.put_answers(in_words(&app, &survey.read(&typed), &typed, None));
    }
    app.takes_answers(campaign)?;
    if visitor.answered(&app, campaign) {
        return already(&app, campaign);
    }
    let Some(draft) = draft else {
        return said(&app, campaign, "gone", StatusCode::GONE);
    };
    let typed = draft.typed();
    let read = survey.read(&typed);
    if read.first_wrong().is_some() {
        return Ok(Redirect::to(&to_review(campaign, &read)).into_response());
    }
    let guarded = app.is_guarded(campaign, &draft).await?;
    if guarded && !app.proves_survey(campaign, &draft, proof.first(PROOF)) {
        let page = page(&app, (campaign, survey), &draft, &read, Proof::Missing).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let sender = app.sender(from).await?;
    app.count_once(Quota::Contribution, &sender, &draft.id)
        .await?;
    let answer = SurveyAnswer {
        id: draft.id.clone(),
        campaign: slug.clone(),
        received_at: now,
        answers: read.answers,
    };
    // Sent twice at once, either is first, and both lead to the same place.
    app.store.add_survey_answer(&answer).await?;
    Ok(sent(&app, campaign, &draft.id))
}

/// To the receipt of what was sent; the draft's cookie stays, so that the same form sent once more
/// leads there too.
fn sent(app: &App, campaign: &Campaign, id: &ContributionId) -> Response {
    let token = app
        .secret
        .survey_token(SurveyToken::Receipt, &campaign.slug, id);
    let cookie = answered_cookie(app, campaign);
    let to = Redirect::to(&address::survey_receipt(&campaign.slug, &token));
    ([(header::SET_COOKIE, cookie)], to).into_response()
}

/// Forgets what was typed, in the store and in the browser.
async fn erase(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (campaign, _) = survey_of(&app, &campaign)?;
    if let Some(id) = visitor.draft(&app, campaign) {
        app.store.forget_survey_draft(&campaign.slug, &id).await?;
    }
    let page = said(&app, campaign, "erased", StatusCode::OK)?;
    let [cookie, _] = no_cookies(&app, campaign);
    Ok(([(header::SET_COOKIE, cookie)], page).into_response())
}
