//! What a person decided of themes, and what becomes of it in the next analysis.

use insights::themes::{
    Analysis, By, Contribution, Decision, Impossible, Journal, Key, Recipe, Review, Settings,
    Wanted, analyse, suggest,
};

use crate::themes::corpus;

fn found(contributions: &[Contribution]) -> Analysis {
    let settings = Settings {
        wanted: Wanted::Themes(4),
        ..Settings::default()
    };
    analyse(contributions, None, &settings, &|_, _, _| {}).unwrap()
}

/// A journal that followed an analysis of the corpus without its last contributions of each kind,
/// and that analysis.
fn begun() -> (Journal, Analysis) {
    let mut contributions = corpus();
    contributions.retain(|one| !one.id.ends_with("10") && !one.id.ends_with("08"));
    let analysis = found(&contributions);
    let mut journal = Journal::default();
    journal.follow(&analysis);
    (journal, analysis)
}

/// The key of the theme of a contribution.
#[track_caller]
fn key(review: &Review, id: &str) -> Key {
    review.contributions[id].theme
}

fn rename(theme: Key, label: &str) -> Decision {
    let label = label.to_owned();
    Decision::Rename { theme, label }
}

#[test]
fn a_name_stays_when_contributions_come_in() {
    let (mut journal, analysis) = begun();
    let review = journal.review(&analysis);
    let (evening, nursery) = (key(&review, "a02"), key(&review, "c02"));
    journal.decide(rename(evening, "Ouvrir plus tard")).unwrap();
    journal
        .decide(Decision::Validate { theme: evening })
        .unwrap();
    journal.decide(Decision::Hide { theme: nursery }).unwrap();

    let all = found(&corpus());
    journal.follow(&all);
    let review = journal.review(&all);
    assert_eq!(key(&review, "a02"), evening);
    let theme = &review.themes[&evening];
    assert_eq!(theme.label, "Ouvrir plus tard");
    assert!(theme.renamed && theme.validated && !theme.hidden);
    assert!(review.themes[&nursery].hidden);
    let sizes: usize = review.themes.values().map(|theme| theme.size).sum();
    assert_eq!(sizes, all.coverage.classified);

    // It is kept as JSON, and says the same after.
    let kept = serde_json::to_string(&journal).unwrap();
    let again: Journal = serde_json::from_str(&kept).unwrap();
    assert_eq!(again.review(&all), review);
}

#[test]
fn what_was_merged_split_and_moved_stays_so() {
    let (mut journal, analysis) = begun();
    let review = journal.review(&analysis);
    let (evening, site) = (key(&review, "a02"), key(&review, "b02"));
    let (nursery, answers) = (key(&review, "c02"), key(&review, "d02"));
    journal.decide(rename(site, "À distance")).unwrap();
    let merge = |theme, into| Decision::Merge { theme, into };
    journal.decide(merge(answers, site)).unwrap();
    assert_eq!(
        journal.decide(merge(site, answers)),
        Err(Impossible::Circle(site))
    );
    let disabled = journal.next_key();
    let split = Decision::Split {
        theme: disabled,
        label: "Handicap".to_owned(),
        contributions: vec!["c05".to_owned()],
    };
    journal.decide(split).unwrap();
    let moved = |contribution: &str, to| Decision::Move {
        contribution: contribution.to_owned(),
        to,
    };
    journal.decide(moved("a04", Some(nursery))).unwrap();
    journal.decide(moved("a07", None)).unwrap();
    let unknown = Key(99);
    assert_eq!(
        journal.decide(rename(unknown, "Rien")),
        Err(Impossible::Unknown(unknown))
    );

    let all = found(&corpus());
    journal.follow(&all);
    let review = journal.review(&all);
    assert_eq!(key(&review, "b02"), site);
    assert_eq!(key(&review, "d02"), site);
    assert_eq!(journal.whole(answers), site);
    assert!(!review.themes.contains_key(&answers));
    assert_eq!(review.themes[&site].label, "À distance");
    assert_eq!(review.themes[&site].found.len(), 2);
    assert_eq!(key(&review, "c05"), disabled);
    assert_eq!(review.themes[&disabled].size, 1);
    assert_eq!(key(&review, "a04"), nursery);
    assert_eq!(review.contributions["a04"].by, By::Person);
    assert!(!review.contributions.contains_key("a07"));
    assert_eq!(key(&review, "a02"), evening);
}

#[test]
fn from_three_examples_on_others_are_suggested_until_a_person_answers() {
    let contributions = corpus();
    let analysis = found(&contributions);
    let mut journal = Journal::default();
    journal.follow(&analysis);
    let review = journal.review(&analysis);
    let (site, nursery) = (key(&review, "b02"), key(&review, "c02"));
    let suggested = |journal: &Journal| -> Vec<String> {
        let review = journal.review(&analysis);
        suggest(&contributions, None, &Recipe::default(), journal, &review)
            .unwrap()
            .into_iter()
            .map(|suggestion| suggestion.contribution)
            .collect()
    };
    // A theme of passwords, which the engine left within that of the site.
    let password = journal.next_key();
    let split = Decision::Split {
        theme: password,
        label: "Mot de passe".to_owned(),
        contributions: vec!["b03".to_owned(), "b04".to_owned()],
    };
    journal.decide(split).unwrap();
    assert!(suggested(&journal).is_empty(), "two examples are too few");
    let to = |contribution: &str, to| Decision::Move {
        contribution: contribution.to_owned(),
        to: Some(to),
    };
    journal.decide(to("b02", password)).unwrap();
    let now = suggested(&journal);
    assert!(now.contains(&"b07".to_owned()), "{now:?}");
    assert_eq!(key(&journal.review(&analysis), "b07"), site);

    let mut declined = journal.clone();
    let decline = Decision::Decline {
        contribution: "b07".to_owned(),
        theme: password,
    };
    declined.decide(decline).unwrap();
    assert!(!suggested(&declined).contains(&"b07".to_owned()));
    journal.decide(to("b07", password)).unwrap();
    let after = suggested(&journal);
    assert!(!after.contains(&"b07".to_owned()), "{after:?}");
    let review = journal.review(&analysis);
    assert_eq!(key(&review, "b07"), password);
    assert_eq!(key(&review, "c02"), nursery);
}
