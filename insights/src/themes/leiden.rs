//! Communities of a graph, by the Leiden algorithm: V. A. Traag, L. Waltman and N. J. van Eck,
//! "From Louvain to Leiden: guaranteeing well-connected communities", Scientific Reports 9:5233,
//! 2019; the quality is modularity with a resolution (J. Reichardt and S. Bornholdt, 2006).
//!
//! Nodes are visited in an order that looks drawn at random and follows from the seed alone. Where
//! the paper draws the community that a node joins while communities are refined, the best one is
//! taken: the same graph gives the same communities.

use std::collections::VecDeque;

use super::graph::Graph;
use super::random::Random;

/// A gain that is smaller is a rounding.
const GAIN: f64 = 1e-12;
/// Rounds of moving, refining and gathering after which it stops at the latest.
const ROUNDS: usize = 50;

/// A community of each node: numbers from 0, without holes, in order of their first node.
pub(super) type Communities = Vec<u32>;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    /// How fine: more is more communities.
    pub(super) resolution: f64,
    /// What the orders of visits follow from.
    pub(super) seed: u64,
    /// How many times all of it is done again from what was found.
    pub(super) turns: usize,
}

/// The communities of a graph, each connected.
pub(super) fn communities(graph: &Graph, search: Search) -> Communities {
    let nodes = u32::try_from(graph.len()).expect("fewer nodes than 2³²");
    let mut random = Random::of(search.seed);
    let mut found: Communities = (0..nodes).collect();
    for _ in 0..search.turns.max(1) {
        let before = found.clone();
        found = turn(graph, found, search.resolution, &mut random);
        if found == before {
            break;
        }
    }
    found
}

/// Modularity with a resolution, from about −1 to 1.
pub(super) fn quality(graph: &Graph, communities: &[u32], resolution: f64) -> f64 {
    let count = count(communities);
    let (mut within, mut strengths) = (vec![0.0; count], vec![0.0; count]);
    for (node, community) in (0_u32..).zip(communities) {
        let same = graph
            .edges(node)
            .iter()
            .filter(|(to, _)| communities[*to as usize] == *community);
        within[*community as usize] += graph.own(node) + same.map(|(_, w)| w).sum::<f64>();
        strengths[*community as usize] += graph.strength(node);
    }
    let total = graph.total().max(f64::MIN_POSITIVE);
    let each = within.iter().zip(&strengths);
    each.map(|(within, strength)| (within - resolution * strength * strength / total) / total)
        .sum()
}

/// How many communities there are.
pub(super) fn count(communities: &[u32]) -> usize {
    communities
        .iter()
        .max()
        .map_or(0, |last| *last as usize + 1)
}

/// Numbers from 0, without holes, in order of their first node.
pub(super) fn renumber(communities: &mut [u32]) {
    let mut numbers = vec![u32::MAX; count(communities)];
    let mut next = 0;
    for community in communities {
        let number = &mut numbers[*community as usize];
        if *number == u32::MAX {
            *number = next;
            next += 1;
        }
        *community = *number;
    }
}

fn turn(graph: &Graph, from: Communities, resolution: f64, random: &mut Random) -> Communities {
    // For each node of the whole graph, the node of the gathered one that it is part of.
    let mut part_of: Vec<u32> = (0..).take(graph.len()).collect();
    let mut gathered = graph.clone();
    let mut found = from;
    for _ in 0..ROUNDS {
        let moved = move_nodes(&gathered, &mut found, resolution, random);
        renumber(&mut found);
        let communities = count(&found);
        if !moved && communities == gathered.len() {
            break;
        }
        let mut refined = refine(&gathered, &found, resolution, random);
        renumber(&mut refined);
        let parts = count(&refined);
        if parts == gathered.len() {
            if !moved {
                break;
            }
            // Nothing could be gathered: each community becomes a node.
            refined.clone_from(&found);
            if communities == gathered.len() {
                break;
            }
        }
        let parts = count(&refined);
        let mut of_part = vec![0; parts];
        for (part, community) in refined.iter().zip(&found) {
            of_part[*part as usize] = *community;
        }
        gathered = gather(&gathered, &refined, parts);
        part_of
            .iter_mut()
            .for_each(|node| *node = refined[*node as usize]);
        found = of_part;
    }
    let mut communities: Communities = part_of.iter().map(|node| found[*node as usize]).collect();
    renumber(&mut communities);
    communities
}

/// Weights from a node to communities, read and forgotten node after node.
struct Weights {
    to: Vec<f64>,
    touched: Vec<u32>,
}

impl Weights {
    fn of(communities: usize) -> Self {
        Self {
            to: vec![0.0; communities],
            touched: Vec::new(),
        }
    }

    fn add(&mut self, community: u32, weight: f64) {
        let sum = &mut self.to[community as usize];
        if *sum == 0.0 {
            self.touched.push(community);
        }
        *sum += weight;
    }

    fn forget(&mut self) {
        for community in self.touched.drain(..) {
            self.to[community as usize] = 0.0;
        }
    }
}

