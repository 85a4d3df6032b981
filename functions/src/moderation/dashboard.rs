//! The dashboard: what was received, what became of it, and how long it took.

use axum::extract::{RawQuery, State};
use axum::response::Html;
use domain::{Action, Place, RejectionReason, Slug, Status};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::filters::Filters;
use super::item::reasons;
use super::queue::age;
use super::{DASHBOARD, head, office};
use crate::session::Session;
use crate::store::Standing;
use crate::{App, Failure, SharedApp};

pub(super) async fn show(
    State(app): State<SharedApp>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, Failure> {
    let filters = Filters::read(&query.unwrap_or_default());
    let catalogue = app.renderer.catalogue();
    let now = app.now();
    let standings = app.store.standings().await?;
    let of_space = |standing: &&Standing| {
        let known = catalogue.space_of(&standing.place);
        let of = |space: &Slug| known.is_some_and(|known| known.slug == *space);
        filters.space.as_ref().is_none_or(of)
    };
    // Who reads contributions reads what becomes of them; so does who works on what is public.
    let may = |place: &Place| {
        let mut rights = [Action::Read, Action::Analyse].into_iter();
        rights.any(|action| session.may_in(&app, action, place))
    };
    let all: Vec<&Standing> = standings
        .iter()
        .filter(of_space)
        // What is not confirmed may be nobody's.
        .filter(|standing| standing.status != Status::Unconfirmed)
        .filter(|standing| may(&standing.place))
        .collect();
    let mut rows = Vec::new();
    for campaign in catalogue.campaigns.values() {
        let of: Vec<&Standing> = all
            .iter()
            .copied()
            .filter(|standing| standing.place.campaign() == Some(&campaign.slug))
            .collect();
        if !of.is_empty() {
            rows.push(row(&app, &campaign.short, &of, now));
        }
    }
    for space in catalogue.spaces.values() {
        let place = Place::Testimonials(space.slug.clone());
        let of = all
            .iter()
            .copied()
            .filter(|standing| standing.place == place);
        let of: Vec<&Standing> = of.collect();
        if !of.is_empty() {
            let args = [("space", space.name.clone())];
            let name = app
                .renderer
                .messages()
                .text("dashboard.testimonials", &args);
            rows.push(row(&app, &name, &of, now));
        }
    }
    let spaces: Vec<Value> = catalogue
        .spaces
        .values()
        .filter(|space| {
            let may = |action| session.may(action, &space.slug);
            may(Action::Read) || may(Action::Analyse)
        })
        .map(|space| {
            let chosen = filters.space.as_ref() == Some(&space.slug);
            json!({"value": space.slug.as_str(), "label": space.name, "chosen": chosen})
        })
        .collect();
    let tallies = app.store.tallies().await?;
    let surveys: Vec<Value> = catalogue
        .campaigns
        .values()
        .filter(|campaign| campaign.survey.is_some())
        .filter(|campaign| {
            let place = Place::Campaign(campaign.slug.clone());
            let is_chosen = filters.space.as_ref();
            is_chosen.is_none_or(|space| *space == campaign.space) && may(&place)
        })
        .map(|campaign| {
            let tally = tallies.get(&campaign.slug).copied().unwrap_or_default();
            let messages = app.renderer.messages();
            json!({
                "name": campaign.short,
                "participants": messages.count("campaign.participants", tally.participants),
            })
        })
        .collect();
    let whole = app.renderer.messages().text("dashboard.whole", &[]);
    let view = json!({
        "whole": row(&app, &whole, &all, now),
        "rows": rows,
        "reasons": refusals(&app, &all),
        "spaces": spaces,
        "surveys": surveys,
        "date": site_gen::dates::moment(now, app.renderer.messages()),
    });
    let view = office(&session, view);
    let head = head(&app, "dashboard", DASHBOARD);
    let page = app
        .renderer
        .document("moderation/dashboard.html", &head, &view)?;
    Ok(Html(page))
}

/// The figures of some contributions: each is in one column beside those received. Delays are from
/// receipt to the first decision of a moderator.
fn row(app: &App, name: &str, standings: &[&Standing], now: Timestamp) -> Value {
    let number = |count: usize| site_gen::number(count as u64);
    let count = |key: &str| {
        let of = standings.iter().filter(|one| column(one) == key);
        number(of.count())
    };
    let mut delays: Vec<i64> = standings
        .iter()
        .filter_map(|one| Some(one.decided_at?.duration_since(one.received_at).as_secs()))
        .collect();
    delays.sort_unstable();
    let oldest = standings
        .iter()
        .filter(|one| one.status == Status::Waiting)
        .map(|one| one.received_at)
        .min();
    json!({
        "name": name,
        "received": number(standings.len()),
        "published": count("published"),
        "refused": count("refused"),
        "waiting": count("waiting"),
        "grouped": count("grouped"),
        "hidden": count("hidden"),
        "withdrawn": count("withdrawn"),
        "decided": delays.len(),
        "median": percentile(&delays, 50).map(|seconds| delay(app, seconds)),
        "ninth": percentile(&delays, 90).map(|seconds| delay(app, seconds)),
        "oldest": oldest.map(|since| age(app, since, now)),
    })
}

/// The column in which a contribution is counted.
fn column(standing: &Standing) -> &'static str {
    match standing.status {
        Status::Refused(_) | Status::Hidden(_) if standing.grouped => "grouped",
        status => status.key(),
    }
}

/// Refusals by reason, the most frequent first, each with all refusals as its base. What is
/// grouped with another is none.
fn refusals(app: &App, standings: &[&Standing]) -> Vec<Value> {
    let refused: Vec<RejectionReason> = standings
        .iter()
        .filter_map(|one| match one.status {
            Status::Refused(reason) if !one.grouped => Some(reason),
            _ => None,
        })
        .collect();
    let mut counts: Vec<(usize, String)> = reasons(app, None)
        .into_iter()
        .map(|choice| {
            let of = refused.iter().filter(|reason| reason.key() == choice.value);
            (of.count(), choice.label)
        })
        .filter(|(count, _)| *count > 0)
        .collect();
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    counts
        .into_iter()
        .map(|(count, label)| {
            let number = |count: usize| site_gen::number(count as u64);
            json!({"label": label, "count": number(count), "of": number(refused.len())})
        })
        .collect()
}

/// The nearest-rank percentile of sorted values.
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// A delay in words.
fn delay(app: &App, seconds: i64) -> String {
    let messages = app.renderer.messages();
    let minutes = u64::try_from(seconds / 60).unwrap_or_default();
    match minutes {
        0 => messages.text("dashboard.delay.now", &[]),
        1..60 => messages.count("dashboard.delay.minutes", minutes),
        60..2_880 => messages.count("dashboard.delay.hours", minutes / 60),
        _ => messages.count("dashboard.delay.days", minutes / 1_440),
    }
}
