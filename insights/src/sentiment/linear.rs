//! A plane between the texts of one sentiment and the others: a support vector machine with
//! squared hinge loss and L2 regularisation, by coordinate descent in its dual (C.-J. Hsieh et
//! al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008).
//!
//! Coordinates are taken in an order drawn from a fixed seed: the same texts give the same plane.

use super::features::Features;

/// How much a text on the wrong side costs, beside the size of the weights.
const COST: f32 = 1.0;
const ROUNDS: usize = 100;
/// Where no coordinate would move by more than this, the plane stands.
const STILL: f32 = 0.02;

/// The weight of each place, and last that of a constant 1.
///
/// `yes` says of each text whether it has the sentiment; the fewer have it, the more each counts.
pub(super) fn plane(texts: &[&Features], yes: &[bool], places: usize) -> Vec<f32> {
    let having = yes.iter().filter(|yes| **yes).count().max(1) as f32;
    let others = (yes.len() as f32 - having).max(1.0);
    let cost = |count: f32| COST * ((having + others) / (2.0 * count)).sqrt();
    let (cost_of_yes, cost_of_no) = (cost(having), cost(others));
    let mut weights = vec![0.0_f32; places + 1];
    let mut multipliers = vec![0.0_f32; texts.len()];
    let squares: Vec<f32> = texts
        .iter()
        .map(|text| 1.0 + text.iter().map(|(_, weight)| weight * weight).sum::<f32>())
        .collect();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut seed = 1_u64;
    for _ in 0..ROUNDS {
        shuffle(&mut order, &mut seed);
        let mut moved = 0.0_f32;
        for &text in &order {
            let (side, cost) = if yes[text] {
                (1.0, cost_of_yes)
            } else {
                (-1.0, cost_of_no)
            };
            let soft = 0.5 / cost;
            let gradient = side * margin(&weights, texts[text]) - 1.0 + soft * multipliers[text];
            let projected = if multipliers[text] == 0.0 {
                gradient.min(0.0)
            } else {
                gradient
            };
            if projected == 0.0 {
                continue;
            }
            moved = moved.max(projected.abs());
            let before = multipliers[text];
            multipliers[text] = (before - gradient / (squares[text] + soft)).max(0.0);
            let by = (multipliers[text] - before) * side;
            for (place, weight) in texts[text] {
                weights[*place as usize] += by * weight;
            }
            weights[places] += by;
        }
        if moved < STILL {
            break;
        }
    }
    weights
}

/// On which side of a plane a text is, and how far.
pub(super) fn margin(plane: &[f32], text: &Features) -> f32 {
    let constant = plane.last().copied().unwrap_or_default();
    let weighed = text
        .iter()
        .map(|(place, weight)| plane[*place as usize] * weight);
    constant + weighed.sum::<f32>()
}

/// R. Durstenfeld's shuffle (CACM 7(7), 1964), with D. Knuth's generator of 64 bits.
fn shuffle(order: &mut [usize], seed: &mut u64) {
    for last in (1..order.len()).rev() {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let drawn = (*seed >> 33) as usize % (last + 1);
        order.swap(last, drawn);
    }
}
