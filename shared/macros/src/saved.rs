//! `#[derive(Saved)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let (generics, own, where_clause) = input.generics.split_for_impl();
    let serde = serde(input, "Saved", "saved")?;
    Ok(quote! {
        #serde

        #[automatically_derived]
        impl #generics ::drumbeat_shared::typed::Saved for #ident #own #where_clause {}
    })
}
