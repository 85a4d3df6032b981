//! What is in the lanes, of what a moderator may work on, and what stands above every list: the
//! lanes with their counts, and what is looked for.

use domain::{Action, Place};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::filters::{Filters, Listed};
use super::queue::age;
use crate::session::Session;
use crate::store::{InLane, Lane, Signal};
use crate::{App, Failure};

/// All that is in the lanes that a moderator may read, oldest first.
pub(super) struct Lanes {
    contributions: Vec<(Listed, Vec<InLane>)>,
    pub(super) reports: Vec<Signal>,
}

impl Lanes {
    /// Reads each lane to its end: what others have there hides nothing.
    pub(super) async fn read(app: &App, session: &Session) -> Result<Self, Failure> {
        let mut contributions = Vec::new();
        let mut reports = Vec::new();
        for listed in Listed::of(session) {
            let may = |place: &Place| session.may_in(app, listed.asks(), place);
            match listed.lane() {
                Some(lane) => {
                    let mut all = app.store.in_lane(lane).await?;
                    if listed == Listed::Waiting {
                        all.extend(app.store.in_lane(Lane::Reply).await?);
                        all.sort_by_key(|one| one.since);
                    }
                    all.retain(|one| may(&one.place) || is_theirs(app, session, listed, one));
                    if listed == Listed::Unanswered {
                        // What others still owe comes after what this moderator may answer.
                        all.sort_by_key(|one| !owes(app, session, one));
                    }
                    contributions.push((listed, all));
                }
                None => {
                    reports = app.store.signals().await?;
                    reports.retain(|one| may(&one.place));
                }
            }
        }
        Ok(Self {
            contributions,
            reports,
        })
    }

    /// The contributions of a lane; none of one that is not theirs.
    pub(super) fn of(&self, listed: Listed) -> &[InLane] {
        let lane = self.contributions.iter().find(|(lane, _)| *lane == listed);
        lane.map_or(&[], |(_, contributions)| contributions)
    }

    /// What stands above a list.
    pub(super) fn bar(&self, app: &App, session: &Session, filters: &Filters) -> Value {
        let now = app.now();
        // Where nobody was asked to agree, nobody looks for who was.
        let is_shown = |listed: &Listed| {
            *listed != Listed::Consent || *listed == filters.lane || !self.of(*listed).is_empty()
        };
        let lanes: Vec<Value> = Listed::of(session)
            .filter(is_shown)
            .map(|listed| {
                json!({
                    "label": self.label(app, listed, now),
                    "href": Filters::all(listed).list(&[]),
                    "current": listed == filters.lane,
                })
            })
            .collect();
        let choices = filters.open || filters.narrow();
        json!({
            "lanes": lanes,
            "filters": choices.then(|| filters.choices(app, session)),
            "filter_href": filters.list(&[("filtrer", "oui")]),
            "narrow": filters.narrow(),
            "action": filters.lane.page(),
            "file": filters.lane.file(),
            "list": filters.spell(),
            "all_href": Filters::all(filters.lane).list(&[]),
        })
    }

    /// The name of a lane, with how much is in it. Of reports it says how old the oldest is, since
    /// somebody may be hurt meanwhile.
    fn label(&self, app: &App, listed: Listed, now: Timestamp) -> String {
        let key = format!("moderation.lane.{}", listed.key());
        let count = match listed {
            Listed::Reported => self.reports.len(),
            _ => self.of(listed).len(),
        };
        let n = ("n", site_gen::number(count as u64));
        let oldest = self.reports.first().filter(|_| listed == Listed::Reported);
        let messages = app.renderer.messages();
        match oldest {
            Some(oldest) => {
                let age = ("age", age(app, oldest.received_at, now));
                messages.text("moderation.lane.signalements-since", &[n, age])
            }
            None => messages.text(&key, &[n]),
        }
    }
}

/// Whether somebody may do this in a whole space at least.
pub(super) fn may_somewhere(session: &Session, action: Action) -> bool {
    let grants = &session.moderator.grants;
    grants
        .iter()
        .any(|grant| grant.role.may(action) && grant.structure.is_none())
}

/// Whether what waits for an answer concerns the structure of somebody who answers for one.
fn is_theirs(app: &App, session: &Session, listed: Listed, one: &InLane) -> bool {
    listed == Listed::Unanswered
        && session.may_about(app, listed.asks(), &one.place, &one.structures)
}

/// Whether an answer is awaited that somebody may give, or of nobody in particular.
fn owes(app: &App, session: &Session, one: &InLane) -> bool {
    let may = |structure| session.may_for(app, Action::Answer, &one.place, structure);
    one.awaited.is_empty() || one.awaited.iter().any(may)
}
