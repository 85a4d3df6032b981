//! From testimonials to what is shown of them.

use domain::{
    Aspect, Channel, ContributionRef, Place, PublishedTestimonial, Sentiment, Slug, Space,
    TestimonialCard, TestimonialForm, Writer,
};
use jiff::Timestamp;

use super::Views;
use crate::address;
use crate::dates;
use crate::departments;
use crate::markdown;
use crate::view::{
    AnswerView, Choice, Filled, Link, StatementView, TestimonialCardView, TestimonialFormView,
    TestimonialView,
};

impl Views<'_> {
    fn said(&self, key: &str) -> String {
        self.messages.text(key, &[])
    }

    /// How an experience was felt, in words.
    #[must_use]
    pub fn sentiment(&self, sentiment: Sentiment) -> String {
        self.said(&format!("sentiment.{}.label", sentiment.key()))
    }

    /// A channel in words.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> String {
        self.said(&format!("channel.{}", channel.key()))
    }

    /// An aspect in words.
    #[must_use]
    pub fn aspect(&self, aspect: Aspect) -> String {
        self.said(&format!("aspect.{}.label", aspect.key()))
    }

    /// Who wrote, in words.
    #[must_use]
    pub fn writer(&self, writer: Writer) -> String {
        self.said(&format!("writer.{}.label", writer.key()))
    }

    /// A structure by its name, or by its name in addresses where editors no longer have it.
    #[must_use]
    pub fn structure(&self, slug: &Slug) -> String {
        let known = self.catalogue.structures.get(slug);
        known.map_or_else(|| slug.to_string(), |structure| structure.name.clone())
    }

    /// A department in words, with its number.
    #[must_use]
    pub fn department(&self, code: &str) -> String {
        match departments::name(code) {
            Some(name) => {
                let args = [("name", name.to_owned()), ("code", code.to_owned())];
                self.messages.text("department.named", &args)
            }
            None => code.to_owned(),
        }
    }

    /// A testimonial in a list.
    #[must_use]
    pub fn testimonial_card(&self, card: &TestimonialCard) -> TestimonialCardView {
        let (state, state_key) = match card.answered_at {
            Some(_) => ("testimonial.answered", "answered"),
            None => ("testimonial.unanswered", "unanswered"),
        };
        let link = |slug: &Slug| Link::new(self.structure(slug), address::structure(slug));
        TestimonialCardView {
            href: address::testimonial(&card.id),
            title: card.title.as_str().to_owned(),
            excerpt: card.excerpt.clone(),
            pseudonym: card.pseudonym.as_str().to_owned(),
            sentiment: self.sentiment(card.sentiment),
            sentiment_key: card.sentiment.key(),
            structures: card.structures.iter().map(link).collect(),
            department: card.department.as_deref().map(|code| self.department(code)),
            date: dates::instant(card.published_at, self.messages),
            date_iso: dates::iso(card.published_at),
            same: (card.same > 0).then(|| self.messages.count("testimonial.same", card.same)),
            state: self.said(state),
            state_key,
        }
    }

    /// A testimonial's own page.
    #[must_use]
    pub fn testimonial(&self, published: &PublishedTestimonial, site_url: &str) -> TestimonialView {
        let testimonial = &published.testimonial;
        let id = &testimonial.id;
        let place = Place::Testimonials(testimonial.space.clone());
        let url = format!("{site_url}{}", address::testimonial(id));
        let is_answered = |slug: &&Slug| {
            let answer = published.answers.get(*slug);
            answer.is_some_and(|answer| answer.response.is_some())
        };
        let mut answers: Vec<(Timestamp, AnswerView)> = published
            .answers
            .iter()
            .filter_map(|(slug, answer)| {
                let response = answer.response.as_ref()?;
                let view = AnswerView {
                    id: format!("reponse-{slug}"),
                    structure: self.structure(slug),
                    response: self.response(response),
                    improvement: answer
                        .improvement
                        .as_ref()
                        .map(|improvement| StatementView {
                            title: self.said(&format!("improvement.{}", improvement.stage.key())),
                            key: improvement.stage.key(),
                            body: markdown::citizens(improvement.text.as_str()),
                            date: dates::instant(improvement.at, self.messages),
                            date_iso: dates::iso(improvement.at),
                            corrected: None,
                        }),
                    helped: answer.helped == Some(true),
                };
                Some((response.published_at, view))
            })
            .collect();
        answers.sort_by_key(|(at, _)| *at);
        TestimonialView {
            card: self.testimonial_card(&published.card()),
            reference: id.reference(),
            body: markdown::citizens(testimonial.body.as_str()),
            space: Link::new(self.catalogue.name_of(&place), address::place(&place)),
            channels: testimonial
                .channels
                .iter()
                .map(|it| self.channel(*it))
                .collect(),
            aspects: testimonial
                .aspects
                .iter()
                .map(|(aspect, felt)| (self.aspect(*aspect), self.sentiment(*felt)))
                .collect(),
            helped: testimonial.writer == Writer::Helper,
            edited: published.edited,
            answers: answers.into_iter().map(|(_, view)| view).collect(),
            unanswered: testimonial
                .structures
                .iter()
                .filter(|slug| !is_answered(slug))
                .map(|slug| self.structure(slug))
                .collect(),
            reply: published.reply.as_ref().and_then(|reply| {
                let at = reply.published_at?;
                Some(StatementView {
                    title: testimonial.pseudonym.as_str().to_owned(),
                    key: "",
                    body: markdown::citizens(reply.text.as_str()),
                    date: dates::instant(at, self.messages),
                    date_iso: dates::iso(at),
                    corrected: None,
                })
            }),
            same_action: address::same_experience(&testimonial.space, id),
            report_href: address::report(&place, &ContributionRef::Testimonial(id.clone())),
            share: self.share(testimonial.title.as_str(), &url),
            url,
        }
    }

    /// The form of a testimonial to a space.
    #[must_use]
    pub fn testimonial_form(
        &self,
        space: &Space,
        typed: Filled<TestimonialForm>,
    ) -> TestimonialFormView {
        let choice = |value: &str, label: String, hint: String| Choice {
            value: value.to_owned(),
            label,
            hint,
        };
        let values = typed.values;
        TestimonialFormView {
            action: address::send_testimonial(&space.slug),
            trap: typed.trap,
            sentiments: Sentiment::ALL
                .into_iter()
                .map(|it| choice(it.key(), self.sentiment(it), String::new()))
                .collect(),
            structures: self
                .catalogue
                .structures_of(&space.slug)
                .into_iter()
                .map(|it| choice(it.slug.as_str(), it.name.clone(), String::new()))
                .collect(),
            unknown: TestimonialForm::UNKNOWN,
            channels: Channel::OFFERED
                .into_iter()
                .map(|it| {
                    let chosen = !values.channel(it).trim().is_empty();
                    (choice(it.key(), self.channel(it), String::new()), chosen)
                })
                .collect(),
            aspects: Aspect::ALL
                .into_iter()
                .map(|it| {
                    let hint = self.said(&format!("aspect.{}.hint", it.key()));
                    let said = values.aspect(it).to_owned();
                    (choice(it.key(), self.aspect(it), hint), said)
                })
                .collect(),
            aspects_said: Aspect::ALL
                .into_iter()
                .any(|it| !values.aspect(it).is_empty()),
            writers: Writer::ALL
                .into_iter()
                .map(|it| {
                    let hint = self.said(&format!("writer.{}.hint", it.key()));
                    choice(it.key(), self.writer(it), hint)
                })
                .collect(),
            title_limit: TestimonialForm::TITLE_LIMIT,
            text_limit: TestimonialForm::TEXT_LIMIT,
            values,
        }
    }
}
