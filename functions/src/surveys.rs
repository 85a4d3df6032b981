//! Answering a survey: page by page, back and forward, then all of it read again and sent once.
//!
//! What is typed is kept after each page, in a draft that the store forgets a week later
//! (`draft.rs`); a cookie that is signed here leads to it. Each page is asked for by a GET, so that
//! the browser's own way back leads to what was typed. `later.rs` leads to a draft from another
//! device; `receipt.rs` says what becomes of what was sent.

mod cookies;
mod draft;
mod guarded;
mod later;
mod receipt;
mod review;

use axum::extract::{Extension, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::survey::{Read, Typed, Wrong};
use domain::{Campaign, Survey};
use serde::Deserialize;
use serde_json::json;
use site_gen::view::{Head, Link};
use site_gen::{SurveyStep, address};

use self::cookies::draft_cookie;
use self::draft::Draft;
use self::guarded::TRAP;
use crate::form;
use crate::given_back::Aside;
use crate::quota::Quota;
use crate::routes::Routes;
use crate::sender::Sender;
use crate::session::Visitor;
use crate::social_security::holds_number;
use crate::store::DraftMark;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route(
            "/participer/{campaign}/sondage/{page}",
            get(show).post(keep),
        )
        .merge(later::router())
        .merge(receipt::router())
        .merge(review::router())
}

/// The step at which all answers are read again.
const REVIEW: &str = "relire";
/// The step at which a link to the draft is asked for.
const LATER: &str = "plus-tard";

/// From where one comes to a page.
#[derive(Deserialize)]
struct Way {
    /// [`REVIEW`] where one goes back there; [`BEGUN`] where the draft was just made.
    #[serde(default)]
    de: String,
}

/// That a draft was just made: who has no cookie of it has a browser that takes none.
const BEGUN: &str = "debut";

/// The survey of an address.
fn survey_of<'a>(app: &'a App, campaign: &str) -> Result<(&'a Campaign, &'a Survey), Failure> {
    let campaign = app.campaign(campaign)?;
    let survey = campaign.survey.as_ref().ok_or(Failure::NotFound)?;
    Ok((campaign, survey))
}

impl App {
    /// That answers to the survey of this campaign are taken now.
    fn takes_answers(&self, campaign: &Campaign) -> Result<(), Failure> {
        if campaign.takes_answers(self.now()) {
            Ok(())
        } else {
            Err(Failure::Closed(campaign.slug.clone()))
        }
    }
}

/// A page with what was typed in it before.
async fn show(
    State(app): State<SharedApp>,
    Path((campaign, number)): Path<(String, String)>,
    Query(Way { de }): Query<Way>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (campaign, survey) = survey_of(&app, &campaign)?;
    let number: usize = number.parse().map_err(|_| Failure::NotFound)?;
    app.takes_answers(campaign)?;
    if visitor.answered(&app, campaign) {
        return already(&app, campaign);
    }
    let Some(draft) = Draft::of(&app, campaign, &visitor).await? else {
        return match (de.as_str(), number) {
            (BEGUN, _) => said(&app, campaign, "no-cookie", StatusCode::OK),
            (_, 1) => Ok(Redirect::to(&address::survey(&campaign.slug)).into_response()),
            _ => said(&app, campaign, "gone", StatusCode::GONE),
        };
    };
    let typed = draft.typed();
    let read = survey.read(&typed);
    let Some(page) = read.page(number) else {
        return Ok(onward(campaign, &read, number));
    };
    let from_review = de == REVIEW;
    let wrong = match from_review {
        true => page.wrong.clone(),
        false => Vec::new(),
    };
    let step = SurveyStep {
        read: &read,
        number,
        typed: &typed,
        wrong: &wrong,
        seed: draft.id.as_str(),
        from_review,
    };
    let page = app
        .renderer
        .survey_page(campaign, survey, step, app.now())?;
    Ok(Html(page).into_response())
}

