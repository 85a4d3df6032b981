//! What is told of moderators.

use domain::Grant;
use functions::store::{Moderator, SignOn};
use site_gen::dates;

use crate::words::{say, words};

/// Rights, as they are said.
pub(super) fn spelled(grants: &[Grant]) -> String {
    if grants.is_empty() {
        return say("moderator.no-role", &[]);
    }
    let spelled: Vec<String> = grants
        .iter()
        .map(|grant| {
            let spelled = grant.to_string();
            let place = spelled.split_once(':').map_or("", |(_, place)| place);
            say(
                &format!("role.{}", grant.role.key()),
                &[("space", place.to_owned())],
            )
        })
        .collect();
    spelled.join(", ")
}

/// One line a moderator, in columns.
pub(super) fn table(moderators: &[Moderator]) -> String {
    let columns = [
        "login",
        "name",
        "roles",
        "state",
        "code",
        "oidc",
        "last-login",
    ];
    let heading: Vec<String> = columns
        .iter()
        .map(|column| say(&format!("moderator.column.{column}"), &[]))
        .collect();
    let mut rows = vec![heading];
    rows.extend(moderators.iter().map(|moderator| {
        let state = if moderator.disabled { "off" } else { "on" };
        let code = if moderator.second_factor { "on" } else { "off" };
        vec![
            moderator.login.clone(),
            moderator.name.clone(),
            spelled(&moderator.grants),
            say(&format!("moderator.state.{state}"), &[]),
            say(&format!("moderator.code.{code}"), &[]),
            say(
                match moderator.sign_on {
                    SignOn::Off => "moderator.oidc.off",
                    SignOn::Awaited => "moderator.oidc.awaited",
                    SignOn::Bound => "moderator.oidc.bound",
                },
                &[],
            ),
            moderator.last_login.map_or_else(
                || say("moderator.never", &[]),
                |at| dates::moment(at, words()),
            ),
        ]
    }));
    let widths: Vec<usize> = (0..columns.len())
        .map(|column| {
            let widths = rows.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or_default()
        })
        .collect();
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}
