//! The analysis of a campaign: what is given to the engine, what is kept of what it finds and of
//! what people decide of it, and the file that `site-gen new results --from` reads.

mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use domain::{ContributionId, ContributionRef, Idea, Slug, Status};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use insights::sentiment;
use insights::themes::{
    Analysis, Chosen, Contribution, Coverage, Grain, Journal, Key, Refused, Review, Reviewed,
    Sentiment, Sentiments, Settings, Standing, Theme, Verbatim, Wanted, analyse, rank,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use site_gen::Contributions;

use crate::store::{Store, StoreError};

pub use subject::Subject;

/// How many contributions stand at most for a theme that people made.
const VERBATIMS: usize = 5;

/// An analysis of a campaign, with what people decided of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysed {
    /// When it was made.
    pub at: Timestamp,
    /// What the engine found.
    pub analysis: Analysis,
    /// What people decided, of this analysis and of those before.
    pub journal: Journal,
    /// What stood before it was made; none for the first.
    #[serde(default)]
    pub before: Option<Before>,
}

/// What the analysis before came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// When it was made.
    pub at: Timestamp,
    /// How many contributions there were.
    pub contributions: usize,
    /// Its themes as people left them: what each was called, and how many were in it.
    pub themes: BTreeMap<Key, (String, usize)>,
}

