//! What is true of every text that was parsed, whatever was typed.

use domain::{Body, ContributionId, ContributionRef, Email, Name, Slug, TextProblem, Title};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// What somebody may type or paste: words, blanks and line breaks of every kind, controls, what
/// turns the direction of a text, what is invisible, letters in pieces, stacks of accents, emoji
/// that are made of several characters, and anything else.
fn typed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9éÉœ'’.,!-]{1,6}",
        3 => prop::sample::select(vec![
            " ", "  ", "\t", "\u{a0}", "\u{202f}", "\u{3000}", "\n", "\r\n", "\r", "\n\n\n", " \n ",
            "\u{85}", "\u{2028}", "\u{2029}", "\u{b}",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "\0", "\u{7}", "\u{1b}[31m", "\u{7f}", "\u{9c}", "\u{202e}", "\u{2066}", "\u{200f}",
            "\u{61c}", "\u{200b}", "\u{200d}", "\u{200c}", "\u{feff}", "\u{ad}", "\u{2060}",
            "\u{fffe}", "\u{ffff}", "\u{fffd}", "\u{e000}", "\u{fdd0}", "\u{e0041}", "\u{10ffff}",
            "\u{3164}", "\u{115f}", "\u{2800}", "\u{1d173}",
        ]).prop_map(str::to_owned),
        2 => "[\u{300}-\u{36f}\u{20d0}-\u{20ff}\u{fe0f}\u{9be}\u{9c7}]{1,9}",
        1 => "([\u{301}-\u{304}]{1,4}[\u{200c}\u{200d}\u{3164}]){1,4}",
        1 => "👩(\u{200d}👩){1,20}",
        1 => "[\u{600}\u{1100}🇫]{1,20}",
        1 => "क(\u{94d}क){1,20}",
        1 => prop::sample::select(vec![
            "e\u{301}", "\u{2126}", "\u{fb01}", "\u{1100}\u{1161}\u{11a8}", "\u{1100}\u{1161}",
            "\u{11a8}", "👩\u{200d}👧", "👍🏽", "🇫🇷", "\u{f900}", "\u{1e9b}\u{323}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Addresses, some of which are none.
pub fn address() -> impl Strategy<Value = String> {
    let local = "[a-zé.+_'!`{\u{301}\u{202e}\u{200b}\u{3164}²ก-]{0,6}";
    let domain = "[a-zé0-9.\u{301}\u{200d}\u{202e}²ßก-]{0,8}|a{60,65}";
    (" ?", local, domain, "[a-zé1]{0,4}[ >]?")
        .prop_map(|(blank, local, domain, last)| format!("{blank}{local}@{domain}.{last}"))
}

fn graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Whether nothing is drawn of a character by itself.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}' | '\u{200c}' | '\u{200d}'
    )
}

/// Whether a reader can see something of a character.
fn shows(c: char) -> bool {
    !c.is_whitespace() && !is_combining_mark(c) && !is_blank(c)
}

/// Asserts what holds of every text that is kept.
fn assert_kept(text: &str, limit: usize) -> Result<(), TestCaseError> {
    prop_assert!(graphemes(text) <= limit, "{text:?}");
    prop_assert!(text.nfc().eq(text.chars()), "{text:?}");
    prop_assert!(text.chars().any(shows), "{text:?}");
    for c in text.chars() {
        prop_assert!(c == '\n' || !c.is_control(), "{text:?}");
        // Bidirectional marks, embeddings and isolates.
        let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assert!(!turns, "{text:?}");
        // A feed is XML: <https://www.w3.org/TR/xml/#charsets>.
        prop_assert!(!matches!(c, '\u{fffe}' | '\u{ffff}'), "{text:?}");
    }
    let mut marks = 0;
    for c in text.chars() {
        if is_combining_mark(c) {
            marks += 1;
        } else if !is_blank(c) {
            marks = 0;
        }
        prop_assert!(marks <= 4, "{text:?}");
    }
    for grapheme in text.graphemes(true) {
        prop_assert!(grapheme.chars().count() <= 16, "{text:?}");
    }
    for line in text.lines() {
        prop_assert!(!line.starts_with(is_combining_mark), "{text:?}");
    }
    Ok(())
}

