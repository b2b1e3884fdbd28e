//! The figures of a report. A report is a table of them: one entry each defines the field of the
//! struct, its JSON, the row that a person reads and the definition in the help.

use crate::figures::{Percentiles, Reasons};

/// A figure of a `T`.
pub struct Figure<T> {
    /// The key in the JSON.
    pub key: &'static str,
    /// The definition; empty for a figure that is not in the JSON.
    pub text: &'static str,
    /// How a person reads it; `None` for a figure that is shown in another form or not at all.
    pub show: Option<Show<T>>,
}

/// How a person reads a figure.
pub struct Show<T> {
    /// The section it appears in.
    pub section: Section,
    /// The label of its row.
    pub label: &'static str,
    /// The unit it is written in.
    pub unit: Unit,
    /// Reads the figure from the report.
    pub value: fn(&T) -> Value,
}

/// The sections of a report, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Percentiles in milliseconds.
    Times,
    /// Rates per bot.
    Rates,
    /// How the game feels.
    Screen,
    /// Figures of a frame.
    Frame,
    /// What bots ask for and say.
    Documents,
    /// Whether all is well.
    Health,
    /// All bots reconnect at once.
    Storm,
}

impl Section {
    /// All sections, each with its heading.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Times, "milliseconds"),
        (Self::Rates, "each bot, each second"),
        (Self::Screen, "at the screen"),
        (Self::Frame, "each frame"),
        (Self::Documents, "commands, documents"),
        (Self::Health, "health"),
        (Self::Storm, "storm"),
    ];
}

/// How a number is written: scale, decimals and suffix.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    scale: f64,
    decimals: usize,
    suffix: &'static str,
}

/// A whole number.
pub const COUNT: Unit = Unit { scale: 1.0, decimals: 0, suffix: "" };
/// A number with two decimals.
pub const NUMBER: Unit = Unit { scale: 1.0, decimals: 2, suffix: "" };
/// Times per second.
pub const PER_S: Unit = Unit { scale: 1.0, decimals: 2, suffix: " /s" };
/// A share from 0 to 1, as a percentage.
pub const SHARE: Unit = Unit { scale: 100.0, decimals: 2, suffix: " %" };
/// A share from 0 to 1, as a whole percentage.
pub const ROUGH_SHARE: Unit = Unit { scale: 100.0, decimals: 0, suffix: " %" };
/// Milliseconds.
pub const MS: Unit = Unit { scale: 1.0, decimals: 0, suffix: " ms" };
/// Bytes.
pub const BYTES: Unit = Unit { scale: 1.0, decimals: 1, suffix: " B" };
/// Ticks.
pub const TICKS: Unit = Unit { scale: 1.0, decimals: 1, suffix: " ticks" };
/// Lengths in units of the game's world.
pub const LENGTH: Unit = Unit { scale: 1.0, decimals: 2, suffix: " units" };
/// A multiple.
pub const TIMES: Unit = Unit { scale: 1.0, decimals: 1, suffix: " x" };

impl Unit {
    /// Formats a value in this unit; a dash when nothing was measured.
    #[must_use]
    pub fn write(&self, value: Option<f64>) -> String {
        let Self { scale, decimals, suffix } = self;
        value.map_or("-".to_owned(), |value| format!("{:.decimals$}{suffix}", value * scale))
    }
}

/// The value of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// One number; `None` when nothing was measured.
    One(Option<f64>),
    /// Percentiles.
    Spread(Option<Percentiles>),
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::One(Some(count.into()))
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::One(Some(count as f64))
    }
}

impl From<Option<u64>> for Value {
    fn from(count: Option<u64>) -> Self {
        Self::One(count.map(|count| count as f64))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::One(Some(number))
    }
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        Self::One(number)
    }
}

impl From<Option<Percentiles>> for Value {
    fn from(percentiles: Option<Percentiles>) -> Self {
        Self::Spread(percentiles)
    }
}

