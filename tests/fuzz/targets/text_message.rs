#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drumbeat_fuzz::fuzz::decoders::text_message(bytes));
