//! Words for the values of a closed set: labels of metrics, and reasons in the log.

use drumbeat_shared::protocol::close::CloseCode;

/// A value of a closed set with one word per value.
pub trait Label: Copy + PartialEq + 'static {
    /// Every value, in order.
    fn all() -> impl Iterator<Item = Self>;

    /// One word, lower case.
    fn label(self) -> &'static str;
}

impl Label for CloseCode {
    fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied()
    }

    fn label(self) -> &'static str {
        self.label()
    }
}

/// Defines an enum with a word for each variant, and with `ALL` of them in order.
macro_rules! labels {
    (
        $(#[$about:meta])*
        pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $label:literal,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// One word for metrics and the log.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)*
                }
            }
        }

        impl $crate::labels::Label for $name {
            fn all() -> impl Iterator<Item = Self> {
                Self::ALL.iter().copied()
            }

            fn label(self) -> &'static str {
                self.label()
            }
        }
    };
}
pub(crate) use labels;
