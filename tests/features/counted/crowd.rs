//! A crowd at once, while what stands before the engine refuses what a partition refuses on AWS.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::{Counting, TEXT, idea_form};
use crate::app::PATIENCE;
use crate::telling;

#[tokio::test]
async fn a_crowd_that_one_partition_refuses_loses_nothing() {
    // A partition takes 1,000 units a second on AWS, which this machine can't reach: 6 here.
    const LIMIT: f64 = 6.0;
    const SENDERS: usize = 24;
    let content = telling::content();
    let counting = Arc::new(Counting::start(content.path(), Some(LIMIT)).await);
    // Letters meet in one partition of the index, and what waits to be read in another.
    let crowds = [("lina@example.org", "index MAIL"), ("", "index WAITING")];
    let mut kept = 0;
    println!(
        "| crowd of {SENDERS} | pages of errors | refused by partition |\n| --- | --: | --- |"
    );
    for (email, first) in crowds {
        let (pages, refused) = crowd(&counting, SENDERS, email).await;
        kept += SENDERS as u64;
        let said = if email.is_empty() { "without" } else { "with" };
        println!("| {said} an address | {pages} | {refused:?} |");
        // How often beside the other, the moment decides: letters leave when there is time.
        assert!(refused.contains_key(first), "{refused:?}");
        let waiting = counting.app.served.store().queue(0).await.unwrap().count;
        assert_eq!(waiting, kept, "all are kept, once");
    }
    Arc::into_inner(counting).unwrap().stop().await;
}

/// Ideas that so many send at once, each again and again where it is told that the site is busy;
/// answers how many pages said so, and how often each partition refused.
async fn crowd(
    counting: &Arc<Counting>,
    senders: usize,
    email: &'static str,
) -> (u32, BTreeMap<String, u64>) {
    let mut reviews = Vec::new();
    for number in 0..senders {
        // Who copies a text that others sent meets them where it is noted that it was.
        let text = format!("{TEXT} ({number})");
        let mut form = idea_form().to_vec();
        form.truncate(3);
        form.extend([("text", text.as_str()), ("email", email)]);
        reviews.push(counting.app.post("/participer/accueil/idees", &form).await);
    }
    counting.later().await;
    counting.counter.take();
    let mut sending = tokio::task::JoinSet::new();
    for review in reviews {
        let counting = Arc::clone(counting);
        sending.spawn(async move {
            let (action, fields) = review.page().form_with("ticket");
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let started = Instant::now();
            let mut refused = 0;
            loop {
                let sent = counting.app.post(&action, &fields).await;
                if sent.status == StatusCode::SEE_OTHER {
                    return refused;
                }
                assert_eq!(sent.status, StatusCode::SERVICE_UNAVAILABLE);
                // What was typed is on the page that says so.
                let typed = "une permanence dans ses locaux";
                assert!(sent.body.contains(typed), "{}", sent.body);
                assert!(started.elapsed() < PATIENCE, "never taken");
                refused += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
    }
    let pages = sending.join_all().await.into_iter().sum();
    (pages, counting.counter.take().refused)
}