impl Analysed {
    /// Analyses contributions, beside what was kept: what people decided then still holds.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn make(
        contributions: &[Contribution],
        grain: Grain,
        kept: Option<Self>,
        at: Timestamp,
    ) -> Result<Self, Refused> {
        let settings = Settings {
            wanted: Wanted::Grain(grain),
            ..Settings::default()
        };
        let analysis = analyse(contributions, None, &settings, &|_, _, _| {})?;
        Ok(Self::of(analysis, kept, at))
    }

    /// An analysis in the place of the one that was kept.
    #[must_use]
    pub fn of(analysis: Analysis, kept: Option<Self>, at: Timestamp) -> Self {
        let before = kept.as_ref().map(|kept| Before {
            at: kept.at,
            contributions: kept.analysis.assignments.len(),
            themes: kept
                .review()
                .themes
                .into_iter()
                .map(|(key, theme)| (key, (theme.label, theme.size)))
                .collect(),
        });
        let mut journal = kept.map(|kept| kept.journal).unwrap_or_default();
        journal.follow(&analysis);
        Self {
            at,
            analysis,
            journal,
            before,
        }
    }

    /// The themes as people left them.
    #[must_use]
    pub fn review(&self) -> Review {
        self.journal.review(&self.analysis)
    }

    /// Reads what [`Analysed::to_bytes`] makes; none where it is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        // What is kept is our own; whatever it says, it is not read beyond this.
        const LIMIT: u64 = 256 << 20;
        let mut json = Vec::new();
        let mut bytes = ZlibDecoder::new(bytes).take(LIMIT);
        bytes.read_to_end(&mut json).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// The bytes that are kept: compressed JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let json =
            serde_json::to_vec(self).expect("an analysis has only string keys and finite numbers");
        let mut bytes = ZlibEncoder::new(Vec::new(), Compression::default());
        bytes
            .write_all(&json)
            .and_then(|()| bytes.finish())
            .expect("memory takes what is written to it")
    }

    /// The analysis as people left it, of the contributions that are still there: without hidden
    /// themes, each other called and made up as they decided, and counted afresh.
    #[must_use]
    pub fn reviewed(&self, contributions: &[Contribution]) -> Analysis {
        let there: BTreeMap<&str, &Contribution> = contributions
            .iter()
            .map(|contribution| (contribution.id.as_str(), contribution))
            .collect();
        let review = self.review();
        let mut analysis = self.analysis.clone();
        let is_there = |id: &String| there.contains_key(id.as_str());
        analysis.assignments.retain(|id, _| is_there(id));
        analysis.contributions.retain(|id, _| is_there(id));
        let mut members: BTreeMap<Key, Vec<&Contribution>> = BTreeMap::new();
        for (id, place) in &review.contributions {
            if let Some(contribution) = there.get(id.as_str()) {
                members.entry(place.theme).or_default().push(contribution);
            }
        }
        let shown = review.themes.iter().filter(|(_, theme)| !theme.hidden);
        let mut shown: Vec<(Key, Theme)> = shown
            .filter_map(|(key, theme)| Some((*key, self.theme(theme, members.get(key)?))))
            .collect();
        shown.sort_by_key(|(key, theme)| (std::cmp::Reverse(theme.size), *key));
        let places: BTreeMap<Key, u32> = shown.iter().map(|(key, _)| *key).zip(0..).collect();
        let (mut classified, mut undecided, mut isolated) = (0, 0, 0);
        for (id, place) in &mut analysis.assignments {
            let theme = review.contributions.get(id).map(|place| place.theme);
            *place = theme.and_then(|key| places.get(&key).copied());
            match (&theme, self.analysis.contributions.get(id)) {
                (Some(_), _) => classified += usize::from(place.is_some()),
                (None, Some(Standing::Undecided { .. })) => undecided += 1,
                (None, Some(Standing::Isolated)) => isolated += 1,
                (None, _) => {}
            }
        }
        analysis.themes = shown.into_iter().map(|(_, theme)| theme).collect();
        analysis.salient = rank(&analysis.themes, analysis.settings.salience);
        let count = analysis.assignments.len();
        let those = analysis.assignments.keys();
        let those = those.filter_map(|id| there.get(id.as_str()).copied());
        analysis.coverage = Coverage {
            contributions: count,
            authors: people(those.clone()),
            likes: those.map(|contribution| contribution.likes).sum(),
            classified,
            undecided,
            isolated,
            share: classified as f32 / count.max(1) as f32,
        };
        analysis
    }

    /// A theme as people left it, with what is in it.
    fn theme(&self, reviewed: &Reviewed, members: &[&Contribution]) -> Theme {
        let found: Vec<&Theme> = reviewed
            .found
            .iter()
            .filter_map(|place| self.analysis.themes.get(*place as usize))
            .collect();
        let holds = |verbatim: &&Verbatim| members.iter().any(|it| it.id == verbatim.id);
        let chosen = found.iter().flat_map(|theme| &theme.verbatims);
        let mut verbatims: Vec<Verbatim> = chosen.filter(holds).cloned().collect();
        if verbatims.is_empty() {
            verbatims.extend(members.iter().take(VERBATIMS).map(|member| Verbatim {
                id: member.id.clone(),
                chosen: Chosen::Diverse,
            }));
        }
        let mut felt = Sentiments::default();
        for member in members {
            match member.sentiment {
                Some(Sentiment::Negative) => felt.negative += 1,
                Some(Sentiment::Neutral) => felt.neutral += 1,
                Some(Sentiment::Positive) => felt.positive += 1,
                None => felt.unknown += 1,
            }
        }
        let largest = found.iter().max_by_key(|theme| theme.size);
        Theme {
            label: reviewed.label.clone(),
            size: members.len(),
            authors: people(members.iter().copied()),
            likes: members.iter().map(|member| member.likes).sum(),
            terms: largest.map_or_else(Vec::new, |theme| theme.terms.clone()),
            sentiment: (felt.unknown < members.len()).then_some(felt),
            stability: largest.map_or(0.0, |theme| theme.stability),
            distinctiveness: largest.map_or(0.0, |theme| theme.distinctiveness),
            subthemes: largest.map_or_else(Vec::new, |theme| theme.subthemes.clone()),
            sides: largest.and_then(|theme| theme.sides.clone()),
            verbatims,
        }
    }
}

/// The published ideas of a campaign, as the engine takes them: read one by one by the campaign's
/// cards, with the likes that these keep. Their authors are nobody's: two of one person count as
/// two, until [`with_authors`].
///
/// # Errors
/// [`StoreError`].
pub async fn of_campaign(store: &Store, campaign: &Slug) -> Result<Vec<Contribution>, StoreError> {
    let cards = store.cards(campaign).await?;
    let likes: BTreeMap<ContributionRef, u64> = cards
        .into_iter()
        .map(|card| (ContributionRef::Idea(card.id), card.likes))
        .collect();
    let held = store.contributions(likes.keys()).await?;
    let there = likes.iter().filter_map(|(reference, likes)| {
        let held = held.get(reference)?;
        match (&held.contribution, held.status) {
            (domain::Contribution::Idea(idea), Status::Published) => Some(given(idea, *likes)),
            _ => None,
        }
    });
    Ok(there.collect())
}

