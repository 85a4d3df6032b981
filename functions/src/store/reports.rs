//! Reports in the store: received once, read together, closed by one verdict.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use domain::{
    Body, ContributionId, ContributionRef, Decision, Email, Event, Letter, Recipient,
    RejectionReason, Report, ReportAnswer, ReportOutcome, ReportReason, Reported, Verdict,
};
use jiff::Timestamp;

use super::answers::fingerprint;
use super::attributes::{Attributes, key, text, time};
use super::audit::Noted;
use super::decisions::{Decided, Ruling};
use super::standing::{place, placed};
use super::{Added, Store, StoreError, unbuilt};
use crate::keys::{self, Lane, QUEUE, QUEUED_AT};

/// A verdict on the reports of one contribution.
#[derive(Debug, Clone, Copy)]
pub struct Closing<'a> {
    /// When the last report that was read was received: later ones stay open.
    pub seen: Timestamp,
    /// What is decided.
    pub verdict: Verdict,
    /// Why, for who signalled it.
    pub text: &'a Body,
}

/// What became of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportsClosed {
    /// These reports are closed.
    Done(Vec<Report>),
    /// Somebody closed them before, or what is to be kept is no longer public: that holds.
    Already,
}

/// How many reports are closed in one transaction, which has 100 actions at most: each may bring
/// a message.
const AT_ONCE: usize = 40;

impl Store {
    /// Keeps a report that was sent, with its receipt and, in a table of its own, the address of
    /// who sent it and until when it is kept. All of it is kept, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is known to be kept, and it may be sent again.
    pub async fn add_report(
        &self,
        report: &Report,
        receipt_hash: &str,
        identity: Option<(&Email, Timestamp)>,
    ) -> Result<Added, StoreError> {
        let receipt = Attributes::at(&keys::report_receipt(receipt_hash))
            .text("about", &report.about.to_string())
            .text("report", report.id.as_str());
        let mut writes = vec![self.put_new(item_of(report))?, self.put(receipt)?];
        if let Some((email, kept_until)) = identity {
            let (id, about) = (report.id.clone(), report.about.clone());
            let reporter = Recipient::Reporter(id.clone());
            writes.push(self.put_identity(&reporter, email, kept_until)?);
            let event = Event::ReportReceived;
            let letter = Letter::to_reporter(event, id, about, report.received_at);
            writes.push(self.put_letter(&letter)?);
        }
        match self.transact("add a report", writes).await? {
            Ok(()) => Ok(Added::New),
            Err(_) => Ok(Added::Already),
        }
    }

