//! What somebody wrote, given back where it can't be kept: whatever goes wrong once a form was
//! read, the page that says so shows what was typed.

use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequest, Request};
use domain::{
    CommentForm, IdeaForm, IdeaKind, ReportForm, ReportReason, Sentiment, TestimonialForm,
};
use serde::de::DeserializeOwned;

use crate::form::Typed;
use crate::reports::reason_label;
use crate::{App, Failure};

/// A form of which what was typed is given back.
pub(crate) trait GivenBack {
    /// Its fields by name, as they were typed. An address is not among them: it is known.
    fn fields(&self) -> Vec<(&'static str, &str)>;
}

impl GivenBack for IdeaForm {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("kind", &self.kind),
            ("category", &self.category),
            ("question", &self.question),
            ("title", &self.title),
            ("text", &self.text),
        ]
    }
}

impl GivenBack for TestimonialForm {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("title", &self.title),
            ("text", &self.text),
            ("sentiment", &self.sentiment),
        ]
    }
}

impl GivenBack for CommentForm {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![("name", &self.name), ("text", &self.text)]
    }
}

impl GivenBack for ReportForm {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![("why", &self.why), ("details", &self.details)]
    }
}

/// A form's fields, as [`Typed`] reads them, that are given back on the page of an error.
pub(crate) struct Written<T>(pub(crate) T);

impl<S, T> FromRequest<S> for Written<T>
where
    S: Send + Sync,
    T: DeserializeOwned + GivenBack,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let aside = request.extensions().get::<Aside>().cloned();
        let Typed(form) = Typed::<T>::from_request(request, state).await?;
        if let Some(aside) = aside {
            aside.put(&form);
        }
        Ok(Self(form))
    }
}

/// What was typed, put aside by the request that carries it until its answer is known.
#[derive(Clone, Default)]
pub(crate) struct Aside(Arc<OnceLock<Given>>);

/// What was put aside.
enum Given {
    /// Values by the names of their fields.
    Fields(Vec<(&'static str, String)>),
    /// Answers by their questions, in words.
    Answers(Vec<(String, String)>),
}

impl Aside {
    fn put(&self, form: &impl GivenBack) {
        let fields = form.fields().into_iter();
        let fields = fields.map(|(name, value)| (name, value.to_owned()));
        // A request has one body, which is read once.
        let _ = self.0.set(Given::Fields(fields.collect()));
    }

    /// Puts answers aside, each with its question.
    pub(crate) fn put_answers(&self, answers: Vec<(String, String)>) {
        let _ = self.0.set(Given::Answers(answers));
    }

    /// What was typed with the labels of its fields, without those left blank.
    pub(crate) fn typed(&self, app: &App) -> Vec<(String, String)> {
        let fields = match self.0.get() {
            None => return Vec::new(),
            Some(Given::Answers(answers)) => return answers.clone(),
            Some(Given::Fields(fields)) => fields,
        };
        let fields = fields.iter().filter(|(_, value)| !value.trim().is_empty());
        fields
            .map(|(name, value)| {
                let label = app.renderer.messages().text(&format!("field.{name}"), &[]);
                (label, said(app, name, value))
            })
            .collect()
    }
}

/// What was chosen, in words; anything else as it was typed.
fn said(app: &App, field: &str, value: &str) -> String {
    match field {
        "kind" => IdeaKind::from_key(value).map(|kind| app.renderer.views(app.now()).kind(kind)),
        "sentiment" => {
            let sentiment = Sentiment::from_key(value);
            sentiment.map(|it| app.renderer.views(app.now()).sentiment(it))
        }
        "why" => ReportReason::from_key(value).map(|reason| reason_label(app, reason)),
        _ => None,
    }
    .unwrap_or_else(|| value.to_owned())
}
