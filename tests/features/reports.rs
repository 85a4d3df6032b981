//! Signalling something published.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use reqwest::StatusCode;

use crate::app::{Answer, Browser, TestApp, repository};
use crate::assert_page;
use crate::hostile::what_runs;
use crate::page::Page;
use crate::publishing::files;

const CANARY: &str = "canari.9b2c@example.org";

/// The address of the form that a page leads to.
async fn form_of(app: &TestApp, page: &str, of: &str) -> String {
    let page = app.page(page).await;
    let link = page
        .links(of)
        .into_iter()
        .find(|href| href.contains("/signaler/"));
    link.unwrap()
}

/// What all of these answer, begun together.
async fn all_at_once<T>(asked: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut asked: Vec<_> = asked.map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        let mut ready = true;
        for (future, answer) in &mut asked {
            if answer.is_none() {
                match Pin::as_mut(future).poll(context) {
                    Poll::Ready(answered) => *answer = Some(answered),
                    Poll::Pending => ready = false,
                }
            }
        }
        if ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    asked.into_iter().filter_map(|(_, answer)| answer).collect()
}

/// Fills in a form as somebody does, whatever is hidden in it.
fn filled<'a>(page: &'a Page, typed: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let (_, fields) = page.form_with("ticket");
    let ticket = fields.into_iter().find(|(name, _)| name == "ticket");
    let typed = typed
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    typed.chain(ticket).collect()
}

