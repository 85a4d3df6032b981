//! Each kind of page of a whole site, as it is read.

use crate::assert_page;
use crate::page::Page;
use crate::publishing::files;
use crate::site::Site;

#[test]
fn each_kind_of_page_reads_well() {
    let site = Site::new();
    site.write_news(1..=30);
    site.build();
    for path in [
        "index.html",
        "404.html",
        "campagnes/index.html",
        "campagnes/ouvertes/index.html",
        "campagnes/espace/gard/index.html",
        "campagnes/accueil/index.html",
        "campagnes/accueil/proposer/index.html",
        "campagnes/conge/proposer/index.html",
        "campagnes/colonies/index.html",
        "campagnes/accueil/idees/index.html",
        "campagnes/accueil/idees/soutenues/index.html",
        "campagnes/accueil/idees/categorie/attente/index.html",
        "campagnes/accueil/idees/a000000000000002/commentaires/2/index.html",
        "campagnes/colonies/idees/c000000000000001/index.html",
        "campagnes/colonies/resultats/index.html",
        "campagnes/colonies/resultats/enseignement-1/index.html",
        "campagnes/colonies/suites/index.html",
        "resultats/index.html",
        "actualites/index.html",
        "actualites/page/1/index.html",
        "actualites/colonies/index.html",
        "espaces/index.html",
        "espaces/gard/index.html",
        "charte/index.html",
        "recherche/index.html",
        "plan-du-site/index.html",
    ] {
        let page = Page::parse(&site.read(&format!("out/{path}")));
        assert_page!(format!("{path}\n{}", page.text()));
    }
}

#[test]
fn the_files_of_a_site_are_those_of_its_pages() {
    let site = Site::new();
    site.build();
    // The files of the search are many and alike; assets are named by what they hold.
    let paths: Vec<String> = files(&site.out())
        .into_keys()
        .filter(|path| !path.starts_with("assets/"))
        .filter(|path| !path.contains("/recherche/") || path.ends_with("/a.json"))
        .collect();
    assert_page!(paths.join("\n"));
}
