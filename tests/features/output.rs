//! The folder of the pages: the same for the same, mended where it was touched, compressed.

use std::fs;
use std::io::Read;

use site_gen::Encoding;

use crate::assert_page;
use crate::publishing::files;
use crate::site::{Site, dates, settle};

#[test]
fn the_same_site_is_the_same_bytes_whatever_the_threads_and_the_order_of_files() {
    let site = Site::new();
    let other = Site::new();
    // The same files, written in the other order.
    for folder in ["campaigns", "news", "pages", "spaces"] {
        let mut names: Vec<_> = fs::read_dir(other.path("content").join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        let texts: Vec<_> = names.iter().map(|path| fs::read(path).unwrap()).collect();
        names.iter().for_each(|path| fs::remove_file(path).unwrap());
        for (path, text) in names.iter().zip(&texts).rev() {
            fs::write(path, text).unwrap();
        }
    }
    let build = |site: &Site, threads: &str| {
        let built = site
            .command(&["build"])
            .env("RAYON_NUM_THREADS", threads)
            .output();
        assert!(built.unwrap().status.success());
        files(&site.out())
    };
    let one = build(&site, "1");
    assert!(one.len() > 100);
    assert!(build(&other, "4") == one);
}

#[test]
fn what_was_touched_by_hand_is_put_right_by_the_next_build() {
    let site = Site::new();
    site.build();
    let before = files(&site.out());
    site.remove("out/charte/index.html");
    site.remove("out/actualites/bienvenue/index.html");
    fs::remove_dir_all(site.path("out/assets")).unwrap();
    site.write("out/index.html", "mine");
    site.write("out/guide/mine.html", "mine");
    site.build();
    assert!(files(&site.out()) == before);
}

#[test]
fn what_is_of_no_page_goes_with_the_next_change() {
    let site = Site::new();
    settle();
    site.build();
    site.write("out/vieux/index.html", "old");
    site.edit("content/pages/charte.md", "Les insultes", "Les injures");
    site.build();
    assert!(!site.path("out/vieux").exists());
}

#[test]
fn compressed_copies_hold_their_files_and_are_made_once() {
    let mut site = Site::new();
    site.copies = &Encoding::ALL;
    settle();
    site.build();
    let made = files(&site.out());
    let (mut compressed, mut texts) = (0, 0);
    for (path, bytes) in &made {
        let mut plain = Vec::new();
        let name = if let Some(name) = path.strip_suffix(".gz") {
            flate2::read::GzDecoder::new(&bytes[..])
                .read_to_end(&mut plain)
                .unwrap();
            name
        } else if let Some(name) = path.strip_suffix(".br") {
            brotli::Decompressor::new(&bytes[..], 4096)
                .read_to_end(&mut plain)
                .unwrap();
            name
        } else {
            let is_text = [
                ".html", ".xml", ".json", ".csv", ".css", ".js", ".svg", ".txt",
            ]
            .iter()
            .any(|end| path.ends_with(end));
            assert_eq!(made.contains_key(&format!("{path}.br")), is_text, "{path}");
            assert_eq!(made.contains_key(&format!("{path}.gz")), is_text, "{path}");
            texts += usize::from(is_text);
            continue;
        };
        compressed += 1;
        assert!(made[name] == plain, "{path}");
    }
    assert_eq!(compressed, 2 * texts);

    let before = dates(&site.out());
    let built = site.build();
    assert_eq!((built.rendered, built.written), (0, 0));
    assert_eq!(dates(&site.out()), before);

    site.edit("content/pages/charte.md", "Les insultes", "Les injures");
    let built = site.build();
    assert_eq!((built.rendered, built.written), (1, 3));
    site.copies = &[];
    assert_eq!(site.build().removed, compressed);
    assert!(files(&site.out()).keys().all(|path| !path.ends_with(".br")));
}

#[test]
fn a_sheet_is_sent_without_what_only_its_authors_need() {
    let site = Site::new();
    let sheet = "/* The look:\n   paper */\n:root {\n  --ink: #222;\n}\n\n/* a */ .a,\n.b > i { content: \"/* \
                 kept\\\" */\";\n  margin: 0\n    auto; }\n.c/**/.d\\\"e { top: 0 } /* never\n ended";
    site.write("theme/assets/first.css", ".z {\n  top: 0;\n}\n");
    let sheet = format!("@import \"first.css\";\n{sheet}");
    site.write("theme/assets/office.css", &sheet);
    site.build();
    let made = files(&site.out());
    let sent = |path: &&String| path.starts_with("assets/office.") && path.ends_with(".css");
    let path = made.keys().find(sent).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&made[path]),
        ".z{top: 0;}:root{--ink: #222;}.a,.b > i{content: \"/* kept\\\" */\";margin: 0 auto;}.c/**/.d\\\"e{top: 0}"
    );
}

#[test]
fn a_sheet_that_imports_what_is_not_there_is_told_so_at_its_place() {
    let site = Site::new();
    site.write(
        "theme/assets/office.css",
        "@import \"form.css\";\n.a { top: 0; }\n",
    );
    assert_page!(site.problems(&["build"]));
}
