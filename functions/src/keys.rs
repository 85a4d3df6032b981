//! The only file that spells a partition or sort key of the store.
//!
//! | item | partition | sort |
//! | --- | --- | --- |
//! | an idea | `IDEA#id` | `IDEA` |
//! | a comment | `IDEA#idea` | `COMMENT#id` |
//! | a testimonial | `TESTIMONIAL#id` | `TESTIMONIAL` |
//! | a text that a testimonial had | `TESTIMONIAL#id` | `VERSION#number` |
//! | what lists show of a published testimonial | `TESTIMONIALS#space` | `CARD#id` |
//! | what figures count of a testimonial | `TESTIMONIALS#space` | `FACT#id` |
//! | a like | `LIKES#idea#shard` | the person |
//! | what lists show of a published idea | `CARDS#campaign` | the idea |
//! | how much was contributed to a campaign | `TALLIES` | the campaign |
//! | an analysis of a campaign's ideas, or of a question's answers | `ANALYSIS#campaign` or `ANALYSIS#campaign.question` | `ANALYSIS` |
//! | a part of its bytes | `ANALYSIS#campaign` | `PART#their hash#number` |
//! | the bundle that functions work with | `BUNDLE` | `BUNDLE` |
//! | a part of its bytes | `BUNDLE` | `PART#their hash#number` |
//! | a receipt | `RECEIPT#hash of its token` | `RECEIPT` |
//! | a link to answer a proposal | `CONSENT#hash of its token` | `CONSENT` |
//! | a report | `REPORTS#contribution` | `REPORT#id` |
//! | a report's receipt | `REPORT-RECEIPT#hash of its token` | `REPORT-RECEIPT` |
//! | an entry of the audit log | `AUDIT` | its number |
//! | the end of the audit log | `AUDIT-END` | `AUDIT-END` |
//! | a reply that waits to be read | `REPLY#testimonial` | `REPLY` |
//! | an alert that is open | `ALERT#contribution` | `ALERT` |
//! | that a text was received | `TEXT#campaign#its hash` | `TEXT` |
//! | a moderator | `MODERATORS` | the login |
//! | a moderator's session | `SESSION#hash of its token` | `SESSION` |
//! | failures to log in from an address | `TRIES#keyed hash of the address` | `TRIES` |
//! | the same as somebody | `TRIES#keyed hash of the login` | `TRIES`, or `FROM#keyed hash of the network` |
//! | that somebody came back from a login by a provider | `RETURN#hash of its ticket` | `RETURN` |
//! | what somebody has answered so far to a survey | `SURVEY-DRAFT#campaign#id` | `SURVEY-DRAFT` |
//! | answers to a survey that were sent | `SURVEY-ANSWERS#campaign` | the identifier |
//! | that somebody took part in a survey | `PARTICIPANTS#campaign` | the same |
//! | what was sent from an address in an hour | `QUOTA#hour#shard` | `what#keyed hash of the address` |
//! | who just pressed a button without a cookie | `QUOTA#press#keyed hash of the press` | `QUOTA#press` |
//! | a campaign that asks for a proof of work | `PROTECTED` | the campaign |
//! | a letter to be sent, or sent | `LETTER#its name` | `LETTER` |
//! | that all who contributed were told of something | `TOLD` | the event`#`its occasion |
//! | pages that wait for their turn to be rendered | `WAITING-PAGES` | what they show |
//! | what the clock did last | `CLOCK` | `CLOCK` |
//! | an e-mail address (identity table) | the contribution, or `REPORT#report` | none |
//! | the salt of a day's hashes of addresses (identity table) | `SALT#day` | none |
//! | an address that mail does not go to (identity table) | `SUPPRESSED#keyed hash of it` | none |
//!
//! The index `queue` holds what somebody has to do, the oldest first, in lanes ([`Lane`]); the
//! letters; and the entries of the audit log by what they are about.

use crate::analysis::Subject;
use domain::{
    ContributionId, ContributionRef, Event, LIKE_SHARDS, LetterId, Person, Place, Recipient, Slug,
};
use jiff::Timestamp;
use jiff::civil::Date;

