//! One contribution whole, with where it stands, what was decided of it, and what may be.

use std::collections::BTreeMap;

use domain::{
    Action, Alert, Contribution, ContributionRef, Decided as Outcomes, Moderated, RejectionReason,
    Reported, Status, TestimonialForm,
};
use serde_json::{Value, json};
use site_gen::view::{Choice, Link};
use site_gen::{address, dates, markdown};

use super::decisions::{MESSAGE_LIMIT, public_page};
use super::queue::{Desk, named};
use super::{Typing, history};
use crate::store::{AUTHOR, CLOCK, COMMAND};
use crate::{App, Failure};

impl Desk<'_> {
    /// What the page shows of a contribution.
    pub(super) async fn item(&self, held: &Moderated) -> Result<Value, Failure> {
        let app = self.app;
        let messages = app.renderer.messages();
        let people = &People::of(app).await?;
        let contribution = &held.contribution;
        let reference = contribution.reference();
        let (kind, category, question, name) = match contribution {
            Contribution::Idea(idea) => (
                Some(messages.text(&format!("kind.{}.label", idea.kind.key()), &[])),
                idea.category.clone(),
                idea.question.clone(),
                None,
            ),
            Contribution::Comment(comment) => {
                let name = comment.name.as_ref().map(|name| name.as_str().to_owned());
                (None, None, None, name)
            }
            Contribution::Testimonial(testimonial) => {
                let name = testimonial.pseudonym.as_str().to_owned();
                (None, None, None, Some(name))
            }
        };
        let status = held.status;
        let may = |action| self.session.may_on(app, action, held);
        let (moderates, answers) = (may(Action::Moderate), may(Action::Answer));
        let log = app.store.history(&reference.to_string()).await?;
        let reports = app.store.reports(&reference).await?;
        // Nobody reads it before its author confirms it; where there is nothing to read, nothing
        // is shown but why.
        let is_read = status != Status::Unconfirmed;
        let body = contribution.body().as_str();
        Ok(json!({
            "noun": noun(app, &reference),
            "reference": reference.id().reference(),
            "version": held.version,
            "title": contribution.title().filter(|_| is_read),
            "kind": kind.filter(|_| is_read),
            "category": category.filter(|_| is_read),
            "question": question.filter(|_| is_read),
            "name": name.filter(|_| is_read),
            "told": if is_read { self.told(contribution) } else { Vec::new() },
            "body": is_read.then(|| markdown::citizens(body)),
            "erased": held.erased,
            "flags": self.flags(held).filter(|_| is_read),
            "signalled": self.signalled(held, &reports),
            "campaign": sent_to(app, contribution),
            "parent": self.parent(contribution).await?,
            "received": dates::moment(contribution.received_at(), messages),
            "status": status.key(),
            "state": messages.text(&format!("moderation.status.{}", status.key()), &[]),
            "reason": status.reason().map(|reason| reason_label(app, reason)),
            "message": held.message.as_ref().map(|message| markdown::citizens(message.as_str())),
            "merged_into": self.merged_into(held).await?,
            "public_href": self.app.public(&reference).await?.and(public_page(held)),
            "action": address::moderate(&reference.to_string()),
            "may": {
                "publish": moderates && status == Status::Waiting,
                "refuse": moderates && status == Status::Waiting,
                "hide": moderates && status == Status::Published,
                "restore": moderates && matches!(status, Status::Hidden(_)) && held.merged_into.is_none(),
                "reopen": moderates && held.merged_into.is_none() && matches!(
                    status,
                    Status::Refused(_) | Status::AwaitingConsent | Status::Lapsed
                ),
                "propose": moderates && status == Status::Waiting
                    && matches!(reference, ContributionRef::Testimonial(_)),
                "merge": moderates && matches!(status, Status::Waiting | Status::Published)
                    && matches!(reference, ContributionRef::Idea(_)),
                "answer": answers && status == Status::Published
                    && matches!(reference, ContributionRef::Idea(_)),
            },
            "answering": self.answering(held, people).filter(|_| is_read),
            "near": if is_read { self.near(held).await } else { Vec::new() },
            "answer": self.answer(held, people),
            "proposed": self.proposed(held, people),
            "versions": self.versions(held, people).await?,
            "moderates": moderates,
            "alert": held.alert.as_ref().map(|alert| self.alert(alert, people)),
            "typed": {
                "reason": self.typing.reason,
                "message": self.typing.message,
                "into": self.typing.into,
                "who": self.typing.who,
                "proposal_why": self.typing.proposal_why,
                "proposed_title": self.typed_or(&self.typing.proposed_title, || {
                    contribution.title().unwrap_or_default()
                }),
                "proposed_text": self.typed_or(&self.typing.proposed_text, || body),
                "proposes": !self.typing.proposed_text.is_empty(),
            },
            "limits": {
                "message": MESSAGE_LIMIT,
                "team": domain::ResponseForm::TEAM_LIMIT,
                "response": domain::ResponseForm::TEXT_LIMIT,
                "outcome": domain::OutcomeForm::TEXT_LIMIT,
                "who": domain::ToldForm::LIMIT,
                "title": TestimonialForm::TITLE_LIMIT,
                "text": TestimonialForm::TEXT_LIMIT,
            },
            "history": history::lines(app, held, &log, &reports, people),
            "unsent": self.unsent(held),
        }))
    }

    /// What was noticed of a contribution, in words; none where nothing was.
    fn flags(&self, held: &Moderated) -> Option<String> {
        let messages = self.app.renderer.messages();
        let flags = held.flags.iter();
        let words: Vec<String> = flags
            .map(|flag| messages.text(&format!("flag.{}", flag.key()), &[]))
            .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// The idea that a comment replies to, and where it stands in words where it is not public:
    /// the comment is not either, whatever is decided of it.
    async fn parent(&self, contribution: &Contribution) -> Result<Option<Value>, Failure> {
        let Contribution::Comment(comment) = contribution else {
            return Ok(None);
        };
        let idea = ContributionRef::Idea(comment.idea.clone());
        let replied = self.app.store.contribution(&idea).await?;
        Ok(replied.map(|replied| {
            let messages = self.app.renderer.messages();
            let key = match &replied.merged_into {
                Some(_) => "moderation.parent-merged".to_owned(),
                None => format!("moderation.status.{}", replied.status.key()),
            };
            let Link { label, href } = named(&replied);
            let is_gone = replied.status != Status::Published;
            let state = is_gone.then(|| messages.text(&key, &[]));
            json!({"label": label, "href": href, "state": state})
        }))
    }

    /// The published ideas with which this one may be grouped.
    async fn near(&self, held: &Moderated) -> Vec<Value> {
        let Contribution::Idea(idea) = &held.contribution else {
            return Vec::new();
        };
        let views = self.app.renderer.views(self.app.now());
        let near = self.app.similar(&idea.campaign, &idea.title, &idea.body);
        near.await
            .iter()
            .filter(|card| card.id != idea.id)
            .map(|card| {
                let view = views.idea_card(&idea.campaign, card);
                json!({"id": card.id.as_str(), "href": view.href, "title": view.title, "likes": view.likes})
            })
            .collect()
    }

    async fn merged_into(&self, held: &Moderated) -> Result<Option<Link>, Failure> {
        let Some(into) = &held.merged_into else {
            return Ok(None);
        };
        let other = ContributionRef::Idea(into.clone());
        let other = self.app.store.contribution(&other).await?;
        Ok(other.map(|other| named(&other)))
    }

    /// What the institution says of it, and what was typed to say more.
    fn answer(&self, held: &Moderated, people: &People) -> Value {
        let messages = self.app.renderer.messages();
        let published = held.response.as_ref();
        let draft = held.draft.as_ref();
        let Typing {
            team,
            response,
            decision,
            outcome,
            ..
        } = self.typing;
        let typed = !(team.is_empty() && response.is_empty());
        let (team, text) = match (typed, draft, published) {
            (true, ..) => (team.as_str(), response.as_str()),
            (false, Some(draft), _) => (draft.team.as_str(), draft.text.as_str()),
            (false, None, Some(said)) => (said.team.as_str(), said.text.as_str()),
            (false, None, None) => (self.team(held), ""),
        };
        let settled = held.outcome.as_ref();
        // What somebody wrote since the page was read stands above what was typed.
        let theirs = (typed && self.is_stale(held)).then(|| match (draft, published) {
            (Some(draft), _) => Some(json!({
                "by": people.who(self.app, &draft.by),
                "at": dates::moment(draft.saved_at, messages),
                "body": markdown::citizens(draft.text.as_str()),
            })),
            (None, Some(said)) => Some(json!({
                "by": said.team,
                "at": dates::moment(said.corrected_at.unwrap_or(said.published_at), messages),
                "body": markdown::citizens(said.text.as_str()),
            })),
            (None, None) => None,
        });
        let typed = !(decision.is_empty() && outcome.is_empty());
        let (decision, why) = match (typed, settled) {
            (true, _) => (decision.as_str(), outcome.as_str()),
            (false, Some(settled)) => (settled.decision.key(), settled.text.as_str()),
            (false, None) => ("", ""),
        };
        let decided = settled.filter(|_| typed && self.is_stale(held));
        let decisions: Vec<Value> = Outcomes::ALL
            .into_iter()
            .map(|decided| {
                let key = decided.key();
                let label = messages.text(&format!("outcome.{key}"), &[]);
                json!({"value": key, "label": label, "chosen": key == decision})
            })
            .collect();
        json!({
            "team": team,
            "text": text,
            "published": published.map(|said| dates::instant(said.published_at, messages)),
            "corrected": published
                .and_then(|said| said.corrected_at)
                .map(|at| dates::instant(at, messages)),
            "draft": draft.map(|draft| json!({
                "by": people.who(self.app, &draft.by),
                "saved": dates::moment(draft.saved_at, messages),
            })),
            "theirs": theirs.flatten(),
            "decided": decided.map(|outcome| json!({
                "decision": messages.text(&format!("outcome.{}", outcome.decision.key()), &[]),
                "at": dates::moment(outcome.decided_at, messages),
                "body": markdown::citizens(outcome.text.as_str()),
            })),
            "decisions": decisions,
            "why": why,
            "settled": settled.map(|settled| dates::instant(settled.decided_at, messages)),
        })
    }

    /// Whether somebody changed it since the page was read on which something was typed.
    fn is_stale(&self, held: &Moderated) -> bool {
        !self.typing.version.is_empty() && self.typing.version != held.version.to_string()
    }

    /// What was typed in a form that the contribution, as it stands now, has no more.
    fn unsent(&self, held: &Moderated) -> Vec<String> {
        let typing = self.typing;
        let (mut texts, is_public) = (Vec::new(), held.status == Status::Published);
        if !is_public && held.status != Status::Waiting {
            texts.push(&typing.message);
        }
        if !is_public {
            texts.extend([&typing.response, &typing.outcome]);
        }
        texts.extend(self.unsent_answers(held));
        let texts = texts.into_iter().filter(|text| !text.trim().is_empty());
        texts.map(|text| markdown::citizens(text)).collect()
    }

    /// The team that signs, where nobody has said: that of the campaign's space.
    fn team(&self, held: &Moderated) -> &str {
        let catalogue = self.app.renderer.catalogue();
        let space = catalogue.space_of(&held.contribution.place());
        space.map_or("", |space| space.name.as_str())
    }

    fn alert(&self, alert: &Alert, people: &People) -> Value {
        let messages = self.app.renderer.messages();
        let told: Vec<Value> = alert
            .told
            .iter()
            .map(|told| {
                json!({
                    "who": told.who,
                    "by": people.who(self.app, &told.by),
                    "at": dates::moment(told.at, messages),
                })
            })
            .collect();
        json!({
            "told": told,
            "closed": alert.closed_at.map(|at| dates::moment(at, messages)),
        })
    }

    /// That the public signalled it, with where that is decided of; none where nothing waits, or
    /// for who may not.
    fn signalled(&self, held: &Moderated, reports: &[Reported]) -> Option<Link> {
        let contribution = &held.contribution;
        let open = reports.iter().filter(|report| report.answer.is_none());
        let count = open.count() as u64;
        let place = contribution.place();
        let may = self.session.may_in(self.app, Action::Moderate, &place);
        let messages = self.app.renderer.messages();
        (count > 0 && may).then(|| {
            let label = messages.count("moderation.signalled", count);
            let reference = contribution.reference().to_string();
            Link::new(label, address::moderate_reports(&reference))
        })
    }
}

