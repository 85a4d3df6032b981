//! The audit log from the command line: what it says, and what was done to it.

use ecoute::audit::{Form, show, verify};
use functions::store::{Broken, Entry};
use rusqlite::Connection;

use crate::app::TestApp;
use crate::assert_page;
use crate::exports::seed;

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

fn is_embedded() -> bool {
    std::env::var("ECOUTE_TEST_DYNAMODB").is_err()
}

/// What a check says, the seals apart.
async fn checked(app: &TestApp, expected: Option<&str>) -> String {
    match verify(&app.database(), app.data.path(), expected).await {
        Ok(said) => format!("whole: {said}"),
        Err(said) => format!("broken: {said}"),
    }
}

async fn last_seal(app: &TestApp) -> String {
    let verified = app.served.store().verify_audit().await.unwrap();
    verified.seal
}

fn database(app: &TestApp) -> Connection {
    Connection::open(app.data.path().join("ecoute.db")).unwrap()
}

/// The sort key of an entry, as the engine keeps it.
fn key(sequence: u64) -> String {
    format!("S:{sequence:015}")
}

/// Changes an entry under the engine, as somebody who has the file can.
fn edit(app: &TestApp, sequence: u64, from: &str, to: &str) {
    let changed = database(app)
        .execute(
            "UPDATE \"ecoute-contributions\" SET item_json = replace(item_json, ?1, ?2) \
             WHERE pk = 'S:AUDIT' AND sk = ?3 AND item_json LIKE '%' || ?1 || '%'",
            [from, to, &key(sequence)],
        )
        .unwrap();
    assert_eq!(changed, 1);
}

fn remove(app: &TestApp, sequence: u64) {
    let removed = database(app)
        .execute(
            "DELETE FROM \"ecoute-contributions\" WHERE pk = 'S:AUDIT' AND sk = ?1",
            [key(sequence)],
        )
        .unwrap();
    assert_eq!(removed, 1);
}

#[tokio::test]
async fn the_log_is_shown_whole_or_of_one_thing() {
    let app = TestApp::start().await;
    seed(&app).await;
    let (database, data) = (app.database(), app.data.path());
    let mut said = Vec::new();
    for (about, form) in [
        (None, Form::Text),
        (Some("0000-0000-0000-0005"), Form::Text),
        (Some("0000000000000002"), Form::Text),
        (Some("ZZZZ-0000-0000-0005"), Form::Text),
        (Some("0000000000000004"), Form::Csv),
    ] {
        said.push(show(&database, data, about, form).await.unwrap());
    }
    let said = said.join("\n\n").replace('\r', "␍");
    assert!(!said.contains('@'));
    let seals = std::cell::Cell::new(0);
    let said: String = said
        .split_inclusive([';', '\n', '␍'])
        .map(|word| {
            let seal = word.trim_end_matches([';', '\n', '␍']);
            if seal.len() == 64 && seal.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                seals.set(seals.get() + 1);
                word.replace(seal, "[seal]")
            } else {
                word.to_owned()
            }
        })
        .collect();
    assert_eq!(seals.get(), 1);
    assert_page!(said);
}

#[tokio::test]
async fn what_was_done_to_the_log_is_found() {
    if !is_embedded() {
        return;
    }
    let mut said = Vec::new();
    let mut note = |what: &str, found: String| said.push(format!("== {what}\n{found}"));

    let app = TestApp::start().await;
    note("nothing decided", checked(&app, None).await);
    seed(&app).await;
    let seal = last_seal(&app).await;
    let whole = checked(&app, None).await;
    note("whole", whole.replace(&seal, "[seal]"));
    let whole = checked(&app, Some(&seal)).await;
    note("whole, as noted", whole.replace(&seal, "[seal]"));

    edit(&app, 3, "demo", "autre");
    note("an entry changed", checked(&app, None).await);
    edit(&app, 3, "autre", "demo");

    remove(&app, 2);
    note("an entry removed", checked(&app, None).await);

    let app = TestApp::start().await;
    seed(&app).await;
    let seal = last_seal(&app).await;
    let swap = database(&app);
    for (from, to) in [(2, 900), (3, 2), (900, 3)] {
        let moved = swap
            .execute(
                "UPDATE \"ecoute-contributions\" SET sk = ?2, \
                 item_json = replace(item_json, \
                 '\"sk\":{\"S\":\"' || substr(?1, 3), '\"sk\":{\"S\":\"' || substr(?2, 3)) \
                 WHERE pk = 'S:AUDIT' AND sk = ?1",
                [key(from), key(to)],
            )
            .unwrap();
        assert_eq!(moved, 1);
    }
    note("two entries swapped", checked(&app, None).await);

    let app = TestApp::start().await;
    seed(&app).await;
    let entries = app.served.store().audit_log().await.unwrap();
    let last = entries.last().unwrap();
    let before = &entries[entries.len() - 2];
    remove(&app, last.sequence);
    note("the last entry removed", checked(&app, None).await);

    // Who can write to the file can also say that the log ended earlier.
    let cut = database(&app);
    let changed = cut
        .execute(
            "UPDATE \"ecoute-contributions\" SET item_json = \
             replace(replace(item_json, ?1, ?2), ?3, ?4) WHERE pk = 'S:AUDIT-END'",
            [
                last.seal.as_str(),
                before.seal.as_str(),
                &format!("\"{}\"", last.sequence),
                &format!("\"{}\"", before.sequence),
            ],
        )
        .unwrap();
    assert_eq!(changed, 1);
    let unseen = checked(&app, None).await;
    note(
        "the end cut and rewritten, without a seal kept elsewhere",
        unseen.replace(&before.seal, "[seal]"),
    );
    note(
        "the end cut and rewritten, with one",
        checked(&app, Some(&last.seal)).await,
    );
    assert_ne!(seal, "");
    assert_page!(said.join("\n\n"));
}

