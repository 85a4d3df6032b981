//! The columns of an export, in their order. A name stays what it is: programs rely on it.

use domain::{Contribution, ContributionId, Idea, OfficialResponse, Outcome};
use jiff::Timestamp;
use serde_json::Value;
use site_gen::{Messages, address, dates};

use super::{Making, Readers};
use crate::store::Counted;

/// A contribution as it is exported.
pub(super) struct Entry {
    pub(super) counted: Counted,
    /// Whether everybody can read it: a comment, while its idea is published too.
    pub(super) public: bool,
    /// Its published comments.
    pub(super) comments: u64,
    /// Who wrote it, in an export for analysts: the same in this file alone.
    pub(super) author: Option<ContributionId>,
}

impl Entry {
    pub(super) fn is_idea(&self) -> bool {
        self.idea().is_some()
    }

    fn idea(&self) -> Option<&Idea> {
        match &self.counted.held.contribution {
            Contribution::Idea(idea) => Some(idea),
            Contribution::Comment(_) | Contribution::Testimonial(_) => None,
        }
    }

    fn response(&self) -> Option<&OfficialResponse> {
        self.counted.held.response.as_ref()
    }

    fn outcome(&self) -> Option<&Outcome> {
        self.counted.held.outcome.as_ref()
    }
}

/// What a column says something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Both,
    Ideas,
    Comments,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Word,
    Number,
    Time,
    Address,
}

impl Type {
    fn key(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Word => "word",
            Self::Number => "number",
            Self::Time => "time",
            Self::Address => "address",
        }
    }
}

/// A column: its name, and what it says of a contribution.
pub(super) struct Column {
    pub(super) name: &'static str,
    of: Of,
    kind: Type,
    readers: Readers,
    value: fn(&Entry, &Making<'_>) -> Value,
}

impl Column {
    /// What it says of a contribution; nothing is `null`.
    pub(super) fn of(&self, entry: &Entry, making: &Making<'_>) -> Value {
        (self.value)(entry, making)
    }

    /// Whether it says something of contributions of this kind.
    pub(super) fn concerns(&self, entry: &Entry) -> bool {
        match self.of {
            Of::Both => true,
            Of::Ideas => entry.is_idea(),
            Of::Comments => !entry.is_idea(),
        }
    }

    pub(super) fn type_in(&self, messages: &Messages) -> String {
        messages.text(&format!("export.type.{}", self.kind.key()), &[])
    }

    pub(super) fn meaning_in(&self, messages: &Messages) -> String {
        messages.text(&format!("export.column.{}", self.name), &[])
    }
}

/// The columns that these readers see.
pub(super) fn of(readers: Readers) -> Vec<&'static Column> {
    let seen = |column: &&Column| column.readers == Readers::Public || column.readers == readers;
    COLUMNS.iter().filter(seen).collect()
}

