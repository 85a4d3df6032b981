//! A space's colour, and whether it can be read (WCAG 2.2, « contrast ratio » and « relative
//! luminance »).

use std::fmt;

use crate::front_matter::Keys;

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour([u8; 3]);

/// The papers of the site, in light and in dark; the default theme's style sheet has the same.
const PAPER: Colour = Colour([0xff, 0xfd, 0xf9]);
const DARK_PAPER: Colour = Colour([0x19, 0x16, 0x13]);
const WHITE: Colour = Colour([0xff, 0xff, 0xff]);
const INK: Colour = Colour([0x14, 0x10, 0x0c]);
/// How much of the accent a tint holds.
const TINT: f64 = 0.12;
const DARK_TINT: f64 = 0.18;

impl Colour {
    /// Parses `#rrggbb`.
    pub(crate) fn parse(raw: &str) -> Result<Self, ()> {
        let digits = raw
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6)
            .ok_or(())?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| ())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }

    /// This much of the colour over another.
    fn over(self, other: Self, share: f64) -> Self {
        let mut mixed = [0; 3];
        for (place, part) in mixed.iter_mut().enumerate() {
            let (of, on) = (f64::from(self.0[place]), f64::from(other.0[place]));
            // Between 0 and 255 by construction.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a part of a colour"
            )]
            {
                *part = (of * share + on * (1.0 - share)).round() as u8;
            }
        }
        Self(mixed)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Notes each pair of a space's colours that has less than 7:1.
pub(crate) fn check(keys: &mut Keys<'_, '_>, light: Colour, dark: Colour) {
    let pairs = [
        ("accent", light, PAPER, "paper"),
        ("accent", light, light.over(PAPER, TINT), "tint"),
        ("accent", light, WHITE, "ink"),
        ("accent_dark", dark, DARK_PAPER, "paper-dark"),
        (
            "accent_dark",
            dark,
            dark.over(DARK_PAPER, DARK_TINT),
            "tint-dark",
        ),
        ("accent_dark", dark, INK, "ink-dark"),
    ];
    for (key, colour, against, name) in pairs {
        let ratio = colour.contrast(against);
        if ratio < 7.0 {
            let span = keys.span_of(key);
            let args = [
                ("colour", colour.to_string()),
                ("against", against.to_string()),
                (
                    "where",
                    crate::problem::said(&format!("colour.{name}"), &[]),
                ),
                (
                    "ratio",
                    format!("{:.1}", (ratio * 10.0).floor() / 10.0).replace('.', ","),
                ),
            ];
            keys.problem(&span, "content.contrast", &args);
        }
    }
}

/// A space's colour as a light ground.
#[cfg(feature = "share-images")]
pub(crate) fn tint(accent: &domain::Accent) -> Option<String> {
    let light = Colour::parse(&accent.light).ok()?;
    Some(light.over(PAPER, TINT).to_string())
}

/// The style rules of the spaces that have a colour: custom properties under `.space-<slug>`.
pub(crate) fn style<'s>(spaces: impl Iterator<Item = &'s domain::Space>) -> String {
    let mut light_rules = String::new();
    let mut dark_rules = String::new();
    for space in spaces {
        let Some(accent) = &space.accent else {
            continue;
        };
        let (Ok(light), Ok(dark)) = (Colour::parse(&accent.light), Colour::parse(&accent.dark))
        else {
            continue;
        };
        let deep = light.over(INK, 0.75);
        let tint = light.over(PAPER, TINT);
        light_rules.push_str(&format!(
            ".space-{} {{ --accent: {light}; --accent-deep: {deep}; --accent-ink: {WHITE}; --accent-tint: {tint}; }}\n",
            space.slug
        ));
        let deep = dark.over(WHITE, 0.75);
        let tint = dark.over(DARK_PAPER, DARK_TINT);
        dark_rules.push_str(&format!(
            ".space-{} {{ --accent: {dark}; --accent-deep: {deep}; --accent-ink: {INK}; --accent-tint: {tint}; }}\n",
            space.slug
        ));
    }
    if light_rules.is_empty() {
        return String::new();
    }
    format!("\n{light_rules}@media (prefers-color-scheme: dark) {{\n{dark_rules}}}\n")
}
