//! The author's consent: one link, the text and the one that is proposed word by word, and three
//! buttons. Opening the link acts on nothing.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::{
    Body, Contribution, ContributionRef, Invalid, Moderated, Proposal, Status, Testimonial,
    TestimonialForm, Title,
};
use insights::personal;
use serde::Deserialize;
use serde_json::json;
use site_gen::view::{FormErrors, Head};
use site_gen::{address, dates, markdown};

use crate::difference;
use crate::form::Done;
use crate::given_back::{GivenBack, Written};
use crate::quota::Quota;
use crate::routes::Routes;
use crate::secret::token_hash;
use crate::sender::SentFrom;
use crate::social_security::refuse_numbers;
use crate::store::{By, Decided, Ruling};
use crate::venue::Venue;
use crate::{App, Failure, SharedApp};

pub(crate) fn router() -> Routes {
    Routes::new()
        .route("/accord/{token}", get(show))
        .route("/accord/{token}/publier", post(agree))
        .route("/accord/{token}/ne-pas-publier", post(decline))
        .route("/accord/{token}/autrement", get(ask).post(rewrite))
        .route("/suivi/{token}/modifier", get(ask_to_change).post(change))
}

/// A page at a secret address: it is told to nobody, not even to the next page.
type Private = ([(HeaderName, &'static str); 1], Html<String>);

/// The texts that an author writes in place of another, as they were typed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Texts {
    title: String,
    text: String,
}

impl GivenBack for Texts {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![("title", &self.title), ("text", &self.text)]
    }
}

impl Texts {
    fn parse(&self) -> Result<(Title, Body), Invalid> {
        let mut invalid = Invalid::default();
        let title = Title::parse(&self.title, TestimonialForm::TITLE_LIMIT);
        let body = Body::parse(&self.text, TestimonialForm::TEXT_LIMIT);
        let (title, body) = (invalid.take("title", title), invalid.take("text", body));
        let parsed = title.zip(body).ok_or(invalid);
        refuse_numbers(parsed, &[("title", &self.title), ("text", &self.text)])
    }
}

/// What a link leads to.
struct Link<'a> {
    app: &'a App,
    token: &'a str,
    reference: ContributionRef,
    held: Moderated,
    proposal: u32,
}

impl<'a> Link<'a> {
    async fn open(app: &'a App, token: &'a str) -> Result<Link<'a>, Failure> {
        let linked = app.store.linked(&token_hash(token)).await?;
        let linked = linked.ok_or(Failure::NotFound)?;
        let reference = ContributionRef::Testimonial(linked.id);
        let held = app.store.contribution(&reference).await?;
        Ok(Self {
            app,
            token,
            reference,
            held: held.ok_or(Failure::NotFound)?,
            proposal: linked.proposal,
        })
    }

    /// What is proposed, while it can be answered by this link.
    fn proposed(&self) -> Option<&Proposal> {
        let proposal = self.held.proposal.as_ref();
        proposal.filter(|it| it.number == self.proposal && self.app.now() < it.until())
    }

    fn ruling(&self) -> Ruling<'_> {
        Ruling {
            reference: &self.reference,
            version: None,
            by: By::Author,
            now: self.app.now(),
        }
    }

    fn receipt(&self) -> String {
        address::receipt(&self.app.secret.receipt_token(&self.reference))
    }

    /// On to the receipt, once the author answered; or back here, where it can't be answered.
    fn answered(&self, decided: &Decided, done: &str) -> Result<Response, Failure> {
        let to = match decided {
            Decided::Done => format!("{}?fait={done}", self.receipt()),
            Decided::Missing => return Err(Failure::NotFound),
            Decided::Already(_) | Decided::NoOther => {
                return Ok((StatusCode::CONFLICT, self.page()?).into_response());
            }
        };
        Ok(Redirect::to(&to).into_response())
    }

    /// The two texts and the three buttons, or why they are not there any more.
    fn page(&self) -> Result<Private, Failure> {
        let app = self.app;
        let messages = app.renderer.messages();
        let testimonial = testimonial(&self.held)?;
        let action = address::consent(self.token);
        let proposed = self.proposed().map(|proposal| {
            let title = difference::between(testimonial.title.as_str(), proposal.title.as_str());
            let body = difference::between(testimonial.body.as_str(), proposal.body.as_str());
            let places = difference::places(&title) + difference::places(&body);
            json!({
                "title": title,
                "body": body,
                "count": messages.count("consent.changes", places as u64),
                "why": proposal.why.as_ref().map(|why| markdown::citizens(why.as_str())),
                "until": dates::instant(proposal.until(), messages),
                "plain_title": proposal.title.as_str(),
                "plain_body": markdown::citizens(proposal.body.as_str()),
                "own_title": testimonial.title.as_str(),
                "own_body": markdown::citizens(testimonial.body.as_str()),
            })
        });
        let over = proposed.is_none().then(|| {
            let is_late = self.held.status == Status::Lapsed
                || self.held.status == Status::AwaitingConsent
                    && self
                        .held
                        .proposal
                        .as_ref()
                        .is_some_and(|it| it.number == self.proposal);
            let key = match is_late {
                true => "consent.late",
                false => "consent.used",
            };
            messages.text(key, &[])
        });
        let view = json!({
            "reference": self.reference.id().reference(),
            "proposed": proposed,
            "over": over,
            "publish_action": format!("{action}/publier"),
            "decline_action": format!("{action}/ne-pas-publier"),
            "rewrite_href": format!("{action}/autrement"),
        });
        self.private("consent", "consent.html", &view)
    }

    fn private(
        &self,
        key: &str,
        template: &str,
        view: &serde_json::Value,
    ) -> Result<Private, Failure> {
        private(self.app, &self.held, key, template, view)
    }

    /// The form in which the author writes otherwise.
    fn form(&self, texts: &Texts, invalid: &Invalid) -> Result<Private, Failure> {
        let action = format!("{}/autrement", address::consent(self.token));
        form(self.app, &self.held, &action, texts, invalid)
    }
}

