//! What the page of a testimonial shows of its structures, and the forms that change it.

use domain::{
    Action, Answer, ImprovementForm, ImprovementStage, Moderated, PersonalKind, ReassignForm,
    Reply, ResponseForm, Slug, Status, Structure, Testimonial,
};
use insights::personal;
use jiff::Timestamp;
use serde_json::{Value, json};
use site_gen::{address, dates, markdown};

use crate::App;
use crate::moderation::item::{People, reasons};
use crate::moderation::queue::Desk;

/// For how long a testimonial has waited for an answer, against what its space promises.
pub(in crate::moderation) struct DueView {
    /// In words.
    pub(in crate::moderation) words: String,
    /// Whether it is late.
    pub(in crate::moderation) late: bool,
}

/// How a testimonial stands against the service level of its space; none where an answer is
/// awaited of nobody.
pub(in crate::moderation) fn due(app: &App, held: &Moderated, now: Timestamp) -> Option<DueView> {
    const HOURS: i64 = 24;
    let testimonial = held.testimonial()?;
    let structures = &testimonial.structures;
    let is_answered = |slug| held.response_of(slug).is_some();
    let published_at = held.published_at?;
    if held.status != Status::Published
        || (!structures.is_empty() && structures.iter().all(is_answered))
    {
        return None;
    }
    let messages = app.renderer.messages();
    let days = now.duration_since(published_at).as_hours() / HOURS;
    let count = |key: &str, days: i64| {
        let n = u64::try_from(days).unwrap_or_default();
        messages.count(&format!("answering.{key}"), n)
    };
    let age = match days {
        0 => messages.text("answering.today", &[]),
        days => count("days", days),
    };
    let space = app.renderer.catalogue().spaces.get(&testimonial.space);
    let level = space.and_then(|space| space.testimonials);
    let left = level.map(|level| i64::from(level.answer_days) - days);
    let words = match left {
        None => age,
        Some(0) => format!("{age}, {}", messages.text("answering.last-day", &[])),
        Some(left) if left > 0 => format!("{age}, {}", count("left", left)),
        Some(left) => format!("{age}, {}", count("late", -left)),
    };
    let late = left.is_some_and(|left| left < 0);
    Some(DueView { words, late })
}

