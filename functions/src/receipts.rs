//! The receipt: where an author sees what became of a contribution, at an address that nobody
//! can guess.

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{Html, Redirect};
use axum::routing::get;
use domain::{Campaign, Contribution, ContributionRef, Email, Moderated, Status};
use serde_json::json;
use site_gen::view::{Head, Link};
use site_gen::{address, dates, markdown};

use crate::routes::Routes;
use crate::secret::token_hash;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new().route("/suivi/{token}", get(show))
}

async fn show(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
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
    // The address is the secret: it is told to nobody, not even to the next page.
    let headers = [(header::REFERRER_POLICY, "no-referrer")];
    Ok((headers, page(&app, &reference, &held, &token)?))
}

fn page(
    app: &App,
    reference: &ContributionRef,
    held: &Moderated,
    token: &str,
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
    ) -> Result<Redirect, Failure> {
        let reference = contribution.reference();
        let token = self.secret.receipt_token(&reference);
        let kept_until = campaign.addresses_kept_until();
        let identity = email.as_ref().map(|email| (email, kept_until));
        self.store
            .add(&contribution, &token_hash(&token), identity)
            .await?;
        Ok(Redirect::to(&address::receipt(&token)))
    }
}
