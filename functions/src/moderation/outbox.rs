//! The mail in the back office: what is to be sent, what did not leave, what was sent. No page of
//! it shows an address, nor the token of a receipt.

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use domain::{Action, Event, LetterId, Recipient};
use serde_json::{Value, json};
use site_gen::{address, dates};

use super::{head, office};
use crate::mail::Words;
use crate::routes::Routes;
use crate::session::Session;
use crate::store::{MailLane, Noted, Queued};
use crate::{App, Failure, SharedApp};

/// How many letters of a lane are listed.
const LISTED: usize = 100;

pub(super) fn router() -> Routes {
    Routes::new()
        .route(address::OUTBOX, get(outbox))
        .route("/moderation/courrier/renvoyer", post(send_all_again))
        .route("/moderation/courrier/{letter}", get(message))
        .route("/moderation/courrier/{letter}/renvoyer", post(send_again))
}

async fn outbox(State(app): State<SharedApp>, session: Session) -> Result<Html<String>, Failure> {
    session.permit_everywhere(Action::Administer)?;
    let lane = async |lane| -> Result<Vec<Value>, Failure> {
        let letters = app.store.letters(lane, LISTED).await?;
        Ok(letters.iter().map(|letter| app.row(letter)).collect())
    };
    let view = json!({
        "are_files": app.mail.folder().is_some(),
        "limit": LISTED,
        "parked": lane(MailLane::Parked).await?,
        "waiting": lane(MailLane::Waiting).await?,
        "sent": lane(MailLane::Sent).await?,
        "again_action": format!("{}/renvoyer", address::OUTBOX),
    });
    let view = office(&session, view);
    let head = head(&app, "outbox", address::OUTBOX);
    let page = app
        .renderer
        .document("moderation/outbox.html", &head, &view)?;
    Ok(Html(page))
}

/// What a message says, with neither the address it goes to nor the link it holds: who reads it
/// here is not its reader.
async fn message(
    State(app): State<SharedApp>,
    session: Session,
    Path(letter): Path<String>,
) -> Result<Html<String>, Failure> {
    session.permit_everywhere(Action::Administer)?;
    let (lane, letter) = found(&app, &letter).await?;
    let masked = app.renderer.messages().text("outbox.masked", &[]);
    let comments = app.comments_told(&letter.letter).await?;
    let words: Words = app.words(&letter.letter, masked, comments);
    let name = app.secret.letter_name(&letter.letter.id());
    let is_file = lane == MailLane::Sent && app.mail.folder().is_some();
    let view = json!({
        "letter": app.row(&letter),
        "words": words,
        "file": is_file.then(|| format!("{name}.eml")),
        "back": address::OUTBOX,
    });
    let path = format!("{}/{}", address::OUTBOX, letter.letter.id());
    let view = office(&session, view);
    let head = head(&app, "outbox-message", &path);
    let page = app
        .renderer
        .document("moderation/message.html", &head, &view)?;
    Ok(Html(page))
}

async fn send_again(
    State(app): State<SharedApp>,
    session: Session,
    Path(letter): Path<String>,
) -> Result<Redirect, Failure> {
    session.permit_everywhere(Action::Administer)?;
    if let (MailLane::Parked, letter) = found(&app, &letter).await? {
        again(&app, &session, &letter).await?;
    }
    Ok(Redirect::to(address::OUTBOX))
}

async fn send_all_again(
    State(app): State<SharedApp>,
    session: Session,
) -> Result<Redirect, Failure> {
    session.permit_everywhere(Action::Administer)?;
    for letter in app.store.letters(MailLane::Parked, LISTED).await? {
        again(&app, &session, &letter).await?;
    }
    Ok(Redirect::to(address::OUTBOX))
}

/// Sends a letter again, which is noted first.
async fn again(app: &App, session: &Session, parked: &Queued) -> Result<(), Failure> {
    let (by, now) = (&session.moderator.login, app.now());
    let noted = Noted::of_letter(&parked.letter, by, now);
    app.store.note(&noted).await?;
    app.store.send_again(parked, now).await?;
    Ok(())
}

async fn found(app: &App, letter: &str) -> Result<(MailLane, Queued), Failure> {
    let id = LetterId::parse(letter).ok_or(Failure::NotFound)?;
    app.store.letter(&id).await?.ok_or(Failure::NotFound)
}

impl App {
    /// A letter as a row shows it.
    fn row(&self, queued: &Queued) -> Value {
        let messages = self.renderer.messages();
        let letter = &queued.letter;
        let id = letter.id();
        let event = match letter.event {
            Event::Refused(reason) | Event::Hidden(reason) | Event::ReplyRefused(reason) => {
                let reason = messages.text(&format!("reason.{}.label", reason.key()), &[]);
                let key = format!("outbox.event.{}", letter.event.key());
                messages.text(&key, &[("reason", reason)])
            }
            event => messages.text(&format!("outbox.event.{}", event.key()), &[]),
        };
        let to = match letter.to {
            Recipient::Author(_) => "outbox.to.author",
            Recipient::Reporter(_) => "outbox.to.reporter",
        };
        json!({
            "event": event,
            "to": messages.text(to, &[]),
            "reference": letter.about.id().reference(),
            "contribution": address::moderate(&letter.about.to_string()),
            "at": dates::moment(queued.at, messages),
            "tries": queued.tries,
            "problem": queued.problem.map(|problem| {
                messages.text(&format!("outbox.problem.{}", problem.key()), &[])
            }),
            "href": format!("{}/{id}", address::OUTBOX),
            "again_action": format!("{}/{id}/renvoyer", address::OUTBOX),
        })
    }
}
