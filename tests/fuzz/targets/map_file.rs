#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    drumbeat_fuzz::fuzz::map_files::map_file(bytes);
});
