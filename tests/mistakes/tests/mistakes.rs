//! What the compiler says to an author who errs.
//!
//! `TRYBUILD=overwrite cargo test --package drumbeat-mistakes` renews the texts.

#[test]
fn mistakes_are_named_in_the_words_of_the_author() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
