//! The words and the expressions that say how something was felt, and where a text has them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::{Token, tokens};

/// Entries under their weights; how it is written is said in its head.
const LEXICON: &str = include_str!("lexicon.txt");
/// Under this, the lexicon has what calls a thing neither good nor bad, and what that weighs.
const MIXED: (&str, f32) = ("mixed", -0.3);
/// The letters of a beginning that stands for many words.
const BEGINNING: std::ops::RangeInclusive<usize> = 3..=16;

/// Where a text has an entry: the tokens from `start` to before `end`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    /// From -3 to 3, not 0.
    pub(super) weight: f32,
    /// Whether it calls the thing mixed.
    pub(super) mixed: bool,
}

impl Hit {
    /// From where on what denies may reach past it: « aucune réponse satisfaisante » denies twice
    /// by one word.
    pub(super) fn after(&self) -> usize {
        if self.end > self.start + 1 {
            self.start
        } else {
            self.end
        }
    }
}

struct Entry {
    words: Vec<Word>,
    weight: f32,
    mixed: bool,
}

enum Word {
    Whole(String),
    Beginning(String),
}

struct Lexicon {
    entries: Vec<Entry>,
    /// The entries whose first word is this one, and those whose first word begins so.
    whole: HashMap<String, Vec<usize>>,
    beginning: HashMap<String, Vec<usize>>,
}

/// All that tokens say, in their order; of entries that overlap, the one that begins first, and of
/// those that begin together the longest.
pub(super) fn hits(tokens: &[Token]) -> Vec<Hit> {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);
    let mut hits: Vec<Hit> = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let mut end = start + 1;
        if let Token::Face(weight) = tokens[start] {
            hits.push(Hit {
                start,
                end,
                weight,
                mixed: false,
            });
        } else if let Some(entry) = LEXICON.longest(&tokens[start..]) {
            end = start + entry.words.len();
            if entry.weight != 0.0 {
                hits.push(Hit {
                    start,
                    end,
                    weight: entry.weight,
                    mixed: entry.mixed,
                });
            }
        }
        start = end;
    }
    // « Super long », « bien trop cher »: what praises alone only strengthens what follows it.
    let strengthening: Vec<bool> = hits
        .iter()
        .enumerate()
        .map(|(place, hit)| {
            let next = hits.get(place + 1);
            hit.end == hit.start + 1
                && tokens[hit.start].strengthens()
                && next.is_some_and(|next| {
                    next.start <= hit.end + 1
                        && !tokens[hit.end..next.start].iter().any(Token::ends_clause)
                })
        })
        .collect();
    let mut kept = strengthening.iter().map(|strengthens| !strengthens);
    hits.retain(|_| kept.next().unwrap_or(true));
    hits
}

impl Lexicon {
    fn read() -> Self {
        let mut lexicon = Self {
            entries: Vec::new(),
            whole: HashMap::new(),
            beginning: HashMap::new(),
        };
        let (mut weight, mut mixed) = (0.0, false);
        let lines = LEXICON.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            if let Some(said) = line.strip_prefix('[') {
                let said = said.trim_end_matches(']');
                mixed = said == MIXED.0;
                weight = if mixed {
                    MIXED.1
                } else {
                    said.parse().expect("a weight of the lexicon is a number")
                };
                continue;
            }
            let written = line.split(',').map(str::trim);
            for entry in written.filter(|entry| !entry.is_empty()) {
                lexicon.add(Entry {
                    words: words(entry),
                    weight,
                    mixed,
                });
            }
        }
        lexicon
    }

    fn add(&mut self, entry: Entry) {
        let place = self.entries.len();
        match entry
            .words
            .first()
            .expect("an entry of the lexicon has a word")
        {
            Word::Whole(word) => self.whole.entry(word.clone()).or_default(),
            Word::Beginning(word) => self.beginning.entry(word.clone()).or_default(),
        }
        .push(place);
        self.entries.push(entry);
    }

    /// The entry with the most words, then letters, with which tokens begin; a whole word before
    /// a beginning of it.
    fn longest(&self, tokens: &[Token]) -> Option<&Entry> {
        let first = tokens.first()?.word()?;
        let beginnings = BEGINNING.filter_map(|length| first.get(..length));
        let beginnings = beginnings.filter_map(|begin| self.beginning.get(begin));
        beginnings
            .chain(self.whole.get(first))
            .flatten()
            .map(|place| &self.entries[*place])
            .filter(|entry| entry.begins(tokens))
            .max_by_key(|entry| (entry.words.len(), entry.letters()))
    }
}

/// The words of an entry as it is written, each whole or, before a `*`, a beginning.
fn words(written: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for part in written.split_whitespace() {
        let beginning = part.ends_with('*');
        let folded = tokens(part);
        let mut folded = folded.iter().filter_map(Token::word).peekable();
        while let Some(word) = folded.next() {
            let word = word.to_owned();
            words.push(if beginning && folded.peek().is_none() {
                Word::Beginning(word)
            } else {
                Word::Whole(word)
            });
        }
    }
    words
}

impl Entry {
    fn begins(&self, tokens: &[Token]) -> bool {
        self.words.len() <= tokens.len()
            && self.words.iter().zip(tokens).all(|(word, token)| {
                token.word().is_some_and(|token| match word {
                    Word::Whole(word) => token == word,
                    Word::Beginning(word) => token.starts_with(word.as_str()),
                })
            })
    }

    fn letters(&self) -> usize {
        let whole = |word: &Word| usize::from(matches!(word, Word::Whole(_)));
        self.words
            .iter()
            .map(|word| 2 * word.text().len() + whole(word))
            .sum()
    }
}

impl Word {
    fn text(&self) -> &str {
        match self {
            Self::Whole(word) | Self::Beginning(word) => word,
        }
    }
}