async fn show(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let link = Link::open(&app, &token).await?;
    let page = link.page()?;
    Ok(match link.proposed() {
        Some(_) => page.into_response(),
        None => (StatusCode::GONE, page).into_response(),
    })
}

/// The author agrees: the text that is proposed is public.
async fn agree(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let link = Link::open(&app, &token).await?;
    let decided = app.store.agree(&link.ruling(), link.proposal).await?;
    link.answered(&decided, "accord")
}

/// The author does not want it to be published.
async fn decline(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let link = Link::open(&app, &token).await?;
    let decided = app.store.decline(&link.ruling(), link.proposal).await?;
    link.answered(&decided, "refus")
}

/// The form in which the author writes it otherwise: it begins with what is proposed.
async fn ask(State(app): State<SharedApp>, Path(token): Path<String>) -> Result<Response, Failure> {
    let link = Link::open(&app, &token).await?;
    let Some(proposal) = link.proposed() else {
        return Ok((StatusCode::GONE, link.page()?).into_response());
    };
    let texts = Texts {
        title: proposal.title.as_str().to_owned(),
        text: proposal.body.as_str().to_owned(),
    };
    Ok(link.form(&texts, &Invalid::default())?.into_response())
}

/// The author sends another text: it is read as if it had just come.
async fn rewrite(
    State(app): State<SharedApp>,
    from: SentFrom,
    Path(token): Path<String>,
    Written(typed): Written<Texts>,
) -> Result<Response, Failure> {
    let link = Link::open(&app, &token).await?;
    let texts = match typed.parse() {
        Ok(texts) => texts,
        Err(invalid) => {
            let page = link.form(&typed, &invalid)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    if link.proposed().is_some() {
        let sender = app.sender(from).await?;
        app.count(Quota::Contribution, &sender).await?;
    }
    let flags = flags(&texts);
    let proposal = Some(link.proposal);
    let decided = app
        .store
        .rewrite_texts(&link.ruling(), proposal, texts, flags)
        .await?;
    link.answered(&decided, "autrement")
}

/// A testimonial, for who holds its receipt.
async fn held_by(app: &App, token: &str) -> Result<(ContributionRef, Moderated), Failure> {
    let reference = app.store.receipt(&token_hash(token)).await?;
    let reference = reference.ok_or(Failure::NotFound)?;
    let held = app.store.contribution(&reference).await?;
    let held = held.ok_or(Failure::NotFound)?;
    testimonial(&held)?;
    Ok((reference, held))
}

/// The form in which an author changes a testimonial: it begins with its text.
async fn ask_to_change(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
    Query(_): Query<Done>,
) -> Result<Response, Failure> {
    let (_, held) = held_by(&app, &token).await?;
    let receipt = address::receipt(&token);
    if !can_be_changed(&held) {
        return Ok(Redirect::to(&receipt).into_response());
    }
    let testimonial = testimonial(&held)?;
    let texts = Texts {
        title: testimonial.title.as_str().to_owned(),
        text: testimonial.body.as_str().to_owned(),
    };
    let action = format!("{receipt}/modifier");
    let page = form(&app, &held, &action, &texts, &Invalid::default())?;
    Ok(page.into_response())
}

/// Sends another text in place of a testimonial's: it leaves the site until that is read.
async fn change(
    State(app): State<SharedApp>,
    from: SentFrom,
    Path(token): Path<String>,
    Written(typed): Written<Texts>,
) -> Result<Response, Failure> {
    let (reference, held) = held_by(&app, &token).await?;
    let receipt = address::receipt(&token);
    let texts = match typed.parse() {
        Ok(texts) => texts,
        Err(invalid) => {
            let action = format!("{receipt}/modifier");
            let page = form(&app, &held, &action, &typed, &invalid)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let testimonial = testimonial(&held)?;
    if texts == (testimonial.title.clone(), testimonial.body.clone()) {
        return Ok(Redirect::to(&receipt).into_response());
    }
    let sender = app.sender(from).await?;
    app.count(Quota::Contribution, &sender).await?;
    let ruling = Ruling {
        reference: &reference,
        version: None,
        by: By::Author,
        now: app.now(),
    };
    let flags = flags(&texts);
    let decided = app.store.rewrite_texts(&ruling, None, texts, flags).await?;
    let done = match decided {
        Decided::Done => "autrement",
        Decided::Missing => return Err(Failure::NotFound),
        Decided::Already(_) | Decided::NoOther => "pas-modifiee",
    };
    Ok(Redirect::to(&format!("{receipt}?fait={done}")).into_response())
}

/// Whether its author may send another text in place of it.
pub(crate) fn can_be_changed(held: &Moderated) -> bool {
    let is_testimonial = matches!(held.contribution, Contribution::Testimonial(_));
    let stands = matches!(
        held.status,
        Status::Waiting | Status::Published | Status::Refused(_) | Status::Lapsed
    );
    is_testimonial && stands && !held.erased
}

fn testimonial(held: &Moderated) -> Result<&Testimonial, Failure> {
    match &held.contribution {
        Contribution::Testimonial(testimonial) => Ok(testimonial),
        Contribution::Idea(_) | Contribution::Comment(_) => Err(Failure::NotFound),
    }
}

/// What moderators are told of texts.
fn flags((title, body): &(Title, Body)) -> std::collections::BTreeSet<domain::Flag> {
    let found = [title.as_str(), body.as_str()].into_iter();
    let found = found.flat_map(personal::kinds);
    found.map(domain::Flag::PersonalData).collect()
}

fn form(
    app: &App,
    held: &Moderated,
    action: &str,
    texts: &Texts,
    invalid: &Invalid,
) -> Result<Private, Failure> {
    let view = json!({
        "action": action,
        "title": texts.title,
        "text": texts.text,
        "title_limit": TestimonialForm::TITLE_LIMIT,
        "text_limit": TestimonialForm::TEXT_LIMIT,
        "published": held.status == Status::Published,
        "errors": FormErrors::of(invalid, app.renderer.messages()),
    });
    private(app, held, "rewrite", "rewrite.html", &view)
}

fn private(
    app: &App,
    held: &Moderated,
    key: &str,
    template: &str,
    view: &serde_json::Value,
) -> Result<Private, Failure> {
    let venue: Venue<'_> = app.venue(&held.contribution.place())?;
    let head = Head {
        indexed: false,
        space: venue.mark(&app.renderer),
        ..app
            .renderer
            .head(key, address::HOME.to_owned(), venue.trail(&app.renderer))
    };
    let page = app.renderer.document(template, &head, view)?;
    Ok(([(header::REFERRER_POLICY, "no-referrer")], Html(page)))
}
