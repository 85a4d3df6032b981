//! A build: content, theme and contributions to every page of the plan.

mod files;

use std::collections::HashSet;
use std::io;
use std::path::Path;

use domain::Slug;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::contributions::Contributions;
use crate::encoding::{Encoding, is_text};
use crate::links::Links;
use crate::load::{Material, most_recent_first};
use crate::output::{Directory, Placement, Stage, Written};
use crate::plan::{self, Page};
use crate::problem::{Problem, said, sorted, system_said};
use crate::render::Renderer;
use crate::state::{Kept, State, hash_of};

use files::{FileMade, Files, NewsMade};

/// What a build did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Built {
    /// Pages of the plan.
    pub pages: usize,
    /// Pages that were rendered.
    pub rendered: usize,
    /// Files that are new or have changed, assets included.
    pub written: usize,
    /// Files that held the same bytes already.
    pub unchanged: usize,
    /// Files that were of an earlier build.
    pub removed: usize,
}

/// What a build is made of.
pub struct Build<'b> {
    /// The catalogue, whose news are read by the build, and the theme.
    pub renderer: &'b mut Renderer,
    /// The rest of what was loaded.
    pub material: &'b Material,
    /// What the public contributed.
    pub contributions: &'b Contributions,
    /// The moment that the pages speak of.
    pub now: Timestamp,
    /// The compressed copies that stand beside each text file.
    pub copies: &'b [Encoding],
}

impl Build<'_> {
    /// Makes every page that is not made of the same as in the last build, and puts all in
    /// place at once. With a problem nothing is written.
    ///
    /// # Errors
    /// Every problem of the news, the links and the templates, or what is wrong with the folder.
    pub fn put(self, output: &Directory, placement: Placement) -> Result<Built, Vec<Problem>> {
        let state = output.take_state();
        let stage = output.stage();
        let made = match self.make(&state, output.root(), Some(&stage)) {
            Ok(made) => made,
            Err(problems) => {
                // Nothing was put in place: what is known still holds.
                let _ = output.keep_state(state, Written::Already);
                return Err(problems);
            }
        };
        put_in_place(made, state, stage, output, placement).map_err(|error| {
            let what = said("output.failed", &[("error", system_said(&error))]);
            vec![Problem::of(output.root(), what)]
        })
    }

    /// Makes every page and writes nothing. Says how many there are.
    ///
    /// # Errors
    /// Every problem of the news, the links and the templates.
    pub fn check(self) -> Result<usize, Vec<Problem>> {
        let made = self.make(&State::default(), Path::new(""), None)?;
        Ok(made.pages)
    }

    fn make(
        self,
        state: &State,
        root: &Path,
        stage: Option<&Stage<'_>>,
    ) -> Result<Made, Vec<Problem>> {
        let Self {
            renderer,
            material,
            contributions,
            now,
            copies,
        } = self;
        let files = Files {
            state,
            root,
            stage,
            templates: &material.templates,
            is_new: files::is_new(root),
        };
        let mut problems = Vec::new();
        let mut made = Made::default();

        let news: Vec<_> = material
            .news
            .par_iter()
            .with_min_len(16)
            .map(|file| files.news(file, renderer))
            .collect();
        let mut cards = Vec::with_capacity(news.len());
        for one in news {
            match one {
                Ok(news) => {
                    cards.push(news.kept.card.clone());
                    made.news.push(news);
                }
                Err(found) => problems.extend(found),
            }
        }
        renderer.set_news(most_recent_first(cards));
        let renderer = &*renderer;
        let contributions = &*contributions.within(renderer.catalogue());

        let pages = plan::all(renderer.catalogue(), contributions);
        made.pages = pages.len() + material.news.len();
        let links = Links::new(&pages, material, renderer, contributions, now);
        made.addresses = links.fingerprint();
        let is_new = |news: &NewsMade| news.is_read || made.addresses != state.addresses;
        let of_news = material.news.iter().zip(&made.news);
        let of_news: Vec<_> = of_news
            .map(|(file, news)| (file, news.kept.links.as_str(), is_new(news)))
            .collect();
        // Where some news can't be read, the others no longer stand beside their files.
        if problems.is_empty() {
            problems.extend(links.broken(&of_news));
        }

        let rendered: Vec<Option<Result<FileMade, Vec<Problem>>>> = pages
            .par_iter()
            .with_min_len(4)
            .map(|page| files.page(page, renderer, contributions, now))
            .collect();
        for one in rendered.into_iter().flatten() {
            match one {
                Ok(file) => made.files.push(file),
                Err(found) => problems.extend(found),
            }
        }
        for asset in &material.assets {
            let fingerprint = hash_of(&asset.bytes);
            match files.file(asset.path.clone(), fingerprint, || Ok(asset.bytes.clone())) {
                Ok(mut file) => {
                    file.rendered = false;
                    made.files.push(file);
                }
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            let copied: Result<Vec<Vec<FileMade>>, Vec<Problem>> = copies
                .iter()
                .map(|encoding| {
                    let texts = made.all().filter(|file| is_text(&file.path));
                    let texts: Vec<&FileMade> = texts.collect();
                    texts
                        .into_par_iter()
                        .map(|file| files.copy(file, *encoding))
                        .collect()
                })
                .collect();
            made.files.extend(copied?.into_iter().flatten());
            Ok(made)
        } else {
            Err(sorted(problems))
        }
    }
}

