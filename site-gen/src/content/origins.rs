//! Which campaign a campaign comes from, and which of its findings: read with the campaigns,
//! checked once all of them and their results are read.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use domain::{Campaign, Origin, Results, Slug};

use super::{plain, results};
use crate::front_matter::Keys;
use crate::problem::{Problem, said};

/// What a campaign says of its origin, and where in its file.
pub(super) struct Claim {
    /// The campaign that says it.
    by: Slug,
    /// The campaign that it says to come from.
    of: Slug,
    of_at: Range<usize>,
    findings: Vec<(usize, Range<usize>)>,
}

/// Reads `from`, and notes it to be checked.
pub(super) fn origin(
    keys: &mut Keys<'_, '_>,
    by: &Slug,
    claims: &mut Vec<Claim>,
) -> Option<Origin> {
    keys.table("from", |keys| {
        let of = keys.parsed("campaign", "front-matter.slug", Slug::parse);
        let of_at = keys.within_file(&keys.span_of("campaign"));
        let findings: Vec<_> = keys
            .numbers("findings")
            .into_iter()
            .map(|(number, span)| (number, keys.within_file(&span)))
            .collect();
        let campaign = of?;
        let numbers = results::in_order(findings.iter().map(|(number, _)| *number));
        claims.push(Claim {
            by: by.clone(),
            of: campaign.clone(),
            of_at,
            findings,
        });
        Some(Origin {
            campaign,
            findings: numbers,
        })
    })
}

/// What is wrong with what campaigns say of their origin.
pub(super) fn check(
    root: &Path,
    claims: Vec<Claim>,
    campaigns: &BTreeMap<Slug, Campaign>,
    all_results: &BTreeMap<Slug, Results>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for claim in claims {
        let path = root.join("campaigns").join(format!("{}.md", claim.by));
        let mut note = |at: Range<usize>, what: String| {
            problems.push(match fs::read_to_string(&path) {
                Ok(source) => Problem::at(&path, &plain(source), at, what),
                Err(_) => Problem::of(&path, what),
            });
        };
        if claim.of == claim.by {
            note(claim.of_at, said("content.from-itself", &[]));
        } else if !campaigns.contains_key(&claim.of) {
            let known: Vec<&str> = campaigns.keys().map(Slug::as_str).collect();
            let args = [("name", claim.of.to_string()), ("known", known.join(", "))];
            note(claim.of_at, said("content.campaign-unknown", &args));
        } else {
            let found = all_results.get(&claim.of);
            for (number, at) in claim.findings {
                if let Some((key, args)) = results::unknown_finding(&claim.of, number, found) {
                    note(at, said(key, &args));
                }
            }
        }
    }
    problems
}
