//! Putting an idea forward: the form, the review page, the receipt.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::post;
use domain::{
    Campaign, Contribution, ContributionId, ContributionRef, Email, IdeaDraft, IdeaForm, Invalid,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::view::Head;
use site_gen::{address, markdown};

use crate::given_back::Written;
use crate::quota::Quota;
use crate::review::{PersonalView, Review, Reviewed, Texts, address_needed, without_personal_data};
use crate::routes::Routes;
use crate::secret::Ticket;
use crate::sender::SentFrom;
use crate::social_security::refuse_numbers;
use crate::venue::Venue;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route("/participer/{campaign}/idees", post(review))
        .route("/participer/{campaign}/idees/modifier", post(edit))
        .route("/participer/{campaign}/idees/retirer", post(remove))
        .route("/participer/{campaign}/idees/envoyer", post(submit))
}

/// From the form to the review page, or back to the form with what is to be corrected.
async fn review(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    Written(typed): Written<Reviewed<IdeaForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    app.takes_contribution(campaign)?;
    review_page(&app, campaign, typed, Review::Offer).await
}

/// From the review page to itself, with personal data replaced by words.
async fn remove(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    Written(typed): Written<Reviewed<IdeaForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    app.takes_contribution(campaign)?;
    let (draft, _) = match parse(&typed.form, campaign) {
        Ok(parsed) => parsed,
        Err(invalid) => return correct(&app, campaign, typed, &invalid),
    };
    let messages = app.renderer.messages();
    let form = IdeaForm {
        title: without_personal_data(draft.title.as_str(), messages),
        text: without_personal_data(draft.body.as_str(), messages),
        ..typed.form.clone()
    };
    review_page(&app, campaign, typed.with(form), Review::Removed).await
}

/// From the review page back to the form.
async fn edit(
    State(app): State<SharedApp>,
    Path(campaign): Path<String>,
    Written(typed): Written<Reviewed<IdeaForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    app.takes_contribution(campaign)?;
    let blank = Invalid::default();
    let page = app
        .renderer
        .idea_form(campaign, typed.filled(), &blank, app.now())?;
    Ok(Html(page).into_response())
}

/// From the review page to the store, and on to the receipt.
async fn submit(
    State(app): State<SharedApp>,
    from: SentFrom,
    Path(campaign): Path<String>,
    Written(typed): Written<Reviewed<IdeaForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    let now = app.now();
    let ticket = app
        .secret
        .read_ticket(&purpose(campaign), &typed.ticket, now);
    let parsed = parse(&typed.form, campaign);
    if let Err(closed) = app.takes_contribution(campaign) {
        let again = ticket.as_ref().map(Ticket::contribution);
        let received = match again {
            Some(id) => {
                let reference = ContributionRef::Idea(id.clone());
                let again = parsed.ok();
                let again = again.map(|(draft, _)| sent(&app, campaign, draft, id, now));
                app.received(&reference, again.as_ref()).await?
            }
            None => None,
        };
        return received.map(IntoResponse::into_response).ok_or(closed);
    }
    let (draft, email) = match parsed {
        Ok(parsed) => parsed,
        Err(invalid) => return correct(&app, campaign, typed, &invalid),
    };
    let Some(ticket) = ticket else {
        return review_page(&app, campaign, typed, Review::Expired).await;
    };
    let id = ticket.contribution();
    let sender = app.sender(from).await?;
    app.count_once(Quota::Contribution, &sender, &id).await?;
    let arrival = app
        .arrival(campaign, &typed.ticket, &typed.preuve, email.as_ref())
        .await?;
    let Some(arrival) = arrival else {
        return correct(&app, campaign, typed, &address_needed());
    };
    let draft = draft.kept(app.renderer.messages());
    let flags = typed.flags(&draft, &ticket, now);
    let contribution = sent(&app, campaign, draft, id, now);
    let receipt = app
        .receive(
            Venue::Campaign(campaign),
            contribution,
            email,
            flags,
            arrival,
        )
        .await?;
    Ok(receipt.into_response())
}

/// What arrives when a draft is sent, as it is kept.
fn sent(
    app: &App,
    campaign: &Campaign,
    draft: IdeaDraft,
    id: ContributionId,
    now: Timestamp,
) -> Contribution {
    let draft = draft.kept(app.renderer.messages());
    Contribution::Idea(draft.received(id, campaign.slug.clone(), now))
}

/// The review page, or the form with what is to be corrected.
async fn review_page(
    app: &App,
    campaign: &Campaign,
    typed: Reviewed<IdeaForm>,
    review: Review,
) -> Result<Response, Failure> {
    let (draft, _) = match parse(&typed.form, campaign) {
        Ok(parsed) => parsed,
        Err(invalid) => return correct(app, campaign, typed, &invalid),
    };
    let now = app.now();
    let views = app.renderer.views(now);
    let messages = app.renderer.messages();
    let personal = PersonalView::of(&draft, review, messages);
    let draft = draft.kept(messages);
    let near = app.similar(&campaign.slug, &draft.title, &draft.body).await;
    let near: Vec<Value> = near
        .iter()
        .map(|card| {
            json!({
                "card": views.idea_card(&campaign.slug, card),
                "like_action": address::like(&campaign.slug, &card.id),
            })
        })
        .collect();
    let action = address::send_idea(&campaign.slug);
    let ticket = typed.ticket(app, &purpose(campaign), now);
    let view = json!({
        "campaign": views.campaign_card(campaign, site_gen::Tally::default()),
        "review": {
            "kind": views.kind(draft.kind),
            "category": draft.category,
            "question": draft.question,
            "title": draft.title.as_str(),
            "body": markdown::citizens(draft.body.as_str()),
            "email": Some(typed.form.email.trim()).filter(|email| !email.is_empty()),
        },
        "expired": review == Review::Expired,
        "personal": personal,
        "near": near,
        "action": format!("{action}/envoyer"),
        "remove_action": format!("{action}/retirer"),
        "edit_action": format!("{action}/modifier"),
        "challenge": app.challenge(campaign, &ticket).await?,
        "hidden": typed.carried(ticket)?,
    });
    let head = Head {
        indexed: false,
        ..app.renderer.head(
            "review",
            address::propose(&campaign.slug),
            app.renderer.trail(campaign),
        )
    };
    let page = app.renderer.document("review-idea.html", &head, &view)?;
    Ok(Html(page).into_response())
}

/// What the form holds; a number in its texts is taken out, where its author sees it.
fn parse(form: &IdeaForm, campaign: &Campaign) -> Result<(IdeaDraft, Option<Email>), Invalid> {
    refuse_numbers(form.parse(campaign), &[("email", &form.email)])
}

fn correct(
    app: &App,
    campaign: &Campaign,
    typed: Reviewed<IdeaForm>,
    invalid: &Invalid,
) -> Result<Response, Failure> {
    let page = app
        .renderer
        .idea_form(campaign, typed.filled(), invalid, app.now())?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

fn purpose(campaign: &Campaign) -> String {
    format!("idea of {}", campaign.slug)
}

impl App {
    /// That a form for this campaign is taken now.
    ///
    /// # Errors
    /// [`Failure::Closed`].
    pub(crate) fn takes_contribution(&self, campaign: &Campaign) -> Result<(), Failure> {
        if campaign.takes_contribution(self.now()) {
            Ok(())
        } else {
            Err(Failure::Closed(campaign.slug.clone()))
        }
    }
}
