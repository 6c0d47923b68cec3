//! The program `tabularium`.

fn main() {}
