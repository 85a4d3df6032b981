//! When a campaign closes, to the second: on the nights when clocks change too, and with a minute
//! of grace for forms, which were opened before.

use domain::{Contribution, ContributionId, Idea, IdeaKind, Slug};
use jiff::{Timestamp, ToSpan};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::app::{Answer, Browser, TestApp, repository};
use crate::assert_page;

/// Of each campaign: its name, its first and last day, and the instants at which it opens and
/// closes. Clocks go forward on 29 March 2026 at 2 o'clock, and back on 25 October at 3.
const CAMPAIGNS: [(&str, &str, &str, &str, &str); 5] = [
    (
        "avant-ete",
        "2026-03-20",
        "2026-03-28",
        "2026-03-19T23:00:00Z",
        "2026-03-28T23:00:00Z",
    ),
    (
        "jour-de-23-h",
        "2026-03-29",
        "2026-03-29",
        "2026-03-28T23:00:00Z",
        "2026-03-29T22:00:00Z",
    ),
    (
        "avant-hiver",
        "2026-10-10",
        "2026-10-24",
        "2026-10-09T22:00:00Z",
        "2026-10-24T22:00:00Z",
    ),
    (
        "jour-de-25-h",
        "2026-10-25",
        "2026-10-25",
        "2026-10-24T22:00:00Z",
        "2026-10-25T23:00:00Z",
    ),
    (
        "bissextile",
        "2028-02-01",
        "2028-02-29",
        "2028-01-31T23:00:00Z",
        "2028-02-29T23:00:00Z",
    ),
];

/// Instants of both nights, by the clocks of Paris: before what is left out or comes twice, in it
/// or on its edges, and after.
const NIGHTS: [&str; 10] = [
    "2026-03-28T23:30:00Z",
    "2026-03-29T00:59:59Z",
    "2026-03-29T01:00:00Z",
    "2026-03-29T01:30:00Z",
    "2026-10-24T23:59:59Z",
    "2026-10-25T00:00:00Z",
    "2026-10-25T00:30:00Z",
    "2026-10-25T00:59:59Z",
    "2026-10-25T01:00:00Z",
    "2026-10-25T01:30:00Z",
];

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];
const QUESTION: &str = "Qu’est-ce qui vous ferait gagner du temps ?";
const COMMENT: [(&str, &str); 2] = [("name", "Lina"), ("text", "Oui, le mardi.")];
const LIKE: [(&str, &str); 1] = [("choice", "like")];

/// A site with these campaigns, and one idea published in each.
async fn site() -> TestApp {
    let folder = TempDir::new().unwrap();
    let fixture = repository("tests/fixtures/content");
    std::fs::create_dir_all(folder.path().join("spaces")).unwrap();
    std::fs::create_dir_all(folder.path().join("campaigns")).unwrap();
    for file in ["spaces/national.md", "spaces/gard.md", "site.toml"] {
        std::fs::copy(fixture.join(file), folder.path().join(file)).unwrap();
    }
    let campaign = std::fs::read_to_string(fixture.join("campaigns/accueil.md")).unwrap();
    for (slug, opens, closes, ..) in CAMPAIGNS {
        let text = campaign
            .replace("2026-11-02", opens)
            .replace("2026-12-15", closes);
        let file = folder.path().join(format!("campaigns/{slug}.md"));
        std::fs::write(file, text).unwrap();
    }
    let app = TestApp::with_content(folder.path()).await;
    for (place, (slug, _, _, opens, _)) in CAMPAIGNS.into_iter().enumerate() {
        let opens = opens.parse().unwrap();
        let idea = Idea {
            id: idea_of(place),
            campaign: Slug::parse(slug).unwrap(),
            kind: IdeaKind::Idea,
            category: None,
            question: None,
            title: domain::Title::parse("Ouvrir le soir", 150).unwrap(),
            body: domain::Body::parse("Un texte.", 150).unwrap(),
            received_at: opens,
            carried_likes: 0,
        };
        let store = app.served.store();
        let kept = store.import(&Contribution::Idea(idea), Some(opens)).await;
        kept.unwrap();
    }
    app
}

fn idea_of(place: usize) -> ContributionId {
    ContributionId::from_bytes([u8::try_from(place).unwrap(); 10])
}

/// Where ideas, comments and likes of a campaign go.
fn doors(place: usize) -> [String; 3] {
    let (slug, ..) = CAMPAIGNS[place];
    let ideas = format!("/participer/{slug}/idees");
    let idea = format!("{ideas}/{}", idea_of(place));
    [
        ideas,
        format!("{idea}/commentaires"),
        format!("{idea}/soutien"),
    ]
}

/// What the three doors of a campaign answer now.
async fn knock(app: &TestApp, place: usize) -> [StatusCode; 3] {
    let [ideas, comments, likes] = doors(place);
    [
        app.post(&ideas, &IDEA).await.status,
        app.post(&comments, &COMMENT).await.status,
        app.post(&likes, &LIKE).await.status,
    ]
}

