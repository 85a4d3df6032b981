//! What differs between two texts, word by word.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// A part of a text that is shown with what replaced it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Run {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

/// What became of a part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Same,
    Removed,
    Added,
}

/// What differs between a text and what it becomes, in the order of reading: what was removed
/// comes before what stands in its place. A single blank between two changes goes with them, so
/// that what is read is « ces trois mots » and not one word after the other.
pub(crate) fn between(before: &str, after: &str) -> Vec<Run> {
    let diff = TextDiff::from_unicode_words(before, after);
    let changes: Vec<(ChangeTag, &str)> = diff
        .iter_all_changes()
        .map(|change| (change.tag(), change.value()))
        .collect();
    let mut runs: Vec<Run> = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    for (place, (tag, text)) in changes.iter().enumerate() {
        let next = changes.get(place + 1).map(|(tag, _)| *tag);
        let is_open = !(removed.is_empty() && added.is_empty());
        let is_blank = text.chars().all(char::is_whitespace) && !text.contains('\n');
        match tag {
            ChangeTag::Delete => removed.push_str(text),
            ChangeTag::Insert => added.push_str(text),
            ChangeTag::Equal
                if is_open && is_blank && !matches!(next, None | Some(ChangeTag::Equal)) =>
            {
                removed.push_str(text);
                added.push_str(text);
            }
            ChangeTag::Equal => {
                close(&mut runs, &mut removed, &mut added);
                push(&mut runs, Kind::Same, text);
            }
        }
    }
    close(&mut runs, &mut removed, &mut added);
    runs
}

fn close(runs: &mut Vec<Run>, removed: &mut String, added: &mut String) {
    push(runs, Kind::Removed, removed);
    push(runs, Kind::Added, added);
    removed.clear();
    added.clear();
}

fn push(runs: &mut Vec<Run>, kind: Kind, text: &str) {
    if text.is_empty() {
        return;
    }
    match runs.last_mut() {
        Some(last) if last.kind == kind => last.text.push_str(text),
        _ => runs.push(Run {
            kind,
            text: text.to_owned(),
        }),
    }
}

/// How many places differ.
pub(crate) fn places(runs: &[Run]) -> usize {
    let mut places = 0;
    let mut was_same = true;
    for run in runs {
        let is_same = run.kind == Kind::Same;
        places += usize::from(was_same && !is_same);
        was_same = is_same;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::{Kind, between, places};

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        let runs = between(before, after);
        let shown: Vec<String> = runs
            .iter()
            .map(|run| match run.kind {
                Kind::Same => run.text.clone(),
                Kind::Removed => format!("[-{}-]", run.text),
                Kind::Added => format!("[+{}+]", run.text),
            })
            .collect();
        assert_eq!(shown.concat(), expected);
        let kept = |without: Kind| -> String {
            let runs = runs.iter().filter(|run| run.kind != without);
            runs.map(|run| run.text.as_str()).collect()
        };
        assert_eq!(kept(Kind::Added), before);
        assert_eq!(kept(Kind::Removed), after);
    }

    #[test]
    fn words_that_differ_are_read_together() {
        check("Un mot.", "Un mot.", "Un mot.");
        check("", "Un mot.", "[+Un mot.+]");
        check(
            "Madame Dupont de l’accueil m’a crié dessus.",
            "Une personne de l’accueil m’a mal parlé.",
            "[-Madame Dupont-][+Une personne+] de l’accueil m’a [-crié dessus-][+mal parlé+].",
        );
        check("Premier.\n\nSecond.", "Premier.", "Premier.[-\n\nSecond.-]");
        assert_eq!(places(&between("a b c d", "a x c y")), 2);
    }
}
