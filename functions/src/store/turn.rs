//! The turns of a card: how often it was counted, and its likes when the hour began.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::StoreError;
use super::attributes::{Attributes, number};
use super::published::total_likes;

/// The attribute of a card that says how often it was counted.
pub(super) const TURN: &str = "counted";

/// A turn of a card: what was kept when it was read.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    /// How often it was counted.
    pub(super) number: u64,
    /// The hour that begins with this turn, where none of it was counted before.
    pub(super) begun: Option<Hour>,
}

impl Turn {
    pub(super) fn of(card: &Attributes, now: Timestamp) -> Result<Self, StoreError> {
        let kept = Hour::of(card)?;
        let hour = Hour::number(now);
        let likes = total_likes(card)?;
        let begun = kept.is_none_or(|kept| kept.hour != hour).then_some(Hour {
            hour,
            likes,
            before: match kept {
                Some(kept) if kept.hour + 1 == hour => kept.likes,
                _ => likes,
            },
        });
        Ok(Self {
            number: card.get_number_or_zero(TURN)?,
            begun,
        })
    }
}

/// An hour in which an idea was counted, by which it is seen whether many come to like it.
#[derive(Clone, Copy)]
pub(super) struct Hour {
    /// Hours since 1970.
    hour: u64,
    /// Its likes when the hour began.
    likes: u64,
    /// The same for the hour before, where it was counted in it too.
    before: u64,
}

impl Hour {
    fn number(now: Timestamp) -> u64 {
        u64::try_from(now.as_second() / 3600).unwrap_or_default()
    }

    fn of(card: &Attributes) -> Result<Option<Self>, StoreError> {
        if !card.has("hour_counted") {
            return Ok(None);
        }
        Ok(Some(Self {
            hour: card.get_number("hour_counted")?,
            likes: card.get_number("hour_likes")?,
            before: card.get_number("hour_before")?,
        }))
    }

    pub(super) fn values(self) -> Vec<(&'static str, AttributeValue)> {
        vec![
            ("hour_counted", number(self.hour)),
            ("hour_likes", number(self.likes)),
            ("hour_before", number(self.before)),
        ]
    }

    /// How many likes an idea got in the hour of `now` and in the one before.
    pub(super) fn risen(card: &Attributes, now: Timestamp) -> Result<u64, StoreError> {
        let now = Self::number(now);
        let Some(kept) = Self::of(card)? else {
            return Ok(0);
        };
        let since = match now.checked_sub(kept.hour) {
            Some(0) => kept.before,
            Some(1) => kept.likes,
            _ => return Ok(0),
        };
        Ok(total_likes(card)?.saturating_sub(since))
    }
}