const TAKEN: [StatusCode; 3] = [StatusCode::OK, StatusCode::OK, StatusCode::SEE_OTHER];
/// For a minute, forms are taken that were opened before. A like is one button: nothing was begun
/// that could be lost.
const GRACE: [StatusCode; 3] = [StatusCode::OK, StatusCode::OK, StatusCode::CONFLICT];
const REFUSED: [StatusCode; 3] = [StatusCode::CONFLICT; 3];

/// Sends a review page on, as it stands but for what is changed.
async fn send(app: &TestApp, review: &Answer, end: &str, changed: &[(&str, &str)]) -> Answer {
    let (action, fields) = review.page().form_with("ticket");
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name))
        .chain(changed.iter().copied())
        .collect();
    app.post(&action.replace("/envoyer", end), &fields).await
}

fn ticket(review: &Answer) -> String {
    let fields = review.page().form_with("ticket").1;
    let ticket = fields.into_iter().find(|(name, _)| name == "ticket");
    ticket.unwrap().1
}

#[tokio::test]
async fn every_door_opens_and_closes_to_the_second() {
    let app = site().await;
    for (place, (slug, _, _, opens, closes)) in CAMPAIGNS.into_iter().enumerate() {
        let opens: Timestamp = opens.parse().unwrap();
        let closes: Timestamp = closes.parse().unwrap();
        for (at, expected) in [
            (opens - 1.second(), REFUSED),
            (opens, TAKEN),
            (closes - 1.second(), TAKEN),
            (closes - 1.millisecond(), TAKEN),
            (closes, GRACE),
            (closes + 59.seconds(), GRACE),
            (closes + 60.seconds() - 1.millisecond(), GRACE),
            (closes + 60.seconds(), REFUSED),
            (closes + 61.seconds(), REFUSED),
        ] {
            app.set_clock(&at.to_string());
            assert_eq!(knock(&app, place).await, expected, "{slug} at {at}");
        }
    }
}

#[tokio::test]
async fn the_hours_left_out_and_told_twice_change_nothing() {
    let app = site().await;
    for at in NIGHTS {
        app.set_clock(at);
        let now: Timestamp = at.parse().unwrap();
        for (place, (slug, _, _, opens, closes)) in CAMPAIGNS.into_iter().enumerate() {
            let [opens, closes]: [Timestamp; 2] = [opens, closes].map(|at| at.parse().unwrap());
            let open = opens <= now && now < closes;
            let expected = if open { TAKEN } else { REFUSED };
            assert_eq!(knock(&app, place).await, expected, "{slug} at {at}");
        }
    }
}

#[tokio::test]
async fn whoever_had_begun_in_time_has_a_minute_and_no_more() {
    let app = site().await;
    for (place, (slug, _, _, _, closes)) in CAMPAIGNS.into_iter().enumerate() {
        let closes: Timestamp = closes.parse().unwrap();
        let [ideas, comments, likes] = doors(place);
        for (door, form) in [(&ideas, IDEA.as_slice()), (&comments, COMMENT.as_slice())] {
            // Read over in time, or in the minute: the page of the form says not when it was opened.
            for read_over in [-1, 0, 5] {
                app.set_clock(&(closes + read_over.seconds()).to_string());
                let mut reviews = Vec::new();
                for _ in 0..4 {
                    reviews.push(app.post(door, form).await);
                }
                let mut late = Vec::new();
                for (review, seconds) in reviews.iter().zip([5, 59, 60, 61]) {
                    app.set_clock(&(closes + seconds.seconds()).to_string());
                    let sent = send(&app, review, "/envoyer", &[]).await;
                    let expected = match seconds {
                        5 | 59 => StatusCode::SEE_OTHER,
                        _ => StatusCode::CONFLICT,
                    };
                    assert_eq!(sent.status, expected, "{slug}, {seconds} s after");
                    late.push(sent);
                }
                for (_, typed) in form.iter().filter(|(name, _)| *name == "text") {
                    assert!(late[3].page().text().contains(typed));
                }
            }
        }
        // A like is one button: nothing was begun that could be lost.
        app.set_clock(&closes.to_string());
        let mut browser = Browser::default();
        let like = app.post_as(&mut browser, &likes, &LIKE).await;
        assert_eq!(like.status, StatusCode::CONFLICT);
        assert!(browser.cookies.is_empty());
    }
}

