//! The figures counted again, from the open data alone: nothing here is shared with what made
//! them.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Value};

pub type Row = BTreeMap<String, String>;

/// The rows of a file, each cell under the name of its column.
pub fn rows(file: &str) -> Vec<Row> {
    let file = file.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(file.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        let cells = header.iter().zip(record.iter());
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    });
    rows.collect()
}

/// The testimonials of the open data.
pub fn facts(file: &str) -> Vec<Row> {
    rows(file)
}

fn list(row: &Row, column: &str) -> Vec<String> {
    let values = row[column].split(',').filter(|value| !value.is_empty());
    values.map(str::to_owned).collect()
}

/// What is said of structures: `caf:12,accueil:3`; of one alone, where the figures are of it.
fn said(row: &Row, column: &str, structure: Option<&str>) -> Vec<String> {
    let pairs = list(row, column).into_iter().filter_map(|pair| {
        let (of, value) = pair.split_once(':').unwrap();
        structure
            .is_none_or(|one| one == of)
            .then(|| value.to_owned())
    });
    pairs.collect()
}

/// The figures of a scope, in a month or in total, with the names that the JSON gives them.
pub fn figures(facts: &[Row], scope: &str, month: Option<&str>, date: &str) -> Value {
    let (kind, slug) = scope.split_once(':').unwrap_or((scope, ""));
    let structure = (kind == "structure").then_some(slug);
    let seen: Vec<&Row> = facts
        .iter()
        .filter(|row| match kind {
            "espace" => row["espace"] == slug,
            "structure" => list(row, "structures").iter().any(|it| it == slug),
            _ => true,
        })
        .filter(|row| month.is_none_or(|month| row["recu_le"].starts_with(month)))
        .collect();
    let mut figures = Map::new();
    let mut set = |name: &str, count: usize| {
        figures.insert(name.to_owned(), count.into());
    };
    let count = |holds: &dyn Fn(&Row) -> bool| seen.iter().filter(|row| holds(row)).count();
    let published: Vec<&Row> = seen
        .iter()
        .copied()
        .filter(|row| row["etat"] == "publie")
        .collect();
    set("recus", seen.len());
    set("importes", count(&|row| row["importe"] == "oui"));
    set("publies", published.len());
    for (state, name) in [("refuse", "refuses"), ("masque", "masques")] {
        set(name, count(&|row| row["etat"] == state));
        for reason in [
            "hors_sujet",
            "donnees_personnelles",
            "demande_individuelle",
            "sans_experience_vecue",
            "propos_injurieux",
            "mise_en_cause_nominative",
            "illicite",
            "publicite",
            "doublon",
        ] {
            let count = count(&|row| row["etat"] == state && row["motif"] == reason);
            set(&format!("{name}_{reason}"), count);
        }
    }
    set("retires", count(&|row| row["etat"] == "retire"));
    set(
        "clos_sans_accord",
        count(&|row| row["etat"] == "clos_sans_accord"),
    );
    set(
        "accord_attendu",
        count(&|row| row["etat"] == "accord_attendu"),
    );
    set("a_lire", count(&|row| row["etat"] == "a_lire"));

    let answered_by = |row: &Row| {
        let by = list(row, "repondu_par");
        by.iter().any(|by| structure.is_none_or(|one| one == by))
    };
    let answered = published.iter().filter(|row| answered_by(row)).count();
    set("repondus", answered);
    set("sans_reponse", published.len() - answered);
    let (mut in_time, mut over, mut still) = (0, 0, 0);
    for row in &published {
        if row["importe"] == "oui" || row["delai_promis_jours"].is_empty() {
            continue;
        }
        let days: i64 = row["delai_promis_jours"].parse().unwrap();
        let published: Date = row["publie_le"].parse().unwrap();
        let today: Date = date.parse().unwrap();
        match answered_in(row, structure) {
            Some(minutes) => {
                over += 1;
                in_time += usize::from(minutes <= days.unsigned_abs() * 24 * 60);
            }
            None if published + days.days() >= today => still += 1,
            None => over += 1,
        }
    }
    set("dans_le_delai", in_time);
    set("dans_le_delai_sur", over);
    set("delai_en_cours", still);
    for (column, of) in [("ameliorations", ["envisagees", "realisees"])] {
        for stage in of {
            let said = published
                .iter()
                .flat_map(|row| said(row, column, structure));
            set(
                &format!("ameliorations_{stage}"),
                said.filter(|it| it == stage).count(),
            );
        }
    }
    let helped = published
        .iter()
        .flat_map(|row| said(row, "reponses_utiles", structure));
    let helped: Vec<String> = helped.collect();
    set(
        "reponses_utiles",
        helped.iter().filter(|it| *it == "oui").count(),
    );
    set("reponses_utiles_sur", helped.len());
    for sentiment in ["negatif", "neutre", "positif"] {
        let felt = |row: &Row| row["ressenti"] == sentiment;
        let of_published = published.iter().filter(|row| felt(row)).count();
        set(&format!("ressenti_{sentiment}_recus"), count(&felt));
        set(&format!("ressenti_{sentiment}_publies"), of_published);
    }
    for channel in [
        "telephone",
        "email",
        "courrier",
        "accueil",
        "compte",
        "en_ligne",
        "tchat",
        "visio",
        "reseaux_sociaux",
    ] {
        let used = |row: &Row| list(row, "canaux").iter().any(|it| it == channel);
        set(&format!("canal_{channel}"), count(&used));
    }
    let reading = seen
        .iter()
        .filter_map(|row| row["delai_lecture_minutes"].parse().ok());
    delay(&mut figures, "lecture", reading.collect());
    let answering = published
        .iter()
        .filter_map(|row| answered_in(row, structure));
    delay(&mut figures, "reponse", answering.collect());
    Value::Object(figures)
}

fn answered_in(row: &Row, structure: Option<&str>) -> Option<u64> {
    match structure {
        None => row["delai_reponse_minutes"].parse().ok(),
        Some(_) => {
            let said = said(row, "delais_reponse_par_structure_minutes", structure);
            said.first().map(|minutes| minutes.parse().unwrap())
        }
    }
}

/// The value below or at which half, and nine in ten, of the values are.
fn delay(figures: &mut Map<String, Value>, name: &str, minutes: Vec<u64>) {
    let first_with = |tenths: usize| -> Value {
        let mut reached: Vec<u64> = minutes.clone();
        reached.retain(|one| {
            minutes.iter().filter(|other| *other <= one).count() * 10 >= minutes.len() * tenths
        });
        reached.into_iter().min().map_or(Value::Null, Value::from)
    };
    figures.insert(format!("{name}_sur"), minutes.len().into());
    figures.insert(format!("{name}_mediane_minutes"), first_with(5));
    figures.insert(format!("{name}_90e_centile_minutes"), first_with(9));
}
