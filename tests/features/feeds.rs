//! What machines read of a site: feeds, sitemaps, figures, the search; and that every link leads
//! somewhere.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{Html, Selector};

use crate::assert_page;
use crate::page::Page;
use crate::publishing::files;
use crate::site::{SITE_URL, Site};

/// The files of a site with two pages of news, as texts.
fn texts() -> BTreeMap<String, String> {
    let site = Site::new();
    site.write_news(1..=30);
    site.build();
    files(&site.out())
        .into_iter()
        .filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?)))
        .collect()
}

/// What stands in each element of that name.
fn each<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(open.as_str()).skip(1);
    parts
        .map(|part| part.split(close.as_str()).next().unwrap())
        .collect()
}

#[test]
fn a_feed_tells_of_what_is_new() {
    let site = Site::new();
    site.build();
    for feed in [
        "campagnes/flux.xml",
        "resultats/flux.xml",
        "actualites/flux.xml",
        "espaces/gard/flux.xml",
    ] {
        assert_page!(site.read(&format!("out/{feed}")));
    }
}

#[test]
fn results_that_are_corrected_say_when_and_come_first_in_their_feed() {
    let site = Site::new();
    site.edit(
        "content/results/colonies.md",
        "published = 2026-09-21\n",
        "published = 2026-09-21\n\
         corrections = [\n\
           { date = 2026-10-02, text = \"Nous avions écrit 1 241 idées : c’est 1 214.\" },\n\
           { date = 2026-11-20, text = \"La source du premier graphique manquait.\" },\n\
         ]\n",
    );
    site.build();
    let page = site.read("out/campagnes/colonies/resultats/index.html");
    let opening = page.split("<link rel=\"stylesheet\"").nth(2).unwrap();
    let opening = page.split(opening).next().unwrap();
    let opening = opening.split("<main").nth(1).unwrap();
    let feed = site.read("out/resultats/flux.xml");
    let sitemap = site.read("out/sitemap-pages.xml");
    let changed = sitemap.split("/colonies/resultats/</loc>").nth(1).unwrap();
    assert!(
        changed
            .trim_start()
            .starts_with("<lastmod>2026-11-20</lastmod>"),
        "{changed}"
    );
    assert_page!(format!("{opening}\n{feed}"));
}

#[test]
fn every_xml_file_is_well_formed_and_a_feed_holds_twenty_entries_at_most() {
    let texts = texts();
    let xml = texts.iter().filter(|(path, _)| path.ends_with(".xml"));
    let mut count = 0;
    for (path, text) in xml {
        well_formed(text).unwrap_or_else(|fault| panic!("{path}: {fault}"));
        count += 1;
    }
    assert_eq!(count, 10);
    let news = &texts["actualites/flux.xml"];
    assert_eq!(each(news, "entry").len(), 20);
    let ids: BTreeSet<&str> = each(news, "id").into_iter().collect();
    assert_eq!(ids.len(), 21);
}

/// Whether each element is closed in its turn, and each text is escaped.
pub fn well_formed(xml: &str) -> Result<(), String> {
    let rest = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"")
        .ok_or("no declaration")?;
    let mut rest = rest.split_once("?>").ok_or("an open declaration")?.1;
    let mut open: Vec<&str> = Vec::new();
    while let Some((text, after)) = rest.split_once('<') {
        escaped(text)?;
        let (tag, after) = after.split_once('>').ok_or("an open tag")?;
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap_or_default());
        }
        if tag.matches('"').count() % 2 == 1 {
            return Err(format!("an open quote in <{tag}>"));
        }
        escaped(tag)?;
        rest = after;
    }
    match open.is_empty() && rest.trim().is_empty() {
        true => Ok(()),
        false => Err(format!("{open:?} not closed")),
    }
}

/// Whether each `&` begins one of the references that XML knows.
fn escaped(text: &str) -> Result<(), String> {
    for part in text.split('&').skip(1) {
        let name = part.split(';').next().unwrap_or_default();
        let known = ["amp", "lt", "gt", "quot", "apos"].contains(&name);
        if !known && !name.starts_with('#') {
            return Err(format!("&{name} is not known"));
        }
    }
    Ok(())
}

