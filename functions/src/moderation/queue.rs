//! The desk: a list of what waits, one contribution whole, and what was done just now.

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{Action, ContributionRef, Invalid, Moderated, Reply, Slug, Status};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::address;
use site_gen::view::{FormErrors, Link};

use super::done::Done;
use super::filters::{Filters, Listed};
use super::lanes::{self, Lanes};
use super::structure_answers::due;
use super::{DASHBOARD, Opened, Typing, head, office};
use crate::session::Session;
use crate::store::InLane;
use crate::{App, Failure, SharedApp};

/// How many contributions the list shows; the count above it is of all.
const SHOWN: usize = 50;
/// Where several contributions are decided at once.
pub(super) const BATCH: &str = "/moderation/lot";

/// The list, with its oldest contribution whole. Who reads none, and analyses, is led to the
/// figures.
pub(super) async fn show(
    State(app): State<SharedApp>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let may = |action| lanes::may_somewhere(&session, action);
    let has_list = Listed::of(&session).next().is_some();
    if may(Action::Analyse) && !has_list {
        return Ok(Redirect::to(DASHBOARD).into_response());
    }
    desk(&app, &session, &query.unwrap_or_default(), None).await
}

/// The list, with one contribution whole, wherever it stands.
pub(super) async fn show_item(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Read).await?;
    let query = query.unwrap_or_default();
    desk(&app, &session, &query, Some(opened.held.clone())).await
}

async fn desk(
    app: &App,
    session: &Session,
    query: &str,
    chosen: Option<Moderated>,
) -> Result<Response, Failure> {
    let mut filters = Filters::read(query);
    let mut theirs = Listed::of(session);
    if let Some(first) = theirs.next()
        && first != filters.lane
        && !theirs.any(|listed| listed == filters.lane)
    {
        filters.lane = first;
    }
    let desk = Desk {
        app,
        session,
        filters: &filters,
        done: Done::read(app, session, query).await?,
        invalid: &Invalid::default(),
        typing: &Typing {
            structure: structure_of(query),
            ..Typing::default()
        },
    };
    Ok(desk.render(chosen).await?.into_response())
}

/// The structure in whose name the address says that one answers; blank for none.
fn structure_of(query: &str) -> String {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == "structure");
    let known = values.next().and_then(|(_, slug)| Slug::parse(slug).ok());
    known.map(|slug| slug.to_string()).unwrap_or_default()
}

/// A contribution by its title or first words, with its page in the back office. What is not
/// confirmed is read by nobody: it has its reference alone.
pub(super) fn named(held: &Moderated) -> Link {
    let contribution = &held.contribution;
    let reference = contribution.reference();
    let label = match held.status {
        Status::Unconfirmed => reference.id().reference(),
        _ => contribution.words(),
    };
    Link::new(label, address::moderate(&reference.to_string()))
}

/// The page on which a moderator works.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) session: &'a Session,
    pub(super) filters: &'a Filters,
    pub(super) done: Option<Done>,
    pub(super) invalid: &'a Invalid,
    pub(super) typing: &'a Typing,
}

