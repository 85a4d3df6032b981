//! A contribution of any kind: what moderators, receipts and mail speak of.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::alert::Alert;
use crate::answer::{Answer, Reply};
use crate::answering::Reassigned;
use crate::comment::Comment;
use crate::consent::Proposal;
use crate::flag::Flag;
use crate::idea::Idea;
use crate::moderation::{Status, UNDO_SECONDS};
use crate::official_response::{Draft, OfficialResponse};
use crate::outcome::Outcome;
use crate::place::Place;
use crate::standing::Before;
use crate::testimonial::Testimonial;
use crate::text::{Body, ContributionId, Slug, TextProblem};

/// Which contribution: an idea, a comment of an idea, or a testimonial. Spelled `idea`,
/// `idea-comment` or `temoignage-testimonial`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContributionRef {
    /// An idea.
    Idea(ContributionId),
    /// A comment, with the idea that it replies to.
    Comment {
        /// The idea.
        idea: ContributionId,
        /// The comment.
        id: ContributionId,
    },
    /// A testimonial.
    Testimonial(ContributionId),
}

/// What the reference of a testimonial begins with.
const TESTIMONIAL: &str = "temoignage";

impl ContributionRef {
    /// Parses what [`fmt::Display`] spells.
    ///
    /// # Errors
    /// [`TextProblem::Malformed`].
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        match raw.split_once('-') {
            None => ContributionId::parse(raw).map(Self::Idea),
            Some((TESTIMONIAL, id)) => ContributionId::parse(id).map(Self::Testimonial),
            Some((idea, comment)) => Ok(Self::Comment {
                idea: ContributionId::parse(idea)?,
                id: ContributionId::parse(comment)?,
            }),
        }
    }

    /// The contribution's own identifier.
    #[must_use]
    pub fn id(&self) -> &ContributionId {
        match self {
            Self::Idea(id) | Self::Comment { id, .. } | Self::Testimonial(id) => id,
        }
    }

    /// The name of its kind in message keys.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Idea(_) => "idea",
            Self::Comment { .. } => "comment",
            Self::Testimonial(_) => "testimonial",
        }
    }
}

impl fmt::Display for ContributionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idea(id) => write!(f, "{id}"),
            Self::Comment { idea, id } => write!(f, "{idea}-{id}"),
            Self::Testimonial(id) => write!(f, "{TESTIMONIAL}-{id}"),
        }
    }
}

/// A contribution as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contribution {
    /// An idea.
    Idea(Idea),
    /// A comment.
    Comment(Comment),
    /// A testimonial.
    Testimonial(Testimonial),
}

impl Contribution {
    /// Which it is.
    #[must_use]
    pub fn reference(&self) -> ContributionRef {
        match self {
            Self::Idea(idea) => ContributionRef::Idea(idea.id.clone()),
            Self::Comment(comment) => ContributionRef::Comment {
                idea: comment.idea.clone(),
                id: comment.id.clone(),
            },
            Self::Testimonial(testimonial) => ContributionRef::Testimonial(testimonial.id.clone()),
        }
    }

    /// Where it was sent.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Idea(idea) => Place::Campaign(idea.campaign.clone()),
            Self::Comment(comment) => Place::Campaign(comment.campaign.clone()),
            Self::Testimonial(testimonial) => Place::Testimonials(testimonial.space.clone()),
        }
    }

    /// The campaign that it answers; none for a testimonial.
    #[must_use]
    pub fn campaign(&self) -> Option<&Slug> {
        match self {
            Self::Idea(idea) => Some(&idea.campaign),
            Self::Comment(comment) => Some(&comment.campaign),
            Self::Testimonial(_) => None,
        }
    }

    /// Its title, where its kind has one.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Idea(idea) => Some(idea.title.as_str()),
            Self::Comment(_) => None,
            Self::Testimonial(testimonial) => Some(testimonial.title.as_str()),
        }
    }

    /// Its title, or its first words: what it is called in a list.
    #[must_use]
    pub fn words(&self) -> String {
        const EXCERPT_GRAPHEMES: usize = 80;
        self.title()
            .map_or_else(|| self.body().excerpt(EXCERPT_GRAPHEMES), str::to_owned)
    }

    /// Its text.
    #[must_use]
    pub fn body(&self) -> &Body {
        match self {
            Self::Idea(idea) => &idea.body,
            Self::Comment(comment) => &comment.body,
            Self::Testimonial(testimonial) => &testimonial.body,
        }
    }

    /// Whether both say the same, word for word, whenever they were received.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let mut other = other.clone();
        match &mut other {
            Self::Idea(idea) => idea.received_at = self.received_at(),
            Self::Comment(comment) => comment.received_at = self.received_at(),
            Self::Testimonial(testimonial) => testimonial.received_at = self.received_at(),
        }
        *self == other
    }

    /// When it was received.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        match self {
            Self::Idea(idea) => idea.received_at,
            Self::Comment(comment) => comment.received_at,
            Self::Testimonial(testimonial) => testimonial.received_at,
        }
    }
}

