//! The audit log, as it is read in the back office: the last entries, and whether it holds.

use axum::extract::State;
use axum::response::Html;
use domain::{
    Action, ContributionId, ContributionRef, Decided as Outcomes, Grant, ImprovementStage, Place,
    RejectionReason, Slug, Status,
};
use serde_json::{Value, json};
use site_gen::view::Link;
use site_gen::{address, dates};

use super::item::People;
use super::{head, office};
use crate::session::Session;
use crate::{App, Failure, SharedApp};

/// What an entry says, in words.
struct Said<'a> {
    app: &'a App,
    people: People,
}

/// How many digits of a fingerprint are shown; the command shows all.
const DIGITS: usize = 12;

/// How many entries are shown; the command shows all.
const SHOWN: i32 = 200;

pub(super) async fn show(
    State(app): State<SharedApp>,
    session: Session,
) -> Result<Html<String>, Failure> {
    session.permit_everywhere(Action::Administer)?;
    let messages = app.renderer.messages();
    let said = Said {
        app: &app,
        people: People::of(&app).await?,
    };
    let entries: Vec<Value> = app
        .store
        .audit_last(SHOWN)
        .await?
        .iter()
        .map(|entry| {
            let about = said.about(&entry.about);
            json!({
                "number": entry.sequence,
                "at": dates::moment(entry.at, messages),
                "who": said.people.who(&app, &entry.by),
                "what": messages.text(&format!("history.{}", entry.action), &[]),
                "about": about.label,
                "href": Some(about.href).filter(|href| !href.is_empty()),
                "before": said.words(&entry.before),
                "after": said.words(&entry.after),
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

impl Said<'_> {
    /// What an entry is about, with its page where it has one.
    fn about(&self, raw: &str) -> Link {
        if let Ok(reference) = ContributionRef::parse(raw) {
            let noun = super::item::noun(self.app, &reference);
            let label = format!("{noun} {}", reference.id().reference());
            return Link::new(label, address::moderate(raw));
        }
        if let Some(slug) = raw.strip_prefix("campaign:") {
            let campaigns = &self.app.renderer.catalogue().campaigns;
            let known = Slug::parse(slug).ok();
            let known = known.and_then(|slug| campaigns.get(&slug));
            return known.map_or_else(
                || Link::new(slug, String::new()),
                |campaign| Link::new(&campaign.short, address::campaign(&campaign.slug)),
            );
        }
        if let Some(slug) = raw.strip_prefix("testimonials:") {
            let spaces = &self.app.renderer.catalogue().spaces;
            let known = Slug::parse(slug).ok();
            let known = known.and_then(|slug| spaces.get(&slug));
            return known.map_or_else(
                || Link::new(slug, String::new()),
                |space| {
                    let args = [("space", space.name.clone())];
                    let messages = self.app.renderer.messages();
                    let place = Place::Testimonials(space.slug.clone());
                    let label = messages.text("dashboard.testimonials", &args);
                    Link::new(label, address::place(&place))
                },
            );
        }
        let login = raw.strip_prefix("moderator ");
        let name = login.map(|login| self.people.who(self.app, login));
        Link::new(name.unwrap_or_else(|| raw.to_owned()), String::new())
    }

    /// How something was before or after, word by word as the log spells it; what is in brackets
    /// goes with the word before.
    fn words(&self, raw: &str) -> String {
        let mut said = String::new();
        for word in raw.split(' ') {
            if !said.is_empty() {
                said.push_str(if word.starts_with('(') { " " } else { ", " });
            }
            said.push_str(&self.word(word));
        }
        said
    }

    fn word(&self, raw: &str) -> String {
        let messages = self.app.renderer.messages();
        let text = |key: &str| messages.text(key, &[]);
        if let Some(hash) = raw.strip_prefix("sha256:") {
            let hash = hash.chars().take(DIGITS).collect();
            return messages.text("journal.fingerprint", &[("hash", hash)]);
        }
        let (key, reason) = raw.split_once('/').unwrap_or((raw, ""));
        let reason = RejectionReason::from_key(reason);
        if let Some(status) = Status::from_key(key, reason) {
            let state = text(&format!("moderation.status.{}", status.key()));
            return match reason {
                Some(reason) => {
                    let reason = text(&format!("reason.{}.label", reason.key()));
                    format!("{state} ({reason})")
                }
                None => state,
            };
        }
        if let Some(decided) = Outcomes::from_key(raw) {
            return text(&format!("outcome.{}", decided.key()));
        }
        if let Ok(grant) = Grant::parse(raw) {
            let place = raw.split_once(':').map_or("", |(_, place)| place);
            let args = [("space", place.to_owned())];
            return messages.text(&format!("journal.role.{}", grant.role.key()), &args);
        }
        if let Some(slug) = raw.strip_prefix("structure:") {
            let views = self.app.renderer.views(self.app.now());
            let known = Slug::parse(slug);
            return known.map_or_else(|_| slug.to_owned(), |slug| views.structure(&slug));
        }
        let stage = raw.strip_prefix("improvement:");
        if let Some(stage) = stage.and_then(ImprovementStage::from_key) {
            return text(&format!("improvement.{}", stage.key()));
        }
        let counted = |prefix: &str| raw.strip_prefix(prefix)?.parse::<u64>().ok();
        if let Some(ideas) = counted("ideas:") {
            return messages.count("journal.ideas", ideas);
        }
        if let Some(comments) = counted("comments:") {
            return messages.count("journal.comments", comments);
        }
        if let Some(testimonials) = counted("testimonials:") {
            return messages.count("journal.testimonials", testimonials);
        }
        match (raw, ContributionId::parse(raw)) {
            (
                "on" | "off" | "active" | "disabled" | "received" | "restored" | "merged"
                | "joined" | "commented" | "answered" | "decided" | "cited" | "results"
                | "outcome-news" | "report-received" | "report-decided" | "useful" | "not-useful",
                _,
            ) => text(&format!("journal.word.{raw}")),
            (_, Ok(id)) => id.reference(),
            (_, Err(_)) => raw.to_owned(),
        }
    }
}
