//! `#[derive(Event)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::shape::shape;
use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let shape = shape(input);
    let serde = serde(input, "Event", "part")?;
    Ok(quote! {
        #[automatically_derived]
        impl ::drumbeat_shared::game::Event for #ident {
            const SHAPE: u64 = ::drumbeat_shared::content::derive::shape(#shape, &[]);
        }
        #serde
    })
}
