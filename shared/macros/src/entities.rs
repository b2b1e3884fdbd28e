//! `entities!`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Fields, ItemEnum, Result, parse_quote};

use crate::twin::serde;

pub(crate) fn expand(input: &ItemEnum) -> Result<TokenStream> {
    let ItemEnum { attrs, vis, ident, variants, .. } = input;
    check(input)?;
    let typed = quote!(::drumbeat_shared::typed);
    let kinds: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let docs: Vec<_> = kinds.iter().map(|kind| format!("A [`{kind}`].")).collect();
    let members = members(input, &kinds);
    let serde = serde(&parse_quote!(enum #ident { #(#kinds(#kinds)),* }), "Entity", "saved")?;
    let numbers: Vec<_> = (0..kinds.len()).map(|index| index as u8).collect();
    Ok(quote! {
        #(#attrs)*
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #vis enum #ident { #(#[doc = #docs] #kinds(#kinds)),* }

        #[automatically_derived]
        impl #typed::EntitySet for #ident {
            const KINDS: &'static [#typed::derive::Kind] =
                #typed::derive::kinds(&[#(<#kinds as #typed::Entity>::KIND),*]);
            const LIMITS: &'static [#typed::derive::Limits] =
                &[#(#typed::derive::Limits::of(&<#kinds as #typed::Entity>::KIND)),*];
            const PLACEMENT: #typed::derive::Placement = #typed::derive::placement(&[
                #((<#kinds as #typed::Entity>::KIND.name, <#kinds as #typed::Entity>::PLACEMENT)),*
            ]);
            const POSITIONS: &'static [usize] = &[#(<#kinds as #typed::Entity>::POSITION),*];
            const RADII: &'static [i32] = &[#(<#kinds as #typed::Entity>::RADIUS),*];
            const OWNERS: &'static [::core::option::Option<usize>] =
                &[#(<#kinds as #typed::Entity>::OWNER),*];

            #[inline]
            fn read(state: &#typed::derive::State) -> Self {
                match state.kind {
                    #(#numbers => Self::#kinds(#typed::Entity::from_fields(&state.fields)),)*
                    kind => #typed::derive::no_such_kind(kind, <Self as #typed::EntitySet>::KINDS),
                }
            }

            // Each arm knows which variant it holds: where `change` is inlined, it matches nothing.
            #[inline]
            fn edit<R>(
                state: &mut #typed::derive::State,
                change: impl ::core::ops::FnOnce(&mut Self) -> R,
            ) -> R {
                match state.kind {
                    #(#numbers => {
                        let mut entity =
                            Self::#kinds(#typed::Entity::from_fields(&state.fields));
                        let result = change(&mut entity);
                        match entity {
                            Self::#kinds(entity) => {
                                #typed::Entity::put(&entity, &mut state.fields);
                            }
                            #[allow(unreachable_patterns)]
                            _ => #typed::derive::changed_kind(
                                <#kinds as #typed::Entity>::KIND.name,
                            ),
                        }
                        result
                    })*
                    kind => #typed::derive::no_such_kind(kind, <Self as #typed::EntitySet>::KINDS),
                }
            }

            #[inline]
            fn write(&self) -> #typed::derive::State {
                match self {
                    #(Self::#kinds(entity) => #typed::Member::<Self>::write(entity),)*
                }
            }
        }
        #members
        #serde
        const _: &[#typed::derive::Kind] = <#ident as #typed::EntitySet>::KINDS;
    })
}

/// Whether this is a plain list of at least one kind.
fn check(ItemEnum { ident, variants, generics, .. }: &ItemEnum) -> Result<()> {
    if !generics.params.is_empty() {
        return Err(Error::new_spanned(generics, "a set of entities has no parameters"));
    }
    for variant in variants {
        let is_plain = matches!(variant.fields, Fields::Unit) && variant.discriminant.is_none();
        if !is_plain {
            let text = format!("write only the name of the struct: `{}`", variant.ident);
            return Err(Error::new_spanned(variant, text));
        }
    }
    if variants.is_empty() {
        return Err(Error::new_spanned(
            ident,
            "a set has one kind of entity at least; a game without entities has `type Thing = Nothing`",
        ));
    }
    Ok(())
}

/// What each struct knows of the set.
fn members(input: &ItemEnum, kinds: &[&syn::Ident]) -> TokenStream {
    let set = &input.ident;
    let typed = quote!(::drumbeat_shared::typed);
    let members = kinds.iter().enumerate().map(|(index, kind)| {
        let index = index as u8;
        quote! {
            #[automatically_derived]
            impl #typed::Member<#set> for #kind {
                const INDEX: u8 = #index;
            }

            #[automatically_derived]
            impl ::core::convert::From<#kind> for #set {
                #[inline]
                fn from(entity: #kind) -> Self {
                    Self::#kind(entity)
                }
            }
        }
    });
    quote!(#(#members)*)
}
