//! Sentiment: how often it is right, and what it costs.
//!
//! `cargo bench -p insights --bench sentiment`. The folder of data is `../shared/data` of the
//! repository, or `ECOUTE_DATA`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::Sentiment;
use insights::sentiment::{self, Trained};

type Labelled = (String, Sentiment);

fn main() {
    let data = std::env::var_os("ECOUTE_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let reviews = data.join("insights/dev/tv_reviews_sentiment.tsv");
    let Ok(reviews) = std::fs::read_to_string(&reviews) else {
        println!("{} is not there: nothing is measured.", reviews.display());
        return;
    };
    let (train, dev) = split(&reviews);
    let all: Vec<Labelled> = train.iter().chain(&dev).cloned().collect();

    println!("An abstention counts neither as right nor as wrong in « right of answered », and as");
    println!("wrong in « right of all ». « Forced »: the likelier answer where it abstains.\n");
    println!("| texts | by | texts | answered | right of answered | right of all | forced |");
    println!("| --- | --- | --: | --: | --: | --: | --: |");
    let lexicon = |text: &str| sentiment::read(text).sentiment;
    let forced = |text: &str| {
        let reading = sentiment::read(text);
        if reading.praise > reading.blame {
            Sentiment::Positive
        } else {
            Sentiment::Negative
        }
    };
    row("reviews, train and dev", "lexicon", &all, lexicon, forced);
    row("reviews, dev", "lexicon", &dev, lexicon, forced);
    let testimonials = testimonials(&data.join("participation/services_publics_plus.csv"));
    row("testimonials", "lexicon", &testimonials, lexicon, forced);
    let clear: Vec<Labelled> = testimonials
        .iter()
        .filter(|(_, said)| *said != Sentiment::Neutral)
        .cloned()
        .collect();
    row(
        "testimonials, without the neutral",
        "lexicon",
        &clear,
        lexicon,
        forced,
    );

    let borrowed: Vec<(&str, Sentiment)> = borrow(&train);
    let started = Instant::now();
    let trained = Trained::train(&borrowed).expect("enough labels");
    let training = started.elapsed().as_secs_f64();
    let name = format!("{} labels", train.len());
    row(
        "reviews, dev",
        &name,
        &dev,
        |text| trained.read(text),
        |text| trained.answer(text).0,
    );
    // Every ninth of the train split is about 300 of them, drawn nine times.
    let (mut right, mut answered, mut forced, mut drawn) = (0.0, 0.0, 0.0, 0.0);
    for first in 0..9 {
        let some: Vec<(&str, Sentiment)> =
            borrowed.iter().skip(first).step_by(9).copied().collect();
        let Ok(few) = Trained::train(&some) else {
            continue;
        };
        let score = Score::of(&dev, |text| few.read(text), |text| few.answer(text).0);
        right += score.right_of_answered();
        answered += score.answered as f64 / score.texts as f64;
        forced += score.forced as f64 / score.texts as f64;
        drawn += 1.0;
    }
    println!(
        "| reviews, dev (mean of {drawn} draws) | {} labels | {} | {:.3} | {:.3} | {:.3} | {:.3} |",
        borrowed.len().div_ceil(9),
        dev.len(),
        answered / drawn,
        right / drawn,
        right * answered / (drawn * drawn),
        forced / drawn,
    );
    let expected = trained.expected();
    println!(
        "\nWhat the model of {} labels expects of itself: {:.3} answered, {:.3} of them right.",
        train.len(),
        expected.answered,
        expected.right
    );

    let started = Instant::now();
    for (text, _) in &all {
        std::hint::black_box(sentiment::read(text));
    }
    let reading = started.elapsed().as_secs_f64();
    let started = Instant::now();
    for (text, _) in &all {
        std::hint::black_box(trained.read(text));
    }
    let learnt = started.elapsed().as_secs_f64();
    let bytes = trained.to_bytes();
    let started = Instant::now();
    let again = Trained::from_bytes(&bytes).expect("a model");
    let loading = started.elapsed().as_secs_f64();
    assert!(again == trained, "a model is the same when it was kept");
    println!("\n| | s | ÷ lexicon |\n| --- | --: | --: |");
    for (name, seconds) in [
        (format!("lexicon, {} texts", all.len()), reading),
        (format!("learnt model, {} texts", all.len()), learnt),
        (format!("learning from {} labels", train.len()), training),
        (format!("loading {} KB", bytes.len() / 1_000), loading),
    ] {
        println!("| {name} | {seconds:.3} | {:.1} |", seconds / reading);
    }
}

#[derive(Default)]
struct Score {
    texts: usize,
    answered: usize,
    right: usize,
    forced: usize,
}

impl Score {
    fn of(
        texts: &[Labelled],
        read: impl Fn(&str) -> Option<Sentiment>,
        forced: impl Fn(&str) -> Sentiment,
    ) -> Self {
        let mut score = Self::default();
        for (text, said) in texts {
            let answer = read(text);
            score.texts += 1;
            score.answered += usize::from(answer.is_some());
            score.right += usize::from(answer == Some(*said));
            score.forced += usize::from(answer.unwrap_or_else(|| forced(text)) == *said);
        }
        score
    }

    fn right_of_answered(&self) -> f64 {
        self.right as f64 / self.answered.max(1) as f64
    }
}

fn row(
    name: &str,
    by: &str,
    texts: &[Labelled],
    read: impl Fn(&str) -> Option<Sentiment>,
    forced: impl Fn(&str) -> Sentiment,
) {
    let score = Score::of(texts, read, forced);
    let all = score.texts.max(1) as f64;
    println!(
        "| {name} | {by} | {} | {:.3} | {:.3} | {:.3} | {:.3} |",
        score.texts,
        score.answered as f64 / all,
        score.right_of_answered(),
        score.right as f64 / all,
        score.forced as f64 / all,
    );
}

fn borrow(texts: &[Labelled]) -> Vec<(&str, Sentiment)> {
    texts
        .iter()
        .map(|(text, said)| (text.as_str(), *said))
        .collect()
}

/// The reviews to learn from, and those to measure with.
fn split(tsv: &str) -> (Vec<Labelled>, Vec<Labelled>) {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_reader(tsv.as_bytes());
    let (mut train, mut dev) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = row.expect("a row of reviews");
        let said = if &row[0] == "1" {
            Sentiment::Positive
        } else {
            Sentiment::Negative
        };
        let to = if &row[2] == "train" {
            &mut train
        } else {
            &mut dev
        };
        to.push((row[1].to_owned(), said));
    }
    (train, dev)
}

/// Testimonials with the sentiment that their authors chose.
fn testimonials(path: &Path) -> Vec<Labelled> {
    let Ok(mut reader) = csv::ReaderBuilder::new().delimiter(b';').from_path(path) else {
        return Vec::new();
    };
    let headers = reader.headers().expect("headers").clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .expect("a column")
    };
    let (title, text, felt) = (
        column("Titre"),
        column("Description"),
        column("Ressenti usager"),
    );
    let rows = reader.records().map(|row| {
        let row = row.expect("a row of testimonials");
        let said = match &row[felt] {
            "Négatif" => Sentiment::Negative,
            "Positif" => Sentiment::Positive,
            _ => Sentiment::Neutral,
        };
        (format!("{}\n{}", &row[title], &row[text]), said)
    });
    rows.collect()
}
