//! Themes found in contributions.

use std::collections::{BTreeMap, BTreeSet};

use insights::themes::{
    Analysis, Contribution, Grain, Refused, Sentiment, Settings, Stage, Stance, Standing, Vectors,
    Wanted, analyse,
};

use crate::app::repository;

/// The 42 contributions of `themes/corpus.tsv`: 10 of each of 4 kinds, and 2 that say nothing.
pub fn corpus() -> Vec<Contribution> {
    let rows = include_str!("themes/corpus.tsv").lines().skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        Contribution {
            id: cells[0].to_owned(),
            stance: match cells[2] {
                "for" => Some(Stance::For),
                "against" => Some(Stance::Against),
                _ => None,
            },
            author: Some(cells[3].to_owned()),
            likes: cells[4].parse().unwrap(),
            title: Some(cells[5].to_owned()).filter(|title| !title.is_empty()),
            text: cells[6].to_owned(),
            sentiment: cells[6].contains("trop").then_some(Sentiment::Negative),
        }
    })
    .collect()
}

fn text(id: &str, text: &str) -> Contribution {
    Contribution {
        id: id.to_owned(),
        text: text.to_owned(),
        ..Contribution::default()
    }
}

fn four() -> Settings {
    Settings {
        wanted: Wanted::Themes(4),
        ..Settings::default()
    }
}

fn found(contributions: &[Contribution], settings: &Settings) -> Analysis {
    analyse(contributions, None, settings, &|_, _, _| {}).unwrap()
}

fn json(analysis: &Analysis) -> String {
    serde_json::to_string_pretty(analysis).unwrap()
}

/// Everything that holds of any analysis of any contributions.
#[track_caller]
fn check(contributions: &[Contribution], analysis: &Analysis) {
    let ids: BTreeSet<&str> = contributions.iter().map(|one| one.id.as_str()).collect();
    let assigned: BTreeSet<&str> = analysis.assignments.keys().map(String::as_str).collect();
    assert_eq!(assigned, ids);
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    for (id, theme) in &analysis.assignments {
        assert_eq!(analysis.contributions[id].theme(), *theme);
        if let Some(theme) = theme {
            *sizes.entry(*theme).or_default() += 1;
        }
    }
    let told: BTreeMap<u32, usize> = (0..)
        .zip(analysis.themes.iter().map(|theme| theme.size))
        .collect();
    assert_eq!(told, sizes);
    let coverage = &analysis.coverage;
    assert_eq!(
        coverage.classified + coverage.undecided + coverage.isolated,
        contributions.len()
    );
    for theme in &analysis.themes {
        for verbatim in &theme.verbatims {
            assert!(ids.contains(verbatim.id.as_str()));
        }
    }
    let again: Analysis = serde_json::from_str(&json(analysis)).unwrap();
    assert_eq!(again, *analysis);
}

#[test]
fn a_small_campaign_as_a_whole() {
    let contributions = corpus();
    let analysis = found(&contributions, &four());
    check(&contributions, &analysis);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.bind(|| insta::assert_snapshot!(json(&analysis)));
}

#[test]
fn contributions_of_a_kind_are_in_a_theme() {
    let analysis = found(&corpus(), &four());
    let mut right = 0;
    for kind in ["a", "b", "c", "d"] {
        let mut themes: BTreeMap<Option<u32>, usize> = BTreeMap::new();
        let those = analysis
            .assignments
            .iter()
            .filter(|(id, _)| id.starts_with(kind));
        those.for_each(|(_, theme)| *themes.entry(*theme).or_default() += 1);
        right += themes.values().max().unwrap();
    }
    assert!(right >= 34, "{right} of 40");
    assert_eq!(analysis.contributions["z01"], Standing::Isolated);
}

#[test]
fn the_same_bytes_in_any_order() {
    let contributions = corpus();
    let expected = json(&found(&contributions, &Settings::default()));
    let mut other = contributions.clone();
    other.reverse();
    assert_eq!(json(&found(&other, &Settings::default())), expected);
    for turn in [1, 7, 19] {
        other.rotate_left(turn);
        other.swap(0, turn);
        assert_eq!(json(&found(&other, &Settings::default())), expected);
    }
}

#[test]
fn sentence_vectors_follow_their_contribution_in_any_order() {
    // Vectors that part contributions by the first letter of their identifier alone.
    let vector = |one: &Contribution| -> [f32; 5] {
        let mut vector = [0.01; 5];
        vector[usize::from(one.id.as_bytes()[0] % 5)] = 1.0;
        vector
    };
    let vectors = |all: &[Contribution]| all.iter().flat_map(vector).collect::<Vec<f32>>();
    let mut contributions = corpus();
    let run = |contributions: &[Contribution]| {
        let values = vectors(contributions);
        let vectors = Vectors {
            dimensions: 5,
            values: &values,
        };
        analyse(contributions, Some(&vectors), &four(), &|_, _, _| {}).unwrap()
    };
    let expected = run(&contributions);
    check(&contributions, &expected);
    for kind in ["a", "b", "c", "d"] {
        let those = expected
            .assignments
            .iter()
            .filter(|(id, _)| id.starts_with(kind));
        let themes: BTreeSet<Option<u32>> = those.map(|(_, theme)| *theme).collect();
        assert_eq!(themes.len(), 1, "{kind}");
    }
    contributions.reverse();
    assert_eq!(json(&run(&contributions)), json(&expected));
}

