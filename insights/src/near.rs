//! Texts that say nearly the same: what an author is shown before an idea is put forward twice.
//!
//! Lexical, deterministic and offline. A text is its words without accents, case, endings and
//! little words, and the pairs of words that follow each other; a title counts twice. Words that
//! few candidates have weigh more (inverse document frequency), and two texts are as near as the
//! cosine of the angle between them, from 0 to 1.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// From which score on two texts are said to be near.
///
/// Chosen by reading pairs of the 696 ideas of the République numérique consultation, titles with
/// the first 160 characters: the 63 that it keeps, and the next 20. Above 0.6, the same idea sent
/// twice, or with another title. From 0.35 to 0.6, the same subject put otherwise (« Immunité » and
/// « Impunité pour les lanceurs d'alerte », « Droit à la fibre pour les hyper ruraux »), sometimes
/// for and against, and the articles of the bill beside what completes them. Below 0.35 the
/// phrases of laws take over. Titles alone, as the 21,843 of the Vrai débat, are near by one word
/// at 0.4.
pub const THRESHOLD: f32 = 0.35;
/// How many near texts are named at most.
pub const MOST: usize = 3;

/// Candidates, ready to be compared with any number of texts.
#[derive(Debug, Clone)]
pub struct Index<T> {
    items: Vec<Item<T>>,
    /// The candidates that have a term, with its weight in each.
    postings: HashMap<String, Posting>,
}

#[derive(Debug, Clone)]
struct Item<T> {
    item: T,
    norm: f32,
}

#[derive(Debug, Clone, Default)]
struct Posting {
    idf: f32,
    held: Vec<(u32, f32)>,
}

/// A candidate that is near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near<'a, T> {
    /// The candidate.
    pub item: &'a T,
    /// How near, from [`THRESHOLD`] to 1.
    pub score: f32,
}

impl<T> Index<T> {
    /// An index of candidates: what is answered for each, its title, and its text or the
    /// beginning of it.
    #[must_use]
    pub fn of<'a>(candidates: impl IntoIterator<Item = (T, &'a str, &'a str)>) -> Self {
        let mut items = Vec::new();
        let mut postings: HashMap<String, Posting> = HashMap::new();
        for (place, (item, title, text)) in (0..).zip(candidates) {
            for (term, weight) in terms(title, text) {
                postings.entry(term).or_default().held.push((place, weight));
            }
            items.push(Item { item, norm: 0.0 });
        }
        let count = items.len() as f32;
        for posting in postings.values_mut() {
            posting.idf = idf(count, posting.held.len() as f32);
        }
        // Sums of floats depend on their order: terms are taken in one that is always the same.
        let mut index = Self { items, postings };
        let mut sorted: Vec<_> = index.postings.iter().collect();
        sorted.sort_unstable_by_key(|(term, _)| *term);
        for (_, posting) in sorted {
            for (place, weight) in &posting.held {
                index.items[*place as usize].norm += (weight * posting.idf).powi(2);
            }
        }
        for item in &mut index.items {
            item.norm = item.norm.sqrt();
        }
        index
    }

    /// The candidates that say nearly the same as this title and text, the nearest first; those
    /// that are as near as each other, in the order in which they were given.
    ///
    /// The text should be as long as those of the candidates: the beginning of it, where they are
    /// beginnings.
    #[must_use]
    pub fn nearest(&self, title: &str, text: &str) -> Vec<Near<'_, T>> {
        let unseen = idf(self.items.len() as f32, 0.0);
        let mut scores = vec![0.0_f32; self.items.len()];
        let mut norm = 0.0_f32;
        for (term, weight) in terms(title, text) {
            let Some(posting) = self.postings.get(&term) else {
                norm += (weight * unseen).powi(2);
                continue;
            };
            let weight = weight * posting.idf;
            norm += weight.powi(2);
            for (place, other) in &posting.held {
                scores[*place as usize] += weight * other * posting.idf;
            }
        }
        let norm = norm.sqrt();
        let mut near: Vec<Near<'_, T>> = self
            .items
            .iter()
            .zip(scores)
            .map(|(item, score)| Near {
                item: &item.item,
                score: (score / (norm * item.norm).max(f32::EPSILON)).min(1.0),
            })
            .filter(|near| near.score >= THRESHOLD)
            .collect();
        near.sort_by(|a, b| b.score.total_cmp(&a.score));
        near.truncate(MOST);
        near
    }
}