/// Sitemaps leave out forms, the search, the other orders of a list and its pages after the first.
#[test]
fn the_sitemaps_hold_every_page_that_is_to_be_found() {
    let texts = texts();
    let index = each(&texts["sitemap.xml"], "loc");
    let of_ideas = |campaign: &str| format!("{SITE_URL}/campagnes/{campaign}/sitemap-1.xml");
    assert_eq!(
        index,
        [
            format!("{SITE_URL}/sitemap-pages.xml"),
            of_ideas("accueil"),
            of_ideas("colonies"),
            format!("{SITE_URL}/actualites/sitemap-1.xml"),
        ]
    );
    let listed: Vec<&str> = index
        .iter()
        .flat_map(|sitemap| each(&texts[&sitemap[SITE_URL.len() + 1..]], "loc"))
        .map(|address| address.strip_prefix(SITE_URL).unwrap())
        .collect();
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(once.len(), listed.len());

    let pages = texts.iter().filter(|(path, _)| path.ends_with(".html"));
    let indexed: BTreeSet<&str> = pages
        .filter(|(_, html)| Page::parse(html).select("[name=robots]").is_empty())
        .map(|(path, html)| {
            let canonical = html.split("rel=\"canonical\" href=\"").nth(1).unwrap();
            let address = canonical
                .split('"')
                .next()
                .unwrap()
                .strip_prefix(SITE_URL)
                .unwrap();
            assert_eq!(format!("/{path}"), format!("{address}index.html"));
            address
        })
        .filter(|address| {
            let left_out = [
                "/proposer/",
                "/page/",
                "/commentaires/",
                "/soutenues/",
                "/categorie/",
            ];
            *address != "/recherche/" && !left_out.iter().any(|part| address.contains(part))
        })
        .collect();
    assert_eq!(once, indexed);
    assert_page!(texts["robots.txt"]);
}

#[test]
fn the_figures_of_each_kind_of_chart_are_a_file() {
    let site = Site::new();
    site.edit(
        "content/results/colonies.md",
        "\"Avant 8 ans\"",
        "\"=SOMME(A1), 8 ans\"",
    );
    site.build();
    let files = ["freins", "ages", "carte"].map(|chart| {
        let text = site.read(&format!("out/campagnes/colonies/resultats/{chart}.csv"));
        assert!(
            text.starts_with('\u{feff}') && text.ends_with("\r\n"),
            "{text}"
        );
        let mut lines = csv::Reader::from_reader(text.as_bytes());
        assert!(lines.records().all(|line| line.is_ok()), "{text}");
        text.replace(['\u{feff}', '\r'], "")
    });
    assert_page!(files.join("\n"));
}

#[test]
fn the_search_finds_every_idea_by_each_word_of_its_title() {
    let site = Site::new();
    site.build();
    let read = |file: &str| -> serde_json::Value {
        serde_json::from_str(&site.read(&format!("out/{file}"))).unwrap()
    };
    let titles = [
        ("accueil", "a000000000000001", "Ouvrir le soir", "ols"),
        (
            "accueil",
            "a000000000000003",
            "J’ai attendu 2 heures",
            "ja0h",
        ),
        ("accueil", "a000000000000007", "Zéro papier", "zp"),
        ("colonies", "c000000000000004", "Le train", "lt"),
    ];
    for (campaign, id, title, initials) in titles {
        for initial in "0abcdefghijklmnopqrstuvwxyz".chars() {
            let found = read(&format!("campagnes/{campaign}/recherche/{initial}.json"));
            let holds = found
                .as_array()
                .unwrap()
                .contains(&serde_json::json!([id, title]));
            assert_eq!(holds, initials.contains(initial), "{title} in {initial}");
        }
    }
    assert!(!site.path("out/campagnes/conge/recherche").exists());
    let index = read("recherche/index.json");
    assert_page!(serde_json::to_string_pretty(&index).unwrap());
}

#[test]
fn every_link_and_every_picture_of_every_page_is_there() {
    let site = Site::new();
    site.write_news(1..=30);
    site.build();
    let made = files(&site.out());
    let linked = Selector::parse("[href], [src], [data-index]").unwrap();
    let mut lost = BTreeSet::new();
    let mut followed = 0;
    for (path, bytes) in made.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = Html::parse_document(std::str::from_utf8(bytes).unwrap());
        for element in page.select(&linked) {
            let target = ["href", "src", "data-index"]
                .iter()
                .find_map(|name| element.attr(name));
            let target = target.unwrap();
            let target = target.strip_prefix(SITE_URL).unwrap_or(target);
            if ["https:", "mailto:", "sms:"]
                .iter()
                .any(|scheme| target.starts_with(scheme))
            {
                continue;
            }
            followed += 1;
            let (target, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match target {
                "" => path.clone(),
                _ if target.ends_with('/') => format!("{}index.html", &target[1..]),
                _ => target[1..].to_owned(),
            };
            let of_functions = ["participer/", "suivi/", "moderation/"];
            let Some(found) = made.get(&file) else {
                if !of_functions.iter().any(|first| file.starts_with(first)) {
                    lost.insert(format!("{path}: {target}"));
                }
                continue;
            };
            let id = format!(" id=\"{anchor}\"");
            if !anchor.is_empty() && !String::from_utf8_lossy(found).contains(&id) {
                lost.insert(format!("{path}: {target}#{anchor}"));
            }
        }
    }
    assert_eq!(lost, BTreeSet::new());
    assert!(followed > 1_000, "{followed}");
}
