//! Where are the bytes that were received? Content-addressed and immutable: packs for the small, a file for each large one.

pub mod pack;
