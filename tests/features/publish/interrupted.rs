//! A publication that is interrupted, wherever: readers are on a whole site, and the next one
//! finishes.

use super::*;

#[tokio::test]
async fn interrupted_anywhere_readers_are_on_a_whole_site_and_the_next_one_finishes() {
    let site = Fixture::start().await;
    let idea = site.app.published_idea("Ouvrir le soir").await;
    let mut readers = Readers::default();
    // The first publication, then one that adds, changes and takes away.
    for round in 0..2 {
        if round == 1 {
            let mut moderator = site.app.moderator().await;
            site.hide(&mut moderator, &idea).await;
            site.edit("pages/charte.md", "title = \"", "title = \"Nouvelle ");
            site.app.published_idea("Ouvrir le samedi").await;
        }
        let mut interruptions = 0;
        for requests in [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89] {
            site.objects.refuse_after(Some(requests));
            let done = site.publish().await;
            readers.follow(&site.objects.written());
            if let Err(stopped) = done {
                interruptions += 1;
                let said = spoken(&stopped.to_string());
                assert!(said.contains("est refusé à cette clé"), "{said}");
            }
        }
        assert!(interruptions > 4, "{interruptions}");
        site.objects.refuse_after(None);
        site.publish().await.unwrap();
        readers.follow(&site.objects.written());
        assert_same(&site.files(), &site.full_build().await);
    }
}

#[tokio::test]
async fn a_bucket_that_asks_for_patience_gets_it() {
    let site = Fixture::start().await;
    site.objects.is_busy_for(3);
    site.publish().await.unwrap();
    assert_same(&site.files(), &site.full_build().await);
}
