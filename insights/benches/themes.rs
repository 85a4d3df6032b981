//! What the engine of themes finds beside what people found, and how fast:
//! `cargo bench -p insights --bench themes [-- [scores [--vectors FOLDER] [--out FOLDER]] [labels
//! [--vectors FOLDER] [missed]] [speed [--most N] [stages]]]`
//!
//! The sets are read from `shared/data/insights/dev` beside the repository; `--vectors` is a folder
//! that has, for each set, `NAME.f32`: a sentence vector of 512 little-endian floats for each row.
//! `--out` writes each analysis as JSON, for other scorers; `labels` is how often the terms of a
//! theme say what people called it, and `missed` shows those that don't; `stages` is what each
//! stage takes, and `--most` leaves larger volumes out.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that can't go on stops where it stands"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use insights::themes::{Analysis, Contribution, Settings, Vectors, Wanted, analyse};

#[path = "themes/labels.rs"]
mod labels;
#[path = "themes/scores.rs"]
mod scores;

const DIMENSIONS: usize = 512;
const SETS: [&str; 6] = [
    "elf_OE10", "elf_FI8", "elf_DC11", "elf_TE11", "gda_FI8", "egalite",
];
/// The sets of which the mean is the target; the last one has its own.
const IN_MEAN: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| -> Option<PathBuf> {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).map(PathBuf::from)
    };
    let asked = |name: &str| said(name) || !(said("scores") || said("labels") || said("speed"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = root.join("../../shared/data/insights/dev");
    if !data.exists() {
        eprintln!("skipped: {} is not there", data.display());
        return;
    }
    if asked("scores") {
        score(&data, None, after("--out").as_deref());
        if let Some(vectors) = after("--vectors") {
            score(&data, Some(&vectors), after("--out").as_deref());
        }
    }
    if asked("labels") {
        label(&data, None);
        if let Some(vectors) = after("--vectors") {
            label(&data, Some(&vectors));
        }
    }
    if asked("speed") {
        let most = after("--most").and_then(|most| most.to_str()?.parse().ok());
        speed(&data, most);
    }
}

/// Whether a word is among the arguments.
fn said(word: &str) -> bool {
    std::env::args().any(|argument| argument == word)
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_path(path)
        .unwrap();
    let header = reader.headers().unwrap().clone();
    let records = reader.records().map(|record| record.unwrap());
    let row = |record: csv::StringRecord| {
        let cells = header.iter().zip(record.iter());
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    };
    records.map(row).collect()
}

fn floats(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let (floats, _) = bytes.as_chunks();
    floats
        .iter()
        .map(|float| f32::from_le_bytes(*float))
        .collect()
}

/// The table of scores, each set divided in as many themes as it has labels.
fn score(data: &Path, vectors: Option<&Path>, out: Option<&Path>) {
    let kind = vectors.map_or("lexical", |_| "semantic");
    println!("\n| {kind} | n | themes | classified | ARI | NMI | F1h | stability | ms |");
    println!("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    let mut sums = [0.0; 4];
    for (at, name) in SETS.into_iter().enumerate() {
        let rows = rows(&data.join(format!("{name}.tsv")));
        let gold: Vec<&str> = rows.iter().map(|row| row["label"].as_str()).collect();
        let started = Instant::now();
        let found = divided(name, &rows, vectors);
        let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
        let themes: Vec<String> = rows
            .iter()
            .map(|row| match found.assignments[&row["id"]] {
                Some(theme) => theme.to_string(),
                None => "(unclassified)".to_owned(),
            })
            .collect();
        let themes: Vec<&str> = themes.iter().map(String::as_str).collect();
        let (ari, nmi, f1) = (
            scores::adjusted_rand(&gold, &themes),
            scores::normalised_information(&gold, &themes),
            scores::matched_f1(&gold, &themes),
        );
        println!(
            "| {name} | {} | {} | {:.3} | {ari:.3} | {nmi:.3} | {f1:.3} | {:.2} | {milliseconds:.0} |",
            gold.len(),
            found.themes.len(),
            found.coverage.share,
            found.stability,
        );
        if at < IN_MEAN {
            for (sum, score) in sums
                .iter_mut()
                .zip([ari, nmi, f1, f64::from(found.stability)])
            {
                *sum += score / IN_MEAN as f64;
            }
        }
        if let Some(out) = out {
            let json = serde_json::to_string_pretty(&found).unwrap();
            std::fs::write(out.join(format!("{name}.{kind}.json")), json).unwrap();
        }
    }
    let [ari, nmi, f1, stability] = sums;
    println!(
        "| **mean of the first five** | | | | **{ari:.3}** | {nmi:.3} | **{f1:.3}** | {stability:.2} | |"
    );
}

/// A set divided in as many themes as it has labels.
fn divided(name: &str, rows: &[BTreeMap<String, String>], vectors: Option<&Path>) -> Analysis {
    let contributions: Vec<Contribution> = rows
        .iter()
        .map(|row| Contribution {
            id: row["id"].clone(),
            text: row["text"].clone(),
            ..Contribution::default()
        })
        .collect();
    let labels: BTreeSet<&str> = rows.iter().map(|row| row["label"].as_str()).collect();
    let settings = Settings {
        wanted: Wanted::Themes(labels.len()),
        ..Settings::default()
    };
    let values = vectors.map(|folder| floats(&folder.join(format!("{name}.f32"))));
    let vectors = values.as_ref().map(|values| Vectors {
        dimensions: DIMENSIONS,
        values,
    });
    analyse(&contributions, vectors.as_ref(), &settings, &|_, _, _| {}).unwrap()
}

/// The table of how often the terms of themes say what people called them.
fn label(data: &Path, vectors: Option<&Path>) {
    let kind = vectors.map_or("lexical", |_| "semantic");
    println!(
        "\n| {kind} | themes | same stem | same beginning | a large tag | characteristic | said once | said often |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: |");
    let line = |name: &str, hits: labels::Hits| {
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} |",
            hits.themes,
            hits.same_stem,
            hits.same_beginning,
            hits.any_large_tag,
            hits.characteristic,
            hits.said_once,
            hits.said_often,
        );
    };
    let mut all = labels::Hits::default();
    for name in SETS {
        let rows = rows(&data.join(format!("{name}.tsv")));
        let found = divided(name, &rows, vectors);
        let contributions: Vec<labels::Tagged<'_>> = rows
            .iter()
            .map(|row| labels::Tagged {
                id: &row["id"],
                tag: &row["label"],
                text: &row["text"],
            })
            .collect();
        let hits = labels::hits(&found, &contributions, &mut |tag, terms, said_in| {
            if said("missed") {
                println!("  missed: {tag} {said_in:?} ← {}", terms.join(", "));
            }
        });
        line(name, hits);
        all += hits;
    }
    line("**all**", all);
}

