//! What a figure of a report is. A report is a table of them: the struct, its JSON, the rows that a
//! person reads and the definitions in the help all follow from one entry each.

use crate::figures::{Percentiles, Reasons};

/// A figure of a `T`.
pub struct Figure<T> {
    /// Its key in the JSON.
    pub key: &'static str,
    /// Its definition; empty for one that is not in the JSON.
    pub text: &'static str,
    /// How a person reads it; `None` for what is shown in another way, if at all.
    pub show: Option<Show<T>>,
}

/// How a person reads a figure.
pub struct Show<T> {
    /// What it stands under.
    pub section: Section,
    /// What it is called.
    pub label: &'static str,
    /// How it is written.
    pub unit: Unit,
    /// Takes it out of the report.
    pub value: fn(&T) -> Value,
}

/// The sections of a report, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Percentiles, milliseconds.
    Times,
    /// Rates of one bot.
    Rates,
    /// How the game feels.
    Screen,
    /// What a frame tells.
    Frame,
    /// Whether all is well.
    Health,
    /// All come back at once.
    Storm,
}

impl Section {
    /// All of them, and what stands above each.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Times, "milliseconds"),
        (Self::Rates, "each bot, each second"),
        (Self::Screen, "at the screen"),
        (Self::Frame, "each frame"),
        (Self::Health, "health"),
        (Self::Storm, "storm"),
    ];
}

/// How a number is written: multiplied, rounded, and what follows it.
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
/// Times a second.
pub const PER_S: Unit = Unit { scale: 1.0, decimals: 2, suffix: " /s" };
/// A share from 0 to 1, as a percentage.
pub const SHARE: Unit = Unit { scale: 100.0, decimals: 2, suffix: " %" };
/// The same, roughly.
pub const ROUGH_SHARE: Unit = Unit { scale: 100.0, decimals: 0, suffix: " %" };
/// Milliseconds.
pub const MS: Unit = Unit { scale: 1.0, decimals: 0, suffix: " ms" };
/// Ticks.
pub const TICKS: Unit = Unit { scale: 1.0, decimals: 1, suffix: " ticks" };
/// Lengths of the game's world.
pub const LENGTH: Unit = Unit { scale: 1.0, decimals: 2, suffix: " units" };
/// How many times as much.
pub const TIMES: Unit = Unit { scale: 1.0, decimals: 1, suffix: " x" };

impl Unit {
    /// A value in this unit; a dash when nothing was measured.
    #[must_use]
    pub fn write(&self, value: Option<f64>) -> String {
        let Self { scale, decimals, suffix } = self;
        value.map_or("-".to_owned(), |value| format!("{:.decimals$}{suffix}", value * scale))
    }
}

/// What a figure is.
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

/// One row that a person reads.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What it stands under.
    pub section: Section,
    /// What it is called.
    pub label: &'static str,
    /// How it is written.
    pub unit: Unit,
    /// What it says.
    pub value: Value,
}

/// The rows that a table of figures makes of a report.
pub fn rows<T>(figures: &'static [Figure<T>], of: &T) -> impl Iterator<Item = Row> {
    figures.iter().filter_map(|figure| figure.show.as_ref()).map(|show| Row {
        section: show.section,
        label: show.label,
        unit: show.unit,
        value: (show.value)(of),
    })
}

/// Makes a report of a table of figures: for each its key, its type, how it follows from the source,
/// how a person reads it (section, label, unit; or nothing), and its definition. What is `beside`
/// the figures is not in the JSON.
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

            /// The figures that follow from this.
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
        /// For the tests.
        pub struct Two from source: u64 {
            twice: u64 = source * 2, Health, "double", COUNT; "Two times as much."
            #[serde(skip)]
            half: Option<f64> = (source > 0).then(|| source as f64 / 2.0), Rates, "half", SHARE; ""
        } beside {
            /// What it follows from.
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
