//! What is shown of an analysis: the campaigns, and the themes of one.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use domain::Action;
use insights::themes::Key;
use serde_json::{Value, json};
use site_gen::view::{Head, Link};
use site_gen::{address, dates, number};

use super::written::Written;
use super::{Done, Opened};
use crate::analysis::{Analysed, Subject};
use crate::moderation::{head, office};
use crate::session::Session;
use crate::{App, Failure, SharedApp};

/// What the pages of an analysis may say that was done.
const SAID: [&str; 19] = [
    "shown",
    "made",
    "empty",
    "many",
    "overtaken",
    "undone",
    "nothing",
    "renamed",
    "label",
    "merged",
    "which",
    "validated",
    "hidden",
    "split",
    "moved",
    "confirmed",
    "declined",
    "none",
    "gone",
];

/// The pages of the analysis of a campaign.
pub(super) struct Room {
    pub(super) href: String,
}

impl Room {
    pub(super) fn of(subject: &Subject) -> Self {
        Self {
            href: format!("{}/{subject}/", address::ANALYSES),
        }
    }

    pub(super) fn theme(&self, Key(key): Key) -> String {
        format!("{}themes/{key}", self.href)
    }

    pub(super) fn unclassified(&self) -> String {
        format!("{}non-classees", self.href)
    }
}

pub(super) async fn list(
    State(app): State<SharedApp>,
    session: Session,
) -> Result<Html<String>, Failure> {
    let messages = app.renderer.messages();
    let tallies = app.store.tallies().await?;
    let mut campaigns = Vec::new();
    for campaign in app.renderer.catalogue().campaigns.values() {
        if !session.may(Action::Analyse, &campaign.space) {
            continue;
        }
        let tally = tallies.get(&campaign.slug).copied().unwrap_or_default();
        if tally.ideas > 0 {
            let subject = Subject::ideas(&campaign.slug);
            campaigns.push(json!({
                "link": Link::new(&campaign.title, Room::of(&subject).href),
                "count": messages.count("analyses.n-ideas", tally.ideas),
                "state": standing(&app, &subject).await?,
            }));
        }
        if tally.participants == 0 || !session.may(Action::Read, &campaign.space) {
            continue;
        }
        let questions = campaign.survey.iter().flat_map(|survey| survey.questions());
        for (_, question) in questions.filter(|(_, question)| question.is_open()) {
            let subject = Subject::answers(&campaign.slug, &question.id);
            let args = [
                ("campaign", campaign.title.clone()),
                ("question", question.label.clone()),
            ];
            let label = messages.text("analyses.of-question", &args);
            campaigns.push(json!({
                "link": Link::new(label, Room::of(&subject).href),
                "count": messages.count("analyses.n-participants", tally.participants),
                "state": standing(&app, &subject).await?,
            }));
        }
    }
    let view = office(&session, json!({"campaigns": campaigns}));
    let head = head(&app, "analyses", address::ANALYSES);
    let page = app
        .renderer
        .document("moderation/analyses.html", &head, &view)?;
    Ok(Html(page))
}

/// Where the analysis of a subject stands, in words.
async fn standing(app: &App, subject: &Subject) -> Result<String, Failure> {
    let messages = app.renderer.messages();
    let kept = app.store.kept_analysis(subject).await?;
    let kept = kept.and_then(|kept| Analysed::from_bytes(&kept.bytes));
    Ok(match &kept {
        None => messages.text("analyses.never", &[]),
        Some(kept) => {
            let review = kept.review();
            let validated = review.themes.values().filter(|it| it.validated).count();
            let args = [
                ("date", dates::instant(kept.at, messages)),
                ("validated", number(validated as u64)),
            ];
            let themes = review.themes.len() as u64;
            messages.count_with("analyses.state", themes, &args)
        }
    })
}

pub(super) async fn overview(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
    Query(Done { fait }): Query<Done>,
) -> Result<Html<String>, Failure> {
    let opened = Opened::of(&app, &session, &campaign).await?;
    let room = Room::of(&opened.subject);
    let messages = app.renderer.messages();
    let written = Written::of(&app, &opened.subject).await?;
    let count = match opened.question {
        Some(_) => written.count(),
        None => {
            let tallies = app.store.tallies().await?;
            let tally = tallies.get(&opened.campaign.slug);
            tally.map_or(0, |tally| tally.ideas)
        }
    };
    let found = opened
        .kept
        .as_ref()
        .map(|kept| found(&app, &room, kept, count, &written));
    let counted = match opened.question {
        Some(_) => "analyses.n-answers",
        None => "analyses.n-ideas",
    };
    let view = json!({
        "campaign": Link::new(&opened.campaign.title, address::campaign(&opened.campaign.slug)),
        "question": opened.question.map(|question| &question.label),
        "count": messages.count(counted, count),
        "some": count > 0,
        "run_action": format!("{}lancer", room.href),
        "version": opened.version,
        "undo_action": format!("{}annuler", room.href),
        "undoable": opened.kept.as_ref().is_some_and(|it| !it.journal.decisions().is_empty()),
        "found": found,
        "file_href": format!("{}analyse.json", room.href),
        "draft_href": opened.question.is_none().then(|| format!("{}resultats.md", room.href)),
        "draft_name": format!("{}.md", opened.campaign.slug),
        "done": said(&app, &fait),
    });
    let args = [("campaign", opened.campaign.short.clone())];
    let title = messages.text("analyses.title", &args);
    render(
        &app,
        &session,
        "moderation/analysis.html",
        title,
        &room.href,
        view,
    )
}