#[tokio::test]
async fn a_log_without_its_end_was_cut() {
    if !is_embedded() {
        return;
    }
    let app = TestApp::start().await;
    seed(&app).await;
    let last = app.served.store().audit_log().await.unwrap().len() as u64;
    let forget = |what: &str| {
        let statement = format!("DELETE FROM \"ecoute-contributions\" WHERE pk = 'S:{what}'");
        assert!(database(&app).execute(&statement, []).unwrap() > 0);
    };
    // The end as it was three entries ago: those after it were put there by somebody else.
    let entries = app.served.store().audit_log().await.unwrap();
    let (now, then) = (&entries[entries.len() - 1], &entries[entries.len() - 4]);
    let ends = |from: &Entry, to: &Entry| {
        let changed = database(&app).execute(
            "UPDATE \"ecoute-contributions\" SET item_json = \
             replace(replace(item_json, ?1, ?2), ?3, ?4) WHERE pk = 'S:AUDIT-END'",
            [
                from.seal.as_str(),
                to.seal.as_str(),
                &format!("\"{}\"", from.sequence),
                &format!("\"{}\"", to.sequence),
            ],
        );
        assert_eq!(changed.unwrap(), 1);
    };
    let store = app.served.store();
    ends(now, then);
    let beyond = (then.sequence + 1..=last).map(Broken::Beyond);
    let found = store.verify_audit().await.unwrap();
    assert_eq!(found.broken, beyond.collect::<Vec<_>>());
    ends(then, now);
    assert_eq!(store.verify_audit().await.unwrap().broken, []);

    remove(&app, last);
    remove(&app, last - 1);
    forget("AUDIT-END");
    let found = store.verify_audit().await.unwrap();
    assert_eq!(found.broken, [Broken::Endless(last - 2)]);
    let said = checked(&app, None).await;
    assert!(said.contains("Sa fin a été coupée"), "{said}");

    forget("AUDIT");
    let found = store.verify_audit().await.unwrap();
    assert_eq!(found.broken, [Broken::Emptied]);
    let said = checked(&app, None).await;
    assert!(said.starts_with("broken: Le journal est vide"), "{said}");
}

#[tokio::test]
async fn what_an_author_is_told_and_what_a_draft_replaces_have_their_fingerprint_in_the_log() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let refusal = [("reason", "off-topic"), ("message", "Un mot de plus.")];
    app.submit(&mut moderator, &queue, "/refuser", &refusal)
        .await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let id = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let item = format!("/moderation/contributions/{id}");
    for text in ["Première version.", "Seconde version."] {
        let page = app.get_as(&mut moderator, &item).await;
        let draft = [
            ("team", "Caf du Gard"),
            ("response", text),
            ("faire", "brouillon"),
        ];
        app.submit(&mut moderator, &page, "/reponse", &draft).await;
    }
    let log = app.served.store().audit_log().await.unwrap();
    let said: Vec<String> = log
        .iter()
        .filter(|entry| ["refuse", "draft-response"].contains(&entry.action.as_str()))
        .map(|entry| format!("{} → {}", entry.before, entry.after))
        .collect();
    // As `sha256sum` tells them.
    let message = "3ca8c547fc0e824dd11bea1e1d4ab2dc8b466ef0e627cef828e8815e8e12ff2b";
    let first = "0a4ab3b9ea2a7edb8394fae9b28718ea61e43a16f09f2c5ced0bb6fef31056e0";
    let second = "b158c285d163b2a9cd958780c5a54fd6dc8c7524408f8dda2a4a68990209b4e8";
    assert_eq!(
        said,
        [
            format!("waiting → refused/off-topic sha256:{message}"),
            format!(" → sha256:{first}"),
            format!("sha256:{first} → sha256:{second}"),
        ]
    );
}
