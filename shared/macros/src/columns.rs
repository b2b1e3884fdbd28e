//! The fields of a struct, and the integer fields that each of them takes.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned;
use syn::{Data, DataStruct, DeriveInput, Error, Fields, Ident, Result, Type};

use crate::attributes::{Attributes, Range};

/// `drumbeat_shared::limits::FIELDS_MAX`; a test compares them.
const FIELDS_MAX: usize = 14;

/// One field of a struct.
pub(crate) struct Column {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The last name in its type: `IVec2` of `glam::IVec2`.
    type_name: String,
    /// The names of its integer fields, one or two; `type` for `r#type`.
    pub(crate) names: Vec<Ident>,
    /// The index of its first integer field.
    pub(crate) first: usize,
    pub(crate) attributes: Attributes,
}

/// All fields of a struct.
pub(crate) fn columns(input: &DeriveInput, derive: &str) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    for field in named_fields(input, derive)? {
        let column = Column::new(field, end(&columns))?;
        check_marks(&columns, &column)?;
        if let Some(twin) = column.names.iter().find(|name| find(&columns, name).is_some()) {
            let text = format!("two integer fields are called `{twin}`: rename with #[names(..)]");
            return Err(Error::new_spanned(&column.ident, text));
        }
        if column.first + column.names.len() > FIELDS_MAX {
            let text = format!(
                "`{}` is too much: {FIELDS_MAX} integer fields is the limit (an IVec2 takes two)",
                column.ident
            );
            return Err(Error::new_spanned(field, text));
        }
        columns.push(column);
    }
    Ok(columns)
}

fn named_fields<'a>(
    input: &'a DeriveInput,
    derive: &str,
) -> Result<impl Iterator<Item = &'a syn::Field>> {
    if !input.generics.params.is_empty() {
        let text = format!("#[derive({derive})] goes on a struct without parameters");
        return Err(Error::new_spanned(&input.generics, text));
    }
    if let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = &input.data {
        return Ok(fields.named.iter());
    }
    let text = format!("#[derive({derive})] goes on a struct with named fields");
    Err(Error::new_spanned(&input.ident, text))
}

/// How many integer fields there are.
fn end(columns: &[Column]) -> usize {
    columns.last().map_or(0, |last| last.first + last.names.len())
}

/// Refuses a second position, a second owner and a second group.
fn check_marks(before: &[Column], column: &Column) -> Result<()> {
    let position = |column: &Column| column.attributes.position_span;
    let owner = |column: &Column| column.attributes.owner;
    let group = |column: &Column| column.attributes.group;
    let position = ("position", position as fn(&Column) -> Option<Span>);
    for (name, mark) in [position, ("owner", owner), ("group", group)] {
        let first = before.iter().find(|column| mark(column).is_some());
        if let (Some(span), Some(first)) = (mark(column), first) {
            let text = format!("one {name} is enough: `{}` is it already", first.ident);
            return Err(Error::new(span, text));
        }
    }
    Ok(())
}

/// The index of the integer field of this name.
pub(crate) fn find(columns: &[Column], name: &Ident) -> Option<usize> {
    let name = &name.unraw();
    columns.iter().find_map(|column| {
        Some(column.first + column.names.iter().position(|other| other == name)?)
    })
}

impl Column {
    fn new(field: &syn::Field, first: usize) -> Result<Self> {
        let syn::Field { ident: Some(ident), ty, attrs, .. } = field else {
            return Err(Error::new_spanned(field, "a field has a name"));
        };
        let attributes = Attributes::parse(attrs)?;
        let type_name = match ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        let type_name = type_name.unwrap_or_default();
        let plain = ident.unraw();
        let names = match (&attributes.names, &attributes.position) {
            (Some(names), _) => names.clone(),
            (None, Some(_)) => vec![Ident::new("x", ident.span()), Ident::new("y", ident.span())],
            (None, None) if type_name == "IVec2" => {
                ["x", "y"].map(|axis| quote::format_ident!("{plain}_{axis}")).to_vec()
            }
            (None, None) => vec![plain],
        };
        let ident = ident.clone();
        let column = Self { ident, ty: ty.clone(), type_name, names, first, attributes };
        column.check()?;
        Ok(column)
    }

