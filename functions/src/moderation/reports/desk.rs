//! The page on which a moderator reads what was signalled.

use std::collections::HashMap;

use axum::response::Html;
use domain::{Contribution, ContributionRef, Invalid, ReportReason, Reported, Status};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::view::{FormErrors, Link};
use site_gen::{address, dates, markdown};

use super::{Signalled, TEXT_LIMIT, Typing};
use crate::moderation::filters::{Filters, Kind};
use crate::moderation::item::{People, noun, reasons, sent_to};
use crate::moderation::lanes::Lanes;
use crate::moderation::queue::{age, named};
use crate::moderation::{head, office};
use crate::reports::reason_label;
use crate::session::Session;
use crate::store::Signal;
use crate::{App, Failure};

/// How many contributions the list shows.
const LISTED: usize = 50;

/// What was signalled, one contribution whole, the decisions.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) session: &'a Session,
    pub(super) filters: &'a Filters,
    /// What was done of the last, and where that can be changed.
    pub(super) done: Option<(&'a str, Option<String>)>,
    /// What was typed in the form that comes back.
    pub(super) typing: Option<&'a Typing>,
    pub(super) invalid: &'a Invalid,
    /// What somebody did while the form was read, in words.
    pub(super) meanwhile: Option<String>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(app: &'a App, session: &'a Session, filters: &'a Filters) -> Self {
        const NOTHING: &Invalid = &Invalid { errors: Vec::new() };
        Self {
            app,
            session,
            filters,
            done: None,
            typing: None,
            invalid: NOTHING,
            meanwhile: None,
        }
    }

    /// Renders the desk with the chosen contribution, or what waits longest.
    pub(super) async fn render(
        &self,
        mut chosen: Option<Signalled>,
    ) -> Result<Html<String>, Failure> {
        let app = self.app;
        let messages = app.renderer.messages();
        let now = app.now();
        // What was typed is of what was chosen, and of nothing else.
        let typing = self.typing.filter(|_| chosen.is_some());
        let is_public = |held: &Signalled| held.held.status == Status::Published;
        let unsent = self.unsent(typing.is_some(), chosen.as_ref().is_some_and(is_public));
        let lanes = Lanes::read(app, self.session).await?;
        let groups = self.listed(grouped(&lanes.reports), now).await?;
        let count: usize = groups.iter().map(Vec::len).sum();
        let shown = groups.iter().take(LISTED);
        let about = shown
            .clone()
            .filter_map(|group| Some(&group.first()?.about));
        let whole = app.store.contributions(about).await?;
        let mut items = Vec::new();
        for group in shown {
            let Some(first) = group.first() else { continue };
            let Some(held) = whole.get(&first.about) else {
                continue;
            };
            let about = first.about.to_string();
            if chosen.is_none() {
                // The index may tell for a moment of what is closed by now.
                let oldest = Signalled::open(app, self.session, &about).await?;
                chosen = Some(oldest).filter(|oldest| !oldest.open.is_empty());
            }
            let current = chosen.as_ref().map(|chosen| &chosen.reference);
            items.push(json!({
                "href": self.filters.path(&address::moderate_reports(&about), &[]),
                "title": named(held).label,
                "current": current == Some(&first.about),
                "count": messages.count("reports.count", group.len() as u64),
                "age": age(app, first.received_at, now),
                "reasons": self.reasons(group.iter().map(|signal| signal.reason)),
                "campaign": sent_to(app, &held.contribution).label,
            }));
        }
        let item = match &chosen {
            Some(signalled) => Some(self.item(signalled, typing, now).await?),
            None => None,
        };
        let oldest = groups.first().and_then(|group| group.first());
        let oldest = oldest.map(|oldest| ("age", age(app, oldest.received_at, now)));
        let done = self.done.as_ref();
        let view = json!({
            "bar": lanes.bar(app, self.session, self.filters),
            "list": self.filters.spell(),
            "count": count,
            "oldest": oldest.map(|age| messages.text("reports.oldest", &[age])),
            "done": self.meanwhile.clone().or_else(|| {
                let (done, _) = done?;
                Some(messages.text(&format!("reports.done.{done}"), &[]))
            }),
            "done_href": done.and_then(|(_, page)| page.as_ref()),
            "late": self.meanwhile.is_some() || done.is_some_and(|(done, _)| *done == "conflict"),
            "unsent": unsent,
            "items": items,
            "more": groups.len().saturating_sub(LISTED),
            "item": item,
            "errors": FormErrors::of(self.invalid, messages),
        });
        let view = office(self.session, view);
        let head = head(app, "reports", address::REPORTS);
        let page = app
            .renderer
            .document("moderation/reports.html", &head, &view)?;
        Ok(Html(page))
    }

    /// Of what was signalled, what is on the list.
    async fn listed<'s>(
        &self,
        mut groups: Vec<Vec<&'s Signal>>,
        now: Timestamp,
    ) -> Result<Vec<Vec<&'s Signal>>, Failure> {
        let filters = self.filters;
        let catalogue = self.app.renderer.catalogue();
        groups.retain(|group| {
            let first = group.first();
            first.is_some_and(|first| {
                filters.hold_place(catalogue, &first.place, first.received_at, now)
            })
        });
        if filters.ask_kind() {
            let about = groups
                .iter()
                .filter_map(|group| Some(&group.first()?.about));
            let whole = self.app.store.contributions(about).await?;
            groups.retain(|group| {
                let held = group.first().and_then(|first| whole.get(&first.about));
                held.is_some_and(|held| {
                    filters.hold_kind(Kind::of(&held.contribution), &held.flags)
                })
            });
        }
        Ok(groups)
    }

    /// What was typed in a form that is not on the page any more.
    fn unsent(&self, is_chosen: bool, is_public: bool) -> Vec<String> {
        let Some(typing) = self.typing.filter(|_| self.meanwhile.is_some()) else {
            return Vec::new();
        };
        let mut texts = Vec::new();
        if !(is_chosen && is_public) {
            texts.push(typing.message.as_str());
            texts.extend(typing.kept.as_deref());
        }
        if !is_chosen {
            texts.extend(typing.hidden.as_deref());
        }
        let texts = texts.into_iter().filter(|text| !text.trim().is_empty());
        texts.map(markdown::citizens).collect()
    }

    async fn item(
        &self,
        signalled: &Signalled,
        typing: Option<&Typing>,
        now: Timestamp,
    ) -> Result<Value, Failure> {
        let app = self.app;
        let messages = app.renderer.messages();
        let contribution = &signalled.held.contribution;
        let reference = &signalled.reference;
        let status = signalled.held.status;
        let (name, parent) = match contribution {
            Contribution::Comment(comment) => {
                let idea = ContributionRef::Idea(comment.idea.clone());
                let replied = app.store.contribution(&idea).await?;
                let parent = replied.map(|replied| {
                    Link::new(
                        replied.contribution.words(),
                        address::contribution(&contribution.place(), &idea),
                    )
                });
                (comment.name.as_ref().map(|name| name.as_str()), parent)
            }
            Contribution::Idea(_) => (None, None),
            Contribution::Testimonial(testimonial) => (Some(testimonial.pseudonym.as_str()), None),
        };
        let reports: Vec<Value> = signalled
            .open
            .iter()
            .map(|report| {
                json!({
                    "reason": reason_label(app, report.reason),
                    "text": report.text.as_ref().map(|text| markdown::citizens(text.as_str())),
                    "age": age(app, report.received_at, now),
                    "reference": report.id.reference(),
                })
            })
            .collect();
        let people = People::of(app).await?;
        let closed = signalled.closed.iter();
        let closed: Vec<String> = closed.map(|it| self.closed(it, &people)).collect();
        let action = address::moderate_reports(&reference.to_string());
        let seen = signalled.open.iter().map(|report| report.received_at).max();
        // The form that comes back to be corrected is on what was read; after somebody else, on
        // what stands.
        let read = typing.filter(|_| self.meanwhile.is_none());
        let offered_hidden = match status {
            Status::Published => "reports.answer.hidden",
            _ => "reports.answer.gone",
        };
        // The form that was not sent comes back as it was offered.
        let kept = typing.and_then(|typing| typing.kept.clone());
        let hidden = typing.and_then(|typing| typing.hidden.clone());
        Ok(json!({
            "noun": noun(app, reference),
            "reference": reference.id().reference(),
            "title": contribution.title(),
            "name": name,
            "parent": parent,
            "body": markdown::citizens(contribution.body().as_str()),
            "campaign": sent_to(app, contribution),
            "received": dates::moment(contribution.received_at(), messages),
            "status": status.key(),
            "state": messages.text(&format!("reports.status.{}", status.key()), &[]),
            "public_href": app
                .public(reference)
                .await?
                .map(|_| address::contribution(&contribution.place(), reference)),
            "public": status == Status::Published,
            "count": messages.count("reports.count", reports.len() as u64),
            "reports": reports,
            "closed": closed,
            "version": read.map_or_else(
                || signalled.held.version.to_string(),
                |typing| typing.version.clone(),
            ),
            "seen": read.map_or_else(
                || seen.map_or_else(String::new, |seen| seen.as_millisecond().to_string()),
                |typing| typing.seen.clone(),
            ),
            "keep_action": format!("{action}/laisser"),
            "hide_action": format!("{action}/retirer"),
            "close_action": format!("{action}/clore"),
            "reasons": reasons(app, Some(reference)),
            "reason": typing.map(|typing| typing.reason.as_str()),
            "message": typing.map(|typing| typing.message.as_str()),
            "kept": kept.unwrap_or_else(|| self.offered(signalled)),
            "hidden": hidden.unwrap_or_else(|| messages.text(offered_hidden, &[])),
            "limit": TEXT_LIMIT,
        }))
    }

    /// What is said to who signalled something that stays, where they all say the same of it.
    fn offered(&self, signalled: &Signalled) -> String {
        let mut reasons = signalled.open.iter().map(|report| report.reason);
        let first = reasons.next();
        let agreed = first.filter(|first| reasons.all(|reason| reason == *first));
        let key = agreed.map_or("several", ReportReason::key);
        self.app
            .renderer
            .messages()
            .text(&format!("reports.answer.{key}"), &[])
    }

    /// The distinct reasons of reports, in the order of the form, as one text.
    fn reasons(&self, reasons: impl Iterator<Item = ReportReason>) -> String {
        let mut reasons: Vec<ReportReason> = reasons.collect();
        reasons.sort_unstable();
        reasons.dedup();
        let labels: Vec<String> = reasons
            .into_iter()
            .map(|reason| {
                let key = format!("report-reason.{}.short", reason.key());
                self.app.renderer.messages().text(&key, &[])
            })
            .collect();
        labels.join(", ")
    }

    /// A report that was closed, as one line.
    fn closed(&self, reported: &Reported, people: &People) -> String {
        let messages = self.app.renderer.messages();
        let Some(answer) = &reported.answer else {
            return String::new();
        };
        let key = format!("reports.closed.{}", answer.verdict.key());
        let args = [
            ("reason", reason_label(self.app, reported.report.reason)),
            ("date", dates::moment(answer.at, messages)),
            ("by", people.who(self.app, &answer.by)),
        ];
        messages.text(&key, &args)
    }
}

/// Reports by what they are about; what waits longest first.
fn grouped(reports: &[Signal]) -> Vec<Vec<&Signal>> {
    let mut groups: Vec<Vec<&Signal>> = Vec::new();
    let mut places: HashMap<&ContributionRef, usize> = HashMap::new();
    for report in reports {
        let place = *places.entry(&report.about).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(report),
            None => groups.push(vec![report]),
        }
    }
    groups
}
