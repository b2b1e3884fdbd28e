//! Quantised state as bits: changes against a prediction, whole states, checksums.
