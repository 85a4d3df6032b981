#![no_main]
//! Forms as they are sent: the bytes of a request's body, read as a function reads them. What does
//! not hold says at least one thing that is wrong.

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::{Form, FromRequest, Request};
use domain::{
    Campaign, CommentForm, IdeaForm, Invalid, OutcomeForm, ReportForm, ResponseForm,
    TestimonialForm,
};
use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;

static CAMPAIGN: LazyLock<Campaign> = LazyLock::new(|| {
    let content = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/content");
    let catalogue = site_gen::load_content(content.as_ref()).expect("the fixture holds");
    let open = catalogue.campaigns.values().next();
    open.expect("the fixture has a campaign").clone()
});

fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .expect("a request");
    let form = pollster::block_on(Form::<T>::from_request(request, &()));
    form.ok().map(|Form(form)| form)
}

fn tells<T>(parsed: Result<T, Invalid>) {
    if let Err(invalid) = parsed {
        assert!(!invalid.errors.is_empty());
    }
}

fuzz_target!(|body: &[u8]| {
    if let Some(form) = read::<IdeaForm>(body) {
        tells(form.parse(&CAMPAIGN));
    }
    if let Some(form) = read::<CommentForm>(body) {
        tells(form.parse());
    }
    if let Some(form) = read::<ReportForm>(body) {
        tells(form.parse());
    }
    if let Some(form) = read::<TestimonialForm>(body) {
        tells(form.parse([]));
    }
    if let Ok(text) = str::from_utf8(body) {
        let (team, response) = text.split_once('\0').unwrap_or((text, text));
        let (team, response) = (team.to_owned(), response.to_owned());
        tells(
            ResponseForm {
                team: team.clone(),
                response,
            }
            .parse(),
        );
        let decision = team;
        let form = OutcomeForm {
            decision,
            outcome: text.to_owned(),
        };
        tells(form.parse(jiff::Timestamp::UNIX_EPOCH));
    }
});