    /// The report that a receipt is of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reported(&self, receipt_hash: &str) -> Result<Option<Reported>, StoreError> {
        let at = keys::report_receipt(receipt_hash);
        let Some(receipt) = self.get(&at, "read a report's receipt").await? else {
            return Ok(None);
        };
        let about = receipt.parse("about", ContributionRef::parse)?;
        let id = receipt.parse("report", ContributionId::parse)?;
        let item = self
            .get(&keys::report(&about, &id), "read a report")
            .await?;
        item.map(|item| reported(&item)).transpose()
    }

    /// The reports of a contribution, oldest first: those that wait, and those that are closed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reports(&self, about: &ContributionRef) -> Result<Vec<Reported>, StoreError> {
        let partition = keys::reports_partition(about);
        let items = self.partition(&partition, "", "read reports").await?;
        let mut reports: Vec<Reported> = items.iter().map(reported).collect::<Result<_, _>>()?;
        reports.sort_by_key(|held| (held.report.received_at, held.report.id.clone()));
        Ok(reports)
    }

    /// Hides a contribution and closes the reports of it that were read, in one decision: where
    /// somebody closed them, or decided of the contribution, before, nothing is done.
    ///
    /// # Errors
    /// [`StoreError`]: it may be hidden, and some reports of many open still.
    pub async fn hide_reported(
        &self,
        ruling: &Ruling<'_>,
        reason: RejectionReason,
        message: Option<&Body>,
        closing: &Closing<'_>,
    ) -> Result<ReportsClosed, StoreError> {
        let open = self.open_reports(ruling, closing).await?;
        let (first, others) = open.split_at(open.len().min(AT_ONCE));
        if first.is_empty() {
            return Ok(ReportsClosed::Already);
        }
        let writes = self.close_all(first, ruling, closing)?;
        let decision = Decision::Hide(reason);
        match self.decide_with(ruling, decision, message, writes).await? {
            Decided::Done => {}
            Decided::Already(_) | Decided::Missing | Decided::NoOther => {
                return Ok(ReportsClosed::Already);
            }
        }
        if !others.is_empty() {
            self.close_reports(ruling, closing).await?;
        }
        Ok(ReportsClosed::Done(open))
    }

    /// Closes the reports of a contribution that were read and still wait. Kept, the contribution
    /// must be public still.
    ///
    /// # Errors
    /// [`StoreError`]: some may be closed; asked again, the others are.
    pub async fn close_reports(
        &self,
        ruling: &Ruling<'_>,
        closing: &Closing<'_>,
    ) -> Result<ReportsClosed, StoreError> {
        let open = self.open_reports(ruling, closing).await?;
        if open.is_empty() {
            return Ok(ReportsClosed::Already);
        }
        for reports in open.chunks(AT_ONCE) {
            let mut writes = self.close_all(reports, ruling, closing)?;
            if closing.verdict == Verdict::Kept {
                writes.push(self.still_published(ruling.reference)?);
            }
            let noted = Noted {
                at: ruling.now,
                by: ruling.by.spell().to_owned(),
                action: match closing.verdict {
                    Verdict::Kept => "reports-kept",
                    Verdict::Hidden => "reports-hidden",
                },
                about: ruling.reference.to_string(),
                before: reports.len().to_string(),
                after: fingerprint(closing.text),
            };
            if let Err(_conditions) = self.audited("close reports", &noted, writes).await? {
                return Ok(ReportsClosed::Already);
            }
        }
        Ok(ReportsClosed::Done(open))
    }

    /// The reports that a verdict is about: those that were read, and still wait.
    async fn open_reports(
        &self,
        ruling: &Ruling<'_>,
        closing: &Closing<'_>,
    ) -> Result<Vec<Report>, StoreError> {
        let reports = self.reports(ruling.reference).await?;
        Ok(reports
            .into_iter()
            .filter(|reported| reported.answer.is_none())
            .map(|reported| reported.report)
            .filter(|report| report.received_at <= closing.seen)
            .collect())
    }

    fn close_all(
        &self,
        reports: &[Report],
        ruling: &Ruling<'_>,
        closing: &Closing<'_>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let outcome = match closing.verdict {
            Verdict::Kept => ReportOutcome::Kept,
            Verdict::Hidden => ReportOutcome::Hidden,
        };
        let mut writes = Vec::new();
        for report in reports {
            writes.push(self.close_report(report, ruling, closing)?);
            let (id, about) = (report.id.clone(), report.about.clone());
            let event = Event::ReportDecided(outcome);
            let letter = Letter::to_reporter(event, id, about, ruling.now);
            writes.push(self.put_letter(&letter)?);
        }
        Ok(writes)
    }

    /// Closes one report, on condition that it waits still.
    fn close_report(
        &self,
        report: &Report,
        ruling: &Ruling<'_>,
        closing: &Closing<'_>,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.tables.main)
            .set_key(Some(key(&keys::report(&report.about, &report.id))))
            .update_expression(format!(
                "SET verdict = :verdict, answer = :answer, closed_by = :by, closed_at = :now \
                 REMOVE #queue, {QUEUED_AT}"
            ))
            .condition_expression("#queue = :reported")
            .expression_attribute_names("#queue", QUEUE)
            .expression_attribute_values(":reported", text(Lane::Reported.key()))
            .expression_attribute_values(":verdict", text(closing.verdict.key()))
            .expression_attribute_values(":answer", text(closing.text.as_str()))
            .expression_attribute_values(":by", text(ruling.by.spell()))
            .expression_attribute_values(":now", time(ruling.now))
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn item_of(report: &Report) -> Attributes {
    let queued_at = keys::reported_at(report.received_at.as_millisecond(), &report.id);
    let item = Attributes::at(&keys::report(&report.about, &report.id));
    placed(item, &report.place)
        .text("id", report.id.as_str())
        .text("about", &report.about.to_string())
        .text("why", report.reason.key())
        .optional("text", report.text.as_ref().map(Body::as_str))
        .time("received_at", report.received_at)
        .text(QUEUE, Lane::Reported.key())
        .text(QUEUED_AT, &queued_at)
}

fn report(item: &Attributes) -> Result<Report, StoreError> {
    Ok(Report {
        id: item.parse("id", ContributionId::parse)?,
        about: item.parse("about", ContributionRef::parse)?,
        place: place(item)?,
        reason: ReportReason::from_key(item.get("why")?).ok_or(StoreError::Illegible("why"))?,
        text: item.parse_optional("text", |raw| Body::parse(raw, Body::MAX))?,
        received_at: item.get_time("received_at")?,
    })
}

fn reported(item: &Attributes) -> Result<Reported, StoreError> {
    let verdict = item.get_optional("verdict");
    let answer = match verdict {
        None => None,
        Some(key) => Some(ReportAnswer {
            verdict: Verdict::from_key(key).ok_or(StoreError::Illegible("verdict"))?,
            text: item.parse("answer", |raw| Body::parse(raw, Body::MAX))?,
            by: item.get("closed_by")?.to_owned(),
            at: item.get_time("closed_at")?,
        }),
    };
    Ok(Reported {
        report: report(item)?,
        answer,
    })
}