/// A contribution with where it stands on the three axes, for its moderators and its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moderated {
    /// What was received.
    pub contribution: Contribution,
    /// Where it stands.
    pub status: Status,
    /// How many decisions were taken: two people who decide on the same version can't both.
    pub version: u64,
    /// When the last decision was taken.
    pub decided_at: Option<Timestamp>,
    /// Who took it: a moderator's login.
    pub decided_by: Option<String>,
    /// When a moderator first decided of it, who had to read it: until then it waited. None for
    /// what was published elsewhere, and for what its author took back unread.
    pub first_decided_at: Option<Timestamp>,
    /// How it stood before, while that can be put back.
    pub before: Option<Before>,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// What the moderator wrote to the author, beside the reason.
    pub message: Option<Body>,
    /// The idea with which it was grouped.
    pub merged_into: Option<ContributionId>,
    /// What the institution answers in public.
    pub response: Option<OfficialResponse>,
    /// An answer that is not published yet.
    pub draft: Option<Draft>,
    /// What the institution decided.
    pub outcome: Option<Outcome>,
    /// What is proposed to the author in place of the text, last.
    pub proposal: Option<Proposal>,
    /// How many texts its history has: none until a second one is written.
    pub versions: u32,
    /// When its author last sent another text.
    pub rewritten_at: Option<Timestamp>,
    /// Whether what is public is a text that the author agreed to.
    pub edited: bool,
    /// What the structures that a testimonial concerns answer.
    pub answers: BTreeMap<Slug, Answer>,
    /// How the structures that it concerns changed, in order.
    pub reassignments: Vec<Reassigned>,
    /// What its author replied to them.
    pub reply: Option<Reply>,
    /// What was done for an author who seems in danger.
    pub alert: Option<Alert>,
    /// Whether the author had the text erased.
    pub erased: bool,
    /// What was noticed when it was received.
    pub flags: BTreeSet<Flag>,
}

impl Moderated {
    /// A contribution that was just received, and waits to be read.
    #[must_use]
    pub fn received(contribution: Contribution) -> Self {
        Self {
            contribution,
            status: Status::Waiting,
            version: 0,
            decided_at: None,
            decided_by: None,
            first_decided_at: None,
            before: None,
            published_at: None,
            message: None,
            merged_into: None,
            response: None,
            draft: None,
            outcome: None,
            proposal: None,
            versions: 0,
            rewritten_at: None,
            edited: false,
            answers: BTreeMap::new(),
            reassignments: Vec::new(),
            reply: None,
            alert: None,
            erased: false,
            flags: BTreeSet::new(),
        }
    }

    /// Since when it waits to be read: since its author sent it, or last sent another text.
    #[must_use]
    pub fn waits_since(&self) -> Timestamp {
        let rewritten = self.rewritten_at;
        rewritten.unwrap_or_else(|| self.contribution.received_at())
    }

    /// Whether the last decision can be taken back at `now`, by whoever took it.
    #[must_use]
    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        let in_time = |at: Timestamp| now.duration_since(at).as_secs() < UNDO_SECONDS;
        self.before.is_some() && self.decided_at.is_some_and(in_time)
    }
}
