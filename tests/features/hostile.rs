//! Strings that break programs, where they are at hand: typed, reviewed, published and read.

use std::collections::BTreeSet;

use reqwest::StatusCode;

use crate::app::{Answer, TestApp, repository};

/// What a page is made of that runs: elements and attributes by name.
pub fn what_runs(answer: &Answer) -> BTreeSet<String> {
    let page = answer.page();
    let mut found = BTreeSet::new();
    for element in page.select("*") {
        let name = element.value().name();
        if [
            "script", "iframe", "object", "embed", "base", "meta", "form",
        ]
        .contains(&name)
        {
            let target = element.attr("src").or(element.attr("action"));
            found.insert(format!("{name} {}", target.unwrap_or_default()));
        }
        for (attribute, value) in element.value().attrs() {
            let leads = ["href", "src", "action", "formaction"].contains(&attribute);
            let script = leads && value.to_lowercase().contains("script:");
            if attribute.starts_with("on") || attribute == "style" || script {
                found.insert(format!("{name} {attribute}={value}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn what_is_typed_is_never_markup() {
    let folder = repository("../shared/data/hostile");
    if !folder.exists() {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    }
    let naughty = std::fs::read_to_string(folder.join("naughty_strings.json")).unwrap();
    let mut strings: Vec<String> = serde_json::from_str(&naughty).unwrap();
    let payloads = std::fs::read(folder.join("xss_payloads.txt")).unwrap();
    let payloads = String::from_utf8_lossy(&payloads).into_owned();
    strings.extend(payloads.lines().step_by(25).map(str::to_owned));

    let app = TestApp::start().await;
    let mut expected = None;
    let mut published = 0;
    for string in &strings {
        let form = [
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", string.as_str()),
            ("text", string.as_str()),
        ];
        let review = app.post("/participer/accueil/idees", &form).await;
        let runs = what_runs(&review);
        match review.status {
            StatusCode::OK => {
                let expected = expected.get_or_insert_with(|| runs.clone());
                assert_eq!(runs, *expected, "{string:?}");
                if published < 40 && string.contains('<') {
                    app.confirm(&review).await;
                    published += 1;
                }
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                assert_eq!(
                    review.page().form_with("text").0,
                    "/participer/accueil/idees",
                    "{string:?}"
                );
            }
            other => panic!("{other} for {string:?}"),
        }
    }
    let mut moderator = app.moderator().await;
    let mut queue_runs = None;
    for _ in 0..published {
        let queue = app.get_as(&mut moderator, "/moderation/").await;
        let mut runs = what_runs(&queue);
        // Each item is sent to its own address.
        runs.retain(|what| !what.starts_with("form /moderation/contributions/"));
        let expected = queue_runs.get_or_insert_with(|| runs.clone());
        assert_eq!(runs, *expected);
        app.publish_next(&mut moderator).await;
    }
    let list = app
        .eventually("/campagnes/accueil/idees/page/1/", |answer| {
            answer.page().select("main h2 a").len() == 20
        })
        .await;
    let mut idea_runs = None;
    for address in list.page().links("main h2") {
        let idea = app.get(&address).await;
        let mut runs = what_runs(&idea);
        runs.retain(|what| !what.starts_with("form /participer/"));
        let expected = idea_runs.get_or_insert_with(|| runs.clone());
        assert_eq!(runs, *expected, "{address}");
    }
}
