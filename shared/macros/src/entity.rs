//! `#[derive(Entity)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Error, LitStr, MetaNameValue, Result, Token};

use crate::columns::{Column, columns, conversions};
use crate::sets::sets;
use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let columns = columns(input, "Entity")?;
    let ident = &input.ident;
    let first = |is: fn(&Column) -> bool| {
        columns.iter().find(|column| is(column)).map(|column| column.first)
    };
    let position = first(|column| column.attributes.position.is_some());
    let group = first(|column| column.attributes.group.is_some());
    let (placement, position) = match (position, group) {
        (Some(_), Some(_)) => {
            let text =
                format!("`{ident}` has a position and a group: who sees it follows from one");
            return Err(Error::new_spanned(ident, text));
        }
        (Some(index), None) => (quote!(Position), index),
        (None, Some(index)) => (quote!(Group), index),
        (None, None) => (quote!(Everywhere), 0),
    };
    let owner = match first(|column| column.attributes.owner.is_some()) {
        Some(index) => quote!(::core::option::Option::Some(#index)),
        None => quote!(::core::option::Option::None),
    };
    let radius = columns.iter().find_map(|column| column.attributes.radius.as_ref());
    let radius = radius.map_or_else(|| quote!(0), |radius| quote!(#radius));
    let name = name(input)?;
    let [common, delayed] = sets(&input.attrs, &columns)?;
    let fields = columns.iter().flat_map(|column| column.fields(ident, &TokenStream::new()));
    let conversions = conversions(&columns);
    let derive = quote!(::drumbeat_shared::typed::derive);
    let serde = serde(input, "Entity", "value")?;
    Ok(quote! {
        #[automatically_derived]
        impl ::drumbeat_shared::typed::Entity for #ident {
            const KIND: #derive::Kind = #derive::Kind {
                name: #name,
                fields: &[#(#fields),*],
                common_sets: #common,
                delayed_sets: #delayed,
            };
            const PLACEMENT: #derive::Placement = #derive::Placement::#placement;
            const POSITION: usize = #position;
            const RADIUS: i32 = #radius;
            const OWNER: ::core::option::Option<usize> = #owner;
            #conversions
        }
        #serde
        // Whoever errs is told so even if nothing uses the entity yet.
        const _: #derive::Kind = <#ident as ::drumbeat_shared::typed::Entity>::KIND;
    })
}

/// The name of the kind.
fn name(input: &DeriveInput) -> Result<LitStr> {
    let mut name = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("entity")) {
        name = Some(said_name(attribute)?);
    }
    let default = || LitStr::new(&snake_case(&input.ident.unraw().to_string()), input.ident.span());
    Ok(name.unwrap_or_else(default))
}

fn said_name(attribute: &Attribute) -> Result<LitStr> {
    let pairs: Punctuated<MetaNameValue, Token![,]> =
        attribute.parse_args_with(Punctuated::parse_terminated)?;
    match pairs.first() {
        Some(MetaNameValue {
            path,
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
            ..
        }) if path.is_ident("name") && pairs.len() == 1 => Ok(text.clone()),
        _ => Err(Error::new_spanned(attribute, "write #[entity(name = \"..\")]")),
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_kind_is_called_like_its_struct() {
        assert_eq!(super::snake_case("Ship"), "ship");
        assert_eq!(super::snake_case("FlyingFish"), "flying_fish");
    }
}
