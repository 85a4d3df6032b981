//! The lists of the back office: each moderator finds there all that is theirs, and that alone.

use domain::{
    Contribution, ContributionId, ContributionRef, Idea, IdeaKind, Place, Report, ReportReason,
    Slug, Title,
};
use jiff::Timestamp;
use reqwest::StatusCode;

use crate::app::{Answer, Browser, TestApp};
use crate::assert_page;

/// More than any page of the store holds, and than was once read of a lane.
const CROWD: u16 = 2_100;

const IDEA: [(&str, &str); 4] = [
    ("kind", "idea"),
    ("category", "Attente"),
    ("title", "Une file plus courte"),
    ("text", "On attend trop."),
];

/// An idea of the national space, older than what a test sends.
pub fn national(place: u16) -> Idea {
    let [high, low] = place.to_be_bytes();
    let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    Idea {
        id: ContributionId::from_bytes([9, 9, 9, 9, 9, 9, 9, 9, high, low]),
        campaign: Slug::parse("handicap").unwrap(),
        kind: IdeaKind::Expectation,
        category: None,
        question: None,
        title: Title::parse(&format!("Ailleurs {place}"), Title::MAX).unwrap(),
        body: domain::Body::parse("On attend aussi.", 100).unwrap(),
        received_at: at,
        carried_likes: 0,
    }
}

/// Keeps an idea of the national space, published or waiting.
pub async fn import(app: &TestApp, place: u16, published: bool) -> ContributionRef {
    let idea = national(place);
    let published_at = published.then_some(idea.received_at);
    let contribution = Contribution::Idea(idea);
    let store = app.served.store();
    store.import(&contribution, published_at).await.unwrap();
    contribution.reference()
}

async fn report(app: &TestApp, place: u16, about: &ContributionRef, campaign: &str) {
    let [high, low] = place.to_be_bytes();
    let report = Report {
        id: ContributionId::from_bytes([8, 8, 8, 8, 8, 8, 8, 8, high, low]),
        about: about.clone(),
        place: Place::Campaign(Slug::parse(campaign).unwrap()),
        reason: ReportReason::Insulting,
        text: None,
        received_at: app.now(),
    };
    let store = app.served.store();
    let hash = format!("{place:064}");
    store.add_report(&report, &hash, None).await.unwrap();
}

fn lanes(page: &Answer) -> String {
    page.page().words(".lanes")
}

/// The words of a page at a place; none where there is no such place.
fn said(page: &Answer, place: &str) -> String {
    let page = page.page();
    if page.select(place).is_empty() {
        String::new()
    } else {
        page.words(place)
    }
}

/// What a list says, and what stands first in it.
async fn told(app: &TestApp, who: &mut Browser, path: &str) -> [String; 3] {
    let page = app.get_as(who, path).await;
    ["h1", ".sheet h2", ".queue .hint"].map(|place| said(&page, place))
}

#[tokio::test]
async fn what_waits_elsewhere_hides_nothing_from_who_reads_here() {
    let app = TestApp::start().await;
    for place in 0..CROWD {
        import(&app, place, false).await;
    }
    app.send_idea(&IDEA).await;
    let mut gard = app.moderator_with("gard", &["moderator:gard"]).await;
    let mut everywhere = app.moderator().await;
    let one = ["1 contribution à lire", "Une file plus courte", ""];
    assert_eq!(told(&app, &mut gard, "/moderation/").await, one);
    for filter in ["espace=gard", "campagne=accueil", "genre=idea"] {
        let path = format!("/moderation/?{filter}");
        assert_eq!(told(&app, &mut everywhere, &path).await, one, "{filter}");
    }
    let all = told(&app, &mut everywhere, "/moderation/").await;
    let [count, _, more] = all.each_ref().map(|text| text.replace('\u{202f}', " "));
    assert_eq!(count, "2 101 contributions à lire");
    assert_eq!(more, "2 051 autres ensuite.");
    let old = told(&app, &mut everywhere, "/moderation/?age=3").await;
    assert_eq!(
        old[0].replace('\u{202f}', " "),
        "2 100 contributions à lire"
    );
    let lanes = lanes(&app.get_as(&mut gard, "/moderation/?file=alertes").await);
    assert!(lanes.contains("À lire (1)"), "{lanes}");
}

