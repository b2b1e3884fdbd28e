//! Who imports whom within a crate: no circle, and no arrow from a lower room up to a higher one.
//! Drawn from the `use` lines and the paths in the code; tests do not count.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};

use crate::houses::{self, House};
use crate::{assert_none, text, tracked};

/// The path of a module, without `crate`.
type Module = Vec<String>;

/// Who imports whom, by module.
#[derive(Debug, Default)]
struct Imports(BTreeMap<Module, BTreeSet<Module>>);

impl Imports {
    /// Those between files, of which the name below `src` and the text are given.
    fn of(files: &[(String, String)]) -> Self {
        let modules: BTreeSet<Module> = files.iter().map(|(name, _)| module(name)).collect();
        let mut imports = Self::default();
        for (name, text) in files {
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut walk = Walk { module: module(name), modules: &modules, found: BTreeSet::new() };
            walk.visit_file(&file);
            walk.found.remove(&walk.module);
            imports.0.insert(walk.module, walk.found);
        }
        imports
    }

    /// The shortest way from one module to another.
    fn path(&self, from: &Module, to: &Module) -> Option<Vec<Module>> {
        let mut seen = BTreeSet::from([from.clone()]);
        let mut open = VecDeque::from([vec![from.clone()]]);
        while let Some(path) = open.pop_front() {
            let last = path.last()?;
            if last == to {
                return Some(path);
            }
            for next in self.0.get(last).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    open.push_back(path.iter().chain([next]).cloned().collect());
                }
            }
        }
        None
    }

    /// Every circle once, as a line of names.
    fn circles(&self) -> Vec<String> {
        let mut found = BTreeMap::new();
        for (from, targets) in &self.0 {
            for to in targets {
                if let Some(back) = self.path(to, from) {
                    let members: BTreeSet<Module> = back.iter().cloned().collect();
                    let line = std::iter::once(from).chain(&back).map(|module| shown(module));
                    found.entry(members).or_insert_with(|| line.collect::<Vec<_>>().join(" -> "));
                }
            }
        }
        found.into_values().collect()
    }

    /// Every import within a folder from a room to one that does not stand below it.
    fn upward(&self, folder: &str, rooms: &[&[&str]]) -> Vec<String> {
        let folder: Module = folder.split_terminator('/').map(str::to_owned).collect();
        let own = if folder.is_empty() { "lib" } else { "mod" };
        let floor = |module: &Module| {
            let room = module.strip_prefix(folder.as_slice())?.first().map_or(own, String::as_str);
            let floor = rooms.iter().position(|side_by_side| side_by_side.contains(&room));
            Some((room.to_owned(), floor))
        };
        let mut found = Vec::new();
        for (from, targets) in &self.0 {
            let Some((from_room, from_floor)) = floor(from) else { continue };
            let Some(from_floor) = from_floor else {
                found.push(format!("{} stands in no room that is listed", shown(from)));
                continue;
            };
            for (to, (to_room, to_floor)) in targets.iter().filter_map(|to| Some((to, floor(to)?)))
            {
                if from_room != to_room && to_floor.is_none_or(|to_floor| to_floor >= from_floor) {
                    found.push(format!("{} -> {}", shown(from), shown(to)));
                }
            }
        }
        found
    }
}

fn shown(module: &[String]) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("::") }
}

/// `engine/tick/membership.rs` is `engine::tick::membership`, `engine/mod.rs` is `engine`, `lib.rs` nothing.
fn module(name: &str) -> Module {
    let mut parts: Module = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// Finds the modules that one file names.
struct Walk<'a> {
    module: Module,
    modules: &'a BTreeSet<Module>,
    found: BTreeSet<Module>,
}