/// The partition key's attribute.
pub(crate) const PARTITION: &str = "pk";
/// The sort key's attribute.
pub(crate) const SORT: &str = "sk";
/// The index of what waits for somebody.
pub(crate) const QUEUE_INDEX: &str = "queue";
/// The index's partition key: there only while something waits.
pub(crate) const QUEUE: &str = "queue";
/// The index's sort key: since when it waits, so that the oldest comes first.
pub(crate) const QUEUED_AT: &str = "queued_at";
/// The value of [`QUEUE`] for a letter to be sent.
pub(crate) const MAIL: &str = "MAIL";
/// The same for a letter that could not be sent, until somebody says so.
pub(crate) const MAIL_PARKED: &str = "MAIL-PARKED";
/// The same for a letter that was sent.
pub(crate) const MAIL_SENT: &str = "MAIL-SENT";
/// What the partition keys of letters begin with.
pub(crate) const LETTERS: &str = "LETTER#";
/// What the sort keys of comments begin with.
pub(crate) const COMMENTS: &str = "COMMENT#";
/// The partition of the tallies.
pub(crate) const TALLIES: &str = "TALLIES";

/// The partition of the audit log.
pub(crate) const AUDIT: &str = "AUDIT";

/// The partition of the moderators.
pub(crate) const MODERATORS: &str = "MODERATORS";
/// What the partitions begin with of what is of the moment, and not kept: sessions, failures to
/// log in, logins by a provider, quotas and their salts, answers that were not sent, pages that wait.
pub(crate) const OF_THE_MOMENT: [&str; 7] = [
    "SESSION#",
    "TRIES#",
    "RETURN#",
    "QUOTA#",
    "SALT#",
    "SURVEY-DRAFT#",
    WAITING_PAGES,
];
/// The partition of pages that wait for their turn to be rendered.
pub(crate) const WAITING_PAGES: &str = "WAITING-PAGES";
/// What the partitions of likes begin with.
pub(crate) const LIKES: &str = "LIKES#";

const PARTICIPANTS: &str = "PARTICIPANTS";
const IDEA: &str = "IDEA";
const TESTIMONIAL: &str = "TESTIMONIAL";
/// What the sort keys of a testimonial's earlier texts begin with.
pub(crate) const VERSIONS: &str = "VERSION#";
/// What the sort keys of the cards of testimonials begin with.
pub(crate) const TESTIMONIAL_CARDS: &str = "CARD#";
/// What the sort keys of the facts of testimonials begin with.
pub(crate) const TESTIMONIAL_FACTS: &str = "FACT#";

/// What something waits for. An item is in one lane at most: an alert is an item of its own, since
/// it is open whatever becomes of its contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Contributions that wait to be read.
    Waiting,
    /// Published ideas without an official response.
    Unanswered,
    /// Replies of authors to answers, that wait to be read: items of their own, since structures may
    /// still owe an answer.
    Reply,
    /// Testimonials whose authors were asked to agree to another text.
    Consent,
    /// Authors who seem in danger, until all who had to be told were.
    Alert,
    /// Ideas grouped with another, whose likes are still to be carried over.
    Carry,
    /// Reports that wait for a verdict: no contributions, hence not for `Store::in_lane`.
    Reported,
}

impl Lane {
    /// Its value in the index.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Unanswered => "UNANSWERED",
            Self::Reply => "REPLY",
            Self::Consent => "CONSENT",
            Self::Alert => "ALERT",
            Self::Carry => "CARRY",
            Self::Reported => "REPORTED",
        }
    }
}

/// An item's address in the main table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) partition: String,
    pub(crate) sort: String,
}

pub(crate) fn idea_partition(idea: &ContributionId) -> String {
    format!("{IDEA}#{idea}")
}

pub(crate) fn contribution(reference: &ContributionRef) -> Key {
    match reference {
        ContributionRef::Idea(id) => Key {
            partition: idea_partition(id),
            sort: IDEA.to_owned(),
        },
        ContributionRef::Comment { idea, id } => Key {
            partition: idea_partition(idea),
            sort: format!("{COMMENTS}{id}"),
        },
        ContributionRef::Testimonial(id) => Key {
            partition: testimonial_partition(id),
            sort: TESTIMONIAL.to_owned(),
        },
    }
}

