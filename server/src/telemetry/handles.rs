//! Handles into the current registry, described as they are made.

use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram,
};

pub(super) fn new_counter(name: &'static str, help: &'static str) -> Counter {
    describe_counter!(name, help);
    counter!(name)
}

pub(super) fn new_gauge(name: &'static str, help: &'static str) -> Gauge {
    describe_gauge!(name, help);
    gauge!(name)
}

pub(super) fn new_histogram(name: &'static str, help: &'static str) -> Histogram {
    describe_histogram!(name, Unit::Seconds, help);
    histogram!(name)
}