#[tokio::test]
async fn what_is_to_be_corrected_in_the_minute_comes_back_as_a_form() {
    let app = site().await;
    let closes: Timestamp = CAMPAIGNS[1].4.parse().unwrap();
    let [ideas, comments, _] = doors(1);
    app.set_clock(&(closes + 5.seconds()).to_string());
    for (door, form) in [(&ideas, IDEA.as_slice()), (&comments, COMMENT.as_slice())] {
        let back = app.post(&format!("{door}/modifier"), form).await;
        assert_eq!(back.status, StatusCode::OK);
        let mut wrong = form.to_vec();
        wrong.push(("email", "x"));
        let wrong = app.post(door, &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = form[form.len() - 1].1;
        for page in [back, wrong] {
            let fields = page.page().form_with("text").1;
            assert!(fields.contains(&("text".to_owned(), text.to_owned())));
        }
    }
}

#[tokio::test]
async fn what_was_sent_in_time_has_its_receipt_however_late_it_is_sent_again() {
    let app = site().await;
    let closes: Timestamp = CAMPAIGNS[1].4.parse().unwrap();
    let [ideas, comments, _] = doors(1);
    for (door, form) in [(&ideas, IDEA.as_slice()), (&comments, COMMENT.as_slice())] {
        app.set_clock(&(closes - 1.second()).to_string());
        let review = app.post(door, form).await;
        let receipt = send(&app, &review, "/envoyer", &[]).await.location();
        app.set_clock(&(closes + 3.minutes()).to_string());
        let again = send(&app, &review, "/envoyer", &[]).await;
        assert_eq!(again.location(), receipt);
        let changed = [("text", "Autre chose.")];
        let again = send(&app, &review, "/envoyer", &changed).await;
        assert_eq!(again.location(), format!("{receipt}?fait=deja"));
    }
}

#[tokio::test]
async fn no_ticket_but_its_own_sends_a_form_in_its_minute() {
    let app = site().await;
    let closes: Timestamp = CAMPAIGNS[1].4.parse().unwrap();
    let [ideas, comments, _] = doors(1);
    app.set_clock(&(closes - 1.second()).to_string());
    let idea = app.post(&ideas, &IDEA).await;
    let comment = app.post(&comments, &COMMENT).await;
    let (idea_ticket, comment_ticket) = (ticket(&idea), ticket(&comment));
    let mut parts = idea_ticket.split('.');
    let [key, opened, signature] = [(); 3].map(|()| parts.next().unwrap());
    let opened: i64 = opened.parse().unwrap();
    app.set_clock(&(closes + 61.seconds()).to_string());
    let forged = [
        format!("{key}.{}.{signature}", opened + 3_600_000),
        format!("{key}.{}.{signature}", i64::MAX),
        format!("{key}.{}.{signature}", i64::MIN),
        format!("{key}.{opened}.{}", "A".repeat(43)),
        comment_ticket,
        String::new(),
    ];
    for ticket in &forged {
        let sent = send(&app, &idea, "/envoyer", &[("ticket", ticket)]).await;
        assert_eq!(sent.status, StatusCode::CONFLICT, "{ticket}");
    }
    // Within the minute, it is to be read over again.
    app.set_clock(&closes.to_string());
    for ticket in &forged {
        let sent = send(&app, &idea, "/envoyer", &[("ticket", ticket)]).await;
        assert_eq!(sent.status, StatusCode::OK, "{ticket}");
    }
    assert_eq!(app.served.store().queue(9).await.unwrap().count, 0);
    let sent = send(&app, &idea, "/envoyer", &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whatever_is_pressed_too_late_says_so_and_keeps_what_was_typed() {
    let app = site().await;
    let closes: Timestamp = CAMPAIGNS[3].4.parse().unwrap();
    let [ideas, comments, likes] = doors(3);
    app.set_clock(&(closes - 1.second()).to_string());
    let idea = app.post(&ideas, &IDEA).await;
    let mut named = COMMENT;
    named[1] = ("text", "Appelez le 06 12 34 56 78.");
    let comment = app.post(&comments, &named).await;
    let mut asked = IDEA.to_vec();
    asked.push(("question", QUESTION));
    let answering = app.post(&ideas, &asked).await;

    // What was read over in time may lose its personal data, and be sent, within the minute.
    app.set_clock(&(closes + 30.seconds()).to_string());
    let without = send(&app, &comment, "/retirer", &[]).await;
    assert_eq!(without.status, StatusCode::OK);
    assert_eq!(ticket(&without), ticket(&comment));

    app.set_clock(&(closes + 60.seconds()).to_string());
    let mut texts = Vec::new();
    for review in [&idea, &comment] {
        for end in ["", "/modifier", "/retirer", "/envoyer"] {
            let late = send(&app, review, end, &[]).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{end}");
            texts.push(late.page().text());
        }
    }
    assert!(texts[..4].iter().all(|text| *text == texts[0]));
    assert!(texts[4..].iter().all(|text| *text == texts[4]));
    let answering = send(&app, &answering, "/envoyer", &[]).await;
    let question = format!("En réponse à\n{QUESTION}");
    assert!(answering.page().text().contains(&question));
    let like = app.post(&likes, &LIKE).await;
    assert_eq!(like.status, StatusCode::CONFLICT);
    let pages = [&texts[0], &texts[4], &like.page().text()];
    assert_page!(pages.map(String::as_str).join("\n\n"));
}

#[tokio::test]
async fn where_results_are_published_whoever_comes_too_late_is_led_to_them() {
    let app = TestApp::with_content(&repository("tests/fixtures/site")).await;
    let late = app.post("/participer/colonies/idees", &IDEA).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let links = late.page().links("main");
    let results = "/campagnes/colonies/resultats/".to_owned();
    assert!(links.contains(&results), "{links:?}");
    assert_page!(late.page().text());
}
