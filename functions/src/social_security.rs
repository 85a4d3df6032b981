//! Social-security numbers are never stored: their use is reserved by law (décret n° 2019-341 of
//! 19 April 2019). Ideas and comments lose them, as their authors see on the review page
//! (`review.rs`); whatever else is typed and holds one comes back to who typed it.

use domain::{Body, FieldError, Invalid};
use insights::personal::{self, Kind};

/// Whether a text holds one, as it would be kept: without what is invisible in it, which goes when
/// a text is parsed, and with single blanks.
#[must_use]
pub fn holds_number(text: &str) -> bool {
    let kept = Body::parse(text, Body::MAX).map_or_else(
        |_| text.to_owned(),
        |body| {
            let words: Vec<&str> = body.as_str().split_whitespace().collect();
            words.join(" ")
        },
    );
    personal::kinds(&kept).contains(&Kind::SocialSecurity)
}

/// What a form holds, unless one of its texts holds a number: `fields` are all that are kept of
/// it as they were typed, in its order.
///
/// # Errors
/// What was wrong with the form, and every field with a number.
pub(crate) fn refuse_numbers<T>(
    parsed: Result<T, Invalid>,
    fields: &[(&'static str, &str)],
) -> Result<T, Invalid> {
    let mut refused = parsed.as_ref().err().cloned().unwrap_or_default();
    for (place, (field, typed)) in fields.iter().enumerate() {
        if !holds_number(typed) {
            continue;
        }
        let later = fields.get(place + 1..).unwrap_or_default();
        let comes_later = |error: &FieldError| later.iter().any(|(name, _)| *name == error.field);
        let errors = &mut refused.errors;
        let before = errors.iter().position(comes_later).unwrap_or(errors.len());
        let error = FieldError {
            field,
            key: "error.social-security".to_owned(),
            args: Vec::new(),
        };
        errors.insert(before, error);
    }
    match parsed {
        Ok(parsed) if refused.errors.is_empty() => Ok(parsed),
        _ => Err(refused),
    }
}
