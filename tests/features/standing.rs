//! What holds of any sequence of decisions, whoever takes them and whatever stands.

use domain::{
    Alert, Body, Comment, Contribution, ContributionId, ContributionRef, Decision, Idea, IdeaKind,
    Moderated, NotGrouped, RejectionReason, Slug, Status, Title,
};
use functions::store::Lane;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use reqwest::StatusCode;

use crate::app::TestApp;

/// Whose ideas they are, four of one campaign and one of another, and a comment.
const THINGS: usize = 6;
const MODERATORS: [&str; 2] = ["ana", "bilal"];

/// What somebody does to one of the things.
#[derive(Debug, Clone)]
enum Step {
    Decide(usize, Decision, Option<&'static str>),
    Group(usize, usize),
    Undo(usize),
    Note(usize),
    Erase(usize),
}

/// All that may be decided, and where: nothing else may.
fn is_legal(held: &Moderated, decision: Decision) -> bool {
    let is_grouped = held.merged_into.is_some();
    match (held.status.key(), decision.key()) {
        ("unconfirmed", "confirm" | "withdraw") => true,
        ("waiting", "publish" | "refuse" | "withdraw") => true,
        ("published", "hide" | "withdraw") => true,
        ("hidden", "restore") | ("refused", "reopen") => !is_grouped,
        ("hidden" | "refused", "withdraw") => true,
        _ => false,
    }
}

fn reason() -> impl Strategy<Value = RejectionReason> {
    prop::sample::select(RejectionReason::ALL.to_vec())
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        1 => Just(Status::Unconfirmed),
        3 => Just(Status::Waiting),
        3 => Just(Status::Published),
        1 => Just(Status::Withdrawn),
        1 => reason().prop_map(Status::Refused),
        1 => reason().prop_map(Status::Hidden),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        1 => Just(Decision::Confirm),
        3 => Just(Decision::Publish),
        2 => reason().prop_map(Decision::Refuse),
        2 => reason().prop_map(Decision::Hide),
        2 => Just(Decision::Restore),
        2 => Just(Decision::Reopen),
        1 => Just(Decision::Merge),
        1 => Just(Decision::Withdraw),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let message = prop::option::of(Just("Merci."));
    prop_oneof![
        6 => (0..THINGS, decision(), message).prop_map(|(of, what, said)| Step::Decide(of, what, said)),
        3 => (0..THINGS, 0..THINGS).prop_map(|(of, into)| Step::Group(of, into)),
        4 => (0..THINGS).prop_map(Step::Undo),
        1 => (0..THINGS).prop_map(Step::Note),
        1 => (0..THINGS).prop_map(Step::Erase),
    ]
}

fn id(place: usize) -> ContributionId {
    ContributionId::from_bytes([u8::try_from(place).unwrap(); 10])
}

/// One of the things, as it stands at first.
fn thing(place: usize, status: Status, at: Timestamp) -> Moderated {
    let campaign = Slug::parse(if place == 4 { "ailleurs" } else { "ici" }).unwrap();
    let body = Body::parse("Un texte.", 100).unwrap();
    let contribution = if place == 5 {
        Contribution::Comment(Comment {
            id: id(place),
            campaign,
            idea: id(0),
            name: None,
            body,
            received_at: at,
        })
    } else {
        Contribution::Idea(Idea {
            id: id(place),
            campaign,
            kind: IdeaKind::Idea,
            category: None,
            question: None,
            title: Title::parse("Un titre", 100).unwrap(),
            body,
            received_at: at,
            carried_likes: 0,
        })
    };
    let decided = !matches!(status, Status::Unconfirmed | Status::Waiting);
    let was_public = matches!(status, Status::Published | Status::Hidden(_));
    Moderated {
        status,
        decided_at: decided.then_some(at),
        decided_by: decided.then(|| "ana".to_owned()),
        first_decided_at: decided.then_some(at),
        published_at: was_public.then_some(at),
        alert: (status.reason() == Some(RejectionReason::Alert)).then(|| Alert::opened(None, at)),
        ..Moderated::received(contribution)
    }
}

/// Asserts what holds of everything at any time.
fn assert_holds(world: &[Moderated]) -> Result<(), TestCaseError> {
    for held in world {
        let status = held.status;
        prop_assert_eq!(
            Status::from_key(status.key(), status.reason()),
            Some(status)
        );
        if status == Status::Published {
            let decided = held.decided_at.is_some() && held.decided_by.is_some();
            prop_assert!(decided && held.published_at.is_some());
            prop_assert!(held.merged_into.is_none() && !held.erased);
        }
        if matches!(status, Status::Refused(_) | Status::Hidden(_)) {
            prop_assert!(status.reason().is_some() && held.decided_at.is_some());
        }
        if status.reason() == Some(RejectionReason::Alert) {
            prop_assert!(held.alert.is_some());
        }
        if let Some(alert) = held.alert.as_ref().filter(|alert| alert.is_open()) {
            prop_assert!(alert.opened_at.is_some());
        }
        prop_assert!(!held.erased || status == Status::Withdrawn);
        // What it was grouped with is there, of its campaign, and leads to an end.
        let mut at = held;
        let mut met = 0;
        while let Some(into) = &at.merged_into {
            let other = world
                .iter()
                .find(|other| *other.contribution.reference().id() == *into);
            let other = other.unwrap();
            prop_assert_eq!(other.contribution.campaign(), held.contribution.campaign());
            prop_assert!(matches!(other.contribution, Contribution::Idea(_)));
            met += 1;
            prop_assert!(met < THINGS, "in a circle");
            at = other;
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_sequence_of_decisions_breaks_what_holds(
        statuses in prop::collection::vec(status(), THINGS),
        steps in prop::collection::vec((step(), 0..2usize, 0..25i64), 1..60),
    ) {
        let mut now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let mut world: Vec<Moderated> = (0..)
            .zip(statuses)
            .map(|(place, status)| thing(place, status, now))
            .collect();
        // What each stood as before the last decision, and who took it when.
        let mut last: Vec<Option<(Moderated, &str, Timestamp)>> = vec![None; THINGS];
        for (step, by, seconds) in steps {
            now += seconds.seconds();
            let by = MODERATORS[by];
            let undoes = matches!(step, Step::Undo(_));
            let (of, becomes) = match step {
                Step::Decide(of, decision, said) => {
                    let held = &world[of];
                    let said = said.map(|said| Body::parse(said, 100).unwrap());
                    let becomes = held.decided(decision, said.as_ref(), by, now);
                    prop_assert_eq!(becomes.is_ok(), is_legal(held, decision));
                    if let Err(illegal) = &becomes {
                        prop_assert_eq!((illegal.status, illegal.decision), (held.status, decision));
                    }
                    if let Ok(becomes) = &becomes {
                        prop_assert_eq!(&becomes.message, &said);
                        let first = held.published_at.or(
                            (becomes.status == Status::Published).then_some(now));
                        prop_assert_eq!(becomes.published_at, first);
                        let told = |held: &Moderated| held.alert.as_ref().map(|alert| alert.told.clone());
                        prop_assert!(held.alert.is_none() || told(held) == told(becomes));
                        last[of] = decision.can_be_undone().then(|| (held.clone(), by, now));
                    }
                    (of, becomes.ok())
                }
                Step::Group(of, into) => {
                    let grouped = world[of].grouped(&world[into], by, now);
                    let fits = of != into && of < 4 && into < 4
                        && world[into].status == Status::Published;
                    let open = matches!(world[of].status, Status::Waiting | Status::Published);
                    prop_assert_eq!(grouped.is_ok(), fits && open);
                    if let Err(why) = grouped {
                        prop_assert_eq!(why == NotGrouped::NoOther, !fits);
                    } else {
                        last[of] = None;
                    }
                    (of, grouped.ok())
                }
                Step::Undo(of) => {
                    let undone = world[of].undone(by, now);
                    let expected = last[of].clone().filter(|(_, own, at)| {
                        *own == by && now.duration_since(*at).as_secs() < 30
                    });
                    let expected = expected.map(|(before, ..)| Moderated {
                        version: world[of].version + 1,
                        before: None,
                        ..before
                    });
                    prop_assert_eq!(&undone, &expected);
                    if undone.is_some() {
                        last[of] = None;
                    }
                    (of, undone)
                }
                Step::Note(of) => {
                    last[of] = None;
                    (of, Some(world[of].noted()))
                }
                Step::Erase(of) => {
                    last[of] = None;
                    (of, Some(world[of].erased(by, now)))
                }
            };
            if let Some(becomes) = becomes {
                let held = &world[of];
                prop_assert_eq!(becomes.version, held.version + 1);
                if !undoes {
                    // An alert is open until it is closed, and a first decision stays the first.
                    let opened = |held: &Moderated| held.alert.as_ref().and_then(|it| it.opened_at);
                    prop_assert!(opened(held).is_none() || opened(&becomes) == opened(held));
                    let first = held.first_decided_at;
                    prop_assert!(first.is_none() || becomes.first_decided_at == first);
                    let read = held.status == Status::Waiting && becomes.status != held.status;
                    let read = read && becomes.status != Status::Withdrawn;
                    prop_assert!(first.is_some() || (becomes.first_decided_at == Some(now)) == read);
                }
                prop_assert_eq!(&becomes.contribution, &held.contribution);
                // What an author took back is nobody's to bring back.
                prop_assert!(held.status != Status::Withdrawn || becomes.status == Status::Withdrawn);
                world[of] = becomes;
            }
            assert_holds(&world)?;
        }
    }
}

/// Decisions in no order, sent as a moderator's browser sends them.
#[tokio::test]
async fn what_is_allowed_is_listed_and_what_is_not_changes_nothing() {
    const STEPS: usize = 40;
    const ACTIONS: [&str; 8] = [
        "alerte",
        "publier",
        "refuser",
        "masquer",
        "retablir",
        "relire",
        "annuler",
        "regrouper",
    ];
    let app = TestApp::start().await;
    let other = app.published_idea("Ouvrir le soir").await;
    for title in ["Une file plus courte", "Un guichet de plus"] {
        let form = [
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", title),
            ("text", "On attend trop."),
        ];
        app.send_idea(&form).await;
    }
    let store = app.served.store();
    let waiting = store.queue(9).await.unwrap().oldest;
    let things: Vec<ContributionRef> = waiting
        .iter()
        .map(|held| held.contribution.reference())
        .collect();
    let mut moderator = app.moderator().await;
    let mut listed = vec![0; things.len()];
    // The same numbers each time, in no order that means something (Knuth's multiplier).
    let mut chance: u64 = 42;
    let mut draw = |among: usize| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(chance >> 33).unwrap() % among
    };
    for step in 0..STEPS {
        let place = draw(things.len());
        let reference = &things[place];
        let held = store.contribution(reference).await.unwrap().unwrap();
        // Likes are carried over after the decision; grouped at the end, the rest can go on.
        let action = ACTIONS[draw(ACTIONS.len() - usize::from(step < STEPS / 2))];
        let stale = draw(6) == 0;
        let version = (held.version + u64::from(stale)).to_string();
        let reason = ["off-topic", "alert"][draw(2)];
        let form = [
            ("version", version.as_str()),
            ("reason", reason),
            ("message", "Merci."),
            ("into", other.as_str()),
            (
                "faire",
                if action == "alerte" {
                    "clore"
                } else {
                    "confirmer"
                },
            ),
        ];
        app.advance(i64::try_from(draw(25)).unwrap());
        let path = format!("/moderation/contributions/{reference}/{action}");
        let answer = app.post_as(&mut moderator, &path, &form).await;
        let changed = answer.status != StatusCode::CONFLICT && {
            let answer = answer.location();
            !answer.contains("fait=conflict") && !answer.contains("fait=too-late")
        };
        let now_held = store.contribution(reference).await.unwrap().unwrap();
        if changed {
            assert!(!stale, "{action}");
            listed[place] += 1;
            assert_eq!(now_held.version, held.version + 1, "{action}");
        } else {
            assert_eq!(now_held, held, "{action}");
        }
        // Each is in the lanes that its standing says, and its alert in one of its own.
        let alert = now_held.alert.as_ref();
        for (lane, belongs) in [
            (Lane::Waiting, now_held.status == Status::Waiting),
            (Lane::Unanswered, now_held.status == Status::Published),
            (Lane::Alert, alert.is_some_and(|alert| alert.is_open())),
        ] {
            let lane_held = store.in_lane(lane).await.unwrap();
            let listed = lane_held.iter().any(|one| one.reference == *reference);
            assert_eq!(listed, belongs, "{action}: {lane:?}");
        }
        let history = store.history(&reference.to_string()).await.unwrap();
        assert_eq!(history.len(), listed[place], "{action}");
    }
    assert!(listed.iter().sum::<usize>() > 6, "{listed:?}");
    assert!(store.verify_audit().await.unwrap().broken.is_empty());
}
