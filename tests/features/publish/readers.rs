//! What readers find in a bucket at each moment: from the first page, every link leads to a page
//! that is there, and every page finds its styles, its scripts and its pictures.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use scraper::{Html, Selector};
use site_gen::address;

use crate::object_store::Written;

/// Pages that the theme leads to, and that the content of these tests does not have.
const OF_NO_CONTENT: [&str; 5] = [
    "accessibilite/index.html",
    "contact/index.html",
    "donnees-personnelles/index.html",
    "guide/index.html",
    "mentions-legales/index.html",
];

/// The bucket as readers see it.
#[derive(Default)]
pub struct Readers {
    files: BTreeMap<String, Vec<u8>>,
    /// Where a page leads, by what it holds.
    links: HashMap<Vec<u8>, BTreeSet<String>>,
}

impl Readers {
    /// Goes through what was written, and reads the whole site after each of them.
    #[track_caller]
    pub fn follow(&mut self, written: &[Written]) {
        for write in written {
            let what = match write {
                Written::Put(file) => {
                    self.files.insert(file.path.clone(), file.bytes.clone());
                    format!("{} was put", file.path)
                }
                Written::Removed(path) => {
                    self.files.remove(path);
                    format!("{path} was taken away")
                }
            };
            self.read(&what);
        }
    }

    #[track_caller]
    fn read(&mut self, when: &str) {
        let mut read = BTreeSet::new();
        let mut next = vec!["index.html".to_owned()];
        while let Some(path) = next.pop() {
            let Some(bytes) = self.files.get(&path) else {
                // There is no site yet.
                assert!(path == "index.html" && read.is_empty(), "{path}");
                return;
            };
            if !path.ends_with(".html") || !read.insert(path.clone()) {
                continue;
            }
            let links = self
                .links
                .entry(bytes.clone())
                .or_insert_with(|| links(bytes));
            for link in links.iter() {
                assert!(
                    self.files.contains_key(link),
                    "when {when}, {path} leads to {link}, which is not there"
                );
                next.push(link.clone());
            }
        }
    }
}

/// The files of the site that a page leads to, or is made with.
fn links(bytes: &[u8]) -> BTreeSet<String> {
    let html = Html::parse_document(std::str::from_utf8(bytes).unwrap());
    let mut found = BTreeSet::new();
    for (selector, attribute) in [
        ("a[href]", "href"),
        ("link[href]", "href"),
        ("script[src]", "src"),
        ("img[src]", "src"),
    ] {
        let selector = Selector::parse(selector).unwrap();
        for element in html.select(&selector) {
            let link = element.attr(attribute).unwrap();
            let link = link.split(['?', '#']).next().unwrap();
            let Some(path) = link.strip_prefix('/') else {
                continue;
            };
            let first = path.split('/').next().unwrap();
            if address::OF_FUNCTIONS.contains(&first) {
                continue;
            }
            let file = match path.is_empty() || path.ends_with('/') {
                true => format!("{path}index.html"),
                false => path.to_owned(),
            };
            if !OF_NO_CONTENT.contains(&file.as_str()) {
                found.insert(file);
            }
        }
    }
    found
}
