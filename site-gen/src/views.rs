//! From what is known to what is shown: builds the views that templates are given.

use domain::{
    Campaign, Comment, CommentForm, ContributionId, IdeaCard, IdeaForm, IdeaKind, Phase, Slug,
    Space,
};
use jiff::Timestamp;

use crate::address;
use crate::catalogue::Catalogue;
use crate::contributions::{PublishedIdea, Tally};
use crate::dates;
use crate::markdown;
use crate::messages::Messages;
use crate::view::{
    CampaignCard, CampaignView, Choice, CommentFormView, CommentView, IdeaCardView, IdeaFormView,
    IdeaView, Link, PageStep, Pagination, SpaceView,
};

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
