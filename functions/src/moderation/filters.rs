//! Which contributions a list of the back office shows, as its address spells it.

use std::collections::BTreeSet;

use domain::{
    Action, Contribution, ContributionRef, Flag, IdeaKind, Place, Slug, may_somewhere_in,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::{Catalogue, address};

use super::lanes::may_somewhere;
use crate::App;
use crate::session::Session;
use crate::store::{InLane, Lane};

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

    fn holds(self, flags: &BTreeSet<Flag>) -> bool {
        match self {
            Self::Anything => !flags.is_empty(),
            Self::Flag(flag) => flags.contains(&flag),
        }
    }
}

/// The lanes that are lists of the back office.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Listed {
    #[default]
    Waiting,
    Unanswered,
    /// Testimonials whose authors are asked to agree.
    Consent,
    Alert,
    Reported,
}

/// What sort of contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Idea(IdeaKind),
    Comment,
    Testimonial,
}

impl Listed {
    const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Unanswered,
        Self::Consent,
        Self::Alert,
        Self::Reported,
    ];

    /// Those that somebody may read, in a space at least. Who answers for one structure has that
    /// of what waits for an answer, and no other.
    pub(super) fn of(session: &Session) -> impl Iterator<Item = Self> {
        let answers = session.moderator.grants.iter();
        let answers = answers.into_iter().any(|grant| grant.structure.is_some());
        let may = move |listed: &Self| {
            (*listed == Self::Unanswered && answers) || may_somewhere(session, listed.asks())
        };
        Self::ALL.into_iter().filter(may)
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Waiting => "lire",
            Self::Unanswered => "repondre",
            Self::Consent => "accord",
            Self::Alert => "alertes",
            Self::Reported => "signalements",
        }
    }

    /// The right that it takes.
    pub(super) fn asks(self) -> Action {
        match self {
            Self::Waiting | Self::Unanswered | Self::Consent | Self::Alert => Action::Read,
            Self::Reported => Action::Moderate,
        }
    }

    /// Its lane of contributions; reports are none.
    pub(super) fn lane(self) -> Option<Lane> {
        match self {
            Self::Waiting => Some(Lane::Waiting),
            Self::Unanswered => Some(Lane::Unanswered),
            Self::Consent => Some(Lane::Consent),
            Self::Alert => Some(Lane::Alert),
            Self::Reported => None,
        }
    }

    /// The page on which it is.
    pub(super) fn page(self) -> &'static str {
        match self {
            Self::Waiting | Self::Unanswered | Self::Consent | Self::Alert => address::MODERATION,
            Self::Reported => address::REPORTS,
        }
    }

    /// Which of the lists of its page, where it is not the first.
    pub(super) fn file(self) -> Option<&'static str> {
        match self {
            Self::Unanswered | Self::Consent | Self::Alert => Some(self.key()),
            Self::Waiting | Self::Reported => None,
        }
    }
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [
        Self::Idea(IdeaKind::Idea),
        Self::Idea(IdeaKind::Expectation),
        Self::Idea(IdeaKind::Experience),
        Self::Comment,
        Self::Testimonial,
    ];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Idea(kind) => kind.key(),
            Self::Comment => "comment",
            Self::Testimonial => "testimonial",
        }
    }

    /// The kind of a contribution.
    pub(super) fn of(contribution: &Contribution) -> Self {
        match contribution {
            Contribution::Idea(idea) => Self::Idea(idea.kind),
            Contribution::Comment(_) => Self::Comment,
            Contribution::Testimonial(_) => Self::Testimonial,
        }
    }

    /// The kind of what is in a lane.
    fn in_lane(one: &InLane) -> Self {
        match (&one.reference, one.kind) {
            (ContributionRef::Testimonial(_), _) => Self::Testimonial,
            (_, Some(kind)) => Self::Idea(kind),
            (_, None) => Self::Comment,
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
                    let mut lanes = Listed::ALL.into_iter();
                    let known = lanes.find(|lane| lane.file() == Some(value));
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
        if let Some(file) = self.lane.file() {
            pairs.push(("file", file.to_owned()));
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

    /// A list without filters.
    pub(super) fn all(lane: Listed) -> Self {
        Self {
            lane,
            ..Self::default()
        }
    }

    /// The address of the list, with more pairs.
    pub(super) fn list(&self, more: &[(&str, &str)]) -> String {
        self.path(self.lane.page(), more)
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

    /// Whether what is in a lane is on this list.
    pub(super) fn hold(&self, catalogue: &Catalogue, one: &InLane, now: Timestamp) -> bool {
        self.hold_place(catalogue, &one.place, one.since, now)
            && self.hold_kind(Kind::in_lane(one), &one.flags)
    }

    /// Whether what was sent there, and waits since then, is on this list.
    pub(super) fn hold_place(
        &self,
        catalogue: &Catalogue,
        place: &Place,
        since: Timestamp,
        now: Timestamp,
    ) -> bool {
        let known = catalogue.space_of(place);
        let of_space = |space: &Slug| known.is_some_and(|known| known.slug == *space);
        let old = |days: i64| now.duration_since(since).as_hours() >= days * 24;
        self.space.as_ref().is_none_or(of_space)
            && (self.campaign.is_none() || self.campaign.as_ref() == place.campaign())
            && self.days.is_none_or(old)
    }

    /// Whether what is of this kind, and was noticed so, is on this list.
    pub(super) fn hold_kind(&self, kind: Kind, flags: &BTreeSet<Flag>) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
            && self.noticed.is_none_or(|noticed| noticed.holds(flags))
    }

    /// Whether a kind, or what was noticed, is looked for.
    pub(super) fn ask_kind(&self) -> bool {
        self.kind.is_some() || self.noticed.is_some()
    }

    /// The filters as choices, with what is chosen.
    pub(super) fn choices(&self, app: &App, session: &Session) -> Value {
        let catalogue = app.renderer.catalogue();
        let messages = app.renderer.messages();
        let choice = |value: String, label: String, chosen: bool| json!({"value": value, "label": label, "chosen": chosen});
        let grants = &session.moderator.grants;
        let may = |space: &Slug| may_somewhere_in(grants, self.lane.asks(), space);
        let spaces = catalogue.spaces.values().filter(|space| may(&space.slug));
        let spaces = spaces.map(|space| {
            let chosen = self.space.as_ref() == Some(&space.slug);
            choice(space.slug.to_string(), space.name.clone(), chosen)
        });
        let campaigns = catalogue.campaigns.values();
        let campaigns = campaigns.filter(|campaign| may(&campaign.space));
        let campaigns = campaigns.map(|campaign| {
            let chosen = self.campaign.as_ref() == Some(&campaign.slug);
            choice(campaign.slug.to_string(), campaign.short.clone(), chosen)
        });
        let kinds = Kind::ALL.into_iter().map(|kind| {
            let label = messages.text(&format!("moderation.kind.{}", kind.key()), &[]);
            choice(kind.key().to_owned(), label, self.kind == Some(kind))
        });
        let ages = AGES.into_iter().map(|days| {
            let n = u64::try_from(days).unwrap_or_default();
            let label = messages.count("moderation.older", n);
            choice(days.to_string(), label, self.days == Some(days))
        });
        let noticed = Noticed::all().map(|noticed| {
            let label = messages.text(&format!("flag.{}", noticed.key()), &[]);
            let chosen = self.noticed == Some(noticed);
            choice(noticed.key().to_owned(), label, chosen)
        });
        json!({
            "spaces": spaces.collect::<Vec<_>>(),
            "campaigns": campaigns.collect::<Vec<_>>(),
            "kinds": kinds.collect::<Vec<_>>(),
            "ages": ages.collect::<Vec<_>>(),
            "noticed": noticed.collect::<Vec<_>>(),
        })
    }
}
