//! What people write: settings and map files.

use drumbeat_tests::fuzz::map_files::map_file;
use drumbeat_tests::fuzz::settings::settings;
use drumbeat_tests::maps::{BELT, VOID};
use proptest::prelude::*;

use super::{any_bytes, spoilt};

/// Settings that are taken.
pub(super) fn honest_settings() -> Vec<Vec<u8>> {
    let all = [
        "tick-hz = 20\ncapacity = 50\nallow-origin = [\"https://example.org\"]\n",
        "--listen=127.0.0.1:0\n--house-bots=3\nDRUMBEAT_TICK_HZ=60\nseed = 7\n",
        "DRUMBEAT_HOSTS=play.example.org,localhost\nDRUMBEAT_LOG=debug\n--resume-s=0\n",
        "--trusted-proxies=10.0.0.0/8,::1\n--proxy-protocol\nrooms-max = 3\n",
        "--tickets=required\n--ticket-keys=/etc/keys \"1\".pem\nlog-format = \"json\"\n",
    ];
    all.map(|text| text.as_bytes().to_vec()).to_vec()
}

/// Map files that are taken.
pub(super) fn honest_maps() -> Vec<Vec<u8>> {
    [BELT, VOID].map(|text| text.as_bytes().to_vec()).to_vec()
}

#[test]
fn honest_settings_are_taken() {
    for text in honest_settings() {
        assert!(settings(&text), "{}", String::from_utf8_lossy(&text));
    }
    assert!(!settings(b"capacity = 0"));
}

#[test]
fn honest_maps_are_taken() {
    for text in honest_maps() {
        assert!(map_file(&text), "{}", String::from_utf8_lossy(&text));
    }
    assert!(!map_file(b"[world]\nwidth = 1"));
}

proptest! {
    #[test]
    fn any_settings_are_taken_or_refused(bytes in any_bytes(200)) {
        settings(&bytes);
    }

    #[test]
    fn spoilt_settings_are_taken_or_refused(bytes in spoilt(honest_settings())) {
        settings(&bytes);
    }

    #[test]
    fn any_map_is_taken_or_refused(bytes in any_bytes(200)) {
        map_file(&bytes);
    }
}

proptest! {
    // Each may make a world.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_spoilt_map_is_taken_or_refused(bytes in spoilt(honest_maps())) {
        map_file(&bytes);
    }
}
