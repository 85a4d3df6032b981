//! Social-security numbers.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::letters::{Letters, is_any_separator};

/// How many characters the number has without its key, and with it.
const NUMBER: usize = 13;
const WITH_KEY: usize = 15;

/// The first social-security number (NIR, the number of INSEE's *répertoire national
/// d'identification des personnes physiques*; décret n° 82-103 of 22 January 1982, article 4, and
/// the key of INSEE's definition « Numéro de sécurité sociale »): sex, year and month of birth,
/// department, municipality, order; then a key, 97 less the remainder of the number by 97.
///
/// - With its key right, it is one however it is spaced or cut, in a list or a table too; months
///   and sexes that INSEE and the health insurance use for particular cases are included.
/// - Without a key, or with a wrong one, it is one where it can only be somebody's: sex 1 or 2, a
///   month of the year, a department that exists, and cuts only where its fields meet, as it is
///   read aloud. A number typed with a mistake still tells the sex, birth and birthplace of its
///   owner, and to remove a number that is none costs its author little: so this leans to finding.
pub(super) fn first(text: &Letters) -> Option<Range<usize>> {
    (0..text.len()).find_map(|start| {
        if text.follows_digit(start) || !text.is_digit(start) {
            return None;
        }
        let end = with_key(text, start).or_else(|| by_structure(text, start))?;
        Some(text.range(start, end))
    })
}

fn with_key(text: &Letters, start: usize) -> Option<usize> {
    let spelled = Spelled::read(text, start, WITH_KEY)?;
    let fields = spelled.fields();
    let wide = matches!(fields.sex, 1..=4 | 7 | 8)
        && matches!(fields.month, 1..=12 | 20..=99)
        && fields.somebody();
    (wide && spelled.key() == Some(97 - fields.number % 97)).then_some(spelled.end)
}

fn by_structure(text: &Letters, start: usize) -> Option<usize> {
    let spelled = Spelled::read(text, start, NUMBER).filter(Spelled::is_in_fields)?;
    let fields = spelled.fields();
    let strict = matches!(fields.sex, 1 | 2)
        && matches!(fields.month, 1..=12)
        && matches!(fields.department, 1..=95 | 97..=99)
        && fields.somebody();
    if !strict {
        return None;
    }
    // Two digits more are a key, right or wrong.
    let keyed = Spelled::read(text, start, WITH_KEY).filter(Spelled::is_in_fields);
    match keyed {
        Some(keyed) => Some(keyed.end),
        None => (!text.is_digit(spelled.end)).then_some(spelled.end),
    }
}

/// Thirteen or fifteen characters as they are written, apart or not.
struct Spelled {
    digits: Vec<u32>,
    corsica: Option<char>,
    /// After how many characters there is something between two.
    apart: Vec<usize>,
    end: usize,
}

struct Fields {
    sex: u64,
    month: u64,
    department: u64,
    commune: u64,
    order: u64,
    /// The whole as a number, by which the key is made.
    number: u64,
}

impl Spelled {
    fn read(text: &Letters, start: usize, length: usize) -> Option<Self> {
        const BETWEEN: usize = 4;
        let mut spelled = Self {
            digits: Vec::with_capacity(length),
            corsica: None,
            apart: Vec::new(),
            end: start,
        };
        while spelled.digits.len() < length {
            let count = spelled.digits.len();
            let place = if count == 0 {
                start
            } else {
                text.after(spelled.end, BETWEEN, is_any_separator)
            };
            if place > spelled.end {
                spelled.apart.push(count);
            }
            let digit = match text.digit(place) {
                Some(digit) => digit,
                None if count == 6 && spelled.digits[5] == 2 => {
                    // A mark over it leaves it what it is.
                    let letter = text.at(place)?.nfd().next()?.to_ascii_uppercase();
                    spelled.corsica = Some(letter).filter(|c| matches!(c, 'A' | 'B'));
                    spelled.corsica?;
                    0
                }
                None => return None,
            };
            spelled.digits.push(digit);
            spelled.end = place + 1;
        }
        (length == NUMBER || !text.is_digit(spelled.end)).then_some(spelled)
    }

    /// Whether it is apart only where its fields meet.
    fn is_in_fields(&self) -> bool {
        const ENDS: [usize; 6] = [1, 3, 5, 7, 10, 13];
        self.apart.iter().all(|place| ENDS.contains(place))
    }

    fn number(&self, range: Range<usize>) -> u64 {
        let digits = self.digits.get(range).unwrap_or_default();
        digits
            .iter()
            .fold(0, |number, &digit| number * 10 + u64::from(digit))
    }

    /// Corsica's 2A counts as 19 and 2B as 18.
    fn fields(&self) -> Fields {
        const AFTER_DEPARTMENT: u64 = 1_000_000;
        let whole = self.number(0..NUMBER);
        let number = match self.corsica {
            None => whole,
            Some('A') => whole - AFTER_DEPARTMENT,
            Some(_) => whole - 2 * AFTER_DEPARTMENT,
        };
        Fields {
            sex: self.number(0..1),
            month: self.number(3..5),
            department: self.number(5..7),
            commune: self.number(7..10),
            order: self.number(10..13),
            number,
        }
    }

    fn key(&self) -> Option<u64> {
        (self.digits.len() == WITH_KEY).then(|| self.number(13..15))
    }
}

impl Fields {
    fn somebody(&self) -> bool {
        self.department > 0 && self.commune > 0 && self.order > 0
    }
}
