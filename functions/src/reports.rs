//! Signalling something published: the form, and the receipt that tells what was decided.

use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{
    Contribution, ContributionId, ContributionRef, Email, Invalid, Recipient, Report, ReportForm,
    ReportReason, Reported, Status,
};
use serde::Deserialize;
use serde_json::json;
use site_gen::view::{Choice, FormErrors, Head, Link};
use site_gen::{address, dates, markdown};

use crate::error::Gone;
use crate::given_back::{GivenBack, Written};
use crate::quota::Quota;
use crate::routes::Routes;
use crate::secret::token_hash;
use crate::sender::SentFrom;
use crate::social_security::refuse_numbers;
use crate::store::StoreError;
use crate::venue::Venue;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route(
            "/participer/{campaign}/signaler/{contribution}",
            get(show).post(submit),
        )
        .route(
            "/temoigner/{space}/signaler/{contribution}",
            get(show).post(submit),
        )
        .route("/suivi/signalement/{token}", get(receipt))
        .route("/suivi/signalement/{token}/effacer-adresse", post(forget))
}

/// Something published, as who signals it sees it.
struct Thing<'a> {
    venue: Venue<'a>,
    reference: ContributionRef,
    /// Its title, or its first words.
    words: String,
    /// Its own place on the site.
    href: String,
}

/// The form, and the ticket that makes of two sendings one report.
#[derive(Deserialize)]
struct Ticketed {
    #[serde(flatten)]
    form: ReportForm,
    #[serde(default)]
    ticket: String,
}

impl GivenBack for Ticketed {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        self.form.fields()
    }
}

/// The blank form.
async fn show(
    State(app): State<SharedApp>,
    Path((place, contribution)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let venue = venue(&app, &place, &contribution)?;
    match Thing::published(&app, venue, &contribution).await? {
        Some(thing) => thing.form(&app, &ReportForm::default(), &Invalid::default(), None),
        None => Err(gone(StatusCode::NOT_FOUND, venue)),
    }
}

/// From the form to the store, and on to the receipt. What is published may be signalled for
/// ever, after its campaign too.
async fn submit(
    State(app): State<SharedApp>,
    from: SentFrom,
    Path((place, contribution)): Path<(String, String)>,
    Written(Ticketed { form, ticket: raw }): Written<Ticketed>,
) -> Result<Response, Failure> {
    let venue = venue(&app, &place, &contribution)?;
    let now = app.now();
    let about = ContributionRef::parse(&contribution).map_err(|_| Failure::NotFound)?;
    let ticket = app.secret.read_ticket(&purpose(&about), &raw, now);
    let Some(thing) = Thing::published(&app, venue, &contribution).await? else {
        let received = match ticket {
            Some(ticket) => app.received_report(&ticket.report(&form)).await?,
            None => None,
        };
        let received = received.map(IntoResponse::into_response);
        return received.ok_or_else(|| gone(StatusCode::GONE, venue));
    };
    let carried = ticket.as_ref().map(|_| raw.as_str());
    let typed = [
        ("details", form.details.as_str()),
        ("email", form.email.as_str()),
    ];
    let (draft, email) = match refuse_numbers(form.parse(), &typed) {
        Ok(parsed) => parsed,
        Err(invalid) => return thing.form(&app, &form, &invalid, carried),
    };
    let Some(ticket) = ticket else {
        let mut invalid = Invalid::default();
        invalid.add("ticket", "expired");
        return thing.form(&app, &form, &invalid, None);
    };
    let id = ticket.report(&form);
    let sender = app.sender(from).await?;
    app.count_once(Quota::Report, &sender, &id).await?;
    let report = draft.received(id, thing.reference, venue.place(), now);
    let receipt = app.receive_report(venue, &report, email).await?;
    Ok(receipt.into_response())
}

impl App {
    /// Keeps a report that holds, tells who sent it by mail where an address was left, and leads
    /// to its receipt. Sent twice, it is kept and told once, and leads to the same place.
    async fn receive_report(
        &self,
        venue: Venue<'_>,
        report: &Report,
        email: Option<Email>,
    ) -> Result<Redirect, Failure> {
        let token = self.secret.report_token(&report.id);
        let kept_until = report.address_kept_until(venue.addresses_kept_until(report.received_at));
        let identity = email.as_ref().map(|email| (email, kept_until));
        self.store
            .add_report(report, &token_hash(&token), identity)
            .await?;
        Ok(Redirect::to(&address::report_receipt(&token)))
    }

    /// Leads to the receipt of a report that was received before, where it was: what it is about
    /// may have left the site since, as it asked.
    async fn received_report(&self, id: &ContributionId) -> Result<Option<Redirect>, Failure> {
        let token = self.secret.report_token(id);
        let held = self.store.reported(&token_hash(&token)).await?;
        Ok(held.map(|_| Redirect::to(&address::report_receipt(&token))))
    }
}

impl<'a> Thing<'a> {
    /// What an address names, where it is published in that campaign; a comment is while its
    /// idea is.
    async fn published(
        app: &App,
        venue: Venue<'a>,
        contribution: &str,
    ) -> Result<Option<Thing<'a>>, Failure> {
        let Ok(reference) = ContributionRef::parse(contribution) else {
            return Ok(None);
        };
        let Some(found) = app.public(&reference).await? else {
            return Ok(None);
        };
        if found.place() != venue.place() {
            return Ok(None);
        }
        Ok(Some(Self {
            venue,
            words: found.words(),
            href: address::contribution(&venue.place(), &reference),
            reference,
        }))
    }

    /// The form, blank or with what was typed and what is wrong.
    fn form(
        &self,
        app: &App,
        values: &ReportForm,
        invalid: &Invalid,
        ticket: Option<&str>,
    ) -> Result<Response, Failure> {
        let messages = app.renderer.messages();
        let ticket = ticket.map_or_else(
            || app.secret.ticket(&purpose(&self.reference), app.now()),
            str::to_owned,
        );
        let reasons: Vec<Choice> = ReportReason::ALL
            .into_iter()
            .map(|reason| Choice {
                value: reason.key().to_owned(),
                label: reason_label(app, reason),
                hint: messages.text(&format!("report-reason.{}.hint", reason.key()), &[]),
            })
            .collect();
        let view = json!({
            "about": {
                "noun": self.reference.noun(),
                "words": self.words,
                "href": self.href,
                "campaign": self.venue.link(),
            },
            "form": {
                "action": address::report(&self.venue.place(), &self.reference),
                "values": values,
                "reasons": reasons,
                "limit": ReportForm::DETAILS_LIMIT,
                "ticket": ticket,
            },
            "errors": FormErrors::of(invalid, messages),
        });
        let mut trail = self.venue.trail(&app.renderer);
        trail.push(Link::new(&self.words, &self.href));
        let key = format!("report-{}", self.reference.noun());
        let head = Head {
            indexed: false,
            space: self.venue.mark(&app.renderer),
            ..app.renderer.head(&key, self.href.clone(), trail)
        };
        let page = app.renderer.document("report.html", &head, &view)?;
        let status = if invalid.errors.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Ok((status, Html(page)).into_response())
    }
}