/// Keeps what was typed in a page, whatever it is, and goes where it was asked to go: forward only
/// where it holds.
async fn keep(
    State(app): State<SharedApp>,
    Path((campaign, number)): Path<(String, String)>,
    Extension(aside): Extension<Aside>,
    visitor: Visitor,
    sender: Sender,
    form::Typed(fields): form::Typed<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (campaign, survey) = survey_of(&app, &campaign)?;
    let number: usize = number.parse().map_err(|_| Failure::NotFound)?;
    let place = number.checked_sub(1).ok_or(Failure::NotFound)?;
    let section = survey.sections.get(place).ok_or(Failure::NotFound)?;
    let sent = Typed::of(fields);
    let asked = sent.first("aller_a").to_owned();
    let is_trapped = !sent.first(TRAP).is_empty();
    let before = Draft::of(&app, campaign, &visitor).await?;
    let is_new = before.is_none();
    let mut draft = before.unwrap_or_else(Draft::new);
    let own = section.own(&sent, draft.page(number));
    draft.put(number, own.clone());
    let typed = draft.typed();
    let read = survey.read(&typed);
    aside.put_answers(in_words(&app, &read, &typed, Some(number)));
    app.takes_answers(campaign)?;
    if visitor.answered(&app, campaign) {
        return already(&app, campaign);
    }
    if is_new {
        app.count(Quota::Survey, &sender).await?;
    }
    let kept = own.kept(section, holds_number);
    draft.keep(&app, campaign, number, &kept).await?;
    if is_trapped {
        draft.mark(&app, campaign, DraftMark::Trapped).await?;
    }

    let mut wrong = numbers(survey, section, &draft);
    let is_shown = read.page(number).is_some();
    wrong.extend(
        read.page(number)
            .into_iter()
            .flat_map(|it| it.wrong.clone()),
    );
    let goes_on = matches!(asked.as_str(), "retour" | LATER) || !is_shown;
    if !goes_on && !wrong.is_empty() {
        let step = SurveyStep {
            read: &read,
            number,
            typed: &typed,
            wrong: &wrong,
            seed: draft.id.as_str(),
            from_review: asked == REVIEW,
        };
        let page = app
            .renderer
            .survey_page(campaign, survey, step, app.now())?;
        let cookie = is_new.then(|| draft_cookie(&app, campaign, &draft.id));
        let headers = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        let answer = (StatusCode::UNPROCESSABLE_ENTITY, headers, Html(page));
        return Ok(answer.into_response());
    }
    let step = |step: usize| address::answer_survey(&campaign.slug, step);
    let to = match asked.as_str() {
        "retour" => step(read.before(number).unwrap_or(number)),
        LATER => address::answer_survey(&campaign.slug, LATER),
        REVIEW => to_review(campaign, &read),
        _ => match read.after(number) {
            Some(next) => step(next),
            None => to_review(campaign, &read),
        },
    };
    if !is_new {
        return Ok(Redirect::to(&to).into_response());
    }
    let cookie = draft_cookie(&app, campaign, &draft.id);
    let mark = if to.contains('?') { '&' } else { '?' };
    let to = Redirect::to(&format!("{to}{mark}de={BEGUN}"));
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// To the review; or first to what is missing, which an answer that was changed may have added.
fn to_review(campaign: &Campaign, read: &Read<'_>) -> String {
    match read.first_wrong() {
        Some(page) => {
            let page = address::answer_survey(&campaign.slug, page);
            format!("{page}?de={REVIEW}")
        }
        None => address::answer_survey(&campaign.slug, REVIEW),
    }
}

/// From a page that is not shown to who answered so, to the next that is.
fn onward(campaign: &Campaign, read: &Read<'_>, number: usize) -> Response {
    let to = match read.after(number) {
        Some(next) => address::answer_survey(&campaign.slug, next),
        None => to_review(campaign, read),
    };
    Redirect::to(&to).into_response()
}

/// What is refused of a page because it holds a social-security number.
fn numbers(survey: &Survey, section: &domain::survey::Section, draft: &Draft) -> Vec<Wrong> {
    let number = survey.sections.iter().position(|it| it == section);
    let typed = draft.page(number.map_or(0, |place| place + 1));
    let refused = typed.fields().filter(|(_, value)| holds_number(value));
    refused
        .filter_map(|(field, _)| {
            let question = section.questions.iter().find(|question| {
                let name = question.field();
                let rest = field.strip_prefix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })?;
            Some(Wrong {
                field: field.to_owned(),
                key: "error.survey.social-security".to_owned(),
                args: vec![("question", question.label.clone())],
            })
        })
        .collect()
}

/// Answers by their questions, of one page or of all: in words, or as they were typed where they are
/// one's own words, right or wrong.
fn in_words(
    app: &App,
    read: &Read<'_>,
    typed: &Typed,
    number: Option<usize>,
) -> Vec<(String, String)> {
    let views = app.renderer.views(app.now());
    let pages = read.pages.iter();
    let pages = pages.filter(|page| number.is_none_or(|number| page.number == number));
    let mut all = Vec::new();
    for page in pages {
        let asked = page.questions.iter().filter(|question| question.is_asked());
        for (question, words) in asked.zip(views.answers(page, &read.answers)) {
            let said = match question.is_open() {
                true => typed.raw(&question.field()).to_owned(),
                false => words.lines.join("\n"),
            };
            if !said.trim().is_empty() {
                all.push((words.label, said));
            }
        }
    }
    all
}

/// That answers were sent from this browser before.
fn already(app: &App, campaign: &Campaign) -> Result<Response, Failure> {
    said(app, campaign, "already", StatusCode::CONFLICT)
}

/// A page of the words of `survey-message`, with where one may go on.
fn said(
    app: &App,
    campaign: &Campaign,
    key: &str,
    status: StatusCode,
) -> Result<Response, Failure> {
    let messages = app.renderer.messages();
    let say = |key: &str| messages.text(&format!("survey-message.{key}"), &[]);
    let now = app.now();
    let mut links = Vec::new();
    if key != "already" && campaign.offers_survey(now) {
        links.push(Link::new(say("start"), address::survey(&campaign.slug)));
    }
    if campaign.is_open(now) {
        let propose = messages.text("campaign.propose", &[]);
        links.push(Link::new(propose, address::propose(&campaign.slug)));
    }
    let back = messages.text("closed.campaign", &[]);
    links.push(Link::new(back, address::campaign(&campaign.slug)));
    let view = json!({
        "campaign": app.renderer.views(now).campaign_card(campaign, site_gen::Tally::default()),
        "heading": say(key),
        "text": say(&format!("{key}-text")),
        "more": (key == "already").then(|| say("already-more")),
        "links": links,
    });
    let head = Head {
        title: say(key),
        ..head(app, campaign, "survey-message")
    };
    let page = app.renderer.document("survey-message.html", &head, &view)?;
    Ok((status, Html(page)).into_response())
}

/// The head of a page of a function, by the key of its words.
fn head(app: &App, campaign: &Campaign, key: &str) -> Head {
    Head {
        indexed: false,
        space: app.renderer.space_mark(&campaign.space),
        ..app.renderer.head(
            key,
            address::survey(&campaign.slug),
            app.renderer.trail(campaign),
        )
    }
}
