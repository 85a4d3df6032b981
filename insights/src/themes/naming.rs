//! What a theme is called: the terms that its contributions have and others don't, as people
//! write them.
//!
//! A term counts by how many contributions of the theme have it, and by how much more often than
//! among all: a class-based TF-IDF (M. Grootendorst, "BERTopic", arXiv:2203.05794, 2022), in which
//! a long text counts no more than a short one. The last terms of a theme are those that the most
//! of its contributions have, whether others have them or not: what sets a theme apart does not
//! always say what it is about. Of words of one family, one is shown.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use rayon::prelude::*;
use rust_stemmers::{Algorithm, Stemmer};

use super::analysis::{Term, round};
use super::corpus::{Corpus, Fields};
use super::words;

/// A pair of words is shown in place of one of them from this share of its contributions on.
const MOSTLY: f32 = 0.7;
/// A pair that fewer have is no expression, but chance.
const FEWEST_OF_PAIR: u32 = 3;
/// Of the best terms, so many times those that are wanted are looked at.
const LOOKED_AT: usize = 6;
/// One in so many terms of a theme is one of its commonest…
const COMMONEST: usize = 4;
/// … which this share of its contributions has at least.
const COMMON: f32 = 0.1;
/// Two stems that share so many letters are of one family, but for the last letter of the shorter.
const FAMILY: usize = 5;

/// A term that is characteristic.
#[derive(Debug, Clone, Copy)]
pub(super) struct Characteristic {
    pub(super) term: u32,
    /// The share of the contributions that have it.
    pub(super) share: f32,
    score: f64,
}

/// The terms of a theme: those that set it apart, the best first, then its commonest.
pub(super) fn terms(
    corpus: &Corpus,
    rows: &[usize],
    everywhere: &Having,
    most: usize,
) -> Vec<Characteristic> {
    let here = Having::of(corpus, rows);
    let apart = characteristic(corpus, rows, everywhere, most);
    let mut common: Vec<(u32, u32)> = here
        .counts
        .iter()
        .filter(|(term, count)| {
            **count as f32 >= COMMON * here.rows as f32
                && **count >= fewest(&here)
                && !corpus.is_pair(**term)
                && !is_vague(corpus.stems_of(**term)[0])
        })
        .map(|(term, count)| (*count, *term))
        .collect();
    common.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let kept = most - most / COMMONEST;
    let mut chosen: Vec<Characteristic> = apart.iter().take(kept).copied().collect();
    let new = |chosen: &[Characteristic], term: u32| {
        let mut stems = corpus.stems_of(term).into_iter();
        stems.all(|stem| {
            let said = chosen.iter().flat_map(|one| corpus.stems_of(one.term));
            !said.into_iter().any(|other| akin(stem, other))
        })
    };
    for (count, single) in common {
        if chosen.len() >= most {
            break;
        }
        let whole = expression(corpus, &here, single, count);
        let those = [whole, Some((count, single))];
        let found = those.into_iter().flatten();
        if let Some((count, term)) = found.into_iter().find(|(_, term)| new(&chosen, *term)) {
            chosen.push(Characteristic {
                term,
                share: count as f32 / here.rows as f32,
                score: 0.0,
            });
        }
    }
    for more in apart.into_iter().skip(kept) {
        if chosen.len() < most && new(&chosen, more.term) {
            chosen.push(more);
        }
    }
    chosen
}

/// The expression that most of the rows have which have one of its words, and how many.
fn expression(corpus: &Corpus, here: &Having, single: u32, count: u32) -> Option<(u32, u32)> {
    let stem = corpus.stems_of(single)[0];
    here.counts
        .iter()
        .filter(|(pair, having)| {
            **having >= FEWEST_OF_PAIR
                && **having as f32 >= MOSTLY * count as f32
                && corpus.is_pair(**pair)
                && corpus.stems_of(**pair).contains(&stem)
        })
        .map(|(pair, having)| (*having, *pair))
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
}

/// So many contributions have a term at least that is shown.
fn fewest(having: &Having) -> u32 {
    if having.rows < 4 { 1 } else { 2 }
}

