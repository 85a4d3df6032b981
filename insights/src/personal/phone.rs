//! Telephone numbers.

use std::ops::Range;

use super::{Letters, is_separator};

/// The first telephone number of the French plan (ARCEP, decision n° 2018-0881 of 24 July 2018
/// establishing the national numbering plan, and its amendments): ten digits, of which the first
/// is 0 and the second is not; or +33 or 00 33, and nine. The codes of the departments overseas
/// (+262, +590, +594, +596) are of the same plan. Numbers that begin with 08 are those of services,
/// which nobody lives behind: many contributions name one, and it is not personal data.
pub(super) fn first(text: &Letters) -> Option<Range<usize>> {
    (0..text.len()).find_map(|start| {
        let end = abroad(text, start).or_else(|| home(text, start))?;
        Some(text.range(start, end))
    })
}

/// How ten digits are grouped when they are a telephone number. A date followed by an hour
/// (2-2-4-2) or the numbers of two laws are not.
const GROUPS: [&[usize]; 8] = [
    &[10],
    &[2, 2, 2, 2, 2],
    &[2, 8],
    &[4, 2, 2, 2],
    &[4, 6],
    &[4, 3, 3],
    &[3, 3, 4],
    &[1, 3, 3, 3],
];

fn home(text: &Letters, start: usize) -> Option<usize> {
    if text.digit(start) != Some(0) || !stands_alone(text, start) {
        return None;
    }
    let (digits, groups, end) = read(text, start, 10)?;
    let begins = matches!(digits[1], 1..=7 | 9);
    (begins && GROUPS.contains(&groups.as_slice())).then_some(end)
}

/// A number does not begin inside another, a reference (`A0612345678`) or an address of the web.
fn stands_alone(text: &Letters, start: usize) -> bool {
    let Some(before) = text.before(start) else {
        return true;
    };
    if text.follows_digit(start) || before.is_uppercase() || matches!(before, '=' | '_') {
        return false;
    }
    // « 12,06 … », « 2015/06 … », « 3-06 … »
    if matches!(before, ',' | '.' | '/' | '-') && text.follows_digit(start - 1) {
        return false;
    }
    !(before == '/' && in_address(text, start))
}

/// Whether the word that `place` is in is an address of the web.
fn in_address(text: &Letters, place: usize) -> bool {
    let mut start = place;
    while text.before(start).is_some_and(|c| !c.is_whitespace()) {
        start -= 1;
        if text.at(start) == Some(':') && text.at(start + 1) == Some('/') {
            return true;
        }
    }
    let word = (start..start + 4).filter_map(|place| text.at(place));
    word.collect::<String>().eq_ignore_ascii_case("www.")
}

const CODES: [&str; 5] = ["33", "262", "590", "594", "596"];

fn abroad(text: &Letters, start: usize) -> Option<usize> {
    let after_sign = match text.at(start)? {
        '+' | '\u{ff0b}' => text.after_separators(start + 1, 1),
        '0' if !text.follows_digit(start) && text.digit(start + 1) == Some(0) => {
            text.after_separators(start + 2, 1)
        }
        _ => return None,
    };
    CODES.into_iter().find_map(|code| {
        let mut place = after_sign;
        for digit in code.chars() {
            if text.at(place) != Some(digit) {
                return None;
            }
            place += 1;
        }
        place = after_trunk_zero(text, place);
        let (digits, _, end) = read(text, place, 9)?;
        matches!(digits[0], 1..=7 | 9).then_some(end)
    })
}

/// « (+33) 6 … », « +33 (0)6 … » and « +33 06 … » are written too.
fn after_trunk_zero(text: &Letters, place: usize) -> usize {
    let place = after_brackets(text, place);
    if text.digit(place) == Some(0) {
        after_brackets(text, place + 1)
    } else {
        place
    }
}

fn after_brackets(text: &Letters, mut place: usize) -> usize {
    const MOST: usize = 4;
    let last = place + MOST;
    while place < last
        && text
            .at(place)
            .is_some_and(|c| is_separator(c) || matches!(c, '(' | ')'))
    {
        place += 1;
    }
    place
}

/// Reads so many digits, how they are grouped, and where they end; none where more follow.
fn read(text: &Letters, start: usize, count: usize) -> Option<(Vec<u32>, Vec<usize>, usize)> {
    const BETWEEN: usize = 3;
    let mut digits = vec![text.digit(start)?];
    let mut groups = vec![1];
    let mut end = start + 1;
    while digits.len() < count {
        let place = text.after_separators(end, BETWEEN);
        let apart = (end..place).any(|place| !text.at(place).is_some_and(is_invisible));
        if (end..place).any(|place| text.at(place) == Some('\n')) {
            return None;
        }
        digits.push(text.digit(place)?);
        match groups.last_mut() {
            Some(last) if !apart => *last += 1,
            _ => groups.push(1),
        }
        end = place + 1;
    }
    (!text.is_digit(end)).then_some((digits, groups, end))
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}
