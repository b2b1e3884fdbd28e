//! `#[derive(Command)]`, `#[derive(Record)]` and `#[derive(Content)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, Field, Fields, Ident, Result};

use crate::attributes::{ends, once};
use crate::shape::shape;
use crate::twin::serde;

const CONTENT: &str = "Content";

/// Implements `Content` with its limits, serde's traits, and the trait `mark` if it is another.
pub(crate) fn expand(input: &DeriveInput, mark: &str) -> Result<TokenStream> {
    let ident = &input.ident;
    let serde = serde(input, mark, "content")?;
    let content = quote!(::drumbeat_shared::content);
    let variants: Vec<(TokenStream, String, &Fields)> = match &input.data {
        Data::Struct(data) => vec![(quote!(Self), ident.to_string(), &data.fields)],
        Data::Enum(data) => {
            let all = data.variants.iter().map(|variant| {
                let name = &variant.ident;
                (quote!(Self::#name), format!("{ident}::{name}"), &variant.fields)
            });
            all.collect()
        }
        Data::Union(_) => Vec::new(),
    };
    let shape = shape(input);
    let (mut limits, mut shapes) = (Vec::new(), Vec::new());
    let (mut checks, mut visits) = (Vec::new(), Vec::new());
    for (path, name, fields) in &variants {
        let parts = fields.iter().enumerate().map(|(index, field)| Part::new(name, index, field));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        limits.extend(parts.iter().map(Part::limit));
        shapes.extend(parts.iter().flat_map(Part::shapes));
        let pattern = pattern(fields, &parts);
        let (check, visit) = (parts.iter().map(Part::check), parts.iter().map(Part::visit));
        checks.push(quote!(#path #pattern => { #(#check)* }));
        visits.push(quote!(#path #pattern => { #(#visit)* }));
    }
    let mark_ident = format_ident!("{mark}");
    let mark = (mark != CONTENT).then(|| {
        quote! {
            #[automatically_derived]
            impl #content::#mark_ident for #ident {}
        }
    });
    Ok(quote! {
        #serde
        const _: () = {
            #(#limits)*

            #[automatically_derived]
            impl #content::Content for #ident {
                const SHAPE: u64 = #content::derive::shape(
                    #shape,
                    &[#(#shapes),*],
                );

                #[allow(unused_variables)]
                fn check(&self) -> ::core::result::Result<(), #content::InvalidContent> {
                    match self { #(#checks)* }
                    ::core::result::Result::Ok(())
                }

                #[allow(unused_variables)]
                fn each_text(
                    &mut self,
                    visit: &mut dyn ::core::ops::FnMut(&mut ::std::string::String),
                ) {
                    match self { #(#visits)* }
                }
            }
        };
        #mark
    })
}

/// Binds every field.
fn pattern(fields: &Fields, parts: &[Part<'_>]) -> TokenStream {
    let bindings = parts.iter().map(|part| &part.binding);
    match fields {
        Fields::Named(named) => {
            let names = named.named.iter().map(|field| &field.ident);
            quote!({ #(#names: #bindings),* })
        }
        Fields::Unnamed(_) => quote!((#(#bindings),*)),
        Fields::Unit => quote!(),
    }
}

/// One field.
struct Part<'a> {
    /// As errors call it.
    name: String,
    binding: Ident,
    field: &'a Field,
    max: Option<Expr>,
    range: Option<(Expr, Expr)>,
}

impl<'a> Part<'a> {
    fn new(of: &str, index: usize, field: &'a Field) -> Result<Self> {
        let name = field.ident.as_ref().map_or(index.to_string(), |name| name.unraw().to_string());
        let (mut max, mut range) = (None, None);
        for attribute in &field.attrs {
            let Some(name) = attribute.path().get_ident() else { continue };
            match name.to_string().as_str() {
                "max" => once(&mut max, attribute.parse_args()?, name)?,
                "range" => once(&mut range, ends(attribute)?.into(), name)?,
                _ => {}
            }
        }
        let binding = format_ident!("field_{index}");
        Ok(Self { name: format!("{of}.{name}"), binding, field, max, range })
    }

    /// What it adds to the fingerprint of the type: its own, and its limits.
    fn shapes(&self) -> Vec<TokenStream> {
        let ty = &self.field.ty;
        let mut shapes = vec![quote!(<#ty as ::drumbeat_shared::content::Content>::SHAPE)];
        let ends = self.range.iter().flat_map(|(min, max)| [min, max]);
        shapes.extend(self.max.iter().chain(ends).map(|limit| quote!((#limit) as i64 as u64)));
        shapes
    }

    /// Refuses to compile without a limit where one is needed.
    fn limit(&self) -> TokenStream {
        let ty = &self.field.ty;
        let derive = quote!(::drumbeat_shared::content::derive);
        let (holds, text) = if self.max.is_some() {
            (
                quote!(#derive::is_open::<#ty>()),
                format!(
                    "`{}`: #[max(..)] limits a text or a list of things of fixed size; put a text \
                     in a list into a struct of its own with #[derive(Content)]",
                    self.name
                ),
            )
        } else {
            (
                quote!(#derive::is_fixed::<#ty>()),
                format!(
                    "`{}` can have any length: say how many bytes of a text or entries of a list \
                     there can be, such as #[max(200)]",
                    self.name
                ),
            )
        };
        let range = self.range.as_ref().map(|(min, max)| {
            let text = format!(
                "`{}`: #[range(..)] has its smaller end first, and the type can hold both ends",
                self.name
            );
            let holds = quote!(#derive::is_range::<#ty>((#min) as i64, (#max) as i64));
            quote_spanned!(ty.span()=> const _: () = ::core::assert!(#holds, #text);)
        });
        quote_spanned!(ty.span()=> const _: () = ::core::assert!(#holds, #text); #range)
    }

    fn check(&self) -> TokenStream {
        let Self { name, binding, max, range, .. } = self;
        let content = quote!(::drumbeat_shared::content);
        let range = range.as_ref().map(|(min, max)| {
            quote!(#content::derive::check_range(#name, #binding, ((#min) as i64, (#max) as i64))?;)
        });
        let part = match max {
            Some(max) => quote!(#content::derive::check_max(#name, #binding, #max)?;),
            None => quote!(#content::Content::check(#binding)?;),
        };
        quote!(#range #part)
    }

    fn visit(&self) -> TokenStream {
        let binding = &self.binding;
        quote!(::drumbeat_shared::content::Content::each_text(#binding, visit);)
    }
}
