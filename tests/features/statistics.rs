//! The figures of testimonials: they add up to the last one, and anybody can count them again.

mod recount;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Channel, ContributionId, Facts, ImprovementStage, RejectionReason, Sentiment, ServiceLevel,
    Slug, Statistics, StatisticsOf, Status, TestimonialFact,
};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use site_gen::Contributions;

use crate::assert_page;
use crate::page::Page;
use crate::publishing::files;
use crate::site::Site;

const STRUCTURES: [&str; 3] = ["caf-du-gard", "accueil-de-nimes", "msap-du-vigan"];

/// Where the statistics of something are, in the folder of the pages.
const SCOPES: [&str; 5] = [
    "statistiques/",
    "statistiques/espace/gard/",
    "statistiques/structure/caf-du-gard/",
    "statistiques/structure/accueil-de-nimes/",
    "statistiques/structure/msap-du-vigan/",
];

/// A site that takes testimonials, of which this became.
fn site_of(facts: Vec<TestimonialFact>) -> Site {
    let site = Site::of("tests/fixtures/testimonials");
    write(&site, facts);
    site.build();
    site
}

fn write(site: &Site, facts: Vec<TestimonialFact>) {
    let contributions = Contributions::default().with_testimonials(Vec::new(), facts);
    site.write("content/demonstration.jsonl", &contributions.to_lines());
}

fn slug(raw: &str) -> Slug {
    Slug::parse(raw).unwrap()
}

/// The first of March 2019 and some minutes.
fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2019-03-01T08:00:00Z".parse().unwrap();
    start + minutes.minutes()
}

/// A testimonial on the office that waits to be read, received so many minutes after the first.
fn waiting(number: u64, minutes: i64) -> TestimonialFact {
    let mut bytes = [7; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    TestimonialFact {
        fact: ContributionId::from_bytes(bytes),
        space: slug("gard"),
        structures: vec![slug("caf-du-gard")],
        received_at: at(minutes),
        sentiment: Sentiment::Negative,
        channels: BTreeSet::from([Channel::Telephone]),
        status: Status::Waiting,
        first_decided_at: None,
        published_at: None,
        answered_at: BTreeMap::new(),
        improvements: BTreeMap::new(),
        helped: BTreeMap::new(),
        imported: false,
    }
}

/// Numbers that look drawn, and are the same for the same seed.
struct Drawn(u64);

impl Drawn {
    /// A number under `end`.
    fn under(&mut self, end: u64) -> u64 {
        // xorshift64 (Marsaglia, 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn minutes(&mut self, days: u64) -> i64 {
        i64::try_from(self.under(days * 24 * 60)).unwrap()
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.under(n) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.under(all.len() as u64)).unwrap()]
    }
}

/// Whatever may become of testimonials, in every order that the store may hold.
fn any_facts(seed: u64, count: u64) -> Vec<TestimonialFact> {
    let mut drawn = Drawn(seed.max(1));
    (0..count)
        .map(|number| any_fact(number, &mut drawn))
        .collect()
}

