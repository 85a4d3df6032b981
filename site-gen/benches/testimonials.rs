//! Testimonials in a country: a hundred spaces with three structures each. A full build beside the
//! same without its figures, and one testimonial more, from the cards in memory to the pages in
//! place; then one that was published long ago and is answered, or lived again by somebody.
//! `cargo bench -p site-gen --bench testimonials [-- TESTIMONIALS]`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::{
    Answer, Body, Channel, ContributionId, Name, OfficialResponse, PublishedTestimonial, Sentiment,
    Slug, Status, Testimonial, TestimonialFact, Title, Writer,
};
use jiff::{Timestamp, ToSpan};
use site_gen::plan::{self, Change, TestimonialChange};
use site_gen::{Build, Built, Contributions, Directory, Placement, Renderer};

const SPACES: usize = 100;
const STRUCTURES: usize = 3;
const TURNS: usize = 21;

fn main() {
    let given = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let count: usize = given.unwrap_or(10_000);
    let folder = std::env::temp_dir().join(format!("testimonials-bench-{}", std::process::id()));
    let content = folder.join("content");
    write_content(&content).expect("a folder of its own");
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/default");
    let loaded = site_gen::load(&content, &theme, "http://site");
    let (bundle, material) = loaded.expect("the content that is written here has no problem");
    let mut renderer = Renderer::new(bundle, Path::new("templates")).expect("nor has its theme");
    let now: Timestamp = "2026-11-23T10:00:00Z".parse().expect("a time");

    let mut published: Vec<_> = (0..count).map(|number| published(number, now)).collect();
    let facts: Vec<_> = published.iter().map(fact).collect();
    let whole = Contributions::default().with_testimonials(published.clone(), facts);
    let bare = Contributions::default().with_testimonials(published.clone(), Vec::new());
    let output = Directory::open(&folder.join("site")).expect("a folder of its own");
    let mut build = |contributions: &Contributions, to: &str| -> (Built, Duration) {
        let output = Directory::open(&folder.join(to)).expect("a folder of its own");
        let started = Instant::now();
        let build = Build {
            renderer: &mut renderer,
            material: &material,
            contributions,
            now,
            copies: &[],
        };
        let built = build.put(&output, Placement::Whole).expect("a site");
        (built, started.elapsed())
    };
    let (_, without) = build(&bare, "bare");
    let (built, full) = build(&whole, "site");
    let (again, nothing) = build(&whole, "site");
    println!(
        "{count} testimonials, {SPACES} spaces, {} structures: {} pages in {:.0} ms, {:.0} µs a page; \
         {:.2} times as long as without their figures; again, {:.0} ms and {} files written",
        SPACES * STRUCTURES,
        built.pages,
        ms(full),
        ms(full) * 1000.0 / built.pages as f64,
        ms(full) / ms(without),
        ms(nothing),
        again.written,
    );

    type Changed = fn(TestimonialChange) -> Change;
    let place = |change: Changed, one: &PublishedTestimonial, all: &[PublishedTestimonial]| {
        let cards = all.iter().map(PublishedTestimonial::card).collect();
        let mut contributions = Contributions::default();
        let id = one.testimonial.id.clone();
        contributions.testimonials.insert(id, one.clone());
        let started = Instant::now();
        contributions.set_testimonial_cards(cards);
        let at = Some(one.published_at);
        let change = change(TestimonialChange::of(&one.testimonial, at, []));
        let touched = plan::touched(renderer.catalogue(), &contributions, &change);
        let mut pages = 0;
        for page in &touched.render {
            let page_html = renderer.page(page, &contributions, now).expect("a page");
            if let Some(html) = page_html {
                output.put(&page.file(), html.as_bytes()).expect("a file");
                pages += 1;
            }
        }
        (ms(started.elapsed()), pages)
    };
    let mut more = Vec::new();
    for turn in 0..TURNS {
        let new = self::published(count + turn, now);
        published.push(new.clone());
        more.push(place(Change::Testimonial, &new, &published));
    }
    say("one more", more, full);
    let mut answered = Vec::new();
    for turn in 0..TURNS {
        let one = &mut published[turn];
        answer(one, now);
        let one = one.clone();
        answered.push(place(Change::Testimonial, &one, &published));
    }
    say("one of the oldest, answered", answered, full);
    let mut same = Vec::new();
    for turn in 0..TURNS {
        let one = &mut published[turn];
        one.same += 1;
        let one = one.clone();
        same.push(place(Change::Same, &one, &published));
    }
    say("one of the oldest, lived again by somebody", same, full);
    // The folder is a temporary one.
    let _ = std::fs::remove_dir_all(&folder);
}

