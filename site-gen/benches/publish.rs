//! One idea published in a campaign of many: from the cards in memory to the pages in place,
//! beside a full build of the same site. `cargo bench -p site-gen --bench publish [-- IDEAS]`

use std::path::Path;
use std::time::Instant;

use domain::{Body, ContributionId, Idea, IdeaKind, Slug, Title};
use jiff::{Timestamp, ToSpan};
use site_gen::plan::{self, Change};
use site_gen::{Build, Contributions, Directory, Placement, PublishedIdea, Renderer};

const CAMPAIGN: &str = "courriels-de-la-caf";
const TURNS: usize = 21;

fn main() {
    let given = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let ideas: usize = given.unwrap_or(10_000);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let loaded = site_gen::load(
        &root.join("content"),
        &root.join("themes/default"),
        "http://site",
    );
    let (bundle, material) = loaded.expect("the product's own content has no problem");
    let mut renderer = Renderer::new(bundle, Path::new("templates")).expect("nor has its theme");
    let campaign = Slug::parse(CAMPAIGN).expect("a slug");
    let now: Timestamp = "2026-11-23T10:00:00Z".parse().expect("a time");

    let mut published: Vec<PublishedIdea> = (0..ideas).map(|number| idea(number, now)).collect();
    let folder = std::env::temp_dir().join(format!("site-gen-bench-{}", std::process::id()));
    let output = Directory::open(&folder).expect("a folder of its own");
    let contributions = Contributions::of(published.clone(), Vec::new());
    let started = Instant::now();
    let build = Build {
        renderer: &mut renderer,
        material: &material,
        contributions: &contributions,
        now,
        copies: &[],
    };
    let built = build.put(&output, Placement::Whole).expect("a site");
    let full = started.elapsed();

    let mut took = Vec::new();
    let mut written = 0;
    for turn in 0..TURNS {
        let new = idea(ideas + turn, now);
        published.push(new.clone());
        let cards = published.iter().map(PublishedIdea::card).collect();
        let mut contributions = Contributions::default();
        contributions.ideas.insert(new.idea.id.clone(), new.clone());
        let started = Instant::now();
        contributions.set_cards(campaign.clone(), cards);
        let change = Change::Idea(campaign.clone(), new.idea.id);
        let touched = plan::touched(renderer.catalogue(), &contributions, &change);
        written = 0;
        for page in &touched.render {
            let page_html = renderer.page(page, &contributions, now).expect("a page");
            if let Some(html) = page_html {
                output.put(&page.file(), html.as_bytes()).expect("a file");
                written += 1;
            }
        }
        took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    println!(
        "{ideas} ideas: one more is in place ({written} pages) in {:.1} ms (median of {TURNS}; {:.1} to {:.1}); \
         the full build of {} pages takes {:.0} ms, {:.0} times as long",
        took[TURNS / 2],
        took[0],
        took[TURNS - 1],
        built.pages,
        full.as_secs_f64() * 1000.0,
        full.as_secs_f64() * 1000.0 / took[TURNS / 2],
    );
    // The folder is a temporary one.
    let _ = std::fs::remove_dir_all(&folder);
}

fn idea(number: usize, now: Timestamp) -> PublishedIdea {
    const CATEGORIES: [&str; 3] = [
        "Le contenu des e-mails",
        "Le nombre d’e-mails",
        "Les mots employés",
    ];
    let words = "Les e-mails de la Caf arrivent trop tard, et on ne sait pas quoi en faire. ";
    let number_bytes = (number as u64).to_be_bytes();
    let mut bytes = [7; 10];
    bytes[2..].copy_from_slice(&number_bytes);
    let at = now - 2_000.hours() + i64::try_from(number).unwrap_or(0).seconds();
    PublishedIdea {
        idea: Idea {
            id: ContributionId::from_bytes(bytes),
            campaign: Slug::parse(CAMPAIGN).expect("a slug"),
            kind: IdeaKind::Idea,
            category: Some(CATEGORIES[number % CATEGORIES.len()].to_owned()),
            question: None,
            title: Title::parse(
                &format!("Prévenir plus tôt des rendez-vous, idée {number}"),
                Title::MAX,
            )
            .expect("a title"),
            body: Body::parse(&words.repeat(4), Body::MAX).expect("a text"),
            received_at: at,
            carried_likes: number as u64 % 40,
        },
        published_at: at,
        likes: number as u64 % 40,
        comments: Vec::new(),
        response: None,
        outcome: None,
    }
}