/// A value as it stands in a cell, before it is made safe.
pub(super) fn spelled(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

const fn column(
    name: &'static str,
    of: Of,
    kind: Type,
    value: fn(&Entry, &Making<'_>) -> Value,
) -> Column {
    Column {
        name,
        of,
        kind,
        readers: Readers::Public,
        value,
    }
}

const fn for_analysts(column: Column) -> Column {
    Column {
        readers: Readers::Analysts,
        ..column
    }
}

const COLUMNS: [Column; 27] = [
    column("type", Of::Both, Type::Word, |entry, making| {
        let noun = entry.counted.held.contribution.reference().noun();
        text(making.says(&format!("moderation.noun.{noun}")))
    }),
    column("identifiant", Of::Both, Type::Text, |entry, _| {
        text(entry.counted.held.contribution.reference().id())
    }),
    column("idee", Of::Comments, Type::Text, |entry, _| {
        match &entry.counted.held.contribution {
            Contribution::Idea(_) | Contribution::Testimonial(_) => Value::Null,
            Contribution::Comment(comment) => text(&comment.idea),
        }
    }),
    column("campagne", Of::Both, Type::Text, |_, making| {
        text(&making.campaign.slug)
    }),
    column("nature", Of::Ideas, Type::Word, |entry, making| {
        let label = |idea: &Idea| making.says(&format!("kind.{}.label", idea.kind.key()));
        optional(entry.idea().map(label))
    }),
    column("categorie", Of::Ideas, Type::Text, |entry, _| {
        optional(entry.idea().and_then(|idea| idea.category.as_ref()))
    }),
    column("question", Of::Ideas, Type::Text, |entry, _| {
        optional(entry.idea().and_then(|idea| idea.question.as_ref()))
    }),
    column("titre", Of::Ideas, Type::Text, |entry, _| {
        optional(entry.counted.held.contribution.title())
    }),
    column("texte", Of::Both, Type::Text, |entry, _| {
        text(entry.counted.held.contribution.body().as_str())
    }),
    column("recue_le", Of::Both, Type::Time, |entry, _| {
        time(Some(entry.counted.held.contribution.received_at()))
    }),
    column("publiee_le", Of::Both, Type::Time, |entry, _| {
        time(entry.counted.held.published_at)
    }),
    column("soutiens", Of::Ideas, Type::Number, |entry, _| {
        number(entry, |idea| idea.carried_likes + entry.counted.likes)
    }),
    column("soutiens_repris", Of::Ideas, Type::Number, |entry, _| {
        number(entry, |idea| idea.carried_likes)
    }),
    column("soutiens_recus", Of::Ideas, Type::Number, |entry, _| {
        number(entry, |_| entry.counted.likes)
    }),
    column("commentaires", Of::Ideas, Type::Number, |entry, _| {
        number(entry, |_| entry.comments)
    }),
    column("reponse_equipe", Of::Ideas, Type::Text, |entry, _| {
        optional(entry.response().map(|response| &response.team))
    }),
    column("reponse_texte", Of::Ideas, Type::Text, |entry, _| {
        optional(entry.response().map(|response| response.text.as_str()))
    }),
    column("reponse_le", Of::Ideas, Type::Time, |entry, _| {
        time(entry.response().map(|response| response.published_at))
    }),
    column("reponse_corrigee_le", Of::Ideas, Type::Time, |entry, _| {
        time(entry.response().and_then(|response| response.corrected_at))
    }),
    column("suite", Of::Ideas, Type::Word, |entry, making| {
        let label = |outcome: &Outcome| making.says(&format!("outcome.{}", outcome.decision.key()));
        optional(entry.outcome().map(label))
    }),
    column("suite_texte", Of::Ideas, Type::Text, |entry, _| {
        optional(entry.outcome().map(|outcome| outcome.text.as_str()))
    }),
    column("suite_le", Of::Ideas, Type::Time, |entry, _| {
        time(entry.outcome().map(|outcome| outcome.decided_at))
    }),
    column("adresse", Of::Both, Type::Address, public_address),
    for_analysts(column("etat", Of::Both, Type::Word, |entry, making| {
        let status = entry.counted.held.status.key();
        text(making.says(&format!("export.status.{status}")))
    })),
    for_analysts(column("motif", Of::Both, Type::Word, |entry, making| {
        let reason = entry.counted.held.status.reason();
        optional(reason.map(|reason| making.says(&format!("reason.{}.label", reason.key()))))
    })),
    for_analysts(column(
        "regroupee_avec",
        Of::Ideas,
        Type::Text,
        |entry, _| optional(entry.counted.held.merged_into.as_ref()),
    )),
    for_analysts(column("pseudonyme", Of::Both, Type::Text, |entry, _| {
        optional(entry.author.as_ref())
    })),
];

fn public_address(entry: &Entry, making: &Making<'_>) -> Value {
    if !entry.public {
        return Value::Null;
    }
    let contribution = &entry.counted.held.contribution;
    let place = contribution.place();
    making.address(&address::contribution(&place, &contribution.reference()))
}

/// A text without controls, those that separate lines left out of account. Texts that citizens
/// send have none; those of imports and of teams might.
fn text(value: impl ToString) -> Value {
    let kept = |c: char| match c {
        '\t' | '\r' => Some(' '),
        '\n' => Some('\n'),
        c if c.is_control() => None,
        c => Some(c),
    };
    Value::String(value.to_string().chars().filter_map(kept).collect())
}

fn optional(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, text)
}

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(dates::iso(at)))
}

fn number(entry: &Entry, of: impl FnOnce(&Idea) -> u64) -> Value {
    entry.idea().map_or(Value::Null, |idea| of(idea).into())
}