#[test]
fn vectors_of_others_and_identifiers_twice_are_refused() {
    let values = [1.0; 9];
    let vectors = Vectors {
        dimensions: 5,
        values: &values,
    };
    let two = [text("a", "un"), text("b", "deux")];
    let refused = analyse(&two, Some(&vectors), &four(), &|_, _, _| {});
    let (expected, given) = (10, 9);
    assert_eq!(refused, Err(Refused::Vectors { expected, given }));
    let twice = [text("a", "un"), text("a", "deux")];
    let refused = analyse(&twice, None, &four(), &|_, _, _| {});
    assert_eq!(refused, Err(Refused::SameId("a".to_owned())));
}

#[test]
fn nothing_one_and_all_the_same() {
    let none = found(&[], &four());
    check(&[], &none);
    assert!(none.themes.is_empty());

    let one = [text("seul", "Ouvrir les accueils le soir.")];
    check(&one, &found(&one, &Settings::default()));

    let same: Vec<Contribution> = (0..60)
        .map(|at| text(&format!("{at:02}"), "Taxer les riches"))
        .collect();
    let analysis = found(&same, &Settings::default());
    check(&same, &analysis);
    assert_eq!(analysis.copies.len(), 1);
    assert_eq!(analysis.copies[0].id, "00");
    assert_eq!(analysis.copies[0].like_it.len(), 59);
    let themes: BTreeSet<Option<u32>> = analysis.assignments.into_values().collect();
    assert_eq!(themes.len(), 1);
}

#[test]
fn copies_are_found_exact_and_after_small_changes() {
    let analysis = found(&corpus(), &four());
    let copies: Vec<(&str, Vec<&str>)> = analysis
        .copies
        .iter()
        .map(|copies| {
            let like_it = copies.like_it.iter().map(|copy| copy.id.as_str());
            (copies.id.as_str(), like_it.collect())
        })
        .collect();
    assert_eq!(copies, [("c07", vec!["c09"])]);
    let likeness = analysis.copies[0].like_it[0].likeness;
    assert!((0.7..1.0).contains(&likeness), "{likeness}");
    let same = [
        text("1", "Il faut ouvrir le SOIR, voilà."),
        text("2", "Il faut ouvrir le soir : voilà !"),
        text("3", "Rien à voir avec cela, sinon le soir."),
    ];
    let analysis = found(&same, &four());
    assert_eq!(analysis.copies.len(), 1);
    assert_eq!(analysis.copies[0].like_it[0].id, "2");
    assert_eq!(analysis.copies[0].like_it[0].likeness, 1.0);
}

#[test]
fn as_many_themes_as_are_wanted_and_more_when_finer() {
    let contributions = corpus();
    for count in [1, 2, 3, 4] {
        let settings = Settings {
            wanted: Wanted::Themes(count),
            ..Settings::default()
        };
        let analysis = found(&contributions, &settings);
        check(&contributions, &analysis);
        assert_eq!(analysis.themes.len(), count);
    }
    let grains = [Grain::Coarse, Grain::Medium, Grain::Fine].map(|grain| {
        let settings = Settings {
            wanted: Wanted::Grain(grain),
            ..Settings::default()
        };
        found(&contributions, &settings).themes.len()
    });
    assert!(grains.is_sorted(), "{grains:?}");
}

#[test]
fn progress_goes_through_the_stages_in_order() {
    let seen = std::sync::Mutex::new(Vec::new());
    let contributions = corpus();
    analyse(&contributions, None, &four(), &|stage, done, all| {
        assert!(done <= all);
        seen.lock().unwrap().push(stage);
    })
    .unwrap();
    let mut stages = seen.into_inner().unwrap();
    assert!(stages.is_sorted());
    stages.dedup();
    assert_eq!(
        stages,
        [
            Stage::Reading,
            Stage::Reducing,
            Stage::Comparing,
            Stage::Dividing,
            Stage::Verifying,
            Stage::Describing
        ]
    );
}

#[test]
fn long_texts() {
    let words = [
        "accueil",
        "horaires",
        "crèche",
        "réponse",
        "site",
        "téléphone",
        "samedi",
    ];
    let contributions: Vec<Contribution> = (0..12)
        .map(|at: usize| {
            let step = 1 + at % 3;
            let said = (at..).step_by(step).map(|place| words[place % words.len()]);
            let mut long = said.take(1_000).collect::<Vec<_>>().join(" ");
            long.truncate(long.floor_char_boundary(8_000));
            text(&format!("{at:02}"), &long)
        })
        .collect();
    check(&contributions, &found(&contributions, &Settings::default()));
    let endless = [
        text("1", &"a".repeat(8_000)),
        text("2", &"é\u{301}".repeat(4_000)),
        text("3", &"👩‍👧‍👦 ".repeat(1_000)),
        text("4", &"l’".repeat(2_000)),
    ];
    check(&endless, &found(&endless, &Settings::default()));
}

#[test]
fn hostile_texts() {
    let file = repository("../shared/data/hostile/naughty_strings.json");
    if !file.exists() {
        eprintln!("skipped: {} is not there", file.display());
        return;
    }
    let strings: Vec<String> =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let contributions: Vec<Contribution> = strings
        .iter()
        .enumerate()
        .map(|(at, hostile)| Contribution {
            id: format!("{at} {hostile}"),
            title: Some(hostile.clone()),
            text: hostile.clone(),
            author: Some(hostile.clone()),
            likes: u64::MAX,
            ..Contribution::default()
        })
        .collect();
    check(&contributions, &found(&contributions, &Settings::default()));
}