#[tokio::test]
async fn reports_of_elsewhere_hide_none_of_here() {
    const REPORTS: u16 = 510;
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let here = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let here = ContributionRef::parse(here).unwrap();
    let elsewhere = import(&app, 0, true).await;
    for place in 0..REPORTS {
        report(&app, place, &elsewhere, "handicap").await;
    }
    app.advance(3_600);
    report(&app, REPORTS, &here, "accueil").await;
    app.advance(7_200);
    let mut gard = app.moderator_with("gard", &["moderator:gard"]).await;
    let mut everywhere = app.moderator().await;
    let one = ["1 signalement à lire", "Ouvrir le soir", ""];
    let list = "/moderation/signalements/";
    assert_eq!(told(&app, &mut gard, list).await, one);
    for filter in ["espace=gard", "campagne=accueil", "genre=idea"] {
        let path = format!("{list}?{filter}");
        assert_eq!(told(&app, &mut everywhere, &path).await, one, "{filter}");
    }
    let all = told(&app, &mut everywhere, list).await;
    assert_eq!(all[0], "511 signalements à lire");
    let none = told(&app, &mut everywhere, &format!("{list}?repere=any")).await;
    assert_eq!(none[0], "0 signalement à lire");
}

/// The filters of a list stay so after a decision, and what was signalled is told wherever the
/// contribution is read.
#[tokio::test]
async fn what_is_signalled_is_in_sight_of_who_may_decide_of_it() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let here = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let about = ContributionRef::parse(here).unwrap();
    app.advance(60);
    report(&app, 1, &about, "accueil").await;
    app.advance(7_200);
    let mut moderator = app.moderator().await;
    let item = format!("/moderation/contributions/{here}");
    let whole = app.get_as(&mut moderator, &item).await;
    let list = "/moderation/signalements/?espace=gard";
    let filtered = app.get_as(&mut moderator, list).await;
    let kept = [("kept", "Rien à redire.")];
    let done = app
        .submit(&mut moderator, &filtered, "/laisser", &kept)
        .await;
    assert_eq!(
        done.location(),
        "/moderation/signalements/?espace=gard&fait=kept"
    );
    app.advance(60);
    report(&app, 2, &about, "accueil").await;
    let again = app.get_as(&mut moderator, list).await;
    let hide = [("reason", "insulting"), ("hidden", "Nous l’avons retiré.")];
    app.submit(&mut moderator, &again, "/retirer", &hide).await;
    let after = app.get_as(&mut moderator, &item).await;
    let mut answerer = app.moderator_with("repond", &["answerer:gard"]).await;
    let unmoved = app.get_as(&mut answerer, &item).await;
    assert_eq!(unmoved.page().links("a[href*=signalements]").len(), 0);
    let texts = [
        lanes(&app.get_as(&mut moderator, "/moderation/").await),
        lanes(&whole),
        said(&whole, ".flagged a"),
        whole.page().words(".history"),
        filtered.page().text(),
        said(&after, ".flagged a"),
        after.page().words(".history"),
        lanes(&unmoved),
        unmoved.page().words("header nav"),
    ];
    assert_page!(texts.join("\n\n"));
}

/// What is hidden through reports is told to who signalled it: taken back from the contribution,
/// their reports would stay closed.
#[tokio::test]
async fn what_is_hidden_for_its_reports_is_restored_and_not_undone() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let here = idea.trim_end_matches('/').rsplit('/').next().unwrap();
    let about = ContributionRef::parse(here).unwrap();
    report(&app, 1, &about, "accueil").await;
    let mut moderator = app.moderator().await;
    let list = "/moderation/signalements/";
    let page = app.get_as(&mut moderator, list).await;
    let hide = [("reason", "insulting"), ("hidden", "Nous l’avons retiré.")];
    let done = app.submit(&mut moderator, &page, "/retirer", &hide).await;
    let told = app.get_as(&mut moderator, &done.location()).await.page();
    let item = format!("/moderation/contributions/{here}");
    assert_eq!(told.links(".done"), [item.as_str()]);
    let forged = format!("/moderation/?fait=hide&de={here}");
    let offered = app.get_as(&mut moderator, &forged).await;
    assert!(offered.page().select("#undo-form").is_empty());
    let held = app.served.store().contribution(&about).await.unwrap();
    let version = held.unwrap().version.to_string();
    let undo = format!("{item}/annuler");
    let late = app
        .post_as(&mut moderator, &undo, &[("version", &version)])
        .await;
    assert!(late.location().contains("fait=too-late&"));
    let whole = app.get_as(&mut moderator, &item).await;
    let restored = app.submit(&mut moderator, &whole, "/retablir", &[]).await;
    assert!(restored.location().contains("fait=restore&"));
}