/// The weight of a term that `having` of `count` candidates have. Of a few candidates nobody can
/// tell which words are rare: they count as a thousand, so that all words weigh about the same.
fn idf(count: f32, having: f32) -> f32 {
    const FEW: f32 = 1_000.0;
    (1.0 + count.max(FEW) / (1.0 + having)).ln()
}

/// The terms of a title and a text, in the order of their spelling.
fn terms(title: &str, text: &str) -> BTreeMap<String, f32> {
    const TITLE: f32 = 2.0;
    const PAIR: f32 = 0.5;
    let mut terms: BTreeMap<String, f32> = BTreeMap::new();
    for (part, weight) in [(title, TITLE), (text, 1.0)] {
        let words = stems(part);
        for pair in words.windows(2) {
            *terms.entry(pair.join(" ")).or_default() += weight * PAIR;
        }
        for word in words {
            *terms.entry(word).or_default() += weight;
        }
    }
    // A word said over and over weighs more, and less each time.
    for weight in terms.values_mut() {
        *weight = (1.0 + *weight).ln();
    }
    terms
}

/// The words of a text, folded, without the little ones, and without their endings.
fn stems(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(' ');
    words
        .filter(|word| word.len() > 1 && !is_little(word))
        .map(|word| stem(word).to_owned())
        .collect()
}

/// A text as it is compared: lower case, without accents, its words apart by one space and nothing
/// else. Two texts that fold alike are the same to a reader.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            c if c.is_alphanumeric() => folded.push(c),
            c if is_combining_mark(c) || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}') => {}
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// A word without its plural, its feminine and the end of its infinitive (after J. Savoy, "A
/// stemming procedure and stopword list for general French corpora", JASIS 50(10), 1999: the
/// minimal stemmer).
fn stem(word: &str) -> &str {
    const SHORTEST: usize = 5;
    if word.len() < SHORTEST || !word.is_ascii() || word.bytes().all(|b| b.is_ascii_digit()) {
        return word;
    }
    let mut stem = word.trim_end_matches(['s', 'x']);
    stem = stem.strip_suffix('r').unwrap_or(stem);
    stem = stem.strip_suffix('e').unwrap_or(stem);
    stem = stem.strip_suffix('e').unwrap_or(stem);
    let bytes = stem.as_bytes();
    match bytes {
        [.., a, b] if a == b => &stem[..stem.len() - 1],
        _ => stem,
    }
}

/// Words that say nothing by themselves, folded, elisions included.
const LITTLE: &str = " a afin ai ainsi alors apres as au aucun aucune aussi autre autres aux avec avoir avons \
    ayant bien c car ce ceci cela celle celles celui ces cet cette ceux chaque chez comme comment \
    contre d dans de dedans dehors depuis des deux devrait doit doivent donc du elle elles en \
    encore entre es est et etaient etait etant etc ete etre eu eux fait faire faut hors il ils j je \
    jusqu l la le les leur leurs lors lui m ma mais me meme memes mes moi moins mon n ne ni non nos \
    notre nous on ont ou par parce pas pendant peu peut peuvent plus plusieurs pour pourquoi \
    pourrait qu quand que quel quelle quelles quels qui quoi s sa sans se sera serait ses si soit \
    son sont sous souvent sur t ta tel telle tels tes toi ton tous tout toute toutes tres trop tu \
    un une vers voici voila vos votre vous y ";

fn is_little(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| LITTLE.split_ascii_whitespace().collect());
    WORDS.contains(word)
}
