//! `#[derive(Private)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::columns::{columns, conversions};
use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let columns = columns(input, "Private")?;
    let ident = &input.ident;
    let derive = quote!(::drumbeat_shared::typed::derive);
    // It never enters a view.
    let plain = quote!(.entry(#derive::Entry::Plain));
    let fields = columns.iter().flat_map(|column| column.fields(ident, &plain));
    let conversions = conversions(&columns);
    let serde = serde(input, "Private", "value")?;
    Ok(quote! {
        #[automatically_derived]
        impl ::drumbeat_shared::typed::Private for #ident {
            const FIELDS: &'static [#derive::Field] = &[#(#fields),*];
            #conversions
        }
        #serde
        const _: &[#derive::Field] = <#ident as ::drumbeat_shared::typed::Private>::FIELDS;
    })
}
