//! What the author of a testimonial says of its answers: whether each helped, and a reply, once.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use domain::{Body, Invalid, RejectionReason, ReplyForm, Slug};
use serde::Deserialize;
use serde_json::{Value, json};
use site_gen::{Messages, address, dates, markdown};

use super::Receipt;
use crate::review::{PersonalView, Review, Texts};
use crate::routes::Routes;
use crate::social_security::refuse_numbers;
use crate::store::{Decided, StoreError};
use crate::{Failure, SharedApp, form};

pub(super) fn router() -> Routes {
    Routes::new()
        .route("/suivi/{token}/utile", post(judge))
        .route("/suivi/{token}/ajout", post(reply))
}

/// What was typed in reply, and what is said of it.
#[derive(Default)]
pub(super) struct Typed {
    text: String,
    personal: Option<PersonalView>,
}

/// What an author says.
enum Says {
    /// Whether the answer of a structure helped.
    Helped(Slug, bool),
    /// This, in reply.
    Reply(Body),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Judged {
    structure: String,
    #[serde(rename = "faire")]
    action: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Replied {
    reply: String,
    /// That the author read what was found in the text, and sends it as it is.
    #[serde(rename = "relu")]
    seen: String,
}

/// The text of a reply, on which its author may look again.
struct ReplyText(Body);

impl Texts for ReplyText {
    fn texts(&self) -> Vec<(&'static str, &str)> {
        vec![("text", self.0.as_str())]
    }

    /// As it is: a number in it was refused.
    fn kept(self, _: &Messages) -> Self {
        self
    }
}

/// Keeps whether an answer helped; said again, it changes.
async fn judge(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
    form::Typed(judged): form::Typed<Judged>,
) -> Result<Redirect, Failure> {
    let receipt = Receipt::open(&app, &token).await?;
    let structure = Slug::parse(&judged.structure).map_err(|_| Failure::BadRequest)?;
    let helped = match judged.action.as_str() {
        "utile" => true,
        "pas-utile" => false,
        _ => return Err(Failure::BadRequest),
    };
    match receipt.say(&Says::Helped(structure, helped)).await? {
        Decided::Done => Ok(receipt.again("utile")),
        Decided::Missing => Err(Failure::NotFound),
        // What is not public has no answers to judge: the page says where it stands.
        Decided::Already(_) | Decided::NoOther => Ok(Redirect::to(&address::receipt(&token))),
    }
}

/// Keeps the reply of an author. Where it holds personal data, they are shown first.
async fn reply(
    State(app): State<SharedApp>,
    Path(token): Path<String>,
    form::Typed(typed): form::Typed<Replied>,
) -> Result<Response, Failure> {
    let mut receipt = Receipt::open(&app, &token).await?;
    receipt.reply.text.clone_from(&typed.reply);
    let form = ReplyForm { reply: typed.reply };
    let text = match refuse_numbers(form.parse(), &[("reply", &form.reply)]) {
        Ok(text) => text,
        Err(invalid) => return receipt.correct(&invalid).await,
    };
    let known = receipt.held.reply.as_ref();
    let known = known.filter(|known| known.refused_at.is_none());
    if known.is_some_and(|known| known.text == text) {
        // Sent twice.
        return Ok(receipt.again("ajout").into_response());
    }
    let holds_personal = !insights::personal::kinds(text.as_str()).is_empty();
    if holds_personal && typed.seen != "oui" && receipt.held.takes_reply() {
        let messages = app.renderer.messages();
        let draft = ReplyText(text);
        receipt.reply.personal = Some(PersonalView::of(&draft, Review::Offer, messages));
        return receipt.correct(&Invalid::default()).await;
    }
    match receipt.say(&Says::Reply(text)).await? {
        Decided::Done => Ok(receipt.again("ajout").into_response()),
        Decided::Missing => Err(Failure::NotFound),
        // Another was sent before, or there is nothing to reply to any more: what was typed is
        // given back.
        Decided::Already(_) | Decided::NoOther => {
            let mut now = Receipt::open(&app, &token).await?;
            now.reply = receipt.reply;
            let page = now.page("ajout-deja", "", &Invalid::default()).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

impl Receipt<'_> {
    /// Keeps what the author says, wherever the testimonial stands.
    async fn say(&self, what: &Says) -> Result<Decided, StoreError> {
        // Somebody may change it at the same time: asked again, it holds, or it can't.
        const TRIES: u32 = 5;
        let (store, ruling) = (&self.app.store, self.ruling());
        let mut decided = Decided::Missing;
        for _ in 0..TRIES {
            decided = match what {
                Says::Helped(structure, helped) => store.judge(&ruling, structure, *helped).await?,
                Says::Reply(text) => store.reply(&ruling, text).await?,
            };
            if matches!(decided, Decided::Done | Decided::Missing) {
                break;
            }
        }
        Ok(decided)
    }

    /// The page with what is to be looked at again.
    async fn correct(&self, invalid: &Invalid) -> Result<Response, Failure> {
        let page = self.page("", "", invalid).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }

    /// What structures answered to a testimonial, with where its author says what they think of
    /// it; none of anything else.
    pub(super) fn answering(&self, is_public: bool) -> Option<Value> {
        let testimonial = self.held.testimonial()?;
        let messages = self.app.renderer.messages();
        let views = self.app.renderer.views(self.app.now());
        let receipt = address::receipt(self.token);
        let structures = testimonial.structures.iter().filter(|_| is_public);
        let answers: Vec<Value> = structures
            .filter_map(|structure| {
                let answer = self.held.answers.get(structure)?;
                let said = answer.response.as_ref()?;
                let improvement = answer.improvement.as_ref();
                Some(json!({
                    "structure": views.structure(structure),
                    "key": structure,
                    "team": said.team,
                    "date": dates::instant(said.published_at, messages),
                    "corrected": said.corrected_at.map(|at| dates::instant(at, messages)),
                    "body": markdown::citizens(said.text.as_str()),
                    "improvement": improvement.map(|it| json!({
                        "title": messages.text(&format!("improvement.{}", it.stage.key()), &[]),
                        "key": it.stage.key(),
                        "date": dates::instant(it.at, messages),
                        "body": markdown::citizens(it.text.as_str()),
                    })),
                    "is_judged": answer.helped.is_some(),
                    "helped": answer.helped,
                }))
            })
            .collect();
        let takes_reply = is_public && self.held.takes_reply();
        let unsent = (!takes_reply && !self.reply.text.trim().is_empty())
            .then(|| markdown::citizens(&self.reply.text));
        // What was refused may be written otherwise.
        let refused = self.held.reply.as_ref().filter(|_| takes_reply);
        let typed = match refused {
            Some(refused) if self.reply.text.is_empty() => refused.text.as_str(),
            _ => &self.reply.text,
        };
        Some(json!({
            "answers": answers,
            "judge_action": format!("{receipt}/utile"),
            "reply": self.replied(),
            "takes_reply": takes_reply,
            "reply_action": format!("{receipt}/ajout"),
            "reply_limit": ReplyForm::TEXT_LIMIT,
            "typed": typed,
            "personal": self.reply.personal,
            "unsent": unsent,
        }))
    }

    /// Whether all the structures that it concerns answered.
    pub(super) fn is_answered(&self) -> bool {
        let structures = self.held.testimonial().map_or(&[][..], |it| &it.structures);
        let mut answers = structures.iter().map(|it| self.held.response_of(it));
        !structures.is_empty() && answers.all(|answer| answer.is_some())
    }

    /// What the author replied, and where it stands.
    fn replied(&self) -> Option<Value> {
        let reply = self.held.reply.as_ref()?;
        let messages = self.app.renderer.messages();
        let state = match (reply.published_at, reply.refused_at) {
            (Some(_), _) => "published",
            (None, Some(_)) => "refused",
            (None, None) => "waiting",
        };
        let said = |reason| self.app.reason_said(&self.reference, reason);
        Some(json!({
            "key": state,
            "state": messages.text(&format!("answering.reply.author.{state}"), &[]),
            "date": dates::moment(reply.received_at, messages),
            "body": markdown::citizens(reply.text.as_str()),
            "reason": reply.reason.map(said),
            "in_danger": reply.reason == Some(RejectionReason::Alert),
        }))
    }
}
