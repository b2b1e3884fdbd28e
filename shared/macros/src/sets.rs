//! The sets of fields that often change together.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Ident, Meta, Result, Token};

use crate::columns::{Column, find};

/// One bit for each integer field.
type Set = u16;

/// The common and the delayed sets of an entity, as lists of constants.
pub(crate) fn sets(attributes: &[Attribute], columns: &[Column]) -> Result<[TokenStream; 2]> {
    let sets_of = |is: fn(&&Column) -> bool| columns.iter().filter(is).map(set_of);
    let each_decision = sets_of(|column| column.attributes.decision.is_some());
    let each_vector = sets_of(|column| column.names.len() == 2);
    let decisions = each_decision.clone().fold(0, |all, set| all | set);
    let vectors = each_vector.clone().fold(0, |all, set| all | set);
    // An input changes decisions, a push velocity or place; over several ticks one leads to the
    // other.
    let common = distinct(each_decision.chain([decisions]).chain(each_vector));
    let delayed = distinct([decisions | vectors, vectors].into_iter());
    let defaults = [("common", common), ("delayed", delayed)];
    let mut lists = Vec::new();
    for (name, default) in defaults {
        let sets = said(attributes, name, columns)?.unwrap_or(default);
        lists.push(quote!(&[#(#sets),*]));
    }
    Ok([lists.remove(0), lists.remove(0)])
}

fn set_of(column: &Column) -> Set {
    (0..column.names.len()).fold(0, |set, index| set | 1 << (column.first + index))
}

/// Each set that is not empty, once.
fn distinct(sets: impl Iterator<Item = Set>) -> Vec<Set> {
    let mut found = Vec::new();
    for set in sets {
        if set != 0 && !found.contains(&set) {
            found.push(set);
        }
    }
    found
}

/// The sets that the attribute of this name lists; `None` if there is no such attribute.
fn said(attributes: &[Attribute], name: &str, columns: &[Column]) -> Result<Option<Vec<Set>>> {
    let mut sets = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        if sets.replace(list_of_sets(attribute, columns)?).is_some() {
            let text = format!("list all sets in one #[{name}([..], [..])]");
            return Err(Error::new_spanned(attribute, text));
        }
    }
    Ok(sets)
}

fn list_of_sets(attribute: &Attribute, columns: &[Column]) -> Result<Vec<Set>> {
    let path = attribute.path();
    let advice = || {
        let text = "put each set in brackets: [a, b], [c]";
        Error::new_spanned(path, text)
    };
    if matches!(attribute.meta, Meta::Path(_)) {
        return Err(advice());
    }
    let arrays: Punctuated<Expr, Token![,]> =
        attribute.parse_args_with(Punctuated::parse_terminated)?;
    let mut sets = Vec::new();
    for array in &arrays {
        let Expr::Array(names) = array else { return Err(advice()) };
        let set = set_of_names(&names.elems, columns)?;
        if sets.contains(&set) {
            return Err(Error::new_spanned(array, "this set stands twice"));
        }
        sets.push(set);
    }
    Ok(sets)
}

fn set_of_names(names: &Punctuated<Expr, Token![,]>, columns: &[Column]) -> Result<Set> {
    let mut set = 0;
    for name in names {
        let Some(index) = ident(name).and_then(|name| find(columns, name)) else {
            let known: Vec<String> =
                columns.iter().flat_map(|column| &column.names).map(ToString::to_string).collect();
            let text = format!("no integer field has this name; there are {}", known.join(", "));
            return Err(Error::new_spanned(name, text));
        };
        if set & 1 << index != 0 {
            return Err(Error::new_spanned(name, "this name stands twice in the set"));
        }
        set |= 1 << index;
    }
    if set == 0 { Err(Error::new_spanned(names, "a set is not empty")) } else { Ok(set) }
}

fn ident(name: &Expr) -> Option<&Ident> {
    match name {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}
