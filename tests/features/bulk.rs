//! Several contributions decided at once.

use reqwest::StatusCode;

use crate::app::{Answer, TestApp};
use crate::assert_page;
use crate::lanes::import;

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

/// What stands in the boxes of a list.
fn boxes(page: &Answer) -> Vec<String> {
    let page = page.page();
    let boxes = page.select("input[name=choix]");
    let value = |input: &scraper::ElementRef<'_>| input.attr("value").unwrap().to_owned();
    boxes.iter().map(value).collect()
}

fn ticked<'a>(boxes: &'a [String], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let boxes = boxes.iter().map(|choice| ("choix", choice.as_str()));
    boxes.chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn where_one_is_not_theirs_nothing_is_decided_of_any() {
    let app = TestApp::start().await;
    app.send_idea(&IDEA).await;
    let elsewhere = import(&app, 1, false).await;
    let grants = ["moderator:gard", "answerer:national"];
    let mut mixed = app.moderator_with("mixte", &grants).await;
    let list = app.get_as(&mut mixed, "/moderation/").await;
    // Both are read; one may be ticked.
    assert_eq!(list.page().links(".queue").len(), 2);
    let mut choices = boxes(&list);
    assert_eq!(choices.len(), 1);
    let missing = "0000000000000000 0".to_owned();
    for (forged, status) in [
        (format!("{elsewhere} 0"), StatusCode::FORBIDDEN),
        (missing, StatusCode::NOT_FOUND),
    ] {
        choices.push(forged);
        let form = ticked(&choices, &[("faire", "publier")]);
        let refused = app.post_as(&mut mixed, "/moderation/lot", &form).await;
        assert_eq!(refused.status, status);
        assert_eq!(app.served.store().queue(0).await.unwrap().count, 2);
        choices.pop();
    }
    let form = ticked(&choices, &[("faire", "publier")]);
    let done = app.post_as(&mut mixed, "/moderation/lot", &form).await;
    assert!(done.location().contains("fait=batch&n=1&deja=0"));
}

#[tokio::test]
async fn what_was_decided_together_is_taken_back_together_for_thirty_seconds() {
    let app = TestApp::start().await;
    for title in ["Une", "Deux", "Trois"] {
        let mut idea = IDEA.to_vec();
        idea[2] = ("title", title);
        app.send_idea(&idea).await;
    }
    let mut moderator = app.moderator().await;
    let list = app.get_as(&mut moderator, "/moderation/").await;
    let choices = boxes(&list);
    let refuse = [("faire", "refuser"), ("reason", "off-topic")];
    let refused = ticked(&choices, &refuse);
    let done = app.submit(&mut moderator, &list, "/lot", &refused).await;
    let after = app.get_as(&mut moderator, &done.location()).await;
    let store = app.served.store();
    assert_eq!(store.queue(0).await.unwrap().count, 0);
    // Who did not decide so is offered nothing, and takes nothing back.
    let mut other = app.moderator_with("autre", &["moderator:gard"]).await;
    let seen = app.get_as(&mut other, &done.location()).await;
    assert!(seen.page().select("#undo-form").is_empty());
    let (action, fields) = after.page().form_ending("/lot");
    let undo: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
    let not_theirs = app.post_as(&mut other, &action, &undo).await;
    assert!(not_theirs.location().contains("n=0&deja=3"));
    let back = app.post_as(&mut moderator, &action, &undo).await;
    let back = app.get_as(&mut moderator, &back.location()).await;
    assert_eq!(store.queue(0).await.unwrap().count, 3);

    let form = ticked(&boxes(&back), &[("faire", "publier")])
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect::<Vec<_>>();
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (&**n, &**v)).collect();
    let done = app.submit(&mut moderator, &back, "/lot", &form).await;
    let after_again = app.get_as(&mut moderator, &done.location()).await;
    app.advance(30);
    let over = app.get_as(&mut moderator, &done.location()).await;
    assert!(over.page().select("#undo-form").is_empty());
    let late = app.submit(&mut moderator, &after_again, "/lot", &[]).await;
    let late = app.get_as(&mut moderator, &late.location()).await;
    let pages = [&after, &back, &after_again, &late];
    let texts = pages.map(|page| page.page().words(".done"));
    assert_page!(texts.join("\n\n"));
}
