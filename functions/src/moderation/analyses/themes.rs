//! A theme with what was written in it, and what is in none.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use domain::Campaign;
use insights::themes::{By, Copies, Key, Review, Standing, Suggestion};
use serde_json::{Value, json};

use super::pages::{Room, render, said, state, steadiness};
use super::sides::sides;
use super::written::Written;
use super::{Done, LABEL, Opened, Paged};
use crate::analysis::{self, Analysed, Subject};
use crate::session::Session;
use crate::{App, Failure, SharedApp};

/// How many contributions a page shows.
const SHOWN: usize = 15;

/// How many suggestions a page shows.
const SUGGESTED: usize = 8;

/// What is needed to read the contributions of an analysis.
struct Reading<'a> {
    app: &'a App,
    campaign: &'a Campaign,
    room: Room,
    kept: Analysed,
    review: Review,
    version: u64,
    subject: Subject,
    written: Written,
    /// The key of how many there are, in words.
    counted: &'static str,
}

pub(super) async fn theme(
    State(app): State<SharedApp>,
    session: Session,
    Path((campaign, key)): Path<(String, u32)>,
    Query(Done { fait }): Query<Done>,
    Query(Paged { page }): Query<Paged>,
) -> Result<Html<String>, Failure> {
    let reading = Reading::of(&app, &session, &campaign).await?;
    let Reading {
        campaign,
        kept,
        review,
        written,
        counted,
        ..
    } = &reading;
    let key = Key(key);
    let theme = review.themes.get(&key).ok_or(Failure::NotFound)?;
    let messages = app.renderer.messages();
    let mut ids: Vec<(&String, By, f32)> = review
        .contributions
        .iter()
        .filter(|(_, place)| place.theme == key)
        .map(|(id, place)| (id, place.by, closeness(kept, id)))
        .collect();
    ids.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    let (number_of_page, shown) = paged(&ids, &page);
    let mut items = Vec::new();
    for (id, by, _) in shown {
        let mut item = reading.item(id, *by).await?;
        item["copies"] = copies(&app, kept, id).into();
        items.push(item);
    }
    let found = theme.found.iter();
    let found: Vec<_> = found
        .filter_map(|place| kept.analysis.themes.get(*place as usize))
        .collect();
    let terms = found.iter().flat_map(|theme| &theme.terms);
    let terms: Vec<&str> = terms.map(|term| term.written.as_str()).collect();
    let parts = found.iter().flat_map(|theme| &theme.subthemes);
    let parts = parts.map(|part| {
        let args = [("label", part.label.clone())];
        messages.count_with("analyses.part", part.size as u64, &args)
    });
    let here = reading.room.theme(key);
    let view = json!({
        "label": theme.label,
        "limit": LABEL,
        "state": messages.text(&format!("analyses.theme.{}", state(theme)), &[]),
        "size": messages.count(counted, theme.size as u64),
        "terms": terms.join(", "),
        "parts": parts.collect::<Vec<_>>(),
        "sides": sides(&app, campaign, &found, written),
        "stability": found.first().map(|it| steadiness(&app, it.stability)),
        "validated": theme.validated,
        "hidden": theme.hidden,
        "items": items,
        "suggestions": reading.suggestions(key).await?,
        "others": others(review, Some(key)),
        "pagination": pagination(&app, number_of_page, ids.len(), &here),
        "done": said(&app, &fait),
    });
    reading.page(&session, theme.label.clone(), &here, view)
}

pub(super) async fn unclassified(
    State(app): State<SharedApp>,
    session: Session,
    Path(campaign): Path<String>,
    Query(Done { fait }): Query<Done>,
    Query(Paged { page }): Query<Paged>,
) -> Result<Html<String>, Failure> {
    let reading = Reading::of(&app, &session, &campaign).await?;
    let Reading { kept, review, .. } = &reading;
    let ids = kept.analysis.assignments.keys();
    let ids: Vec<&String> = ids
        .filter(|id| !review.contributions.contains_key(*id))
        .collect();
    let (number_of_page, shown) = paged(&ids, &page);
    let mut items = Vec::new();
    for id in shown {
        let mut item = reading.item(id, By::Engine).await?;
        item["why"] = why(&app, kept, id).into();
        items.push(item);
    }
    let here = reading.room.unclassified();
    let messages = app.renderer.messages();
    let view = json!({
        "items": items,
        "others": others(review, None),
        "unclassified": true,
        "size": messages.count(reading.counted, ids.len() as u64),
        "pagination": pagination(&app, number_of_page, ids.len(), &here),
        "done": said(&app, &fait),
    });
    let title = messages.text("analyses.unclassified", &[]);
    reading.page(&session, title, &here, view)
}

