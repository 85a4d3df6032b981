//! A text as the model's pieces are spelt: compatibility forms made plain, spaces as `▁`
//! (T. Kudo & J. Richardson, "SentencePiece", EMNLP 2018, § 3.2).
//!
//! Which characters become which is a table in the model (`precompiled_charsmap`): a trie of the
//! bytes that are replaced, as a double array (S. Yata's Darts-clone), then the replacements, each
//! ended by a zero.

/// The sign of a space.
const SPACE: &str = "▁";

pub(super) struct Table {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl Table {
    /// The table of a model. None where it is not whole.
    pub(super) fn read(charsmap: &[u8]) -> Option<Self> {
        let (length, rest) = charsmap.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (units, replacements) = rest.split_at_checked(length)?;
        let (units, odd) = units.as_chunks::<4>();
        if !odd.is_empty() || units.is_empty() {
            return None;
        }
        Some(Self {
            units: units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(),
            replacements: replacements.to_vec(),
        })
    }

    /// The text as it is spelt in pieces: empty where nothing is left of it.
    pub(super) fn normal(&self, text: &str) -> String {
        let mut rest = text;
        while let Some((" ", length)) = self.first(rest) {
            rest = &rest[length..];
        }
        let mut normal = String::with_capacity(rest.len() + rest.len() / 4 + SPACE.len());
        normal.push_str(SPACE);
        let mut after_space = true;
        while let Some((replaced, length)) = self.first(rest) {
            rest = &rest[length..];
            let replaced = if after_space {
                replaced.trim_start_matches(' ')
            } else {
                replaced
            };
            if replaced.is_empty() {
                continue;
            }
            for (place, word) in replaced.split(' ').enumerate() {
                if place > 0 {
                    normal.push_str(SPACE);
                }
                normal.push_str(word);
            }
            after_space = replaced.ends_with(' ');
        }
        normal.truncate(normal.trim_end_matches(SPACE).len());
        normal
    }

    /// What the beginning of a text becomes, the longest that the table knows or else one
    /// character, and its length in bytes. None at the end of the text.
    fn first<'a>(&'a self, text: &'a str) -> Option<(&'a str, usize)> {
        let first = text.chars().next()?;
        let known = self.longest(text.as_bytes()).and_then(|(value, length)| {
            // A table that cuts a character in two is no table: the character stands.
            let replaced = self
                .replacements
                .get(value..)?
                .split(|byte| *byte == 0)
                .next()?;
            let replaced = std::str::from_utf8(replaced).ok()?;
            text.is_char_boundary(length).then_some((replaced, length))
        });
        Some(known.unwrap_or((&text[..first.len_utf8()], first.len_utf8())))
    }

    /// The value and the length of the longest key with which the bytes begin.
    ///
    /// A unit of the array is a node. Its bits: 0 to 7 (and 31) the byte that leads to it, 8
    /// whether a key ends there, 9 and 10 to 30 how far its children are; the value of a key is
    /// a child of its own.
    fn longest(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let children = |unit: u32| ((unit >> 10) << ((unit & 0x200) >> 6)) as usize;
        let mut longest = None;
        let mut place = children(*self.units.first()?);
        for (length, byte) in (1..).zip(bytes) {
            place ^= usize::from(*byte);
            let Some(&unit) = self.units.get(place) else {
                break;
            };
            if unit & 0x8000_00ff != u32::from(*byte) {
                break;
            }
            place ^= children(unit);
            if unit & 0x100 != 0 {
                let value = self.units.get(place)? & 0x7fff_ffff;
                longest = Some((value as usize, length));
            }
        }
        longest
    }
}