fn any_fact(number: u64, drawn: &mut Drawn) -> TestimonialFact {
    let mut fact = waiting(number, drawn.minutes(400));
    let reason = drawn.of(&RejectionReason::ALL);
    fact.status = match drawn.under(12) {
        0 => Status::Waiting,
        1 => Status::AwaitingConsent,
        2 => Status::Refused(reason),
        3 => Status::Hidden(reason),
        4 => Status::Withdrawn,
        5 => Status::Lapsed,
        6 => Status::Unconfirmed,
        _ => Status::Published,
    };
    if drawn.one_in(5) {
        fact.space = slug("national");
    }
    fact.structures.clear();
    for structure in STRUCTURES {
        if drawn.one_in(2) {
            fact.structures.push(slug(structure));
        }
    }
    fact.sentiment = drawn.of(&Sentiment::ALL);
    fact.channels = Channel::ALL
        .into_iter()
        .filter(|_| drawn.one_in(3))
        .collect();
    fact.imported = drawn.one_in(6);
    let read_at = fact.received_at + drawn.minutes(9).minutes();
    if matches!(fact.status, Status::Published | Status::Hidden(_)) {
        fact.published_at = Some(read_at + drawn.minutes(5).minutes());
    }
    if !matches!(fact.status, Status::Waiting | Status::Unconfirmed) && !drawn.one_in(9) {
        fact.first_decided_at = Some(read_at);
    }
    for structure in fact.structures.clone() {
        let Some(published_at) = fact.published_at.filter(|_| !drawn.one_in(4)) else {
            continue;
        };
        // Some answers come to the minute at which the delay is over, or one minute late.
        let minutes = match drawn.under(8) {
            0 => 15 * 24 * 60,
            1 => 15 * 24 * 60 + 1,
            _ => drawn.minutes(25),
        };
        let answered_at = published_at + minutes.minutes();
        fact.answered_at.insert(structure.clone(), answered_at);
        if drawn.one_in(3) {
            let stage = drawn.of(&ImprovementStage::ALL);
            fact.improvements.insert(structure.clone(), stage);
        }
        if drawn.one_in(2) {
            fact.helped.insert(structure, drawn.one_in(2));
        }
    }
    fact
}

/// What the published figures of the Caf du Gard were after some months: 107 received, 82
/// published, 18 refused, 98 % answered. Of seven, nobody could read what became of them; here
/// each has a line.
fn gard() -> Vec<TestimonialFact> {
    const DAY: i64 = 24 * 60;
    let reasons = [
        (RejectionReason::IndividualRequest, 9),
        (RejectionReason::OffTopic, 4),
        (RejectionReason::NamesSomeone, 2),
        (RejectionReason::Insulting, 2),
        (RejectionReason::Alert, 1),
    ];
    let mut standing = vec![Status::Published; 82];
    for (reason, count) in reasons {
        standing.extend(vec![Status::Refused(reason); count]);
    }
    standing.extend([Status::Withdrawn; 3]);
    standing.extend([Status::Lapsed, Status::AwaitingConsent]);
    standing.extend([Status::Waiting; 2]);
    let mut facts: Vec<TestimonialFact> = standing
        .into_iter()
        .zip(0_u64..)
        .map(|(status, number)| {
            let place = i64::try_from(number).unwrap();
            // 37 has no factor in common with 107: the statuses are spread over the months.
            let mut fact = waiting(number, place * 37 % 107 * DAY);
            fact.status = status;
            fact.sentiment = Sentiment::ALL[usize::try_from(number % 5 % 3).unwrap()];
            if number % 4 == 0 {
                fact.channels.insert(Channel::Desk);
                fact.structures.push(slug("accueil-de-nimes"));
            }
            if !matches!(status, Status::Waiting | Status::Withdrawn) {
                let at = fact.received_at + (place % 7 * 300 + 45).minutes();
                fact.first_decided_at = Some(at);
                fact.published_at = (status == Status::Published).then_some(at);
            }
            // Two of the 82 have no answer: 98 %.
            if let Some(at) = fact.published_at.filter(|_| number >= 2) {
                let answered_at = at + (place % 17 * DAY + 60).minutes();
                fact.answered_at.insert(slug("caf-du-gard"), answered_at);
            }
            fact
        })
        .collect();
    for (place, fact) in facts[2..8].iter_mut().enumerate() {
        fact.helped.insert(slug("caf-du-gard"), place != 3);
    }
    let caf = slug("caf-du-gard");
    facts[3]
        .improvements
        .insert(caf.clone(), ImprovementStage::Done);
    facts[6]
        .improvements
        .insert(caf, ImprovementStage::Considered);
    facts
}

