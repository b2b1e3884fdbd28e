//! `pack!`, which `drumbeat_server::page!` calls: the files of a folder as a table within the
//! program, each plain and compressed.

mod bundle;
mod files;
mod hashed;

use std::env;
use std::path::PathBuf;

use proc_macro::{Delimiter, Group, Literal, TokenStream, TokenTree};

use files::{File, Order, Packed, QUALITY_BEST, QUALITY_QUICK, pack as pack_folder};

/// `pack!([crate] best {"bundle"} "folder" "left out" …)`: the files below the folder, which is relative
/// to the caller's `Cargo.toml`, as a `&'static [crate::page::File]`. Those of the folder `bundle` in it, if
/// one is named, replace those that they were made of. `quick` in the place of `best` takes no bundle,
/// compresses less, and leaves HTML files as they are.
#[proc_macro]
pub fn pack(input: TokenStream) -> TokenStream {
    expand(input).unwrap_or_else(|error| tokens(&format!("::core::compile_error!({error:?})")))
}

fn expand(input: TokenStream) -> Result<TokenStream, String> {
    let mut input = input.into_iter();
    let (path, quality, bundle) = match (input.next(), input.next(), input.next()) {
        (Some(TokenTree::Group(path)), Some(quality), Some(TokenTree::Group(bundle))) => {
            (path.stream(), quality.to_string(), bundle.stream())
        }
        _ => return Err("call drumbeat_server::page! instead".to_owned()),
    };
    let is_best = quality == "best";
    let mut bundles = Vec::new();
    strings(bundle, &mut bundles)?;
    let mut texts = Vec::new();
    strings(input, &mut texts)?;
    let [folder, left_out @ ..] = texts.as_slice() else {
        return Err("name the page's folder: page!(\"page\")".to_owned());
    };
    let top = env::var("CARGO_MANIFEST_DIR").map_err(|_| "build this with cargo")?;
    let top = PathBuf::from(top).join(folder);
    let order = Order {
        top: &top,
        left_out,
        bundle: bundles.first().map(String::as_str).filter(|_| is_best),
        quality: if is_best { QUALITY_BEST } else { QUALITY_QUICK },
        hashes: is_best,
    };
    let packed = pack_folder(&order)
        .map_err(|error| format!("the page's folder {}: {error}", top.display()))?;
    Ok(table(&path, &packed))
}

/// The string literals among these tokens.
fn strings(
    input: impl IntoIterator<Item = TokenTree>,
    texts: &mut Vec<String>,
) -> Result<(), String> {
    for token in input {
        match token {
            // What a macro passes on is a group without delimiters.
            TokenTree::Group(group) => strings(group.stream(), texts)?,
            other => {
                let text = other.to_string();
                let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                let inner = inner.filter(|inner| !inner.contains('\\'));
                let advice = "a path is a plain string, with / between folders";
                texts.push(inner.ok_or_else(|| format!("{text}: {advice}"))?.to_owned());
            }
        }
    }
    Ok(())
}

/// The expression that is the table.
fn table(path: &TokenStream, Packed { files, made_of }: &Packed) -> TokenStream {
    let file = |rest: &str| path.clone().into_iter().chain(tokens(rest)).collect::<TokenStream>();
    let mut entries = TokenStream::new();
    // Not part of the program; cargo looks at what is included.
    let mut body = TokenStream::new();
    for source in made_of.iter().chain(files.iter().filter_map(File::changed_source)) {
        body.extend(tokens(&format!("const _: &[u8] = ::core::include_bytes!({source:?});")));
    }
    for File { path, source, tag, changed, gzip, brotli } in files {
        let mut values = tokens(&format!("{path:?}, {tag},"));
        match changed {
            Some(plain) => values.extend([TokenTree::from(Literal::byte_string(plain))]),
            None => values.extend(tokens(&format!("::core::include_bytes!({source:?})"))),
        }
        values.extend(tokens(","));
        for packed in [gzip, brotli] {
            values.extend([TokenTree::from(Literal::byte_string(packed))]);
            values.extend(tokens(","));
        }
        entries.extend(file("::page::File::new"));
        entries.extend(group(Delimiter::Parenthesis, values));
        entries.extend(tokens(","));
    }
    body.extend(tokens("static FILES: &"));
    body.extend(group(Delimiter::Bracket, file("::page::File")));
    body.extend(tokens("= &"));
    body.extend(group(Delimiter::Bracket, entries));
    body.extend(tokens("; FILES"));
    group(Delimiter::Brace, body)
}

fn group(delimiter: Delimiter, inner: TokenStream) -> TokenStream {
    TokenTree::from(Group::new(delimiter, inner)).into()
}

/// These tokens, which this file writes itself.
fn tokens(text: &str) -> TokenStream {
    text.parse().expect("these are tokens of Rust")
}