#[tokio::test]
async fn an_open_alert_is_listed_until_it_is_closed_whatever_becomes_of_the_idea() {
    let app = TestApp::start().await;
    let other = app.published_idea("Ouvrir le soir").await;
    app.send_idea(&IDEA).await;
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    let alert = [("reason", "alert")];
    app.submit(&mut moderator, &queue, "/refuser", &alert).await;
    let list = "/moderation/?file=alertes";
    let listed = ["1 alerte à suivre", "Une file plus courte", ""];
    let into = [("into", other.as_str()), ("faire", "confirmer")];
    let steps: [(&str, &[(&str, &str)]); 3] =
        [("/relire", &[]), ("/publier", &[]), ("/regrouper", &into)];
    for (step, typed) in steps {
        assert_eq!(told(&app, &mut moderator, list).await, listed, "{step}");
        app.advance(40);
        let page = app.get_as(&mut moderator, list).await;
        app.submit(&mut moderator, &page, step, typed).await;
    }
    assert_eq!(told(&app, &mut moderator, list).await, listed);
    let page = app.get_as(&mut moderator, list).await;
    app.submit(&mut moderator, &page, "/alerte", &[("faire", "clore")])
        .await;
    let closed = ["0 alerte à suivre", "Aucune alerte", ""];
    assert_eq!(told(&app, &mut moderator, list).await, closed);
}

#[tokio::test]
async fn who_answers_goes_on_to_the_next_idea() {
    let app = TestApp::start().await;
    app.published_idea("Ouvrir le soir").await;
    app.advance(60);
    app.published_idea("Des soirées ouvertes").await;
    let mut answerer = app.moderator_with("repond", &["answerer:gard"]).await;
    let list = "/moderation/?file=repondre";
    let first = app.get_as(&mut answerer, list).await;
    let skip = first.page().links(".decide .buttons").remove(0);
    let skipped = app.get_as(&mut answerer, &skip).await;
    assert_eq!(skipped.page().words(".sheet h2"), "Des soirées ouvertes");
    let answer = |faire| {
        [
            ("team", "Caf du Gard"),
            ("response", "Merci, oui."),
            ("faire", faire),
        ]
    };
    let publish = answer("publier");
    let drafted = answer("brouillon");
    let stays = app
        .submit(&mut answerer, &first, "/reponse", &drafted)
        .await;
    let first = app.get_as(&mut answerer, &stays.location()).await;
    assert_eq!(first.page().words(".sheet h2"), "Ouvrir le soir");
    for (answered, next) in [
        ("Ouvrir le soir", "Des soirées ouvertes"),
        ("Des soirées ouvertes", "Tout a une réponse"),
    ] {
        let page = app.get_as(&mut answerer, list).await;
        assert_eq!(page.page().words(".sheet h2"), answered);
        let done = app.submit(&mut answerer, &page, "/reponse", &publish).await;
        let after = app.get_as(&mut answerer, &done.location()).await.page();
        assert_eq!(after.words(".sheet h2"), next);
        assert!(after.words(".done").starts_with(answered));
    }
    // A correction stays where it is.
    let answered = first.page().form_ending("/reponse").0;
    let item = answered.trim_end_matches("/reponse");
    let page = app
        .get_as(&mut answerer, &format!("{item}?file=repondre"))
        .await;
    let done = app.submit(&mut answerer, &page, "/reponse", &publish).await;
    assert!(done.location().starts_with(item), "{}", done.location());
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}
