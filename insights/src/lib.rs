//! Texts in, what is in them out: personal data, and texts that say nearly the same. Themes,
//! salient points and sentiment will join them. This room has no I/O.

pub mod near;
pub mod personal;
pub mod sentiment;
pub mod vectors;
