//! What templates are given: words and addresses, ready to be shown. A template decides how
//! a thing looks, never what it says of it.

use std::collections::BTreeMap;

use domain::{
    Campaign, Comment, CommentForm, ContributionId, IdeaCard, IdeaForm, IdeaKind, Invalid, Phase,
    Slug, Space,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::address;
use crate::catalogue::Catalogue;
use crate::contributions::{PublishedIdea, Tally};
use crate::dates;
use crate::markdown;
use crate::messages::Messages;

/// A link.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Its words.
    pub label: String,
    /// Its address.
    pub href: String,
}

impl Link {
    /// A link of these words to this address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// What every page says of itself: the context's `page`.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The page's title, without the site's name.
    pub title: String,
    /// One sentence for search engines and shared links.
    pub description: String,
    /// Its path, such as `/campagnes/`.
    pub path: String,
    /// « Vous êtes ici », from the home page to the parent; empty on the home page.
    pub breadcrumb: Vec<Link>,
    /// Whether search engines may list it.
    pub indexed: bool,
}

/// A campaign in a list.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignCard {
    /// The campaign's page.
    pub href: String,
    /// Its subject, as a question.
    pub title: String,
    /// Its subject in a few words.
    pub short: String,
    /// One line of why.
    pub summary: String,
    /// The phase's key, for a style class.
    pub phase: &'static str,
    /// The phase in words, with its date: « Ouverte jusqu’au mardi 15 décembre 2026 ».
    pub state: String,
    /// The space that holds it.
    pub space: Link,
    /// What was contributed, in words; none where nothing was.
    pub participation: Option<String>,
}

/// A campaign's own page.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: CampaignCard,
    /// Its presentation, as HTML.
    pub body: String,
    /// Its guiding questions.
    pub questions: Vec<String>,
    /// Its first day in words, and as ISO 8601.
    pub opens: String,
    /// The same for machines.
    pub opens_iso: String,
    /// Its last day in words.
    pub closes: String,
    /// The same for machines.
    pub closes_iso: String,
    /// Whether an idea may be put forward now.
    pub open: bool,
    /// Where the form is.
    pub propose_href: String,
    /// Where the ideas are.
    pub ideas_href: String,
    /// How many ideas are published.
    pub ideas_count: u64,
}

/// An idea in a list.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaCardView {
    /// The idea's page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// Its kind in words: « Idée ».
    pub kind: String,
    /// Its category.
    pub category: Option<String>,
    /// When it was published, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// « 12 soutiens ».
    pub likes: String,
    /// « 3 commentaires ».
    pub comments: String,
}

/// An idea's own page.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaView {
    /// What lists show of it.
    #[serde(flatten)]
    pub card: IdeaCardView,
    /// Its identifier.
    pub id: String,
    /// Its identifier as it is read aloud.
    pub reference: String,
    /// The guiding question that it answers.
    pub question: Option<String>,
    /// Its text, as HTML paragraphs.
    pub body: String,
    /// How many people like it.
    pub likes_count: u64,
    /// Whether likes and comments are taken now.
    pub open: bool,
    /// Where the like form is sent.
    pub like_action: String,
    /// How many comments it has.
    pub comments_count: u64,
    /// The comments of this page, oldest first.
    pub comment_list: Vec<CommentView>,
}

/// A comment on an idea's page.
#[derive(Debug, Clone, Serialize)]
pub struct CommentView {
    /// Its identifier, for a fragment.
    pub id: String,
    /// Its author's chosen name, or the words for none.
    pub name: String,
    /// When it was received, in words.
    pub date: String,
    /// The same for machines.
    pub date_iso: String,
    /// Its text, as HTML paragraphs.
    pub body: String,
}

/// A space, in a list and on its page.
#[derive(Debug, Clone, Serialize)]
pub struct SpaceView {
    /// Its page.
    pub href: String,
    /// Its name in addresses, for a style class.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// One sentence.
    pub summary: String,
    /// Its presentation, as HTML.
    pub body: String,
}

/// Where one is in a list of pages.
#[derive(Debug, Clone, Serialize)]
pub struct Pagination {
    /// « Page 2 sur 35 ».
    pub label: String,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The first, the last and those around; where `href` is none and `current` is false, a gap.
    pub steps: Vec<PageStep>,
}

/// One step of a [`Pagination`].
#[derive(Debug, Clone, Serialize)]
pub struct PageStep {
    /// The page's number, or an ellipsis.
    pub label: String,
    /// Its address; none for the current page and for a gap.
    pub href: Option<String>,
    /// Whether it is this page.
    pub current: bool,
}

