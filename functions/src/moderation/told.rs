//! What the page of a testimonial shows beside what all contributions have: what its author told, the
//! text that is proposed, and the texts that it had.

use domain::{Contribution, Moderated};
use serde_json::{Value, json};
use site_gen::{dates, markdown};

use super::item::People;
use super::queue::Desk;
use crate::store::AUTHOR;
use crate::{Failure, difference};

impl Desk<'_> {
    /// What was typed, or what stands there first.
    pub(super) fn typed_or<'t>(
        &'t self,
        typed: &'t str,
        first: impl FnOnce() -> &'t str,
    ) -> &'t str {
        match typed {
            "" => first(),
            typed => typed,
        }
    }

    /// What is proposed to the author, word by word, and until when it can be answered.
    pub(super) fn proposed(&self, held: &Moderated, people: &People) -> Option<Value> {
        let proposal = held.proposal.as_ref()?;
        let messages = self.app.renderer.messages();
        let title = held.contribution.title().unwrap_or_default();
        let body = held.contribution.body().as_str();
        Some(json!({
            "title": difference::between(title, proposal.title.as_str()),
            "body": difference::between(body, proposal.body.as_str()),
            "by": people.who(self.app, &proposal.by),
            "at": dates::moment(proposal.at, messages),
            "until": dates::moment(proposal.until(), messages),
            "why": proposal.why.as_ref().map(|why| markdown::citizens(why.as_str())),
        }))
    }

    /// The texts that a testimonial had, with who wrote each.
    pub(super) async fn versions(
        &self,
        held: &Moderated,
        people: &People,
    ) -> Result<Vec<Value>, Failure> {
        let messages = self.app.renderer.messages();
        let id = held.contribution.reference();
        if held.versions == 0 || held.erased {
            return Ok(Vec::new());
        }
        let versions = self.app.store.versions(id.id()).await?;
        let shown = versions.iter().map(|version| {
            let by = version.by.as_deref().unwrap_or(AUTHOR);
            json!({
                "number": version.number,
                "title": version.title.as_str(),
                "body": markdown::citizens(version.body.as_str()),
                "by": people.who(self.app, by),
                "at": dates::moment(version.at, messages),
            })
        });
        Ok(shown.collect())
    }

    /// What a testimonial tells beside its text: each with its name.
    pub(super) fn told(&self, contribution: &Contribution) -> Vec<(String, String)> {
        let Contribution::Testimonial(testimonial) = contribution else {
            return Vec::new();
        };
        let app = self.app;
        let views = app.renderer.views(app.now());
        let says = |key: &str| {
            let key = format!("review-testimonial.{key}");
            app.renderer.messages().text(&key, &[])
        };
        let structures: Vec<String> = match testimonial.structures.as_slice() {
            [] => vec![says("structures-unknown")],
            structures => structures.iter().map(|it| views.structure(it)).collect(),
        };
        let channels: Vec<String> = testimonial
            .channels
            .iter()
            .map(|it| views.channel(*it))
            .collect();
        let department = testimonial.department.as_deref();
        let mut told = vec![
            (says("sentiment"), views.sentiment(testimonial.sentiment)),
            (says("structures"), structures.join(", ")),
            (says("channels"), channels.join(", ")),
            (
                says("department-theirs"),
                department.map_or_else(|| says("department-none"), |it| views.department(it)),
            ),
            (says("writer-theirs"), views.writer(testimonial.writer)),
        ];
        let aspects = testimonial.aspects.iter();
        told.extend(aspects.map(|(aspect, felt)| (views.aspect(*aspect), views.sentiment(*felt))));
        told
    }
}