/// The reasons of a refusal, with what the author of a contribution will read; of an idea where
/// there is none.
pub(super) fn reasons(app: &App, of: Option<&ContributionRef>) -> Vec<Choice> {
    RejectionReason::ALL
        .into_iter()
        .map(|reason| Choice {
            value: reason.key().to_owned(),
            label: reason_label(app, reason),
            hint: match of {
                Some(reference) => app.reason_said(reference, reason),
                None => app
                    .renderer
                    .messages()
                    .text(&format!("reason.{}.author", reason.key()), &[]),
            },
        })
        .collect()
}

impl App {
    /// A reason as the author of a contribution is told: what one may do depends on what it is.
    pub(crate) fn reason_said(
        &self,
        reference: &ContributionRef,
        reason: RejectionReason,
    ) -> String {
        let messages = self.renderer.messages();
        match (reference, reason) {
            (ContributionRef::Testimonial(_), RejectionReason::OffTopic) => {
                messages.text("reason-testimonial.off-topic.author", &[])
            }
            (ContributionRef::Testimonial(_), RejectionReason::NoLivedExperience) => {
                messages.text("reason-testimonial.no-lived-experience.author", &[])
            }
            (ContributionRef::Testimonial(_), RejectionReason::Advertising) => {
                messages.text("reason-testimonial.advertising.author", &[])
            }
            _ => messages.text(&format!("reason.{}.author", reason.key()), &[]),
        }
    }
}