impl Desk<'_> {
    /// What structures answer to a testimonial, and what this moderator may do of it; none of
    /// anything else.
    pub(in crate::moderation) fn answering(
        &self,
        held: &Moderated,
        people: &People,
    ) -> Option<Value> {
        let testimonial = held.testimonial()?;
        let is_public = held.status == Status::Published;
        let may = |slug: &&Slug| {
            let place = held.contribution.place();
            is_public && self.session.may_for(self.app, Action::Answer, &place, slug)
        };
        let chosen = self.chosen(held, testimonial, may);
        let reference = held.contribution.reference().to_string();
        let lines: Vec<Value> = testimonial
            .structures
            .iter()
            .map(|slug| {
                let more = [("structure", slug.as_str())];
                let page = self.filters.path(&address::moderate(&reference), &more);
                let other = may(&slug) && chosen != Some(slug);
                let mut line = self.line(held, slug, people, other.then_some(page));
                if chosen == Some(slug) {
                    // It is in the form.
                    line["draft"] = Value::Null;
                }
                line
            })
            .collect();
        let due = due(self.app, held, self.app.now());
        Some(json!({
            "lines": lines,
            "due": due.as_ref().map(|due| &due.words),
            "late": due.is_some_and(|due| due.late),
            "form": chosen.map(|slug| self.form(held, testimonial, slug, people)),
            "reassign": self.reassign(held, testimonial),
            "reply": held.reply.as_ref().map(|reply| self.reply(held, reply)),
            "limits": {
                "team": ResponseForm::TEAM_LIMIT,
                "response": ResponseForm::TEXT_LIMIT,
                "improvement": ImprovementForm::TEXT_LIMIT,
                "note": ReassignForm::NOTE_LIMIT,
            },
        }))
    }

    /// The structure in whose name one answers on this page: the one that was asked for, else the
    /// first that has not answered.
    fn chosen<'t>(
        &self,
        held: &Moderated,
        testimonial: &'t Testimonial,
        may: impl Fn(&&Slug) -> bool,
    ) -> Option<&'t Slug> {
        let theirs: Vec<&Slug> = testimonial.structures.iter().filter(may).collect();
        let asked = |slug: &&&Slug| slug.as_str() == self.typing.structure;
        let owes = |slug: &&&Slug| held.response_of(slug).is_none();
        let mut all = theirs.iter();
        let chosen = theirs
            .iter()
            .find(asked)
            .or_else(|| theirs.iter().find(owes));
        chosen.or_else(|| all.next()).copied()
    }

    /// What one structure answers.
    fn line(&self, held: &Moderated, slug: &Slug, people: &People, page: Option<String>) -> Value {
        const NOTHING: &Answer = &Answer {
            response: None,
            draft: None,
            improvement: None,
            helped: None,
        };
        let messages = self.app.renderer.messages();
        let views = self.app.renderer.views(self.app.now());
        let answer = held.answers.get(slug).unwrap_or(NOTHING);
        let state = match answer {
            Answer {
                response: Some(_), ..
            } => "answered",
            Answer { draft: Some(_), .. } => "drafted",
            _ => "missing",
        };
        json!({
            "name": views.structure(slug),
            "key": slug,
            "state": state,
            "said": messages.text(&format!("answering.state.{state}"), &[]),
            "response": answer.response.as_ref().map(|said| json!({
                "team": said.team,
                "body": markdown::citizens(said.text.as_str()),
                "date": dates::instant(said.published_at, messages),
                "corrected": said.corrected_at.map(|at| dates::instant(at, messages)),
            })),
            "draft": answer.draft.as_ref().map(|draft| json!({
                "by": people.who(self.app, &draft.by),
                "saved": dates::moment(draft.saved_at, messages),
                "body": markdown::citizens(draft.text.as_str()),
            })),
            "improvement": answer.improvement.as_ref().map(|improvement| json!({
                "title": messages.text(&format!("improvement.{}", improvement.stage.key()), &[]),
                "date": dates::instant(improvement.at, messages),
                "body": markdown::citizens(improvement.text.as_str()),
            })),
            "helped": answer.helped.map(|helped| {
                let key = if helped { "answering.useful" } else { "answering.not-useful" };
                messages.text(key, &[])
            }),
            "page": page,
        })
    }

    /// The forms with which one answers for a structure, and declares an improvement.
    fn form(
        &self,
        held: &Moderated,
        testimonial: &Testimonial,
        slug: &Slug,
        people: &People,
    ) -> Value {
        let messages = self.app.renderer.messages();
        let views = self.app.renderer.views(self.app.now());
        let known = held.answers.get(slug);
        let published = known.and_then(|answer| answer.response.as_ref());
        let draft = known.and_then(|answer| answer.draft.as_ref());
        let improvement = known.and_then(|answer| answer.improvement.as_ref());
        let typing = self.typing;
        let is_asked = typing.structure == slug.as_str();
        let typed = is_asked && !(typing.team.is_empty() && typing.response.is_empty());
        let name = views.structure(slug);
        let (team, text) = match (typed, draft, published) {
            (true, ..) => (typing.team.as_str(), typing.response.as_str()),
            (false, Some(draft), _) => (draft.team.as_str(), draft.text.as_str()),
            (false, None, Some(said)) => (said.team.as_str(), said.text.as_str()),
            (false, None, None) => (name.as_str(), ""),
        };
        // What somebody wrote since the page was read stands above what was typed.
        let is_stale = !typing.version.is_empty() && typing.version != held.version.to_string();
        let theirs = match (draft, published) {
            (Some(draft), _) => {
                Some((people.who(self.app, &draft.by), draft.saved_at, &draft.text))
            }
            (None, Some(said)) => {
                let at = said.corrected_at.unwrap_or(said.published_at);
                Some((said.team.clone(), at, &said.text))
            }
            (None, None) => None,
        };
        let theirs = theirs.filter(|_| typed && is_stale).map(|(by, at, text)| {
            let at = dates::moment(at, messages);
            json!({"by": by, "at": at, "body": markdown::citizens(text.as_str())})
        });
        let declares =
            is_asked && !(typing.improvement.is_empty() && typing.improvement_text.is_empty());
        let (stage, why) = match (declares, improvement) {
            (true, _) => (
                typing.improvement.as_str(),
                typing.improvement_text.as_str(),
            ),
            (false, Some(known)) => (known.stage.key(), known.text.as_str()),
            (false, None) => ("", ""),
        };
        let stages: Vec<Value> = ImprovementStage::ALL
            .into_iter()
            .map(|known| {
                let key = known.key();
                let label = messages.text(&format!("improvement.{key}"), &[]);
                json!({"value": key, "label": label, "chosen": key == stage})
            })
            .collect();
        let space = self.app.renderer.catalogue().spaces.get(&testimonial.space);
        let phrases = |known: &[String], chosen: &str| -> Vec<Value> {
            let phrase = |text: &String| json!({"value": text, "label": text, "chosen": is_asked && text == chosen});
            known.iter().map(phrase).collect()
        };
        json!({
            "structure": slug,
            "name": name,
            "team": team,
            "text": text,
            "published": published.is_some(),
            "draft": draft.map(|draft| json!({
                "by": people.who(self.app, &draft.by),
                "saved": dates::moment(draft.saved_at, messages),
            })),
            "theirs": theirs,
            "open": published.is_none() || draft.is_some() || is_asked,
            "openings": phrases(space.map_or(&[], |it| &it.openings), &typing.opening),
            "closings": phrases(space.map_or(&[], |it| &it.closings), &typing.closing),
            "stages": stages,
            "improvement": why,
            "improves_open": declares || !self.invalid.errors.is_empty(),
        })
    }

    /// The form with which other structures are to answer; none for who may not.
    fn reassign(&self, held: &Moderated, testimonial: &Testimonial) -> Option<Value> {
        let place = held.contribution.place();
        let moderates = self.session.may_in(self.app, Action::Moderate, &place);
        let answers = |slug: &Slug| {
            let may = self.session.may_for(self.app, Action::Answer, &place, slug);
            moderates || may
        };
        let is_open = match held.status {
            Status::Published => true,
            Status::Waiting => moderates,
            _ => false,
        };
        let concerned = &testimonial.structures;
        let views = self.app.renderer.views(self.app.now());
        let from: Vec<Value> = concerned
            .iter()
            .filter(|slug| answers(slug) && held.response_of(slug).is_none())
            .map(|slug| {
                let chosen = self.typing.from == slug.as_str();
                json!({"value": slug, "label": views.structure(slug), "chosen": chosen})
            })
            .collect();
        let catalogue = self.app.renderer.catalogue();
        let others: Vec<&Structure> = catalogue
            .structures_of(&testimonial.space)
            .into_iter()
            .filter(|it| !concerned.contains(&it.slug))
            .collect();
        // Who has none to give away may take it for their own alone.
        let is_near = |it: &Structure| {
            let above = concerned.iter().any(|slug| {
                let known = catalogue.structures.get(slug);
                known.is_some_and(|known| known.parent.as_ref() == Some(&it.slug))
            });
            let below = it.parent.as_ref().is_some_and(|up| concerned.contains(up));
            above || below
        };
        let mut to: Vec<&Structure> = others
            .into_iter()
            .filter(|it| !from.is_empty() || answers(&it.slug))
            .collect();
        to.sort_by_key(|it| !is_near(it));
        let to: Vec<Value> = to
            .into_iter()
            .map(|it| {
                let chosen = self.typing.to == it.slug.as_str();
                json!({"value": it.slug, "label": it.name, "chosen": chosen})
            })
            .collect();
        let nothing = from.is_empty() && to.is_empty();
        (is_open && !nothing).then(|| {
            json!({
                "from": from,
                "to": to,
                "unknown": concerned.is_empty(),
                "note": self.typing.note,
                "open": concerned.is_empty()
                    || !(self.typing.from.is_empty() && self.typing.to.is_empty())
                    || !self.typing.note.is_empty(),
            })
        })
    }

    /// What the author replied to the answers, and what may be decided of it.
    fn reply(&self, held: &Moderated, reply: &Reply) -> Value {
        let messages = self.app.renderer.messages();
        let place = held.contribution.place();
        let moderates = self.session.may_in(self.app, Action::Moderate, &place);
        // What nobody has read yet is for who reads alone.
        let is_shown = moderates || reply.published_at.is_some();
        let kinds = personal::kinds(reply.text.as_str());
        let kinds: Vec<String> = kinds
            .into_iter()
            .map(|kind: PersonalKind| messages.text(&format!("flag.{}", kind.key()), &[]))
            .collect();
        let decides = moderates && reply.waits() && held.status == Status::Published;
        let state = match (reply.published_at, reply.refused_at) {
            (Some(_), _) => "published",
            (None, Some(_)) => "refused",
            (None, None) => "waiting",
        };
        json!({
            "body": is_shown.then(|| markdown::citizens(reply.text.as_str())),
            "received": dates::moment(reply.received_at, messages),
            "state": messages.text(&format!("answering.reply.state.{state}"), &[]),
            "key": state,
            "flags": (is_shown && !kinds.is_empty()).then(|| kinds.join(", ")),
            "reasons": if decides {
                let all = reasons(self.app, Some(&held.contribution.reference()));
                all.into_iter()
                    .map(|reason| {
                        let chosen = reason.value == self.typing.reply_reason;
                        json!({"value": reason.value, "label": reason.label, "chosen": chosen})
                    })
                    .collect()
            } else {
                Vec::new()
            },
            "decides": decides,
        })
    }

    /// What was typed about structures in a form that the testimonial, as it stands now, has no
    /// more.
    pub(in crate::moderation) fn unsent_answers(&self, held: &Moderated) -> Vec<&String> {
        let Some(testimonial) = held.testimonial() else {
            return Vec::new();
        };
        let typing = self.typing;
        let mut unsent = Vec::new();
        let structures = &testimonial.structures;
        let is_there = structures.iter().any(|it| it.as_str() == typing.structure);
        let is_public = held.status == Status::Published;
        if is_public && !is_there {
            // Where it is not public, all answers are unsent.
            unsent.push(&typing.response);
        }
        let answered = structures
            .iter()
            .any(|slug| slug.as_str() == typing.structure && held.response_of(slug).is_some());
        if !is_public || !answered {
            unsent.push(&typing.improvement_text);
        }
        if self.reassign(held, testimonial).is_none() {
            unsent.push(&typing.note);
        }
        unsent
    }
}