/// The published ideas of a campaign, of all that is published.
#[must_use]
pub fn contributions(published: &Contributions, campaign: &Slug) -> Vec<Contribution> {
    let ideas = published.ideas.values();
    let ideas = ideas.filter(|it| it.idea.campaign == *campaign);
    ideas.map(|it| given(&it.idea, it.likes)).collect()
}

/// Says which of these ideas have one author, as far as an address tells it, so that a person
/// counts once. An author is a number that is drawn for this analysis and kept nowhere: it tells
/// one person from another, and nobody from anybody.
///
/// # Errors
/// [`StoreError`].
pub async fn with_authors(
    store: &Store,
    mut contributions: Vec<Contribution>,
) -> Result<Vec<Contribution>, StoreError> {
    let idea = |id: &str| ContributionId::parse(id).ok().map(ContributionRef::Idea);
    let references = contributions.iter().filter_map(|it| idea(&it.id)).collect();
    let authors = store.pseudonyms(&references).await?;
    for one in &mut contributions {
        let author = idea(&one.id).and_then(|reference| authors.get(&reference));
        one.author = author.map(ContributionId::to_string);
    }
    Ok(contributions)
}

/// An idea as the engine takes it.
fn given(idea: &Idea, likes: u64) -> Contribution {
    let (title, text) = (idea.title.as_str(), idea.body.as_str());
    Contribution {
        id: idea.id.to_string(),
        title: Some(title.to_owned()),
        text: text.to_owned(),
        likes,
        sentiment: felt(title, text),
        ..Contribution::default()
    }
}

/// How many people wrote these; one of whom nothing is known is a person of their own.
fn people<'c>(contributions: impl Iterator<Item = &'c Contribution>) -> usize {
    let (mut known, mut unknown) = (BTreeSet::new(), 0);
    for one in contributions {
        match &one.author {
            Some(author) => _ = known.insert(author.as_str()),
            None => unknown += 1,
        }
    }
    known.len() + unknown
}

/// How what was written was felt, where its words say so.
#[must_use]
pub fn felt(title: &str, text: &str) -> Option<domain::Sentiment> {
    sentiment::read(&format!("{title}\n{text}")).sentiment
}

/// An analysis with the words that its themes are shown by: what `site-gen new results --from`
/// reads. It holds no time, so that the same contributions make the same file.
#[derive(Serialize)]
pub struct Document {
    /// The campaign, where it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<Slug>,
    #[serde(flatten)]
    analysis: Analysis,
    /// The contributions that stand for themes, by their identifier.
    texts: BTreeMap<String, Text>,
}

/// A contribution word for word.
#[derive(Serialize)]
struct Text {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    text: String,
}

impl Document {
    /// Of an analysis of these contributions.
    #[must_use]
    pub fn of(analysis: Analysis, campaign: Option<Slug>, contributions: &[Contribution]) -> Self {
        let shown: BTreeSet<&str> = analysis
            .themes
            .iter()
            .flat_map(|theme| {
                let sides = theme.sides.iter();
                let sides = sides.flat_map(|it| [&it.in_favour, &it.mixed, &it.against]);
                let of_sides = sides.flat_map(|side| &side.verbatims);
                theme.verbatims.iter().chain(of_sides)
            })
            .map(|verbatim| verbatim.id.as_str())
            .collect();
        let texts = contributions
            .iter()
            .filter(|contribution| shown.contains(contribution.id.as_str()))
            .map(|contribution| {
                let text = Text {
                    title: contribution.title.clone(),
                    text: contribution.text.clone(),
                };
                (contribution.id.clone(), text)
            });
        Self {
            texts: texts.collect(),
            campaign,
            analysis,
        }
    }

    /// The file.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self)
            .expect("an analysis has only string keys and finite numbers");
        json.push('\n');
        json
    }
}
