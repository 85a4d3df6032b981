//! The network that makes a vector of the pieces of a text.
//!
//! Each piece has a row of 512 numbers. Three pairs of convolutions look at 2, 3 and 5 pieces at
//! a time; what they make of each piece is brought to scale (J. L. Ba et al., "Layer
//! Normalization", arXiv:1607.06450, 2016), summed over the text and divided by the square root
//! of its length; four dense layers make the vector of that (deep averaging: M. Iyyer et al., ACL
//! 2015).

use fearless_simd::Level;
use rayon::prelude::*;

use super::archive::{Archive, ModelError};
use super::beginnings::Beginnings;
use super::layers::{BRANCH, Branch, GAP, Scale, add, positive, sum};
use super::product::Weights;
use super::{TOGETHER, Vector, array};

/// The rows of pieces are kept in as many tables, piece by piece in turn, each with a scale of its
/// own for its bytes.
const TABLES: usize = 17;
/// No table has more rows: they would be four times the pieces that there are.
const MOST_ROWS: usize = 4 * 7_530;
/// Numbers that a piece has.
const PIECE: usize = 512;
/// Pieces that each pair of convolutions looks at: how many, and how many of them before.
const WINDOWS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// How far from a piece others matter to what is made of it: two windows.
const REACH: usize = 2 * GAP;
/// Numbers that are made of a piece: its own, and those of the convolutions.
const FEATURES: usize = PIECE + WINDOWS.len() * BRANCH;
/// Numbers of a piece, projected for each pair of convolutions.
const PROJECTED: usize = WINDOWS.len() * BRANCH;
/// Numbers that are made of a piece alone: those, and the products of the first convolutions.
const BEGINNING: usize = PROJECTED + (WINDOWS[0].0 + WINDOWS[1].0 + WINDOWS[2].0) * BRANCH;
/// Numbers between the dense layers.
const HIDDEN: usize = 320;

pub(super) struct Network {
    level: Level,
    tables: Vec<Vec<u8>>,
    /// The size of a step in each table, and its least number.
    scales: Vec<f32>,
    least: Vec<f32>,
    project: Weights,
    project_bias: Vec<f32>,
    project_scale: Scale,
    branches: Vec<Branch>,
    scale: Scale,
    mean: Weights,
    mean_bias: Vec<f32>,
    dense: Dense,
    epsilon: f32,
}

struct Dense {
    d0: Weights,
    d1: Weights,
    p1: Weights,
    d2: Weights,
    p3: Weights,
    d3: Weights,
}

/// Pieces of one text that are looked at at once: all of them, but for a long text.
struct Stretch<'a> {
    /// Whose sums it adds to.
    text: usize,
    /// The pieces, with those around them that matter to them.
    pieces: &'a [u32],
    /// Which of them are added.
    kept: std::ops::Range<usize>,
}

impl Network {
    /// The network in an archive of weights, for so many pieces.
    pub(super) fn read(archive: &Archive<'_>, pieces: usize) -> Result<Self, ModelError> {
        let floats = |name: &str, shape: &[usize]| array::floats(archive, name, shape);
        let weights = |name: &str, inputs: usize, outputs: usize| {
            let rows = array::floats(archive, name, &[inputs, outputs])?;
            Ok::<_, ModelError>(Weights::of(&rows, inputs, outputs))
        };
        let mut tables = Vec::with_capacity(TABLES);
        for table in 0..TABLES {
            let name = format!("q{}", table + 1);
            let bytes = array::bytes(archive, &name, PIECE, MOST_ROWS)?;
            // Pieces that are in this table: `table`, `table + 17`, `table + 34`…
            let needed = (pieces + TABLES - 1 - table) / TABLES;
            let rows = bytes.len() / PIECE;
            if rows < needed {
                let why = format!("it has {rows} rows for {needed} of the {pieces} pieces");
                return Err(array::unfit(&name, why));
            }
            tables.push(bytes);
        }
        let mut branches = Vec::new();
        let (mut project, mut bias) = (None::<Weights>, Vec::new());
        let (mut times, mut plus) = (Vec::new(), Vec::new());
        for (wide, before) in WINDOWS {
            let part = weights(&format!("proj{wide}"), PIECE, BRANCH)?;
            project = Some(match project {
                Some(project) => project.beside(part),
                None => part,
            });
            bias.extend(floats(&format!("proj_b{wide}"), &[BRANCH])?);
            times.extend(floats(&format!("ln_g{wide}"), &[BRANCH])?);
            plus.extend(floats(&format!("ln_b{wide}"), &[BRANCH])?);
            let first = floats(&format!("w1_{wide}"), &[wide * BRANCH, BRANCH])?;
            let first = first.chunks_exact(BRANCH * BRANCH);
            let first = first.map(|place| Weights::of(place, BRANCH, BRANCH));
            branches.push(Branch {
                wide,
                before,
                first: first.reduce(Weights::beside).expect("windows are wide"),
                first_bias: floats(&format!("b1_{wide}"), &[BRANCH])?,
                second: weights(&format!("w2_{wide}"), wide * BRANCH, BRANCH)?,
                second_bias: floats(&format!("b2_{wide}"), &[BRANCH])?,
            });
        }
        let epsilon = array::number(archive, "eps")? as f32;
        if !(epsilon > 0.0 && epsilon < 1.0) {
            let why = format!("{epsilon} is not between 0 and 1");
            return Err(array::unfit("eps", why));
        }
        Ok(Self {
            level: Level::new(),
            tables,
            scales: floats("scale", &[TABLES])?,
            least: floats("lo", &[TABLES])?,
            project: project.expect("there are windows"),
            project_bias: bias,
            project_scale: Scale { times, plus },
            branches,
            scale: Scale {
                times: floats("ln_g", &[FEATURES])?,
                plus: floats("ln_b", &[FEATURES])?,
            },
            mean: weights("cnn_W", FEATURES, PIECE)?,
            mean_bias: floats("cnn_b", &[PIECE])?,
            dense: Dense {
                d0: weights("d0", PIECE, HIDDEN)?,
                d1: weights("d1", HIDDEN, HIDDEN)?,
                p1: weights("p1", PIECE, HIDDEN)?,
                d2: weights("d2", HIDDEN, PIECE)?,
                p3: weights("p3", HIDDEN, PIECE)?,
                d3: weights("d3", PIECE, PIECE)?,
            },
            epsilon,
        })
    }

