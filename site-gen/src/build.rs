//! A full build: content, theme and contributions to every page of the plan.

use std::collections::HashSet;
use std::path::Path;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::catalogue::Bundle;
use crate::contributions::Contributions;
use crate::output::{Directory, Put};
use crate::problem::{Problem, said, system_said};
use crate::render::Renderer;
use crate::theme::{Asset, ThemeSource};
use crate::{content, plan};

/// What a build did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Built {
    /// Pages of the plan.
    pub pages: usize,
    /// Files that are new or have changed, assets included.
    pub written: usize,
    /// Files that held the same bytes already.
    pub unchanged: usize,
    /// Files that were of an earlier build.
    pub removed: usize,
}

/// Reads the content and the theme.
///
/// # Errors
/// Every problem of both.
pub fn load(
    content: &Path,
    theme: &Path,
    site_url: &str,
) -> Result<(Bundle, Vec<Asset>), Vec<Problem>> {
    match (content::load(content), ThemeSource::load(theme)) {
        (Ok(catalogue), Ok((theme, assets))) => Ok((
            Bundle {
                site_url: site_url.trim_end_matches('/').to_owned(),
                catalogue,
                theme,
            },
            assets,
        )),
        (catalogue, theme) => {
            let mut problems = catalogue.err().unwrap_or_default();
            problems.extend(theme.err().unwrap_or_default());
            Err(problems)
        }
    }
}

/// Renders every page as it stands at `now` and puts all in place: assets first, pages, and
/// then what is no longer of the plan is removed. With a problem nothing is written.
///
/// # Errors
/// What is wrong with a template, or with the folder.
pub fn build(
    renderer: &Renderer,
    assets: &[Asset],
    contributions: &Contributions,
    now: Timestamp,
    output: &Directory,
) -> Result<Built, Vec<Problem>> {
    let pages = plan::all(renderer.catalogue(), contributions);
    let rendered: Vec<Result<(String, String), Problem>> = pages
        .par_iter()
        .filter_map(|page| {
            let file = page.file();
            match renderer.page(page, contributions, now) {
                Ok(html) => html.map(|html| Ok((file, html))),
                Err(error) => Some(Err(Problem::of(
                    Path::new("templates"),
                    said(
                        "theme.render",
                        &[("page", page.address()), ("error", error.to_string())],
                    ),
                ))),
            }
        })
        .collect();
    let (rendered, problems): (Vec<_>, Vec<_>) = rendered.into_iter().partition(Result::is_ok);
    let mut problems: Vec<Problem> = problems.into_iter().filter_map(Result::err).collect();
    if !problems.is_empty() {
        problems.sort();
        problems.dedup();
        return Err(problems);
    }
    let rendered: Vec<(String, String)> = rendered.into_iter().filter_map(Result::ok).collect();

    put_all(assets, &rendered, output).map_err(|error| {
        let what = said("output.failed", &[("error", system_said(&error))]);
        vec![Problem::of(output.root(), what)]
    })
}

fn put_all(
    assets: &[Asset],
    rendered: &[(String, String)],
    output: &Directory,
) -> std::io::Result<Built> {
    let files: Vec<(&str, &[u8])> = assets
        .iter()
        .map(|asset| (asset.path.as_str(), asset.bytes.as_slice()))
        .chain(
            rendered
                .iter()
                .map(|(file, html)| (file.as_str(), html.as_bytes())),
        )
        .collect();
    let mut built = Built {
        pages: rendered.len(),
        ..Built::default()
    };
    for (file, bytes) in &files {
        match output.put(file, bytes)? {
            Put::Written => built.written += 1,
            Put::Unchanged => built.unchanged += 1,
        }
    }
    let kept: HashSet<String> = files.iter().map(|(file, _)| (*file).to_owned()).collect();
    built.removed = output.retain(&kept)?;
    Ok(built)
}
