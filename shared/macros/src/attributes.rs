//! What the attributes of one field say.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, ExprCall, Ident, Meta, MetaNameValue, Result, Token};

/// Smallest and largest value; the smallest is 0 if it is not said.
pub(crate) struct Range {
    pub(crate) min: Option<Expr>,
    pub(crate) max: Expr,
}

/// The attributes of one field.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) decision: Option<()>,
    pub(crate) range: Option<Range>,
    pub(crate) position: Option<Range>,
    /// How far an entity at this position reaches.
    pub(crate) radius: Option<Expr>,
    /// The position's place in the source.
    pub(crate) position_span: Option<Span>,
    pub(crate) owner: Option<Span>,
    /// The group that sees the entity.
    pub(crate) group: Option<Span>,
    pub(crate) typical: Option<Expr>,
    pub(crate) names: Option<Vec<Ident>>,
    /// Steps of its value in one unit of the world.
    pub(crate) unit: Option<Expr>,
    /// Calls of `Column` that set how it is drawn and packed.
    pub(crate) draw: Option<TokenStream>,
    pub(crate) code: Option<TokenStream>,
    /// Whether `code` says how the field enters a view, and its place in the source if that is
    /// relative to the viewer.
    pub(crate) entry: Option<Option<Span>>,
}

impl Attributes {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for attribute in attributes {
            let Some(name) = attribute.path().get_ident() else { continue };
            let span = name.span();
            match name.to_string().as_str() {
                "decision" => once(&mut found.decision, word(attribute)?, name)?,
                "range" => once(&mut found.range, range(attribute)?, name)?,
                "position" => {
                    once(&mut found.position, position(attribute)?, name)?;
                    found.position_span = Some(span);
                }
                "owner" => {
                    word(attribute)?;
                    once(&mut found.owner, span, name)?;
                }
                "group" => {
                    word(attribute)?;
                    once(&mut found.group, span, name)?;
                }
                "radius" => once(&mut found.radius, attribute.parse_args()?, name)?,
                "typical" => once(&mut found.typical, attribute.parse_args()?, name)?,
                "unit" => once(&mut found.unit, attribute.parse_args()?, name)?,
                "draw" => once(&mut found.draw, draw(attribute)?, name)?,
                "names" => once(&mut found.names, list(attribute)?, name)?,
                "code" => {
                    let calls = found.code(attribute)?;
                    once(&mut found.code, calls, name)?;
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn code(&mut self, attribute: &Attribute) -> Result<TokenStream> {
        let mut calls = TokenStream::new();
        for MetaNameValue { path, value, .. } in pairs(attribute)? {
            let name = path.require_ident()?;
            let call = match name.to_string().as_str() {
                "residual_bits" | "residual_step" => quote!(.#name(#value)),
                "delayed_bits" if is_word(&value, "same") => {
                    quote!(.delayed_bits(::core::option::Option::None))
                }
                "delayed_bits" => quote!(.delayed_bits(::core::option::Option::Some(#value))),
                "entry" => {
                    let (entry, near) = entry(&value)?;
                    self.entry = Some(near);
                    quote!(.entry(#entry))
                }
                _ => {
                    let known = "residual_bits, residual_step, delayed_bits and entry";
                    return Err(Error::new_spanned(path, format!("a code has {known}")));
                }
            };
            calls.extend(call);
        }
        Ok(calls)
    }
}

/// Fills a slot that may be filled once.
pub(crate) fn once<T>(slot: &mut Option<T>, value: T, name: &Ident) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::new_spanned(name, format!("#[{name}] stands twice"))),
    }
}

/// An attribute without arguments.
fn word(attribute: &Attribute) -> Result<()> {
    attribute.meta.require_path_only().map(|_| ())
}

fn pairs(attribute: &Attribute) -> Result<Punctuated<MetaNameValue, Token![,]>> {
    attribute.parse_args_with(Punctuated::parse_terminated)
}

/// The names that an attribute lists.
fn list(attribute: &Attribute) -> Result<Vec<Ident>> {
    let names: Punctuated<Ident, Token![,]> =
        attribute.parse_args_with(Punctuated::parse_terminated)?;
    Ok(names.iter().map(Ident::unraw).collect())
}

/// The two ends of a range.
pub(crate) fn ends(attribute: &Attribute) -> Result<[Expr; 2]> {
    let ends: Punctuated<Expr, Token![,]> =
        attribute.parse_args_with(Punctuated::parse_terminated)?;
    let ends = <[Expr; 2]>::try_from(ends.into_iter().collect::<Vec<_>>());
    let refuse = |_| Error::new_spanned(attribute, "a range has two ends: #[range(min, max)]");
    ends.map_err(refuse)
}

fn range(attribute: &Attribute) -> Result<Range> {
    let [min, max] = ends(attribute)?;
    Ok(Range { min: Some(min), max })
}

fn position(attribute: &Attribute) -> Result<Range> {
    let advice = "say how far the world reaches: #[position(max = ..)], or with `min = ..` as well";
    if matches!(attribute.meta, Meta::Path(_)) {
        return Err(Error::new_spanned(attribute, advice));
    }
    let (mut min, mut max) = (None, None);
    for MetaNameValue { path, value, .. } in pairs(attribute)? {
        match path.get_ident() {
            Some(name) if name == "min" => once(&mut min, value, name)?,
            Some(name) if name == "max" => once(&mut max, value, name)?,
            _ => return Err(Error::new_spanned(path, advice)),
        }
    }
    let max = max.ok_or_else(|| Error::new_spanned(attribute, advice))?;
    Ok(Range { min, max })
}

fn draw(attribute: &Attribute) -> Result<TokenStream> {
    let name: Ident = attribute.parse_args()?;
    let blend = match name.to_string().as_str() {
        "step" => quote!(Step),
        "linear" => quote!(Linear),
        "turn" => quote!(Turn),
        _ => return Err(Error::new_spanned(name, "a field is drawn by step, linear or turn")),
    };
    Ok(quote!(.draw(::drumbeat_shared::typed::derive::Blend::#blend)))
}

/// How a field enters a view, and where the source says that this is relative to the viewer.
fn entry(value: &Expr) -> Result<(TokenStream, Option<Span>)> {
    let entry = quote!(::drumbeat_shared::typed::derive::Entry);
    if is_word(value, "plain") {
        return Ok((quote!(#entry::Plain), None));
    }
    if let Expr::Call(ExprCall { func, args, .. }) = value
        && let [order] = args.iter().collect::<Vec<_>>()[..]
    {
        if is_word(func, "small") {
            return Ok((quote!(#entry::Small(#order)), None));
        }
        if let (true, Expr::Path(path)) = (is_word(func, "near"), &**func) {
            let span = path.path.get_ident().map(Ident::span);
            return Ok((quote!(#entry::NearX(#order)), span));
        }
    }
    Err(Error::new_spanned(value, "an entry is plain, small(n) or near(n)"))
}

fn is_word(value: &Expr, word: &str) -> bool {
    matches!(value, Expr::Path(path) if path.path.is_ident(word))
}
