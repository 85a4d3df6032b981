//! The audit log, as it is read in the back office: the last entries, and whether it holds.

use axum::extract::State;
use axum::response::Html;
use domain::{Action, ContributionRef};
use serde_json::{Value, json};
use site_gen::{address, dates};

use super::item::People;
use super::{head, office};
use crate::session::Session;
use crate::{Failure, SharedApp};

/// How many entries are shown; the command shows all.
const SHOWN: i32 = 200;

pub(super) async fn show(
    State(app): State<SharedApp>,
    session: Session,
) -> Result<Html<String>, Failure> {
    session.permit_everywhere(Action::Administer)?;
    let messages = app.renderer.messages();
    let people = People::of(&app).await?;
    let entries: Vec<Value> = app
        .store
        .audit_last(SHOWN)
        .await?
        .iter()
        .map(|entry| {
            let about = ContributionRef::parse(&entry.about).ok();
            json!({
                "number": entry.sequence,
                "at": dates::moment(entry.at, messages),
                "who": people.who(&app, &entry.by),
                "what": messages.text(&format!("history.{}", entry.action), &[]),
                "about": entry.about,
                "href": about.map(|about| address::moderate(&about.to_string())),
                "before": entry.before,
                "after": entry.after,
            })
        })
        .collect();
    let view = office(&session, json!({"entries": entries}));
    let head = head(&app, "journal", "/moderation/journal");
    let page = app
        .renderer
        .document("moderation/journal.html", &head, &view)?;
    Ok(Html(page))
}
