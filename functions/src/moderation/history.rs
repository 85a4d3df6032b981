//! What happened to one contribution, in words: what was decided, and what the public signalled.

use domain::{Moderated, RejectionReason, Reported, Slug, Verdict};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::{dates, markdown};

use super::item::{People, reason_label};
use crate::App;
use crate::store::{AUTHOR, Entry};

/// One thing that happened.
struct Step {
    at: Timestamp,
    what: String,
    why: Option<String>,
    who: String,
    /// What was written to who works on it next.
    note: Option<String>,
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
        note: None,
    }];
    for reported in reports {
        steps.push(Step {
            at: reported.report.received_at,
            what: messages.text("history.reported", &[]),
            why: Some(crate::reports::reason_label(app, reported.report.reason)),
            who: messages.text("history.public", &[]),
            note: None,
        });
    }
    for entry in log {
        let reason = entry.after.split([' ', '/']).nth(1);
        let reason = reason.and_then(RejectionReason::from_key);
        steps.push(Step {
            at: entry.at,
            what: messages.text(&format!("history.{}", entry.action), &[]),
            why: reason
                .map(|reason| reason_label(app, reason))
                .or_else(|| structures(app, &entry.after)),
            who: people.who(app, &entry.by),
            note: note(held, entry),
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
            note: None,
        });
    }
    steps.sort_by_key(|step| step.at);
    let line = |step: Step| {
        let at = dates::moment(step.at, messages);
        json!({"at": at, "what": step.what, "reason": step.why, "who": step.who, "note": step.note})
    };
    steps.into_iter().map(line).collect()
}

/// The structures of which an entry says something, by name.
fn structures(app: &App, after: &str) -> Option<String> {
    let views = app.renderer.views(app.now());
    let slugs = after
        .split(' ')
        .filter_map(|word| word.strip_prefix("structure:"));
    let slugs = slugs.filter_map(|slug| Slug::parse(slug).ok());
    let names: Vec<String> = slugs.map(|slug| views.structure(&slug)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The note with which other structures were to answer.
fn note(held: &Moderated, entry: &Entry) -> Option<String> {
    if entry.action != "reassign" {
        return None;
    }
    let mut notes = held.reassignments.iter();
    let of_it = notes.find(|one| one.at == entry.at && one.by == entry.by);
    let note = of_it.and_then(|one| one.note.as_ref());
    note.map(|note| markdown::citizens(note.as_str()))
}
