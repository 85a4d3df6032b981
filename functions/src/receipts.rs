//! The receipt: where an author sees what became of a contribution, at an address that nobody
//! can guess.

mod answers;
mod way;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{
    ContributionRef, Decision, Email, Invalid, Moderated, Recipient, RejectionReason, Status,
};
use serde::Deserialize;
use serde_json::json;
use site_gen::view::{FormErrors, Head};
use site_gen::{address, dates, markdown};

use crate::form::{Done, Typed};
use crate::quota::Quota;
use crate::routes::Routes;
use crate::secret::token_hash;
use crate::sender::Sender;
use crate::social_security::refuse_numbers;
use crate::store::{By, Decided, Erased, Ruling};
use crate::venue::Venue;
use crate::{App, Failure, SharedApp, consent};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route("/suivi/{token}", get(show))
        .route("/suivi/{token}/adresse", post(change_address))
        .route(
            "/suivi/{token}/confirmer/{code}",
            get(ask_to_confirm).post(confirm),
        )
        .route("/suivi/{token}/retirer", post(withdraw))
        .route("/suivi/{token}/effacer", post(erase))
        .merge(answers::router())
}

/// What was typed in the form of an address, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AddressTyped {
    #[serde(rename = "faire")]
    action: String,
    email: String,
}

impl AddressTyped {
    fn email(&self) -> Result<Email, Invalid> {
        let mut invalid = Invalid::default();
        let email = invalid.take("email", Email::parse(&self.email));
        refuse_numbers(email.ok_or(invalid), &[("email", &self.email)])
    }
}

/// A contribution, for who holds its receipt.
struct Receipt<'a> {
    app: &'a App,
    token: &'a str,
    reference: ContributionRef,
    held: Moderated,
    /// What was typed in reply to answers, where it comes back.
    reply: answers::Typed,
}

