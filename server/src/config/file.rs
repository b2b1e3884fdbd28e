//! Settings from a configuration file, each of whose keys is like the flag of that name.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use toml::Value;

use super::error::{ConfigError, first_paragraph};
use super::flags::{Flags, Layer};

/// Reads a file.
pub(super) fn from_file(flags: &Flags, path: &Path) -> Result<Layer, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error })?;
    let file = toml::Deserializer::parse(&text);
    file.and_then(|file| file.deserialize_map(Keys(flags)))
        .map_err(|error| ConfigError::File { path: path.to_owned(), error: Box::new(error) })
}

/// A value of the file as it is written on a command line.
fn texts(value: Value) -> Result<Vec<String>, &'static str> {
    match value {
        Value::String(text) => Ok(vec![text]),
        Value::Array(values) => {
            values.into_iter().try_fold(Vec::new(), |all, value| Ok([all, texts(value)?].concat()))
        }
        Value::Table(_) => Err("a setting is a value, not a table"),
        value => Ok(vec![value.to_string()]),
    }
}

/// The value in the file for what is written on a command line.
pub(super) fn value(text: &str) -> Value {
    let plain = text.parse().ok().filter(|value: &Value| {
        (value.is_integer() || value.is_float() || value.is_bool()) && value.to_string() == text
    });
    plain.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// All keys of a file. Errors are returned where they arise, so that they have their line.
struct Keys<'a>(&'a Flags);

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Layer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Layer, A::Error> {
        let mut layer = Layer::new();
        while let Some(flag) = map.next_key_seed(Key(self.0))? {
            layer.extend(map.next_value_seed(Set(self.0, &flag))?);
        }
        Ok(layer)
    }
}

struct Key<'a>(&'a Flags);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<String, D::Error> {
        let key = String::deserialize(key)?;
        if self.0.settings().any(|(flag, _)| flag == key) {
            return Ok(key);
        }
        let meant = self.0.nearest(&key).map(|nearest| format!("`{nearest}`"));
        Err(D::Error::custom(format!("`{key}` is {}", self.0.not_a_setting(meant))))
    }
}

/// The value of a key.
struct Set<'a>(&'a Flags, &'a str);

impl<'de> DeserializeSeed<'de> for Set<'_> {
    type Value = Layer;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Layer, D::Error> {
        let value = Value::deserialize(value)?;
        if value.is_array() && !self.0.is_list(self.1) {
            return Err(D::Error::custom(format!("`{}` is one value, not a list", self.1)));
        }
        let texts = texts(value).map_err(D::Error::custom)?;
        let given = self.0.read_one(self.1, &texts);
        Ok(given.map_err(|error| D::Error::custom(first_paragraph(&error)))?.layer)
    }
}
