//! What taking part means: the nouns of the product, what is true of each of their
//! values, and the only legal transitions between their states.
//!
//! Nothing here reads a file, a clock or a network: time and randomness are arguments.

mod alert;
mod answer;
mod answering;
mod campaign;
mod comment;
mod consent;
mod contribution;
mod flag;
mod idea;
mod invalid;
mod letter;
mod like;
mod moderation;
mod official_response;
mod outcome;
mod place;
mod report;
mod results;
mod role;
mod space;
mod standing;
mod statistics;
mod structure;
pub mod survey;
mod testimonial;
mod text;

pub use alert::{Alert, Told, ToldForm};
pub use answer::{Answer, Improvement, ImprovementStage, Reply};
pub use answering::{ImprovementForm, ReassignForm, Reassigned, Reassignment, ReplyForm};
pub use campaign::{Audience, Campaign, Modality, Origin, Phase, Stage, paris};
pub use comment::{Comment, CommentDraft, CommentForm};
pub use consent::{Proposal, Version};
pub use contribution::{Contribution, ContributionRef, Moderated};
pub use flag::{Flag, PersonalKind};
pub use idea::{Idea, IdeaCard, IdeaDraft, IdeaForm, IdeaKind};
pub use invalid::{FieldError, Invalid};
pub use letter::{Event, Letter, LetterId, Recipient, ReportOutcome};
pub use like::{LIKE_SHARDS, Like, Person};
pub use moderation::{Decision, IllegalDecision, RejectionReason, Status, UNDO_SECONDS, decide};
pub use official_response::{Draft, OfficialResponse, ResponseForm};
pub use outcome::{Decided, Outcome, OutcomeForm};
pub use place::Place;
pub use report::{Report, ReportAnswer, ReportDraft, ReportForm, ReportReason, Reported, Verdict};
pub use results::{
    Chart, Commitment, Correction, Figure, Figures, Finding, OutcomeNews, Refusal, Results,
    Verbatim,
};
pub use role::{Action, Grant, Role, may, may_about, may_everywhere, may_for, may_somewhere_in};
pub use space::{Accent, Space};
pub use standing::{Before, NotGrouped};
pub use statistics::{Counted, Delay, Share, Statistics, StatisticsOf};
pub use structure::{ServiceLevel, Structure};
pub use survey::{Survey, SurveyAnswer, SurveyResults};
pub use testimonial::{
    Aspect, Channel, Facts, PublishedTestimonial, Sentiment, Testimonial, TestimonialCard,
    TestimonialDraft, TestimonialFact, TestimonialForm, Writer, first_answered, pseudonym,
};
pub use text::{Body, ContributionId, Email, Name, Postcode, Slug, TextProblem, Title};