fn as_sent(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    let fields = fields.iter();
    fields
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

async fn send(app: &TestApp, address: &str, typed: &[(&str, &str)]) -> Answer {
    let page = app.page(address).await;
    let form = filled(&page, typed);
    let form = as_sent(&form);
    app.post(address, &form).await
}

/// Sends one of the forms of a moderator's page, with what is typed over what it holds.
async fn decide(
    app: &TestApp,
    moderator: &mut Browser,
    page: &Page,
    end: &str,
    typed: &[(&str, &str)],
) -> Answer {
    let action = page.action_ending(end);
    let form = page
        .select("form[action]")
        .into_iter()
        .find(|form| form.attr("action") == Some(action.as_str()))
        .unwrap();
    let wanted = scraper::Selector::parse("input[type=hidden], textarea").unwrap();
    let mut fields: Vec<(String, String)> = form
        .select(&wanted)
        .map(|field| {
            let value = field.attr("value").map(str::to_owned);
            let value = value.unwrap_or_else(|| field.text().collect());
            (field.attr("name").unwrap().to_owned(), value)
        })
        .collect();
    for (name, value) in typed {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields = as_sent(&fields);
    app.post_as(moderator, &action, &fields).await
}

#[tokio::test]
async fn an_idea_is_signalled_read_and_left_online() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    let form = app.get(&address).await;
    assert_eq!(form.headers["x-robots-tag"], "noindex");
    assert_eq!(form.headers["cache-control"], "no-store");
    let typed = [
        ("why", "misplaced"),
        ("details", "C’est déjà dit.\r\n\r\nDeux fois."),
        ("email", ""),
    ];
    let receipt = send(&app, &address, &typed).await.location();
    let waiting = app.get(&receipt).await;
    assert_eq!(waiting.headers["referrer-policy"], "no-referrer");
    assert_eq!(waiting.headers["x-robots-tag"], "noindex");
    assert_eq!(waiting.headers["cache-control"], "no-store");

    app.set_clock("2026-11-23T13:05:00Z");
    let mut moderator = app.moderator().await;
    let desk = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await
        .page();
    let item = desk.links("nav.queue").remove(0);
    let whole = app.get_as(&mut moderator, &item).await.page();
    let done = decide(&app, &mut moderator, &whole, "/laisser", &[]).await;
    let after = app.get_as(&mut moderator, &done.location()).await;
    let told = app.page(&receipt).await;
    assert_eq!(app.get(&idea).await.status, StatusCode::OK);
    let pages = [form.page(), waiting.page(), desk, after.page(), told];
    let texts: Vec<String> = pages.iter().map(Page::text).collect();
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn a_comment_is_signalled_twice_and_taken_off() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let reply = app.page(&idea).await.form_with("text").0;
    let review = app
        .post(&reply, &[("text", "Madame Untel est une voleuse.")])
        .await;
    let author = app.confirm(&review).await.location();
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.eventually(&idea, |answer| answer.body.contains("Untel"))
        .await;

    let address = form_of(&app, &idea, ".comments li").await;
    let form = app.page(&address).await;
    let first = send(
        &app,
        &address,
        &[("why", "names-someone"), ("email", CANARY)],
    )
    .await;
    app.set_clock("2026-11-23T10:20:00Z");
    let second = send(
        &app,
        &address,
        &[("why", "other"), ("details", "C’est ma voisine.")],
    )
    .await;
    let receipts = [first.location(), second.location()];
    assert_ne!(receipts[0], receipts[1]);

    app.set_clock("2026-11-23T11:00:00Z");
    let desk = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await
        .page();
    let again = decide(&app, &mut moderator, &desk, "/retirer", &[("hidden", " ")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [
        ("reason", "names-someone"),
        ("message", "Parlez des faits."),
    ];
    let done = decide(&app, &mut moderator, &desk, "/retirer", &typed).await;
    let after = app.get_as(&mut moderator, &done.location()).await.page();
    app.eventually(&idea, |answer| !answer.body.contains("Untel"))
        .await;
    let told = [app.page(&receipts[0]).await, app.page(&receipts[1]).await];
    assert!(!told[0].text().contains("Untel"));

    let mut texts = vec![form.text(), desk.text(), again.page().text(), after.text()];
    texts.extend(told.iter().map(Page::text));
    texts.push(app.page(&author).await.text());
    app.advance(31);
    for message in app.outbox(2).await {
        let told = message.raw.contains(CANARY) && !message.raw.contains("Untel");
        assert!(told, "{}", message.raw);
    }
    let log = app.served.store().audit_log().await.unwrap();
    let noted: Vec<String> = log
        .iter()
        .map(|entry| format!("{} {} {}", entry.by, entry.action, entry.before))
        .collect();
    texts.push(noted.join("\n"));
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn an_idea_taken_off_leaves_the_site_and_takes_no_more_reports() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    let open = app.page(&address).await;
    let first = filled(&open, &[("why", "illegal")]);
    let first = as_sent(&first);
    let receipt = app.post(&address, &first).await.location();
    let mut moderator = app.moderator().await;
    let desk = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await
        .page();
    let done = decide(
        &app,
        &mut moderator,
        &desk,
        "/retirer",
        &[("reason", "illegal")],
    )
    .await;
    let done = done.location();
    assert!(done.starts_with("/moderation/signalements/?fait=hidden&de="));
    app.eventually(&idea, |answer| answer.status == StatusCode::NOT_FOUND)
        .await;
    let told = app.page(&receipt).await;
    let gone = app.get(&address).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    // What arrived before has its receipt; what did not is given back.
    assert_eq!(app.post(&address, &first).await.location(), receipt);
    let form = filled(
        &open,
        &[("why", "insulting"), ("details", "La première phrase.")],
    );
    let form = as_sent(&form);
    let late = app.post(&address, &form).await;
    assert_eq!(late.status, StatusCode::GONE);
    let texts = [told.text(), gone.page().text(), late.page().text()];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn what_is_missing_is_told_at_once_and_what_was_typed_is_there() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    let blank = send(&app, &address, &[]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [("why", "other"), ("details", " "), ("email", "x@")];
    let wrong = send(&app, &address, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = "é".repeat(1_001);
    let long = send(&app, &address, &[("why", "insulting"), ("details", &long)]).await;
    assert_eq!(long.page().words("#details"), "é".repeat(1_001));
    // Without a ticket, or with one of another idea, nothing is lost.
    let form = [
        ("why", "insulting"),
        ("details", "Regardez."),
        ("ticket", "x"),
    ];
    let expired = app.post(&address, &form).await;
    assert_eq!(expired.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(expired.page().words("#details"), "Regardez.");
    assert_eq!(app.served.store().signals().await.unwrap().len(), 0);
    let texts = [
        blank.page().text(),
        wrong.page().text(),
        expired.page().text(),
    ];
    assert_page!(texts.join("\n\n"));
}

#[tokio::test]
async fn the_same_form_sent_fifty_times_is_one_report() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    let page = app.page(&address).await;
    let form = filled(&page, &[("why", "insulting"), ("email", CANARY)]);
    let form = as_sent(&form);
    let sent = all_at_once((0..50).map(|_| app.post(&address, &form))).await;
    let receipts: BTreeSet<String> = sent.iter().map(Answer::location).collect();
    assert_eq!(receipts.len(), 1);
    assert_eq!(app.served.store().signals().await.unwrap().len(), 1);
    app.outbox(1).await;
    // Corrected and sent again, it is another.
    let mut corrected = form.clone();
    corrected.push(("details", "La deuxième phrase."));
    let other = app.post(&address, &corrected).await.location();
    assert!(!receipts.contains(&other));
    assert_eq!(app.served.store().signals().await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_published_is_signalled_after_its_campaign_too() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    app.set_clock("2029-01-08T10:00:00Z");
    let sent = send(
        &app,
        &address,
        &[("why", "personal-data"), ("email", CANARY)],
    )
    .await;
    let receipt = app.page(&sent.location()).await;
    assert!(receipt.text().contains("Effacer mon adresse e-mail"));
}

#[tokio::test]
async fn looking_changes_nothing_and_an_address_is_erased_by_its_button() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    for _ in 0..100 {
        assert_eq!(app.get(&address).await.status, StatusCode::OK);
    }
    assert_eq!(app.served.store().signals().await.unwrap().len(), 0);
    let sent = send(&app, &address, &[("why", "insulting"), ("email", CANARY)]).await;
    let receipt = sent.location();
    // A letter whose address is gone would never leave.
    app.outbox(1).await;
    let forget = app.page(&receipt).await.action_ending("/effacer-adresse");
    for _ in 0..100 {
        assert_eq!(
            app.get(&forget).await.status,
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
    assert!(app.get(&receipt).await.body.contains(&forget));
    assert_eq!(app.post(&forget, &[]).await.location(), receipt);
    let without = app.page(&receipt).await.text();
    assert!(!without.contains("Effacer mon adresse e-mail"), "{without}");
    let report = app.served.store().signals().await.unwrap().remove(0);
    assert!(
        app.served
            .store()
            .email(&domain::Recipient::Reporter(report.id.clone()))
            .await
            .unwrap()
            .is_none()
    );
    let mut moderator = app.moderator().await;
    let desk = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await
        .page();
    decide(&app, &mut moderator, &desk, "/laisser", &[]).await;
    app.advance(31);
    app.queue_of_mail(0, 0, 1).await;
    app.outbox(1).await;
    let forged = format!("/suivi/signalement/{}", "A".repeat(43));
    assert_eq!(app.get(&forged).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        app.post(&format!("{forged}/effacer-adresse"), &[])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    // A report's receipt is none of a contribution, nor the other way round.
    let as_contribution = receipt.replace("/signalement", "");
    assert_eq!(
        app.get(&as_contribution).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_second_of_two_moderators_is_told() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    let receipt = send(&app, &address, &[("why", "insulting")])
        .await
        .location();
    let mut first = app.moderator().await;
    let mut second = app.moderator().await;
    let page = app
        .get_as(&mut first, "/moderation/signalements/")
        .await
        .page();
    let keep = decide(
        &app,
        &mut first,
        &page,
        "/laisser",
        &[("kept", "Rien à redire.")],
    )
    .await;
    assert_eq!(keep.location(), "/moderation/signalements/?fait=kept");
    let late = decide(
        &app,
        &mut second,
        &page,
        "/laisser",
        &[("kept", "Trop tard.")],
    )
    .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let told = late.page().text();
    assert!(told.contains("Trop tard."), "{told}");
    let item = address.rsplit('/').next().unwrap();
    let opened = app
        .get_as(&mut second, &format!("/moderation/signalements/{item}"))
        .await;
    assert_eq!(opened.location(), "/moderation/signalements/?fait=conflict");
    let receipt = app.page(&receipt).await.text();
    assert!(receipt.contains("Rien à redire.") && !receipt.contains("Trop tard."));
    assert_page!(told);
}

#[tokio::test]
async fn many_verdicts_at_once_are_one() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    send(&app, &address, &[("why", "insulting"), ("email", CANARY)]).await;
    let browser = app.moderator().await;
    let page = app
        .get_as(&mut browser.clone(), "/moderation/signalements/")
        .await
        .page();
    let verdicts = (0..8).map(|place| {
        let (app, page, mut browser) = (&app, &page, browser.clone());
        async move {
            let sent = match place % 2 {
                0 => decide(app, &mut browser, page, "/laisser", &[]).await,
                _ => {
                    decide(
                        app,
                        &mut browser,
                        page,
                        "/retirer",
                        &[("reason", "insulting")],
                    )
                    .await
                }
            };
            match sent.status {
                StatusCode::CONFLICT => "conflict".to_owned(),
                _ => sent.location(),
            }
        }
    });
    let done = all_at_once(verdicts).await;
    let won: Vec<&String> = done.iter().filter(|at| !at.ends_with("conflict")).collect();
    assert_eq!(won.len(), 1, "{done:?}");
    app.advance(31);
    app.outbox(2).await;
    assert_eq!(app.served.store().signals().await.unwrap().len(), 0);
    assert_eq!(app.served.store().verify_audit().await.unwrap().broken, []);
}

#[tokio::test]
async fn a_report_that_comes_meanwhile_stays_open() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    send(&app, &address, &[("why", "insulting")]).await;
    let mut moderator = app.moderator().await;
    let page = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await
        .page();
    app.set_clock("2026-11-23T10:20:00Z");
    let later = send(&app, &address, &[("why", "personal-data")])
        .await
        .location();
    let done = decide(&app, &mut moderator, &page, "/laisser", &[]).await;
    assert_eq!(done.location(), "/moderation/signalements/?fait=kept");
    let desk = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await
        .page();
    assert!(
        app.page(&later)
            .await
            .text()
            .contains("En attente de lecture")
    );
    assert_page!(desk.text());
}

#[tokio::test]
async fn nobody_reads_reports_without_a_session() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    send(&app, &address, &[("why", "insulting")]).await;
    let item = format!(
        "/moderation/signalements/{}",
        address.rsplit('/').next().unwrap()
    );
    for path in ["/moderation/signalements/", item.as_str()] {
        assert_eq!(app.get(path).await.location(), "/moderation/connexion");
    }
    for end in ["laisser", "retirer", "clore"] {
        let form = [
            ("version", "1"),
            ("seen", "1795428000000"),
            ("kept", "x"),
            ("hidden", "x"),
            ("reason", "illegal"),
        ];
        let answer = app.post(&format!("{item}/{end}"), &form).await;
        assert_eq!(answer.location(), "/moderation/connexion");
    }
    assert_eq!(app.served.store().signals().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_address_of_who_signals_is_nowhere_but_in_its_own_mail() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    let sent = send(
        &app,
        &address,
        &[
            ("why", "other"),
            ("details", "Mot-témoin."),
            ("email", CANARY),
        ],
    )
    .await;
    let receipt = sent.location();
    let mut moderator = app.moderator().await;
    let desk = app
        .get_as(&mut moderator, "/moderation/signalements/")
        .await;
    let mut seen = desk.body.clone();
    assert!(seen.contains("Mot-témoin."));
    decide(&app, &mut moderator, &desk.page(), "/laisser", &[]).await;
    seen.push_str(
        &app.get_as(&mut moderator, "/moderation/signalements/")
            .await
            .body,
    );
    seen.push_str(&app.get_as(&mut moderator, "/moderation/").await.body);
    seen.push_str(&app.get(&receipt).await.body);
    seen.push_str(&format!(
        "{:?}",
        app.served.store().audit_log().await.unwrap()
    ));
    let exported = app.served.store().published().await.unwrap().to_lines();
    for (path, bytes) in files(&app.site_dir()) {
        let file = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!file.contains("Mot-témoin."), "{path}");
        seen.push_str(&file);
    }
    assert!(!exported.contains("Mot-témoin."));
    seen.push_str(&exported);
    assert!(!seen.contains("canari.9b2c"));
    let token = receipt.strip_prefix("/suivi/signalement/").unwrap();
    assert!(!format!("{:?}", app.served.store().audit_log().await.unwrap()).contains(token));
    app.advance(31);
    app.outbox(2).await;
}

#[tokio::test]
async fn what_is_typed_in_a_report_is_never_markup() {
    let file = repository("../shared/data/hostile/naughty_strings.json");
    let Ok(strings) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: {} is not there", file.display());
        return;
    };
    let strings: Vec<String> = serde_json::from_str(&strings).unwrap();
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let address = form_of(&app, &idea, "article.idea").await;
    let plain = send(&app, &address, &[("why", "other"), ("details", "Rien.")]).await;
    let expected = what_runs(&app.get(&plain.location()).await);
    let mut moderator = app.moderator().await;
    let desk = "/moderation/signalements/";
    let desk_runs = what_runs(&app.get_as(&mut moderator, desk).await);
    let form = app.page(&address).await;
    let wrong_runs = what_runs(&app.post(&address, &[]).await);
    for string in &strings {
        let fields = filled(&form, &[("why", "other"), ("details", string)]);
        let fields = as_sent(&fields);
        let answer = app.post(&address, &fields).await;
        match answer.status {
            StatusCode::SEE_OTHER => {
                let receipt = app.get(&answer.location()).await;
                assert_eq!(what_runs(&receipt), expected, "{string:?}");
            }
            StatusCode::UNPROCESSABLE_ENTITY => {
                assert_eq!(what_runs(&answer), wrong_runs, "{string:?}");
            }
            other => panic!("{other} for {string:?}"),
        }
        // Each is sent to the address and to the reason too, and comes back as it was typed.
        let fields = [
            ("why", string.as_str()),
            ("email", string),
            ("details", string),
        ];
        let answer = app.post(&address, &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{string:?}"
        );
        assert_eq!(what_runs(&answer), wrong_runs, "{string:?}");
    }
    let read = app.get_as(&mut moderator, desk).await;
    assert!(read.page().select(".signalled ol > li").len() > 400);
    assert_eq!(what_runs(&read), desk_runs);
    let page = read.page();
    let kept = strings.concat().chars().take(900).collect::<String>();
    let again = decide(
        &app,
        &mut moderator,
        &page,
        "/retirer",
        &[("hidden", &kept), ("message", &kept)],
    )
    .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(what_runs(&again), desk_runs);
    let done = decide(&app, &mut moderator, &page, "/laisser", &[("kept", &kept)]).await;
    assert_eq!(done.location(), "/moderation/signalements/?fait=kept");
    assert_eq!(app.served.store().signals().await.unwrap().len(), 0);
    let told = app.get(&plain.location()).await;
    assert_eq!(what_runs(&told), expected);
}