/// The partition of a testimonial and of its earlier texts.
pub(crate) fn testimonial_partition(id: &ContributionId) -> String {
    format!("{TESTIMONIAL}#{id}")
}

/// A text that a testimonial had, by its number.
pub(crate) fn version(id: &ContributionId, number: u32) -> Key {
    Key {
        partition: testimonial_partition(id),
        sort: format!("{VERSIONS}{number:04}"),
    }
}

/// The partition of what lists and figures are made of, of the testimonials of a space.
pub(crate) fn testimonials_partition(space: &Slug) -> String {
    format!("TESTIMONIALS#{space}")
}

/// What lists show of a published testimonial.
pub(crate) fn testimonial_card(space: &Slug, id: &ContributionId) -> Key {
    Key {
        partition: testimonials_partition(space),
        sort: format!("{TESTIMONIAL_CARDS}{id}"),
    }
}

/// What figures count of a testimonial.
pub(crate) fn testimonial_fact(space: &Slug, id: &ContributionId) -> Key {
    Key {
        partition: testimonials_partition(space),
        sort: format!("{TESTIMONIAL_FACTS}{id}"),
    }
}

pub(crate) fn likes_partition(idea: &ContributionId, shard: u8) -> String {
    format!("{LIKES}{idea}#{shard}")
}

pub(crate) fn like(idea: &ContributionId, person: &Person) -> Key {
    Key {
        partition: likes_partition(idea, person.shard()),
        sort: person.expose(),
    }
}

pub(crate) fn cards_partition(campaign: &Slug) -> String {
    format!("CARDS#{campaign}")
}

pub(crate) fn card(campaign: &Slug, idea: &ContributionId) -> Key {
    Key {
        partition: cards_partition(campaign),
        sort: idea.to_string(),
    }
}

pub(crate) fn tally(campaign: &Slug) -> Key {
    Key {
        partition: TALLIES.to_owned(),
        sort: campaign.to_string(),
    }
}

pub(crate) fn protected(campaign: &Slug) -> Key {
    Key {
        partition: "PROTECTED".to_owned(),
        sort: campaign.to_string(),
    }
}

/// The partition of an analysis and of its bytes.
pub(crate) fn analysis_partition(subject: &Subject) -> String {
    format!("ANALYSIS#{subject}")
}

/// An analysis.
pub(crate) fn analysis(subject: &Subject) -> Key {
    Key {
        partition: analysis_partition(subject),
        sort: "ANALYSIS".to_owned(),
    }
}

/// The partition of the bundle and of its bytes.
pub(crate) const BUNDLE: &str = "BUNDLE";

/// The bundle that functions work with.
pub(crate) fn bundle() -> Key {
    Key {
        partition: BUNDLE.to_owned(),
        sort: BUNDLE.to_owned(),
    }
}

/// What the sort keys of the parts of some bytes begin with, by the bytes' hash.
pub(crate) fn parts_prefix(hash: &str) -> String {
    format!("PART#{hash}#")
}

/// A part of bytes that are larger than an item, by their hash and its number.
pub(crate) fn part(partition: &str, hash: &str, number: usize) -> Key {
    Key {
        partition: partition.to_owned(),
        sort: format!("{}{number:04}", parts_prefix(hash)),
    }
}

pub(crate) fn receipt(token_hash: &str) -> Key {
    single("RECEIPT", token_hash)
}

/// The link by which an author answers a proposal.
pub(crate) fn consent(token_hash: &str) -> Key {
    single("CONSENT", token_hash)
}

/// The text of something that was sent somewhere, by its hash.
pub(crate) fn text(place: &Place, hash: &str) -> Key {
    let of = match place {
        Place::Campaign(campaign) => campaign.to_string(),
        Place::Testimonials(space) => format!("{TESTIMONIAL}#{space}"),
    };
    single("TEXT", &format!("{of}#{hash}"))
}

/// The reply of a testimonial's author, while it waits to be read.
pub(crate) fn reply(about: &ContributionRef) -> Key {
    single("REPLY", &about.to_string())
}

pub(crate) fn alert(about: &ContributionRef) -> Key {
    single("ALERT", &about.to_string())
}