/// A page at a secret address: it is told to nobody, not even to the next page.
type Private = ([(HeaderName, &'static str); 1], Html<String>);

async fn show(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
    Query(Done { fait }): Query<Done>,
) -> Result<Private, Failure> {
    let receipt = Receipt::open(&app, &token).await?;
    receipt.page(&fait, "", &Invalid::default()).await
}

/// Keeps another address, or forgets the one that is kept: no message comes any more.
async fn change_address(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
    sender: Sender,
    Typed(typed): Typed<AddressTyped>,
) -> Result<Response, Failure> {
    let receipt = Receipt::open(&app, &token).await?;
    let done = match typed.action.as_str() {
        "effacer" => {
            receipt.erase(Erased::Identity).await?;
            "adresse"
        }
        "changer" => {
            let email = match typed.email() {
                Ok(email) => email,
                Err(invalid) => {
                    let page = receipt.page("", &typed.email, &invalid).await?;
                    return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
                }
            };
            let venue = receipt.venue()?;
            let of = &receipt.reference;
            let is_unconfirmed = receipt.held.status == Status::Unconfirmed;
            let kept_until = if is_unconfirmed {
                // A message goes to whatever address is typed: only so many in an hour.
                app.count(Quota::Contribution, &sender).await?;
                app.confirmed_until()
            } else {
                venue.addresses_kept_until(receipt.held.contribution.received_at())
            };
            let is_kept = app.store.change_email(of, &email, kept_until).await?;
            if is_kept && is_unconfirmed {
                app.store.ask_again(of, app.now()).await?;
            }
            if is_kept {
                "nouvelle-adresse"
            } else {
                "adresse-refusee"
            }
        }
        _ => return Err(Failure::BadRequest),
    };
    Ok(receipt.again(done).into_response())
}

/// Where the link of a message leads: a button, since opening a link changes nothing.
async fn ask_to_confirm(
    State(app): State<SharedApp>,
    Path((token, code)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let receipt = Receipt::open(&app, &token).await?;
    if receipt.held.status != Status::Unconfirmed {
        return Ok(Redirect::to(&address::receipt(&token)).into_response());
    }
    receipt.address_of(&code).await?;
    let venue = receipt.venue()?;
    let view = json!({
        "reference": receipt.reference.id().reference(),
        "action": address::confirm(&token, &code),
        "receipt": address::receipt(&token),
    });
    let head = Head {
        indexed: false,
        ..app.renderer.head(
            "confirm",
            address::HOME.to_owned(),
            venue.trail(&app.renderer),
        )
    };
    let page = app.renderer.document("confirm.html", &head, &view)?;
    Ok(([(header::REFERRER_POLICY, "no-referrer")], Html(page)).into_response())
}

/// The address is the author's: the contribution waits to be read.
async fn confirm(
    State(app): State<SharedApp>,
    Path((token, code)): Path<(String, String)>,
) -> Result<Redirect, Failure> {
    let receipt = Receipt::open(&app, &token).await?;
    match receipt.held.status {
        Status::Unconfirmed => {}
        Status::Withdrawn => return Ok(Redirect::to(&address::receipt(&token))),
        _ => return Ok(receipt.again("confirmee")),
    }
    let email = receipt.address_of(&code).await?;
    let received_at = receipt.held.contribution.received_at();
    let kept_until = receipt.venue()?.addresses_kept_until(received_at);
    let of = &receipt.reference;
    if !app.store.change_email(of, &email, kept_until).await? {
        return Ok(Redirect::to(&address::receipt(&token)));
    }
    match app
        .store
        .decide(&receipt.ruling(), Decision::Confirm, None)
        .await?
    {
        Decided::Missing => Err(Failure::NotFound),
        Decided::Done | Decided::Already(_) | Decided::NoOther => Ok(receipt.again("confirmee")),
    }
}

/// Takes the contribution back: it leaves the site.
async fn withdraw(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<Redirect, Failure> {
    let receipt = Receipt::open(&app, &token).await?;
    let ruling = receipt.ruling();
    let decision = Decision::Withdraw;
    let done = match app.store.decide(&ruling, decision, None).await? {
        Decided::Missing => return Err(Failure::NotFound),
        // Taken back already: what was asked is so.
        Decided::Done | Decided::Already(_) | Decided::NoOther => "retiree",
    };
    Ok(receipt.again(done))
}

/// Erases the text and the address, for ever.
async fn erase(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<Redirect, Failure> {
    let receipt = Receipt::open(&app, &token).await?;
    receipt.erase(Erased::Everything).await?;
    Ok(receipt.again("effacee"))
}

impl<'a> Receipt<'a> {
    /// Opens the receipt of a token.
    async fn open(app: &'a App, token: &'a str) -> Result<Self, Failure> {
        let reference = app.store.receipt(&token_hash(token)).await?;
        let reference = reference.ok_or(Failure::NotFound)?;
        let held = app.store.contribution(&reference).await?;
        Ok(Self {
            app,
            token,
            reference,
            held: held.ok_or(Failure::NotFound)?,
            reply: answers::Typed::default(),
        })
    }

    /// What it was sent to.
    fn venue(&self) -> Result<Venue<'a>, Failure> {
        self.app.venue(&self.held.contribution.place())
    }

    /// The address that a code confirms.
    async fn address_of(&self, code: &str) -> Result<Email, Failure> {
        let author = Recipient::Author(self.reference.clone());
        let email = self.app.store.email(&author).await?;
        email
            .filter(|email| self.app.secret.confirms(code, &self.reference, email))
            .ok_or(Failure::NotFound)
    }

    /// What the author decides now, wherever the contribution stands.
    fn ruling(&self) -> Ruling<'_> {
        Ruling {
            reference: &self.reference,
            version: None,
            by: By::Author,
            now: self.app.now(),
        }
    }

    async fn erase(&self, erased: Erased) -> Result<(), Failure> {
        // A moderator may decide at the same time: asked again, it holds.
        const TRIES: u32 = 5;
        for _ in 0..TRIES {
            match self.app.store.erase(&self.ruling(), erased).await? {
                Decided::Done => return Ok(()),
                Decided::Missing => return Err(Failure::NotFound),
                Decided::Already(_) | Decided::NoOther => {}
            }
        }
        Err(Failure::Broken("an author erases a text within some tries"))
    }

    /// Back to the receipt, with what was done.
    fn again(&self, done: &str) -> Redirect {
        let receipt = address::receipt(self.token);
        Redirect::to(&format!("{receipt}?fait={done}"))
    }

    async fn page(
        &self,
        done: &str,
        typed_email: &str,
        invalid: &Invalid,
    ) -> Result<Private, Failure> {
        const KNOWN: [&str; 14] = [
            "adresse",
            "nouvelle-adresse",
            "adresse-refusee",
            "confirmee",
            "retiree",
            "effacee",
            "deja",
            "accord",
            "refus",
            "autrement",
            "pas-modifiee",
            "utile",
            "ajout",
            "ajout-deja",
        ];
        let Self {
            app,
            reference,
            held,
            ..
        } = self;
        let messages = app.renderer.messages();
        let venue = self.venue()?;
        let campaign = venue.campaign();
        let place = venue.place();
        let author = Recipient::Author(reference.clone());
        let has_email = app.store.email(&author).await?.is_some();
        let reason = held.status.reason();
        let was_published = held.published_at.is_some();
        // A comment is read with its idea: where that left the site, so did the comment.
        let is_public = app.public(reference).await?.is_some();
        let state = match held.status {
            _ if held.merged_into.is_some() && reason.is_some() => "merged",
            Status::Published if !is_public => "unseen",
            status => status.key(),
        };
        let done = KNOWN.contains(&done).then(|| {
            // What was never on the site is not said to leave it.
            let leaves = matches!(done, "retiree" | "effacee");
            let end = if leaves && !was_published {
                "-unpublished"
            } else {
                ""
            };
            messages.text(&format!("receipt.done.{done}{end}"), &[])
        });
        let action = address::receipt(self.token);
        let survey = campaign.filter(|campaign| campaign.offers_survey(app.now()));
        let view = json!({
            "survey_href": survey.map(|campaign| address::survey(&campaign.slug)),
            "receipt": {
                "noun": messages.text(&format!("noun.{}", reference.noun()), &[]),
                "reference": reference.id().reference(),
                "received": dates::moment(held.contribution.received_at(), messages),
                "status": held.status.key(),
                "state": messages.text(&format!("status.{state}"), &[]),
                "reason": reason.map(|reason| app.reason_said(reference, reason)),
                "in_danger": reason == Some(RejectionReason::Alert),
                "message": held.message.as_ref().map(|message| markdown::citizens(message.as_str())),
                "title": held.contribution.title(),
                "body": markdown::citizens(held.contribution.body().as_str()),
                "erased": held.erased,
                "was_published": was_published,
                "campaign": venue.link(),
                "is_testimonial": campaign.is_none(),
                "public_href": is_public.then(|| address::contribution(&place, reference)),
                "joined_href": held.merged_into.as_ref().map(|into| {
                    address::contribution(&place, &ContributionRef::Idea(into.clone()))
                }),
            },
            "next": match campaign {
                Some(campaign) => self.by_phase("receipt.next", campaign),
                None if self.is_answered() => messages.text("answering.next", &[]),
                None => messages.text("receipt.next-testimonial", &[]),
            },
            "results_href": campaign
                .filter(|campaign| self.results(campaign).is_some())
                .map(|campaign| address::results(&campaign.slug)),
            "news_href": campaign
                .filter(|campaign| self.has_news(campaign))
                .map(|campaign| address::outcome_news(&campaign.slug)),
            "comment": app.comment_facts(&held.contribution).await?,
            "steps": self.steps(campaign, is_public),
            "answering": self.answering(is_public),
            "response": held.response.as_ref().filter(|_| is_public).map(|said| json!({
                "team": said.team,
                "date": dates::instant(said.published_at, messages),
                "body": markdown::citizens(said.text.as_str()),
            })),
            "outcome": held.outcome.as_ref().filter(|_| is_public).map(|outcome| json!({
                "decision": messages.text(&format!("outcome.{}", outcome.decision.key()), &[]),
                "key": outcome.decision.key(),
                "date": dates::instant(outcome.decided_at, messages),
                "body": markdown::citizens(outcome.text.as_str()),
            })),
            "citations": campaign.map_or_else(Vec::new, |campaign| self.citations(campaign)),
            "done": done,
            "errors": FormErrors::of(invalid, messages),
            "email": typed_email,
            "has_email": has_email,
            "withdraw_effect": messages.text(&format!("receipt.withdraw-effect.{}", self.withdraw_effect(is_public)), &[]),
            "may_withdraw": held.status != Status::Withdrawn,
            "change_href": consent::can_be_changed(held).then(|| format!("{action}/modifier")),
            "address_action": format!("{action}/adresse"),
            "withdraw_action": format!("{action}/retirer"),
            "erase_action": format!("{action}/effacer"),
            "address": format!("{}{action}", app.site_url),
        });
        let head = Head {
            indexed: false,
            ..app.renderer.head(
                "receipt",
                address::HOME.to_owned(),
                venue.trail(&app.renderer),
            )
        };
        let page = app.renderer.document("receipt.html", &head, &view)?;
        Ok(([(header::REFERRER_POLICY, "no-referrer")], Html(page)))
    }

    /// The key of what taking it back does to what the public sees.
    fn withdraw_effect(&self, is_public: bool) -> &'static str {
        if is_public {
            self.reference.noun()
        } else if self.held.published_at.is_some() {
            "hidden"
        } else {
            "unpublished"
        }
    }
}
