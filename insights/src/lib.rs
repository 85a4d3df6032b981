//! Texts in, what is in them out: personal data, texts that say nearly the same, themes and salient
//! points, how something was felt. This room has no I/O.

pub mod near;
pub mod personal;
pub mod sentiment;
pub mod themes;
pub mod vectors;
