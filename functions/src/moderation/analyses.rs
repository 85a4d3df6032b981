//! The analysis of campaigns' ideas and of open questions of their surveys, for those who may: it is
//! made, each theme is read with what was written, and what people decide of it is kept for the
//! next one.

mod fields;
mod files;
mod pages;
mod sides;
mod themes;
mod written;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::survey::Question;
use domain::{Action, Campaign};
use insights::themes::{Decision, Grain, Key};
use serde::Deserialize;
use site_gen::address;

use crate::analysis::{Analysed, Subject};
use crate::form::{Done, Typed};
use crate::routes::Routes;
use crate::session::Session;
use crate::store::{Keeping, Noted};
use crate::{App, Failure, SharedApp};

use fields::Fields;
use pages::Room;

/// How long the name of a theme is at most, in characters.
pub(super) const LABEL: usize = 120;

/// How many contributions a campaign has at most that is analysed while somebody waits for the
/// page: about five seconds' work. Beyond, the operator's command does it.
const AT_ONCE: u64 = 10_000;

pub(crate) fn router() -> Routes {
    let one = |rest: &str| format!("{}/{{campaign}}/{rest}", address::ANALYSES);
    Routes::new()
        .route(address::ANALYSES, get(pages::list))
        .route(&one(""), get(pages::overview))
        .route(&one("lancer"), post(run))
        .route(&one("annuler"), post(undo))
        .route(&one("themes/{key}"), get(themes::theme).post(decide))
        .route(&one("non-classees"), get(themes::unclassified).post(place))
        .route(&one("analyse.json"), get(files::analysis))
        .route(&one("resultats.md"), get(files::draft))
}

/// Which page of a list, from 1.
#[derive(Deserialize)]
struct Paged {
    #[serde(default)]
    page: String,
}

#[derive(Deserialize)]
struct Run {
    #[serde(default)]
    finesse: String,
}

/// Something that the session may analyse, with its analysis where it has one.
struct Opened<'a> {
    campaign: &'a Campaign,
    subject: Subject,
    /// The question that is analysed; none where it is ideas.
    question: Option<&'a Question>,
    kept: Option<Analysed>,
    version: u64,
    login: String,
}

impl<'a> Opened<'a> {
    async fn of(app: &'a App, session: &Session, subject: &str) -> Result<Opened<'a>, Failure> {
        let subject = Subject::parse(subject).ok_or(Failure::NotFound)?;
        let campaign = app.campaign(subject.campaign.as_str())?;
        let permit = session.permit(Action::Analyse, &campaign.space)?;
        let question = match &subject.question {
            None => None,
            Some(id) => {
                // What participants answered is nowhere public.
                session.permit(Action::Read, &campaign.space)?;
                let survey = campaign.survey.as_ref().ok_or(Failure::NotFound)?;
                let question = survey.question(id).filter(|question| question.is_open());
                Some(question.ok_or(Failure::NotFound)?)
            }
        };
        let kept = app.store.kept_analysis(&subject).await?;
        let version = kept.as_ref().map_or(0, |kept| kept.version);
        // What another version of the engine kept is made again.
        let kept = kept.and_then(|kept| Analysed::from_bytes(&kept.bytes));
        Ok(Self {
            campaign,
            subject,
            question,
            kept,
            version,
            login: permit.login().to_owned(),
        })
    }

    fn kept(self) -> Result<Analysed, Failure> {
        self.kept.ok_or(Failure::NotFound)
    }

    /// Keeps an analysis over the one of this version, and goes on to a page that says what was
    /// done, or that somebody was before.
    async fn keep(
        app: &App,
        of: (&Subject, &str, u64),
        analysed: &Analysed,
        what: &'static str,
        next: &str,
        done: &str,
    ) -> Result<Response, Failure> {
        let (subject, login, version) = of;
        let after = format!(
            "{} / {}",
            analysed.analysis.themes.len(),
            analysed.journal.decisions().len()
        );
        let after = match &subject.question {
            Some(question) => format!("{question}: {after}"),
            None => after,
        };
        let noted = Noted::of_analysis(&subject.campaign, what, login, after, app.now());
        let bytes = analysed.to_bytes();
        let kept = app
            .store
            .keep_analysis(subject, &bytes, version, &noted)
            .await?;
        let done = match kept {
            Keeping::Kept => done,
            Keeping::Overtaken => "overtaken",
        };
        Ok(Redirect::to(&format!("{next}?fait={done}")).into_response())
    }
}

/// Makes the analysis: what people decided of the one before still holds.
async fn run(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
    Typed(Run { finesse }): Typed<Run>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &campaign).await?;
    let grain = match finesse.as_str() {
        "fine" => Grain::Fine,
        "moyenne" => Grain::Medium,
        "large" => Grain::Coarse,
        _ => return Err(Failure::BadRequest),
    };
    let subject = opened.subject;
    let next = Room::of(&subject).href;
    let back = |done: &str| Ok(Redirect::to(&format!("{next}?fait={done}")).into_response());
    if subject.question.is_none() {
        let tallies = app.store.tallies().await?;
        let tally = tallies.get(&subject.campaign);
        if tally.is_some_and(|tally| tally.ideas > AT_ONCE) {
            return back("many");
        }
    }
    let contributions = subject.contributions(&app.store).await?;
    match contributions.len() as u64 {
        0 => return back("empty"),
        many if many > AT_ONCE => return back("many"),
        _ => {}
    }
    let (kept, now) = (opened.kept, app.now());
    let made =
        tokio::task::spawn_blocking(move || Analysed::make(&contributions, grain, kept, now));
    let made = made
        .await
        .map_err(|_| Failure::Broken("an analysis ends"))?
        .map_err(|_| Failure::Broken("identifiers of ideas are different"))?;
    let of = (&subject, opened.login.as_str(), opened.version);
    Opened::keep(&app, of, &made, "analyse", &next, "made").await
}