/// What an analysis found, as people left it.
fn found(app: &App, room: &Room, kept: &Analysed, count: u64, written: &Written) -> Value {
    let messages = app.renderer.messages();
    let review = kept.review();
    let coverage = &kept.analysis.coverage;
    let share = |part: usize| {
        let args = [("all", number(coverage.contributions as u64))];
        messages.count_with("analyses.of-all", part as u64, &args)
    };
    let before = kept.before.as_ref();
    let mut themes: Vec<_> = review.themes.iter().collect();
    themes.sort_by_key(|(key, theme)| (theme.hidden, std::cmp::Reverse(theme.size), **key));
    let likes = |key: &Key| -> u64 {
        let of = review
            .contributions
            .iter()
            .filter(|(_, place)| place.theme == *key);
        of.filter_map(|(id, _)| written.likes(id)).sum()
    };
    let rows = themes.iter().map(|(key, theme)| {
        let was = before.map(|before| match before.themes.get(key) {
            Some((_, size)) => number(*size as u64),
            None => messages.text("analyses.new", &[]),
        });
        let found = theme.found.iter();
        let largest = found
            .filter_map(|place| kept.analysis.themes.get(*place as usize))
            .max_by_key(|theme| theme.size);
        json!({
            "link": Link::new(&theme.label, room.theme(**key)),
            "size": number(theme.size as u64),
            "was": was,
            "likes": number(likes(key)),
            "stability": largest.map(|it| steadiness(app, it.stability)),
            "negative": largest.and_then(|it| it.sentiment).map(|it| number(it.negative as u64)),
            "state": messages.text(&format!("analyses.theme.{}", state(theme)), &[]),
        })
    });
    let gone = before.map(|before| {
        let gone = before.themes.iter();
        let gone = gone.filter(|(key, _)| !review.themes.contains_key(key));
        gone.map(|(_, (label, size))| {
            let args = [("label", label.clone())];
            messages.count_with("analyses.gone", *size as u64, &args)
        })
        .collect::<Vec<_>>()
    });
    let unclassified = coverage.contributions - review.contributions.len();
    let of_now = usize::try_from(count).unwrap_or(usize::MAX);
    json!({
        "date": dates::moment(kept.at, messages),
        "late": (of_now != coverage.contributions).then(|| {
            let args = [("now", number(count))];
            messages.count_with("analyses.late", coverage.contributions as u64, &args)
        }),
        "rows": rows.collect::<Vec<_>>(),
        "before": before.map(|it| {
            let args = [("date", dates::instant(it.at, messages))];
            messages.count_with("analyses.before", it.contributions as u64, &args)
        }),
        "gone": gone,
        "classified": share(review.contributions.len()),
        "unclassified": share(unclassified),
        "unclassified_href": room.unclassified(),
        "stability": steadiness(app, kept.analysis.stability),
    })
}

pub(super) fn state(theme: &insights::themes::Reviewed) -> &'static str {
    match theme {
        theme if theme.hidden => "hidden",
        theme if theme.validated => "validated",
        _ => "to-read",
    }
}

/// How surely something comes back when a fifth of the contributions is missing, in words.
pub(super) fn steadiness(app: &App, stability: f32) -> String {
    let key = match stability {
        it if it >= 0.75 => "steady",
        it if it >= 0.5 => "rather-steady",
        _ => "unsteady",
    };
    let messages = app.renderer.messages();
    messages.text(&format!("analyses.{key}"), &[])
}

pub(super) fn said(app: &App, done: &str) -> Option<String> {
    let messages = app.renderer.messages();
    SAID.contains(&done)
        .then(|| messages.text(&format!("analyses.done.{done}"), &[]))
}

pub(super) fn render(
    app: &App,
    session: &Session,
    template: &str,
    title: String,
    path: &str,
    view: Value,
) -> Result<Html<String>, Failure> {
    let messages = app.renderer.messages();
    let mut trail = app.renderer.trail_home();
    trail.push(Link::new(
        messages.text("head.analyses.title", &[]),
        address::ANALYSES,
    ));
    let head = Head {
        indexed: false,
        ..Head::of(title, "", path.to_owned(), trail)
    };
    let view = office(session, view);
    Ok(Html(app.renderer.document(template, &head, &view)?))
}
