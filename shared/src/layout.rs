//! What a type is made of on the wire, found by watching how serde reads a value of it.
//!
//! Nobody writes a layout down, so none can be wrong: whatever bincode would ask for is noted instead.
//! A type is read several times, since each time shows one variant of an enum.

use std::fmt::Display;

use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::{Serialize, de, forward_to_deserialize_any};

/// Maximum number of readings of one type: more than an enum has variants.
const READINGS_MAX: usize = 1_024;
/// Maximum number of types inside each other. A type without an end inside itself has no layout.
const DEPTH_MAX: usize = 32;

/// What a type is made of. As JSON, `"u8"`, `{"list": "u8"}` or the like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Not seen yet.
    #[default]
    Unknown,
    /// Nothing.
    Unit,
    /// A byte, then the value if there is one.
    Option(Box<Self>),
    /// The number of entries, then these.
    List(Box<Self>),
    /// One after another.
    Tuple(Vec<Self>),
    /// The fields, one after another.
    Struct(Vec<Part>),
    /// The number of a variant, then what it is made of.
    Enum(Vec<Part>),
    /// One of bincode's: `bool`, `u8`, `f32`, `char`, `string`, `bytes` and so on.
    #[serde(untagged)]
    Plain(&'static str),
}

/// A field of a struct, or a variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    name: &'static str,
    #[serde(rename = "type")]
    layout: Layout,
}

impl Layout {
    /// The layout of a type; `None` if it does not come to an end, or reads itself in another form
    /// than bincode's.
    #[must_use]
    pub fn of<T: DeserializeOwned>() -> Option<Self> {
        let mut layout = Self::Unknown;
        for _ in 0..READINGS_MAX {
            // An error may come from checks of the type's own, after all of it was read.
            let _ = T::deserialize(Reading { layout: &mut layout, depth: 0 });
            if layout.is_complete() {
                return Some(layout);
            }
        }
        None
    }

    fn is_complete(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Unit | Self::Plain(_) => true,
            Self::Option(inside) | Self::List(inside) => inside.is_complete(),
            Self::Tuple(parts) => parts.iter().all(Self::is_complete),
            Self::Struct(parts) | Self::Enum(parts) => {
                parts.iter().all(|part| part.layout.is_complete())
            }
        }
    }

    /// What is inside an option or a list, which this becomes if nothing is known of it.
    fn inside(&mut self, of: fn(Box<Self>) -> Self) -> &mut Self {
        if *self == Self::Unknown {
            *self = of(Box::default());
        }
        match self {
            Self::Option(inside) | Self::List(inside) => inside,
            other => other,
        }
    }

    fn entries(&mut self, count: usize) -> Vec<&mut Self> {
        if *self == Self::Unknown {
            *self = Self::Tuple(vec![Self::Unknown; count]);
        }
        match self {
            Self::Tuple(entries) => entries.iter_mut().collect(),
            _ => Vec::new(),
        }
    }

    fn parts(&mut self, of: fn(Vec<Part>) -> Self, names: &[&'static str]) -> &mut [Part] {
        if *self == Self::Unknown {
            let part = |name: &&'static str| Part { name, layout: Self::Unknown };
            *self = of(names.iter().map(part).collect());
        }
        match self {
            Self::Struct(parts) | Self::Enum(parts) => parts,
            _ => &mut [],
        }
    }
}

fn layouts(parts: &mut [Part]) -> Vec<&mut Layout> {
    parts.iter_mut().map(|part| &mut part.layout).collect()
}

/// Reads one value of what a layout describes, and notes it there.
struct Reading<'a> {
    layout: &'a mut Layout,
    depth: usize,
}

impl<'a> Reading<'a> {
    fn each(layouts: Vec<&'a mut Layout>, depth: usize) -> Result<Each<'a>, Error> {
        if depth >= DEPTH_MAX {
            return Err(unreadable("it does not come to an end"));
        }
        Ok(Each { layouts: layouts.into_iter(), depth: depth + 1 })
    }
}

fn unreadable(why: impl Display) -> Error {
    de::Error::custom(why)
}

macro_rules! plain {
    ($($read:ident $visit:ident $name:literal $value:expr;)*) => {$(
        fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            *self.layout = Layout::Plain($name);
            visitor.$visit($value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reading<'_> {
    type Error = Error;

    // 1 rather than 0, which some types refuse.
    plain! {
        deserialize_bool visit_bool "bool" true;
        deserialize_u8 visit_u8 "u8" 1;
        deserialize_u16 visit_u16 "u16" 1;
        deserialize_u32 visit_u32 "u32" 1;
        deserialize_u64 visit_u64 "u64" 1;
        deserialize_u128 visit_u128 "u128" 1;
        deserialize_i8 visit_i8 "i8" 1;
        deserialize_i16 visit_i16 "i16" 1;
        deserialize_i32 visit_i32 "i32" 1;
        deserialize_i64 visit_i64 "i64" 1;
        deserialize_i128 visit_i128 "i128" 1;
        deserialize_f32 visit_f32 "f32" 1.0;
        deserialize_f64 visit_f64 "f64" 1.0;
        deserialize_char visit_char "char" 'a';
        deserialize_str visit_str "string" "a";
        deserialize_string visit_str "string" "a";
        deserialize_bytes visit_bytes "bytes" &[];
        deserialize_byte_buf visit_bytes "bytes" &[];
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let inside = self.layout.inside(Layout::Option);
        Self::each(vec![inside], self.depth)?.one(|reading| visitor.visit_some(reading))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        *self.layout = Layout::Unit;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let inside = self.layout.inside(Layout::List);
        visitor.visit_seq(Self::each(vec![inside], self.depth)?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(Self::each(self.layout.entries(count), self.depth)?)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(count, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let pair = self.layout.inside(Layout::List).entries(2);
        visitor.visit_map(Self::each(pair, self.depth)?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let fields = layouts(self.layout.parts(Layout::Struct, fields));
        visitor.visit_seq(Self::each(fields, self.depth)?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variants = self.layout.parts(Layout::Enum, variants);
        let index = variants.iter().position(|part| !part.layout.is_complete()).unwrap_or(0);
        let part = variants.get_mut(index).ok_or_else(|| unreadable("it has no variant"))?;
        let reading = Reading { layout: &mut part.layout, depth: self.depth };
        visitor.visit_enum(Variant { index: index as u32, reading })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(unreadable("bincode does not say what comes next"))
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! { identifier ignored_any }
}

/// Reads a value each of some layouts.
struct Each<'a> {
    layouts: std::vec::IntoIter<&'a mut Layout>,
    depth: usize,
}

impl<'a> Each<'a> {
    fn next(&mut self) -> Option<Reading<'a>> {
        self.layouts.next().map(|layout| Reading { layout, depth: self.depth })
    }

    fn one<T>(mut self, read: impl FnOnce(Reading<'a>) -> Result<T, Error>) -> Result<T, Error> {
        self.next().ok_or_else(|| unreadable("there is no more")).and_then(read)
    }
}

impl<'de> SeqAccess<'de> for Each<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.next().map(|reading| seed.deserialize(reading)).transpose()
    }
}

impl<'de> MapAccess<'de> for Each<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.next_element_seed(seed)?.ok_or_else(|| unreadable("a key without a value"))
    }
}

/// A value of the variant of this number.
struct Variant<'a> {
    index: u32,
    reading: Reading<'a>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let index: U32Deserializer<Error> = self.index.into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        *self.reading.layout = Layout::Unit;
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.reading)
    }

    fn tuple_variant<V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value, Error> {
        self.reading.deserialize_tuple(count, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.reading.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests;
