//! The integration tests, in one binary: on two cores, linking is the price of a test run.

mod clock;
mod concurrency;
mod faults;
mod limits_of_disk;
mod model;
mod projections;
mod service;
mod text;
mod tidy;
mod workbench;