/// The pages of a build, before they are in place.
#[derive(Default)]
struct Made {
    pages: usize,
    files: Vec<FileMade>,
    news: Vec<NewsMade>,
    addresses: u64,
}

impl Made {
    fn all(&self) -> impl Iterator<Item = &FileMade> {
        self.files
            .iter()
            .chain(self.news.iter().map(|news| &news.file))
    }
}

/// Puts the prepared files in place with those that are the same, and keeps what all are made of.
/// Where nothing has changed, nothing is written.
fn put_in_place(
    made: Made,
    state: State,
    stage: Stage<'_>,
    output: &Directory,
    placement: Placement,
) -> io::Result<Built> {
    let mut built = Built {
        pages: made.pages,
        ..Built::default()
    };
    for file in made.all() {
        built.rendered += usize::from(file.rendered);
        match file.same {
            Some(_) => built.unchanged += 1,
            None => built.written += 1,
        }
    }
    let removed = removed(&made, &state);
    built.removed = removed.len();
    let in_place = built.written == 0 && built.removed == 0 && !output.is_touched();
    if in_place && is_known(&made, &state) {
        output.keep_state(state, Written::Already)?;
        return Ok(built);
    }
    // In a folder that is put in place whole, what is not of the plan is left behind; one that is
    // touched, or not known, is never mended file by file.
    let placement = match output.is_touched() || state.files.is_empty() {
        true => Placement::Whole,
        false => placement,
    };
    let paths = |same: bool| -> Vec<&str> {
        let files = made.all().filter(|file| file.same.is_some() == same);
        files.map(|file| file.path.as_str()).collect()
    };
    let written = match placement {
        _ if in_place => Written::Anew,
        Placement::Whole => {
            stage.swap(&paths(true))?;
            Written::Anew
        }
        Placement::Each => {
            stage.move_each(&paths(false), &removed)?;
            Written::Later
        }
    };
    let files = made.files.into_iter().map(|file| {
        let kept = Kept {
            fingerprint: file.fingerprint,
            stamp: file.stamp,
        };
        (file.path, kept)
    });
    let next = State {
        made_by: state.made_by,
        addresses: made.addresses,
        files: files.collect(),
        news: made
            .news
            .into_iter()
            .map(|news| (news.slug, news.kept))
            .collect(),
    };
    output.keep_state(next, written)?;
    Ok(built)
}

/// The files of the last build that are of this one no more.
fn removed(made: &Made, state: &State) -> Vec<String> {
    let files: HashSet<&str> = made.files.iter().map(|file| file.path.as_str()).collect();
    let news: HashSet<&str> = made.news.iter().map(|news| news.slug.as_str()).collect();
    let files = state
        .files
        .keys()
        .filter(|path| !files.contains(path.as_str()));
    let news = state
        .news
        .keys()
        .filter(|slug| !news.contains(slug.as_str()));
    let pages = news.filter_map(|slug| Slug::parse(slug).ok());
    let pages = pages.map(|slug| Page::News(slug).file());
    files.cloned().chain(pages).collect()
}

/// Whether all that was made is made of what the last build was made of.
fn is_known(made: &Made, state: &State) -> bool {
    made.addresses == state.addresses
        && made.news.iter().all(|news| !news.is_read)
        && made.files.iter().all(|file| {
            let kept = state.files.get(&file.path);
            let known = kept.map(|kept| (kept.fingerprint, Some(kept.stamp)));
            known == Some((file.fingerprint, file.same))
        })
}
