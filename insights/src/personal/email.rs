//! E-mail addresses.

use std::ops::Range;

use super::letters::Letters;

/// The first e-mail address: a local part, a sign, and a domain with a dot whose last label is of
/// letters (RFC 5321, section 4.1.2, without quoted local parts and literal addresses; RFC 3696,
/// section 2, for the last label).
pub(super) fn first(text: &Letters) -> Option<Range<usize>> {
    (0..text.len()).find_map(|place| {
        let letters = signed(text, place)
            .or_else(|| bracketed(text, place))
            .or_else(|| in_words(text, place))?;
        Some(text.range(letters.start, letters.end))
    })
}

/// `@`, between blanks, as some write it to hide it, or not.
fn signed(text: &Letters, place: usize) -> Option<Range<usize>> {
    if text.at(place) != Some('@') {
        return None;
    }
    let domain = after_blank(text, place + 1);
    let end = domain_end(text, domain, dot)?;
    // « sur @mairie.fr » names an account, not an address.
    let last = if domain > place + 1 {
        before_blank(text, place)
    } else {
        place
    };
    Some(local_start(text, last)?..end)
}

/// `(at)`, `[at]`, with dots as they are or in words, in brackets or not.
fn bracketed(text: &Letters, place: usize) -> Option<Range<usize>> {
    let sign = after_bracketed(text, place, &SIGNS)?;
    let dots = |text: &Letters, place| dot(text, place).or_else(|| word_dot(text, place));
    let end = domain_end(text, after_blank(text, sign), dots)?;
    Some(local_start(text, before_blank(text, place))?..end)
}

/// « jean.dupont at free point fr »: between blanks, before a domain that ends as most do. With
/// its dots as they are, only where what is before has a dot, an underscore or a digit: « look at
/// legifrance.fr » is no address.
fn in_words(text: &Letters, place: usize) -> Option<Range<usize>> {
    const KNOWN: [&str; 12] = [
        "fr", "com", "net", "org", "eu", "be", "ch", "lu", "ca", "info", "re", "nc",
    ];
    if !is_blank(text, place) {
        return None;
    }
    let word_end = after_word(text, place + 1, &SIGNS)?;
    if !is_blank(text, word_end) {
        return None;
    }
    let start = local_start(text, place)?;
    let is_marked = (start..place)
        .any(|place| matches!(text.at(place), Some('.' | '_')) || text.is_digit(place));
    let ended = |end: usize| {
        KNOWN.iter().any(|known| {
            let label = end.checked_sub(known.len());
            label.is_some_and(|label| {
                after_word(text, label, &[known]) == Some(end)
                    && !text.before(label).is_some_and(char::is_alphanumeric)
            })
        })
    };
    let words = domain_end(text, word_end + 1, word_dot);
    let dots = || domain_end(text, word_end + 1, dot).filter(|_| is_marked);
    let end = words.or_else(dots).filter(|&end| ended(end))?;
    Some(start..end)
}

const SIGNS: [&str; 3] = ["at", "arobase", "arobas"];

fn is_blank(text: &Letters, place: usize) -> bool {
    matches!(text.at(place), Some(' ' | '\u{a0}' | '\u{202f}'))
}

fn after_blank(text: &Letters, place: usize) -> usize {
    place + usize::from(is_blank(text, place))
}

fn before_blank(text: &Letters, place: usize) -> usize {
    match place.checked_sub(1) {
        Some(before) if is_blank(text, before) => before,
        _ => place,
    }
}

/// Where one of these words ends that begins at `start`.
fn after_word(text: &Letters, start: usize, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| {
        let mut letters = word.chars().enumerate();
        let same = |(place, c): (usize, char)| {
            let written = text.at(start + place);
            written.is_some_and(|written| written.eq_ignore_ascii_case(&c))
        };
        let end = start + word.len();
        let ends = !text.at(end).is_some_and(char::is_alphanumeric);
        (letters.all(same) && ends).then_some(end)
    })
}

/// The same, where the word stands in brackets.
fn after_bracketed(text: &Letters, start: usize, words: &[&str]) -> Option<usize> {
    let close = match text.at(start)? {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        _ => return None,
    };
    let end = after_word(text, after_blank(text, start + 1), words)?;
    let end = after_blank(text, end);
    (text.at(end) == Some(close)).then_some(end + 1)
}

/// Where the dot between two labels ends.
fn dot(text: &Letters, place: usize) -> Option<usize> {
    (text.at(place) == Some('.')).then_some(place + 1)
}

/// The same of a dot in words: `[dot]`, `(point)`, or a word between blanks.
fn word_dot(text: &Letters, place: usize) -> Option<usize> {
    const DOTS: [&str; 2] = ["dot", "point"];
    let word = after_blank(text, place);
    let bracketed = after_bracketed(text, word, &DOTS).map(|end| after_blank(text, end));
    bracketed.or_else(|| {
        let end = after_word(text, word, &DOTS).filter(|_| word > place)?;
        is_blank(text, end).then_some(end + 1)
    })
}

/// Where the local part that ends at `last` begins.
fn local_start(text: &Letters, last: usize) -> Option<usize> {
    let mut start = last;
    while start > 0 && text.at(start - 1).is_some_and(is_local) {
        start -= 1;
    }
    while start < last && matches!(text.at(start), Some('.' | '-' | '\'' | '’')) {
        start += 1;
    }
    (start < last).then_some(start)
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "._%+-'’".contains(c)
}

/// Where the domain that begins at `start` ends, with such dots; none where it is no domain.
fn domain_end(
    text: &Letters,
    start: usize,
    after_dot: fn(&Letters, usize) -> Option<usize>,
) -> Option<usize> {
    let mut end = None;
    let mut place = start;
    loop {
        let label = place;
        while text
            .at(place)
            .is_some_and(|c| c.is_alphanumeric() || c == '-')
        {
            place += 1;
        }
        let length = place - label;
        if length == 0 {
            return end;
        }
        let lettered = (label..place).all(|place| text.at(place).is_some_and(char::is_alphabetic));
        if label > start && length >= 2 && lettered {
            end = Some(place);
        }
        match after_dot(text, place) {
            Some(next) => place = next,
            None => return end,
        }
    }
}