/// The partition of the reports of one contribution.
pub(crate) fn reports_partition(about: &ContributionRef) -> String {
    format!("REPORTS#{about}")
}

pub(crate) fn report(about: &ContributionRef, id: &ContributionId) -> Key {
    Key {
        partition: reports_partition(about),
        sort: format!("REPORT#{id}"),
    }
}

pub(crate) fn report_receipt(token_hash: &str) -> Key {
    single("REPORT-RECEIPT", token_hash)
}

/// What somebody has answered so far to a survey.
pub(crate) fn survey_draft(campaign: &Slug, id: &ContributionId) -> Key {
    single("SURVEY-DRAFT", &format!("{campaign}#{id}"))
}

/// The partition of all answers to a survey.
pub(crate) fn survey_answers_partition(campaign: &Slug) -> String {
    format!("SURVEY-ANSWERS#{campaign}")
}

pub(crate) fn survey_answer(campaign: &Slug, id: &ContributionId) -> Key {
    Key {
        partition: survey_answers_partition(campaign),
        sort: id.to_string(),
    }
}

/// The partition of all who took part in a survey.
pub(crate) fn participants_partition(campaign: &Slug) -> String {
    format!("{PARTICIPANTS}#{campaign}")
}

pub(crate) fn participant(campaign: &Slug, id: &ContributionId) -> Key {
    Key {
        partition: participants_partition(campaign),
        sort: id.to_string(),
    }
}

pub(crate) fn moderator(login: &str) -> Key {
    Key {
        partition: MODERATORS.to_owned(),
        sort: login.to_owned(),
    }
}

pub(crate) fn session(token_hash: &str) -> Key {
    single("SESSION", token_hash)
}

/// A login by a provider that came back.
pub(crate) fn login_return(ticket_hash: &str) -> Key {
    single("RETURN", ticket_hash)
}

/// The partition of the index that holds a moderator's open sessions.
pub(crate) fn sessions_of(login: &str) -> String {
    format!("SESSIONS#{login}")
}

pub(crate) fn tries(subject: &str) -> Key {
    single("TRIES", subject)
}

/// The failures of one login from one network, beside those from all of them.
pub(crate) fn tries_from(login: &str, network: &str) -> Key {
    Key {
        sort: format!("FROM#{network}"),
        ..tries(login)
    }
}

/// Over how many partitions the quotas of an hour are spread.
pub(crate) const QUOTA_SHARDS: u8 = 16;

pub(crate) fn quotas_partition(hour: i64, shard: u8) -> String {
    format!("QUOTA#{hour}#{shard:x}")
}

/// The shard is the first digit of the hash.
pub(crate) fn quota(what: &str, address: &str, hour: i64) -> Key {
    let first = address.chars().next().and_then(|digit| digit.to_digit(16));
    let shard = first.and_then(|digit| u8::try_from(digit).ok());
    Key {
        partition: quotas_partition(hour, shard.unwrap_or_default()),
        sort: format!("{what}#{address}"),
    }
}

/// What tells a button that is pressed twice.
pub(crate) fn press(hash: &str) -> Key {
    single("QUOTA#press", hash)
}

/// What is counted of which address, by the sort key of a quota.
pub(crate) fn quota_of(sort: &str) -> Option<(&str, &str)> {
    sort.split_once('#')
}

/// The key of a day's salt in the identity table.
pub(crate) fn salt(day: Date) -> String {
    format!("SALT#{day}")
}

/// The number of an entry of the audit log, padded to sort.
pub(crate) fn audit_number(sequence: u64) -> String {
    format!("{sequence:015}")
}

pub(crate) fn audit_entry(sequence: u64) -> Key {
    Key {
        partition: AUDIT.to_owned(),
        sort: audit_number(sequence),
    }
}

pub(crate) fn audit_end() -> Key {
    Key {
        partition: "AUDIT-END".to_owned(),
        sort: "AUDIT-END".to_owned(),
    }
}

/// The partition of the index that holds the audit log's entries about one thing.
pub(crate) fn audited(about: &str) -> String {
    format!("ABOUT#{about}")
}

pub(crate) fn letter(id: &LetterId) -> Key {
    single("LETTER", &id.to_string())
}