/// Takes back what was decided last.
async fn undo(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
    Typed(fields): Typed<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &campaign).await?;
    let (subject, login) = (opened.subject.clone(), opened.login.clone());
    // What is taken back is what was last when the page was read.
    let version = Fields::of(fields).version()?;
    let next = Room::of(&subject).href;
    let mut analysed = opened.kept()?;
    if analysed.journal.undo().is_none() {
        return Ok(Redirect::to(&format!("{next}?fait=nothing")).into_response());
    }
    let of = (&subject, login.as_str(), version);
    Opened::keep(&app, of, &analysed, "analysis-undo", &next, "undone").await
}

/// Decides of a theme, or of contributions in it.
async fn decide(
    State(app): State<SharedApp>,
    session: Session,
    Path((campaign, key)): Path<(String, u32)>,
    Typed(fields): Typed<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let fields = Fields::of(fields);
    let opened = Opened::of(&app, &session, &campaign).await?;
    let (subject, login) = (opened.subject.clone(), opened.login.clone());
    let room = Room::of(&subject);
    let analysed = opened.kept()?;
    let theme = Key(key);
    if !analysed.review().themes.contains_key(&theme) {
        return Err(Failure::NotFound);
    }
    let here = room.theme(theme);
    let back = |done: &str| Ok(Redirect::to(&format!("{here}?fait={done}")).into_response());
    let chosen = fields.chosen();
    let (decisions, done, next) = match fields.value("faire") {
        "renommer" => match fields.label() {
            Some(label) => (
                vec![Decision::Rename { theme, label }],
                "renamed",
                here.clone(),
            ),
            None => return back("label"),
        },
        "regrouper" => match fields.theme() {
            Some(into) => (
                vec![Decision::Merge { theme, into }],
                "merged",
                room.theme(into),
            ),
            None => return back("which"),
        },
        "valider" => (
            vec![Decision::Validate { theme }],
            "validated",
            room.href.clone(),
        ),
        "masquer" => (vec![Decision::Hide { theme }], "hidden", room.href.clone()),
        "montrer" => (vec![Decision::Show { theme }], "shown", room.href.clone()),
        "separer" | "deplacer" | "retirer" | "confirmer" | "ecarter" if chosen.is_empty() => {
            return back("none");
        }
        "separer" => match fields.label() {
            Some(label) => {
                let new = analysed.journal.next_key();
                let split = Decision::Split {
                    theme: new,
                    label,
                    contributions: chosen,
                };
                (vec![split], "split", room.theme(new))
            }
            None => return back("label"),
        },
        "deplacer" => match fields.theme() {
            Some(to) => (moved(chosen, Some(to)), "moved", here.clone()),
            None => return back("which"),
        },
        "retirer" => (moved(chosen, None), "moved", here.clone()),
        "confirmer" => (moved(chosen, Some(theme)), "confirmed", here.clone()),
        "ecarter" => {
            let declined = chosen.into_iter();
            let declined = declined.map(|contribution| Decision::Decline {
                contribution,
                theme,
            });
            (declined.collect(), "declined", here.clone())
        }
        _ => return Err(Failure::BadRequest),
    };
    take(
        &app,
        (&subject, &login),
        analysed,
        &fields,
        decisions,
        (done, &next, &here),
    )
    .await
}

/// Puts contributions that are in no theme in one.
async fn place(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
    Typed(fields): Typed<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let fields = Fields::of(fields);
    let opened = Opened::of(&app, &session, &campaign).await?;
    let (subject, login) = (opened.subject.clone(), opened.login.clone());
    let here = Room::of(&subject).unclassified();
    let analysed = opened.kept()?;
    let chosen = fields.chosen();
    let done = match (fields.theme(), chosen.is_empty()) {
        (_, true) => "none",
        (None, _) => "which",
        (Some(to), false) => {
            let decisions = moved(chosen, Some(to));
            let pages = ("moved", &*here, &*here);
            return take(
                &app,
                (&subject, &login),
                analysed,
                &fields,
                decisions,
                pages,
            )
            .await;
        }
    };
    Ok(Redirect::to(&format!("{here}?fait={done}")).into_response())
}

fn moved(chosen: Vec<String>, to: Option<Key>) -> Vec<Decision> {
    let chosen = chosen.into_iter();
    chosen
        .map(|contribution| Decision::Move { contribution, to })
        .collect()
}

/// Takes decisions on the analysis that was read, all or none. `pages` are what was done, where
/// one goes then, and where one goes where that can't be.
async fn take(
    app: &App,
    of: (&Subject, &str),
    mut analysed: Analysed,
    fields: &Fields,
    decisions: Vec<Decision>,
    pages: (&str, &str, &str),
) -> Result<Response, Failure> {
    let (done, next, here) = pages;
    let back = |done: &str| Ok(Redirect::to(&format!("{here}?fait={done}")).into_response());
    let version = fields.version()?;
    for decision in decisions {
        // A contribution that is not of this analysis is nowhere to be put.
        let chosen = match &decision {
            Decision::Move { contribution, .. } | Decision::Decline { contribution, .. } => {
                std::slice::from_ref(contribution)
            }
            Decision::Split { contributions, .. } => contributions,
            _ => &[],
        };
        let known = &analysed.analysis.assignments;
        if chosen.iter().any(|id| !known.contains_key(id)) {
            return back("gone");
        }
        if analysed.journal.decide(decision).is_err() {
            return back("gone");
        }
    }
    let (subject, login) = of;
    let of = (subject, login, version);
    Opened::keep(app, of, &analysed, "analysis", next, done).await
}
