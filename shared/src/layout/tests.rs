//! What is found of types of every form.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::ids::PlayerId;

#[derive(Deserialize)]
#[allow(dead_code)]
enum Sort {
    Nothing,
    One(PlayerId),
    Two(i32, Option<Inner>),
    Named { by: String, inner: Vec<Inner> },
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Inner {
    sides: [u8; 2],
    sort: Choice,
    names: BTreeMap<u16, char>,
}

#[derive(Deserialize)]
enum Choice {
    Left,
    Right,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Endless(Option<Box<Endless>>);

#[derive(Deserialize)]
#[serde(try_from = "u16")]
struct Strict;

impl TryFrom<u16> for Strict {
    type Error = String;

    fn try_from(_: u16) -> Result<Self, String> {
        Err("never".to_owned())
    }
}

#[test]
fn all_of_a_type_is_found() {
    let inner = r#"{"struct":[{"name":"sides","type":{"tuple":["u8","u8"]}},{"name":"sort","type":{"enum":[{"name":"Left","type":"unit"},{"name":"Right","type":"unit"}]}},{"name":"names","type":{"list":{"tuple":["u16","char"]}}}]}"#;
    let whole = format!(
        r#"{{"enum":[{{"name":"Nothing","type":"unit"}},{{"name":"One","type":"u16"}},{{"name":"Two","type":{{"tuple":["i32",{{"option":{inner}}}]}}}},{{"name":"Named","type":{{"struct":[{{"name":"by","type":"string"}},{{"name":"inner","type":{{"list":{inner}}}}}]}}}}]}}"#
    );
    let layout = Layout::of::<Sort>().unwrap();
    assert_eq!(serde_json::to_string(&layout).unwrap(), whole);
    assert_eq!(Layout::of::<()>(), Some(Layout::Unit));
}

#[test]
fn what_refuses_every_value_is_found_too_and_what_has_no_end_is_not() {
    assert_eq!(Layout::of::<Strict>(), Some(Layout::Plain("u16")));
    assert_eq!(Layout::of::<Endless>(), None);
    assert_eq!(Layout::of::<serde_json::Value>(), None);
}
