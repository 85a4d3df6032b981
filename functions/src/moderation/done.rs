//! What was done just now, for the page that follows it; and how it is taken back.

use domain::{Action, ContributionRef, Moderated};
use serde::Serialize;
use site_gen::view::Link;
use site_gen::{address, dates};

use super::bulk::AT_ONCE;
use super::item::People;
use super::queue::{BATCH, named};
use crate::session::Session;
use crate::{App, Failure};

/// What was done just now, for the page that follows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Done {
    /// What was done, in words.
    text: String,
    /// Whether it was not what the moderator meant.
    late: bool,
    /// The contribution that it was done to.
    of: Option<Link>,
    /// Where it can be taken back, for a while.
    undo: Option<Undo>,
}

#[derive(Debug, Clone, Serialize)]
struct Undo {
    action: String,
    /// The version that was decided, of one contribution.
    version: Option<u64>,
    /// What was decided together, each as a box of the list says it.
    choices: Vec<String>,
}

impl Done {
    /// Reads what was done from a query, and how the contribution stands since.
    pub(super) async fn read(
        app: &App,
        session: &Session,
        query: &str,
    ) -> Result<Option<Self>, Failure> {
        const KNOWN: [&str; 23] = [
            "publish",
            "refuse",
            "hide",
            "propose",
            "restore",
            "reopen",
            "merged",
            "undone",
            "too-late",
            "conflict",
            "drafted",
            "answered",
            "settled",
            "answer-published",
            "improved",
            "reassigned",
            "reply-published",
            "reply-refused",
            "told",
            "alert-closed",
            "batch",
            "batch-undone",
            "none",
        ];
        let value = |name: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find_map(|(known, value)| (known == name).then_some(value))
        };
        let Some(done) = value("fait").filter(|done| KNOWN.contains(done)) else {
            return Ok(None);
        };
        let messages = app.renderer.messages();
        if done == "none" {
            return Ok(Some(Self {
                text: messages.text("moderation.done.none", &[]),
                late: true,
                of: None,
                undo: None,
            }));
        }
        if let "batch" | "batch-undone" = done {
            let count = |name: &str| value(name).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
            let (changed, already) = (count("n"), count("deja"));
            let mut text = messages.count(&format!("moderation.done.{done}"), changed);
            if already > 0 {
                text.push(' ');
                text.push_str(&messages.count(&format!("moderation.done.{done}-already"), already));
            }
            return Ok(Some(Self {
                text,
                late: already > 0,
                of: None,
                undo: undo_together(app, session, query).await?,
            }));
        }
        let reference = value("de").and_then(|of| ContributionRef::parse(of).ok());
        let held = match &reference {
            Some(reference) => app.store.contribution(reference).await?,
            None => None,
        };
        let (Some(reference), Some(held)) = (reference, held) else {
            return Ok(None);
        };
        if !session.may_on(app, Action::Read, &held) {
            return Ok(None);
        }
        if done == "conflict" {
            return Ok(Some(Self::conflict(app, &reference, Some(&held)).await?));
        }
        let undo = can_undo(app, session, &held).then(|| Undo {
            action: format!("{}/annuler", address::moderate(&reference.to_string())),
            version: Some(held.version),
            choices: Vec::new(),
        });
        Ok(Some(Self {
            text: after_name(&messages.text(&format!("moderation.done.{done}"), &[])),
            late: done == "too-late",
            of: Some(named(&held)),
            undo,
        }))
    }

    /// What is said when somebody did something before.
    pub(super) async fn conflict(
        app: &App,
        reference: &ContributionRef,
        held: Option<&Moderated>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            text: after_name(&before_you(app, reference, "moderation.conflict").await?),
            late: true,
            of: held.map(named).or_else(|| {
                let href = address::moderate(&reference.to_string());
                Some(Link::new(reference.id().reference(), href))
            }),
            undo: None,
        })
    }
}

/// Whether this moderator can take back what was last decided of it.
fn can_undo(app: &App, session: &Session, held: &Moderated) -> bool {
    let own = held.decided_by.as_deref() == Some(session.moderator.login.as_str());
    let may = session.may_in(app, Action::Moderate, &held.contribution.place());
    own && may && held.can_be_undone(app.now())
}

/// How what was decided together is taken back: all of it that can be.
async fn undo_together(app: &App, session: &Session, query: &str) -> Result<Option<Undo>, Failure> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let of: Vec<ContributionRef> = pairs
        .filter(|(name, _)| *name == "de")
        .filter_map(|(_, of)| ContributionRef::parse(of).ok())
        .take(AT_ONCE)
        .collect();
    let held = app.store.contributions(&of).await?;
    let held = of.iter().filter_map(|of| Some((of, held.get(of)?)));
    let choices: Vec<String> = held
        .filter(|(_, held)| can_undo(app, session, held))
        .map(|(of, held)| format!("{of} {}", held.version))
        .collect();
    Ok((!choices.is_empty()).then(|| Undo {
        action: BATCH.to_owned(),
        version: None,
        choices,
    }))
}

/// What follows the name of a contribution, with the space that French puts before it.
fn after_name(text: &str) -> String {
    let space = if text.starts_with(':') { '\u{a0}' } else { ' ' };
    format!("{space}{text}")
}

/// Who did what last of a contribution, in the words of a message.
pub(super) async fn before_you(
    app: &App,
    reference: &ContributionRef,
    key: &str,
) -> Result<String, Failure> {
    let messages = app.renderer.messages();
    let history = app.store.history(&reference.to_string()).await?;
    let Some(last) = history.last() else {
        return Ok(messages.text(&format!("{key}-unknown"), &[]));
    };
    let args = [
        ("who", People::of(app).await?.who(app, &last.by)),
        (
            "what",
            messages.text(&format!("history.{}", last.action), &[]),
        ),
        ("at", dates::moment(last.at, messages)),
    ];
    Ok(messages.text(key, &args))
}
