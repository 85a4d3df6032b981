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
fn a_finding_and_what_became_of_it_lead_to_each_other() {
    let site = Site::new();
    let campaign = "campaign = \"colonies\"\n";
    site.edit(
        "content/outcomes/fiches.md",
        campaign,
        &format!("{campaign}findings = [2, 1, 2]\n"),
    );
    site.edit(
        "content/outcomes/reunions.md",
        campaign,
        &format!("{campaign}findings = [1]\n"),
    );
    for (file, origin) in [
        ("accueil", "{ campaign = \"colonies\", findings = [1] }"),
        ("conge", "{ campaign = \"colonies\" }"),
    ] {
        site.edit(
            &format!("content/campaigns/{file}.md"),
            "modalities =",
            &format!("from = {origin}\nmodalities ="),
        );
    }
    site.build();
    let read = |path: &str| Page::parse(&site.read(&format!("out/campagnes/{path}/index.html")));
    let of = |path: &str, selectors: &[&str]| {
        let page = read(path);
        let found = selectors.iter().flat_map(|selector| page.select(selector));
        let found: Vec<String> = found.map(|element| element.html()).collect();
        format!("{path}\n{}", found.join("\n"))
    };
    let shown = [
        of("colonies/resultats", &["a.based", ".note"]),
        of(
            "colonies/resultats/enseignement-1",
            &["[aria-labelledby=h-suites]"],
        ),
        of(
            "colonies/resultats/enseignement-2",
            &["[aria-labelledby=h-suites]"],
        ),
        of("colonies/suites", &[".story .about"]),
        of("accueil", &[".opening .about"]),
        of("conge", &[".opening .about"]),
        of("colonies", &[".opening .about"]),
    ];
    assert_page!(shown.join("\n\n"));
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