    /// What is made of these pieces once and for all, some at a time.
    pub(super) fn beginnings(&self, pieces: &[u32]) -> Beginnings {
        let mut rows = vec![0.0; pieces.len() * BEGINNING];
        rows.par_chunks_mut(TOGETHER * BEGINNING)
            .zip(pieces.par_chunks(TOGETHER))
            .for_each(|(rows, pieces)| self.begin(pieces, rows));
        Beginnings::of(pieces, rows)
    }

    /// The vectors of texts, given as their pieces, each of length 1. None of them is empty: a
    /// text has two ends. What is known of some pieces is not made again.
    pub(super) fn vectors(&self, known: &Beginnings, texts: &[Vec<u32>]) -> Vec<Vector> {
        let mut sums = vec![0.0; texts.len() * FEATURES];
        let mut waiting = Vec::new();
        let mut count = 0;
        for stretch in stretches(texts) {
            if count + stretch.pieces.len() > TOGETHER && !waiting.is_empty() {
                self.add(known, &waiting, &mut sums);
                waiting.clear();
                count = 0;
            }
            count += stretch.pieces.len();
            waiting.push(stretch);
        }
        self.add(known, &waiting, &mut sums);
        self.finish(texts, &sums)
    }

    /// Adds what is made of each piece to the sums of its text.
    fn add(&self, known: &Beginnings, stretches: &[Stretch<'_>], sums: &mut [f32]) {
        let count = stretches.iter().map(|stretch| stretch.pieces.len()).sum();
        // Where each piece is among those of all stretches with the gaps around them.
        let mut places = Vec::with_capacity(count);
        let mut next = GAP;
        for stretch in stretches {
            places.extend(next..next + stretch.pieces.len());
            next += stretch.pieces.len() + GAP;
        }
        let pieces: Vec<u32> = stretches.iter().flat_map(|s| s.pieces).copied().collect();
        let mut rare: Vec<u32> = pieces.clone();
        rare.retain(|piece| known.row(*piece).is_none());
        rare.sort_unstable();
        rare.dedup();
        let mut rows = vec![0.0; rare.len() * BEGINNING];
        self.begin(&rare, &mut rows);
        let rare = Beginnings::of(&rare, rows);
        let beginnings: Vec<&[f32]> = pieces
            .iter()
            .filter_map(|piece| known.row(*piece).or_else(|| rare.row(*piece)))
            .collect();
        let mut features = vec![0.0; count * FEATURES];
        for (row, piece) in features.chunks_exact_mut(FEATURES).zip(&pieces) {
            self.spell(*piece, &mut row[..PIECE]);
        }
        let mut products = PROJECTED;
        for (own, branch) in (0..).step_by(BRANCH).zip(&self.branches) {
            let mut once = Vec::with_capacity(count * BRANCH);
            let mut rest = &beginnings[..];
            for stretch in stretches {
                let (rows, others) = rest.split_at(stretch.pieces.len());
                branch.first(rows, own, products, &mut once);
                rest = others;
            }
            products += branch.wide * BRANCH;
            let twice = branch.second(self.level, &once, &places);
            let rows = features.chunks_exact_mut(FEATURES);
            for (row, made) in rows.zip(twice.chunks_exact(BRANCH)) {
                row[PIECE + own..][..BRANCH].copy_from_slice(made);
            }
        }
        let mut rows = features.chunks_exact_mut(FEATURES);
        for stretch in stretches {
            let sum = &mut sums[stretch.text * FEATURES..][..FEATURES];
            for (place, row) in rows.by_ref().take(stretch.pieces.len()).enumerate() {
                if stretch.kept.contains(&place) {
                    self.scale.bring(row, self.epsilon);
                    add(sum, row);
                }
            }
        }
    }

    /// Puts what is made of each piece alone, row by row: its numbers projected for each pair of
    /// convolutions, then what the first of each pair makes of them at each place of its window.
    fn begin(&self, pieces: &[u32], beginnings: &mut [f32]) {
        let mut spelt = vec![0.0; pieces.len() * PIECE];
        for (row, piece) in spelt.chunks_exact_mut(PIECE).zip(pieces) {
            self.spell(*piece, row);
        }
        let starts = |width: usize, from: usize| -> Vec<usize> {
            (0..pieces.len()).map(|row| row * width + from).collect()
        };
        let mut projected = self.project.times(self.level, &spelt, &starts(PIECE, 0));
        for row in projected.chunks_exact_mut(PROJECTED) {
            add(row, &self.project_bias);
            self.project_scale.bring(row, self.epsilon);
        }
        let mut put = |from: usize, width: usize, made: &[f32]| {
            let rows = beginnings.chunks_exact_mut(BEGINNING);
            for (row, made) in rows.zip(made.chunks_exact(width)) {
                row[from..][..width].copy_from_slice(made);
            }
        };
        put(0, PROJECTED, &projected);
        let mut from = PROJECTED;
        for (own, branch) in (0..).step_by(BRANCH).zip(&self.branches) {
            let width = branch.wide * BRANCH;
            let starts = starts(PROJECTED, own);
            put(
                from,
                width,
                &branch.first.times(self.level, &projected, &starts),
            );
            from += width;
        }
    }

    /// The numbers of a piece.
    fn spell(&self, piece: u32, row: &mut [f32]) {
        let (table, place) = (piece as usize % TABLES, piece as usize / TABLES);
        let bytes = &self.tables[table][place * PIECE..][..PIECE];
        let (scale, least) = (self.scales[table], self.least[table]);
        for (number, byte) in row.iter_mut().zip(bytes) {
            *number = f32::from(*byte) * scale + least;
        }
    }

    /// The vectors, from the sums of texts.
    fn finish(&self, texts: &[Vec<u32>], sums: &[f32]) -> Vec<Vector> {
        let times = |weights: &Weights, from: &[f32]| {
            let length = from.len() / texts.len().max(1);
            let starts: Vec<usize> = (0..texts.len()).map(|text| text * length).collect();
            weights.times(self.level, from, &starts)
        };
        let mut mean = times(&self.mean, sums);
        for (row, text) in mean.chunks_exact_mut(PIECE).zip(texts) {
            let length = text.len() as f32;
            let by = length.sqrt().recip();
            for (number, bias) in row.iter_mut().zip(&self.mean_bias) {
                *number = (*number + length * bias) * by;
            }
        }
        let dense = &self.dense;
        let y0 = positive(times(&dense.d0, &mean));
        let mut y1 = times(&dense.p1, &mean);
        add(&mut y1, &times(&dense.d1, &y0));
        let y1 = positive(y1);
        let y2 = positive(times(&dense.d2, &y1));
        let mut z = times(&dense.p3, &y1);
        add(&mut z, &times(&dense.d3, &y2));
        let (rows, _) = z.as_chunks::<PIECE>();
        rows.iter().map(|row| self.unit(row)).collect()
    }

    /// Between -1 and 1, and of length 1. The hyperbolic tangent is not that of the machine's
    /// own library: these differ in their last bit.
    fn unit(&self, row: &Vector) -> Vector {
        let row = row.map(libm::tanhf);
        let by = sum(row.iter().map(|number| number * number));
        let by = by.max(self.epsilon).sqrt().recip();
        row.map(|number| number * by)
    }
}

/// Texts cut where they are long, with what matters around each cut.
fn stretches(texts: &[Vec<u32>]) -> impl Iterator<Item = Stretch<'_>> {
    texts.iter().enumerate().flat_map(|(text, pieces)| {
        (0..pieces.len()).step_by(TOGETHER).map(move |begin| {
            let end = pieces.len().min(begin + TOGETHER);
            let around = begin.saturating_sub(REACH)..pieces.len().min(end + REACH);
            Stretch {
                text,
                kept: begin - around.start..end - around.start,
                pieces: &pieces[around],
            }
        })
    })
}
