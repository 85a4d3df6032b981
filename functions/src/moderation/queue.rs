//! The desk: a list of what waits, one contribution whole, and what was done just now.

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use domain::{Action, ContributionRef, Invalid, Moderated};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::address;
use site_gen::view::{FormErrors, Link};

use super::done::Done;
use super::filters::{AGES, Filters, Kind, Listed, Noticed, since};
use super::{Opened, Typing, head, office};
use crate::session::Session;
use crate::store::Lane;
use crate::{App, Failure, SharedApp};

/// How many contributions the list shows; the count above it is of all.
const SHOWN: usize = 50;
/// How many contributions of a lane are read to fill a list with filters.
const READ: usize = 2_000;

/// The list, with its oldest contribution whole.
pub(super) async fn show(
    State(app): State<SharedApp>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
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
    let desk = Desk {
        app,
        session,
        filters: &Filters::read(query),
        done: Done::read(app, session, query).await?,
        invalid: &Invalid::default(),
        typing: &Typing::default(),
    };
    Ok(desk.render(chosen).await?.into_response())
}

/// A contribution by its title or first words, with its page in the back office.
pub(super) fn named(held: &Moderated) -> Link {
    let contribution = &held.contribution;
    let href = address::moderate(&contribution.reference().to_string());
    Link::new(contribution.words(), href)
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
        // Whoever reads all of a lane as it stands needs no more of it than is shown.
        let everything = self.session.moderator.may_everywhere(Action::Read);
        let limit = if everything && !self.filters.narrow() {
            SHOWN
        } else {
            READ
        };
        let lane = app.store.lane(self.filters.lane.lane(), limit).await?;
        let catalogue = app.renderer.catalogue();
        let listed: Vec<&Moderated> = lane
            .oldest
            .iter()
            .filter(|held| self.reads(held) && self.filters.hold(catalogue, held, now))
            .collect();
        // The whole lane is counted, and what is looked for in it among what was read.
        let whole = !self.filters.narrow() && listed.len() == lane.oldest.len();
        let count = if whole {
            lane.count
        } else {
            listed.len() as u64
        };
        let chosen = chosen.or_else(|| listed.first().copied().cloned());
        let current = chosen.as_ref().map(|held| held.contribution.reference());
        let place = listed
            .iter()
            .position(|held| Some(held.contribution.reference()) == current);
        let next = place.and_then(|place| listed.get(place + 1));
        let entries: Vec<Value> = listed
            .iter()
            .take(SHOWN)
            .map(|held| self.entry(held, now, current.as_ref()))
            .collect();
        let key = self.filters.lane.key();
        let oldest = listed.first().map(|held| age(app, since(held), now));
        let item = match &chosen {
            Some(held) => Some(self.item(held).await?),
            None => None,
        };
        let view = json!({
            "lanes": self.lanes().await?,
            "lane": key,
            "filters": (self.filters.open || self.filters.narrow()).then(|| self.choices()),
            "filter_href": self.filters.path(address::MODERATION, &[("filtrer", "oui")]),
            "narrow": self.filters.narrow(),
            "list": self.filters.spell(),
            "all_href": Filters { lane: self.filters.lane, ..Filters::default() }.path(address::MODERATION, &[]),
            "count": messages.count(&format!("moderation.count.{key}"), count),
            "oldest": oldest.map(|age| messages.text(&format!("moderation.oldest.{key}"), &[("age", age)])),
            "empty": {
                "heading": messages.text(&format!("moderation.empty.{key}.heading"), &[]),
                "text": messages.text(&format!("moderation.empty.{key}.text"), &[]),
            },
            "done": self.done,
            "items": entries,
            "more": count.saturating_sub(SHOWN as u64),
            "batch_action": "/moderation/lot",
            "moderates": listed.iter().any(|held| {
                let campaign = held.contribution.campaign();
                self.session.may_in(app, Action::Moderate, campaign)
            }),
            "reasons": super::item::reasons(app),
            "next": next.map(|held| held.contribution.reference().to_string()),
            "next_href": next.map(|held| self.filters.path(&named(held).href, &[])),
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

    fn entry(&self, held: &Moderated, now: Timestamp, current: Option<&ContributionRef>) -> Value {
        let reference = held.contribution.reference();
        let named = named(held);
        json!({
            "href": self.filters.path(&named.href, &[]),
            "choice": format!("{reference} {}", held.version),
            "noun": super::item::noun(self.app, &reference),
            "title": named.label,
            "campaign": super::item::campaign(self.app, &held.contribution).label,
            "age": age(self.app, since(held), now),
            "flagged": !held.flags.is_empty(),
            "current": current == Some(&reference),
        })
    }

    /// The lanes with how much is in each.
    async fn lanes(&self) -> Result<Vec<Value>, Failure> {
        let messages = self.app.renderer.messages();
        let mut lanes = Vec::new();
        for listed in Listed::ALL {
            let count = self.count(listed.lane()).await?;
            let filters = Filters {
                lane: listed,
                ..Filters::default()
            };
            let n = [("n", site_gen::number(count))];
            lanes.push(json!({
                "label": messages.text(&format!("moderation.lane.{}", listed.key()), &n),
                "href": filters.path(address::MODERATION, &[]),
                "current": listed == self.filters.lane,
            }));
        }
        Ok(lanes)
    }

    /// How much is in a lane, of what this moderator reads.
    async fn count(&self, lane: Lane) -> Result<u64, Failure> {
        if self.session.moderator.may_everywhere(Action::Read) {
            return Ok(self.app.store.lane(lane, 0).await?.count);
        }
        let lane = self.app.store.lane(lane, READ).await?;
        let read = lane.oldest.iter().filter(|held| self.reads(held));
        Ok(read.count() as u64)
    }

    fn reads(&self, held: &Moderated) -> bool {
        let campaign = held.contribution.campaign();
        self.session.may_in(self.app, Action::Read, campaign)
    }

    /// The filters as choices, with what is chosen.
    fn choices(&self) -> Value {
        let catalogue = self.app.renderer.catalogue();
        let messages = self.app.renderer.messages();
        let choice = |value: String, label: String, chosen: bool| json!({"value": value, "label": label, "chosen": chosen});
        let spaces: Vec<Value> = catalogue
            .spaces
            .values()
            .filter(|space| self.session.may(Action::Read, &space.slug))
            .map(|space| {
                let chosen = self.filters.space.as_ref() == Some(&space.slug);
                choice(space.slug.to_string(), space.name.clone(), chosen)
            })
            .collect();
        let campaigns: Vec<Value> = catalogue
            .campaigns
            .values()
            .filter(|campaign| self.session.may(Action::Read, &campaign.space))
            .map(|campaign| {
                let chosen = self.filters.campaign.as_ref() == Some(&campaign.slug);
                choice(campaign.slug.to_string(), campaign.short.clone(), chosen)
            })
            .collect();
        let kinds: Vec<Value> = Kind::ALL
            .into_iter()
            .map(|kind| {
                let label = messages.text(&format!("moderation.kind.{}", kind.key()), &[]);
                choice(
                    kind.key().to_owned(),
                    label,
                    self.filters.kind == Some(kind),
                )
            })
            .collect();
        let ages: Vec<Value> = AGES
            .into_iter()
            .map(|days| {
                let n = u64::try_from(days).unwrap_or_default();
                let label = messages.count("moderation.older", n);
                choice(days.to_string(), label, self.filters.days == Some(days))
            })
            .collect();
        let noticed: Vec<Value> = Noticed::all()
            .map(|noticed| {
                let label = messages.text(&format!("flag.{}", noticed.key()), &[]);
                let chosen = self.filters.noticed == Some(noticed);
                choice(noticed.key().to_owned(), label, chosen)
            })
            .collect();
        json!({
            "spaces": spaces,
            "campaigns": campaigns,
            "kinds": kinds,
            "ages": ages,
            "noticed": noticed,
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
        domain::Contribution::Comment(_) => 0,
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
