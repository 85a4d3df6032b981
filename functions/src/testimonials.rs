//! Telling an experience: the form, the review page, the receipt.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::post;
use domain::{
    Contribution, ContributionId, ContributionRef, Email, Invalid, Space, TestimonialDraft,
    TestimonialForm, pseudonym,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::view::{Head, Link};
use site_gen::{address, markdown};

use crate::given_back::Written;
use crate::proof::Arrival;
use crate::quota::Quota;
use crate::review::{PersonalView, Review, Reviewed, Texts, without_personal_data};
use crate::routes::Routes;
use crate::secret::Ticket;
use crate::sender::SentFrom;
use crate::social_security::refuse_numbers;
use crate::venue::Venue;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route("/temoigner/{space}", post(review))
        .route("/temoigner/{space}/modifier", post(edit))
        .route("/temoigner/{space}/retirer", post(remove))
        .route("/temoigner/{space}/envoyer", post(submit))
}

/// From the form to the review page, or back to the form with what is to be corrected.
async fn review(
    State(app): State<SharedApp>,
    Path(space): Path<String>,
    Written(typed): Written<Reviewed<TestimonialForm>>,
) -> Result<Response, Failure> {
    let space = app.takes_testimonials(&space)?;
    review_page(&app, space, typed, Review::Offer).await
}

/// From the review page to itself, with personal data replaced by words.
async fn remove(
    State(app): State<SharedApp>,
    Path(space): Path<String>,
    Written(typed): Written<Reviewed<TestimonialForm>>,
) -> Result<Response, Failure> {
    let space = app.takes_testimonials(&space)?;
    let (draft, _) = match parse(&app, &typed.form, space) {
        Ok(parsed) => parsed,
        Err(invalid) => return correct(&app, space, typed, &invalid),
    };
    let messages = app.renderer.messages();
    let form = TestimonialForm {
        title: without_personal_data(draft.title.as_str(), messages),
        text: without_personal_data(draft.body.as_str(), messages),
        ..typed.form.clone()
    };
    review_page(&app, space, typed.with(form), Review::Removed).await
}

/// From the review page back to the form.
async fn edit(
    State(app): State<SharedApp>,
    Path(space): Path<String>,
    Written(typed): Written<Reviewed<TestimonialForm>>,
) -> Result<Response, Failure> {
    let space = app.takes_testimonials(&space)?;
    let blank = Invalid::default();
    let page = app
        .renderer
        .testimonial_form(space, typed.filled(), &blank, app.now())?;
    Ok(Html(page).into_response())
}

/// From the review page to the store, and on to the receipt.
async fn submit(
    State(app): State<SharedApp>,
    from: SentFrom,
    Path(space): Path<String>,
    Written(typed): Written<Reviewed<TestimonialForm>>,
) -> Result<Response, Failure> {
    let space = app.space(&space)?;
    let now = app.now();
    let ticket = app.secret.read_ticket(&purpose(space), &typed.ticket, now);
    let parsed = parse(&app, &typed.form, space);
    if space.testimonials.is_none() {
        // Sent again once the space takes none any more, it is still received.
        let again = ticket.as_ref().map(Ticket::contribution);
        let received = match again {
            Some(id) => {
                let reference = ContributionRef::Testimonial(id.clone());
                let again = parsed.ok();
                let again = again.map(|(draft, _)| sent(&app, space, draft, id, now));
                app.received(&reference, again.as_ref()).await?
            }
            None => None,
        };
        let received = received.map(IntoResponse::into_response);
        return received.ok_or(Failure::NotFound);
    }
    let (draft, email) = match parsed {
        Ok(parsed) => parsed,
        Err(invalid) => return correct(&app, space, typed, &invalid),
    };
    let Some(ticket) = ticket else {
        return review_page(&app, space, typed, Review::Expired).await;
    };
    let id = ticket.contribution();
    let sender = app.sender(from).await?;
    app.count_once(Quota::Contribution, &sender, &id).await?;
    let draft = draft.kept(app.renderer.messages());
    let flags = typed.flags(&draft, &ticket, now);
    let contribution = sent(&app, space, draft, id, now);
    let venue = Venue::Testimonials(space);
    let receipt = app
        .receive(venue, contribution, Some(email), flags, Arrival::ToRead)
        .await?;
    Ok(receipt.into_response())
}