fn say(what: &str, mut took: Vec<(f64, usize)>, full: Duration) {
    took.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, pages) = took[took.len() / 2];
    println!(
        "{what}: in place ({pages} pages) in {median:.1} ms (median of {TURNS}; {:.1} to {:.1}); \
         the full build takes {:.0} times as long",
        took[0].0,
        took[took.len() - 1].0,
        ms(full) / median,
    );
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// The content of the tests of testimonials, with spaces and structures in the place of its own.
fn write_content(content: &Path) -> std::io::Result<()> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/testimonials");
    std::fs::create_dir_all(content.join("spaces"))?;
    std::fs::create_dir_all(content.join("structures"))?;
    std::fs::create_dir_all(content.join("pages"))?;
    std::fs::copy(own.join("site.toml"), content.join("site.toml"))?;
    let charter = "pages/charte.md";
    std::fs::copy(own.join(charter), content.join(charter))?;
    for space in 0..SPACES {
        let text = format!(
            "+++\nname = \"Caf numéro {space}\"\nplace = \"dans le département {space}\"\n\
             summary = \"Les campagnes de la Caf.\"\norder = {space}\n\
             testimonials_answered_within_days = 15\n+++\n\nBonjour.\n"
        );
        std::fs::write(file(content, "spaces", &format!("caf-{space}")), text)?;
        for structure in 0..STRUCTURES {
            let text = format!(
                "+++\nname = \"Accueil {structure} de la Caf {space}\"\nspace = \"caf-{space}\"\n\
                 summary = \"Un accueil du public.\"\norder = {}\n+++\n\nUne structure.\n",
                structure + 1
            );
            let slug = format!("caf-{space}-{structure}");
            std::fs::write(file(content, "structures", &slug), text)?;
        }
    }
    Ok(())
}

fn file(content: &Path, folder: &str, slug: &str) -> PathBuf {
    content.join(folder).join(format!("{slug}.md"))
}

/// The testimonial of a number, published an hour after the one before; two in three are answered.
fn published(number: usize, now: Timestamp) -> PublishedTestimonial {
    const WORDS: &str = "J’ai appelé trois fois avant que l’on me réponde, et l’on m’a bien aidé. ";
    let space = number % SPACES;
    let mut bytes = [7; 10];
    bytes[2..].copy_from_slice(&(number as u64).to_be_bytes());
    let at = now - 20_000.hours() + i64::try_from(number).unwrap_or(0).hours();
    let title = format!("Trois appels pour une attestation, récit {number}");
    let structure = format!("caf-{space}-{}", number / SPACES % STRUCTURES);
    let sentiments = [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive];
    let mut published = PublishedTestimonial {
        testimonial: Testimonial {
            id: ContributionId::from_bytes(bytes),
            space: slug(&format!("caf-{space}")),
            title: Title::parse(&title, Title::MAX).expect("a title"),
            body: Body::parse(&WORDS.repeat(8), Body::MAX).expect("a text"),
            pseudonym: Name::parse("Camille").expect("a name"),
            sentiment: sentiments[number % 3],
            channels: [Channel::Telephone].into(),
            aspects: BTreeMap::new(),
            structures: vec![slug(&structure)],
            department: Some(format!("{:02}", number % 19 + 1)),
            writer: Writer::Oneself,
            received_at: at,
            source: None,
        },
        published_at: at,
        same: number as u64 % 9,
        edited: false,
        answers: BTreeMap::new(),
        reply: None,
    };
    if !number.is_multiple_of(3) {
        answer(&mut published, at + 50.hours());
    }
    published
}

fn answer(published: &mut PublishedTestimonial, at: Timestamp) {
    let response = OfficialResponse {
        team: "L’équipe de l’accueil".to_owned(),
        text: Body::parse("Bonjour,\n\nMerci de votre témoignage.", Body::MAX).expect("a text"),
        published_at: at,
        corrected_at: None,
    };
    let by = published.testimonial.structures[0].clone();
    let answer = Answer {
        response: Some(response),
        ..Answer::default()
    };
    published.answers.insert(by, answer);
}

fn fact(published: &PublishedTestimonial) -> TestimonialFact {
    let testimonial = &published.testimonial;
    let answered = published.answers.iter();
    let answered = answered.filter_map(|(by, answer)| {
        let response = answer.response.as_ref()?;
        Some((by.clone(), response.published_at))
    });
    TestimonialFact {
        fact: testimonial.id.clone(),
        space: testimonial.space.clone(),
        structures: testimonial.structures.clone(),
        received_at: testimonial.received_at,
        sentiment: testimonial.sentiment,
        channels: testimonial.channels.clone(),
        status: Status::Published,
        first_decided_at: Some(published.published_at),
        published_at: Some(published.published_at),
        answered_at: answered.collect(),
        improvements: BTreeMap::new(),
        helped: BTreeMap::new(),
        imported: false,
    }
}

fn slug(raw: &str) -> Slug {
    Slug::parse(raw).expect("a slug")
}
