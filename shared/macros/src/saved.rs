//! `#[derive(Saved)]`.

use proc_macro2::TokenStream;
use syn::{DeriveInput, Result};

use crate::twin::serde;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    serde(input, "Saved", "saved")
}