fn body(raw: &str) -> String {
    Body::parse(raw, Body::MAX).unwrap().into()
}

fn title(raw: &str) -> String {
    Title::parse(raw, 150).unwrap().into()
}

#[test]
fn a_line_keeps_single_blanks() {
    assert_eq!(
        body("1\t\t2    3\u{2003} 4\n  cinq   six\n \n\nsept"),
        "1 2 3 4\ncinq six\n\nsept"
    );
    // A no-break space stays where it stands.
    assert_eq!(body("12\u{202f}000\u{a0}€ "), "12\u{202f}000\u{a0}€");
    assert_eq!(
        body("«\u{a0} Oui  \u{a0}»\u{a0}\u{a0}!"),
        "«\u{a0}Oui\u{a0}»\u{a0}!"
    );
}

#[test]
fn a_letter_keeps_four_marks_whatever_stands_between() {
    let stack = format!("a{}", "\u{301}\u{302}\u{303}\u{304}\u{200c}".repeat(400));
    for kept in [title(&stack), body(&stack)] {
        assert_eq!(
            kept,
            "á\u{302}\u{303}\u{304}\u{200c}\u{301}\u{200c}\u{200c}\u{200c}\u{200c}\u{200c}\u{200c}\u{200c}\u{200c}\u{200c}\u{200c}"
        );
    }
    // What people write is whole.
    for written in [
        "Zoé",
        "می\u{200c}خواهم",
        "र्त्स्न्य",
        "❤\u{fe0f}\u{200d}🔥",
        "Việt",
    ] {
        assert_eq!(title(written), written);
    }
}

#[test]
fn a_grapheme_keeps_sixteen_characters() {
    let women = format!("👩{}", "\u{200d}👩".repeat(1200));
    assert_eq!(
        title(&women),
        format!("👩{}", "\u{200d}👩".repeat(7)) + "\u{200d}"
    );
    let stack = format!("क{} puis", "्क".repeat(1000));
    assert_eq!(title(&stack), format!("क{}् puis", "्क".repeat(7)));
    // The longest emoji that Unicode recommends, with the tones of four people.
    for written in [
        "👩🏻\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏿",
        "👨🏻\u{200d}👩🏼\u{200d}👧🏽\u{200d}👦🏾",
    ] {
        assert_eq!(title(written), written);
    }
}

#[test]
fn no_line_begins_with_a_mark() {
    assert_eq!(title("\u{338}Texte"), "Texte");
    assert_eq!(title(" \u{200d}\u{338} \u{301}Texte e\u{301}"), "Texte é");
    assert_eq!(
        body("\u{338}\n\u{20dd}Un\n \u{301} deux\n\n\u{fe0f}\n\u{338}trois"),
        "Un\ndeux\n\ntrois"
    );
    assert_eq!(
        Body::parse("\u{338}\n \u{301}", 20),
        Err(TextProblem::Empty)
    );
}

