//! Serde for an author's type, without serde in the author's crate.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, GenericParam, LitStr, Result, Visibility,
    parse_quote,
};

/// What the code of the derives names.
const DERIVE: &str = "::drumbeat_shared::typed::derive";

/// Implements serde's traits by a twin of the type: the engine's serde derives them for the twin,
/// as a remote type's. A field whose type lacks them is refused by the bound of the functions in
/// the module `typed::derive::{fields}`, so that the author is not sent to serde.
pub(crate) fn serde(input: &DeriveInput, derive: &str, fields: &str) -> Result<TokenStream> {
    check(input, derive)?;
    let ident = &input.ident;
    let twin = twin(input, &format!("{DERIVE}::{fields}"))?;
    let twin_ident = &twin.ident;
    let params = &input.generics.params;
    let (generics, own, where_clause) = input.generics.split_for_impl();
    let turbofish = own.as_turbofish();
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
            impl #generics #serde::Serialize for #ident #own #where_clause {
                fn serialize<S: #serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                    #twin_ident #turbofish::serialize(self, to)
                }
            }

            #[automatically_derived]
            impl<'de, #params> #serde::Deserialize<'de> for #ident #own #where_clause {
                fn deserialize<D: #serde::Deserializer<'de>>(
                    from: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    #twin_ident #turbofish::deserialize(from)
                }
            }
        };
    })
}

fn check(input: &DeriveInput, derive: &str) -> Result<()> {
    let is_const = |param: &GenericParam| matches!(param, GenericParam::Const(_));
    if !input.generics.params.iter().all(is_const) {
        let text = format!("#[derive({derive})] goes on a type without parameters");
        return Err(Error::new_spanned(&input.generics, text));
    }
    if let Data::Union(union) = &input.data {
        let text = format!("#[derive({derive})] goes on a struct or an enum");
        return Err(Error::new_spanned(union.union_token, text));
    }
    Ok(())
}

/// The same type under another name, private and without the author's attributes.
fn twin(input: &DeriveInput, with: &str) -> Result<DeriveInput> {
    let mut twin = input.clone();
    twin.ident = format_ident!("{}Twin", input.ident);
    twin.vis = Visibility::Inherited;
    twin.attrs.clear();
    let bare = |field: &mut Field| -> Result<()> {
        field.vis = Visibility::Inherited;
        field.attrs = vec![passed(field, with)?];
        Ok(())
    };
    match &mut twin.data {
        Data::Struct(data) => data.fields.iter_mut().try_for_each(bare)?,
        Data::Enum(data) => {
            for variant in &mut data.variants {
                variant.attrs.clear();
                variant.fields.iter_mut().try_for_each(bare)?;
            }
        }
        Data::Union(_) => {}
    }
    Ok(twin)
}

/// How a field is passed to serde.
fn passed(field: &Field, with: &str) -> Result<Attribute> {
    let find = |name| field.attrs.iter().find(|attribute| attribute.path().is_ident(name));
    match (find("given"), find("scratch")) {
        (Some(given), Some(_)) => {
            let text = "a field is #[given], or #[scratch], not both";
            Err(Error::new_spanned(given, text))
        }
        (Some(given), None) => {
            given.meta.require_path_only()?;
            let default = LitStr::new(&format!("{DERIVE}::given"), field.ty.span());
            Ok(parse_quote!(#[serde(skip, default = #default)]))
        }
        (None, Some(scratch)) => {
            scratch.meta.require_path_only()?;
            Ok(parse_quote!(#[serde(skip)]))
        }
        (None, None) => {
            // A complaint about the functions points at the type.
            let with = LitStr::new(with, field.ty.span());
            Ok(parse_quote!(#[serde(with = #with)]))
        }
    }
}
