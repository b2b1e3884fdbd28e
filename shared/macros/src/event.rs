//! `#[derive(Event)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let serde = serde(input, "Event", "part")?;
    Ok(quote! {
        #[automatically_derived]
        impl ::drumbeat_shared::game::Event for #ident {}
        #serde
    })
}
