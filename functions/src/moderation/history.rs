//! What happened to one contribution, in words: what was decided, and what the public signalled.

use domain::{Moderated, RejectionReason, Reported, Verdict};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::dates;

use super::item::{People, reason_label};
use crate::App;
use crate::store::{AUTHOR, Entry};

/// One thing that happened.
struct Step {
    at: Timestamp,
    what: String,
    why: Option<String>,
    who: String,
}

/// What happened, oldest first. A report that was answered by hiding what it is about has no entry
/// of its own in the log: what was decided of it is told beside.
pub(super) fn lines(
    app: &App,
    held: &Moderated,
    log: &[Entry],
    reports: &[Reported],
    people: &People,
) -> Vec<Value> {
    let messages = app.renderer.messages();
    let mut steps = vec![Step {
        at: held.contribution.received_at(),
        what: messages.text("history.received", &[]),
        why: None,
        who: people.who(app, AUTHOR),
    }];
    for reported in reports {
        steps.push(Step {
            at: reported.report.received_at,
            what: messages.text("history.reported", &[]),
            why: Some(crate::reports::reason_label(app, reported.report.reason)),
            who: messages.text("history.public", &[]),
        });
    }
    for entry in log {
        let reason = entry.after.split([' ', '/']).nth(1);
        let reason = reason.and_then(RejectionReason::from_key);
        steps.push(Step {
            at: entry.at,
            what: messages.text(&format!("history.{}", entry.action), &[]),
            why: reason.map(|reason| reason_label(app, reason)),
            who: people.who(app, &entry.by),
        });
    }
    let mut told: Vec<(Timestamp, &str)> = log
        .iter()
        .filter(|entry| entry.action.starts_with("reports-"))
        .map(|entry| (entry.at, entry.by.as_str()))
        .collect();
    for answer in reports
        .iter()
        .filter_map(|reported| reported.answer.as_ref())
    {
        let decided = (answer.at, answer.by.as_str());
        if told.contains(&decided) {
            continue;
        }
        told.push(decided);
        let what = match answer.verdict {
            Verdict::Kept => "history.reports-kept",
            Verdict::Hidden => "history.reports-hidden",
        };
        steps.push(Step {
            at: answer.at,
            what: messages.text(what, &[]),
            why: None,
            who: people.who(app, &answer.by),
        });
    }
    steps.sort_by_key(|step| step.at);
    let line = |step: Step| {
        let at = dates::moment(step.at, messages);
        json!({"at": at, "what": step.what, "reason": step.why, "who": step.who})
    };
    steps.into_iter().map(line).collect()
}
