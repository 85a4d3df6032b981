//! What checks found, a line each, and how it ends.

use crate::error::Stopped;
use crate::words::{count, say};

/// What was found, and how the command ends.
pub struct Checked {
    /// A line for each check, in sections.
    pub report: String,
    /// How many were well; or how many were not.
    pub said: Result<String, Stopped>,
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Report {
    lines: Vec<String>,
    well: usize,
    wrong: usize,
    unknown: usize,
}

type Arguments<'a> = &'a [(&'a str, String)];

impl Report {
    /// The checks that follow are of this.
    pub(super) fn section(&mut self, key: &str, args: Arguments<'_>) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.push(say(&format!("deploy.section.{key}"), args));
    }

    /// Something is well.
    pub(super) fn well(&mut self, key: &str, args: Arguments<'_>) {
        self.well_said(&say(&format!("deploy.{key}"), args));
    }

    /// The same, in words that say it all.
    pub(super) fn well_said(&mut self, said: &str) {
        self.well += 1;
        self.line('✓', said);
    }

    /// Something is not; the sentence says what to do.
    pub(super) fn wrong(&mut self, key: &str, args: Arguments<'_>) {
        self.wrong_said(&say(&format!("deploy.{key}"), args));
    }

    /// The same, in lines that say it all.
    pub(super) fn wrong_said(&mut self, said: &str) {
        self.wrong += 1;
        self.line('✗', said);
    }

    /// Something could not be asked.
    pub(super) fn unknown(&mut self, key: &str, args: Arguments<'_>) {
        self.unknown += 1;
        self.line('?', &say(&format!("deploy.{key}"), args));
    }

    fn line(&mut self, sign: char, said: &str) {
        let mut lines = said.lines();
        let first = lines.next().unwrap_or_default();
        self.lines.push(format!("  {sign} {first}"));
        self.lines.extend(lines.map(|line| format!("    {line}")));
    }

    /// How it ends; of a deployment, with what nobody can see from here.
    pub(super) fn end(mut self, is_deployed: bool) -> Checked {
        if is_deployed {
            self.lines.push(String::new());
            self.lines.push(say("deploy.unseen", &[]));
        }
        let args = [
            ("well", count("deploy.n-well", self.well)),
            ("wrong", count("deploy.n-wrong", self.wrong)),
            ("unknown", count("deploy.n-unknown", self.unknown)),
        ];
        let said = match self.unknown {
            0 => say("deploy.end", &args),
            _ => say("deploy.end-unknown", &args),
        };
        Checked {
            report: self.lines.join("\n"),
            said: match self.wrong {
                0 => Ok(said),
                _ => Err(Stopped::saying(said)),
            },
        }
    }
}
