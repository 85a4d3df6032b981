//! Dates in words, in Paris.

use domain::paris;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::messages::Messages;

/// « mardi 15 décembre 2026 ».
#[must_use]
pub fn day(date: Date, messages: &Messages) -> String {
    messages.text("date.day", &parts(date, messages))
}

/// « 15 décembre 2026 ».
#[must_use]
pub fn short_day(date: Date, messages: &Messages) -> String {
    messages.text("date.instant", &parts(date, messages))
}

/// The day of an instant: « 15 décembre 2026 ».
#[must_use]
pub fn instant(at: Timestamp, messages: &Messages) -> String {
    short_day(at.to_zoned(paris()).date(), messages)
}

/// An instant to the minute: « 15 décembre 2026 à 9 h 05 ».
#[must_use]
pub fn moment(at: Timestamp, messages: &Messages) -> String {
    let local = at.to_zoned(paris());
    let mut parts = parts(local.date(), messages);
    parts.push(("hour", local.hour().to_string()));
    parts.push(("minute", format!("{:02}", local.minute())));
    messages.text("date.moment", &parts)
}

/// An instant for machines, to the second: `2026-12-15T08:05:00Z`.
#[must_use]
pub fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn parts(date: Date, messages: &Messages) -> Vec<(&'static str, String)> {
    let weekday = date.weekday().to_monday_one_offset();
    let day = match date.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    vec![
        (
            "weekday",
            messages.text(&format!("date.weekday.{weekday}"), &[]),
        ),
        ("day", day),
        (
            "month",
            messages.text(&format!("date.month.{}", date.month()), &[]),
        ),
        ("year", date.year().to_string()),
    ]
}
