//! `ecoute import`: contributions from elsewhere, checked row by row before anything is written,
//! and the same however often they are imported. Ideas are here, testimonials in a file of their
//! own.

mod row;
mod rows;
mod structures;
mod table;
mod testimonial_rows;
pub mod testimonials;

use std::path::PathBuf;

use domain::{Campaign, Contribution, Place, Slug, Status};
use functions::Store;
use functions::store::{Added, Noted, StoreError};
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use site_gen::Catalogue;
use tokio::task::JoinSet;

use crate::error::Stopped;
use crate::progress::bar;
use crate::serve::{self, Database};
use crate::words::{count, say};
use rows::{Rows, comments, ideas};
pub(crate) use table::{Columns, Table};

/// What to import, and where to.
pub struct Options {
    /// The folder of the database.
    pub data_dir: PathBuf,
    /// The content, in which the campaign is.
    pub content: PathBuf,
    /// The theme, which is loaded with the content.
    pub theme: PathBuf,
    /// The campaign's name.
    pub campaign: String,
    /// The file of ideas.
    pub file: PathBuf,
    /// Its columns: `field=column` pairs.
    pub map: Vec<String>,
    /// The file of comments.
    pub comments: Option<PathBuf>,
    /// Its columns.
    pub comments_map: Vec<String>,
    /// Whether all is published at once, or waits to be read.
    pub publication: Publication,
    /// Whether anything is written.
    pub run: Run,
    /// Where contributions are kept.
    pub database: Database,
}

/// What becomes of what is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    /// It is published.
    Now,
    /// It goes to the moderators.
    AfterModeration,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It is.
    Real,
    /// Everything is checked and nothing is written.
    Dry,
}

/// How many contributions are on their way to the store at once.
const AT_ONCE: usize = 8;
/// How many rows to correct are shown.
const ROWS_SHOWN: usize = 20;

/// Imports ideas and their comments, and answers what to say of it.
///
/// # Errors
/// One clear sentence, or a line for each row that does not hold; nothing is then written.
pub async fn import(options: Options) -> Result<String, Stopped> {
    let (bundle, _) = serve::load(&options.content, &options.theme, "")?;
    let campaign = campaign_of(&bundle.catalogue, &options.campaign)?;
    let Files {
        ideas,
        comments,
        sha256,
    } = read_files(&options, &campaign.slug)?;
    let n_ideas = count("import.n-ideas", ideas.len());
    let n_comments = count("import.n-comments", comments.len());
    if options.run == Run::Dry {
        let args = [("ideas", n_ideas), ("comments", n_comments)];
        return Ok(say("import.dry", &args));
    }
    let (_engine, store) = options.database.join(&options.data_dir)?;
    store.create_tables().await?;
    let state = match options.publication {
        Publication::Now => Status::Published,
        Publication::AfterModeration => Status::Waiting,
    };
    let place = Place::Campaign(campaign.slug.clone());
    let counts = format!("ideas:{} comments:{}", ideas.len(), comments.len());
    note(&store, &place, state, &counts, &sha256).await?;
    let publication = options.publication;
    let keep = |contribution: Contribution| {
        let store = store.clone();
        async move {
            let published_at =
                (publication == Publication::Now).then(|| contribution.received_at());
            store.import(&contribution, published_at).await
        }
    };
    let ideas = write_all(ideas, "import.ideas", keep).await?;
    let comments = write_all(comments, "import.comments", keep).await?;
    let args = [
        ("ideas", ideas.new.to_string()),
        ("ideas-already", ideas.already.to_string()),
        ("comments", comments.new.to_string()),
        ("comments-already", comments.already.to_string()),
    ];
    let mut said = say("import.done", &args);
    if options.publication == Publication::AfterModeration && ideas.new + comments.new > 0 {
        said.push('\n');
        said.push_str(&say("import.waiting", &[]));
    }
    Ok(said)
}

/// The campaign of a name.
pub(crate) fn campaign_of<'a>(
    catalogue: &'a Catalogue,
    name: &str,
) -> Result<&'a Campaign, Stopped> {
    let campaigns = &catalogue.campaigns;
    Slug::parse(name)
        .ok()
        .and_then(|slug| campaigns.get(&slug))
        .ok_or_else(|| {
            let known: Vec<&str> = campaigns.keys().map(Slug::as_str).collect();
            let args = [("campaign", name.to_owned()), ("known", known.join(", "))];
            Stopped::because("campaign", &args)
        })
}

/// Notes in the log what is about to be imported, before any of it is: one that is killed half
/// way is in the log too.
pub(crate) async fn note(
    store: &Store,
    place: &Place,
    state: Status,
    counts: &str,
    sha256: &[String],
) -> Result<(), Stopped> {
    let mut after = format!("{} {counts}", state.key());
    for hash in sha256 {
        after.push_str(" sha256:");
        after.push_str(hash);
    }
    let noted = Noted::of_import(place, after, Timestamp::now());
    Ok(store.note(&noted).await?)
}

