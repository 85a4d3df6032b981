//! What reading asks of the distribution: objects and bytes of a page, and of what it needs beside.

use std::collections::{BTreeMap, BTreeSet};

use site_gen::Encoding;

use super::Took;
use crate::page::Page;
use crate::site::Site;

/// What a reader's browser fetches of the demonstration's pages, compressed with Brotli.
pub(super) fn reading() -> BTreeMap<String, Took> {
    let mut site = Site::of("content");
    site.copies = &[Encoding::Brotli];
    site.build();
    let one_idea = {
        let folder = site.path("out/campagnes/colonies-de-vacances/idees");
        let names = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.len() == 16)
            .collect();
        names.sort();
        format!("/campagnes/colonies-de-vacances/idees/{}/", names[0])
    };
    let pages = [
        ("home", "/"),
        ("campaign", "/campagnes/colonies-de-vacances/"),
        ("ideas", "/campagnes/colonies-de-vacances/idees/"),
        ("idea", &one_idea),
        ("results", "/campagnes/colonies-de-vacances/resultats/"),
    ];
    let mut read = BTreeMap::new();
    for (name, path) in pages {
        let file = format!("out{path}index.html");
        let page = Page::parse(&site.read(&file));
        let mut took = Took::new();
        let mut add = |when: &str, file: &str| {
            let plain = site.path(file);
            let packed = site.path(&format!("{file}.br"));
            let sent = if packed.exists() { packed } else { plain };
            let Ok(sent) = std::fs::metadata(&sent) else {
                panic!("{file} is not there");
            };
            let bytes = u32::try_from(sent.len()).unwrap();
            *took.entry(format!("objects_{when}")).or_default() += 1.0;
            *took.entry(format!("bytes_{when}")).or_default() += f64::from(bytes);
        };
        add("page", &file);
        let mut more = BTreeSet::new();
        for (selector, attribute) in [
            ("link[rel=stylesheet], link[rel~=icon]", "href"),
            ("script[src], img[src]", "src"),
        ] {
            for element in page.select(selector) {
                more.extend(element.attr(attribute).map(str::to_owned));
            }
        }
        for asset in more.iter().filter(|asset| asset.starts_with('/')) {
            let asset = asset.split('?').next().unwrap();
            add("assets", &format!("out{asset}"));
        }
        read.insert(format!("view_{name}"), took);
    }
    read
}
