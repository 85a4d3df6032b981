//! What a site is made of, read: the content, the theme, and which news there are.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::catalogue::{Bundle, Catalogue, NewsCard};
use crate::citations::{self, Citation};
use crate::content::{self, NewsFile};
use crate::contributions::Contributions;
use crate::links::Reference;
use crate::problem::{Problem, sorted};
#[cfg(feature = "share-images")]
use crate::share_image;
use crate::theme::{Asset, Theme, ThemeSource};
use crate::{colour, theme};

/// What a build needs beside the bundle.
#[derive(Debug, Clone)]
pub struct Material {
    pub(crate) assets: Vec<Asset>,
    pub(crate) news: Vec<NewsFile>,
    pub(crate) references: Vec<Reference>,
    pub(crate) templates: PathBuf,
    citations: Vec<Citation>,
}

/// Reads the content and the theme; of the news, only which files there are.
///
/// # Errors
/// Every problem of both.
pub fn load(
    content: &Path,
    theme: &Path,
    site_url: &str,
) -> Result<(Bundle, Material), Vec<Problem>> {
    let templates = theme.join("templates");
    let source = ThemeSource::load(theme);
    match (content::load(content), source) {
        (Ok(content), Ok((mut source, mut assets))) => {
            let style = colour::style(content.catalogue.spaces.values());
            theme::append(&mut source, &mut assets, "style.css", &style);
            assets.extend(content.images);
            let catalogue = content.catalogue;
            #[cfg(feature = "share-images")]
            let catalogue = {
                let drawn = share_image::draw(theme, &source, &catalogue)?;
                assets.extend(drawn.assets);
                Catalogue {
                    pictures: drawn.addresses,
                    ..catalogue
                }
            };
            Ok((
                Bundle {
                    site_url: site_url.trim_end_matches('/').to_owned(),
                    catalogue,
                    theme: source,
                },
                Material {
                    assets,
                    news: content.news,
                    references: content.references,
                    citations: content.citations,
                    templates,
                },
            ))
        }
        (content, source) => {
            let mut problems = match content {
                Ok(content) => {
                    let images = &content.catalogue.images;
                    let news = content.news.par_iter();
                    news.filter_map(|file| file.read(images).err())
                        .flatten()
                        .collect()
                }
                Err(problems) => problems,
            };
            match source {
                Ok((source, _)) => problems.extend(Theme::check(source, &templates).err()),
                Err(found) => problems.extend(found),
            }
            Err(sorted(problems))
        }
    }
}

/// Reads the content alone.
///
/// # Errors
/// Every problem of it.
#[doc(hidden)]
pub fn load_content(content: &Path) -> Result<Catalogue, Vec<Problem>> {
    content::load(content).map(|content| content.catalogue)
}

impl Material {
    /// Reads the cards of the news, for who renders pages one by one.
    ///
    /// # Errors
    /// Every problem of their files.
    pub fn news(&self, bundle: &Bundle) -> Result<Vec<NewsCard>, Vec<Problem>> {
        let read: Vec<_> = self
            .news
            .par_iter()
            .map(|file| file.read(&bundle.catalogue.images))
            .collect();
        let (read, problems): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
        let problems: Vec<Problem> = problems
            .into_iter()
            .filter_map(Result::err)
            .flatten()
            .collect();
        if problems.is_empty() {
            let cards = read
                .into_iter()
                .filter_map(Result::ok)
                .map(|text| text.card);
            Ok(most_recent_first(cards.collect()))
        } else {
            Err(sorted(problems))
        }
    }

    /// Every contribution that results cite and that is not published, and every verbatim that
    /// is not its author's.
    ///
    /// # Errors
    /// A problem for each.
    pub fn check_citations(&self, contributions: &Contributions) -> Result<(), Vec<Problem>> {
        citations::check(&self.citations, contributions)
    }
}

/// News in the order of their list.
pub(crate) fn most_recent_first(mut cards: Vec<NewsCard>) -> Vec<NewsCard> {
    cards.par_sort_unstable_by(|a, b| (b.date, &a.slug).cmp(&(a.date, &b.slug)));
    cards
}
