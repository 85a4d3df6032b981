//! What was done just now, for the page that follows it; and how it is taken back.

use domain::{Action, ContributionRef, Moderated};
use serde::Serialize;
use site_gen::view::Link;
use site_gen::{address, dates};

use super::item::People;
use super::queue::named;
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
    version: u64,
}

impl Done {
    /// Reads what was done from a query, and how the contribution stands since.
    pub(super) async fn read(
        app: &App,
        session: &Session,
        query: &str,
    ) -> Result<Option<Self>, Failure> {
        const KNOWN: [&str; 16] = [
            "publish",
            "refuse",
            "hide",
            "restore",
            "reopen",
            "merged",
            "undone",
            "too-late",
            "conflict",
            "drafted",
            "answered",
            "settled",
            "told",
            "alert-closed",
            "batch",
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
        if done == "batch" {
            let count = |name: &str| value(name).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
            let (changed, already) = (count("n"), count("deja"));
            let mut text = messages.count("moderation.done.batch", changed);
            if already > 0 {
                text.push(' ');
                text.push_str(&messages.count("moderation.done.batch-already", already));
            }
            return Ok(Some(Self {
                text,
                late: already > 0,
                of: None,
                undo: None,
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
        if !session.may_in(app, Action::Read, held.contribution.campaign()) {
            return Ok(None);
        }
        if done == "conflict" {
            return Ok(Some(Self::conflict(app, &reference, Some(&held)).await?));
        }
        let own = held.decided_by.as_deref() == Some(session.moderator.login.as_str());
        let undo = (own && held.can_be_undone(app.now())).then(|| Undo {
            action: format!("{}/annuler", address::moderate(&reference.to_string())),
            version: held.version,
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
