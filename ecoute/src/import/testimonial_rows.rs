//! Rows of the national export to testimonials, or to what is wrong with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use csv::StringRecord;
use domain::{
    Answer, Aspect, Body, Channel, ContributionId, Name, OfficialResponse, PublishedTestimonial,
    Sentiment, Slug, Testimonial, TestimonialForm, Title, Writer, paris, pseudonym,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::row::Row;
use super::rows::{Rows, readable};
use super::structures::Structures;
use super::table::{Columns, Table};
use crate::services_publics_plus::{
    COLUMNS, MORE_ANSWERS, NO_STRUCTURE, channel_of, same_words, sentiment_of, text_of,
};
use crate::words::say;

/// The fields that are read, where a file has their columns.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    let all = COLUMNS.iter().chain(&MORE_ANSWERS);
    all.map(|(field, _)| *field)
}

/// The columns of the format, of those of a file.
///
/// # Errors
/// The names of those that are missing.
pub(super) fn pairs(table: &Table) -> Result<Vec<String>, Vec<&'static str>> {
    let is_there = |name: &str| table.header.iter().any(|known| known == name);
    let missing = COLUMNS.iter().map(|(_, name)| *name);
    let missing: Vec<&str> = missing.filter(|name| !is_there(name)).collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let more = MORE_ANSWERS.iter().filter(|(_, name)| is_there(name));
    let all = COLUMNS.iter().chain(more);
    Ok(all.map(|(field, name)| format!("{field}={name}")).collect())
}

/// Reads the testimonials of a file. What is published of each is dated with the day on which it
/// was written, answers too: the export knows of no other.
pub(super) fn testimonials(
    table: &Table,
    columns: &Columns,
    space: &Slug,
    structures: &mut Structures<'_>,
    now: Timestamp,
) -> Rows<PublishedTestimonial> {
    let mut rows = Rows::default();
    let mut seen = HashMap::new();
    for (line, record) in readable(table, &mut rows) {
        let record: StringRecord = record.iter().map(|cell| text_of(cell.trim())).collect();
        let mut row = Row::new(&record, columns);
        if !row.holds_number(&table.header) {
            row.unique(&mut seen, line);
            let published = row.testimonial(space, structures, now);
            if row.problems.is_empty() {
                rows.contributions.extend(published);
            }
        }
        rows.take_problems(table, line, row.problems);
    }
    rows
}

