//! A postcode: read for the department that it is in, and then forgotten.

use super::TextProblem;

/// A French postcode. It is neither shown nor kept: what stays of it is its department.
#[derive(Clone, PartialEq, Eq)]
pub struct Postcode(String);

/// What stands for a postcode where somebody lives out of France.
const ABROAD: &str = "99999";

impl Postcode {
    /// Parses five digits, with or without blanks.
    ///
    /// # Errors
    /// [`TextProblem::Empty`], or [`TextProblem::Malformed`] where no department has it.
    pub fn parse(raw: &str) -> Result<Self, TextProblem> {
        let digits: String = raw.chars().filter(|it| !it.is_whitespace()).collect();
        if digits.is_empty() {
            return Err(TextProblem::Empty);
        }
        let is_number = digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_known = match digits.get(..2) {
            Some("00" | "96") => false,
            Some("97" | "98") => {
                matches!(
                    digits.get(..3),
                    Some(
                        "971"
                            | "972"
                            | "973"
                            | "974"
                            | "975"
                            | "976"
                            | "977"
                            | "978"
                            | "986"
                            | "987"
                            | "988"
                    )
                ) || digits.starts_with("980")
            }
            Some("99") => digits == ABROAD,
            _ => true,
        };
        if is_number && is_known {
            Ok(Self(digits))
        } else {
            Err(TextProblem::Malformed)
        }
    }

    /// The INSEE code of the department; none in the collectivities that are in no department
    /// and out of France. A few postcodes reach over a border: they are of the one that the number
    /// says.
    #[must_use]
    pub fn department(&self) -> Option<String> {
        let code = &self.0[..3];
        match &self.0[..2] {
            // Corsica has kept the numbers of the one department that it was until 1976.
            "20" if code < "202" => Some("2A".to_owned()),
            "20" => Some("2B".to_owned()),
            "97" => Some(code.to_owned()),
            "98" | "99" => None,
            two => Some(two.to_owned()),
        }
    }
}

impl std::fmt::Debug for Postcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postcode(…)")
    }
}
