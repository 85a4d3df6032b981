//! Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations (G. H. Golub
//! and C. F. Van Loan, "Matrix Computations", 4th ed., § 8.5): slower than others, simple, exact
//! to the last digits, and the same on every machine.

/// Sweeps after which the rotations have nothing left to do; a matrix of 120 needs 8 or so.
const SWEEPS: usize = 30;
/// What is left beside the diagonal, against the diagonal, when it is done.
const LEFT: f64 = 1e-13;

/// Eigenvalues, largest first, and the eigenvector of each, as rows.
pub(super) struct Eigen {
    pub(super) values: Vec<f64>,
    pub(super) vectors: Vec<Vec<f64>>,
}

/// The eigenvalues and eigenvectors of a symmetric matrix, given as rows.
pub(super) fn eigen(mut matrix: Vec<Vec<f64>>) -> Eigen {
    let size = matrix.len();
    let mut vectors: Vec<Vec<f64>> = (0..size)
        .map(|row| {
            (0..size)
                .map(|column| f64::from(u8::from(row == column)))
                .collect()
        })
        .collect();
    for _ in 0..SWEEPS {
        let squares = |on: bool| -> f64 {
            let cells = (0..size).flat_map(|row| (0..size).map(move |column| (row, column)));
            cells
                .filter(|(row, column)| (row == column) == on)
                .map(|(row, column)| matrix[row][column] * matrix[row][column])
                .sum()
        };
        if squares(false).sqrt() <= LEFT * squares(true).sqrt() {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|a, b| matrix[*b][*b].total_cmp(&matrix[*a][*a]).then(a.cmp(b)));
    Eigen {
        values: order.iter().map(|at| matrix[*at][*at]).collect(),
        vectors: order.iter().map(|at| vectors[*at].clone()).collect(),
    }
}

/// Turns the plane of two axes so that nothing is left between them.
fn rotate(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    let between = matrix[p][q];
    if between.abs() < f64::MIN_POSITIVE {
        return;
    }
    let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * between);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let turn = |row: &mut Vec<f64>| {
        let (a, b) = (row[p], row[q]);
        row[p] = cosine * a - sine * b;
        row[q] = sine * a + cosine * b;
    };
    matrix.iter_mut().for_each(turn);
    for rows in [matrix, vectors] {
        let (before, after) = rows.split_at_mut(q);
        for (a, b) in before[p].iter_mut().zip(&mut after[0]) {
            (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
        }
    }
}
