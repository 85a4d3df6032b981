//! Which contributions a list of the back office shows, as its address spells it.

use domain::{Campaign, Contribution, Flag, IdeaKind, Moderated, Slug, Status};
use jiff::Timestamp;
use site_gen::Catalogue;

use crate::store::Lane;

/// A list: a lane, and what is looked for in it. Blank is all. Each value is one of those that
/// the form offers, so that they stand in an address as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filters {
    pub(super) lane: Listed,
    pub(super) space: Option<Slug>,
    pub(super) campaign: Option<Slug>,
    pub(super) kind: Option<Kind>,
    /// For how many days at least it has waited.
    pub(super) days: Option<i64>,
    /// What was noticed of it when it was received.
    pub(super) noticed: Option<Noticed>,
    /// Whether the form is asked for: it lists all spaces, which is too much for every page.
    pub(super) open: bool,
}

/// What was noticed of a contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noticed {
    Anything,
    Flag(Flag),
}

impl Noticed {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Anything).chain(Flag::ALL.map(Self::Flag))
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Anything => "any",
            Self::Flag(flag) => flag.key(),
        }
    }

    fn holds(self, held: &Moderated) -> bool {
        match self {
            Self::Anything => !held.flags.is_empty(),
            Self::Flag(flag) => held.flags.contains(&flag),
        }
    }
}

/// The lanes that are lists of the back office.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Listed {
    #[default]
    Waiting,
    Unanswered,
    Alert,
}

/// What sort of contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Idea(IdeaKind),
    Comment,
}

impl Listed {
    pub(super) const ALL: [Self; 3] = [Self::Waiting, Self::Unanswered, Self::Alert];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Waiting => "lire",
            Self::Unanswered => "repondre",
            Self::Alert => "alertes",
        }
    }

    pub(super) fn lane(self) -> Lane {
        match self {
            Self::Waiting => Lane::Waiting,
            Self::Unanswered => Lane::Unanswered,
            Self::Alert => Lane::Alert,
        }
    }
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [
        Self::Idea(IdeaKind::Idea),
        Self::Idea(IdeaKind::Expectation),
        Self::Idea(IdeaKind::Experience),
        Self::Comment,
    ];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Idea(kind) => kind.key(),
            Self::Comment => "comment",
        }
    }

    fn of(contribution: &Contribution) -> Self {
        match contribution {
            Contribution::Idea(idea) => Self::Idea(idea.kind),
            Contribution::Comment(_) => Self::Comment,
        }
    }
}

/// The ages that the form offers, in days.
pub(super) const AGES: [i64; 3] = [1, 3, 7];

impl Filters {
    /// Reads them from a query; what is unknown is left aside.
    pub(super) fn read(query: &str) -> Self {
        let mut filters = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "file" => {
                    let known = Listed::ALL.into_iter().find(|lane| lane.key() == value);
                    filters.lane = known.unwrap_or_default();
                }
                "espace" => filters.space = Slug::parse(value).ok(),
                "campagne" => filters.campaign = Slug::parse(value).ok(),
                "genre" => filters.kind = Kind::ALL.into_iter().find(|kind| kind.key() == value),
                "repere" => filters.noticed = Noticed::all().find(|noticed| noticed.key() == value),
                "filtrer" => filters.open = true,
                "age" => filters.days = value.parse().ok().filter(|days| AGES.contains(days)),
                _ => {}
            }
        }
        filters
    }

    /// The pairs of the address, those that are blank left out.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.lane != Listed::Waiting {
            pairs.push(("file", self.lane.key().to_owned()));
        }
        let slug = |slug: &Option<Slug>| slug.as_ref().map(Slug::to_string);
        let filters = [
            ("espace", slug(&self.space)),
            ("campagne", slug(&self.campaign)),
            ("genre", self.kind.map(|kind| kind.key().to_owned())),
            ("age", self.days.map(|days| days.to_string())),
            (
                "repere",
                self.noticed.map(|noticed| noticed.key().to_owned()),
            ),
        ];
        for (name, value) in filters {
            pairs.extend(value.map(|value| (name, value)));
        }
        pairs
    }

    /// The query that [`Filters::read`] reads.
    pub(super) fn spell(&self) -> String {
        let pairs = self.pairs();
        let spelled: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
        spelled.join("&")
    }

    /// An address with this list, and more pairs of plain letters, digits and hyphens.
    pub(super) fn path(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut query = self.spell();
        for (name, value) in more {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(&format!("{name}={value}"));
        }
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }

    /// Whether anything but the lane is asked for.
    pub(super) fn narrow(&self) -> bool {
        self.pairs().iter().any(|(name, _)| *name != "file")
    }

    /// Whether a contribution is on this list.
    pub(super) fn hold(&self, catalogue: &Catalogue, held: &Moderated, now: Timestamp) -> bool {
        let contribution = &held.contribution;
        let campaign: Option<&Campaign> = catalogue.campaigns.get(contribution.campaign());
        let of_space = |space: &Slug| campaign.is_some_and(|campaign| campaign.space == *space);
        let in_campaign = |slug: &Slug| contribution.campaign() == slug;
        let old = |days: i64| now.duration_since(since(held)).as_hours() >= days * 24;
        self.space.as_ref().is_none_or(of_space)
            && self.campaign.as_ref().is_none_or(in_campaign)
            && self.kind.is_none_or(|kind| kind == Kind::of(contribution))
            && self.days.is_none_or(old)
            && self.noticed.is_none_or(|noticed| noticed.holds(held))
    }
}

/// Since when a contribution waits in its lane.
pub(super) fn since(held: &Moderated) -> Timestamp {
    match held.status {
        Status::Waiting => held.contribution.received_at(),
        _ => held
            .published_at
            .filter(|_| held.status == Status::Published)
            .or(held.decided_at)
            .unwrap_or(held.contribution.received_at()),
    }
}
