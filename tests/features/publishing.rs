//! The publisher leaves what a full build makes.

use std::collections::BTreeMap;
use std::path::Path;

use site_gen::{Build, Contributions, Directory, Placement, Renderer};
use tempfile::TempDir;

use crate::app::{Browser, TestApp, repository};

#[tokio::test]
async fn a_full_build_makes_what_the_publisher_left_byte_for_byte() {
    let app = TestApp::start().await;
    let mut ideas = Vec::new();
    for number in 0..23 {
        ideas.push(app.published_idea(&format!("Idée numéro {number}")).await);
    }
    let page = app.page(&ideas[3]).await;
    let (comment, like) = (page.form_with("text").0, page.action_ending("/soutien"));
    for text in ["Premier.", "Deuxième."] {
        let review = app.post(&comment, &[("text", text)]).await;
        app.confirm(&review).await;
    }
    let mut person = Browser::default();
    app.post_as(&mut person, &like, &[("choice", "like")]).await;
    let mut moderator = app.moderator().await;
    app.publish_next(&mut moderator).await;
    app.publish_next(&mut moderator).await;
    app.counted(&ideas[3], 1).await;
    app.half_a_minute_later();
    app.eventually(&ideas[3], |answer| {
        answer.body.contains("1 soutien<") && answer.body.contains("Deuxième.")
    })
    .await;
    app.eventually("/campagnes/accueil/idees/soutenues/", |answer| {
        answer.body.contains("1 soutien,")
    })
    .await;
    // The page of the space is the last that a change puts in place.
    app.eventually("/espaces/gard/", |answer| {
        answer.body.contains("2 commentaires")
    })
    .await;

    let (left, built) = (files(&app.site_dir()), full_build(&app).await);
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        built.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &built {
        assert!(left[path] == *bytes, "{path} differs");
    }
}

#[tokio::test]
async fn a_second_start_finds_everything() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    let receipt = app
        .send_idea(&[
            ("kind", "idea"),
            ("category", "Attente"),
            ("title", "En attente"),
            ("text", "…"),
        ])
        .await;
    let before = files(&app.site_dir());
    let port = app.served.address.port().to_string();
    let app = app.restart().await;
    assert_eq!(app.served.new_password, None);
    assert_eq!(app.served.ideas, 1);
    let after = files(&app.site_dir());
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &before {
        let page =
            String::from_utf8_lossy(bytes).replace(&port, &app.served.address.port().to_string());
        assert_eq!(page, String::from_utf8_lossy(&after[path]), "{path}");
    }
    assert_eq!(app.page(&idea).await.words("h1"), "Ouvrir le soir");
    app.page(&receipt).await;
    // The engine forgets at its start what has expired by the system's clock: the sessions of the
    // time of the test, once that has passed.
    let mut moderator = app.moderator().await;
    let queue = app.get_as(&mut moderator, "/moderation/").await;
    assert!(queue.page().text().contains("En attente"));
}

#[tokio::test]
async fn what_was_written_while_the_site_was_down_is_published_at_the_next_start() {
    let app = TestApp::start().await;
    let idea = app.published_idea("Ouvrir le soir").await;
    std::fs::remove_dir_all(app.site_dir().join("campagnes")).unwrap();
    let app = app.restart().await;
    assert_eq!(app.page(&idea).await.words("h1"), "Ouvrir le soir");
}

/// The files that a full build makes of what is published.
pub async fn full_build(app: &TestApp) -> BTreeMap<String, Vec<u8>> {
    full_build_of(app, &repository("tests/fixtures/content")).await
}

/// The site that a full build makes of other content, and of what is published.
pub async fn full_build_of(app: &TestApp, content: &Path) -> BTreeMap<String, Vec<u8>> {
    let published = app.served.store().published().await.unwrap();
    built_of(app, content, &published)
}

/// The site that a full build makes of contributions that went through a file.
pub fn built_of(
    app: &TestApp,
    content: &Path,
    published: &Contributions,
) -> BTreeMap<String, Vec<u8>> {
    let exported = app.data.path().join("contributions.jsonl");
    std::fs::write(&exported, published.to_lines()).unwrap();
    let out = TempDir::new().unwrap();
    let theme = repository("themes/default");
    let (bundle, material) = site_gen::load(content, &theme, &app.served.site_url).unwrap();
    let mut renderer = Renderer::new(bundle, Path::new("templates")).unwrap();
    let contributions = Contributions::read(&exported).unwrap();
    let output = Directory::open(out.path()).unwrap();
    let build = Build {
        renderer: &mut renderer,
        material: &material,
        contributions: &contributions,
        now: app.now(),
        copies: &[],
    };
    build.put(&output, Placement::Whole).unwrap();
    files(out.path())
}

/// The files of a site, by path. One that the publisher takes away meanwhile is not there.
pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Some(entries) = unless_gone(std::fs::read_dir(&folder)) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                // The generator's own notes are of one machine and one time.
                if name.starts_with(".site-gen") {
                    continue;
                }
                if let Some(bytes) = unless_gone(std::fs::read(&path)) {
                    found.insert(name, bytes);
                }
            }
        }
    }
    found
}

fn unless_gone<T>(read: std::io::Result<T>) -> Option<T> {
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        read => Some(read.unwrap()),
    }
}
