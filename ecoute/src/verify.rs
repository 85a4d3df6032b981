//! `ecoute verify counts`: every like and published comment counted again, beside what is kept
//! of them and what pages say.

mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::{ContributionId, Slug};
use functions::store::Difference;
use functions::{RENEWED_EVERY, Store};
use jiff::Timestamp;
use site_gen::plan::Page;
use site_gen::{Contributions, PublishedIdea};

use crate::error::Stopped;
use crate::serve::Database;
use crate::words::{count, say};
use table::table;

/// For how long a running site may still be counting what it was just sent.
const SETTLING: Duration = Duration::from_secs(2);
/// For how long after it was rendered a page may be behind: the turn of a page, and some.
const PAGE_TURN: Duration = Duration::from_secs(RENEWED_EVERY.as_secs().unsigned_abs() + 5);

/// What to verify.
pub struct Options {
    /// The folder of the database and the pages.
    pub data_dir: PathBuf,
    /// One campaign; all of them where it is none.
    pub campaign: Option<String>,
    /// What is done about what differs.
    pub then: Then,
    /// Where contributions are kept.
    pub database: Database,
}

/// What is done about what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is said.
    Say,
    /// It is said and mended.
    Repair,
}

/// What was found.
pub struct Verified {
    /// What differs, as a table; empty where nothing does.
    pub table: String,
    /// What to say of it: an error where something differs, and was not mended.
    pub said: Result<String, Stopped>,
}

/// Something that differs, in one line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    campaign: Slug,
    idea: Option<ContributionId>,
    what: What,
    kept: Option<u64>,
    counted: Option<u64>,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Likes,
    Comments,
    /// The rest of a card.
    Card,
    /// How many had the experience of a testimonial.
    Same,
    PageLikes,
    PageComments,
    Page,
    AllIdeas,
    AllComments,
    Participants,
}

/// One look at everything.
struct Look {
    ideas: usize,
    likes: u64,
    comments: u64,
    pages: usize,
    rows: Vec<Row>,
    /// How many pages wait for their turn.
    late: usize,
    differences: Vec<Difference>,
}

/// Counts everything again, and says what differs from what is kept and shown.
///
/// # Errors
/// One clear sentence, where it can't be verified.
pub async fn counts(options: &Options) -> Result<Verified, Stopped> {
    let (_engine, store) = options.database.join(&options.data_dir)?;
    store.create_tables().await?;
    let first = look(&store, options).await?;
    if first.rows.is_empty() {
        return Ok(Verified {
            table: String::new(),
            said: Ok(agreed(&first)),
        });
    }
    // A running site may have been counting: what differs must still do so when it is done.
    tokio::time::sleep(SETTLING).await;
    let mut second = look(&store, options).await?;
    let differed: BTreeSet<_> = first.rows.iter().map(Row::place).collect();
    second.rows.retain(|row| differed.contains(&row.place()));
    if second.rows.is_empty() {
        return Ok(Verified {
            table: String::new(),
            said: Ok(agreed(&second)),
        });
    }
    let said = match options.then {
        Then::Say => Err(Stopped::saying(count("verify.differ", second.rows.len()))),
        Then::Repair => {
            repair(&store, &second).await?;
            Ok(count("verify.mended", second.rows.len()))
        }
    };
    Ok(Verified {
        table: table(&second.rows),
        said,
    })
}

async fn look(store: &Store, options: &Options) -> Result<Look, Stopped> {
    let mut published = store.published().await?;
    let mut differences = store.differences(&published).await?;
    if let Some(wanted) = &options.campaign {
        let tallies = store.tallies().await?;
        let known: BTreeSet<&Slug> = tallies.keys().chain(published.cards.keys()).collect();
        if !known.iter().any(|slug| slug.as_str() == wanted) {
            let known: Vec<&str> = known.iter().map(|slug| slug.as_str()).collect();
            let args = [("campaign", wanted.clone()), ("known", known.join(", "))];
            return Err(Stopped::because("verify-campaign", &args));
        }
        published
            .ideas
            .retain(|_, idea| idea.idea.campaign.as_str() == wanted);
        differences.retain(|difference| {
            let is_of_space = matches!(difference, Difference::Same { .. });
            !is_of_space && campaign(difference).as_str() == wanted
        });
    }
    let mut look = Look {
        ideas: published.ideas.len(),
        likes: published.ideas.values().map(|idea| idea.likes).sum(),
        comments: comments(&published),
        pages: 0,
        rows: Vec::new(),
        late: 0,
        differences,
    };
    for difference in &look.differences {
        look.rows.extend(rows(difference));
    }
    let site = options.data_dir.join("site");
    if site.is_dir() {
        for idea in published.ideas.values() {
            look.page(&site, idea);
        }
    }
    Ok(look)
}

fn comments(published: &Contributions) -> u64 {
    let of = |idea: &PublishedIdea| idea.comments.len() as u64;
    published.ideas.values().map(of).sum()
}