impl Walk<'_> {
    /// A path of the crate's own is counted as the module that it leads into.
    fn name(&mut self, segments: &[String]) {
        let mut segments = segments;
        let mut at: Module = match segments.first().map(String::as_str) {
            Some("crate") => Module::new(),
            Some("self" | "super") => self.module.clone(),
            Some(first) => {
                let child: Module = self.module.iter().cloned().chain([first.to_owned()]).collect();
                if !self.modules.contains(&child) {
                    return;
                }
                self.module.clone()
            }
            None => return,
        };
        while let Some(first @ ("crate" | "self" | "super")) = segments.first().map(String::as_str)
        {
            if first == "super" {
                at.pop();
            }
            segments = &segments[1..];
        }
        for segment in segments {
            at.push(segment.clone());
            if !self.modules.contains(&at) {
                at.pop();
                break;
            }
        }
        self.found.insert(at);
    }

    /// Paths in a macro's arguments: names with `::` between them.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens.into_iter().map(Some).chain([None]) {
            match token {
                Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => colons += 1,
                Some(TokenTree::Ident(ident)) if colons == 2 => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                token => {
                    if path.len() > 1 {
                        self.name(&path);
                    }
                    (path, colons) = (Vec::new(), 0);
                    match token {
                        Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
                        Some(TokenTree::Group(group)) => self.tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| {
            before.iter().cloned().chain([ident.to_string()]).collect::<Vec<_>>()
        };
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.name(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.name(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.name(before),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.tree(before, tree));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) && item.content.is_some() {
            // Its items see through `super` what this file sees.
            self.module.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.tree(&[], &item.tree);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_test(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 && path.leading_colon.is_none() {
            let segments: Vec<_> =
                path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.name(&segments);
        }
        visit::visit_path(self, path);
    }
}

/// Whether an item is only there in tests: by `cfg(test)`, or `test` as one of `all`.
pub(crate) fn is_test(attributes: &[syn::Attribute]) -> bool {
    let is_test = |condition: &syn::Meta| condition.path().is_ident("test");
    let all_hold = |condition: &syn::Meta| {
        let list = condition.require_list().ok().filter(|list| list.path.is_ident("all"))?;
        list.parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated).ok()
    };
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.filter_map(|attribute| attribute.parse_args::<syn::Meta>().ok()).any(|condition| {
        is_test(&condition) || all_hold(&condition).is_some_and(|all| all.iter().any(is_test))
    })
}

/// The files of a crate, by their names below `src`.
fn files(src: &str) -> Vec<(String, String)> {
    let of_tests = |name: &str| name.ends_with("/tests.rs") || name.contains("/tests/");
    tracked()
        .into_iter()
        .filter(|name| name.starts_with(src) && name.ends_with(".rs") && !of_tests(name))
        // A program is a crate of its own beside the library.
        .filter(|name| name != &format!("{src}main.rs"))
        .filter_map(|name| Some((name[src.len()..].to_owned(), text(&name)?)))
        .collect()
}

/// The imports of each crate, by its `src`.
fn crates() -> BTreeMap<&'static str, Imports> {
    let of = |src| {
        let files = files(src);
        assert!(!files.is_empty(), "{src} has no files");
        (src, Imports::of(&files))
    };
    let all: BTreeSet<_> = houses::all().map(|house| house.src).collect();
    all.into_iter().map(of).collect()
}

#[test]
fn no_file_imports_itself_through_others() {
    let circles: Vec<_> = crates()
        .iter()
        .flat_map(|(src, imports)| {
            imports.circles().into_iter().map(move |line| format!("{src}: {line}"))
        })
        .collect();
    assert_none(&circles, "a circle is one room with two doors: move the name that closes it");
}

#[test]
fn no_room_imports_a_higher_one() {
    let crates = crates();
    let of = |house: &House| {
        let House { src, folder, rooms } = *house;
        let upward = crates[src].upward(folder, rooms).into_iter();
        upward.map(move |line| format!("{src}{folder}: {line}"))
    };
    let upward: Vec<_> = houses::all().flat_map(of).collect();
    assert_none(
        &upward,
        "the lower room knows nothing of the higher: move the name down, hand it in, or list a new \
         room in tests/tests/house/houses",
    );
}

#[test]
fn circles_and_arrows_are_found_whichever_way_they_are_written() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let of = |low: &str, high: &str| {
        let files = [
            file("lib.rs", "pub mod high; pub mod low;"),
            file("low.rs", low),
            file("high/mod.rs", "mod deep; pub use deep::Deep;"),
            file("high/deep.rs", high),
        ];
        Imports::of(&files)
    };
    let rooms: [&[&str]; 3] = [&["low"], &["high"], &["lib"]];
    let straight = "use crate::low::Low; pub struct Deep(Low);";
    let fine = of("use std::fmt; pub struct Low;", straight);
    assert_eq!((fine.circles(), fine.upward("", &rooms)), (vec![], vec![]));
    for up in [
        "use crate::high::Deep;",
        "use super::high::deep::Deep;",
        "use crate::{high::{deep::{self}}};",
        "fn low() { crate::high::deep::make(); }",
        "impl From<crate::high::Deep> for Low {}",
        "fn low() { assert!(a::b, (crate::high::make())); }",
        "#[cfg(not(test))] use crate::high::Deep;",
        "#[cfg(all(not(test), unix))] use crate::high::Deep;",
        "#[cfg(any(test, feature = \"x\"))] use crate::high::Deep;",
        "#[cfg(feature = \"test-util\")] use crate::high::Deep;",
    ] {
        let imports = of(up, straight);
        assert_eq!(imports.circles().len(), 1, "{up}");
        assert_eq!(imports.upward("", &rooms).len(), 1, "{up}");
    }
    for test in [
        "#[cfg(test)] mod tests { use crate::high::Deep; }",
        "#[cfg(test)] use crate::high::Deep;",
        "#[cfg(all(unix, test))] use crate::high::Deep;",
    ] {
        assert_eq!(of(test, straight).circles(), Vec::<String>::new(), "{test}");
    }
    let parent = of("", "use super::Deep as Own; pub struct Deep;");
    assert_eq!(parent.circles(), ["high -> high::deep -> high"]);
    assert_eq!(of("", "").upward("", &rooms[1..]).len(), 1, "a room that is not listed");
}
