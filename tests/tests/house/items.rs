//! What stands in the code and serves nobody, and what every reader looks for: the limits.

use std::collections::BTreeMap;
use std::fmt::Write;

use quote::ToTokens;
use syn::visit::{self, Visit};

use crate::{assert_none, root, text, tracked};

/// The largest file that is committed, except the client core. History holds every version of it.
const BLOB_BYTES_MAX: u64 = 1 << 20;
/// The list of limits.
const LIMITS: &str = "docs/limits.md";

/// Every Rust file and what it holds.
pub(crate) fn sources() -> Vec<(String, syn::File)> {
    let names = tracked().into_iter().filter(|name| name.ends_with(".rs"));
    names
        .map(|name| {
            let text = text(&name).expect("Rust is text");
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, file)
        })
        .collect()
}

/// How often each identifier occurs in code; comments are none.
fn count_identifiers(tokens: proc_macro2::TokenStream, counts: &mut BTreeMap<String, usize>) {
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Group(group) => count_identifiers(group.stream(), counts),
            proc_macro2::TokenTree::Ident(ident) => {
                *counts.entry(ident.to_string()).or_default() += 1;
            }
            _ => {}
        }
    }
}

/// Whether a function is a macro, which is called by another name.
fn is_macro(item: &syn::ItemFn) -> bool {
    item.attrs.iter().any(|attribute| attribute.path().is_ident("proc_macro_derive"))
}

/// Finds the names of public items.
#[derive(Default)]
struct Public(Vec<String>);

impl Public {
    fn note(&mut self, visibility: &syn::Visibility, name: &syn::Ident) {
        if !matches!(visibility, syn::Visibility::Inherited) {
            self.0.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Public {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_macro(item) {
            self.note(&item.vis, &item.sig.ident);
        }
        visit::visit_item_fn(self, item);
    }
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.note(&item.vis, &item.ident);
    }
    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.note(&item.vis, &item.ident);
    }
    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.note(&item.vis, &item.ident);
    }
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.note(&item.vis, &item.ident);
    }
    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.note(&item.vis, &item.ident);
    }
    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.note(&item.vis, &item.ident);
    }
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.vis, &item.sig.ident);
        visit::visit_impl_item_fn(self, item);
    }
    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.note(&item.vis, &item.ident);
    }
}

/// Public names that nothing but their own definitions mentions.
fn unused(files: &[(String, syn::File)]) -> Vec<String> {
    let mut counts = BTreeMap::new();
    let mut defined: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, file) in files {
        count_identifiers(file.to_token_stream(), &mut counts);
        let mut public = Public::default();
        public.visit_file(file);
        for item in public.0 {
            defined.entry(item).or_default().push(name);
        }
    }
    let unused = |(item, files): &(&String, &Vec<&str>)| counts.get(*item) == Some(&files.len());
    let lines = defined.iter().filter(unused);
    lines.map(|(item, files)| format!("{}: `{item}`", files.join(", "))).collect()
}

#[test]
fn no_public_item_is_unused() {
    assert_none(&unused(&sources()), "nothing calls it: delete it, and what only it needed");
}

#[test]
fn an_unused_item_is_found() {
    let file = |text: &str| vec![("x.rs".to_owned(), syn::parse_file(text).unwrap())];
    assert_eq!(unused(&file("/// see b\npub fn a() {}")), ["x.rs: `a`"]);
    assert_eq!(unused(&file("pub fn a() {} fn b() { m!(a()) }")), Vec::<String>::new());
    assert_eq!(unused(&file("struct S; impl S { pub const A: u8 = 1; }")), ["x.rs: `A`"]);
}

#[test]
fn nothing_large_is_committed_but_the_core() {
    let found: Vec<String> = tracked()
        .into_iter()
        .filter(|name| name != "assets/core.wasm")
        .filter_map(|name| {
            let bytes = std::fs::metadata(root().join(&name)).ok()?.len();
            (bytes > BLOB_BYTES_MAX).then(|| format!("{name}: {bytes} bytes"))
        })
        .collect();
    assert_none(&found, "each version stays in every clone for good: build it, or make it smaller");
}

/// Finds the constants that are limits.
#[derive(Default)]
struct Limits(Vec<(String, String, String)>);

impl Limits {
    fn note(&mut self, name: &syn::Ident, value: &syn::Expr, attributes: &[syn::Attribute]) {
        let name = name.to_string();
        if name.ends_with("_MAX") || name.contains("_MAX_") {
            let value = value.to_token_stream().to_string().replace(" :: ", "::");
            self.0.push((name, value, first_sentence(attributes)));
        }
    }
}

impl<'ast> Visit<'ast> for Limits {
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.note(&item.ident, &item.expr, &item.attrs);
    }
    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.note(&item.ident, &item.expr, &item.attrs);
    }
}

/// The first sentence of an item's documentation.
fn first_sentence(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let lines = lines.filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
            ..
        }) => Some(text.value().trim().to_owned()),
        _ => None,
    });
    let text = lines.collect::<Vec<_>>().join(" ");
    let end = text.find(". ").map_or(text.trim_end_matches('.').len(), |end| end);
    text[..end].replace("[`", "`").replace("`]", "`")
}

/// The list as it should stand.
fn list_of_limits(files: &[(String, syn::File)]) -> Result<String, Vec<String>> {
    let mut list = String::from(
        "# Limits\n\n\
         Everything that grows has a limit. Those of the protocol and of the engine's memory stand in\n\
         `shared/src/limits.rs`; one that concerns a single file stands at its top. The settings\n\
         are in the README, their ranges in `server/src/config/settings.rs`.\n\n\
         With TLS a connection also holds, by the limits of rustls, one record that is not whole (16 KiB\n\
         and its head; space for 4 KiB stays) and what has been decrypted and not read (one read's, in\n\
         the game; else 16 KiB). What is encrypted waits in the buffers listed here.\n\n\
         [hostile.md](hostile.md) says what a hostile client takes at most.\n\n\
         | limit | value | where | what |\n|---|---|---|---|\n",
    );
    let mut unnamed = Vec::new();
    for (name, file) in files.iter().filter(|(name, _)| is_listed(name)) {
        let mut limits = Limits::default();
        limits.visit_file(file);
        for (limit, value, what) in limits.0 {
            if what.is_empty() {
                unnamed.push(format!("{name}: `{limit}` has no documentation"));
            }
            writeln!(list, "| `{limit}` | `{value}` | `{name}` | {what} |").expect("a string");
        }
    }
    if unnamed.is_empty() { Ok(list) } else { Err(unnamed) }
}

fn is_listed(name: &str) -> bool {
    ["server/src/", "shared/src/", "shared/games/", "shared/process/src/", "shared/push/src/"]
        .iter()
        .any(|src| name.starts_with(src))
        && !name.ends_with("tests.rs")
        && !name.contains("/tests/")
}

#[test]
fn every_limit_is_listed() {
    let list = list_of_limits(&sources()).unwrap_or_else(|unnamed| {
        panic!("\n{}\n=> say what is limited, and in which unit\n", unnamed.join("\n"))
    });
    let path = root().join(LIMITS);
    if std::env::var_os("DRUMBEAT_UPDATE_LIMITS").is_some() {
        std::fs::write(&path, &list).expect("docs/ can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == list,
        "{LIMITS} does not list the limits as they are: renew it with \
         DRUMBEAT_UPDATE_LIMITS=1 cargo test --package drumbeat-tests --test house"
    );
}
