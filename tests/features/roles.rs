//! Who may do what in the back office.

use domain::{Action, Grant, Slug, may};
use reqwest::StatusCode;

use crate::app::TestApp;
use crate::assert_page;

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

#[test]
fn each_role_may_do_what_it_is_for_and_no_more() {
    let space = |slug: &str| Slug::parse(slug).unwrap();
    let grants = [
        "national",
        "moderator:gard",
        "answerer:gard",
        "analyst:gard",
        "moderator:gard answerer:national",
        "",
    ];
    let mut lines = Vec::new();
    for spelled in grants {
        let grants: Vec<Grant> = spelled
            .split_whitespace()
            .map(|grant| Grant::parse(grant).unwrap())
            .collect();
        let respelled: Vec<String> = grants.iter().map(ToString::to_string).collect();
        assert_eq!(respelled.join(" "), spelled);
        for place in ["gard", "national"] {
            let allowed: Vec<&str> = Action::ALL
                .into_iter()
                .filter(|action| may(&grants, *action, &space(place)))
                .map(Action::key)
                .collect();
            lines.push(format!("[{spelled}] in {place}: {}", allowed.join(" ")));
        }
    }
    assert_page!(lines.join("\n"));
    for wrong in [
        "",
        "moderator",
        "national:gard",
        "boss",
        "moderator:",
        "Moderator:gard",
    ] {
        assert!(Grant::parse(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn who_lacks_a_right_is_told_which_and_whom_to_ask() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let queue = app.served.store().queue(1).await.unwrap();
    let id = queue.oldest[0].contribution.reference();
    let item = format!("/moderation/contributions/{id}");
    let mut elsewhere = app
        .moderator_with("ailleurs", &["moderator:national"])
        .await;
    let mut answerer = app.moderator_with("repond", &["answerer:gard"]).await;
    let mut here = app.moderator_with("ici", &["moderator:gard"]).await;

    let empty = app.get_as(&mut elsewhere, "/moderation/").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(!empty.body.contains("Une file plus courte"));
    let unread = app.get_as(&mut elsewhere, &item).await;
    assert_eq!(unread.status, StatusCode::FORBIDDEN);
    let read = app.get_as(&mut answerer, &item).await;
    assert_eq!(read.status, StatusCode::OK);
    let refused = app
        .post_as(&mut answerer, &format!("{item}/publier"), &[])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let texts = [unread.page().text(), refused.page().text()];
    assert_page!(texts.join("\n\n"));
    assert_eq!(app.served.store().queue(1).await.unwrap().count, 1);
    app.publish_next(&mut here).await;
}
