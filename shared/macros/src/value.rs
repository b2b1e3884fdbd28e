//! `#[derive(Value)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Error, Expr, ExprLit, Fields, Lit, Result, Variant};

use crate::shape::shape;
use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(ident, "#[derive(Value)] goes on an enum without data"));
    };
    for (index, variant) in data.variants.iter().enumerate() {
        check(variant, index)?;
    }
    let Some(last) = data.variants.iter().map(|variant| &variant.ident).next_back() else {
        return Err(Error::new_spanned(ident, "an enum without variants has no value"));
    };
    let max = data.variants.len() as i32 - 1;
    let names = data.variants.iter().map(|variant| variant.ident.unraw().to_string());
    let shape = shape(input);
    let serde = serde(input, "Value", "value")?;
    let others = data.variants.iter().map(|variant| &variant.ident).enumerate();
    let arms = others.take(data.variants.len() - 1).map(|(index, variant)| {
        let index = index as i32;
        quote!(#index => Self::#variant)
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::drumbeat_shared::content::Content for #ident {
            const SHAPE: u64 = ::drumbeat_shared::content::derive::shape(#shape, &[]);
        }

        #[automatically_derived]
        impl ::drumbeat_shared::typed::Value for #ident {
            const RANGE: ::core::option::Option<(i32, i32)> =
                ::core::option::Option::Some((0, #max));
            const NAMES: &'static [&'static str] = &[#(#names),*];

            #[inline]
            fn read(fields: &[i32]) -> Self {
                match fields[0] {
                    #(#arms,)*
                    _ => Self::#last,
                }
            }

            #[inline]
            fn write(self, fields: &mut [i32]) {
                fields[0] = self as i32;
            }
        }
        #serde
    })
}

/// A variant has no data, and its number is its index.
fn check(variant: &Variant, index: usize) -> Result<()> {
    if !matches!(variant.fields, Fields::Unit) {
        let text = format!("`{}` has data, and one integer can't hold it", variant.ident);
        return Err(Error::new_spanned(variant, text));
    }
    let number = match &variant.discriminant {
        Some((_, Expr::Lit(ExprLit { lit: Lit::Int(number), .. }))) => {
            number.base10_parse::<usize>().ok()
        }
        Some(_) => None,
        None => Some(index),
    };
    if number == Some(index) {
        return Ok(());
    }
    let text = format!("variants are numbered from 0: `{}` is {index}", variant.ident);
    Err(Error::new_spanned(variant, text))
}
