//! The way of a contribution, as its receipt tells it: what is done, what is to come, and when.

use domain::{Campaign, ContributionRef, Phase, Results, Status};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::view::Link;
use site_gen::{address, dates};

use super::Receipt;

impl Receipt<'_> {
    /// The findings of published results that rest on it, each where it stands on their page.
    pub(super) fn citations(&self, campaign: &Campaign) -> Vec<Link> {
        if self.results(campaign).is_none() {
            return Vec::new();
        }
        let messages = self.app.renderer.messages();
        let catalogue = self.app.renderer.catalogue();
        let results = address::results(&campaign.slug);
        catalogue
            .citations(&campaign.slug, self.reference.id())
            .into_iter()
            .map(|(number, finding)| {
                let anchor = messages.text("results.anchor", &[("number", number.to_string())]);
                Link::new(&finding.title, format!("{results}#{anchor}"))
            })
            .collect()
    }

    /// The results of the campaign, from the day on which they are published.
    pub(super) fn results(&self, campaign: &Campaign) -> Option<&Results> {
        let results = self.app.renderer.catalogue().results.get(&campaign.slug);
        results.filter(|results| results.published_at() <= self.app.now())
    }

    /// Whether there is news of what became of the campaign.
    pub(super) fn has_news(&self, campaign: &Campaign) -> bool {
        let catalogue = self.app.renderer.catalogue();
        let mut news = catalogue.outcome_news_of(&campaign.slug);
        news.any(|news| news.published_at() <= self.app.now())
    }

    /// Where the campaign stands: its results, where there are some, say when it has them.
    fn phase(&self, campaign: &Campaign) -> Phase {
        let catalogue = self.app.renderer.catalogue();
        let has_results = self.results(campaign).is_some();
        let awaits_results = !has_results && catalogue.results.contains_key(&campaign.slug);
        match campaign.phase(self.app.now()) {
            Phase::Results | Phase::Archived if awaits_results => Phase::Analysis,
            Phase::Archived => Phase::Archived,
            _ if has_results => Phase::Results,
            // What is held of a campaign that is to open is what was imported in it.
            Phase::Upcoming => Phase::Open,
            phase => phase,
        }
    }

    /// A text that depends on where the campaign stands, and says when it ends.
    pub(super) fn by_phase(&self, what: &str, campaign: &Campaign) -> String {
        let messages = self.app.renderer.messages();
        let key = format!("{what}.{}", self.phase(campaign).key());
        messages.text(&key, &[("closes", dates::day(campaign.closes, messages))])
    }

    /// The way of a contribution: what is done, with its day, and what is to come, with what is
    /// known of when.
    pub(super) fn steps(&self, campaign: Option<&Campaign>, is_public: bool) -> Vec<Value> {
        let messages = self.app.renderer.messages();
        let held = &self.held;
        let on = |date: String| messages.text("receipt.step-on", &[("date", date)]);
        let day = |at: Timestamp| on(dates::instant(at, messages));
        let label = |key: &str| messages.text(&format!("receipt.step.{key}"), &[]);
        let done = |key: &str, when: Option<String>| step(label(key), when, "done");
        let todo = |key: &str, when: Option<String>| step(label(key), when, "todo");
        let delay = self.app.renderer.catalogue().site.moderation_delay.clone();
        let within = messages.text("receipt.step-within", &[("delay", delay)]);
        let mut steps = vec![done("received", Some(day(held.contribution.received_at())))];
        let read = held.published_at.or(held.decided_at).map(day);
        let decided = held.decided_at.map(day);
        match held.status {
            Status::Unconfirmed => {
                let confirm = messages.text("receipt.step-confirm", &[]);
                steps.push(todo("confirmed", Some(confirm)));
                steps.push(todo("read", Some(within)));
            }
            Status::Waiting => steps.push(todo("read", Some(within))),
            Status::AwaitingConsent => {
                steps.push(done("read", decided));
                let until = held.proposal.as_ref().map(|proposal| proposal.until());
                let until = until.map(|at| {
                    let date = dates::instant(at, messages);
                    messages.text("receipt.step-until", &[("date", date)])
                });
                return with(steps, todo("consent", until));
            }
            Status::Lapsed => return with(steps, done("lapsed", decided)),
            Status::Published if is_public => steps.push(done("published", read)),
            Status::Published => return with(steps, done("read", read)),
            Status::Refused(_) | Status::Hidden(_) if held.merged_into.is_some() => {
                return with(steps, done("merged", decided));
            }
            Status::Refused(_) => return with(steps, done("refused", read)),
            Status::Hidden(_) => return with(steps, done("hidden", decided)),
            Status::Withdrawn => return with(steps, done("withdrawn", decided)),
        }
        if let Some(said) = &held.response {
            steps.push(done("answered", Some(day(said.published_at))));
        }
        let Some(campaign) = campaign else {
            steps.extend(self.answer_steps());
            return steps;
        };
        let phase = self.phase(campaign);
        let results = self.results(campaign);
        let told = results.map(|results| on(dates::short_day(results.published, messages)));
        if self.citations(campaign).is_empty() {
            let label = self.by_phase("receipt.step.analysed", campaign);
            let is_done = matches!(phase, Phase::Results | Phase::Archived);
            let state = if is_done { "done" } else { "todo" };
            // Where it is to come, the label says when.
            steps.push(json!({"label": label, "when": null, "to_come": false, "state": state}));
        } else {
            steps.push(done("cited", told));
        }
        if matches!(self.reference, ContributionRef::Idea(_)) {
            match &held.outcome {
                Some(outcome) => steps.push(done("decided", Some(day(outcome.decided_at)))),
                // Not every idea is decided of: of an archived campaign, no more will be.
                None if phase == Phase::Archived => {}
                None => steps.push(todo("decided", None)),
            }
        }
        steps
    }
}

impl Receipt<'_> {
    /// The answers to a testimonial: those that are there, then those that are awaited.
    fn answer_steps(&self) -> Vec<Value> {
        let messages = self.app.renderer.messages();
        let views = self.app.renderer.views(self.app.now());
        let structures = self.held.testimonial().map_or(&[][..], |it| &it.structures);
        if structures.is_empty() {
            let label = messages.text("answering.step-unknown", &[]);
            return vec![step(label, None, "todo")];
        }
        let mut steps: Vec<(Option<Timestamp>, Value)> = structures
            .iter()
            .map(|slug| {
                let label = messages.text("answering.step", &[("name", views.structure(slug))]);
                let at = self.held.response_of(slug).map(|said| said.published_at);
                let state = if at.is_some() { "done" } else { "todo" };
                let on = at.map(|at| {
                    let date = dates::instant(at, messages);
                    messages.text("receipt.step-on", &[("date", date)])
                });
                (at, step(label, on, state))
            })
            .collect();
        steps.sort_by_key(|(at, _)| at.unwrap_or(Timestamp::MAX));
        steps.into_iter().map(|(_, step)| step).collect()
    }
}

/// A step; one that is to come at a time that nobody knows says so.
fn step(label: String, when: Option<String>, state: &str) -> Value {
    let to_come = when.is_none() && state == "todo";
    json!({"label": label, "when": when, "to_come": to_come, "state": state})
}

fn with(mut steps: Vec<Value>, last: Value) -> Vec<Value> {
    steps.push(last);
    steps
}
