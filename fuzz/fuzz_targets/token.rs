#![no_main]
//! What the site signs, and gets back changed: only what was signed is read, and as it was.

use domain::{Person, Slug};
use functions::Secret;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// The text with a part of it replaced.
fn changed(text: &str, place: u8, part: &str) -> String {
    let at = usize::from(place) % (text.len() + 1);
    let end = (at + part.len()).min(text.len());
    format!("{}{part}{}", &text[..at], &text[end..])
}

fuzz_target!(|input: (u8, &str)| {
    let (place, part) = input;
    let secret = Secret::new([7; 32]);
    let campaign = Slug::parse("accueil").expect("a name");
    let person = Person::from_bytes([9; 16]);

    let ticket = secret.ticket("form", NOW);
    let cookie = secret.person_cookie(&campaign, &person);
    for raw in [part.to_owned(), changed(&ticket, place, part)] {
        let read = secret.read_ticket("form", &raw, NOW);
        assert_eq!(read.is_some(), raw == ticket, "{raw:?}");
        assert_eq!(secret.read_ticket("another", &raw, NOW), None);
    }
    for raw in [part.to_owned(), changed(&cookie, place, part)] {
        let read = secret.read_person(&campaign, &raw);
        assert_eq!(read, (raw == cookie).then(|| person.clone()), "{raw:?}");
    }
});