/// Moves nodes to where they are best, until none is better elsewhere; whether one moved.
fn move_nodes(graph: &Graph, found: &mut [u32], resolution: f64, random: &mut Random) -> bool {
    let nodes = graph.len();
    let mut strengths = vec![0.0; nodes];
    let mut sizes = vec![0_u32; nodes];
    for (node, community) in (0..).zip(found.iter()) {
        strengths[*community as usize] += graph.strength(node);
        sizes[*community as usize] += 1;
    }
    let numbers = (0..).take(nodes);
    let mut empty: Vec<u32> = numbers.filter(|at| sizes[*at as usize] == 0).collect();
    empty.reverse();
    let mut order: Vec<u32> = (0..).take(nodes).collect();
    random.shuffle(&mut order);
    let mut waiting = vec![true; nodes];
    let mut queue = VecDeque::from(order);
    let mut weights = Weights::of(nodes);
    let total = graph.total().max(f64::MIN_POSITIVE);
    let mut moved = false;
    while let Some(node) = queue.pop_front() {
        waiting[node as usize] = false;
        let strength = graph.strength(node);
        let from = found[node as usize];
        for (to, weight) in graph.edges(node) {
            weights.add(found[*to as usize], *weight);
        }
        strengths[from as usize] -= strength;
        sizes[from as usize] -= 1;
        let gain = |community: u32| {
            let expected = resolution * strength * strengths[community as usize] / total;
            weights.to[community as usize] - expected
        };
        let mut best = (from, gain(from));
        for community in &weights.touched {
            let gain = gain(*community);
            if gain > best.1 + GAIN {
                best = (*community, gain);
            }
        }
        if best.1 < -GAIN
            && sizes[from as usize] > 0
            && let Some(alone) = empty.pop()
        {
            best = (alone, 0.0);
        }
        weights.forget();
        let (to, _) = best;
        strengths[to as usize] += strength;
        sizes[to as usize] += 1;
        if to == from {
            continue;
        }
        moved = true;
        found[node as usize] = to;
        if sizes[from as usize] == 0 {
            empty.push(from);
        }
        for (other, _) in graph.edges(node) {
            if found[*other as usize] != to && !waiting[*other as usize] {
                waiting[*other as usize] = true;
                queue.push_back(*other);
            }
        }
    }
    moved
}

/// Parts of communities that hold together: each node begins alone, and joins others of its
/// community where that is better.
fn refine(graph: &Graph, found: &[u32], resolution: f64, random: &mut Random) -> Communities {
    let nodes = graph.len();
    let total = graph.total().max(f64::MIN_POSITIVE);
    let mut whole = vec![0.0; count(found)];
    for (node, community) in (0..).zip(found) {
        whole[*community as usize] += graph.strength(node);
    }
    let mut refined: Communities = (0..).take(nodes).collect();
    let mut strengths: Vec<f64> = (0..).take(nodes).map(|node| graph.strength(node)).collect();
    let mut alone = vec![true; nodes];
    // The weight of the edges between a part and the rest of its community.
    let mut bound: Vec<f64> = (0_u32..)
        .zip(found)
        .map(|(node, community)| {
            let edges = graph.edges(node).iter();
            edges
                .filter(|(to, _)| found[*to as usize] == *community)
                .map(|(_, weight)| weight)
                .sum()
        })
        .collect();
    let holds = |bound: f64, strength: f64, whole: f64| {
        bound + GAIN >= resolution * strength * (whole - strength) / total
    };
    let mut order: Vec<u32> = (0..).take(nodes).collect();
    random.shuffle(&mut order);
    let mut weights = Weights::of(nodes);
    for node in order {
        let at = node as usize;
        let (community, strength) = (found[at], graph.strength(node));
        let whole = whole[community as usize];
        if !alone[at] || !holds(bound[at], strength, whole) {
            continue;
        }
        for (to, weight) in graph.edges(node) {
            if found[*to as usize] == community {
                weights.add(refined[*to as usize], *weight);
            }
        }
        let mut best: Option<(u32, f64)> = None;
        for part in &weights.touched {
            let to = *part as usize;
            let gain = weights.to[to] - resolution * strength * strengths[to] / total;
            if *part != node
                && gain > best.map_or(GAIN, |(_, gain)| gain + GAIN)
                && holds(bound[to], strengths[to], whole)
            {
                best = Some((*part, gain));
            }
        }
        if let Some((part, _)) = best {
            let to = part as usize;
            bound[to] += bound[at] - 2.0 * weights.to[to];
            strengths[to] += strength;
            strengths[at] = 0.0;
            refined[at] = part;
            alone[to] = false;
            alone[at] = false;
        }
        weights.forget();
    }
    refined
}

/// The graph in which each part is a node.
fn gather(graph: &Graph, parts: &[u32], count: usize) -> Graph {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (node, part) in (0..).zip(parts) {
        members[*part as usize].push(node);
    }
    let mut loops = vec![0.0; count];
    let mut edges = Vec::new();
    let mut weights = Weights::of(count);
    for (part, members) in (0_u32..).zip(&members) {
        for node in members {
            loops[part as usize] += graph.own(*node);
            for (to, weight) in graph.edges(*node) {
                weights.add(parts[*to as usize], *weight);
            }
        }
        weights.touched.sort_unstable();
        for to in &weights.touched {
            let weight = weights.to[*to as usize];
            if *to == part {
                loops[part as usize] += weight;
            } else {
                edges.push((part, *to, weight));
            }
        }
        weights.forget();
    }
    Graph::with_loops(loops, edges)
}
