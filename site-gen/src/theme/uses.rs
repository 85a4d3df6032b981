//! What a template uses: other templates, and messages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::messages::Messages;
use crate::problem::{Problem, said};
use crate::state::hash_of;

/// Template texts by name.
pub(super) type Templates = BTreeMap<String, String>;

/// The templates that each template uses itself, by name.
#[derive(Debug)]
pub(super) struct Uses(BTreeMap<String, Vec<String>>);

impl Uses {
    /// What each of these templates extends, includes, and takes components from.
    pub(super) fn of(templates: &Templates) -> Self {
        let mut holders: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        for (name, text) in templates {
            for after in text.split("{% component ").skip(1) {
                holders.entry(identifier(after)).or_default().push(name);
            }
        }
        let used = |text: &String| {
            let mut used: Vec<String> = Vec::new();
            for opening in ["extends ", "include "] {
                let named = text.split(opening).skip(1);
                let names = named.filter_map(|after| after.get(1..)?.split(['"', '\'']).next());
                used.extend(names.map(str::to_owned));
            }
            let called = text.split('<').skip(1).map(identifier);
            let called: BTreeSet<&str> = called.collect();
            for holders in called.iter().filter_map(|name| holders.get(name)) {
                used.extend(holders.iter().map(|name| (*name).clone()));
            }
            used
        };
        let all = templates.iter();
        Self(all.map(|(name, text)| (name.clone(), used(text))).collect())
    }

    /// A template and all that it is made of, in the order of their names.
    pub(super) fn whole<'a>(&'a self, template: &'a str) -> BTreeSet<&'a str> {
        let mut used = BTreeSet::new();
        let mut left = vec![template];
        while let Some(next) = left.pop() {
            if used.insert(next)
                && let Some(uses) = self.0.get(next)
            {
                left.extend(uses.iter().map(String::as_str));
            }
        }
        used
    }

    /// What each template is made of, as a number that changes with it. A message is a part of
    /// every template that names it, and `common` of all.
    pub(super) fn fingerprints(
        &self,
        templates: &Templates,
        messages: &Messages,
        common: u64,
    ) -> BTreeMap<String, u64> {
        let keys = messages.iter().map(|(key, _)| key.len());
        let longest = keys.max().unwrap_or_default();
        let own: BTreeMap<&str, u64> = templates
            .iter()
            .map(|(name, text)| {
                let words = named_messages(text, messages, longest);
                let words: Vec<(&String, &String)> = words.into_iter().collect();
                (name.as_str(), hash_of(&(text, words)))
            })
            .collect();
        own.keys()
            .map(|name| {
                let used = self.whole(name).into_iter();
                let parts: Vec<u64> = used.filter_map(|name| own.get(name).copied()).collect();
                ((*name).to_owned(), hash_of(&(common, parts)))
            })
            .collect()
    }
}

/// The name with which a text begins.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The first message that a template names and that is not there: it would be found missing only
/// when somebody asks for the page, and some are asked for by moderators alone.
pub(super) fn missing_message(
    templates: &Templates,
    messages: &Messages,
    folder: &Path,
) -> Option<Problem> {
    const CALL: &str = "t(key=\"";
    templates.iter().find_map(|(name, text)| {
        text.match_indices(CALL).find_map(|(at, _)| {
            let key = text[at + CALL.len()..].split('"').next()?;
            if messages.has(key) {
                return None;
            }
            let missing = said("theme.key", &[("key", key.to_owned())]);
            let what = said("theme.template", &[("error", missing)]);
            let length = text[at..].find(')').map_or(CALL.len(), |end| end + 1);
            let path = folder.join(name);
            Some(Problem::at(&path, text, at..at + length, what))
        })
    })
}

/// The messages that a template names, whole or without their plural form: keys are literals, so
/// each stands between two quotes of a kind. `longest` is the length of the longest key, in bytes.
fn named_messages<'s>(
    text: &str,
    messages: &'s Messages,
    longest: usize,
) -> BTreeMap<&'s String, &'s String> {
    let mut named = BTreeMap::new();
    let mut plural = String::with_capacity(longest + ".other".len());
    for quote in ['"', '\''] {
        // What is between two quotes is mostly markup, and longer.
        for key in text.split(quote).filter(|piece| piece.len() <= longest) {
            named.extend(messages.get(key));
            for form in [".one", ".other"] {
                plural.clear();
                plural.push_str(key);
                plural.push_str(form);
                named.extend(messages.get(&plural));
            }
        }
    }
    named
}