/// That where they stand makes up what was received.
#[track_caller]
fn assert_adds_up(counted: &domain::Counted) {
    let closed = counted.all_refused() + counted.all_hidden() + counted.withdrawn + counted.lapsed;
    let open = counted.waiting + counted.awaiting_consent;
    assert_eq!(counted.received, counted.published + closed + open);
    assert_eq!(counted.published, counted.answered + counted.unanswered());
    assert!(counted.in_time.of + counted.still_in_time <= counted.published);
    let felt: u64 = counted.sentiments.values().map(|share| share.of).sum();
    assert_eq!(counted.received, felt);
    let felt: u64 = counted.sentiments.values().map(|share| share.part).sum();
    assert_eq!(counted.published, felt);
}

proptest! {
    #[test]
    fn the_counts_of_each_month_and_of_all_add_up(seed: u64, count in 0_u64..200) {
        let facts = Facts::new(any_facts(seed, count));
        let level = |space: &Slug| (space.as_str() == "gard").then_some(ServiceLevel { answer_days: 15 });
        let structures = STRUCTURES.map(|it| StatisticsOf::Structure(slug(it)));
        let scopes = [StatisticsOf::All, StatisticsOf::Space(slug("gard"))];
        for of in scopes.iter().chain(&structures) {
            let statistics = Statistics::of(of, &facts, level);
            assert_adds_up(&statistics.total);
            statistics.months.values().for_each(assert_adds_up);
            let sum = |count: fn(&domain::Counted) -> u64| -> u64 {
                statistics.months.values().map(count).sum()
            };
            let total = &statistics.total;
            prop_assert_eq!(total.received, sum(|it| it.received));
            prop_assert_eq!(total.published, sum(|it| it.published));
            prop_assert_eq!(total.answered, sum(|it| it.answered));
            prop_assert_eq!(total.all_refused(), sum(|it| it.all_refused()));
            prop_assert_eq!(total.in_time.of, sum(|it| it.in_time.of));
            prop_assert_eq!(total.reading.over, sum(|it| it.reading.over));
        }
        let all = Statistics::of(&StatisticsOf::All, &facts, level).total.received;
        let unconfirmed = facts.all().iter().filter(|it| it.status == Status::Unconfirmed).count();
        prop_assert_eq!(all, count - unconfirmed as u64);
    }
}

#[test]
fn anybody_can_count_the_figures_again_from_the_open_data() {
    for seed in [20_190_301, 42] {
        let site = site_of(any_facts(seed, 300));
        let facts = recount::facts(&site.read("out/statistiques/temoignages.csv"));
        for folder in SCOPES {
            let json = site.read(&format!("out/{folder}donnees.json"));
            let json: serde_json::Value = serde_json::from_str(&json).unwrap();
            let scope = json["perimetre"].as_str().unwrap();
            let date = json["date"].as_str().unwrap();
            let counted = recount::figures(&facts, scope, None, date);
            assert_eq!(json["total"], counted, "{scope}, in total");
            let months = json["par_mois"].as_array().unwrap();
            assert!(months.len() > 10);
            for month in months {
                let name = month["mois"].as_str().unwrap();
                let mut counted = recount::figures(&facts, scope, Some(name), date);
                counted["mois"] = name.into();
                assert_eq!(*month, counted, "{scope}, {name}");
            }
        }
    }
}

#[test]
fn the_table_of_figures_says_what_the_json_says() {
    let site = site_of(any_facts(7, 120));
    for folder in SCOPES {
        let json = site.read(&format!("out/{folder}donnees.json"));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let rows = recount::rows(&site.read(&format!("out/{folder}donnees.csv")));
        let months = json["par_mois"].as_array().unwrap();
        assert_eq!(rows.len(), months.len() + 1);
        for (row, of_json) in rows.iter().zip(months.iter().chain([&json["total"]])) {
            assert_eq!(row["date"], json["date"].as_str().unwrap());
            assert_eq!(row["perimetre"], json["perimetre"].as_str().unwrap());
            let figures = of_json.as_object().unwrap().iter();
            for (name, figure) in figures.filter(|(name, _)| *name != "mois") {
                let figure = figure.as_u64().map_or(String::new(), |it| it.to_string());
                assert_eq!(row[name], figure, "{folder} {name}");
            }
        }
    }
}