/// Times and memory, on titles of the Vrai débat: said again with other words among them, so that
/// there are as many as are wanted and no two are the same.
fn speed(data: &Path, most: Option<usize>) {
    let titles: Vec<String> = rows(&data.join("vraidebat_titles.tsv"))
        .into_iter()
        .map(|mut row| row.remove("text").unwrap())
        .collect();
    println!(
        "\n| contributions | words | seconds | of processors | ÷ folding alone | themes | peak MB so far |"
    );
    println!("| --: | --: | --: | --: | --: | --: | --: |");
    for count in [1_000_usize, 10_000, 100_000]
        .into_iter()
        .filter(|count| most.is_none_or(|most| *count <= most))
    {
        let contributions: Vec<Contribution> = (0..count)
            .map(|at| {
                let first = &titles[at % titles.len()];
                // Another title beside it, at a distance that grows with each turn.
                let turn = at / titles.len();
                let second = &titles[(at + 1 + turn * 7_919) % titles.len()];
                Contribution {
                    id: format!("{at:06}"),
                    text: format!("{first}. {second}"),
                    ..Contribution::default()
                }
            })
            .collect();
        let words: usize = contributions
            .iter()
            .map(|one| one.text.split_whitespace().count())
            .sum();
        let started = Instant::now();
        let folded: usize = contributions
            .iter()
            .map(|one| insights::near::fold(&one.text).len())
            .sum();
        std::hint::black_box(folded);
        let folding = started.elapsed().as_secs_f64();
        let (started, worked) = (Instant::now(), processor_seconds());
        let begun = std::sync::Mutex::new((None, worked));
        let found = analyse(
            &contributions,
            None,
            &Settings::default(),
            &|stage, _, _| {
                let mut begun = begun.lock().unwrap();
                if said("stages") && begun.0 != Some(stage) {
                    let now = processor_seconds();
                    println!("  {:?} took {:.2} s of processors", begun.0, now - begun.1);
                    *begun = (Some(stage), now);
                }
            },
        )
        .unwrap();
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "| {count} | {words} | {seconds:.2} | {:.2} | {:.0} | {} | {} |",
            processor_seconds() - worked,
            seconds / folding,
            found.themes.len(),
            peak_megabytes().map_or("?".to_owned(), |peak| peak.to_string()),
        );
    }
}

/// The time that processors have worked for this process, which a busy machine does not change
/// much; 0 where the system doesn't say it.
fn processor_seconds() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS
}

/// The most memory that this process has had, in 10⁶ bytes, where the system says it.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1_024 / 1_000_000)
}