/// The SHA-256 of a file that was read, as the log has it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What both files hold.
struct Files {
    ideas: Vec<Contribution>,
    comments: Vec<Contribution>,
    /// The SHA-256 of each.
    sha256: Vec<String>,
}

/// Reads both files; every row holds, or none is taken.
///
/// # Errors
/// A line for each row that does not hold, or one sentence of a file.
#[doc(hidden)]
pub fn read(
    options: &Options,
    campaign: &Slug,
) -> Result<(Vec<Contribution>, Vec<Contribution>), Stopped> {
    read_files(options, campaign).map(|files| (files.ideas, files.comments))
}

fn read_files(options: &Options, campaign: &Slug) -> Result<Files, Stopped> {
    const IDEA_FIELDS: [&str; 6] = ["title", "text", "id", "kind", "category", "likes"];
    const COMMENT_FIELDS: [&str; 4] = ["idea", "text", "id", "name"];
    let now = Timestamp::now();
    let table = Table::read(&options.file)?;
    let mut sha256 = vec![table.sha256.clone()];
    let columns = Columns::parse(
        &options.map,
        &IDEA_FIELDS,
        &["title", "text"],
        "--map",
        &table,
    )?;
    let (idea_rows, known) = ideas(&table, &columns, campaign);
    let comment_rows = match (&options.comments, options.comments_map.is_empty()) {
        (None, true) => Rows::default(),
        (None, false) => return Err(Stopped::because("comments-file", &[])),
        (Some(_), true) => return Err(Stopped::because("comments-map", &[])),
        (Some(file), false) => {
            let table = Table::read(file)?;
            sha256.push(table.sha256.clone());
            let map = &options.comments_map;
            let required = ["idea", "text"];
            let columns =
                Columns::parse(map, &COMMENT_FIELDS, &required, "--comments-map", &table)?;
            comments(&table, &columns, campaign, &known)
        }
    };
    let wrong = idea_rows.problems.values();
    let wrong: Vec<_> = wrong.chain(comment_rows.problems.values()).collect();
    if !wrong.is_empty() {
        return Err(Stopped::saying(problems_said(&wrong)));
    }
    Ok(Files {
        ideas: received(idea_rows.contributions, now),
        comments: received(comment_rows.contributions, now),
        sha256,
    })
}

/// What is wrong, from what is of each row.
fn problems_said(rows: &[&Vec<String>]) -> String {
    let problems = rows.iter().copied().flatten();
    let count_of_problems = problems.clone().count();
    let mut lines: Vec<String> = problems.take(ROWS_SHOWN).cloned().collect();
    if count_of_problems > ROWS_SHOWN {
        let more = count_of_problems - ROWS_SHOWN;
        lines.push(say("import.more", &[("n", more.to_string())]));
    }
    lines.push(count("import.rows", rows.len()));
    lines.join("\n")
}

/// Gives each contribution a time of receipt of its own, in the order of the file, the last now.
fn received(contributions: Vec<Contribution>, now: Timestamp) -> Vec<Contribution> {
    let count = i64::try_from(contributions.len()).unwrap_or(i64::MAX);
    (1..)
        .zip(contributions)
        .map(|(place, contribution)| {
            let at = now - (count - place).milliseconds();
            match contribution {
                Contribution::Idea(mut idea) => {
                    idea.received_at = at;
                    Contribution::Idea(idea)
                }
                Contribution::Comment(mut comment) => {
                    comment.received_at = at;
                    Contribution::Comment(comment)
                }
                Contribution::Testimonial(mut testimonial) => {
                    testimonial.received_at = at;
                    Contribution::Testimonial(testimonial)
                }
            }
        })
        .collect()
}

#[derive(Debug, Clone, Copy, Default)]
struct Written {
    new: usize,
    already: usize,
}

/// Keeps all of these, some at once.
async fn write_all<T, F>(
    items: Vec<T>,
    label: &str,
    keep: impl Fn(T) -> F,
) -> Result<Written, Stopped>
where
    F: Future<Output = Result<Added, StoreError>> + Send + 'static,
{
    let bar = bar(items.len(), label);
    let mut writing: JoinSet<Result<Added, StoreError>> = JoinSet::new();
    let mut written = Written::default();
    let mut waiting = items.into_iter();
    loop {
        while writing.len() < AT_ONCE {
            let Some(item) = waiting.next() else {
                break;
            };
            writing.spawn(keep(item));
        }
        let Some(one) = writing.join_next().await else {
            break;
        };
        let added =
            one.map_err(|error| Stopped::because("engine", &[("error", error.to_string())]))??;
        match added {
            Added::New => written.new += 1,
            Added::Already => written.already += 1,
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(written)
}
