//! Who may do what in the back office.

use std::collections::BTreeSet;

use domain::{Action, Contribution, ContributionId, ContributionRef, Grant, Slug, may, may_about};
use reqwest::StatusCode;

use crate::app::{Answer, Browser, PASSWORD, TestApp};
use crate::assert_page;
use crate::telling::{self, testimonial};

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

const LOGIN: &str = "/moderation/connexion";
const ENDS_SESSIONS: [&str; 2] = [
    "/moderation/deconnexion",
    "/moderation/compte/sessions/fermer",
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
        "answerer:gard/accueil-nimes",
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
        "moderator:gard/accueil-nimes",
        "answerer:gard/",
        "answerer:/accueil-nimes",
        "answerer:gard/accueil-nimes/guichet",
        "national/accueil-nimes",
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

/// What a route of the back office asks for.
#[derive(Debug, Clone, Copy)]
enum Asks {
    /// Nothing: it is the way in.
    Nothing,
    /// An open session, whatever its rights.
    Session,
    /// A right in the space of the contribution, or about what it concerns.
    Right(Action),
    /// One right or the other, the same way.
    Either(Action, Action),
    /// Rights in the space of the campaign of the address.
    OfCampaign(&'static [Action]),
    /// A right in every space.
    Everywhere(Action),
}

/// A route that is not here has to be: say what it asks for.
fn asks(pattern: &str) -> Asks {
    match pattern {
        "/moderation"
        | "/moderation/signalements"
        | "/moderation/connexion"
        | "/moderation/connexion/code"
        | "/moderation/connexion/fournisseur"
        | "/moderation/connexion/retour" => return Asks::Nothing,
        "/moderation/"
        | "/moderation/deconnexion"
        | "/moderation/lot"
        | "/moderation/tableau"
        | "/moderation/analyses"
        | "/moderation/exports/"
        | "/moderation/protection"
        | "/moderation/signalements/" => return Asks::Session,
        "/moderation/protection/{campaign}" => return Asks::OfCampaign(&[Action::Moderate]),
        "/moderation/soutiens/{contribution}" | "/moderation/soutiens/{contribution}/annuler" => {
            return Asks::Right(Action::Moderate);
        }
        "/moderation/journal" => return Asks::Everywhere(Action::Administer),
        "/moderation/contributions/{contribution}" => return Asks::Right(Action::Read),
        "/moderation/exports/{campaign}/analyse.{format}"
        | "/moderation/exports/{campaign}/sondage/{file}" => {
            return Asks::OfCampaign(&[Action::Analyse, Action::Read]);
        }
        _ => {}
    }
    let below = |folder: &str| pattern.strip_prefix(folder);
    if below("/moderation/compte").is_some() {
        Asks::Session
    } else if below("/moderation/courrier").is_some() {
        Asks::Everywhere(Action::Administer)
    } else if below("/moderation/exports/{campaign}/").is_some()
        || below("/moderation/analyses/{campaign}/").is_some()
    {
        Asks::OfCampaign(&[Action::Analyse])
    } else if below("/moderation/signalements/{contribution}").is_some() {
        Asks::Right(Action::Moderate)
    } else {
        match below("/moderation/contributions/{contribution}/") {
            Some(
                "publier" | "refuser" | "masquer" | "retablir" | "relire" | "regrouper" | "annuler"
                | "alerte" | "ajout" | "proposer",
            ) => Asks::Right(Action::Moderate),
            Some("reponse" | "suite" | "reponse-structure" | "amelioration") => {
                Asks::Right(Action::Answer)
            }
            Some("structures") => Asks::Either(Action::Moderate, Action::Answer),
            _ => panic!("{pattern}: say in this test what it asks for"),
        }
    }
}

/// A contribution of which every route is tried.
struct Case {
    of: ContributionRef,
    /// Whether its campaign is gone.
    is_gone: bool,
    /// Where it is a published testimonial: what it concerns, with all above.
    concerns: Option<BTreeSet<Slug>>,
}

impl Case {
    fn allows(&self, grants: &[Grant], action: Action) -> bool {
        let gard = slug("gard");
        let about = |concerns| may_about(grants, action, &gard, concerns);
        match self.is_gone {
            true => domain::may_everywhere(grants, action),
            false => may(grants, action, &gard) || self.concerns.as_ref().is_some_and(about),
        }
    }
}

fn slug(raw: &str) -> Slug {
    Slug::parse(raw).unwrap()
}

/// An idea that waits, one whose campaign is gone, and testimonials.
async fn cases(app: &TestApp) -> Vec<Case> {
    let store = app.served.store();
    app.send_idea(&IDEA).await;
    let here = store.queue(1).await.unwrap().oldest.remove(0).contribution;
    let Contribution::Idea(mut idea) = here.clone() else {
        panic!("an idea was sent");
    };
    idea.id = ContributionId::from_bytes([7; 10]);
    idea.campaign = slug("disparue");
    let gone = Contribution::Idea(idea);
    store.import(&gone, None).await.unwrap();
    let case = |of: &Contribution, is_gone| Case {
        of: of.reference(),
        is_gone,
        concerns: None,
    };
    let mut cases = vec![case(&here, false), case(&gone, true)];
    let testimonials = [
        (
            &["accueil-nimes"][..],
            true,
            &["accueil-nimes", "caf-du-gard"][..],
        ),
        (
            &["accueil-ales", "caf-du-gard"],
            true,
            &["accueil-ales", "caf-du-gard"],
        ),
        (&[], true, &[]),
        (&["accueil-nimes"], false, &[]),
    ];
    for (number, (structures, is_published, concerns)) in (1..).zip(testimonials) {
        let testimonial = Contribution::Testimonial(testimonial(number, structures));
        let published_at = is_published.then(|| app.now());
        store.import(&testimonial, published_at).await.unwrap();
        let concerns = concerns.iter().map(|it| slug(it)).collect();
        cases.push(Case {
            concerns: is_published.then_some(concerns),
            ..case(&testimonial, false)
        });
    }
    cases
}

/// The matrix: every route of the back office, for every role, in its own space, in another, for
/// one structure, for a contribution whose campaign is gone, and without a session.
#[tokio::test]
async fn every_route_of_the_back_office_asks_for_its_right() {
    let (app, _content) = telling::start().await;
    let cases = cases(&app).await;
    let people = [
        ("national", "national"),
        ("moderator-here", "moderator:gard"),
        ("moderator-elsewhere", "moderator:national"),
        ("answerer-here", "answerer:gard"),
        ("answerer-elsewhere", "answerer:national"),
        ("answerer-nimes", "answerer:gard/accueil-nimes"),
        ("answerer-ales", "answerer:gard/accueil-ales"),
        ("answerer-caf", "answerer:gard/caf-du-gard"),
        ("answerer-platform", "answerer:national/plateforme"),
        ("analyst-here", "analyst:gard"),
        ("analyst-elsewhere", "analyst:national"),
        ("without-rights", ""),
    ];
    let mut sessions = Vec::new();
    for (login, grants) in people {
        let grants: Vec<&str> = grants.split_whitespace().collect();
        app.keep_moderator(login, &grants).await;
        let mut browser = Browser::default();
        app.log_in(&mut browser, login, PASSWORD).await;
        sessions.push(browser);
    }
    let gard = slug("gard");
    let mut checked = 0;
    for pattern in functions::paths() {
        if !pattern.starts_with("/moderation") {
            continue;
        }
        let of_one = pattern.contains("{contribution}");
        for case in &cases[..if of_one { cases.len() } else { 1 }] {
            let path = pattern
                .replace("{contribution}", &case.of.to_string())
                .replace("{campaign}", "accueil")
                .replace("{format}", "csv")
                .replace("{key}", "1");
            for ((login, grants), session) in people.into_iter().zip(&mut sessions) {
                let grants: Vec<Grant> = grants
                    .split_whitespace()
                    .map(|grant| Grant::parse(grant).unwrap())
                    .collect();
                let allowed = match asks(&pattern) {
                    Asks::Nothing | Asks::Session => true,
                    Asks::OfCampaign(actions) => {
                        actions.iter().all(|action| may(&grants, *action, &gard))
                    }
                    Asks::Everywhere(action) => domain::may_everywhere(&grants, action),
                    Asks::Right(action) => case.allows(&grants, action),
                    Asks::Either(one, other) => {
                        case.allows(&grants, one) || case.allows(&grants, other)
                    }
                };
                for method in ["GET", "POST"] {
                    let answer = ask(&app, &mut session.clone(), method, &path).await;
                    if answer.status == StatusCode::METHOD_NOT_ALLOWED {
                        continue;
                    }
                    if answer.status == StatusCode::SEE_OTHER && answer.location() == LOGIN {
                        // What ends a session, and nothing else, leads to the login.
                        assert!(
                            ENDS_SESSIONS.contains(&&*pattern),
                            "{method} {path} as {login}"
                        );
                        app.log_in(session, login, PASSWORD).await;
                    }
                    checked += 1;
                    let refused = answer.status == StatusCode::FORBIDDEN;
                    assert_eq!(!refused, allowed, "{method} {path} as {login}");
                }
            }
            for method in ["GET", "POST"] {
                let answer = ask(&app, &mut Browser::default(), method, &path).await;
                match asks(&pattern) {
                    _ if answer.status == StatusCode::METHOD_NOT_ALLOWED => {}
                    Asks::Nothing => assert_ne!(answer.status, StatusCode::FORBIDDEN),
                    _ => {
                        assert_eq!(answer.location(), LOGIN, "{path}");
                    }
                }
            }
        }
    }
    assert!(checked > 150, "{checked}");
}

/// Who answers for one structure answers in its name alone, whatever the testimonial concerns.
#[tokio::test]
async fn who_answers_for_a_structure_answers_in_its_name_alone() {
    let (app, _content) = telling::start().await;
    let about = testimonial(1, &["accueil-nimes", "accueil-ales"]);
    let about = Contribution::Testimonial(about);
    let store = app.served.store();
    store.import(&about, Some(app.now())).await.unwrap();
    let item = format!("/moderation/contributions/{}", about.reference());
    let people = [
        (
            "nimes",
            "answerer:gard/accueil-nimes",
            &["accueil-nimes"][..],
        ),
        ("ales", "answerer:gard/accueil-ales", &["accueil-ales"]),
        // It reads what its parts are to answer.
        ("caf", "answerer:gard/caf-du-gard", &[]),
        ("gard", "answerer:gard", &["accueil-nimes", "accueil-ales"]),
        ("moderator", "moderator:gard", &[]),
    ];
    for (login, grant, may) in people {
        let mut who = app.moderator_with(login, &[grant]).await;
        let read = app.get_as(&mut who, &item).await;
        assert_eq!(read.status, StatusCode::OK, "{login}");
        for structure in ["accueil-nimes", "accueil-ales"] {
            let forms = [
                ("reponse-structure", vec![("structure", structure)]),
                ("amelioration", vec![("structure", structure)]),
            ];
            for (end, form) in forms {
                let path = format!("{item}/{end}");
                let answer = app.post_as(&mut who, &path, &form).await;
                let allowed = answer.status != StatusCode::FORBIDDEN;
                assert_eq!(allowed, may.contains(&structure), "{login}: {structure}");
            }
            // A moderator has anybody answer.
            let moderates = login == "moderator";
            let path = format!("{item}/structures");
            let mut form = vec![("from", structure), ("version", "99")];
            let removed = app.post_as(&mut who, &path, &form).await;
            let allowed = removed.status != StatusCode::FORBIDDEN;
            let expected = moderates || may.contains(&structure);
            assert_eq!(allowed, expected, "{login}: without {structure}");
            form.extend([("to", "caf-du-gard"), ("note", "Pour vous.")]);
            let moved = app.post_as(&mut who, &path, &form).await;
            let allowed = moved.status != StatusCode::FORBIDDEN;
            assert_eq!(allowed, expected, "{login}: from {structure}");
        }
        let form = [("to", "caf-du-gard"), ("version", "99")];
        let path = format!("{item}/structures");
        let added = app.post_as(&mut who, &path, &form).await;
        let expected = ["moderator", "gard", "caf"].contains(&login);
        let allowed = added.status != StatusCode::FORBIDDEN;
        assert_eq!(allowed, expected, "{login}: to caf-du-gard");
    }
    let held = store.contribution(&about.reference()).await.unwrap();
    assert_eq!(held.unwrap().contribution, about);
}

async fn ask(app: &TestApp, browser: &mut Browser, method: &str, path: &str) -> Answer {
    app.send(browser, |client| {
        client
            .request(method.parse().unwrap(), app.url(path))
            .header("origin", &app.served.site_url)
            .header("content-type", "application/x-www-form-urlencoded")
    })
    .await
}