/// The terms that some rows have more often than all `among` have, the best first.
pub(super) fn characteristic(
    corpus: &Corpus,
    rows: &[usize],
    among: &Having,
    most: usize,
) -> Vec<Characteristic> {
    let here = Having::of(corpus, rows);
    let fewest = fewest(&here);
    let mut all: Vec<Characteristic> = here
        .counts
        .iter()
        .filter(|(term, count)| {
            if corpus.stems_of(**term).iter().any(|stem| is_vague(stem)) {
                return false;
            }
            let pair = corpus.is_pair(**term);
            **count
                >= if pair {
                    fewest.max(FEWEST_OF_PAIR)
                } else {
                    fewest
                }
        })
        .filter_map(|(term, count)| {
            let share = f64::from(*count) / here.rows as f64;
            let usual = f64::from(among.counts[term]) / among.rows as f64;
            (share >= usual).then(|| Characteristic {
                term: *term,
                share: share as f32,
                score: share * libm::log1p(share / usual),
            })
        })
        .collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.term.cmp(&b.term)));
    all.truncate(most * LOOKED_AT);
    let mut chosen: Vec<Characteristic> = Vec::new();
    let mut said: BTreeSet<&str> = BTreeSet::new();
    for candidate in &all {
        if chosen.len() == most {
            break;
        }
        let whole = all.iter().find(|pair| {
            corpus.is_pair(pair.term)
                && !corpus.is_pair(candidate.term)
                && corpus
                    .stems_of(pair.term)
                    .contains(&corpus.stems_of(candidate.term)[0])
                && pair.share >= MOSTLY * candidate.share
        });
        let both = [whole, Some(candidate)];
        let new = both.into_iter().flatten().find(|term| {
            let stems = corpus.stems_of(term.term);
            stems
                .iter()
                .all(|stem| !said.iter().any(|other| akin(stem, other)))
        });
        if let Some(best) = new {
            // Of a family, what the most write.
            let stem = corpus.stems_of(best.term)[0];
            let kin = all.iter().filter(|one| {
                !corpus.is_pair(best.term)
                    && !corpus.is_pair(one.term)
                    && akin(stem, corpus.stems_of(one.term)[0])
            });
            let best = kin.fold(
                best,
                |best, one| if one.share > best.share { one } else { best },
            );
            said.extend(corpus.stems_of(best.term));
            chosen.push(*best);
        }
    }
    chosen
}

/// Whether two stems are of one family, as far as their letters tell: « politique » and
/// « politicien », « payer » and « paient ».
fn akin(one: &str, other: &str) -> bool {
    // What the stemmer leaves of verbs that change their stem, and of their endings.
    const ENDINGS: [&str; 5] = ["ent", "er", "ez", "e", ""];
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let same = |(a, b): &(u8, u8)| a == b || matches!((a, b), (b'y', b'i') | (b'i', b'y'));
    let shared = short.bytes().zip(long.bytes()).take_while(same).count();
    (shared >= FAMILY && shared + 1 >= short.len())
        || (shared == short.len() && ENDINGS.iter().any(|ending| long[shared..] == **ending))
}

/// Whether a stem names nothing, though it may tell contributions apart.
fn is_vague(stem: &str) -> bool {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let stemmer = Stemmer::create(Algorithm::French);
        let words = VAGUE.split_ascii_whitespace();
        words.map(|word| words::fold(&stemmer.stem(word))).collect()
    });
    STEMS.contains(stem) || stem.starts_with(|c: char| c.is_numeric())
}

