//! Commenting an idea: the form, the review page, the receipt.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::post;
use domain::{
    Campaign, CommentDraft, CommentForm, Contribution, ContributionId, ContributionRef, Email,
    Idea, Invalid, Name, Place, Status,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::view::{FormErrors, Head, Link};
use site_gen::{Tally, address, markdown};

use crate::error::Gone;
use crate::given_back::Written;
use crate::quota::Quota;
use crate::review::{PersonalView, Review, Reviewed, Texts, address_needed, without_personal_data};
use crate::routes::Routes;
use crate::sender::SentFrom;
use crate::social_security::refuse_numbers;
use crate::venue::Venue;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route(
            "/participer/{campaign}/idees/{idea}/commentaires",
            post(review),
        )
        .route(
            "/participer/{campaign}/idees/{idea}/commentaires/modifier",
            post(edit),
        )
        .route(
            "/participer/{campaign}/idees/{idea}/commentaires/retirer",
            post(remove),
        )
        .route(
            "/participer/{campaign}/idees/{idea}/commentaires/envoyer",
            post(submit),
        )
}

/// From the form to the review page, or back to the form with what is to be corrected.
async fn review(
    State(app): State<SharedApp>,
    Path((campaign, idea)): Path<(String, String)>,
    Written(typed): Written<Reviewed<CommentForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    let idea = app.commented_idea(campaign, &idea).await?;
    review_page(&app, campaign, &idea, typed, Review::Offer).await
}

/// From the review page to itself, with personal data replaced by words.
async fn remove(
    State(app): State<SharedApp>,
    Path((campaign, idea)): Path<(String, String)>,
    Written(typed): Written<Reviewed<CommentForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    let idea = app.commented_idea(campaign, &idea).await?;
    let (draft, _) = match parse(&typed.form) {
        Ok(parsed) => parsed,
        Err(invalid) => return form_page(&app, campaign, &idea, typed, &invalid),
    };
    let messages = app.renderer.messages();
    let name = draft.name.as_ref().map_or("", |name| name.as_str());
    let form = CommentForm {
        name: without_personal_data(name, messages),
        text: without_personal_data(draft.body.as_str(), messages),
        ..typed.form.clone()
    };
    review_page(&app, campaign, &idea, typed.with(form), Review::Removed).await
}

/// From the review page back to the form.
async fn edit(
    State(app): State<SharedApp>,
    Path((campaign, idea)): Path<(String, String)>,
    Written(typed): Written<Reviewed<CommentForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    let idea = app.commented_idea(campaign, &idea).await?;
    form_page(&app, campaign, &idea, typed, &Invalid::default())
}

/// From the review page to the store, and on to the receipt.
async fn submit(
    State(app): State<SharedApp>,
    from: SentFrom,
    Path((campaign, idea)): Path<(String, String)>,
    Written(typed): Written<Reviewed<CommentForm>>,
) -> Result<Response, Failure> {
    let campaign = app.campaign(&campaign)?;
    let now = app.now();
    let on = ContributionId::parse(&idea).map_err(|_| Failure::NotFound)?;
    let ticket = app.secret.read_ticket(&purpose(&on), &typed.ticket, now);
    let parsed = parse(&typed.form);
    let idea = match app.commented_idea(campaign, &idea).await {
        Ok(idea) => idea,
        Err(failure) => {
            let Some(ticket) = ticket else {
                return Err(failure);
            };
            let id = ticket.contribution();
            let reference = ContributionRef::Comment {
                idea: on.clone(),
                id: id.clone(),
            };
            let again = parsed.ok();
            let again = again.map(|(draft, _)| sent(&app, campaign, on, draft, id, now));
            let received = app.received(&reference, again.as_ref()).await?;
            return received.map(IntoResponse::into_response).ok_or(failure);
        }
    };
    let (draft, email) = match parsed {
        Ok(parsed) => parsed,
        Err(invalid) => return form_page(&app, campaign, &idea, typed, &invalid),
    };
    let Some(ticket) = ticket else {
        return review_page(&app, campaign, &idea, typed, Review::Expired).await;
    };
    let id = ticket.contribution();
    let sender = app.sender(from).await?;
    app.count_once(Quota::Comment, &sender, &id).await?;
    let arrival = app
        .arrival(campaign, &typed.ticket, &typed.preuve, email.as_ref())
        .await?;
    let Some(arrival) = arrival else {
        return form_page(&app, campaign, &idea, typed, &address_needed());
    };
    let draft = draft.kept(app.renderer.messages());
    let flags = typed.flags(&draft, &ticket, now);
    let contribution = sent(&app, campaign, idea.id, draft, id, now);
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
    idea: ContributionId,
    draft: CommentDraft,
    id: ContributionId,
    now: Timestamp,
) -> Contribution {
    let draft = draft.kept(app.renderer.messages());
    Contribution::Comment(draft.received(id, campaign.slug.clone(), idea, now))
}

