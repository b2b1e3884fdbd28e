//! Serde for an author's type, without serde in the author's crate.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, LitStr, Result, Visibility, parse_quote};

/// What the code of the derives names.
const DERIVE: &str = "::drumbeat_shared::typed::derive";

/// Implements serde's traits by a twin of the type: the engine's serde derives them for the twin,
/// as a remote type's. A field whose type lacks them is refused by the bound of the functions in
/// the module `typed::derive::{fields}`, so that the author is not sent to serde.
pub(crate) fn serde(input: &DeriveInput, derive: &str, fields: &str) -> Result<TokenStream> {
    if !input.generics.params.is_empty() {
        let text = format!("#[derive({derive})] goes on a type without parameters");
        return Err(Error::new_spanned(&input.generics, text));
    }
    if let Data::Union(union) = &input.data {
        let text = format!("#[derive({derive})] goes on a struct or an enum");
        return Err(Error::new_spanned(union.union_token, text));
    }
    let ident = &input.ident;
    let twin = twin(input, &format!("{DERIVE}::{fields}"));
    let twin_ident = &twin.ident;
    let remote = ident.to_string();
    let crate_path = format!("{DERIVE}::serde");
    let serde = quote!(::drumbeat_shared::typed::derive::serde);
    Ok(quote! {
        const _: () = {
            #[derive(#serde::Serialize, #serde::Deserialize)]
            #[serde(remote = #remote, crate = #crate_path)]
            #[allow(dead_code, nonstandard_style)]
            #twin

            #[automatically_derived]
            impl #serde::Serialize for #ident {
                fn serialize<S: #serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                    #twin_ident::serialize(self, to)
                }
            }

            #[automatically_derived]
            impl<'de> #serde::Deserialize<'de> for #ident {
                fn deserialize<D: #serde::Deserializer<'de>>(
                    from: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    #twin_ident::deserialize(from)
                }
            }
        };
    })
}

/// The same type under another name, private and without the author's attributes.
fn twin(input: &DeriveInput, with: &str) -> DeriveInput {
    let mut twin = input.clone();
    twin.ident = format_ident!("{}Twin", input.ident);
    twin.vis = Visibility::Inherited;
    twin.attrs.clear();
    let bare = |field: &mut Field| {
        field.vis = Visibility::Inherited;
        // A complaint about the functions points at the type.
        let with = LitStr::new(with, field.ty.span());
        field.attrs = vec![parse_quote!(#[serde(with = #with)])];
    };
    match &mut twin.data {
        Data::Struct(data) => data.fields.iter_mut().for_each(bare),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                variant.attrs.clear();
                variant.fields.iter_mut().for_each(bare);
            }
        }
        Data::Union(_) => {}
    }
    twin
}
