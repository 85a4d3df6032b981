//! Which counts are not shown, so that nobody is found among a few.
//!
//! A count under [`LEAST`] is hidden; and since the sums of a table are known, others with it, until
//! what is hidden can't be found by subtraction (complementary suppression: Hundepool et al.,
//! *Statistical Disclosure Control*, Wiley 2012, chapter 4). What can be found is computed, not
//! guessed: the least and the most that a hidden count may be, whatever is shown and with all sums
//! known, is a flow through the hidden counts.

use std::collections::VecDeque;

/// The least number of people that a count shows.
pub const LEAST: u64 = 5;

/// A count, or nothing where it is hidden.
pub(super) type Cell = Option<u64>;

/// The counts of parts of a whole that is known: no part under [`LEAST`] can be found.
pub(super) fn of_parts(counts: &[u64]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = counts
        .iter()
        .map(|count| (*count >= LEAST).then_some(*count))
        .collect();
    loop {
        let hidden = counts.iter().zip(&cells).filter(|(_, cell)| cell.is_none());
        let (many, sum) = hidden.fold((0, 0), |(many, sum), (count, _)| (many + 1, sum + count));
        if many == 0 || (many > 1 && sum >= LEAST) {
            return cells;
        }
        let shown = cells.iter().enumerate();
        let smallest = shown.filter_map(|(place, cell)| Some(((*cell)?, place)));
        match smallest.min() {
            Some((_, place)) => cells[place] = None,
            None => return cells,
        }
    }
}

/// The counts of a table of which the sums of rows and of columns are known. Rows have the same
/// length.
pub(super) fn of_table(table: &[Vec<u64>]) -> Vec<Vec<Cell>> {
    let mut hidden: Vec<Vec<bool>> = table
        .iter()
        .map(|row| row.iter().map(|count| *count < LEAST).collect())
        .collect();
    while let Some(more) = exposed(table, &hidden).and_then(|at| beside(table, &hidden, at)) {
        hidden[more.0][more.1] = true;
    }
    // What was hidden first may not be needed once others are.
    let mut needless: Vec<(usize, usize)> = cells(table)
        .filter(|at| hidden[at.0][at.1] && table[at.0][at.1] >= LEAST)
        .collect();
    needless.sort_by_key(|at| std::cmp::Reverse((table[at.0][at.1], *at)));
    for at in needless {
        hidden[at.0][at.1] = false;
        hidden[at.0][at.1] = exposed(table, &hidden).is_some();
    }
    let rows = table.iter().zip(&hidden);
    rows.map(|(counts, hidden)| {
        let cells = counts.iter().zip(hidden);
        cells
            .map(|(count, hidden)| (!hidden).then_some(*count))
            .collect()
    })
    .collect()
}

/// The first hidden count that what is shown places within less than [`LEAST`], or within what the
/// sums alone say where they say more.
fn exposed(table: &[Vec<u64>], hidden: &[Vec<bool>]) -> Option<(usize, usize)> {
    let all = cells(table).filter(|at| hidden[at.0][at.1]);
    let mut all = all.filter(|at| {
        let wanted = by_sums(table, *at).min(LEAST);
        room(table, hidden, *at, wanted) < wanted
    });
    all.next()
}

/// The smallest count that is shown in the row or the column of a hidden one; else anywhere.
fn beside(table: &[Vec<u64>], hidden: &[Vec<bool>], at: (usize, usize)) -> Option<(usize, usize)> {
    let shown = cells(table).filter(|it| !hidden[it.0][it.1]);
    shown.min_by_key(|it| {
        let is_far = it.0 != at.0 && it.1 != at.1;
        (is_far, table[it.0][it.1], *it)
    })
}

fn cells(table: &[Vec<u64>]) -> impl Iterator<Item = (usize, usize)> {
    let rows = table.iter().enumerate();
    rows.flat_map(|(row, counts)| (0..counts.len()).map(move |column| (row, column)))
}