impl Row<'_> {
    fn testimonial(
        &mut self,
        space: &Slug,
        structures: &mut Structures<'_>,
        now: Timestamp,
    ) -> Option<PublishedTestimonial> {
        let source = self.source();
        let id = self.own_id(space);
        let written_at = self.written_at(now);
        let title = self.text("title", |raw| {
            Title::parse(raw, TestimonialForm::TITLE_LIMIT)
        });
        let body = self.text("text", |raw| Body::parse(raw, TestimonialForm::TEXT_LIMIT));
        let pseudonym = self.pseudonym(&id);
        let sentiment = self.sentiment();
        let department = self.department();
        let channels = self.channels();
        let aspects = self.aspects();
        let mut concerned = self.structures(structures);
        let answers = self.answers(&mut concerned, structures);
        let written_at = written_at?;
        let answered = |(structure, text): (Slug, Body)| {
            let response = OfficialResponse {
                team: structures.name(&structure),
                text,
                published_at: written_at,
                corrected_at: None,
            };
            let answer = Answer {
                response: Some(response),
                ..Answer::default()
            };
            (structure, answer)
        };
        Some(PublishedTestimonial {
            testimonial: Testimonial {
                id,
                space: space.clone(),
                title: title?,
                body: body?,
                pseudonym,
                sentiment: sentiment?,
                channels,
                aspects,
                structures: concerned,
                department,
                writer: Writer::Oneself,
                received_at: written_at,
                source,
            },
            published_at: written_at,
            same: 0,
            edited: false,
            answers: answers.into_iter().map(answered).collect(),
            reply: None,
        })
    }

    /// The identifier on the platform that the row comes from.
    fn source(&mut self) -> Option<String> {
        const LONGEST: usize = 100;
        let source = self.text("id", |raw| Title::parse(raw, LONGEST));
        source.map(String::from)
    }

    /// The testimonial's identifier: made of the platform's, or the same where a site like this
    /// one exported it.
    fn own_id(&self, space: &Slug) -> ContributionId {
        let same = ContributionId::parse(self.row_id()).ok();
        same.unwrap_or_else(|| self.id(space, "testimonial"))
    }

    /// The beginning of the day on which it was written, in Paris.
    fn written_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        let raw = self.get("date").unwrap_or_default();
        let day = raw.parse::<Date>().ok();
        let day = day.filter(|day| day.to_string() == raw);
        let at = day.and_then(|day| day.to_zoned(paris()).ok());
        let at = at.map(|at| at.timestamp());
        let at = at.filter(|at| *at > Timestamp::UNIX_EPOCH);
        match at {
            None => self.wrong("date-bad", "date", raw),
            Some(at) if at > now => self.wrong("date-future", "date", raw),
            Some(_) => {}
        }
        at
    }

    /// The pseudonym; one that is drawn where there is none.
    fn pseudonym(&mut self, id: &ContributionId) -> Name {
        let drawn = || pseudonym(id);
        let Some(raw) = self.get("pseudonym") else {
            return drawn();
        };
        Name::parse(raw).unwrap_or_else(|_| {
            self.wrong("name-bad", "pseudonym", raw);
            drawn()
        })
    }

    fn sentiment(&mut self) -> Option<Sentiment> {
        let raw = self.get("sentiment").unwrap_or_default();
        let sentiment = sentiment_of(raw);
        if sentiment.is_none() {
            self.wrong("sentiment-bad", "sentiment", raw);
        }
        sentiment
    }

    fn department(&mut self) -> Option<String> {
        let raw = self.get("department")?;
        let code = site_gen::departments::code(raw);
        if code.is_none() {
            self.wrong("department-unknown", "department", raw);
        }
        code.map(str::to_owned)
    }

    fn channels(&mut self) -> BTreeSet<Channel> {
        let cell = self.get("channels").unwrap_or_default();
        let mut channels = BTreeSet::new();
        for raw in cell.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            match channel_of(raw) {
                Some(channel) => {
                    channels.insert(channel);
                }
                None => self.wrong("channel-unknown", "channels", raw),
            }
        }
        channels
    }

    fn aspects(&mut self) -> BTreeMap<Aspect, Sentiment> {
        let mut aspects = BTreeMap::new();
        for aspect in Aspect::ALL {
            let Some(raw) = self.get(aspect.key()) else {
                continue;
            };
            match sentiment_of(raw) {
                Some(felt) => {
                    aspects.insert(aspect, felt);
                }
                None => self.wrong("sentiment-bad", aspect.key(), raw),
            }
        }
        aspects
    }

    /// The structures that it concerns, each once.
    fn structures(&mut self, structures: &mut Structures<'_>) -> Vec<Slug> {
        let cell = self.get("structures").unwrap_or_default();
        let names = structures.names(cell);
        let none = names.iter().position(|name| same_words(name, NO_STRUCTURE));
        if none.is_some() && names.len() == 1 {
            return Vec::new();
        }
        if let Some(none) = none {
            self.wrong("structure-none", "structures", &names[none]);
            return Vec::new();
        }
        let mut concerned = Vec::new();
        for name in &names {
            match structures.named(name) {
                Some(slug) if !concerned.contains(&slug) => concerned.push(slug),
                Some(_) => {}
                None => self.wrong("structure-bad", "structures", name),
            }
        }
        if concerned.len() > Testimonial::MAX_STRUCTURES {
            let args = [
                ("column", self.column("structures")),
                ("n", concerned.len().to_string()),
                ("limit", Testimonial::MAX_STRUCTURES.to_string()),
            ];
            self.problems.push(say("row.structures-many", &args));
        }
        concerned
    }

    /// What each structure answered. What is answered where the testimonial concerns none is of
    /// the team of « Services Publics + », which it then concerns.
    fn answers(
        &mut self,
        concerned: &mut Vec<Slug>,
        structures: &mut Structures<'_>,
    ) -> Vec<(Slug, Body)> {
        let fields = ["answer", MORE_ANSWERS[0].0, MORE_ANSWERS[1].0];
        let mut answers = Vec::new();
        for (place, field) in fields.into_iter().enumerate() {
            if self.get(field).is_none() {
                continue;
            }
            let Some(text) = self.text(field, |raw| Body::parse(raw, Body::MAX)) else {
                continue;
            };
            if concerned.is_empty() && place == 0 {
                concerned.extend(structures.team());
            }
            match concerned.get(place) {
                Some(structure) => answers.push((structure.clone(), text)),
                None => {
                    let column = ("column", self.column(field));
                    self.problems.push(say("row.answer-nobody", &[column]));
                }
            }
        }
        answers
    }
}
