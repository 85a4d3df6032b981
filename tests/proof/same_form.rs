//! The same form sent many times at once.

use std::collections::BTreeSet;

use functions::store::MailLane;
use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::citizen::Citizen;
use crate::site::{Site, until};
use crate::{kept, times};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_sent_fifty_times_at_once_is_one_idea_with_one_receipt() {
    const AT_ONCE: usize = 50;
    let forms = usize::try_from(times(20, 1_000)).unwrap();
    let site = Site::start().await;
    let mut receipts = BTreeSet::new();
    let mut titles = kept::Marks::new();
    let somebody = Citizen::new(site.url());
    for number in 0..forms {
        // Each form is somebody's, who sends all of it from one address.
        let mut author = somebody.clone();
        author.moves();
        let title = format!("Idée numéro {number}");
        let reviewed = author
            .review_idea(&title, &format!("auteur-{number}@example.org"))
            .await;
        let mut sending = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (mut author, reviewed) = (author.clone(), reviewed.clone());
            sending.spawn(async move {
                let answer = author.try_post(&reviewed.action, &reviewed.form).await;
                let answer = answer.unwrap();
                (answer.status, answer.location)
            });
        }
        let answers: BTreeSet<(StatusCode, Option<String>)> =
            sending.join_all().await.into_iter().collect();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let (status, receipt) = answers.into_iter().next().unwrap();
        assert_eq!(status, StatusCode::SEE_OTHER);
        receipts.insert(receipt.unwrap());
        titles.insert(title);
    }
    assert_eq!(receipts.len(), forms);
    let mut author = somebody.clone();
    for receipt in &receipts {
        assert_eq!(author.get(receipt).await.status, StatusCode::OK);
    }
    let store = site.served.store();
    let kept = kept::contributions(store).await;
    assert_eq!(kept.len(), forms);
    kept::assert_once(&kept, &titles);
    assert_eq!(kept::items(store, "RECEIPT#").await, forms);
    assert_eq!(store.queue(0).await.unwrap().count, forms as u64);
    until("all letters left", async || {
        store
            .letters(MailLane::Waiting, 1)
            .await
            .unwrap()
            .is_empty()
    })
    .await;
    let left = site.stop().await;
    let outbox = std::fs::read_dir(left.data.path().join("outbox")).unwrap();
    assert_eq!(outbox.count(), forms);
    println!("{forms} forms × {AT_ONCE}: {forms} ideas, {forms} receipts, {forms} letters");
}
