//! The publisher works while a publication does: neither undoes what the other did.

use super::*;

#[tokio::test]
async fn what_the_publisher_puts_meanwhile_is_never_written_over_with_something_older() {
    let site = Arc::new(Fixture::start().await);
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
    let meanwhile = site.clone();
    let list = "campagnes/accueil/idees/index.html";
    site.objects.before(Method::PUT, list, move || async move {
        let idea = meanwhile.app.published_idea("Ouvrir le samedi").await;
        let done = publisher.publish(&[record(&idea)]).await.unwrap();
        assert!(done.written > 1, "{done:?}");
    });
    let published = site.publish().await.unwrap();
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
    let site = Arc::new(Fixture::start().await);
    let idea = site.app.published_idea("Ouvrir le soir").await;
    site.publish().await.unwrap();
    let mut moderator = site.app.moderator().await;
    site.hide(&mut moderator, &idea).await;
    let meanwhile = site.clone();
    let back = idea.clone();
    let put_back = move || async move {
        let office = format!("/moderation/contributions/{}", id_of(&back));
        let item = meanwhile.app.get_as(&mut moderator, &office).await;
        let app = &meanwhile.app;
        app.submit(&mut moderator, &item, "/retablir", &[]).await;
        // Its page holds what it held: there is nothing to write.
        let publisher = meanwhile.publisher();
        publisher.publish(&[record(&back)]).await.unwrap();
    };
    site.objects.before(Method::HEAD, &file_of(&idea), put_back);
    site.publish().await.unwrap();
    assert!(site.files().contains_key(&file_of(&idea)));
    assert_same(&site.files(), &site.full_build().await);
}
