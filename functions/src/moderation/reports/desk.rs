//! The page on which a moderator reads what was signalled.

use axum::response::Html;
use domain::{
    Action, Contribution, ContributionRef, Invalid, Report, ReportReason, Reported, Status,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::view::{FormErrors, Link};
use site_gen::{address, dates, markdown};

use super::{Signalled, TEXT_LIMIT, Typing};
use crate::moderation::item::{People, campaign, noun, reasons};
use crate::moderation::queue::age;
use crate::moderation::{head, office};
use crate::reports::reason_label;
use crate::session::Session;
use crate::{App, Failure};

/// How many open reports the list is made of; the count beside it is of all.
const READ: usize = 500;
/// How many contributions the list shows.
const LISTED: usize = 50;

/// What was signalled, one contribution whole, the decisions.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) session: &'a Session,
    /// What was done of the last.
    pub(super) done: Option<&'a str>,
    /// What was typed in the form that comes back.
    pub(super) typing: Option<&'a Typing>,
    pub(super) invalid: &'a Invalid,
    /// What somebody did while the form was read, in words.
    pub(super) meanwhile: Option<String>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(app: &'a App, session: &'a Session, done: Option<&'a str>) -> Self {
        const NOTHING: &Invalid = &Invalid { errors: Vec::new() };
        Self {
            app,
            session,
            done,
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
        let queue = app.store.reports_queue(READ).await?;
        let may = |report: &Report| self.session.may_in(app, Action::Moderate, &report.campaign);
        let whole = queue.oldest.iter().all(may);
        let oldest: Vec<Report> = queue.oldest.into_iter().filter(may).collect();
        let count = if whole {
            queue.count
        } else {
            oldest.len() as u64
        };
        // What was typed is of what was chosen, and of nothing else.
        let typing = self.typing.filter(|_| chosen.is_some());
        let is_public = |held: &Signalled| held.held.status == Status::Published;
        let unsent = self.unsent(typing.is_some(), chosen.as_ref().is_some_and(is_public));
        let groups = grouped(oldest);
        let mut items = Vec::new();
        for group in groups.iter().take(LISTED) {
            let Some(first) = group.first() else { continue };
            let about = first.about.to_string();
            // The index may tell for a moment of what is closed by now.
            let Some(held) = app.store.contribution(&first.about).await? else {
                continue;
            };
            if chosen.is_none() {
                let oldest = Signalled::open(app, self.session, &about).await?;
                chosen = Some(oldest).filter(|oldest| !oldest.open.is_empty());
            }
            let current = chosen.as_ref().map(|chosen| &chosen.reference);
            items.push(json!({
                "href": address::moderate_reports(&about),
                "title": held.contribution.words(),
                "current": current == Some(&first.about),
                "count": messages.count("reports.count", group.len() as u64),
                "age": age(app, first.received_at, now),
                "reasons": self.reasons(group.iter()),
                "campaign": campaign(app, &held.contribution).label,
            }));
        }
        let item = match &chosen {
            Some(signalled) => Some(self.item(signalled, typing, now).await?),
            None => None,
        };
        let view = json!({
            "count": count,
            "done": self.meanwhile.clone().or_else(|| {
                let done = self.done?;
                Some(messages.text(&format!("reports.done.{done}"), &[]))
            }),
            "late": self.meanwhile.is_some() || self.done == Some("conflict"),
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
                        address::contribution(&comment.campaign, &idea),
                    )
                });
                (comment.name.as_ref().map(|name| name.as_str()), parent)
            }
            Contribution::Idea(_) => (None, None),
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
            "campaign": campaign(app, contribution),
            "received": dates::moment(contribution.received_at(), messages),
            "status": status.key(),
            "state": messages.text(&format!("reports.status.{}", status.key()), &[]),
            "public_href": app
                .public(reference)
                .await?
                .map(|_| address::contribution(contribution.campaign(), reference)),
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
            "reasons": reasons(app),
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
    fn reasons<'r>(&self, reports: impl Iterator<Item = &'r Report>) -> String {
        let mut reasons: Vec<ReportReason> = reports.map(|report| report.reason).collect();
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
fn grouped(reports: Vec<Report>) -> Vec<Vec<Report>> {
    let mut groups: Vec<Vec<Report>> = Vec::new();
    for report in reports {
        let same = groups.iter_mut().find(|group| {
            group
                .first()
                .is_some_and(|first| first.about == report.about)
        });
        match same {
            Some(group) => group.push(report),
            None => groups.push(vec![report]),
        }
    }
    groups
}
