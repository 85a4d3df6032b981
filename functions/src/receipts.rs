//! The receipt: where an author sees what became of a contribution, at an address that nobody
//! can guess.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, header};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use domain::{Campaign, Contribution, ContributionRef, Email, Flag, Moderated, Recipient, Status};
use insights::near;
use serde::Deserialize;
use serde_json::json;
use site_gen::view::{Head, Link};
use site_gen::{address, dates, markdown};

use crate::secret::token_hash;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Router<SharedApp> {
    Router::new()
        .route("/suivi/{token}", get(show))
        .route("/suivi/{token}/adresse", post(forget_address))
}

/// What was just done, for the page that follows it.
#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    fait: String,
}

/// Forgets the address that was given with a contribution: no message comes any more.
async fn forget_address(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<Redirect, Failure> {
    let reference = app
        .store
        .receipt(&token_hash(&token))
        .await?
        .ok_or(Failure::NotFound)?;
    app.store
        .forget_email(&Recipient::Author(reference))
        .await?;
    let receipt = address::receipt(&token);
    Ok(Redirect::to(&format!("{receipt}?fait=adresse")))
}

async fn show(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
    Query(Done { fait }): Query<Done>,
) -> Result<([(HeaderName, &'static str); 1], Html<String>), Failure> {
    let reference = app
        .store
        .receipt(&token_hash(&token))
        .await?
        .ok_or(Failure::NotFound)?;
    let held = app
        .store
        .contribution(&reference)
        .await?
        .ok_or(Failure::NotFound)?;
    let author = Recipient::Author(reference.clone());
    let has_email = app.store.email(&author).await?.is_some();
    // The address is the secret: it is told to nobody, not even to the next page.
    let headers = [(header::REFERRER_POLICY, "no-referrer")];
    Ok((
        headers,
        page(&app, &reference, &held, &token, has_email, &fait)?,
    ))
}

fn page(
    app: &App,
    reference: &ContributionRef,
    held: &Moderated,
    token: &str,
    has_email: bool,
    done: &str,
) -> Result<Html<String>, Failure> {
    let messages = app.renderer.messages();
    let campaign = app.campaign(held.contribution.campaign().as_str())?;
    let reason = held
        .status
        .reason()
        .map(|reason| messages.text(&format!("reason.{}.author", reason.key()), &[]));
    let public_href = match (held.status, reference) {
        (Status::Published, ContributionRef::Idea(id)) => {
            Some(address::idea(&campaign.slug, id, 1))
        }
        (Status::Published, ContributionRef::Comment { idea, id }) => {
            Some(format!("{}#{id}", address::idea(&campaign.slug, idea, 1)))
        }
        _ => None,
    };
    let view = json!({
        "receipt": {
            "noun": messages.text(&format!("noun.{}", reference.noun()), &[]),
            "reference": reference.id().reference(),
            "received": dates::moment(held.contribution.received_at(), messages),
            "status": held.status.key(),
            "state": messages.text(&format!("status.{}", held.status.key()), &[]),
            "reason": reason,
            "message": held.message.as_ref().map(|message| markdown::citizens(message.as_str())),
            "title": held.contribution.title(),
            "body": markdown::citizens(held.contribution.body().as_str()),
            "campaign": Link::new(&campaign.title, address::campaign(&campaign.slug)),
            "public_href": public_href,
        },
        "forget_action": has_email.then(|| format!("{}/adresse", address::receipt(token))),
        "is_forgotten": !has_email && done == "adresse",
        "address": format!("{}{}", app.site_url, address::receipt(token)),
    });
    let head = Head {
        indexed: false,
        ..app.renderer.head(
            "receipt",
            address::HOME.to_owned(),
            app.renderer.trail(campaign),
        )
    };
    Ok(Html(app.renderer.document("receipt.html", &head, &view)?))
}

impl App {
    /// Keeps a contribution that holds, and leads to its receipt. Sent twice, it is kept and
    /// told once, and leads to the same place.
    pub(crate) async fn receive(
        &self,
        campaign: &Campaign,
        contribution: Contribution,
        email: Option<Email>,
        mut flags: BTreeSet<Flag>,
    ) -> Result<Redirect, Failure> {
        let reference = contribution.reference();
        let token = self.secret.receipt_token(&reference);
        let kept_until = campaign.addresses_kept_until();
        let identity = email.as_ref().map(|email| (email, kept_until));
        if self.repeats(campaign, &contribution).await? {
            flags.insert(Flag::RepeatedText);
        }
        self.store
            .add(&contribution, &token_hash(&token), identity, &flags)
            .await?;
        Ok(Redirect::to(&address::receipt(&token)))
    }

    /// Whether somebody sent the same text to the campaign before. « Oui, tout à fait » is said by
    /// many, and is no repetition.
    async fn repeats(
        &self,
        campaign: &Campaign,
        contribution: &Contribution,
    ) -> Result<bool, Failure> {
        const FEW_WORDS: usize = 5;
        let text = near::fold(contribution.body().as_str());
        if text.split(' ').count() <= FEW_WORDS {
            return Ok(false);
        }
        let kept_until = campaign.texts_kept_until();
        let reference = contribution.reference();
        let repeats = self
            .store
            .repeats(&campaign.slug, &token_hash(&text), &reference, kept_until)
            .await?;
        Ok(repeats)
    }
}
