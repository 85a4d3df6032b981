//! Strings that break programs, and markup that tries to run: through every field that anyone can
//! fill, then everything that comes of them is read. The same way is gone with the same strings
//! tamed; nothing of the site may be made of more with the one than with the other.

mod files;
mod journey;
mod office;
mod public;
mod reading;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use crate::app::{Answer, repository};
use crate::scan::Seen;
use journey::Journey;

/// The strings of a journey.
#[derive(Clone)]
struct Strings {
    /// Each goes through every field; where a form does not take it, into what it answers.
    all: Vec<String>,
    /// One of each sort: those of a sort differ by their letters and digits alone, which are
    /// written as they are everywhere. All of them are kept in short fields, of which a string
    /// takes a whole one; in the long run (`ECOUTE_LONG`), all strings are.
    sorts: Vec<String>,
}

impl Strings {
    /// The strings of the data kept beside the repository; none where that is not there.
    fn hostile() -> Option<Self> {
        let folder = repository("../shared/data/hostile");
        let naughty = std::fs::read_to_string(folder.join("naughty_strings.json"));
        let payloads = std::fs::read(folder.join("xss_payloads.txt"));
        let (Ok(naughty), Ok(payloads)) = (naughty, payloads) else {
            eprintln!("skipped: {} is not there", folder.display());
            return None;
        };
        let mut all: Vec<String> = serde_json::from_str(&naughty).unwrap();
        let payloads = String::from_utf8_lossy(&payloads).into_owned();
        all.extend(payloads.lines().map(str::to_owned));
        let mut seen = BTreeSet::new();
        all.retain(|string| seen.insert(string.clone()));
        let mut sorts: BTreeMap<String, &String> = BTreeMap::new();
        for string in &all {
            let shortest = sorts.entry(sort(string)).or_insert(string);
            if string.len() < shortest.len() {
                *shortest = string;
            }
        }
        let mut sorts: Vec<String> = sorts.into_values().cloned().collect();
        if std::env::var_os("ECOUTE_LONG").is_some() {
            sorts.clone_from(&all);
        }
        assert!(all.len() > 3_000 && sorts.len() > 500);
        Some(Self { all, sorts })
    }

    /// Some strings of each length that no reader of markup takes for some, which make as many
    /// kinds of pages.
    fn tamed(&self) -> Self {
        let tamed = |strings: &[String], some| -> Vec<String> {
            let strings = strings.iter().step_by(some);
            strings.map(|string| tame(string)).collect()
        };
        Self {
            all: tamed(&self.all, 12),
            sorts: tamed(&self.sorts, 6),
        }
    }
}

/// A string with each run of ASCII letters and digits as one letter.
fn sort(string: &str) -> String {
    let mut sort = String::new();
    for c in string.chars() {
        match c {
            _ if !c.is_ascii_alphanumeric() => sort.push(c),
            _ if !sort.ends_with('a') => sort.push('a'),
            _ => {}
        }
    }
    sort
}

fn tame(string: &str) -> String {
    let plain = |c: char| if "<>\"'&`".contains(c) { 'x' } else { c };
    string.chars().map(plain).collect()
}

/// Strings one under the other, as many as a field takes; what is too long alone is left out.
fn batches(strings: &[String], limit: usize) -> Vec<String> {
    batches_by(strings, limit, |string| string.chars().count())
}

/// Strings one under the other, as many as so many fields of one form carry.
fn carried(strings: &[String], fields: usize) -> Vec<String> {
    const BODY_BYTES: usize = 60_000;
    batches_by(strings, BODY_BYTES / fields, |string| {
        let encoded = |byte: u8| if byte.is_ascii_alphanumeric() { 1 } else { 3 };
        string.bytes().map(encoded).sum()
    })
}

/// What is too short and what is too long for fields: it comes back otherwise than what fits.
fn plain() -> [String; 2] {
    ["x".to_owned(), "x".repeat(5_000)]
}

fn batches_by(strings: &[String], limit: usize, measure: impl Fn(&str) -> usize) -> Vec<String> {
    let line_break = measure("\n");
    let blank = |string: &str| string.trim().is_empty();
    let mut strings: Vec<(usize, &String)> = strings
        .iter()
        .map(|string| (measure(string), string))
        .filter(|(length, string)| *length <= limit && !blank(string))
        .collect();
    strings.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    let mut batches: Vec<(usize, String)> = Vec::new();
    for (length, string) in strings {
        let fits = |(used, _): &&mut (usize, String)| *used + line_break + length <= limit;
        match batches.iter_mut().find(fits) {
            Some((used, batch)) => {
                *used += line_break + length;
                batch.push('\n');
                batch.push_str(string);
            }
            None => batches.push((length, string.clone())),
        }
    }
    batches.into_iter().map(|(_, batch)| batch).collect()
}

#[test]
fn what_the_public_types_is_never_markup() {
    is_never_markup(Journey::of_the_public, 40);
}

#[test]
fn what_moderators_type_is_never_markup() {
    is_never_markup(Journey::of_moderators, 30);
}

#[test]
fn what_is_told_of_a_service_is_never_markup() {
    is_never_markup(Journey::of_testimonials, 20);
}

#[test]
fn what_is_imported_is_never_markup() {
    is_never_markup(Journey::of_files, 20);
}

/// Goes a way with the strings, and with tamed ones, which see the same kinds of pages.
#[track_caller]
fn is_never_markup<F: Future<Output = Seen>>(way: fn(Strings) -> F, kinds: usize) {
    let Some(strings) = Strings::hostile() else {
        return;
    };
    let seen = |strings| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(way(strings))
    };
    let tamed = strings.tamed();
    let (hostile, tamed) = std::thread::scope(|scope| {
        let tamed = scope.spawn(|| seen(tamed));
        (seen(strings), tamed.join().unwrap())
    });
    let beyond = hostile.beyond(&tamed);
    assert!(beyond.is_empty(), "{}", beyond.join("\n"));
    assert_eq!(hostile.disturbed, Vec::<String>::new());
    assert!(hostile.kinds() >= kinds, "{} kinds", hostile.kinds());
}

/// What a page is made of that runs: elements and attributes by name.
pub fn what_runs(answer: &Answer) -> BTreeSet<String> {
    let page = answer.page();
    let mut found = BTreeSet::new();
    for element in page.select("*") {
        let name = element.value().name();
        if [
            "script", "iframe", "object", "embed", "base", "meta", "form",
        ]
        .contains(&name)
        {
            let target = element.attr("src").or(element.attr("action"));
            found.insert(format!("{name} {}", target.unwrap_or_default()));
        }
        for (attribute, value) in element.value().attrs() {
            let leads = ["href", "src", "action", "formaction"].contains(&attribute);
            let script = leads && value.to_lowercase().contains("script:");
            if attribute.starts_with("on") || attribute == "style" || script {
                found.insert(format!("{name} {attribute}={value}"));
            }
        }
    }
    found
}
