//! What of a type both ends must agree on.

use quote::ToTokens;
use syn::{Data, DeriveInput, Fields};

/// The names of a type, of its variants and fields, and of the fields' types. Nothing else that the
/// author wrote counts: a comment changes no protocol.
pub(crate) fn shape(input: &DeriveInput) -> String {
    let variants: Vec<String> = match &input.data {
        Data::Struct(data) => vec![fields(&data.fields)],
        Data::Enum(data) => {
            let all = data.variants.iter();
            all.map(|variant| format!("{}{}", variant.ident, fields(&variant.fields))).collect()
        }
        Data::Union(_) => Vec::new(),
    };
    format!("{} {}", input.ident, variants.join("|"))
}

fn fields(fields: &Fields) -> String {
    let all = fields.iter().map(|field| {
        let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        // Without spaces: how a compiler sets them is its own affair.
        let ty = field.ty.to_token_stream().to_string().replace(char::is_whitespace, "");
        format!("{name}:{ty}")
    });
    format!("{{{}}}", all.collect::<Vec<_>>().join(","))
}
