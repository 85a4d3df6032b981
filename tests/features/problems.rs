//! What `site-gen check` says of each problem of a site: its place, what is wrong, what to do.

use crate::assert_page;
use crate::publishing::files;
use crate::site::{Site, dates, settle};

const CAMPAIGN: &str = "content/campaigns/accueil.md";
const PAGE: &str = "content/pages/charte.md";
const RESULTS: &str = "content/results/colonies.md";

/// What is said of the smallest content, changed.
#[track_caller]
fn of_content(change: impl Fn(&Site)) -> String {
    of(Site::of("tests/fixtures/content"), change)
}

/// What is said of the site with results, changed.
#[track_caller]
fn of_site(change: impl Fn(&Site)) -> String {
    of(Site::new(), change)
}

#[track_caller]
fn of(site: Site, change: impl Fn(&Site)) -> String {
    change(&site);
    site.problems(&["check"])
}

/// What is said of a page's text.
#[track_caller]
fn of_text(text: &str) -> String {
    of_content(|site| site.edit(PAGE, "Les insultes : jamais !", text))
}

#[test]
fn a_key_that_is_missing_misspelt_or_unknown_is_told() {
    assert_page!(of_content(|site| {
        site.edit(CAMPAIGN, "summary = \"Vos idées pour l’accueil.\"\n", "");
        site.edit(CAMPAIGN, "questions =", "question =");
        site.edit(PAGE, "order = 1", "couleur = \"rouge\"");
    }));
}

#[test]
fn a_date_that_is_none_is_told() {
    assert_page!(of_content(|site| {
        site.edit("content/campaigns/conge.md", "2027-02-28", "\"28 février\"");
    }));
}

#[test]
fn an_end_before_the_start_is_told() {
    assert_page!(of_content(|site| site.edit(
        CAMPAIGN,
        "2026-12-15",
        "2026-11-01"
    )));
}

#[test]
fn a_broken_link_is_told_with_the_address_that_is_near() {
    assert_page!(of_text("[Près](/espace/gard/), [loin](/rien/du/tout/)."));
}

#[test]
fn a_link_without_its_last_slash_is_told() {
    assert_page!(of_text("[Participez](/campagnes/accueil)."));
}

#[test]
fn a_broken_anchor_is_told() {
    assert_page!(of_text(
        "[Ici](#rien), [là](/campagnes/accueil/#rien), [bien](/charte/#contenu)."
    ));
}

#[test]
fn a_relative_link_is_told() {
    assert_page!(of_text("[Participez](campagnes/accueil/)."));
}

#[test]
fn a_broken_link_of_news_is_told_at_its_place() {
    assert_page!(of_site(|site| {
        site.edit("content/news/ouverture.md", "/proposer/)", "/propose/)");
    }));
}

#[test]
fn a_page_that_goes_is_told_where_news_lead_to_it() {
    let site = Site::new();
    site.edit(
        "content/news/ouverture.md",
        "/campagnes/accueil/proposer/",
        "/accessibilite/",
    );
    settle();
    site.run(&["build"]);
    site.remove("content/pages/accessibilite.md");
    assert_page!(site.problems(&["build"]));
}

#[test]
fn an_image_without_alternative_text_is_told() {
    assert_page!(of_site(|site| site.edit(
        PAGE,
        "Les insultes",
        "![](/images/gard.svg)"
    )));
}

#[test]
fn an_image_that_does_not_exist_is_told() {
    assert_page!(of_text("![Un plan](/images/plan.svg)"));
}

#[test]
fn a_heading_out_of_order_is_told() {
    assert_page!(of_text("# Un\n\n#### Quatre"));
}