/// That everybody who contributed was told of something that came out of their campaign.
pub(crate) fn told(event: Event, occasion: &Slug) -> Key {
    Key {
        partition: "TOLD".to_owned(),
        sort: format!("{}#{occasion}", event.key()),
    }
}

/// Pages that wait for their turn, by what they show: a kind, and which one of it.
pub(crate) fn waiting_pages(kind: &str, which: &str) -> Key {
    Key {
        partition: WAITING_PAGES.to_owned(),
        sort: format!("{kind}#{which}"),
    }
}

/// What the clock did last.
pub(crate) fn clock() -> Key {
    Key {
        partition: "CLOCK".to_owned(),
        sort: "CLOCK".to_owned(),
    }
}

/// The key of an address that mail does not go to, by a keyed hash, in the identity table.
pub(crate) fn suppressed(hash: &str) -> String {
    format!("SUPPRESSED#{hash}")
}

/// The sort key of a letter in its lane: when it is due, parked or sent, then its name.
pub(crate) fn mailed_at(at: Timestamp, id: &LetterId) -> String {
    format!("{:015}#{id}", at.as_millisecond())
}

/// The partition of an address in the identity table.
pub(crate) fn identity(of: &Recipient) -> String {
    match of {
        Recipient::Author(reference) => reference.to_string(),
        Recipient::Reporter(report) => format!("REPORT#{report}"),
    }
}

/// The sort key of the queue: milliseconds since 1970 padded to sort, then the contribution.
pub(crate) fn queued_at(milliseconds: i64, reference: &ContributionRef) -> String {
    format!("{milliseconds:015}#{reference}")
}

/// Since when something is queued, and which contribution, as [`queued_at`] spells them.
pub(crate) fn read_queued_at(spelled: &str) -> Option<(Timestamp, ContributionRef)> {
    let (milliseconds, reference) = spelled.split_once('#')?;
    let since = Timestamp::from_millisecond(milliseconds.parse().ok()?).ok()?;
    Some((since, ContributionRef::parse(reference).ok()?))
}

/// The same for a report.
pub(crate) fn reported_at(milliseconds: i64, report: &ContributionId) -> String {
    format!("{milliseconds:015}#{report}")
}

fn single(kind: &str, name: &str) -> Key {
    Key {
        partition: format!("{kind}#{name}"),
        sort: kind.to_owned(),
    }
}

/// What an item is, as far as the publisher cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Contribution(ContributionRef),
    Like { idea: ContributionId, shard: u8 },
    Participant { campaign: Slug },
}

/// What the partitions begin with of all that pages are made of. On AWS the stream brings the
/// publisher nothing else (`infra/template.yaml`, FilterCriteria), nor is anything else read here.
pub const STREAMED: [&str; 4] = ["IDEA#", "TESTIMONIAL#", LIKES, "PARTICIPANTS#"];

/// Reads the key of an item; none where what is published is not made of it.
pub(crate) fn read(partition: &str, sort: &str) -> Option<Item> {
    if !STREAMED.iter().any(|kind| partition.starts_with(kind)) {
        return None;
    }
    let (kind, rest) = partition.split_once('#')?;
    match kind {
        IDEA => {
            let idea = ContributionId::parse(rest).ok()?;
            let reference = if sort == IDEA {
                ContributionRef::Idea(idea)
            } else {
                let id = ContributionId::parse(sort.strip_prefix(COMMENTS)?).ok()?;
                ContributionRef::Comment { idea, id }
            };
            Some(Item::Contribution(reference))
        }
        TESTIMONIAL if sort == TESTIMONIAL => {
            let id = ContributionId::parse(rest).ok()?;
            Some(Item::Contribution(ContributionRef::Testimonial(id)))
        }
        PARTICIPANTS => Some(Item::Participant {
            campaign: Slug::parse(rest).ok()?,
        }),
        "LIKES" => {
            let (idea, shard) = rest.split_once('#')?;
            Some(Item::Like {
                idea: ContributionId::parse(idea).ok()?,
                shard: shard.parse().ok().filter(|shard| *shard < LIKE_SHARDS)?,
            })
        }
        _ => None,
    }
}
