//! A form as it was typed, and the review page that carries it.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Failure;

/// A form's fields. What can't be read as a form is a bad request, with a page.
pub(crate) struct Typed<T>(pub(crate) T);

impl<S, T> FromRequest<S> for Typed<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Form::from_request(request, state).await {
            Ok(Form(typed)) => Ok(Self(typed)),
            Err(FormRejection::BytesRejection(rejection))
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE =>
            {
                Err(Failure::TooLarge)
            }
            Err(_) => Err(Failure::BadRequest),
        }
    }
}

/// What was just done, for the page that follows it.
#[derive(Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    pub(crate) fait: String,
}

/// A field that a review page carries without showing it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Hidden {
    name: String,
    value: String,
}

/// A form's fields as hidden ones, and what goes with them.
pub(crate) fn hidden<T: Serialize>(
    form: &T,
    more: Vec<(&str, String)>,
) -> Result<Vec<Hidden>, Failure> {
    let Ok(Value::Object(fields)) = serde_json::to_value(form) else {
        return Err(Failure::Broken("a form is a map of texts"));
    };
    let mut hidden: Vec<Hidden> = fields
        .into_iter()
        .filter_map(|(name, value)| match value {
            Value::String(value) => Some(Hidden { name, value }),
            _ => None,
        })
        .collect();
    hidden.extend(more.into_iter().map(|(name, value)| Hidden {
        name: name.to_owned(),
        value,
    }));
    Ok(hidden)
}
