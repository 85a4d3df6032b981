//! What moderators see and do when a campaign is attacked: where much comes from, which ideas
//! many come to like at once; likes of a network are set aside, and a campaign asks for a proof of
//! work until it is over.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{Action, Campaign, Contribution, ContributionId, Idea};
use serde::Deserialize;
use serde_json::{Value, json};
use site_gen::view::Link;
use site_gen::{address, dates};

use super::{Opened, head, office};
use crate::form::{Done, Typed};
use crate::quota::Quota;
use crate::routes::Routes;
use crate::session::Session;
use crate::store::{Busy, Network, Noted};
use crate::{Failure, SharedApp};

/// How many lines a table has.
const SHOWN: usize = 20;

pub(super) fn router() -> Routes {
    Routes::new()
        .route(address::PROTECTION, get(show))
        .route("/moderation/protection/{campaign}", post(switch))
        .route("/moderation/soutiens/{contribution}", get(networks))
        .route(
            "/moderation/soutiens/{contribution}/annuler",
            post(invalidate),
        )
}

#[derive(Deserialize)]
struct Switch {
    #[serde(default)]
    faire: String,
}

/// Which network's likes are to be set aside, of the idea or of all of its campaign.
#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    plage: String,
    #[serde(default)]
    partout: String,
}

async fn show(
    State(app): State<SharedApp>,
    session: Session,
    Query(Done { fait }): Query<Done>,
) -> Result<Html<String>, Failure> {
    let now = app.now();
    let messages = app.renderer.messages();
    let mut campaigns = Vec::new();
    let mut rising = Vec::new();
    for campaign in app.renderer.catalogue().campaigns.values() {
        if !session.may(Action::Moderate, &campaign.space)
            || !(campaign.is_open(now) || campaign.offers_survey(now))
        {
            continue;
        }
        campaigns.push(json!({
            "campaign": Link::new(&campaign.short, address::campaign(&campaign.slug)),
            "protected": app.store.is_protected(&campaign.slug).await?,
            "action": format!("{}/{}", address::PROTECTION, campaign.slug),
        }));
        for idea in app.store.rising(&campaign.slug, now).await? {
            rising.push((idea, campaign));
        }
    }
    rising.sort_by_key(|(idea, _)| std::cmp::Reverse(idea.risen));
    let rising: Vec<Value> = rising
        .iter()
        .take(SHOWN)
        .map(|(idea, campaign)| {
            json!({
                "idea": Link::new(&idea.title, of_idea(&idea.idea)),
                "campaign": campaign.short,
                "likes": site_gen::number(idea.likes),
                "risen": site_gen::number(idea.risen),
            })
        })
        .collect();
    // Addresses belong to no space: who reads all spaces sees them.
    let busiest = if session.moderator.may_everywhere(Action::Moderate) {
        let hour = now.as_second().div_euclid(3600);
        Some(app.store.busiest(hour, SHOWN).await?)
    } else {
        None
    };
    let done = ["on", "off"].contains(&fait.as_str());
    let done = done.then(|| messages.text(&format!("protection.done.{fait}"), &[]));
    let view = json!({
        "campaigns": campaigns,
        "rising": rising,
        "busiest": busiest.map(|all| all.iter().map(busy).collect::<Vec<Value>>()),
        "done": done,
    });
    let head = head(&app, "protection", address::PROTECTION);
    let view = office(&session, view);
    let page = app
        .renderer
        .document("moderation/protection.html", &head, &view)?;
    Ok(Html(page))
}

/// What an address sent, and whether it was stopped: nobody can tell whose it is.
fn busy(busy: &Busy) -> Value {
    let sent: Vec<Value> = Quota::ALL
        .into_iter()
        .map(|quota| {
            let (what, limit) = quota.limit();
            let sent = busy.sent.get(what).copied().unwrap_or_default();
            json!({"sent": site_gen::number(sent), "stopped": sent >= limit})
        })
        .collect();
    json!({
        "address": label(&busy.address),
        "network": label(&busy.network),
        "sent": sent,
    })
}

/// The first digits of a hash tell it from the others of the day.
fn label(hash: &str) -> &str {
    hash.get(..6).unwrap_or(hash)
}