impl Desk<'_> {
    /// Renders the desk with the chosen contribution, or the oldest of the list.
    pub(super) async fn render(&self, chosen: Option<Moderated>) -> Result<Html<String>, Failure> {
        let app = self.app;
        let messages = app.renderer.messages();
        let now = app.now();
        let lanes = Lanes::read(app, self.session).await?;
        let filters = self.filters;
        let catalogue = app.renderer.catalogue();
        let listed: Vec<&InLane> = lanes
            .of(filters.lane)
            .iter()
            .filter(|one| filters.hold(catalogue, one, now))
            .collect();
        let count = listed.len() as u64;
        let shown = listed.iter().take(SHOWN);
        let whole = app
            .store
            .contributions(shown.clone().map(|one| &one.reference))
            .await?;
        let shown: Vec<(&InLane, &Moderated)> = shown
            .filter_map(|one| Some((*one, whole.get(&one.reference)?)))
            .collect();
        let chosen = chosen.or_else(|| shown.first().map(|(_, held)| (*held).clone()));
        let current = chosen.as_ref().map(|held| held.contribution.reference());
        let place = listed
            .iter()
            .position(|one| Some(&one.reference) == current.as_ref());
        let next = place.and_then(|place| listed.get(place + 1));
        let next = next.map(|one| one.reference.to_string());
        let entries: Vec<Value> = shown
            .iter()
            .map(|(one, held)| self.entry(one, held, now, current.as_ref()))
            .collect();
        let key = filters.lane.key();
        let oldest = listed.first().map(|one| age(app, one.since, now));
        let item = match &chosen {
            Some(held) => Some(self.item(held).await?),
            None => None,
        };
        let empty = if Listed::of(self.session).any(|listed| listed == filters.lane) {
            key
        } else {
            "sans-droits"
        };
        let view = json!({
            "bar": lanes.bar(app, self.session, filters),
            "lane": key,
            "list": filters.spell(),
            "count": messages.count(&format!("moderation.count.{key}"), count),
            "oldest": oldest.map(|age| messages.text(&format!("moderation.oldest.{key}"), &[("age", age)])),
            "empty": {
                "heading": messages.text(&format!("moderation.empty.{empty}.heading"), &[]),
                "text": messages.text(&format!("moderation.empty.{empty}.text"), &[]),
            },
            "done": self.done,
            "items": entries,
            "more": count.saturating_sub(SHOWN as u64),
            "batch_action": BATCH,
            "moderates": entries.iter().any(|entry| entry["choice"].is_string()),
            "reasons": super::item::reasons(app, current.as_ref()),
            "next": next,
            "next_href": next.as_ref().map(|next| filters.path(&address::moderate(next), &[])),
            "item": item,
            "errors": FormErrors::of(self.invalid, messages),
        });
        let view = office(self.session, view);
        let head = head(app, "queue", address::MODERATION);
        let page = app
            .renderer
            .document("moderation/queue.html", &head, &view)?;
        Ok(Html(page))
    }

    /// The structures whose answer to a testimonial is awaited, on the list of what has none.
    fn awaited(&self, one: &InLane) -> Option<String> {
        let is_told = matches!(one.reference, ContributionRef::Testimonial(_));
        if self.filters.lane != Listed::Unanswered || !is_told {
            return None;
        }
        let views = self.app.renderer.views(self.app.now());
        let names: Vec<String> = one.awaited.iter().map(|it| views.structure(it)).collect();
        Some(match names.as_slice() {
            [] => self.app.renderer.messages().text("answering.to-name", &[]),
            names => names.join(", "),
        })
    }

    fn entry(
        &self,
        one: &InLane,
        held: &Moderated,
        now: Timestamp,
        current: Option<&ContributionRef>,
    ) -> Value {
        let reference = &one.reference;
        let named = named(held);
        // A box stands where this moderator may decide, and nowhere else.
        let may = self.filters.lane == Listed::Waiting
            && held.status == Status::Waiting
            && self.session.may_in(self.app, Action::Moderate, &one.place);
        let reply = held.reply.as_ref().filter(|reply| reply.waits());
        let reply = reply.filter(|_| self.filters.lane == Listed::Waiting);
        let due = (self.filters.lane == Listed::Unanswered)
            .then(|| due(self.app, held, now))
            .flatten();
        let noun = match reply {
            Some(_) => self
                .app
                .renderer
                .messages()
                .text("answering.reply.noun", &[]),
            None => super::item::noun(self.app, reference),
        };
        let holds_personal =
            |reply: &Reply| !insights::personal::kinds(reply.text.as_str()).is_empty();
        json!({
            "href": self.filters.path(&named.href, &[]),
            "choice": may.then(|| format!("{reference} {}", held.version)),
            "noun": noun,
            "title": named.label,
            "campaign": self.awaited(one).unwrap_or_else(|| super::item::sent_to(self.app, &held.contribution).label),
            "age": due.as_ref().map_or_else(|| age(self.app, one.since, now), |due| due.words.clone()),
            "late": due.is_some_and(|due| due.late),
            "flagged": reply.map_or(!held.flags.is_empty(), holds_personal),
            "current": current == Some(reference),
        })
    }
}

/// Asks whether an idea is to be grouped with another.
pub(super) async fn ask_to_merge(
    opened: &Opened<'_>,
    typing: &Typing,
    other: &Moderated,
) -> Result<Response, Failure> {
    let app = opened.app;
    let reference = opened.reference.to_string();
    let view = json!({
        "this": named(&opened.held),
        "other": named(other),
        "body": site_gen::markdown::citizens(opened.held.contribution.body().as_str()),
        "other_body": site_gen::markdown::citizens(other.contribution.body().as_str()),
        "carried": carried(&opened.held),
        "comments": app
            .store
            .comments_published(opened.reference.id(), Timestamp::MIN, Timestamp::MAX)
            .await?,
        "action": format!("{}/regrouper", address::moderate(&reference)),
        "version": opened.held.version,
        "list": typing.liste,
        "next": typing.suivante,
        "into": other.contribution.reference().to_string(),
    });
    let view = office(opened.session, view);
    let head = head(app, "merge", &address::moderate(&reference));
    let page = app
        .renderer
        .document("moderation/merge.html", &head, &view)?;
    Ok(Html(page).into_response())
}

/// How many likes were imported with an idea: nobody knows whose they are.
fn carried(held: &Moderated) -> u64 {
    match &held.contribution {
        domain::Contribution::Idea(idea) => idea.carried_likes,
        domain::Contribution::Comment(_) | domain::Contribution::Testimonial(_) => 0,
    }
}

/// For how long something has waited, in words.
pub(super) fn age(app: &App, since: Timestamp, now: Timestamp) -> String {
    let minutes = u64::try_from(now.duration_since(since).as_mins()).unwrap_or_default();
    let messages = app.renderer.messages();
    match minutes {
        0 => messages.text("age.now", &[]),
        1..60 => messages.count("age.minutes", minutes),
        60..1_440 => messages.count("age.hours", minutes / 60),
        _ => messages.count("age.days", minutes / 1_440),
    }
}
