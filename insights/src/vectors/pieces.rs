//! A text as pieces of words: of all the ways to cut it, the likeliest (T. Kudo, "Subword
//! Regularization", ACL 2018, § 3.1: the unigram model, by Viterbi's algorithm), with the
//! pieces and their likelihoods that come with the model.

use super::normal::Table;
use super::protobuf::{Value, fields};

/// The pieces that every model of this kind has first: what is unknown, and the two ends.
const UNKNOWN: u32 = 0;
const BEGIN: u32 = 1;
const END: u32 = 2;
/// How much less likely than the least likely piece an unknown character is (a logarithm), as in
/// SentencePiece.
const UNKNOWN_PENALTY: f64 = 10.0;
/// No piece ends here.
const NONE: u32 = u32::MAX;

pub(super) struct Pieces {
    table: Table,
    scores: Vec<f32>,
    unknown: f64,
    /// The pieces as a trie of bytes, breadth first: the children of a node follow each other in
    /// the order of their bytes, and those of the next node follow them.
    bytes: Vec<u8>,
    first_child: Vec<u32>,
    ends: Vec<u32>,
}

impl Pieces {
    /// The pieces of a model of SentencePiece (`ModelProto`), or what is wrong with it.
    pub(super) fn read(model: &[u8]) -> Result<Self, String> {
        let mut pieces: Vec<(&[u8], u32)> = Vec::new();
        let mut scores = Vec::new();
        let mut table = None;
        for field in fields(model) {
            match field.ok_or("it is no model of SentencePiece, or is cut short")? {
                (1, Value::Bytes(piece)) => {
                    let (text, score) = piece_of(piece)
                        .ok_or_else(|| format!("its piece {} is malformed", scores.len()))?;
                    pieces.push((text, scores.len() as u32));
                    scores.push(score);
                }
                (3, Value::Bytes(normalizer)) => table = Some(table_of(normalizer)?),
                _ => {}
            }
        }
        let table = table.ok_or("it does not say how texts are normalised")?;
        if pieces.len() <= END as usize {
            return Err(format!("it has {} pieces", pieces.len()));
        }
        let least = scores.iter().copied().fold(f32::INFINITY, f32::min);
        pieces.sort_unstable();
        let (bytes, first_child, ends) = trie(&pieces);
        Ok(Self {
            table,
            scores,
            unknown: f64::from(least) - UNKNOWN_PENALTY,
            bytes,
            first_child,
            ends,
        })
    }

    /// How many pieces there are; each is known by a number below that.
    pub(super) fn count(&self) -> usize {
        self.scores.len()
    }

    /// The pieces of a text, between those of its ends.
    pub(super) fn of(&self, text: &str) -> Vec<u32> {
        let normal = self.table.normal(text);
        // For each place: the best score of a way there, where its last piece starts, which it is.
        let mut ways = vec![(f64::NEG_INFINITY, 0, UNKNOWN); normal.len() + 1];
        ways[0].0 = 0.0;
        for (start, character) in normal.char_indices() {
            let here = ways[start].0;
            let next = start + character.len_utf8();
            let mut alone = false;
            let mut node = 0;
            for (end, byte) in (start + 1..).zip(&normal.as_bytes()[start..]) {
                let Some(child) = self.child(node, *byte) else {
                    break;
                };
                node = child;
                let piece = self.ends[node];
                if piece != NONE {
                    alone |= end == next;
                    let score = here + f64::from(self.scores[piece as usize]);
                    better(&mut ways[end], (score, start, piece));
                }
            }
            if !alone {
                better(&mut ways[next], (here + self.unknown, start, UNKNOWN));
            }
        }
        let mut pieces = vec![END];
        let mut end = normal.len();
        if end == 0 {
            pieces.push(UNKNOWN);
        }
        while end > 0 {
            let (_, start, piece) = ways[end];
            pieces.push(piece);
            end = start;
        }
        pieces.push(BEGIN);
        pieces.reverse();
        pieces
    }

    fn child(&self, node: usize, byte: u8) -> Option<usize> {
        let first = self.first_child[node] as usize;
        let children = &self.bytes[first..self.first_child[node + 1] as usize];
        children
            .binary_search(&byte)
            .ok()
            .map(|place| first + place)
    }
}

/// Of two ways to the same place the likelier; of two that are as likely, the one that was there.
fn better(way: &mut (f64, usize, u32), other: (f64, usize, u32)) {
    if other.0 > way.0 {
        *way = other;
    }
}

/// The text and the score of a piece. None where it has no text, or a score that is no number.
fn piece_of(message: &[u8]) -> Option<(&[u8], f32)> {
    let (mut text, mut score) = (None, 0.0);
    for field in fields(message) {
        match field? {
            (1, Value::Bytes(bytes)) => text = Some(bytes),
            (2, Value::Float(float)) => score = float,
            _ => {}
        }
    }
    let text = text.filter(|text| !text.is_empty() && std::str::from_utf8(text).is_ok())?;
    score.is_finite().then_some((text, score))
}

fn table_of(message: &[u8]) -> Result<Table, String> {
    let table = fields(message).find_map(|field| match field {
        Some((2, Value::Bytes(charsmap))) => Table::read(charsmap),
        _ => None,
    });
    table.ok_or_else(|| "its table of normal forms is not whole".to_owned())
}

/// The trie of pieces in the order of their bytes: for each node, the byte that leads to it, its
/// first child and the piece that ends there.
fn trie(pieces: &[(&[u8], u32)]) -> (Vec<u8>, Vec<u32>, Vec<u32>) {
    let (mut bytes, mut first_child, mut ends) = (vec![0], Vec::new(), Vec::new());
    // The pieces that go through a node all begin with the same bytes, so many.
    let mut nodes = std::collections::VecDeque::from([(pieces, 0)]);
    while let Some((mut through, depth)) = nodes.pop_front() {
        first_child.push(bytes.len() as u32);
        let mut end = NONE;
        while let Some(((text, piece), rest)) = through.split_first() {
            if text.len() > depth {
                break;
            }
            // Of two pieces that are spelt alike, the last.
            end = *piece;
            through = rest;
        }
        ends.push(end);
        for children in through.chunk_by(|(a, _), (b, _)| a[depth] == b[depth]) {
            bytes.push(children[0].0[depth]);
            nodes.push_back((children, depth + 1));
        }
    }
    first_child.push(bytes.len() as u32);
    (bytes, first_child, ends)
}