#[test]
fn a_table_without_caption_is_told() {
    assert_page!(of_text(
        "Avant.\n\n***\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    ));
}

#[test]
fn two_pages_at_one_address_are_told() {
    assert_page!(of_content(|site| {
        site.write("content/pages/campagnes.md", &site.read(PAGE));
        site.write("content/campaigns/ouvertes.md", &site.read(CAMPAIGN));
    }));
}

#[test]
fn results_that_cite_what_nobody_wrote_are_told() {
    assert_page!(of_site(|site| {
        site.edit(
            RESULTS,
            "\"c000000000000002\"]",
            "\"c00000000000000x\", \"lui\"]",
        );
        site.edit(RESULTS, "Je n’avais pas", "Je n’ai jamais eu");
    }));
}

#[test]
fn results_of_no_campaign_are_told() {
    assert_page!(of_site(|site| {
        site.write("content/results/vacances.md", &site.read(RESULTS));
    }));
}

#[test]
fn corrections_before_publication_or_without_a_word_are_told() {
    assert_page!(of_site(|site| {
        site.edit(
            RESULTS,
            "published = 2026-09-21\n",
            "published = 2026-09-21\n\n\
             [[corrections]]\ndate = 2026-09-20\ntext = \"Il fallait lire 6.\"\n\n\
             [[corrections]]\ndate = 2026-09-21\ntext = \" \"\n\n\
             [[corrections]]\ntext = \"Sans date.\"\n",
        );
    }));
}

#[test]
fn an_outcome_of_no_campaign_is_told() {
    assert_page!(of_site(|site| {
        site.edit("content/outcomes/fiches.md", "\"colonies\"", "\"colonie\"");
    }));
}

#[test]
fn an_outcome_of_a_finding_that_is_not_there_is_told() {
    assert_page!(of_site(|site| {
        let campaign = "campaign = \"colonies\"\n";
        let findings = |numbers: &str| format!("{campaign}findings = {numbers}\n");
        site.edit(
            "content/outcomes/fiches.md",
            campaign,
            &findings("[2, 3, 0]"),
        );
        site.edit("content/outcomes/reunions.md", campaign, &findings("2"));
        let early = site.read("content/outcomes/fiches.md");
        site.write(
            "content/outcomes/tot.md",
            &early.replace("colonies\"\n", "accueil\"\n"),
        );
    }));
}

#[test]
fn an_origin_that_is_not_there_is_told() {
    assert_page!(of_site(|site| {
        let from = |campaign: &str, origin: &str| {
            let file = format!("content/campaigns/{campaign}.md");
            site.edit(
                &file,
                "modalities =",
                &format!("from = {origin}\nmodalities ="),
            );
        };
        from("accueil", "{ campaign = \"colonies\", findings = [1, 3] }");
        from("colonies", "{ campaign = \"colonies\" }");
        from("conge", "{ campaign = \"vacances\", findings = [1] }");
    }));
}

#[test]
fn figures_of_charts_that_do_not_hold_are_told() {
    assert_page!(of_site(|site| {
        site.edit(RESULTS, "[\"La confiance\", 6]", "[\"La confiance\", 11]");
        site.edit(RESULTS, "[\"Avant 8 ans\", 3, 7]", "[\"Avant 8 ans\", 3]");
        site.edit(RESULTS, "[\"2A\", 1]", "[\"20\", 1]");
        site.edit(RESULTS, "chart = \"freins\"", "chart = \"frein\"");
        site.edit(RESULTS, "value = 1214", "value = -1214");
    }));
}

#[test]
fn a_colour_that_does_not_read_is_told() {
    assert_page!(of_site(|site| {
        site.edit("content/spaces/gard.md", "\"#5b2a6e\"", "\"#c08fd0\"");
        site.edit(
            "content/spaces/national.md",
            "accent_dark = \"#93d7d7\"\n",
            "",
        );
    }));
}

#[test]
fn a_template_that_is_none_is_told_at_its_place() {
    assert_page!(of_content(|site| {
        site.edit(
            "theme/templates/page.html",
            "{{ page.title }}",
            "{{ page.title }",
        );
    }));
}

#[test]
fn a_message_that_does_not_exist_is_told_at_its_place() {
    assert_page!(of_content(|site| {
        site.edit(
            "theme/templates/page.html",
            "{{ page.title }}",
            "{{ t(key=\"page.titre\") }}",
        );
    }));
}

#[test]
fn words_that_are_no_toml_are_told_at_their_place() {
    assert_page!(of_content(|site| {
        site.edit(
            "theme/messages/fr.toml",
            "campaigns = \"Campagnes\"",
            "campaigns = Campagnes",
        );
    }));
}

#[test]
fn contributions_that_are_none_are_told() {
    assert_page!(of_site(|site| {
        site.edit(
            "content/demonstration.jsonl",
            "\"likes\":3",
            "\"likes\":\"trois\"",
        );
    }));
}

#[test]
fn problems_of_several_files_are_told_at_once() {
    assert_page!(of_site(|site| {
        site.edit(CAMPAIGN, "space = \"gard\"", "space = \"gars\"");
        site.edit(PAGE, "summary", "resume");
        site.edit(RESULTS, "published = 2026-09-21", "published = 21");
        site.edit(
            "theme/templates/page.html",
            "{{ page.title }}",
            "{{ page.title }",
        );
    }));
}

#[test]
fn with_a_problem_nothing_is_written_and_the_old_site_stays() {
    let site = Site::new();
    site.run(&["build"]);
    let (before, dated) = (files(&site.out()), dates(&site.out()));
    site.edit(
        "content/campaigns/conge.md",
        "Bientôt.",
        "[Bientôt](/rien/).",
    );
    site.edit("content/news/bienvenue.md", "Bonjour.", "Bonsoir.");
    let said = site.problems(&["build"]);
    assert!(said.contains("rien n’a été écrit"), "{said}");
    assert_eq!(files(&site.out()), before);
    assert_eq!(dates(&site.out()), dated);
    let beside: Vec<_> = std::fs::read_dir(site.path(".")).unwrap().collect();
    assert_eq!(beside.len(), 3, "the content, the theme and the pages");

    site.edit(
        "content/campaigns/conge.md",
        "[Bientôt](/rien/).",
        "Bientôt.",
    );
    let cold = site.build_and_compare();
    assert!(files(&site.out()) == cold);
}

#[test]
fn a_first_build_with_a_problem_leaves_no_page() {
    let site = Site::new();
    site.edit(PAGE, "summary", "resume");
    site.problems(&["build"]);
    assert!(files(&site.out()).is_empty());
}
