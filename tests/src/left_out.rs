//! Tests that need what not every machine has.

/// Says that the test is left out, and why.
///
/// # Panics
/// With `STRICT_TESTS` in the environment, which `tests/run --strict` sets: there, nothing is left out.
pub fn left_out(why: &str) {
    leave_out(why, std::env::var_os("STRICT_TESTS").is_some());
}

#[expect(clippy::print_stderr, reason = "a test can't say in another way that it was left out")]
fn leave_out(why: &str, is_strict: bool) {
    assert!(!is_strict, "left out: {why}");
    eprintln!("left out: {why}");
}

#[cfg(test)]
mod tests {
    use super::leave_out;

    #[test]
    #[should_panic(expected = "left out: it rains")]
    fn where_tests_are_strict_none_is_left_out() {
        leave_out("it was dry", false);
        leave_out("it rains", true);
    }
}