    /// Refuses what can be seen without knowing the type.
    fn check(&self) -> Result<()> {
        let Self { ident, ty, type_name, attributes, names, .. } = self;
        let Attributes { range, position, position_span, owner, group, radius, .. } = attributes;
        if let (Some(radius), None) = (radius, position) {
            let text = format!("a radius belongs to a position, and `{ident}` is none");
            return Err(Error::new_spanned(radius, text));
        }
        let refused = |span: Span, text: String| Err(Error::new(span, text));
        let is_vector = type_name == "IVec2";
        let shown = quote!(#ty).to_string().replace(' ', "");
        if let (Some(span), false) = (position_span, is_vector) {
            return refused(*span, format!("a position is an IVec2, and `{ident}` is a {shown}"));
        }
        if let (Some(span), Some(_)) = (position_span, range) {
            return refused(*span, format!("`{ident}` has a range already: the position's"));
        }
        if let (Some(span), true) = (owner, type_name != "PlayerId") {
            return refused(*span, format!("an owner is a PlayerId, and `{ident}` is a {shown}"));
        }
        if let (Some(span), true) = (group, is_vector) {
            return refused(*span, format!("a group is one number, and `{ident}` is a {shown}"));
        }
        if let (Some(range), "bool") = (range, type_name.as_str()) {
            return refused(range.max.span(), format!("`{ident}` is a bool: it has no range"));
        }
        if (is_vector || type_name == "i32") && range.is_none() && position.is_none() {
            let advice = "needs #[range(min, max)]: say which values it takes";
            return refused(ty.span(), format!("{ident}: {shown} {advice}"));
        }
        if let (Some(Some(span)), 1) = (attributes.entry, names.len()) {
            return refused(span, format!("`{ident}` is no place: near(n) is for an IVec2"));
        }
        match names.len() {
            1 if !is_vector => Ok(()),
            2 => Ok(()),
            count => {
                let fields = if is_vector { "2 integer fields" } else { "1 integer field" };
                let text = format!("`{ident}` is {fields}, and #[names(..)] has {count}");
                refused(ident.span(), text)
            }
        }
    }

    /// The schema's integer fields. `of` is the name of the struct; `first` are calls of `Column` that
    /// come before those of the author.
    pub(crate) fn fields(&self, of: &Ident, first: &TokenStream) -> Vec<TokenStream> {
        self.described(of, first, &quote!(field))
    }

    /// The controls of an input. `of` is the name of the struct.
    pub(crate) fn controls(&self, of: &Ident) -> Vec<TokenStream> {
        self.described(of, &TokenStream::new(), &quote!(control))
    }

    /// What the method `last` of `Column` makes of each integer field.
    fn described(&self, of: &Ident, first: &TokenStream, last: &TokenStream) -> Vec<TokenStream> {
        let Self { ident, ty, names, attributes, .. } = self;
        let place = format!("{}.{}", of.unraw(), ident.unraw());
        let (width, range) = (names.len(), self.range());
        let role = match attributes.decision {
            Some(()) => quote!(Decision),
            None => quote!(Outcome),
        };
        let derive = quote!(::drumbeat_shared::typed::derive);
        let new = quote_spanned!(ty.span()=> #derive::Column::new::<#ty>);
        let position = attributes.position.as_ref().map(|_| quote!(.position()));
        let group = attributes.group.map(|_| quote!(.group()));
        let unit = attributes.unit.as_ref();
        let unit = unit.map(|steps| quote!(.steps_per_unit((#steps) as u32)));
        let Attributes { draw, code, .. } = attributes;
        let field = |axis: usize, name: &Ident| {
            let name = name.to_string();
            let typical = self.typical(axis);
            quote! {
                #new(#place, #width, #derive::Role::#role, #range)
                    #first #position #group #unit #draw #typical #code .#last(#name, #axis)
            }
        };
        names.iter().enumerate().map(|(axis, name)| field(axis, name)).collect()
    }

    /// The range that the author gives, as an `Option` of two `i64`.
    fn range(&self) -> TokenStream {
        let Attributes { range, position, .. } = &self.attributes;
        match position.as_ref().or(range.as_ref()) {
            Some(Range { min: Some(min), max }) => {
                quote!(::core::option::Option::Some(((#min) as i64, (#max) as i64)))
            }
            Some(Range { min: None, max }) => {
                quote!(::core::option::Option::Some((0, (#max) as i64)))
            }
            None => quote!(::core::option::Option::None),
        }
    }

    /// Sets the typical value. No trait's method is called in a constant, so the macro has to know
    /// how the engine's own types become integers.
    fn typical(&self, axis: usize) -> Option<TokenStream> {
        let (value, ty) = (self.attributes.typical.as_ref()?, &self.ty);
        let axis = Ident::new(["x", "y"][axis], Span::call_site());
        let integer = match self.type_name.as_str() {
            "IVec2" => quote!(TYPICAL.#axis as i64),
            "Angle" | "PlayerId" | "Tick" => quote!(TYPICAL.0 as i64),
            "Option" => quote!(match TYPICAL {
                ::core::option::Option::Some(player) => player.0 as i64 + 1,
                ::core::option::Option::None => 0,
            }),
            _ => quote!(TYPICAL as i64),
        };
        Some(quote! {
            .typical({
                const TYPICAL: #ty = #value;
                #integer
            })
        })
    }
}

/// The methods `from_fields` and `put`.
pub(crate) fn conversions(columns: &[Column]) -> TokenStream {
    let derive = quote!(::drumbeat_shared::typed::derive);
    let parts = columns.iter().map(|Column { ident, ty, first, names, .. }| {
        let end = first + names.len();
        let value = quote_spanned!(ty.span()=> <#ty as ::drumbeat_shared::typed::Value>);
        let read = quote!(#ident: #value::read(&fields[#first..#end]));
        (read, quote!(#value::write(self.#ident, &mut fields[#first..#end]);))
    });
    let (reads, writes): (Vec<_>, Vec<_>) = parts.unzip();
    quote! {
        #[inline]
        fn from_fields(fields: &#derive::Fields) -> Self {
            let _ = fields;
            Self { #(#reads),* }
        }

        #[inline]
        fn put(&self, fields: &mut #derive::Fields) {
            let _ = &fields;
            #(#writes)*
        }
    }
}