/// A field's error, for the summary and the field.
#[derive(Debug, Clone, Serialize)]
pub struct FieldMessage {
    /// The field's name, which is its `id` too.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// The errors of a form: the context's `errors`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormErrors {
    /// All of them, in the order of the fields; empty when there is none.
    pub summary: Vec<FieldMessage>,
    /// The first of each field.
    pub by_field: BTreeMap<String, String>,
}

impl FormErrors {
    /// The errors in words.
    #[must_use]
    pub fn of(invalid: &Invalid, messages: &Messages) -> Self {
        let summary: Vec<FieldMessage> = invalid
            .errors
            .iter()
            .map(|error| FieldMessage {
                field: error.field.to_owned(),
                message: messages.text(&error.key, &error.args),
            })
            .collect();
        let mut by_field = BTreeMap::new();
        for error in &summary {
            by_field
                .entry(error.field.clone())
                .or_insert_with(|| error.message.clone());
        }
        Self { summary, by_field }
    }
}

/// An option of a choice.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One more sentence; may be empty.
    pub hint: String,
}

/// The form of an idea, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct IdeaFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: IdeaForm,
    /// The kinds.
    pub kinds: Vec<Choice>,
    /// The categories; empty where authors don't choose.
    pub categories: Vec<String>,
    /// The guiding questions.
    pub questions: Vec<String>,
    /// The longest title, in graphemes.
    pub title_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}

/// The form of a comment, blank or with what was typed: the context's `form`.
#[derive(Debug, Clone, Serialize)]
pub struct CommentFormView {
    /// Where it is sent.
    pub action: String,
    /// What was typed.
    pub values: CommentForm,
    /// The longest name, in graphemes.
    pub name_limit: usize,
    /// The longest text, in graphemes.
    pub text_limit: usize,
}

/// Builds views: the catalogue, the words and the time that they speak of.
#[derive(Debug, Clone, Copy)]
pub struct Views<'a> {
    /// The campaigns and spaces.
    pub catalogue: &'a Catalogue,
    /// The words.
    pub messages: &'a Messages,
    /// The time that decides of phases.
    pub now: Timestamp,
}