/// Words that say what should be done to something, or how it is, and not what it is.
const VAGUE: &str = "\
    accepter accorder adapter ajouter ajuster aller améliorer amélioration amener annuler appliquer apporter \
    arrêter arriver atteindre attention augmentation augmenter avis baisser bas beau bon bonne cas cesser changer \
    chercher choisir claire clair commencer commun comprendre concerner considérer constater \
    continuer côté créer croire demander dernier dernière développer devenir différent difficile diminuer \
    donner effectuer égale élargir élevé employer envie essayer essentiel établir éviter évoluer évolution \
    exister expliquer extrêmement faciliter facile faible favoriser fin fixer fonction forme fortement français \
    garder gens général généraliser grand grande gros grosse haut haute important importante inclure instaurer \
    intéressant jour juste laisser lier lieu limiter long longue lutter maintenir majorité mal manière manquer \
    maximum mauvais meilleur milieu minimum modifier mois moment moyen nécessaire niveau nombre nombreux normal \
    nouveau nouvelle obliger obtenir oublier paraître parler part partie particulier partir passer penser petit \
    petite place plein poser pousser premier première prendre principe prendre problème proposer propre \
    puissent question raison rapport réaliser recevoir réduire réel regarder régulier remettre rendre \
    renforcer rester revenir revoir sembler sens servir seul simple solution souhaiter stopper \
    suffire suffisant suite suivre supprimer sujet temps tenir total toucher trouver type unique \
    utile utiliser utilisation vivre vouloir vrai an année ans fois idée http https www voudrais \
    voudraient voudrions aimerais aimerait devrais pourrais";

/// How many of some rows have each term.
pub(super) struct Having {
    counts: HashMap<u32, u32>,
    rows: usize,
}

impl Having {
    pub(super) fn of(corpus: &Corpus, rows: &[usize]) -> Self {
        let mut counts = HashMap::new();
        for row in rows {
            for (term, _) in &corpus.bags[*row] {
                *counts.entry(*term).or_default() += 1;
            }
        }
        Self {
            counts,
            rows: rows.len(),
        }
    }
}

/// How people write terms.
pub(super) struct Written(HashMap<u32, String>);

impl Written {
    /// The commonest way in which each of these terms is written.
    pub(super) fn of(corpus: &Corpus, fields: &[Fields<'_>], terms: &BTreeSet<u32>) -> Self {
        type Counts = BTreeMap<u32, BTreeMap<String, u32>>;
        let counts: Counts = fields
            .par_iter()
            .flatten()
            .fold(Counts::new, |mut counts, text| {
                for found in corpus.occurrences(text) {
                    if terms.contains(&found.term) {
                        let written = plain(&text[found.range], found.opens);
                        *counts
                            .entry(found.term)
                            .or_default()
                            .entry(written)
                            .or_default() += 1;
                    }
                }
                counts
            })
            .reduce(Counts::new, |mut all, some| {
                for (term, ways) in some {
                    let known = all.entry(term).or_default();
                    for (written, count) in ways {
                        *known.entry(written).or_default() += count;
                    }
                }
                all
            });
        Self(
            counts
                .into_iter()
                .map(|(term, ways)| (term, commonest(&ways)))
                .collect(),
        )
    }

    /// A term as it is shown.
    pub(super) fn term(&self, found: Characteristic) -> Term {
        Term {
            written: self.0.get(&found.term).cloned().unwrap_or_default(),
            share: round(found.share),
        }
    }
}

/// The way that most write, whatever its capitals, with the capitals that most give it.
fn commonest(ways: &BTreeMap<String, u32>) -> String {
    let mut lower: BTreeMap<String, u32> = BTreeMap::new();
    for (written, count) in ways {
        *lower.entry(written.to_lowercase()).or_default() += count;
    }
    let most = |ways: &mut dyn Iterator<Item = (&String, &u32)>| {
        ways.max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))
            .map(|(written, _)| written.clone())
            .unwrap_or_default()
    };
    let word = most(&mut lower.iter());
    most(
        &mut ways
            .iter()
            .filter(|(written, _)| written.to_lowercase() == word),
    )
}

/// A term as it stands in a text: on one line, and without the capital that begins a sentence.
fn plain(written: &str, opens: bool) -> String {
    let line = written
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\'', "’");
    let mut letters = line.chars();
    let capital = letters.next().is_some_and(char::is_uppercase);
    if opens && capital && !letters.clone().next().is_some_and(char::is_uppercase) {
        line.chars()
            .next()
            .into_iter()
            .flat_map(char::to_lowercase)
            .chain(letters)
            .collect()
    } else {
        line
    }
}

/// What a theme is called until a person says it better: its first terms.
pub(super) fn label(terms: &[Term]) -> String {
    const NAMED: usize = 3;
    let named: Vec<&str> = terms
        .iter()
        .take(NAMED)
        .map(|term| term.written.as_str())
        .collect();
    let named = named.join(", ");
    let mut letters = named.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}