fn of_idea(idea: &ContributionId) -> String {
    format!("/moderation/soutiens/{idea}")
}

async fn switch(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
    Typed(Switch { faire }): Typed<Switch>,
) -> Result<Redirect, Failure> {
    let campaign = app.campaign(&campaign)?;
    let permit = session.permit(Action::Moderate, &campaign.space)?;
    let (protected, done) = match faire.as_str() {
        "activer" => (true, "on"),
        "desactiver" => (false, "off"),
        _ => return Err(Failure::BadRequest),
    };
    app.store
        .protect(&campaign.slug, protected, &permit, app.now())
        .await?;
    Ok(Redirect::to(&format!(
        "{}?fait={done}",
        address::PROTECTION
    )))
}

/// Where the likes of an idea came from; with a network chosen, whether they are to go.
async fn networks(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Query(Chosen { plage, .. }): Query<Chosen>,
    Query(Done { fait }): Query<Done>,
) -> Result<Html<String>, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Moderate).await?;
    let (idea, campaign) = opened.idea()?;
    let messages = app.renderer.messages();
    let networks = app.store.networks(&idea.id).await?;
    let chosen = networks.iter().find(|network| network.hash == plage);
    let path = of_idea(&idea.id);
    let row = |network: &Network| {
        json!({
            "label": label(&network.hash),
            "likes": site_gen::number(network.likes.len() as u64),
            "first": dates::moment(network.first, messages),
            "last": dates::moment(network.last, messages),
            "href": format!("{path}?plage={}", network.hash),
            "hash": network.hash,
        })
    };
    let shown: Vec<Value> = networks.iter().take(SHOWN).map(row).collect();
    let total: usize = networks.iter().map(|network| network.likes.len()).sum();
    let view = json!({
        "idea": Link::new(idea.title.as_str(), address::moderate(idea.id.as_str())),
        "campaign": campaign.short,
        "networks": shown,
        "more": networks.len().saturating_sub(SHOWN),
        "total": site_gen::number(total as u64),
        "chosen": chosen.map(row),
        "action": format!("{path}/annuler"),
        "back": path,
        "done": fait.parse().ok().map(|n: u64| messages.count("protection.invalidated", n)),
    });
    let view = office(&session, view);
    let head = head(&app, "likes-from", &path);
    let page = app
        .renderer
        .document("moderation/likes-from.html", &head, &view)?;
    Ok(Html(page))
}

async fn invalidate(
    State(app): State<SharedApp>,
    session: Session,
    Path(contribution): Path<String>,
    Typed(Chosen { plage, partout }): Typed<Chosen>,
) -> Result<Response, Failure> {
    let opened = Opened::of(&app, &session, &contribution, Action::Moderate).await?;
    let (idea, campaign) = opened.idea()?;
    if plage.is_empty() {
        return Err(Failure::BadRequest);
    }
    let everywhere = !partout.is_empty();
    let likes = if everywhere {
        let cards = app.store.cards(&campaign.slug).await?;
        let ideas: BTreeSet<ContributionId> = cards.into_iter().map(|card| card.id).collect();
        app.store.likes_from(&plage, &ideas).await?
    } else {
        let networks = app.store.networks(&idea.id).await?;
        let of = networks.into_iter().find(|network| network.hash == plage);
        of.map_or_else(Vec::new, |network| network.likes)
    };
    if !likes.is_empty() {
        let about = if everywhere {
            format!("campaign:{}", campaign.slug)
        } else {
            opened.reference.to_string()
        };
        let noted = Noted {
            at: app.now(),
            by: opened.permit.login().to_owned(),
            action: "invalidate-likes",
            about,
            before: likes.len().to_string(),
            after: format!("0 ({})", label(&plage)),
        };
        app.store.invalidate(&likes, &noted).await?;
    }
    let path = of_idea(&idea.id);
    Ok(Redirect::to(&format!("{path}?fait={}", likes.len())).into_response())
}

impl Opened<'_> {
    /// The idea with its campaign; comments are not liked.
    fn idea(&self) -> Result<(&Idea, &Campaign), Failure> {
        let Contribution::Idea(idea) = &self.held.contribution else {
            return Err(Failure::NotFound);
        };
        Ok((idea, self.app.campaign(idea.campaign.as_str())?))
    }
}
