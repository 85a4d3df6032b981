//! The tables, and what is in them.

use domain::{Grant, Role};
use functions::Store;
use functions::store::{Flaw, MailLane, Moderator, StoreError, Table};
use jiff::{Timestamp, ToSpan};

use super::content::Made;
use super::report::Report;
use crate::error::Stopped;
use crate::words::count;

/// For how long a letter that is due may wait, in minutes: the clock sends every minute.
const LATE: i64 = 15;

/// Looks at the tables; answers their store, where it can be asked.
pub(super) async fn check<'s>(
    report: &mut Report,
    given: Option<&'s (String, Result<Store, Stopped>)>,
    now: Timestamp,
) -> Option<&'s Store> {
    let (tables, store) = given?;
    report.section("tables", &[("tables", tables.clone())]);
    let store = match store {
        Ok(store) => store,
        Err(stopped) => {
            report.wrong_said(&stopped.to_string());
            return None;
        }
    };
    for table in Table::ALL {
        let name = store.name(table);
        match store.flaws(table).await {
            Ok(flaws) => {
                let known = |flaw: &Flaw| matches!(flaw, Flaw::Unasked { .. });
                if flaws.iter().all(known) {
                    report.well("tables.as-described", &[("table", name.to_owned())]);
                }
                for flaw in &flaws {
                    say_flaw(report, name, flaw);
                }
            }
            Err(error) => {
                let args = [("table", name.to_owned()), ("error", error.to_string())];
                report.unknown("tables.undescribed", &args);
            }
        }
    }
    moderators(report, store, tables).await;
    letters(report, store, now).await;
    Some(store)
}

fn say_flaw(report: &mut Report, table: &str, flaw: &Flaw) {
    let table = ("table", table.to_owned());
    match flaw {
        Flaw::Missing => report.wrong("tables.missing", &[table]),
        Flaw::Busy(status) => report.wrong("tables.busy", &[table, ("status", status.clone())]),
        Flaw::Keys => report.wrong("tables.keys", &[table]),
        Flaw::Index(index) => report.wrong("tables.index", &[table, ("index", index.clone())]),
        Flaw::Stream => report.wrong("tables.stream", &[table]),
        Flaw::Expires => report.wrong("tables.expires", &[table]),
        Flaw::Unprotected => report.wrong("tables.unprotected", &[table]),
        Flaw::Unrestorable => report.wrong("tables.unrestorable", &[table]),
        Flaw::UnderNoKey => report.wrong("tables.under-no-key", &[table]),
        Flaw::Unasked { action, error } => {
            let args = [
                table,
                ("action", (*action).to_owned()),
                ("error", error.clone()),
            ];
            report.unknown("tables.unasked", &args);
        }
    }
}

async fn moderators(report: &mut Report, store: &Store, tables: &str) {
    let known = match store.moderators().await {
        Ok(known) => known,
        Err(error) => return unread(report, &error),
    };
    let national = |grant: &Grant| grant.role == Role::National;
    let active: Vec<&Moderator> = known.iter().filter(|it| !it.disabled).collect();
    let args = [("tables", tables.to_owned())];
    if active.is_empty() {
        report.wrong("tables.nobody", &args);
    } else if !active.iter().any(|it| it.grants.iter().any(national)) {
        report.wrong("tables.nobody-national", &args);
    } else {
        report.well_said(&count("deploy.tables.moderators", active.len()));
    }
}

/// What the store did not answer: who checks may have fewer rights than who works with it.
fn unread(report: &mut Report, error: &StoreError) {
    let args = [("error", error.to_string())];
    match error.is_refused() {
        true => report.unknown("store-refuses", &args),
        false => report.wrong("store", &args),
    }
}

/// Letters that are due leave every minute, where the clock runs and has a mail server.
async fn letters(report: &mut Report, store: &Store, now: Timestamp) {
    let due = match store.letters(MailLane::Waiting, 1).await {
        Ok(due) => due,
        Err(error) => return unread(report, &error),
    };
    let late = now - LATE.minutes();
    match due.first() {
        Some(letter) if letter.at < late => report.wrong("tables.letters-late", &[]),
        _ => report.well("tables.letters", &[]),
    }
}

/// Whether functions have the content that is here.
pub(super) async fn compare(report: &mut Report, store: Option<&Store>, made: &Made) {
    let Some(store) = store else { return };
    match store.current_bundle().await {
        Ok(Some(hash)) if hash == made.hash() => report.well("content.given", &[]),
        Ok(Some(_)) => report.wrong("content.other", &[]),
        Ok(None) => report.wrong("content.not-given", &[]),
        Err(error) => unread(report, &error),
    }
}