impl<'a> Reading<'a> {
    async fn of(app: &'a App, session: &Session, campaign: &str) -> Result<Self, Failure> {
        let opened = Opened::of(app, session, campaign).await?;
        let (campaign, version) = (opened.campaign, opened.version);
        let subject = opened.subject.clone();
        let kept = opened.kept()?;
        Ok(Self {
            app,
            campaign,
            room: Room::of(&subject),
            review: kept.review(),
            kept,
            version,
            written: Written::of(app, &subject).await?,
            counted: match subject.question {
                Some(_) => "analyses.n-answers",
                None => "analyses.n-ideas",
            },
            subject,
        })
    }

    /// The page of a theme, with what all such pages have.
    fn page(
        &self,
        session: &Session,
        title: String,
        here: &str,
        mut view: Value,
    ) -> Result<Html<String>, Failure> {
        view["version"] = self.version.into();
        view["action"] = here.into();
        view["back"] = self.room.href.as_str().into();
        let template = "moderation/analysis-theme.html";
        render(self.app, session, template, title, here, view)
    }

    /// What else may be in a theme, once people moved some there. The texts of the campaign are
    /// read and compared again; their authors and likes are not asked for.
    async fn suggestions(&self, key: Key) -> Result<Vec<Value>, Failure> {
        let examples = self.review.contributions.values();
        let examples = examples.filter(|place| place.theme == key && place.by == By::Person);
        if examples.count() < insights::themes::EXAMPLES {
            return Ok(Vec::new());
        }
        let store = &self.app.store;
        let contributions = match self.subject.question {
            Some(_) => self.subject.contributions(store).await?,
            None => analysis::of_campaign(store, &self.subject.campaign).await?,
        };
        let (journal, review) = (self.kept.journal.clone(), self.review.clone());
        let recipe = self.kept.analysis.settings.recipe.clone();
        let found = tokio::task::spawn_blocking(move || {
            insights::themes::suggest(&contributions, None, &recipe, &journal, &review)
        });
        let found: Vec<Suggestion> = found
            .await
            .map_err(|_| Failure::Broken("suggestions end"))?
            .map_err(|_| Failure::Broken("identifiers of ideas are different"))?;
        let mut shown = Vec::new();
        for one in found.iter().filter(|one| one.theme == key).take(SUGGESTED) {
            shown.push(self.item(&one.contribution, By::Engine).await?);
        }
        Ok(shown)
    }

    async fn item(&self, id: &str, by: By) -> Result<Value, Failure> {
        self.written.item(self.app, self.campaign, id, by).await
    }
}

/// Why a contribution is in no theme.
fn why(app: &App, kept: &Analysed, id: &str) -> String {
    let messages = app.renderer.messages();
    match kept.analysis.contributions.get(id) {
        Some(Standing::Undecided { between }) => {
            let label = |place: u32| {
                let theme = kept.analysis.themes.get(place as usize);
                theme.map_or_else(String::new, |theme| theme.label.clone())
            };
            let args = [("first", label(between[0])), ("second", label(between[1]))];
            messages.text("analyses.undecided", &args)
        }
        Some(Standing::Isolated) => messages.text("analyses.isolated", &[]),
        _ => messages.text("analyses.taken-out", &[]),
    }
}

/// How many others say the same as a contribution, or nearly; none where none does.
fn copies(app: &App, kept: &Analysed, id: &str) -> Option<String> {
    let holds =
        |copies: &&Copies| copies.id == id || copies.like_it.iter().any(|copy| copy.id == id);
    let copies = kept.analysis.copies.iter().find(holds)?;
    let messages = app.renderer.messages();
    Some(messages.count("analyses.copies", copies.like_it.len() as u64))
}

fn closeness(kept: &Analysed, id: &str) -> f32 {
    match kept.analysis.contributions.get(id) {
        Some(Standing::Classified { closeness, .. }) => *closeness,
        _ => 0.0,
    }
}

/// The themes to which something may go, but this one, by name.
fn others(review: &Review, but: Option<Key>) -> Vec<Value> {
    let others = review.themes.iter().filter(|(key, _)| Some(**key) != but);
    let mut others: Vec<_> = others
        .map(|(Key(key), theme)| (&theme.label, key))
        .collect();
    others.sort();
    others
        .into_iter()
        .map(|(label, key)| json!({"value": key.to_string(), "label": label}))
        .collect()
}

/// The page that is asked for (from 1; the last where it is beyond), and what it shows.
fn paged<'i, T>(items: &'i [T], asked: &str) -> (usize, &'i [T]) {
    let last = items.len().div_ceil(SHOWN).max(1);
    let page = asked.parse().unwrap_or(1).clamp(1, last);
    let from = (page - 1) * SHOWN;
    (page, &items[from..items.len().min(from + SHOWN)])
}

fn pagination(app: &App, page: usize, count: usize, here: &str) -> Value {
    let views = app.renderer.views(app.now());
    let pages = count.div_ceil(SHOWN);
    json!(views.pagination(page, pages, |number| format!("{here}?page={number}")))
}