/// Within how much a count is placed by the sums alone, which everybody knows.
fn by_sums(table: &[Vec<u64>], (row, column): (usize, usize)) -> u64 {
    let of_row: u64 = table[row].iter().sum();
    let of_column: u64 = table.iter().map(|counts| counts[column]).sum();
    let whole: u64 = table.iter().flatten().sum();
    of_row.min(of_column) - (of_row + of_column).saturating_sub(whole)
}

/// Within how much a hidden count is placed by all that is known; no more than `wanted` is looked
/// for.
fn room(table: &[Vec<u64>], hidden: &[Vec<bool>], at: (usize, usize), wanted: u64) -> u64 {
    let less = Flow::of(table, hidden).most(Node::Row(at.0), Node::Column(at.1), at, wanted);
    let less = less.min(table[at.0][at.1]);
    let more = Flow::of(table, hidden).most(Node::Column(at.1), Node::Row(at.0), at, wanted);
    less + more
}

/// Where a change of one hidden count can go: more in one is less in another of the same row or
/// column.
struct Flow<'t> {
    counts: Vec<Vec<u64>>,
    hidden: &'t [Vec<bool>],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Row(usize),
    Column(usize),
}

/// Where a way goes on: the node before or after, the count between, and whether that grows.
type Step = (Node, (usize, usize), bool);

impl<'t> Flow<'t> {
    fn of(table: &[Vec<u64>], hidden: &'t [Vec<bool>]) -> Self {
        Self {
            counts: table.to_vec(),
            hidden,
        }
    }

    /// How much can go from one node to another without the count at `not`, `wanted` at most:
    /// shortest paths first (Edmonds and Karp).
    fn most(mut self, from: Node, to: Node, not: (usize, usize), wanted: u64) -> u64 {
        let mut sent = 0;
        while sent < wanted {
            let Some(path) = self.path(from, to, not) else {
                break;
            };
            // From a row to a column a count grows, which it may without end; back, it shrinks.
            let shrinks = path.iter().filter(|(_, grows)| !grows);
            let least = shrinks.map(|((row, column), _)| self.counts[*row][*column]);
            let step = least.min().unwrap_or(wanted).min(wanted - sent);
            for ((row, column), grows) in path {
                let count = &mut self.counts[row][column];
                *count = if grows { *count + step } else { *count - step };
            }
            sent += step;
        }
        sent
    }

    /// The counts on a way between two nodes, and whether each grows on it.
    fn path(
        &self,
        from: Node,
        to: Node,
        not: (usize, usize),
    ) -> Option<Vec<((usize, usize), bool)>> {
        let (rows, columns) = (self.counts.len(), self.counts.first().map_or(0, Vec::len));
        let place = |node| match node {
            Node::Row(row) => row,
            Node::Column(column) => rows + column,
        };
        let mut came: Vec<Option<Step>> = vec![None; rows + columns];
        let mut left = VecDeque::from([from]);
        while let Some(node) = left.pop_front() {
            if node == to {
                let mut path = Vec::new();
                let mut at = to;
                while at != from {
                    let (before, cell, grows) = came[place(at)]?;
                    path.push((cell, grows));
                    at = before;
                }
                return Some(path);
            }
            let next: Vec<Step> = match node {
                Node::Row(row) => (0..columns)
                    .map(|column| (Node::Column(column), (row, column), true))
                    .collect(),
                Node::Column(column) => (0..rows)
                    .filter(|row| self.counts[*row][column] > 0)
                    .map(|row| (Node::Row(row), (row, column), false))
                    .collect(),
            };
            for (to, cell, grows) in next {
                let is_open = self.hidden[cell.0][cell.1] && cell != not;
                if is_open && to != from && came[place(to)].is_none() {
                    came[place(to)] = Some((node, cell, grows));
                    left.push_back(to);
                }
            }
        }
        None
    }
}
