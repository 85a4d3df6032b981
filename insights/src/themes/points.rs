//! Where contributions are: those that say alike are near each other.
//!
//! By words alone, or by words and sentence vectors side by side. What all have in common is taken
//! away first: else a few contributions are near to all others (I. Suzuki et al., "Centering
//! Similarity Measures to Reduce Hubs", EMNLP 2013).

use rayon::prelude::*;

use super::dense::Dense;

/// Points by words, and by sentence vectors where there are any, which weigh 1 where words weigh
/// `lexical`; each of length 1, or 0 where nothing is known of a contribution.
pub(super) fn join(mut words: Dense, vectors: Option<Dense>, lexical: f32) -> Dense {
    centre(&mut words);
    let Some(mut vectors) = vectors else {
        return words;
    };
    vectors.normalise();
    centre(&mut vectors);
    let mut joined = Dense::zeros(vectors.rows(), vectors.columns + words.columns);
    joined
        .values
        .par_chunks_exact_mut(vectors.columns + words.columns)
        .enumerate()
        .for_each(|(row, both)| {
            let (meaning, said) = both.split_at_mut(vectors.columns);
            meaning.copy_from_slice(vectors.row(row));
            let words = words.row(row);
            said.iter_mut()
                .zip(words)
                .for_each(|(to, from)| *to = from * lexical);
        });
    joined.normalise();
    joined
}

/// Takes the mean away from each row that is not empty.
fn centre(matrix: &mut Dense) {
    let rows = matrix.rows();
    if matrix.columns == 0 || rows < 2 {
        return;
    }
    let mut mean = vec![0.0_f64; matrix.columns];
    for row in matrix.values.chunks_exact(matrix.columns) {
        mean.iter_mut()
            .zip(row)
            .for_each(|(sum, value)| *sum += f64::from(*value));
    }
    let mean: Vec<f32> = mean.iter().map(|sum| (sum / rows as f64) as f32).collect();
    matrix
        .values
        .par_chunks_exact_mut(matrix.columns)
        .filter(|row| row.iter().any(|value| *value != 0.0))
        .for_each(|row| {
            row.iter_mut()
                .zip(&mean)
                .for_each(|(value, mean)| *value -= mean)
        });
    matrix.normalise();
}
