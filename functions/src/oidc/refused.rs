//! Why somebody who came by a provider does not enter.

use axum::http::StatusCode;

/// Why somebody does not enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// They turned back at the provider.
    Cancelled,
    /// The provider says that it can't, or refuses this site.
    Declined,
    /// What comes back is of no login of this browser, or of one begun too long ago.
    Lost,
    /// It came back before.
    Used,
    /// The provider no longer takes the code.
    Late,
    /// The provider does not answer.
    Unreachable,
    /// What the provider sends proves nothing.
    Unproven,
    /// The provider did not verify the address.
    Unverified,
    /// Nobody here is who they are.
    Unknown {
        /// Where they are logged out of the provider, which would send the same person back.
        way_out: Option<String>,
    },
}

impl Refused {
    /// Its name in message keys.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Lost => "lost",
            Self::Used => "used",
            Self::Late => "late",
            Self::Unreachable => "unreachable",
            Self::Unproven => "unproven",
            Self::Unverified => "unverified",
            Self::Unknown { .. } => "unknown",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Cancelled | Self::Unproven | Self::Unverified | Self::Unknown { .. } => {
                StatusCode::FORBIDDEN
            }
            Self::Lost | Self::Used | Self::Late => StatusCode::GONE,
            Self::Declined | Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