/// What arrives when a draft is sent, as it is kept.
fn sent(
    app: &App,
    space: &Space,
    draft: TestimonialDraft,
    id: ContributionId,
    now: Timestamp,
) -> Contribution {
    let draft = draft.kept(app.renderer.messages());
    Contribution::Testimonial(draft.received(id, space.slug.clone(), now))
}

/// The review page, or the form with what is to be corrected.
async fn review_page(
    app: &App,
    space: &Space,
    typed: Reviewed<TestimonialForm>,
    review: Review,
) -> Result<Response, Failure> {
    let (draft, _) = match parse(app, &typed.form, space) {
        Ok(parsed) => parsed,
        Err(invalid) => return correct(app, space, typed, &invalid),
    };
    let now = app.now();
    let views = app.renderer.views(now);
    let messages = app.renderer.messages();
    let personal = PersonalView::of(&draft, review, messages);
    let draft = draft.kept(messages);
    let near = app
        .similar_testimonials(&space.slug, &draft.title, &draft.body)
        .await;
    let near: Vec<Value> = near
        .iter()
        .map(|card| {
            let mut view = json!(views.testimonial_card(card));
            view["same_action"] = address::same_experience(&card.space, &card.id).into();
            view
        })
        .collect();
    let action = address::send_testimonial(&space.slug);
    let ticket = typed.ticket(app, &purpose(space), now);
    let id = app.secret.read_ticket(&purpose(space), &ticket, now);
    let id = id.ok_or(Failure::Broken("a ticket that was just made is read"))?;
    let aspects = draft.aspects.iter();
    let aspects: Vec<(String, String)> = aspects
        .map(|(aspect, felt)| (views.aspect(*aspect), views.sentiment(*felt)))
        .collect();
    let view = json!({
        "space": Link::new(&space.name, address::space(&space.slug)),
        "review": {
            "title": draft.title.as_str(),
            "body": markdown::citizens(draft.body.as_str()),
            "sentiment": views.sentiment(draft.sentiment),
            "structures": draft.structures.iter().map(|it| views.structure(it)).collect::<Vec<_>>(),
            "channels": draft.channels.iter().map(|it| views.channel(*it)).collect::<Vec<_>>(),
            "aspects": aspects,
            "writer": views.writer(draft.writer),
            "pseudonym": pseudonym(&id.contribution()).as_str(),
            "department": draft.department.as_deref().map(|code| views.department(code)),
            "email": typed.form.email.trim(),
        },
        "expired": review == Review::Expired,
        "personal": personal,
        "near": near,
        "action": format!("{action}/envoyer"),
        "remove_action": format!("{action}/retirer"),
        "edit_action": format!("{action}/modifier"),
        "challenge": null,
        "hidden": typed.carried(ticket)?,
    });
    let mut trail = app.renderer.trail_to_testimonials();
    trail.push(Link::new(&space.name, address::tell(&space.slug)));
    let head = Head {
        indexed: false,
        space: app.renderer.space_mark(&space.slug),
        ..app
            .renderer
            .head("review-testimonial", address::tell(&space.slug), trail)
    };
    let page = app
        .renderer
        .document("review-testimonial.html", &head, &view)?;
    Ok(Html(page).into_response())
}

/// What the form holds; a number in its texts is taken out, where its author sees it.
fn parse(
    app: &App,
    form: &TestimonialForm,
    space: &Space,
) -> Result<(TestimonialDraft, Email), Invalid> {
    let structures = app.renderer.catalogue().structures_of(&space.slug);
    let parsed = form.parse(structures);
    refuse_numbers(parsed, &[("email", &form.email)])
}

fn correct(
    app: &App,
    space: &Space,
    typed: Reviewed<TestimonialForm>,
    invalid: &Invalid,
) -> Result<Response, Failure> {
    let page = app
        .renderer
        .testimonial_form(space, typed.filled(), invalid, app.now())?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

fn purpose(space: &Space) -> String {
    format!("testimonial to {}", space.slug)
}

impl App {
    /// The space of an address, where it takes testimonials.
    fn takes_testimonials(&self, slug: &str) -> Result<&Space, Failure> {
        let space = self.space(slug)?;
        let takes = space.testimonials.is_some();
        takes.then_some(space).ok_or(Failure::NotFound)
    }
}