impl Views<'_> {
    /// A campaign in a list.
    #[must_use]
    pub fn campaign_card(&self, campaign: &Campaign, tally: Tally) -> CampaignCard {
        let space = &self.catalogue.spaces[&campaign.space];
        let participation = (tally.ideas > 0).then(|| {
            let ideas = self.messages.count("campaign.ideas", tally.ideas);
            let comments = self.messages.count("campaign.comments", tally.comments);
            if tally.comments == 0 {
                ideas
            } else {
                self.messages.text(
                    "campaign.participation",
                    &[("ideas", ideas), ("comments", comments)],
                )
            }
        });
        CampaignCard {
            href: address::campaign(&campaign.slug),
            title: campaign.title.clone(),
            short: campaign.short.clone(),
            summary: campaign.summary.clone(),
            phase: campaign.phase(self.now).key(),
            state: self.state(campaign),
            space: Link::new(&space.name, address::space(&space.slug)),
            participation,
        }
    }

    /// A campaign's own page.
    #[must_use]
    pub fn campaign(&self, campaign: &Campaign, tally: Tally) -> CampaignView {
        CampaignView {
            card: self.campaign_card(campaign, tally),
            body: markdown::editors(&campaign.body),
            questions: campaign.questions.clone(),
            opens: dates::day(campaign.opens, self.messages),
            opens_iso: campaign.opens.to_string(),
            closes: dates::day(campaign.closes, self.messages),
            closes_iso: campaign.closes.to_string(),
            open: campaign.takes_contribution(self.now, None),
            propose_href: address::propose(&campaign.slug),
            ideas_href: address::ideas(&campaign.slug, 1),
            ideas_count: tally.ideas,
        }
    }

    /// Where a campaign stands, in words.
    #[must_use]
    pub fn state(&self, campaign: &Campaign) -> String {
        let phase = campaign.phase(self.now);
        let date = match phase {
            Phase::Upcoming => campaign.opens,
            _ => campaign.closes,
        };
        self.messages.text(
            &format!("phase.{}", phase.key()),
            &[("date", dates::day(date, self.messages))],
        )
    }

    /// An idea in a list of `campaign`.
    #[must_use]
    pub fn idea_card(&self, campaign: &Slug, card: &IdeaCard) -> IdeaCardView {
        IdeaCardView {
            href: address::idea(campaign, &card.id, 1),
            title: card.title.as_str().to_owned(),
            excerpt: card.excerpt.clone(),
            kind: self.kind(card.kind),
            category: card.category.clone(),
            date: dates::instant(card.published_at, self.messages),
            date_iso: dates::iso(card.published_at),
            likes: self.messages.count("idea.likes", card.likes),
            comments: self.messages.count("idea.comments", card.comments),
        }
    }

    /// An idea's own page, with those of its comments that stand on it.
    #[must_use]
    pub fn idea(
        &self,
        campaign: &Campaign,
        idea: &PublishedIdea,
        comments: &[Comment],
    ) -> IdeaView {
        let card = idea.card();
        IdeaView {
            card: self.idea_card(&campaign.slug, &card),
            id: idea.idea.id.to_string(),
            reference: idea.idea.id.reference(),
            question: idea.idea.question.clone(),
            body: markdown::citizens(idea.idea.body.as_str()),
            likes_count: card.likes,
            open: campaign.takes_contribution(self.now, None),
            like_action: address::like(&campaign.slug, &idea.idea.id),
            comments_count: card.comments,
            comment_list: comments
                .iter()
                .map(|comment| self.comment(comment))
                .collect(),
        }
    }

    /// A comment.
    #[must_use]
    pub fn comment(&self, comment: &Comment) -> CommentView {
        CommentView {
            id: comment.id.to_string(),
            name: comment.name.as_ref().map_or_else(
                || self.messages.text("comment.anonymous", &[]),
                |name| name.as_str().to_owned(),
            ),
            date: dates::instant(comment.received_at, self.messages),
            date_iso: dates::iso(comment.received_at),
            body: markdown::citizens(comment.body.as_str()),
        }
    }

    /// A space.
    #[must_use]
    pub fn space(&self, space: &Space) -> SpaceView {
        SpaceView {
            href: address::space(&space.slug),
            slug: space.slug.to_string(),
            name: space.name.clone(),
            place: space.place.clone(),
            summary: space.summary.clone(),
            body: markdown::editors(&space.body),
        }
    }

    /// The form of an idea.
    #[must_use]
    pub fn idea_form(&self, campaign: &Campaign, values: IdeaForm) -> IdeaFormView {
        IdeaFormView {
            action: address::send_idea(&campaign.slug),
            values,
            kinds: IdeaKind::ALL
                .into_iter()
                .map(|kind| Choice {
                    value: kind.key().to_owned(),
                    label: self.kind(kind),
                    hint: self
                        .messages
                        .text(&format!("kind.{}.hint", kind.key()), &[]),
                })
                .collect(),
            categories: campaign.categories.clone(),
            questions: campaign.questions.clone(),
            title_limit: IdeaForm::TITLE_LIMIT,
            text_limit: IdeaForm::TEXT_LIMIT,
        }
    }

    /// The form of a comment on `idea`.
    #[must_use]
    pub fn comment_form(
        &self,
        campaign: &Slug,
        idea: &ContributionId,
        values: CommentForm,
    ) -> CommentFormView {
        CommentFormView {
            action: address::send_comment(campaign, idea),
            values,
            name_limit: domain::Name::MAX,
            text_limit: CommentForm::TEXT_LIMIT,
        }
    }

    /// « Page 2 sur 35 », and the steps to the others; none where there is one page.
    #[must_use]
    pub fn pagination(
        &self,
        current: usize,
        last: usize,
        href: impl Fn(usize) -> String,
    ) -> Option<Pagination> {
        if last <= 1 {
            return None;
        }
        let mut steps = Vec::new();
        let mut previous_shown = 0;
        for number in 1..=last {
            let shown = number == 1 || number == last || number.abs_diff(current) <= 1;
            if !shown {
                continue;
            }
            if number > previous_shown + 1 {
                steps.push(PageStep {
                    label: "…".to_owned(),
                    href: None,
                    current: false,
                });
            }
            previous_shown = number;
            steps.push(PageStep {
                label: number.to_string(),
                href: (number != current).then(|| href(number)),
                current: number == current,
            });
        }
        Some(Pagination {
            label: self.messages.text(
                "pagination.label",
                &[("current", current.to_string()), ("last", last.to_string())],
            ),
            previous: (current > 1).then(|| href(current - 1)),
            next: (current < last).then(|| href(current + 1)),
            steps,
        })
    }

    /// A kind in words.
    #[must_use]
    pub fn kind(&self, kind: IdeaKind) -> String {
        self.messages
            .text(&format!("kind.{}.label", kind.key()), &[])
    }
}
