//! The counts of a campaign, live, for the script of its pages and for whoever wants them.
//!
//! Public and cacheable for 5 s from when they were read. Within that time the same answer is
//! given from memory, for caches to keep for what is left of it; after it, one request reads the
//! store again while the others are given the answer before, which no cache keeps.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::{ContributionId, IdeaCard, Slug};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::routes::Routes;
use crate::{App, Failure, SharedApp};

/// For how long an answer is given from memory.
const FRESH: SignedDuration = SignedDuration::from_secs(5);
/// For how long it may still be given while a newer one is made.
const STALE: SignedDuration = SignedDuration::from_secs(10);

pub(crate) fn router() -> Routes {
    Routes::new()
        .route("/api/compteurs", get(counts))
        .sharing(Kept::default())
}

/// Which campaign is asked for.
#[derive(Deserialize)]
struct Asked {
    campagne: Option<String>,
}

/// The answer: the number of people who like each published idea, and of its comments.
#[derive(Serialize)]
struct Counts<'a> {
    campagne: &'a Slug,
    au: Timestamp,
    idees: BTreeMap<&'a ContributionId, Count>,
}

#[derive(Serialize)]
struct Count {
    soutiens: u64,
    commentaires: u64,
}

/// An answer that was made.
#[derive(Clone)]
struct Made {
    at: Timestamp,
    json: Bytes,
    gzip: Bytes,
}

/// The answers in memory, a campaign each.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<HashMap<Slug, Answers>>>);

#[derive(Default)]
struct Answers {
    last: Option<Made>,
    /// The one that is being made: whoever needs it waits for the same.
    next: Option<Arc<OnceCell<Made>>>,
}

async fn counts(
    State(app): State<SharedApp>,
    Extension(kept): Extension<Kept>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Some(campaign) = asked.campagne else {
        return Ok(explained(&app, StatusCode::BAD_REQUEST, "counts.missing"));
    };
    let Ok(campaign) = app.campaign(&campaign) else {
        return Ok(explained(&app, StatusCode::NOT_FOUND, "counts.unknown"));
    };
    let made = kept.answer(&app, &campaign.slug).await?;
    let takes_gzip = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("gzip"));
    let mut response = if takes_gzip {
        let gzip = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
        (gzip, made.gzip).into_response()
    } else {
        made.json.into_response()
    };
    let age = app.now().duration_since(made.at).abs();
    as_json(&mut response, FRESH.saturating_sub(age));
    Ok(response)
}

impl Kept {
    /// The answer in memory, or a new one. One is made at a time: while it is, the last one is
    /// given where it is not too old, and the new one is waited for where it is.
    async fn answer(&self, app: &SharedApp, campaign: &Slug) -> Result<Made, Failure> {
        let now = app.now();
        let (last, next, mine) = {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let answers = kept.entry(campaign.clone()).or_default();
            let age = |made: &Made| now.duration_since(made.at).abs();
            if let Some(last) = answers.last.clone().filter(|made| age(made) < FRESH) {
                return Ok(last);
            }
            let mine = answers.next.is_none();
            let next = answers.next.get_or_insert_default().clone();
            (
                answers.last.clone().filter(|made| age(made) < STALE),
                next,
                mine,
            )
        };
        match last {
            None => self.make(app, campaign, &next).await,
            Some(last) => {
                if mine {
                    let (kept, app, campaign) = (self.clone(), app.clone(), campaign.clone());
                    tokio::spawn(async move {
                        if let Err(error) = kept.make(&app, &campaign, &next).await {
                            tracing::warn!(cause = %error, "counts were not read again");
                        }
                    });
                }
                Ok(last)
            }
        }
    }

    async fn make(
        &self,
        app: &App,
        campaign: &Slug,
        next: &Arc<OnceCell<Made>>,
    ) -> Result<Made, Failure> {
        let made = next.get_or_try_init(|| made(app, campaign)).await;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = kept.entry(campaign.clone()).or_default();
        if answers
            .next
            .as_ref()
            .is_some_and(|held| Arc::ptr_eq(held, next))
        {
            answers.next = None;
            if let Ok(made) = made {
                answers.last = Some(made.clone());
            }
        }
        made.cloned()
    }
}

/// Reads the cards of a campaign, and spells the answer.
async fn made(app: &App, campaign: &Slug) -> Result<Made, Failure> {
    let at = app.now();
    let cards = app.store.cards(campaign).await?;
    let count = |card: &IdeaCard| Count {
        soutiens: card.likes,
        commentaires: card.comments,
    };
    let counts = Counts {
        campagne: campaign,
        au: at,
        idees: cards.iter().map(|card| (&card.id, count(card))).collect(),
    };
    let json = serde_json::to_vec(&counts)
        .map_err(|_| Failure::Broken("counts have only texts and numbers"))?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let gzip = gzip
        .write_all(&json)
        .and_then(|()| gzip.finish())
        .map_err(|_| Failure::Broken("what is in memory is compressed without an error"))?;
    Ok(Made {
        at,
        json: json.into(),
        gzip: gzip.into(),
    })
}

/// Why there are no counts, in words.
fn explained(app: &App, status: StatusCode, key: &str) -> Response {
    let why = app.renderer.messages().text(key, &[]);
    let json = serde_json::json!({ "erreur": why }).to_string();
    let mut response = (status, json).into_response();
    as_json(&mut response, FRESH);
    response
}

/// Says what the answer is, and for how long browsers and what is between may keep it.
fn as_json(response: &mut Response, kept: SignedDuration) {
    let seconds = kept.as_secs().max(0);
    let cache = format!("public, max-age={seconds}, s-maxage={seconds}");
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Ok(cache) = HeaderValue::from_str(&cache) {
        headers.insert(header::CACHE_CONTROL, cache);
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
}
