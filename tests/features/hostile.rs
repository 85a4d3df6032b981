//! Strings that break programs, and markup that tries to run: through every field that anyone can
//! fill, then everything that comes of them is read. The same way is gone with the same strings
//! tamed; nothing of the site may be made of more with the one than with the other.

mod journey;

use std::collections::BTreeSet;

use crate::app::{Answer, repository};
use crate::scan::Seen;
use journey::Journey;

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

/// The strings of the data kept beside the repository; none where that is not there.
fn hostile() -> Option<Vec<String>> {
    let folder = repository("../shared/data/hostile");
    let naughty = std::fs::read_to_string(folder.join("naughty_strings.json"));
    let payloads = std::fs::read(folder.join("xss_payloads.txt"));
    let (Ok(naughty), Ok(payloads)) = (naughty, payloads) else {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    };
    let mut strings: Vec<String> = serde_json::from_str(&naughty).unwrap();
    let payloads = String::from_utf8_lossy(&payloads).into_owned();
    strings.extend(payloads.lines().map(str::to_owned));
    let once = BTreeSet::from_iter(&strings).len();
    assert!(once > 3_000, "{once} strings");
    Some(strings)
}

/// A string of the same length that no reader of markup takes for some.
fn tame(string: &str) -> String {
    let plain = |c: char| if "<>\"'&`".contains(c) { 'x' } else { c };
    string.chars().map(plain).collect()
}

/// Strings one under the other, as many as a field takes; what is too long alone is left out.
fn batches(strings: &[String], limit: usize) -> Vec<String> {
    let mut batches: Vec<(usize, String)> = Vec::new();
    for string in strings {
        let length = string.chars().count();
        match batches.last_mut() {
            _ if length > limit || string.trim().is_empty() => {}
            Some((used, batch)) if *used + 1 + length <= limit => {
                *used += 1 + length;
                batch.push('\n');
                batch.push_str(string);
            }
            _ => batches.push((length, string.clone())),
        }
    }
    batches.into_iter().map(|(_, batch)| batch).collect()
}

/// Where a string stands in an address.
fn encoded(string: &str) -> String {
    string.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn what_is_typed_is_never_markup() {
    is_never_markup(Journey::by_form, 30);
}

#[test]
fn what_is_imported_is_never_markup() {
    is_never_markup(Journey::by_file, 20);
}

/// Goes a way with the strings, and with some of them tamed, which see the same kinds of pages.
#[track_caller]
fn is_never_markup<F: Future<Output = Seen>>(way: fn(Vec<String>) -> F, kinds: usize) {
    const SOME: usize = 6;
    let Some(strings) = hostile() else { return };
    let tamed = strings.iter().step_by(SOME);
    let tamed: Vec<String> = tamed.map(|string| tame(string)).collect();
    let seen = |strings| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(way(strings))
    };
    let (hostile, tamed) = std::thread::scope(|scope| {
        let tamed = scope.spawn(|| seen(tamed));
        (seen(strings), tamed.join().unwrap())
    });
    let beyond = hostile.beyond(&tamed);
    assert!(beyond.is_empty(), "{}", beyond.join("\n"));
    assert_eq!(hostile.disturbed, Vec::<String>::new());
    assert!(hostile.kinds() >= kinds, "{} kinds", hostile.kinds());
}
