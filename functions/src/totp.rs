//! Codes that a moderator's application shows, each good once (RFC 6238: SHA-1, six digits,
//! thirty seconds).
//!
//! The key is made of the functions' secret and of a seed of its own, which alone is kept: who
//! reads the store has no key.

use jiff::Timestamp;
use qrcode::{Color, QrCode};
use serde::Serialize;
use totp_rs::{Builder, Totp};

use crate::{App, Failure};

impl App {
    /// The codes of a moderator with this seed.
    pub(crate) fn codes(&self, login: &str, seed: &str) -> Result<Codes, Failure> {
        // A colon would end the issuer's name in the link.
        let issuer = self.renderer.catalogue().site.name.replace(':', " ");
        Builder::new()
            .with_secret(self.secret.totp_key(login, seed))
            .with_account_name(login)
            .with_issuer(Some(issuer))
            .build()
            .map(Codes)
            .map_err(|_| Failure::Broken("codes can be made of a seed"))
    }
}

/// The codes of one moderator.
pub(crate) struct Codes(Totp);

impl Codes {
    /// The step of a code that is good about now, one step early or late.
    pub(crate) fn step(&self, code: &str, now: Timestamp) -> Option<u64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let now = u64::try_from(now.as_second()).ok()?;
        self.0.check(&digits, now)
    }

    /// The key, to be copied by hand: groups of four.
    pub(crate) fn key(&self) -> String {
        let key: Vec<char> = self.0.secret().to_base32().chars().collect();
        let groups: Vec<String> = key.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }

    /// The link that an application opens.
    pub(crate) fn link(&self) -> Result<String, Failure> {
        self.0
            .to_url()
            .map_err(|_| Failure::Broken("codes have a link"))
    }

    /// The link as a picture to scan from another screen.
    pub(crate) fn picture(&self) -> Result<Picture, Failure> {
        /// Light modules around it, as ISO/IEC 18004 asks.
        const QUIET: usize = 4;
        let code = QrCode::new(self.link()?)
            .map_err(|_| Failure::Broken("the link of codes fits in a QR code"))?;
        let (width, modules) = (code.width(), code.to_colors());
        let dark = (0..)
            .zip(&modules)
            .filter(|(_, color)| **color == Color::Dark);
        let path = dark
            .map(|(place, _): (usize, _)| {
                let (x, y) = (place % width + QUIET, place / width + QUIET);
                format!("M{x} {y}h1v1h-1z")
            })
            .collect();
        Ok(Picture {
            size: width + 2 * QUIET,
            path,
        })
    }
}

/// A QR code: what a template draws.
#[derive(Serialize)]
pub(crate) struct Picture {
    /// How many modules wide and high it is, with what is around.
    size: usize,
    /// The dark ones, as the path of an SVG.
    path: String,
}
