//! The network that makes a vector of the pieces of a text.
//!
//! Each piece has a row of 512 numbers. Three pairs of convolutions look at 2, 3 and 5 pieces at
//! a time; what they make of each piece is brought to scale (J. L. Ba et al., "Layer
//! Normalization", arXiv:1607.06450, 2016), summed over the text and divided by the square root
//! of its length; four dense layers make the vector of that (deep averaging: M. Iyyer et al., ACL
//! 2015).

use fearless_simd::Level;

use super::archive::{Archive, ModelError};
use super::product::Weights;
use super::{TOGETHER, Vector, array};

/// The rows of pieces are kept in as many tables, piece by piece in turn, each with a scale of its
/// own for its bytes.
const TABLES: usize = 17;
/// No table has more rows: they would be four times the pieces that there are.
const MOST_ROWS: usize = 4 * 7_530;
/// Numbers that a piece has.
const PIECE: usize = 512;
/// Numbers that a convolution makes.
const BRANCH: usize = 256;
/// Pieces that each pair of convolutions looks at: how many, and how many of them before.
const WINDOWS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Rows of zeros between texts: as far as a window looks past the end.
const GAP: usize = 2;
/// How far from a piece others matter to what is made of it: two windows.
const REACH: usize = 2 * GAP;
/// Numbers that are made of a piece: its own, and those of the convolutions.
const FEATURES: usize = PIECE + WINDOWS.len() * BRANCH;
/// Numbers between the dense layers.
const HIDDEN: usize = 320;
/// Numbers that are summed side by side.
const LANES: usize = 16;

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

/// What brings a row to scale: each number times the first, plus the second.
struct Scale {
    times: Vec<f32>,
    plus: Vec<f32>,
}

/// A pair of convolutions.
struct Branch {
    before: usize,
    layers: [(Weights, Vec<f32>); 2],
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
            let layer = |layer: usize| {
                let weights = weights(&format!("w{layer}_{wide}"), wide * BRANCH, BRANCH)?;
                let bias = floats(&format!("b{layer}_{wide}"), &[BRANCH])?;
                Ok::<_, ModelError>((weights, bias))
            };
            branches.push(Branch {
                before,
                layers: [layer(1)?, layer(2)?],
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

    /// The vectors of texts, given as their pieces, each of length 1. None of them is empty: a
    /// text has two ends.
    pub(super) fn vectors(&self, texts: &[Vec<u32>]) -> Vec<Vector> {
        let mut sums = vec![0.0; texts.len() * FEATURES];
        let mut waiting = Vec::new();
        let mut count = 0;
        for stretch in stretches(texts) {
            if count + stretch.pieces.len() > TOGETHER && !waiting.is_empty() {
                self.add(&waiting, &mut sums);
                waiting.clear();
                count = 0;
            }
            count += stretch.pieces.len();
            waiting.push(stretch);
        }
        self.add(&waiting, &mut sums);
        self.finish(texts, &sums)
    }

    /// Adds what is made of each piece to the sums of its text.
    fn add(&self, stretches: &[Stretch<'_>], sums: &mut [f32]) {
        let count = stretches.iter().map(|stretch| stretch.pieces.len()).sum();
        // Where each piece is among those of all stretches with the gaps around them.
        let mut places = Vec::with_capacity(count);
        let mut next = GAP;
        for stretch in stretches {
            places.extend(next..next + stretch.pieces.len());
            next += stretch.pieces.len() + GAP;
        }
        let mut features = vec![0.0; count * FEATURES];
        let pieces = stretches.iter().flat_map(|stretch| stretch.pieces);
        for (row, piece) in features.chunks_exact_mut(FEATURES).zip(pieces) {
            self.spell(*piece, &mut row[..PIECE]);
        }
        let starts: Vec<usize> = (0..count).map(|row| row * FEATURES).collect();
        let mut projected = self.project.times(self.level, &features, &starts);
        for row in projected.chunks_exact_mut(WINDOWS.len() * BRANCH) {
            add(row, &self.project_bias);
            self.project_scale.bring(row, self.epsilon);
        }
        for (branch, first) in (0..).step_by(BRANCH).zip(&self.branches) {
            let rows = projected.chunks_exact(WINDOWS.len() * BRANCH);
            let rows = rows.map(|row| &row[branch..][..BRANCH]);
            let once = first.convolve(self.level, 0, rows, &places);
            let twice = first.convolve(self.level, 1, once.chunks_exact(BRANCH), &places);
            let rows = features.chunks_exact_mut(FEATURES);
            for (row, made) in rows.zip(twice.chunks_exact(BRANCH)) {
                row[PIECE + branch..][..BRANCH].copy_from_slice(made);
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

impl Branch {
    /// A layer of rows at these places: what their windows make of them, added to themselves.
    fn convolve<'a>(
        &self,
        level: Level,
        layer: usize,
        rows: impl Iterator<Item = &'a [f32]> + Clone,
        places: &[usize],
    ) -> Vec<f32> {
        let last = places.last().map_or(0, |place| place + 1);
        let mut spaced = vec![0.0; (last + GAP) * BRANCH];
        for (place, row) in places.iter().zip(rows.clone()) {
            spaced[place * BRANCH..][..BRANCH].copy_from_slice(row);
        }
        let starts: Vec<usize> = places
            .iter()
            .map(|place| (place - self.before) * BRANCH)
            .collect();
        let (weights, bias) = &self.layers[layer];
        let mut made = weights.times(level, &spaced, &starts);
        for (made, row) in made.chunks_exact_mut(BRANCH).zip(rows) {
            for ((made, bias), number) in made.iter_mut().zip(bias).zip(row) {
                *made = (*made + bias).max(0.0) + number;
            }
        }
        made
    }
}

impl Scale {
    /// Brings a row to a mean of 0 and a variance of 1, then to this scale.
    fn bring(&self, row: &mut [f32], epsilon: f32) {
        let count = row.len() as f32;
        let mean = sum(row.iter().copied()) / count;
        let variance = sum(row.iter().map(|number| (number - mean) * (number - mean))) / count;
        let by = (variance + epsilon).sqrt().recip();
        for ((number, times), plus) in row.iter_mut().zip(&self.times).zip(&self.plus) {
            *number = (*number - mean) * by * times + plus;
        }
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

fn add(to: &mut [f32], numbers: &[f32]) {
    to.iter_mut()
        .zip(numbers)
        .for_each(|(to, number)| *to += number);
}

fn positive(mut numbers: Vec<f32>) -> Vec<f32> {
    numbers
        .iter_mut()
        .for_each(|number| *number = number.max(0.0));
    numbers
}

/// A sum, sixteen numbers side by side, always in the same order.
fn sum(numbers: impl Iterator<Item = f32>) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    for (place, number) in numbers.enumerate() {
        lanes[place % LANES] += number;
    }
    lanes.iter().sum()
}
