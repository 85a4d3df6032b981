//! A build over the last one makes what a build in a new folder makes, and no more.

use std::collections::BTreeSet;

use crate::publishing::files;
use crate::site::{Site, dates, settle};

/// Something that an editor or a visitor changes, with its name.
type Change = (&'static str, fn(&mut Site));

/// Builds over the last build. Says which files then differ from those of a build in a new
/// folder, and which were written without need.
fn differences(site: &Site) -> Vec<String> {
    let out = site.out();
    let (old, old_dates) = (files(&out), dates(&out));
    let cold = site.build_and_compare();
    let (new, new_dates) = (files(&out), dates(&out));
    let paths: BTreeSet<&String> = new.keys().chain(cold.keys()).collect();
    let mut said = Vec::new();
    for path in paths {
        match (new.get(path), cold.get(path)) {
            (Some(new), Some(cold)) if new == cold => {}
            (Some(_), Some(_)) => said.push(format!("{path} is not as in a new folder")),
            (None, _) => said.push(format!("{path} is missing")),
            (_, None) => said.push(format!("{path} is left over")),
        }
    }
    for (path, date) in &old_dates {
        let Some(new_date) = new_dates.get(path) else {
            continue;
        };
        match (old[path] == new[path], date == new_date) {
            (true, false) => said.push(format!("{path} was written with the same bytes")),
            (false, true) => said.push(format!("{path} changed without its date")),
            _ => {}
        }
    }
    said
}

/// Makes each change after the other, with a build after each.
#[track_caller]
fn check(site: &mut Site, changes: &[Change]) {
    site.build();
    let mut failed = Vec::new();
    for (name, change) in changes {
        let before = files(&site.out());
        change(site);
        let said = differences(site);
        if !said.is_empty() {
            failed.push(format!("{name}:\n  {}", said.join("\n  ")));
            std::fs::remove_dir_all(site.out()).unwrap();
            site.build();
        }
        if files(&site.out()) == before {
            failed.push(format!("{name}: nothing changed"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_change_of_the_content_makes_what_a_build_in_a_new_folder_makes() {
    let changes: [Change; 20] = [
        ("a campaign's text", |site| {
            site.edit(
                "content/campaigns/accueil.md",
                "Pour mieux",
                "Afin de mieux",
            );
        }),
        ("a campaign's title", |site| {
            site.edit(
                "content/campaigns/accueil.md",
                "Comment mieux",
                "Comment bien",
            );
        }),
        ("a campaign's last day", |site| {
            site.edit("content/campaigns/accueil.md", "2026-12-15", "2026-12-16");
        }),
        ("a space's name", |site| {
            site.edit("content/spaces/gard.md", "Caf du Gard", "Caf gardoise");
        }),
        ("a space's colour", |site| {
            site.edit("content/spaces/gard.md", "#5b2a6e", "#5b2a60");
        }),
        ("a page's text", |site| {
            site.edit("content/pages/charte.md", "Les insultes", "Les injures");
        }),
        ("a page's title", |site| {
            site.edit("content/pages/charte.md", "Charte", "Règles");
        }),
        ("a page more", |site| {
            site.write(
                "content/pages/contact.md",
                &site.read("content/pages/guide.md"),
            );
        }),
        ("news, edited", |site| {
            site.edit("content/news/bienvenue.md", "Bonjour", "Bonsoir");
        }),
        ("news, another title", |site| {
            site.edit(
                "content/news/bienvenue.md",
                "\"Bienvenue\"",
                "\"Bonne arrivée\"",
            );
        }),
        ("news, added", |site| site.write_news(1..=30)),
        ("news, removed", |site| {
            site.remove("content/news/nouvelle-7.md")
        }),
        ("results", |site| {
            site.edit(
                "content/results/colonies.md",
                "La confiance d’abord",
                "Le prix ensuite",
            );
        }),
        ("figures of a chart", |site| {
            site.edit("content/results/colonies.md", "[\"2A\", 1]", "[\"2B\", 4]");
        }),
        ("a finding less", |site| {
            let text = site.read("content/results/colonies.md");
            let start = text.rfind("[[findings]]").unwrap();
            let end = text.find("[[charts]]").unwrap();
            let text = format!("{}{}", &text[..start], &text[end..]);
            site.write("content/results/colonies.md", &text);
        }),
        ("an outcome", |site| {
            site.edit(
                "content/outcomes/fiches.md",
                "Les fiches ont",
                "Nos fiches ont",
            );
        }),
        ("outcomes, removed", |site| {
            site.remove("content/outcomes/fiches.md");
            site.remove("content/outcomes/reunions.md");
        }),
        ("results, removed", |site| {
            site.remove("content/results/colonies.md")
        }),
        ("a campaign, removed", |site| {
            site.remove("content/campaigns/conge.md")
        }),
        ("the site's name", |site| {
            site.edit("content/site.toml", "Écoute", "Parole")
        }),
    ];
    check(&mut Site::new(), &changes);
}

#[test]
fn a_change_of_the_theme_makes_what_a_build_in_a_new_folder_makes() {
    let changes: [Change; 8] = [
        ("a template of one kind of page", |site| {
            site.edit("theme/templates/campaign.html", "<h1>", "<h1 class=\"x\">");
        }),
        ("the template of feeds", |site| {
            site.edit(
                "theme/templates/feed.xml",
                "<author>",
                "<generator/><author>",
            );
        }),
        ("the frame", |site| {
            site.edit("theme/templates/base.html", "<main ", "<main class=\"x\" ");
        }),
        ("a component", |site| {
            site.edit(
                "theme/templates/components.html",
                "<li class=\"card told\">",
                "<li class=\"told card\">",
            );
        }),
        ("a template that others include", |site| {
            let text = site.read("theme/templates/comment-form.html");
            site.write(
                "theme/templates/comment-form.html",
                &format!("{text}<p>x</p>"),
            );
        }),
        ("a message of a template", |site| {
            site.edit(
                "theme/messages/fr.toml",
                "Lire le guide pour",
                "Ouvrir le guide pour",
            );
        }),
        ("a message of views", |site| {
            site.edit(
                "theme/messages/fr.toml",
                "Ouverte jusqu’au {date}",
                "Jusqu’au {date}",
            );
        }),
        ("the style", |site| {
            let text = site.read("theme/assets/style.css");
            site.write(
                "theme/assets/style.css",
                &format!("{text}\n.x {{ color: red; }}\n"),
            );
        }),
    ];
    check(&mut Site::new(), &changes);
}

#[test]
fn an_image_that_changes_makes_what_a_build_in_a_new_folder_makes() {
    let changes: [Change; 1] = [("an image", |site| {
        site.edit("content/images/gard.svg", "#9a63b0", "#9a63b1");
    })];
    check(&mut Site::new(), &changes);
}

#[test]
fn a_contribution_or_a_later_moment_makes_what_a_build_in_a_new_folder_makes() {
    const FILE: &str = "content/demonstration.jsonl";
    let changes: [Change; 8] = [
        ("an idea, published", |site| {
            let text = site.read(FILE);
            let last = text.lines().nth(7).unwrap();
            let more = last
                .replace("a000000000000008", "a000000000000009")
                .replace("2026-11-09", "2026-11-10");
            site.write(FILE, &format!("{text}{more}\n"));
        }),
        ("an idea, liked", |site| {
            site.edit(FILE, "\"likes\":12", "\"likes\":13")
        }),
        ("an idea that nobody liked, liked", |site| {
            site.edit(FILE, "\"likes\":0", "\"likes\":1");
        }),
        ("an idea, commented", |site| {
            site.edit(
                FILE,
                "\"comments\":[]",
                "\"comments\":[{\"id\":\"z000000000000001\",\"campaign\":\"accueil\",\
                 \"idea\":\"a000000000000003\",\"name\":null,\"body\":\"Moi aussi.\",\
                 \"received_at\":\"2026-11-12T09:00:00Z\"}]",
            );
        }),
        ("an idea, answered", |site| {
            site.edit(FILE, "Nous écrirons en février", "Nous écrirons en mars");
        }),
        ("an idea that results do not cite, removed", |site| {
            let text = site.read(FILE);
            let left = text
                .lines()
                .filter(|line| !line.contains("a000000000000001"));
            let left: String = left.map(|line| format!("{line}\n")).collect();
            site.write(FILE, &left);
        }),
        ("a campaign closes", |site| {
            site.now = "2026-12-15T23:00:00Z".to_owned()
        }),
        ("a campaign opens", |site| {
            site.now = "2027-01-17T23:00:00Z".to_owned()
        }),
    ];
    check(&mut Site::new(), &changes);
}

#[test]
fn a_change_of_any_table_of_the_words_makes_what_a_build_in_a_new_folder_makes() {
    const FILE: &str = "theme/messages/fr.toml";
    let site = Site::new();
    let mut words: toml::Table = site.read(FILE).parse().unwrap();
    site.write(FILE, &toml::to_string(&words).unwrap());
    site.build();
    let mut failed = Vec::new();
    for path in tables(&words, &[]) {
        let mut table = &mut words;
        for name in &path {
            table = table[name].as_table_mut().unwrap();
        }
        mark(table);
        site.write(FILE, &toml::to_string(&words).unwrap());
        let said = differences(&site);
        if !said.is_empty() {
            failed.push(format!("[{}]:\n  {}", path.join("."), said.join("\n  ")));
            std::fs::remove_dir_all(site.out()).unwrap();
            site.build();
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The path of every table that holds a text; what functions say is changed at once, and so are
/// the heads, of which a page has one.
fn tables(table: &toml::Table, path: &[String]) -> Vec<Vec<String>> {
    const AT_ONCE: [&str; 31] = [
        "account",
        "age",
        "confirm",
        "dashboard",
        "error",
        "error-page",
        "export",
        "exports",
        "flag",
        "head",
        "history",
        "journal",
        "like",
        "mail",
        "moderation",
        "near",
        "noun",
        "outbox",
        "personal",
        "protection",
        "reason",
        "receipt",
        "report-gone",
        "report-reason",
        "report-receipt",
        "report-state",
        "reports",
        "review",
        "right",
        "role",
        "status",
    ];
    let mut found = Vec::new();
    if table.values().any(toml::Value::is_str) {
        found.push(path.to_vec());
    }
    for (name, value) in table {
        let mut path = path.to_vec();
        path.push(name.clone());
        match value.as_table() {
            // A plural stands with the texts beside it.
            Some(inner) if inner.contains_key("other") => {}
            Some(_) if AT_ONCE.contains(&name.as_str()) => found.push(path),
            Some(inner) => found.extend(tables(inner, &path)),
            None => {}
        }
    }
    found
}

/// Changes every text of a table, those of its plurals included.
fn mark(table: &mut toml::Table) {
    for (_, value) in table.iter_mut() {
        match value {
            toml::Value::String(text) => text.push('†'),
            toml::Value::Table(plural) if plural.contains_key("other") => mark(plural),
            _ => {}
        }
    }
}

#[test]
fn other_contributions_make_what_a_build_in_a_new_folder_makes() {
    let site = Site::new();
    let published = site.read("content/demonstration.jsonl");
    let fewer: String = published
        .lines()
        .skip(3)
        .map(|line| format!("{line}\n"))
        .collect();
    site.write("fewer.jsonl", &fewer);
    site.run(&["build"]);
    site.run(&["build", "--contributions", "fewer.jsonl"]);
    let built = files(&site.out());
    assert!(!built.contains_key("campagnes/accueil/idees/a000000000000001/index.html"));
    site.write("content/demonstration.jsonl", &fewer);
    std::fs::remove_dir_all(site.out()).unwrap();
    site.run(&["build"]);
    assert!(files(&site.out()) == built);
}

#[test]
fn a_second_build_of_the_same_writes_nothing() {
    let site = Site::new();
    settle();
    site.run(&["build"]);
    let mark = || {
        let mark = std::fs::metadata(site.path("out/.site-gen")).unwrap();
        mark.modified().unwrap()
    };
    let (before, marked) = (dates(&site.out()), mark());
    let said = site.run(&["build"]);
    assert!(
        said.contains("0 refaites, 0 fichiers écrits") && said.contains(" 0 retirés"),
        "{said}"
    );
    assert_eq!(dates(&site.out()), before);
    assert_eq!(mark(), marked);
}

#[test]
fn a_page_that_is_edited_is_the_only_one_that_is_made_again() {
    let site = Site::new();
    settle();
    let first = site.build();
    assert_eq!(first.rendered, first.pages);
    site.edit("content/pages/charte.md", "Les insultes", "Les injures");
    let built = site.build();
    assert_eq!((built.rendered, built.written, built.removed), (1, 1, 0));
}