proptest! {
    #[test]
    fn a_title_is_one_clean_line(raw in typed(), limit in 1..60usize) {
        match Title::parse(&raw, limit) {
            Ok(title) => {
                let text = title.as_str();
                assert_kept(text, limit)?;
                let words: Vec<&str> = text.split_whitespace().collect();
                prop_assert_eq!(words.join(" "), text);
                prop_assert_eq!(Title::parse(text, limit), Ok(title.clone()));
                prop_assert_eq!(Title::try_from(text.to_owned()), Ok(title.clone()));
            }
            Err(TextProblem::TooLong { length, limit: told }) => {
                prop_assert!(told == limit && length > limit);
                // As long as it was said to be.
                let whole = Title::parse(&raw, length);
                prop_assert!(length > Title::MAX || whole.is_ok_and(|whole| graphemes(whole.as_str()) == length));
            }
            Err(problem) => prop_assert_eq!(problem, TextProblem::Empty),
        }
    }

    #[test]
    fn a_body_is_clean_paragraphs(raw in typed(), limit in 1..200usize) {
        match Body::parse(&raw, limit) {
            Ok(body) => {
                let text = body.as_str();
                assert_kept(text, limit)?;
                for paragraph in text.split("\n\n") {
                    prop_assert!(!paragraph.is_empty(), "{text:?}");
                    for line in paragraph.split('\n') {
                        prop_assert!(!line.is_empty() && line.trim() == line, "{text:?}");
                        let blanks: Vec<char> = line.chars().collect();
                        let twice = |two: &[char]| two.iter().all(|c| c.is_whitespace());
                        prop_assert!(!blanks.windows(2).any(twice), "{text:?}");
                    }
                }
                prop_assert_eq!(Body::parse(text, limit), Ok(body.clone()));
                let parsed = Body::try_from(text.to_owned());
                prop_assert_eq!(parsed.as_ref(), Ok(&body));
                let excerpt = body.excerpt(20);
                prop_assert!(graphemes(&excerpt) <= 21 && !excerpt.contains('\n'), "{excerpt:?}");
            }
            Err(TextProblem::TooLong { length, limit: told }) => {
                prop_assert!(told == limit && length > limit);
                let whole = Body::parse(&raw, length);
                prop_assert!(whole.is_ok_and(|whole| graphemes(whole.as_str()) == length));
            }
            Err(problem) => prop_assert_eq!(problem, TextProblem::Empty),
        }
    }

    /// A line break, a blank or a composed letter more or less is the same text.
    #[test]
    fn how_a_text_was_sent_changes_nothing(raw in typed()) {
        let parse = |raw: &str| Body::parse(raw, Body::MAX);
        let lines = raw.replace("\r\n", "\n").replace('\r', "\n");
        let windows = lines.replace('\n', "\r\n");
        prop_assert_eq!(parse(&windows), parse(&lines));
        prop_assert_eq!(parse(&lines.nfd().collect::<String>()), parse(&lines));
        prop_assert_eq!(parse(&format!("\n {raw}\n\n ")), parse(&raw));
    }

    #[test]
    fn a_name_is_a_short_title_and_no_address(raw in typed()) {
        if let Ok(name) = Name::parse(&raw) {
            assert_kept(name.as_str(), Name::MAX)?;
            // What ends a name is no address's.
            let before = name.as_str().strip_suffix('@').unwrap_or(name.as_str());
            prop_assert!(!before.contains('@'));
            prop_assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
        }
    }

    #[test]
    fn what_is_in_an_address_is_parsed_as_it_is_spelled(
        raw in prop_oneof![typed(), "[a-z0-9-]{0,70}", "[0-9a-z]{16}(-[0-9a-z]{16})?"],
        bytes in any::<[u8; 10]>(),
    ) {
        if let Ok(slug) = Slug::parse(&raw) {
            prop_assert_eq!(slug.as_str(), &raw);
            prop_assert_eq!(Slug::from_words(&raw), Some(slug));
        }
        if let Some(slug) = Slug::from_words(&raw) {
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
        }
        if let Ok(reference) = ContributionRef::parse(&raw) {
            prop_assert_eq!(reference.to_string(), raw);
        }
        let id = ContributionId::from_bytes(bytes);
        prop_assert_eq!(ContributionId::parse(id.as_str()), Ok(id.clone()));
        let read_aloud = id.reference().replace('-', "").to_lowercase();
        prop_assert_eq!(read_aloud, id.as_str());
    }

    #[test]
    fn an_address_is_kept_as_it_was_typed(
        raw in prop_oneof![typed(), address()],
    ) {
        if let Ok(email) = Email::parse(&raw) {
            let address = email.expose();
            prop_assert_eq!(address, raw.trim());
            prop_assert!(address.len() <= 254 && address.matches('@').count() == 1);
            prop_assert!(!address.chars().any(|c| c.is_whitespace() || c.is_control()));
            prop_assert_eq!(Email::parse(address), Ok(email.clone()));
            let shown = format!("{email:?}");
            prop_assert!(!shown.contains(address));
        }
    }
}
