//! `site-gen watch`: the pages follow the files, and show what is wrong with them.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::command::Running;
use crate::page::Page;
use crate::site::Site;

#[tokio::test]
async fn the_pages_follow_the_files_and_show_their_problems() {
    const FILE: &str = "content/pages/charte.md";
    let site = Site::new();
    let mut command = site.command(&["watch", "--listen", "127.0.0.1:0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap());
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        assert_ne!(lines.read_line(&mut said).unwrap(), 0, "{said}");
    }
    // What it says later is read, so that it can go on.
    std::thread::spawn(move || lines.lines().count());
    let address = said
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let page = format!("http://{address}/charte/");

    let first = eventually(&page, |_| true).await;
    assert!(
        first.contains("Les insultes\u{a0}: jamais\u{a0}!"),
        "{first}"
    );
    assert!(first.contains("src=\"/.site-gen/reload.js\""), "{first}");

    site.edit(FILE, "Les insultes", "Les injures");
    eventually(&page, |body| body.contains("Les injures")).await;

    site.edit(FILE, "Les injures", "[Les injures](/rien/)");
    let broken = eventually(&page, |body| body.contains("1 problème à corriger")).await;
    let alert = Page::parse(&broken).words("[role=alert]");
    assert!(
        alert.contains("(/rien/)") && alert.contains("charte.md:8"),
        "{alert}"
    );
    assert!(
        broken.contains("<p>Les injures"),
        "the old page stands under it: {broken}"
    );

    site.edit(FILE, "[Les injures](/rien/)", "Les mots durs");
    // The page is in place a moment before the problems are told to be none.
    eventually(&page, |body| {
        body.contains("Les mots durs") && !body.contains("role=\"alert\"")
    })
    .await;

    site.edit("theme/templates/page.html", "<h1>", "<h1 class=\"x\">");
    eventually(&page, |body| body.contains("<h1 class=\"x\">Charte")).await;

    site.remove(FILE);
    site.write(
        "content/pages/regles.md",
        "+++\ntitle = \"Règles\"\nsummary = \"a\"\n+++\nTexte.\n",
    );
    site.edit(
        "content/campaigns/accueil.md",
        "/charte/#ce-qui-n-est-pas-publie",
        "/regles/",
    );
    let moved = format!("http://{address}/regles/");
    eventually(&moved, |body| {
        body.contains("Texte.") && !body.contains("role=\"alert\"")
    })
    .await;
    // What is no longer of the site is taken away after what is new is in place.
    eventually(&page, |body| body.contains("Page introuvable")).await;
}

/// Asks for a page until it holds, for a minute at the most.
async fn eventually(url: &str, holds: impl Fn(&str) -> bool) -> String {
    let started = Instant::now();
    loop {
        let body = reqwest::get(url).await.unwrap().text().await.unwrap();
        if holds(&body) {
            return body;
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{url} never came to hold: {body}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
