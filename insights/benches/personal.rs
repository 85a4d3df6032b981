//! What the worst texts cost to read for personal data, beside plain prose of the same length.
//! `cargo bench -p insights --bench personal [-- CHARACTERS]`

use std::time::Instant;

use insights::personal;

const TURNS: usize = 15;

fn main() {
    let given = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let length: usize = given.unwrap_or(4_000);
    let filled = |part: &str| -> String { part.chars().cycle().take(length).collect() };
    let prose = "Le soir, c’est fermé ; en 2019 on attendait 45 minutes, et 12,50 euros de bus. ";
    let usual = median(&filled(prose));
    println!("| {length} characters of | found | ms | ÷ prose |");
    println!("| --- | --: | --: | --: |");
    for (name, part) in [
        ("prose", prose),
        ("telephone numbers", "0612345678 "),
        ("social-security numbers", "1850578006048 "),
        ("accounts", "FR7630006000011234567890189 "),
        ("addresses", "a@b.fr "),
        ("digits", "1 "),
        ("signs", "@"),
        ("beginnings of accounts", "FR76 3000 "),
        ("beginnings of numbers", "1 85 05 "),
        ("words for signs", "a at b point "),
    ] {
        let text = filled(part);
        let milliseconds = median(&text);
        let found = personal::find(&text).len();
        let ratio = milliseconds / usual;
        println!("| {name} | {found} | {milliseconds:.2} | {ratio:.1} |");
    }
}

fn median(text: &str) -> f64 {
    let mut times: Vec<f64> = (0..TURNS)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(personal::find(text));
            started.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TURNS / 2]
}