pub(super) fn reason_label(app: &App, reason: RejectionReason) -> String {
    let key = format!("reason.{}.label", reason.key());
    app.renderer.messages().text(&key, &[])
}

pub(super) fn noun(app: &App, reference: &ContributionRef) -> String {
    let key = format!("moderation.noun.{}", reference.noun());
    app.renderer.messages().text(&key, &[])
}

/// Where a contribution was sent: a campaign by its short name, or the testimonials of a space.
pub(super) fn sent_to(app: &App, contribution: &Contribution) -> Link {
    let place = contribution.place();
    let name = app.renderer.catalogue().name_of(&place);
    Link::new(name, address::place(&place))
}

/// Who works in the back office, by login.
pub(super) struct People(BTreeMap<String, String>);

impl People {
    pub(super) async fn of(app: &App) -> Result<Self, Failure> {
        let all = app.store.moderators().await?;
        let names = all.into_iter().map(|one| (one.login, one.name));
        Ok(Self(names.collect()))
    }

    /// Who decided, in words: by name where it is known.
    pub(super) fn who(&self, app: &App, by: &str) -> String {
        let messages = app.renderer.messages();
        match by {
            AUTHOR => messages.text("history.author", &[]),
            CLOCK => messages.text("history.clock", &[]),
            COMMAND => messages.text("history.command", &[]),
            login => self.0.get(login).map_or(login, String::as_str).to_owned(),
        }
    }
}
