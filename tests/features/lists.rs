//! Lists that grow: how they are cut into pages, and what an idea more changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::page::Page;
use crate::publishing::files;
use crate::site::Site;

/// A page of a list, by its path in it, with the numbers of its first and last ideas.
type Listed = (&'static str, u64, u64);

const LIST: &str = "campagnes/accueil/idees/";

/// A site with this many ideas in a campaign, of which each has fewer likes than the last.
fn with_ideas(count: u64) -> Site {
    let site = Site::of("tests/fixtures/content");
    write_ideas(&site, count);
    site.build();
    site
}

fn write_ideas(site: &Site, count: u64) {
    let published = "2026-11-02T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let lines = (1..=count).map(|number| {
        let at = published + jiff::SignedDuration::from_mins(i64::try_from(number).unwrap());
        let line = serde_json::json!({
            "idea": {
                "id": format!("a{number:015}"),
                "campaign": "accueil",
                "kind": "idea",
                "category": null,
                "question": null,
                "title": format!("Idée {number}"),
                "body": "Texte.",
                "received_at": at,
                "carried_likes": 0,
            },
            "published_at": at,
            "likes": 1_000 - number,
            "comments": [],
        });
        format!("{line}\n")
    });
    site.write("content/demonstration.jsonl", &lines.collect::<String>());
}

/// The pages of a list, by their paths in it, each with the numbers of its ideas.
fn pages(site: &Site, list: &str) -> BTreeMap<String, Vec<u64>> {
    let pages = files(&site.path(&format!("out/{list}")));
    pages
        .iter()
        .filter(|(path, _)| *path == "index.html" || path.starts_with("page/"))
        .map(|(path, bytes)| {
            let page = Page::parse(std::str::from_utf8(bytes).unwrap());
            let ideas = page.select(".cards h2 a");
            let numbers = ideas.iter().map(|link| {
                let title: String = link.text().collect();
                title.strip_prefix("Idée ").unwrap().parse().unwrap()
            });
            (
                path.trim_end_matches("index.html").to_owned(),
                numbers.collect(),
            )
        })
        .collect()
}

#[test]
fn every_idea_stands_on_one_page_of_its_list_the_most_recent_first() {
    let counts: [(u64, &[Listed]); 7] = [
        (0, &[("", 0, 1)]),
        (9, &[("", 9, 1)]),
        (20, &[("", 20, 1)]),
        (29, &[("", 29, 1)]),
        (30, &[("", 30, 21), ("page/1/", 20, 1)]),
        (49, &[("", 49, 21), ("page/1/", 20, 1)]),
        (50, &[("", 50, 41), ("page/1/", 20, 1), ("page/2/", 40, 21)]),
    ];
    for (count, expected) in counts {
        let expected: BTreeMap<String, Vec<u64>> = expected
            .iter()
            .map(|(path, first, last)| ((*path).to_owned(), (*last..=*first).rev().collect()))
            .collect();
        assert_eq!(pages(&with_ideas(count), LIST), expected, "{count} ideas");
    }
}

#[test]
fn the_pages_of_a_list_lead_from_one_to_the_next() {
    let site = with_ideas(50);
    let mut address = format!("/{LIST}");
    let mut passed = vec![address.clone()];
    loop {
        let page = Page::parse(&site.read(&format!("out{address}index.html")));
        let previous = page
            .select("[rel=prev]")
            .first()
            .and_then(|link| link.attr("href"));
        assert_eq!(previous, passed.iter().rev().nth(1).map(String::as_str));
        let Some(next) = page
            .select("[rel=next]")
            .first()
            .and_then(|link| link.attr("href"))
        else {
            break;
        };
        address = next.to_owned();
        passed.push(address.clone());
    }
    assert_eq!(
        passed,
        ["", "page/2/", "page/1/"].map(|page| format!("/{LIST}{page}"))
    );
}

#[test]
fn an_idea_more_changes_the_first_page_and_at_most_one_other() {
    for (count, changed) in [
        (9, &["index.html"][..]),
        // A page more, which the first now leads to.
        (29, &["index.html", "page/1/index.html"]),
        (30, &["index.html"]),
        // The newest page that was there is now the second of those that follow the first.
        (
            49,
            &["index.html", "page/1/index.html", "page/2/index.html"],
        ),
        (50, &["index.html"]),
    ] {
        let site = with_ideas(count);
        let folder = site.path(&format!("out/{LIST}"));
        let list = || -> BTreeMap<String, Vec<u8>> {
            let files = files(&folder).into_iter();
            files
                .filter(|(path, _)| path == "index.html" || path.starts_with("page/"))
                .collect()
        };
        let before = list();
        write_ideas(&site, count + 1);
        let cold = site.build_and_compare();
        let after = list();
        let differ: BTreeSet<&str> = after
            .iter()
            .filter(|(path, bytes)| before.get(*path) != Some(*bytes))
            .map(|(path, _)| path.as_str())
            .collect();
        assert_eq!(
            differ,
            changed.iter().copied().collect(),
            "from {count} ideas"
        );
        assert!(files(&site.out()) == cold, "from {count} ideas");
    }
}

#[test]
fn the_most_liked_ideas_are_in_the_order_of_their_likes() {
    let site = with_ideas(50);
    let liked = pages(&site, "campagnes/accueil/idees/soutenues/");
    let page = |from: u64, to: u64| (from..=to).collect::<Vec<_>>();
    let expected = [
        (String::new(), page(1, 20)),
        ("page/2/".to_owned(), page(21, 40)),
        ("page/3/".to_owned(), page(41, 50)),
    ];
    assert_eq!(liked, expected.into());

    // As many likes: the oldest first. None: not there.
    let lines = site.read("content/demonstration.jsonl");
    let lines = lines.lines().take(5).enumerate().map(|(place, line)| {
        let likes = [2, 0, 7, 2, 7][place];
        let known = format!("\"likes\":{}", 999 - place);
        assert!(line.contains(&known));
        format!("{}\n", line.replace(&known, &format!("\"likes\":{likes}")))
    });
    let lines: String = lines.collect();
    site.write("content/demonstration.jsonl", &lines);
    site.build();
    let liked = pages(&site, "campagnes/accueil/idees/soutenues/");
    assert_eq!(liked, [(String::new(), vec![3, 5, 1, 4])].into());
}