/// That there is nothing published to signal.
fn gone(status: StatusCode, venue: Venue<'_>) -> Failure {
    Failure::Gone(Gone::new(status, "report-gone", venue.place()))
}

/// What an address names: the testimonials of a space where it is of one, else a campaign.
fn venue<'a>(app: &'a App, place: &str, contribution: &str) -> Result<Venue<'a>, Failure> {
    match ContributionRef::parse(contribution) {
        Ok(ContributionRef::Testimonial(_)) => app.space(place).map(Venue::Testimonials),
        _ => app.campaign(place).map(Venue::Campaign),
    }
}

fn purpose(about: &ContributionRef) -> String {
    format!("report of {about}")
}

async fn receipt(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], Html<String>), Failure> {
    let held = app.store.reported(&token_hash(&token)).await?;
    let held = held.ok_or(Failure::NotFound)?;
    let reporter = Recipient::Reporter(held.report.id.clone());
    let has_address = app.store.email(&reporter).await?.is_some();
    let page = receipt_page(&app, &held, &token, has_address).await?;
    // The address is the secret: it is told to nobody, not even to the next page.
    let headers = [(header::REFERRER_POLICY, "no-referrer")];
    Ok((headers, Html(page)))
}

/// Forgets the address of who sent a report.
async fn forget(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<Redirect, Failure> {
    let held = app.store.reported(&token_hash(&token)).await?;
    let held = held.ok_or(Failure::NotFound)?;
    let reporter = Recipient::Reporter(held.report.id);
    app.store.forget_email(&reporter).await?;
    Ok(Redirect::to(&address::report_receipt(&token)))
}

/// The receipt. Of what was signalled it shows words only while everybody can read them.
async fn receipt_page(
    app: &App,
    held: &Reported,
    token: &str,
    has_address: bool,
) -> Result<String, Failure> {
    let messages = app.renderer.messages();
    let report = &held.report;
    let venue = app.venue(&report.place)?;
    let public = app.public(&report.about).await?;
    let state = held
        .answer
        .as_ref()
        .map_or("waiting", |answer| answer.verdict.key());
    let own = address::report_receipt(token);
    let view = json!({
        "report": {
            "state": state,
            "said": messages.text(&format!("report-state.{state}"), &[]),
            "answer": held.answer.as_ref().map(|answer| json!({
                "text": markdown::citizens(answer.text.as_str()),
                "at": dates::moment(answer.at, messages),
            })),
            "reference": report.id.reference(),
            "received": dates::moment(report.received_at, messages),
            "reason": reason_label(app, report.reason),
            "text": report.text.as_ref().map(|text| markdown::citizens(text.as_str())),
        },
        "about": {
            "noun": report.about.noun(),
            "reference": report.about.id().reference(),
            "public": public.map(|found| {
                Link::new(found.words(), address::contribution(&report.place, &report.about))
            }),
            "campaign": venue.link(),
        },
        "address": format!("{}{own}", app.site_url),
        "forget_action": has_address.then(|| format!("{own}/effacer-adresse")),
    });
    let head = Head {
        indexed: false,
        ..app.renderer.head(
            "report-receipt",
            address::HOME.to_owned(),
            venue.trail(&app.renderer),
        )
    };
    Ok(app.renderer.document("report-receipt.html", &head, &view)?)
}

impl App {
    /// A contribution that everybody can read: published, and a comment's idea too.
    pub(crate) async fn public(
        &self,
        reference: &ContributionRef,
    ) -> Result<Option<Contribution>, StoreError> {
        if let ContributionRef::Comment { idea, .. } = reference {
            let idea = ContributionRef::Idea(idea.clone());
            let replied = self.store.contribution(&idea).await?;
            if replied.is_none_or(|replied| replied.status != Status::Published) {
                return Ok(None);
            }
        }
        let held = self.store.contribution(reference).await?;
        Ok(held
            .filter(|held| held.status == Status::Published)
            .map(|held| held.contribution))
    }
}

/// A reason as who signals something reads it.
pub(crate) fn reason_label(app: &App, reason: ReportReason) -> String {
    let key = format!("report-reason.{}.label", reason.key());
    app.renderer.messages().text(&key, &[])
}
