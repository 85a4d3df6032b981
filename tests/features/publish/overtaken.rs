//! The publisher works while a publication does: neither undoes what the other did.

use super::*;

#[tokio::test]
async fn what_the_publisher_puts_meanwhile_is_never_written_over_with_something_older() {
    let site = Fixture::start().await;
    site.app.published_idea("Ouvrir le soir").await;
    site.publish().await.unwrap();
    let mut readers = Readers::default();
    readers.follow(&site.objects.written());

    // The publisher has the content of before.
    let publisher = site.publisher();
    site.edit(
        "campaigns/accueil.md",
        "title = \"",
        "title = \"Nouveau titre : ",
    );
    // When the list of ideas is about to be put, without it, another idea is published.
    let list = "campagnes/accueil/idees/index.html";
    let held = site.objects.hold(Method::PUT, list);
    let meanwhile = async {
        held.asked.await.unwrap();
        let idea = site.app.published_idea("Ouvrir le samedi").await;
        let done = publisher.publish(&[record(&idea)]).await.unwrap();
        assert!(done.written > 1, "{done:?}");
        held.go_on.send(()).unwrap();
    };
    let (published, ()) = tokio::join!(site.publish(), meanwhile);
    let published = published.unwrap();
    let written = site.objects.written();
    readers.follow(&written);
    let built = site.full_build().await;
    assert_same(&site.files(), &built);
    let page = String::from_utf8_lossy(&built[list]);
    assert!(page.contains("Nouveau titre") && page.contains("Ouvrir le samedi"));
    // No version of the list that lacked it came after one that had it.
    let lists = written.iter().filter_map(|write| match write {
        Written::Put(file) if file.path == list => Some(String::from_utf8_lossy(&file.bytes)),
        _ => None,
    });
    let has: Vec<bool> = lists
        .map(|page| page.contains("Ouvrir le samedi"))
        .collect();
    assert_eq!(has, [true, true], "{}", published.said);
}

#[tokio::test]
async fn a_page_that_comes_back_while_it_is_taken_away_is_there_at_the_end() {
    let site = Fixture::start().await;
    let idea = site.app.published_idea("Ouvrir le soir").await;
    site.publish().await.unwrap();
    let mut moderator = site.app.moderator().await;
    site.hide(&mut moderator, &idea).await;
    let held = site.objects.hold(Method::HEAD, &file_of(&idea));
    let meanwhile = async {
        held.asked.await.unwrap();
        let office = format!("/moderation/contributions/{}", id_of(&idea));
        let item = site.app.get_as(&mut moderator, &office).await;
        let app = &site.app;
        app.submit(&mut moderator, &item, "/retablir", &[]).await;
        // Its page holds what it held: there is nothing to write.
        let publisher = site.publisher();
        publisher.publish(&[record(&idea)]).await.unwrap();
        held.go_on.send(()).unwrap();
    };
    let (published, ()) = tokio::join!(site.publish(), meanwhile);
    published.unwrap();
    assert!(site.files().contains_key(&file_of(&idea)));
    assert_same(&site.files(), &site.full_build().await);
}