#[test]
fn testimonials_of_a_space_that_was_taken_away_are_in_no_figure() {
    let mut elsewhere = waiting(3, 90);
    elsewhere.space = slug("lozere");
    elsewhere.structures = vec![slug("caf-de-la-lozere")];
    let with = site_of(vec![waiting(1, 0), waiting(2, 60), elsewhere]);
    let without = site_of(vec![waiting(1, 0), waiting(2, 60)]);
    assert_eq!(files(&with.path("out")), files(&without.path("out")));
}

#[test]
fn each_figure_has_its_definition_in_the_json() {
    let site = site_of(gard());
    let json = site.read("out/statistiques/donnees.json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let definitions = json["definitions"].as_array().unwrap();
    let defined: Vec<&str> = definitions
        .iter()
        .flat_map(|one| one["colonnes"].as_str().unwrap().split(", "))
        .filter(|name| !name.is_empty())
        .collect();
    let total: Vec<&String> = json["total"].as_object().unwrap().keys().collect();
    assert_eq!(total.len(), defined.len());
    assert!(total.iter().all(|name| defined.contains(&name.as_str())));
    assert!(
        definitions
            .iter()
            .all(|one| one["definition"].as_str().unwrap().len() > 30)
    );
}

#[test]
fn the_figures_of_the_gard_leave_none_unexplained() {
    let site = site_of(gard());
    let json = site.read("out/statistiques/espace/gard/donnees.json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let count = |name: &str| json["total"][name].as_u64().unwrap();
    assert_eq!(
        (count("recus"), count("publies"), count("refuses")),
        (107, 82, 18)
    );
    assert_eq!(count("repondus") * 100 / count("publies"), 97);
    // The seven of which nothing was said.
    let others = [
        "masques",
        "retires",
        "clos_sans_accord",
        "accord_attendu",
        "a_lire",
    ];
    assert_eq!(others.map(count), [0, 3, 1, 1, 2]);
    assert_eq!(others.map(count).iter().sum::<u64>(), 107 - 82 - 18);
    let page = Page::parse(&site.read("out/statistiques/espace/gard/index.html"));
    let text = page.text().replace('\u{a0}', " ");
    assert!(text.contains("82 + 18 + 3 + 2 + 1 + 1 = 107"), "{text}");
    let months = Page::parse(&site.read("out/statistiques/espace/gard/mois/index.html"));
    assert_page!(format!("{}\n\n----\n{}", page.text(), months.text()));
}

#[test]
fn spaces_and_structures_are_compared() {
    let site = site_of(gard());
    let read = |folder: &str| Page::parse(&site.read(&format!("out/{folder}index.html")));
    let all = read("statistiques/");
    assert!(
        all.links("main")
            .contains(&"/statistiques/comparer/".to_owned())
    );
    let spaces = read("statistiques/comparer/");
    let structures = read("statistiques/espace/gard/comparer/");
    assert_page!(format!("{}\n\n----\n{}", spaces.text(), structures.text()));
    // What has no part has nothing to compare.
    assert!(
        !site
            .path("out/statistiques/structure/msap-du-vigan/comparer")
            .exists()
    );
}

/// As many as there are departments, each with an office, as the national site will have.
#[test]
fn where_there_are_a_hundred_spaces_pages_stay_light_and_lead_to_each() {
    let site = Site::of("tests/fixtures/testimonials");
    let mut facts = Vec::new();
    for number in 0..100 {
        let space = format!("caf-{number:02}");
        let level = "testimonials_answered_within_days = 15";
        site.write(
            &format!("content/spaces/{space}.md"),
            &format!(
                "+++\nname = \"Caf {number:02}\"\nplace = \"ici\"\nsummary = \"Une Caf.\"\norder = 9\n\
                 {level}\n+++\n"
            ),
        );
        site.write(
            &format!("content/structures/{space}-siege.md"),
            &format!(
                "+++\nname = \"Siège {number:02}\"\nspace = \"{space}\"\nsummary = \"Un siège.\"\n\
                 order = 1\n+++\n"
            ),
        );
        facts.push(TestimonialFact {
            space: slug(&space),
            structures: vec![slug(&format!("{space}-siege"))],
            ..waiting(number, 1)
        });
    }
    write(&site, facts);
    site.build();
    let mut compared = Vec::new();
    for (path, _) in files(&site.out()) {
        if !path.ends_with(".html") {
            continue;
        }
        let page = Page::parse(&site.read(&format!("out/{path}")));
        assert!(
            page.weight() <= 390,
            "{path} has {} elements",
            page.weight()
        );
        if path.starts_with("statistiques/comparer/") {
            compared.extend(page.links("main tbody"));
        }
    }
    compared.sort();
    compared.dedup();
    let each = (0..100).map(|number| format!("/statistiques/espace/caf-{number:02}/"));
    for space in each {
        assert!(compared.contains(&space), "{space}");
    }
}

#[test]
fn where_nobody_wrote_yet_the_page_says_what_to_do() {
    let site = site_of(Vec::new());
    let page = Page::parse(&site.read("out/statistiques/structure/msap-du-vigan/index.html"));
    assert_page!(page.text());
    assert_eq!(
        recount::facts(&site.read("out/statistiques/temoignages.csv")).len(),
        0
    );
}

#[test]
fn a_site_that_takes_no_testimonial_has_no_statistics() {
    let site = Site::new();
    site.build();
    assert!(!site.path("out/statistiques").exists());
}

#[test]
fn nobody_finds_in_the_open_data_why_somebody_s_testimonial_is_not_public() {
    let facts = gard();
    let site = site_of(facts.clone());
    let mut published = 0;
    for path in files(&site.out())
        .into_keys()
        .filter(|path| path.starts_with("statistiques/"))
    {
        let file = site.read(&format!("out/{path}"));
        for fact in &facts {
            let is_there = file.contains(fact.fact.as_str());
            assert!(
                !is_there || fact.status == Status::Published,
                "{path} has {}",
                fact.fact
            );
            published += usize::from(is_there);
        }
        // Somebody in danger is not to be found by those around them.
        assert!(
            !file.contains("alert:") && !file.contains("alerte,"),
            "{path}"
        );
    }
    assert_eq!(published, 82);
    let rows = recount::facts(&site.read("out/statistiques/temoignages.csv"));
    let individual = rows
        .iter()
        .filter(|row| row["motif"] == "demande_individuelle");
    assert_eq!(individual.count(), 10);
}

#[test]
fn one_more_testimonial_makes_what_a_build_in_a_new_folder_makes() {
    let site = site_of(gard());
    let mut facts = gard();
    facts.push(waiting(1_000, 200 * 24 * 60));
    write(&site, facts);
    let before = site.read("out/statistiques/structure/msap-du-vigan/index.html");
    assert_eq!(site.build_and_compare(), files(&site.out()));
    // What nothing happened to has the date of the whole site.
    let after = site.read("out/statistiques/structure/msap-du-vigan/index.html");
    assert!(before != after);
    assert_eq!(site.build().rendered, 0);
}

#[test]
fn the_figures_are_found_from_lists_and_maps() {
    let site = site_of(gard());
    for folder in SCOPES {
        let list = folder.replace("statistiques/", "temoignages/");
        let page = Page::parse(&site.read(&format!("out/{list}index.html")));
        assert!(page.links("main").contains(&format!("/{folder}")), "{list}");
        let sitemap = site.read("out/sitemap-pages.xml");
        assert!(sitemap.contains(&format!("<loc>https://ecoute.example.org/{folder}</loc>")));
    }
    let map = Page::parse(&site.read("out/plan-du-site/index.html"));
    assert!(map.links("main").contains(&"/statistiques/".to_owned()));
}
