//! Texts in, themes out: near-duplicates, themes, salient points, sentiment, and personal
//! data found in a text. This room has no I/O and is empty until the analysis is built.