/// The review page, or the form with what is to be corrected.
async fn review_page(
    app: &App,
    campaign: &Campaign,
    idea: &Idea,
    typed: Reviewed<CommentForm>,
    review: Review,
) -> Result<Response, Failure> {
    let (draft, _) = match parse(&typed.form) {
        Ok(parsed) => parsed,
        Err(invalid) => return form_page(app, campaign, idea, typed, &invalid),
    };
    let now = app.now();
    let views = app.renderer.views(now);
    let messages = app.renderer.messages();
    let personal = PersonalView::of(&draft, review, messages);
    let draft = draft.kept(messages);
    let action = address::send_comment(&campaign.slug, &idea.id);
    let ticket = typed.ticket(app, &purpose(&idea.id), now);
    let view = json!({
        "campaign": views.campaign_card(campaign, Tally::default()),
        "idea": views.idea_card(&campaign.slug, &idea.card(idea.received_at, 0, 0)),
        "review": {
            "name": app.name_shown(draft.name.as_ref()),
            "body": markdown::citizens(draft.body.as_str()),
            "email": Some(typed.form.email.trim()).filter(|email| !email.is_empty()),
        },
        "expired": review == Review::Expired,
        "personal": personal,
        "action": format!("{action}/envoyer"),
        "remove_action": format!("{action}/retirer"),
        "edit_action": format!("{action}/modifier"),
        "challenge": app.challenge(campaign, &ticket).await?,
        "hidden": typed.carried(ticket)?,
    });
    let head = head(app, "review", campaign, idea);
    let page = app.renderer.document("review-comment.html", &head, &view)?;
    Ok(Html(page).into_response())
}

/// What the form holds; a number in its texts is taken out, where its author sees it.
fn parse(form: &CommentForm) -> Result<(CommentDraft, Option<Email>), Invalid> {
    refuse_numbers(form.parse(), &[("email", &form.email)])
}

fn form_page(
    app: &App,
    campaign: &Campaign,
    idea: &Idea,
    typed: Reviewed<CommentForm>,
    invalid: &Invalid,
) -> Result<Response, Failure> {
    let views = app.renderer.views(app.now());
    let view = json!({
        "campaign": views.campaign_card(campaign, Tally::default()),
        "idea": views.idea_card(&campaign.slug, &idea.card(idea.received_at, 0, 0)),
        "form": views.comment_form(&campaign.slug, &idea.id, typed.filled()),
        "errors": FormErrors::of(invalid, app.renderer.messages()),
    });
    let head = head(app, "comment", campaign, idea);
    let page = app.renderer.document("comment.html", &head, &view)?;
    let status = if invalid.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, Html(page)).into_response())
}

fn head(app: &App, key: &str, campaign: &Campaign, idea: &Idea) -> Head {
    let path = address::idea(&campaign.slug, &idea.id, 1);
    let mut trail = app.renderer.trail(campaign);
    trail.push(Link::new(idea.title.as_str(), &path));
    Head {
        indexed: false,
        ..app.renderer.head(key, path, trail)
    }
}

fn purpose(idea: &ContributionId) -> String {
    format!("comment on {idea}")
}

impl App {
    /// The idea of an address, where it may be commented now.
    async fn commented_idea(&self, campaign: &Campaign, idea: &str) -> Result<Idea, Failure> {
        self.takes_contribution(campaign)?;
        let found = self.published_idea(campaign, idea).await;
        found.map_err(|failure| match failure {
            Failure::Moved(into) => Failure::Gone(Gone::joined(campaign, into)),
            Failure::NotFound => {
                let place = Place::Campaign(campaign.slug.clone());
                Failure::Gone(Gone::new(StatusCode::GONE, "comment-gone", place))
            }
            other => other,
        })
    }

    /// What a receipt says of a comment: the idea that it is on, while all can read it, and the
    /// name shown. Nothing of an idea.
    pub(crate) async fn comment_facts(
        &self,
        contribution: &Contribution,
    ) -> Result<Option<Value>, Failure> {
        let Contribution::Comment(comment) = contribution else {
            return Ok(None);
        };
        let on = ContributionRef::Idea(comment.idea.clone());
        let idea = self.public(&on).await?;
        Ok(Some(json!({
            "name": self.name_shown(comment.name.as_ref()),
            "idea": idea.map(|idea| {
                Link::new(idea.words(), address::contribution(&contribution.place(), &on))
            }),
        })))
    }

    fn name_shown(&self, name: Option<&Name>) -> String {
        name.map_or_else(
            || self.renderer.messages().text("comment.anonymous", &[]),
            |name| name.as_str().to_owned(),
        )
    }

    /// The idea of an address, where it is published in that campaign.
    pub(crate) async fn published_idea(
        &self,
        campaign: &Campaign,
        idea: &str,
    ) -> Result<Idea, Failure> {
        let id = ContributionId::parse(idea).map_err(|_| Failure::NotFound)?;
        let held = self.store.contribution(&ContributionRef::Idea(id)).await?;
        let held = held.ok_or(Failure::NotFound)?;
        let here = held.contribution.campaign() == Some(&campaign.slug);
        match (held.contribution, held.status, held.merged_into) {
            (Contribution::Idea(idea), Status::Published, _) if here => Ok(idea),
            // It was grouped with another, which is where one takes part now.
            (_, Status::Hidden(_), Some(into)) if here => {
                Err(Failure::Moved(address::idea(&campaign.slug, &into, 1)))
            }
            _ => Err(Failure::NotFound),
        }
    }
}
