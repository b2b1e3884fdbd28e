//! `#[derive(Input)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::columns::{columns, conversions};
use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let columns = columns(input, "Input")?;
    let ident = &input.ident;
    let controls = columns.iter().flat_map(|column| column.controls(ident));
    let conversions = conversions(&columns);
    let serde = serde(input, "Input", "value")?;
    let derive = quote!(::drumbeat_shared::typed::derive);
    Ok(quote! {
        const _: () = {
            // Checked even if nothing uses the input yet.
            const CONTROLS: &[#derive::Control] = &[#(#controls),*];

            #[automatically_derived]
            impl ::drumbeat_shared::input::Input for #ident {
                const CONTROLS: &'static [#derive::Control] = CONTROLS;
                #conversions
            }
        };
        #serde
    })
}
