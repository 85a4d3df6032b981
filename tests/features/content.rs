//! What editors are told of a problem.

use std::fs;

use tempfile::TempDir;

use crate::app::repository;
use crate::assert_page;
use crate::site::copy;

/// Builds the fixture with a file changed, and compares what is said.
#[track_caller]
fn problems(file: &str, change: impl Fn(&str) -> String) -> String {
    let content = TempDir::new().unwrap();
    copy(&repository("tests/fixtures/content"), content.path());
    let path = content.path().join(file);
    let before = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, change(&before)).unwrap();
    let loaded = site_gen::load(content.path(), &repository("themes/default"), "http://site");
    let said: Vec<String> = loaded
        .unwrap_err()
        .iter()
        .map(|problem| {
            problem
                .to_string()
                .replace(&content.path().display().to_string(), "content")
        })
        .collect();
    said.join("\n")
}

const CAMPAIGN: &str = "campaigns/accueil.md";

#[test]
fn every_problem_of_a_file_is_told_at_its_place() {
    let said = problems(CAMPAIGN, |source| {
        source
            .replace("title = \"Comment", "titel = \"Comment")
            .replace("space = \"gard\"", "space = \"gars\"")
            .replace("closes = 2026-12-15", "closes = 2026-10-15")
            .replace("[\"ideas\"]", "[\"idées\"]")
    });
    assert_page!(said);
}

#[test]
fn a_front_matter_that_is_none_is_told() {
    let said = problems(CAMPAIGN, |source| source.replacen("+++\n", "", 1));
    assert_page!(said);
}

#[test]
fn toml_that_is_none_is_told_at_its_place() {
    let said = problems(CAMPAIGN, |source| {
        source.replace("2026-12-15", "le 15 décembre")
    });
    assert_page!(said);
}

#[test]
fn a_file_whose_name_is_no_address_is_told() {
    let said = problems("pages/Mentions Légales.md", |_| String::new());
    assert_page!(said);
}

#[test]
fn a_page_at_an_address_of_the_site_is_told() {
    let said = problems("pages/campagnes.md", |_| {
        "+++\ntitle = \"a\"\nsummary = \"b\"\n+++\n".to_owned()
    });
    assert_page!(said);
}

#[test]
fn the_product_s_own_content_has_no_problem() {
    let loaded = site_gen::load(
        &repository("content"),
        &repository("themes/default"),
        "http://site",
    );
    let (bundle, _) = loaded.unwrap();
    assert!(bundle.catalogue.campaigns.len() >= 8);
    assert_eq!(bundle.catalogue.spaces.len(), 4);
}