impl Look {
    /// What the page of an idea says, beside what is counted.
    fn page(&mut self, site: &Path, published: &PublishedIdea) {
        let idea = &published.idea;
        let path = site.join(Page::Idea(idea.campaign.clone(), idea.id.clone(), 1).file());
        let row = |what, kept, counted| Row {
            campaign: idea.campaign.clone(),
            idea: Some(idea.id.clone()),
            what,
            kept,
            counted: Some(counted),
        };
        let Ok(html) = fs::read_to_string(&path) else {
            self.rows.push(row(What::Page, None, 1));
            return;
        };
        let shown = [
            (What::PageLikes, r#"data-count="likes""#, published.likes),
            (
                What::PageComments,
                r#"id="commentaires""#,
                published.comments.len() as u64,
            ),
        ];
        let shown = shown.map(|(what, mark, counted)| (what, number_at(&html, mark), counted));
        // A theme of one's own may not write numbers for machines: then there is nothing to read.
        self.pages += usize::from(shown.iter().any(|(_, shown, _)| shown.is_some()));
        let differing: Vec<Row> = shown
            .into_iter()
            .filter(|(_, shown, counted)| shown.is_some_and(|shown| shown != *counted))
            .map(|(what, shown, counted)| row(what, shown, counted))
            .collect();
        if differing.is_empty() {
            return;
        }
        if was_rendered_just_now(&path) {
            self.late += 1;
        } else {
            self.rows.extend(differing);
        }
    }
}

/// The number that the page writes for machines in the element that has this mark.
fn number_at(html: &str, mark: &str) -> Option<u64> {
    let element = html.split_once(mark)?.1.split_once('>')?.0;
    let (_, number) = element.split_once(r#"data-n=""#)?;
    number.split_once('"')?.0.parse().ok()
}

fn was_rendered_just_now(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|data| data.modified());
    let age = modified.ok().and_then(|at| at.elapsed().ok());
    age.is_some_and(|age| age < PAGE_TURN)
}

/// Mends what is kept; then lets a running site render the pages of what was mended.
async fn repair(store: &Store, look: &Look) -> Result<(), Stopped> {
    for difference in &look.differences {
        store.mend(difference, jiff::Timestamp::now()).await?;
    }
    let ideas: BTreeSet<&ContributionId> = look
        .rows
        .iter()
        .filter_map(|row| row.idea.as_ref())
        .collect();
    for idea in ideas {
        store.touch(idea, Timestamp::now()).await?;
    }
    Ok(())
}

fn campaign(difference: &Difference) -> &Slug {
    match difference {
        Difference::Card { campaign, .. } | Difference::Tally { campaign, .. } => campaign,
        Difference::Same { space, .. } => space,
    }
}

/// A difference as lines of the table: a number each.
fn rows(difference: &Difference) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |idea: Option<&ContributionId>, what, kept, counted| {
        rows.push(Row {
            campaign: campaign(difference).clone(),
            idea: idea.cloned(),
            what,
            kept,
            counted,
        });
    };
    match difference {
        Difference::Card {
            idea,
            kept: Some(kept),
            counted: Some(counted),
            ..
        } => {
            let comments = counted.comments.len() as u64;
            let mut same = true;
            for (what, kept, counted) in [
                (What::Likes, kept.likes, counted.likes),
                (What::Comments, kept.comments, comments),
            ] {
                if kept != counted {
                    same = false;
                    add(Some(idea), what, Some(kept), Some(counted));
                }
            }
            if same {
                add(Some(idea), What::Card, Some(1), Some(1));
            }
        }
        Difference::Card {
            idea,
            kept,
            counted,
            ..
        } => {
            let one = |there: bool| there.then_some(1);
            add(
                Some(idea),
                What::Card,
                one(kept.is_some()),
                one(counted.is_some()),
            );
        }
        Difference::Same {
            testimonial,
            kept,
            counted,
            ..
        } => add(Some(testimonial), What::Same, *kept, *counted),
        Difference::Tally { kept, counted, .. } => {
            for (what, kept, counted) in [
                (What::AllIdeas, kept.map(|kept| kept.ideas), counted.ideas),
                (
                    What::AllComments,
                    kept.map(|kept| kept.comments),
                    counted.comments,
                ),
                (
                    What::Participants,
                    kept.map(|kept| kept.participants),
                    counted.participants,
                ),
            ] {
                if kept != Some(counted) {
                    add(None, what, kept, Some(counted));
                }
            }
        }
    }
    rows
}

impl Row {
    /// What differs, and of what.
    fn place(&self) -> (Slug, Option<ContributionId>, What) {
        (self.campaign.clone(), self.idea.clone(), self.what)
    }
}

/// What is said where nothing differs.
fn agreed(look: &Look) -> String {
    let args = [
        ("ideas", count("verify.ideas", look.ideas)),
        ("likes", site_count("verify.likes", look.likes)),
        ("comments", site_count("verify.comments", look.comments)),
        ("pages", count("verify.pages", look.pages)),
    ];
    let mut said = say("verify.agree", &args);
    if look.late > 0 {
        said.push('\n');
        said.push_str(&count("verify.late", look.late));
    }
    said
}

fn site_count(key: &str, n: u64) -> String {
    count(key, usize::try_from(n).unwrap_or(usize::MAX))
}