impl From<Reasons> for Value {
    fn from(reasons: Reasons) -> Self {
        reasons.total().into()
    }
}

/// One row of the report that a person reads.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The section it appears in.
    pub section: Section,
    /// The label.
    pub label: &'static str,
    /// The unit it is written in.
    pub unit: Unit,
    /// The value.
    pub value: Value,
}

/// The rows of a table of figures for one report.
pub fn rows<T>(figures: &'static [Figure<T>], of: &T) -> impl Iterator<Item = Row> {
    figures.iter().filter_map(|figure| figure.show.as_ref()).map(|show| Row {
        section: show.section,
        label: show.label,
        unit: show.unit,
        value: (show.value)(of),
    })
}

/// Defines a report from a table of figures. Each entry gives the key, the type, how it follows
/// from the source, how a person reads it (section, label, unit; or nothing) and the definition.
/// The `beside` fields are not in the JSON.
macro_rules! report {
    (
        $(#[$meta:meta])*
        pub struct $name:ident from $source:ident: $from:ty {
            $($(#[$attribute:meta])* $key:ident: $type:ty = $get:expr
                $(, $section:ident, $label:literal, $unit:expr)?; $text:literal)*
        } $(beside {
            $($(#[$beside_meta:meta])* $beside:ident: $beside_type:ty = $beside_get:expr,)*
        })?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize)]
        #[allow(clippy::empty_docs, reason = "a figure that is not in the JSON has no definition")]
        pub struct $name {
            $(#[doc = $text] $(#[$attribute])* pub $key: $type,)*
            $($($(#[$beside_meta])* #[serde(skip)] pub $beside: $beside_type,)*)?
        }

        impl $name {
            /// The figures, in the order of the JSON.
            pub const FIGURES: &'static [$crate::figure::Figure<Self>] = &[$(
                $crate::figure::Figure {
                    key: stringify!($key),
                    text: $text,
                    show: $crate::figure::report!(@show $key $($section, $label, $unit)?),
                },
            )*];

            /// Computes the figures from the source.
            #[must_use]
            pub fn new($source: $from) -> Self {
                Self { $($key: $get,)* $($($beside: $beside_get,)*)? }
            }
        }
    };
    (@show $key:ident) => { None };
    (@show $key:ident $section:ident, $label:literal, $unit:expr) => {
        Some($crate::figure::Show {
            section: $crate::figure::Section::$section,
            label: $label,
            unit: $unit,
            value: |report| report.$key.clone().into(),
        })
    };
}

pub(crate) use report;

#[cfg(test)]
#[allow(unreachable_pub, reason = "real reports are public")]
mod tests {
    use super::*;

    report! {
        /// A report for the tests.
        pub struct Two from source: u64 {
            twice: u64 = source * 2, Health, "double", COUNT; "Two times as much."
            #[serde(skip)]
            half: Option<f64> = (source > 0).then(|| source as f64 / 2.0), Rates, "half", SHARE; ""
        } beside {
            /// The source of the figures.
            source: u64 = source,
        }
    }

    #[test]
    fn an_entry_is_a_field_a_key_a_row_and_a_definition() {
        let two = Two::new(3);
        assert_eq!((two.twice, two.source), (6, 3));
        assert_eq!(serde_json::to_string(&two).unwrap(), r#"{"twice":6}"#);
        let rows = rows(Two::FIGURES, &two).map(|row| match row.value {
            Value::One(value) => (row.section, row.label, row.unit.write(value)),
            Value::Spread(_) => panic!("no percentiles"),
        });
        let expected = [
            (Section::Health, "double", "6".to_owned()),
            (Section::Rates, "half", "150.00 %".to_owned()),
        ];
        assert!(rows.eq(expected));
        assert_eq!((Two::FIGURES[0].key, Two::FIGURES[0].text), ("twice", "Two times as much."));
        assert_eq!(COUNT.write(None), "-");
    }
}
