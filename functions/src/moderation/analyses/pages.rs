//! What is shown of an analysis: the campaigns, and the themes of one.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Html;
use domain::{Action, Campaign, IdeaCard};
use insights::themes::Key;
use serde_json::{Value, json};
use site_gen::view::{Head, Link};
use site_gen::{address, dates, number};

use super::{Done, Opened};
use crate::analysis::Analysed;
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
    pub(super) fn of(campaign: &Campaign) -> Self {
        Self {
            href: format!("{}{}/", address::ANALYSES, campaign.slug),
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
        let ideas = tallies.get(&campaign.slug).map_or(0, |tally| tally.ideas);
        if !session.may(Action::Analyse, &campaign.space) || ideas == 0 {
            continue;
        }
        let kept = app.store.kept_analysis(&campaign.slug).await?;
        let kept = kept.and_then(|kept| Analysed::from_bytes(&kept.bytes));
        let state = match &kept {
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
        };
        campaigns.push(json!({
            "link": Link::new(&campaign.title, Room::of(campaign).href),
            "ideas": messages.count("analyses.n-ideas", ideas),
            "state": state,
        }));
    }
    let view = office(&session, json!({"campaigns": campaigns}));
    let head = head(&app, "analyses", address::ANALYSES);
    let page = app
        .renderer
        .document("moderation/analyses.html", &head, &view)?;
    Ok(Html(page))
}

pub(super) async fn overview(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
    Query(Done { fait }): Query<Done>,
) -> Result<Html<String>, Failure> {
    let opened = Opened::of(&app, &session, &campaign).await?;
    let room = Room::of(opened.campaign);
    let messages = app.renderer.messages();
    let tallies = app.store.tallies().await?;
    let ideas = tallies
        .get(&opened.campaign.slug)
        .map_or(0, |tally| tally.ideas);
    let found = match &opened.kept {
        Some(kept) => {
            let cards = cards(&app, opened.campaign).await?;
            Some(found(&app, &room, kept, ideas, &cards))
        }
        None => None,
    };
    let view = json!({
        "campaign": Link::new(&opened.campaign.title, address::campaign(&opened.campaign.slug)),
        "ideas": messages.count("analyses.n-ideas", ideas),
        "some": ideas > 0,
        "run_action": format!("{}lancer", room.href),
        "version": opened.version,
        "undo_action": format!("{}annuler", room.href),
        "undoable": opened.kept.as_ref().is_some_and(|it| !it.journal.decisions().is_empty()),
        "found": found,
        "file_href": format!("{}analyse.json", room.href),
        "draft_href": format!("{}resultats.md", room.href),
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
fn found(
    app: &App,
    room: &Room,
    kept: &Analysed,
    ideas: u64,
    cards: &BTreeMap<String, IdeaCard>,
) -> Value {
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
        of.filter_map(|(id, _)| cards.get(id))
            .map(|card| card.likes)
            .sum()
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
    let of_now = usize::try_from(ideas).unwrap_or(usize::MAX);
    json!({
        "date": dates::moment(kept.at, messages),
        "late": (of_now != coverage.contributions).then(|| {
            let args = [("now", number(ideas))];
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

pub(super) async fn cards(
    app: &App,
    campaign: &Campaign,
) -> Result<BTreeMap<String, IdeaCard>, Failure> {
    let cards = app.store.cards(&campaign.slug).await?.into_iter();
    Ok(cards.map(|card| (card.id.to_string(), card)).collect())
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
