//! `site-gen new`: a file that holds from the start.

use crate::assert_page;
use crate::site::Site;

/// What the command says and the file that it begins, the days left aside.
fn begun(kind: &str, file: &str) -> String {
    let site = Site::new();
    if kind == "results" {
        site.remove("content/results/colonies.md");
        for outcome in ["fiches", "reunions"] {
            site.remove(&format!("content/outcomes/{outcome}.md"));
        }
        site.edit("content/news/colonies.md", "#l-essentiel", "/guide/");
    }
    let name = file
        .rsplit('/')
        .next()
        .unwrap()
        .strip_suffix(".md")
        .unwrap();
    let said = site.run(&["new", kind, name]);
    let text = site.read(file);
    let checked = site.run(&["check"]);
    let days = without_days(&text);
    format!("{said}\n{checked}\n{days}")
}

/// The text with each day of the front matter as [day].
fn without_days(text: &str) -> String {
    text.lines()
        .map(|line| match line.split_once(" = 20") {
            Some((key, _)) => format!("{key} = [day]\n"),
            None => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn each_kind_of_file_begins_with_what_a_check_accepts() {
    for (kind, file) in [
        ("campaign", "content/campaigns/vacances-2027.md"),
        ("space", "content/spaces/paris.md"),
        ("results", "content/results/colonies.md"),
        ("page", "content/pages/contact.md"),
        ("news", "content/news/rencontre-a-nimes.md"),
    ] {
        assert_page!(format!("site-gen new {kind}\n\n{}", begun(kind, file)));
    }
}

#[test]
fn a_file_that_exists_is_left_as_it_is() {
    let site = Site::new();
    let before = site.read("content/pages/charte.md");
    assert_page!(site.problems(&["new", "page", "charte"]));
    assert_eq!(site.read("content/pages/charte.md"), before);
}

#[test]
fn a_name_that_is_no_address_is_refused_with_one_that_is() {
    let site = Site::new();
    let refused = ["Rencontre à Nîmes !", "../Œuvre", "!"];
    let said = refused.map(|name| site.problems(&["new", "news", name]));
    assert_page!(said.join("\n"));
}

#[test]
fn results_of_no_campaign_and_a_folder_of_no_content_are_refused() {
    let site = Site::new();
    let results = site.problems(&["new", "results", "vacances"]);
    let folder = site.problems(&["new", "page", "contact", "--content", "theme"]);
    assert_page!(format!("{results}\n{folder}"));
}

#[test]
fn a_kind_that_does_not_exist_is_refused() {
    let site = Site::new();
    let output = site
        .command(&["new", "campain", "vacances"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_page!(String::from_utf8(output.stderr).unwrap());
}
