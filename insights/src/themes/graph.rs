//! Contributions and how near they are, as a graph: each is joined to its nearest ones, and to
//! those of which it is one of the nearest.

use super::neighbours::Neighbour;

/// An undirected graph with weights.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    starts: Vec<usize>,
    edges: Vec<(u32, f64)>,
    /// What each node weighs in itself: twice the weight of the edges within it.
    loops: Vec<f64>,
    /// The weights of all edges of each node, its own included.
    strengths: Vec<f64>,
    /// The weights of all nodes.
    total: f64,
}

impl Graph {
    /// The graph of edges that are given once each way, in order of their first end, then of
    /// their second.
    pub(super) fn of(nodes: usize, edges: impl IntoIterator<Item = (u32, u32, f64)>) -> Self {
        Self::with_loops(vec![0.0; nodes], edges)
    }

    /// A graph of which nodes weigh something in themselves.
    pub(super) fn with_loops(
        loops: Vec<f64>,
        given: impl IntoIterator<Item = (u32, u32, f64)>,
    ) -> Self {
        let mut starts = Vec::with_capacity(loops.len() + 1);
        let mut edges = Vec::new();
        let mut strengths = loops.clone();
        starts.push(0);
        for (from, to, weight) in given {
            let from = from as usize;
            while starts.len() <= from {
                starts.push(edges.len());
            }
            strengths[from] += weight;
            edges.push((to, weight));
        }
        while starts.len() <= loops.len() {
            starts.push(edges.len());
        }
        let total = strengths.iter().sum();
        Self {
            starts,
            edges,
            loops,
            strengths,
            total,
        }
    }

    /// The graph of neighbours: the weight of an edge is the cosine.
    pub(super) fn near(neighbours: &[Vec<Neighbour>]) -> Self {
        let mut edges: Vec<(u32, u32, f64)> = Vec::new();
        for (from, near) in (0_u32..).zip(neighbours) {
            for neighbour in near {
                let weight = f64::from(neighbour.cosine);
                edges.push((from, neighbour.place, weight));
                edges.push((neighbour.place, from, weight));
            }
        }
        edges.sort_unstable_by_key(|(from, to, _)| (*from, *to));
        edges.dedup_by_key(|(from, to, _)| (*from, *to));
        Self::of(neighbours.len(), edges)
    }

    /// The part of the graph between some nodes, which are numbered anew, in the order given.
    pub(super) fn part(&self, nodes: &[u32]) -> Self {
        let mut places = vec![u32::MAX; self.len()];
        for (place, node) in (0..).zip(nodes) {
            places[*node as usize] = place;
        }
        let edges = (0..).zip(nodes).flat_map(|(from, node)| {
            let mut kept: Vec<(u32, u32, f64)> = self
                .edges(*node)
                .iter()
                .filter(|(to, _)| places[*to as usize] != u32::MAX)
                .map(|(to, weight)| (from, places[*to as usize], *weight))
                .collect();
            kept.sort_unstable_by_key(|(_, to, _)| *to);
            kept
        });
        Self::of(nodes.len(), edges)
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.loops.len()
    }

    /// The other ends of the edges of a node, in order, with their weights.
    pub(super) fn edges(&self, node: u32) -> &[(u32, f64)] {
        let node = node as usize;
        &self.edges[self.starts[node]..self.starts[node + 1]]
    }

    pub(super) fn own(&self, node: u32) -> f64 {
        self.loops[node as usize]
    }

    pub(super) fn strength(&self, node: u32) -> f64 {
        self.strengths[node as usize]
    }

    pub(super) fn total(&self) -> f64 {
        self.total
    }
}
