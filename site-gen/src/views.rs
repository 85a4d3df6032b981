//! From what is known to what is shown: builds the views that templates are given.

mod statistics;
mod surveys;
mod testimonials;
mod told;

use domain::{
    Campaign, Comment, CommentForm, ContributionId, ContributionRef, IdeaCard, IdeaForm, IdeaKind,
    OfficialResponse, Phase, Place, Slug, Space,
};
use jiff::Timestamp;

use crate::address;
use crate::catalogue::Catalogue;
use crate::contributions::{PublishedIdea, Tally};
use crate::dates;
use crate::markdown;
use crate::messages::Messages;
use crate::plan::{IdeaList, Series};
use crate::view::{
    CampaignCard, CampaignView, Choice, CommentFormView, CommentView, Filled, IdeaCardView,
    IdeaFormView, IdeaView, Link, PageStep, Pagination, SpaceView, StatementView, SurveyLinks,
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
        let mut parts = Vec::new();
        if tally.participants > 0 {
            parts.push(
                self.messages
                    .count("campaign.participants", tally.participants),
            );
        }
        if tally.ideas > 0 {
            parts.push(self.messages.count("campaign.ideas", tally.ideas));
        }
        if tally.ideas > 0 && tally.comments > 0 {
            parts.push(self.messages.count("campaign.comments", tally.comments));
        }
        let participation = (!parts.is_empty()).then(|| parts.join(", "));
        CampaignCard {
            href: address::campaign(&campaign.slug),
            title: campaign.title.clone(),
            short: campaign.short.clone(),
            summary: campaign.summary.clone(),
            phase: campaign.phase(self.now).key(),
            state: self.state(campaign),
            space: Link::new(&space.name, address::space(&space.slug)),
            participation,
            results_href: self
                .catalogue
                .results
                .contains_key(&campaign.slug)
                .then(|| address::results(&campaign.slug)),
            counts_href: campaign
                .is_open(self.now)
                .then(|| address::counts(&campaign.slug)),
        }
    }

    /// A campaign's own page.
    #[must_use]
    pub fn campaign(&self, campaign: &Campaign, tally: Tally) -> CampaignView {
        CampaignView {
            card: self.campaign_card(campaign, tally),
            body: markdown::editors(&campaign.body, &self.catalogue.images),
            questions: campaign.questions.clone(),
            opens: dates::day(campaign.opens, self.messages),
            opens_iso: campaign.opens.to_string(),
            closes: dates::day(campaign.closes, self.messages),
            closes_iso: campaign.closes.to_string(),
            open: campaign.is_open(self.now),
            propose_href: address::propose(&campaign.slug),
            ideas_href: address::ideas(&campaign.slug, &IdeaList::Recent, Series::FIRST),
            ideas_count: tally.ideas,
            survey: campaign.survey.as_ref().map(|_| SurveyLinks {
                href: address::survey(&campaign.slug),
                results_href: address::survey_results(&campaign.slug),
                open: campaign.offers_survey(self.now),
                closed: self.now >= campaign.closes_at(),
            }),
            results: self
                .catalogue
                .results
                .get(&campaign.slug)
                .map(|results| Link::new(&results.title, address::results(&campaign.slug))),
            outcome: self
                .catalogue
                .outcome_news_of(&campaign.slug)
                .next()
                .map(|news| self.outcome_card(news)),
            origin: campaign.from.as_ref().and_then(|from| self.origin(from)),
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
            id: card.id.to_string(),
            href: address::idea(campaign, &card.id, 1),
            title: card.title.as_str().to_owned(),
            excerpt: card.excerpt.clone(),
            kind: self.kind(card.kind),
            category: card.category.clone(),
            date: dates::instant(card.published_at, self.messages),
            date_iso: dates::iso(card.published_at),
            likes: self.messages.count("idea.likes", card.likes),
            comments: self.messages.count("idea.comments", card.comments),
            answered: card
                .answered
                .then(|| self.messages.text("idea.answered", &[])),
            outcome: card.decided.map(|decided| {
                self.messages
                    .text(&format!("outcome.{}", decided.key()), &[])
            }),
            outcome_key: card.decided.map(domain::Decided::key),
        }
    }

    /// An idea's own page, with those of its comments that stand on it.
    #[must_use]
    pub fn idea(
        &self,
        campaign: &Campaign,
        idea: &PublishedIdea,
        comments: &[Comment],
        site_url: &str,
    ) -> IdeaView {
        let card = idea.card();
        let url = format!(
            "{site_url}{}",
            address::idea(&campaign.slug, &idea.idea.id, 1)
        );
        IdeaView {
            card: self.idea_card(&campaign.slug, &card),
            reference: idea.idea.id.reference(),
            question: idea.idea.question.clone(),
            body: markdown::citizens(idea.idea.body.as_str()),
            likes_count: card.likes,
            open: campaign.is_open(self.now),
            like_action: address::like(&campaign.slug, &idea.idea.id),
            report_href: address::report(
                &Place::Campaign(campaign.slug.clone()),
                &ContributionRef::Idea(idea.idea.id.clone()),
            ),
            comments_count: card.comments,
            comment_list: comments
                .iter()
                .map(|comment| self.comment(comment))
                .collect(),
            response: idea.response.as_ref().map(|it| self.response(it)),
            decision: idea.outcome.as_ref().map(|outcome| StatementView {
                title: self
                    .messages
                    .text(&format!("outcome.{}", outcome.decision.key()), &[]),
                key: outcome.decision.key(),
                body: markdown::citizens(outcome.text.as_str()),
                date: dates::instant(outcome.decided_at, self.messages),
                date_iso: dates::iso(outcome.decided_at),
                corrected: None,
            }),
            citations: self
                .catalogue
                .citations(&campaign.slug, &idea.idea.id)
                .into_iter()
                .map(|(number, finding)| {
                    let args = [("number", number.to_string())];
                    let anchor = self.messages.text("results.anchor", &args);
                    let results = address::results(&campaign.slug);
                    Link::new(&finding.title, format!("{results}#{anchor}"))
                })
                .collect(),
            category_href: idea
                .idea
                .category
                .as_deref()
                .and_then(Slug::from_words)
                .map(|category| {
                    let list = IdeaList::Category(category);
                    address::ideas(&campaign.slug, &list, Series::FIRST)
                }),
            share: self.share(idea.idea.title.as_str(), &url),
            url,
        }
    }

    /// Where a page can be shared by who reads it, without the help of a third party.
    fn share(&self, title: &str, url: &str) -> Vec<Link> {
        let said = |key: &str| self.messages.text(&format!("share.{key}"), &[]);
        let title = percent_encoded(title);
        let url = percent_encoded(url);
        vec![
            Link::new(said("email"), format!("mailto:?subject={title}&body={url}")),
            Link::new(said("sms"), format!("sms:?&body={title}%20{url}")),
        ]
    }

    /// Where one is in a list that grows, and the way to what is more and less recent.
    #[must_use]
    pub fn series(
        &self,
        series: Series,
        number: usize,
        key: &str,
        href: impl Fn(usize) -> String,
    ) -> Option<Pagination> {
        let newest = series.newest()?;
        let said = |part: &str, args: &[(&str, String)]| {
            self.messages.text(&format!("series.{key}.{part}"), args)
        };
        let (more_recent, less_recent) = match number {
            Series::FIRST => (None, Some(newest)),
            _ if number == newest => (Some(Series::FIRST), Some(number - 1)),
            _ => (Some(number + 1), Some(number - 1)),
        };
        let label = match number {
            Series::FIRST => said("first", &[]),
            _ => {
                let last = number * crate::plan::PER_PAGE;
                let from = last + 1 - crate::plan::PER_PAGE;
                let ordinal = |place: usize| match place {
                    1 => self.messages.text("series.first", &[]),
                    _ => {
                        let args = [("n", crate::messages::number(place as u64))];
                        self.messages.text("series.nth", &args)
                    }
                };
                said("page", &[("from", ordinal(from)), ("to", ordinal(last))])
            }
        };
        Some(Pagination {
            label,
            previous: more_recent.map(|page| Link::new(said("previous", &[]), href(page))),
            next: less_recent
                .filter(|page| *page != Series::FIRST)
                .map(|page| Link::new(said("next", &[]), href(page))),
            steps: Vec::new(),
        })
    }

    /// What a service answers, in public.
    pub(crate) fn response(&self, response: &OfficialResponse) -> StatementView {
        StatementView {
            title: response.team.clone(),
            key: "",
            body: markdown::citizens(response.text.as_str()),
            date: dates::instant(response.published_at, self.messages),
            date_iso: dates::iso(response.published_at),
            corrected: response
                .corrected_at
                .map(|at| dates::instant(at, self.messages)),
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
            report_href: address::report(
                &Place::Campaign(comment.campaign.clone()),
                &ContributionRef::Comment {
                    idea: comment.idea.clone(),
                    id: comment.id.clone(),
                },
            ),
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
            body: markdown::editors(&space.body, &self.catalogue.images),
        }
    }

    /// The form of an idea.
    #[must_use]
    pub fn idea_form(&self, campaign: &Campaign, typed: Filled<IdeaForm>) -> IdeaFormView {
        IdeaFormView {
            action: address::send_idea(&campaign.slug),
            values: typed.values,
            trap: typed.trap,
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
        typed: Filled<CommentForm>,
    ) -> CommentFormView {
        CommentFormView {
            action: address::send_comment(campaign, idea),
            values: typed.values,
            trap: typed.trap,
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
            previous: (current > 1).then(|| {
                let words = self.messages.text("pagination.previous", &[]);
                Link::new(words, href(current - 1))
            }),
            next: (current < last).then(|| {
                let words = self.messages.text("pagination.next", &[]);
                Link::new(words, href(current + 1))
            }),
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

/// A text in the query of an address: all but unreserved characters encoded (RFC 3986).
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
