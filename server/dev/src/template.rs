//! The files of a new project. `server/dev/template` is a project itself, whose name and whose way
//! to the engine are replaced.

/// A file of a project.
pub(crate) struct File {
    /// From the top of the project, with `/` between.
    pub(crate) path: &'static str,
    text: &'static str,
    /// Whether people run it.
    pub(crate) is_program: bool,
}

macro_rules! files {
    ($($path:literal $($program:ident)?),* $(,)?) => {
        &[$(File {
            path: $path,
            text: include_str!(concat!("../template/", $path)),
            is_program: files!(@ $($program)?),
        }),*]
    };
    (@ program) => { true };
    (@) => { false };
}

const FILES: &[File] = files![
    ".gitignore",
    "Cargo.toml",
    "README.md",
    "build-web" program,
    "build.rs",
    "page/index.html",
    "page/page.js",
    "page/style.css",
    "src/bin/bots.rs",
    "src/lib.rs",
    "src/main.rs",
    "tests/laws.rs",
];
/// The versions of packages that this engine is tested with.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// The name in the template.
const NAME: &str = "starter";
/// The template's way to the top of the engine, in its manifest.
const ENGINE: &str = "path = \"../../..";

/// Where a project finds the engine.
#[derive(Debug, PartialEq)]
pub(crate) enum Engine {
    /// In this folder.
    Path(String),
    /// In a repository, at a revision or at its newest one.
    Git { url: String, rev: Option<String> },
}

/// The files of the project of this name: path, text, whether people run it.
pub(crate) fn project(
    name: &str,
    engine: &Engine,
) -> impl Iterator<Item = (&'static str, String, bool)> {
    let lock = ("Cargo.lock", LOCK.to_owned(), false);
    let filled = move |file: &'static File| {
        let text = match file.path {
            "Cargo.toml" => manifest(file.text, engine).replace(NAME, name),
            // A crate's name has no hyphen.
            path if path.ends_with(".rs") => file.text.replace(NAME, &name.replace('-', "_")),
            _ => file.text.replace(NAME, name),
        };
        (file.path, text, file.is_program)
    };
    FILES.iter().map(filled).chain([lock])
}

/// The manifest with another way to the engine.
fn manifest(text: &str, engine: &Engine) -> String {
    // Within quotes, TOML reads backslashes and quotes as JSON does.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let lines = text.lines().map(|line| {
        let Some((before, rest)) = line.split_once(ENGINE) else { return line.to_owned() };
        let (folder, after) = rest.split_once('"').unwrap_or((rest, ""));
        match engine {
            Engine::Path(top) => {
                format!("{before}path = {}{after}", quoted(&format!("{top}{folder}")))
            }
            Engine::Git { url, rev } => {
                let rev = rev.as_ref().map(|rev| format!(", rev = {}", quoted(rev)));
                format!("{before}git = {}{}{after}", quoted(url), rev.unwrap_or_default())
            }
        }
    });
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The files below a folder of the template but those that a build leaves there.
    fn list(top: &Path, folder: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(top.join(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if ["target", "Cargo.lock", "page/core.wasm"].contains(&path.as_str()) {
                continue;
            }
            if entry.path().is_dir() { list(top, &path, found) } else { found.push(path) }
        }
    }

    #[test]
    fn every_file_of_the_template_is_written() {
        let top = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/template"));
        let mut found = Vec::new();
        list(top, "", &mut found);
        found.sort();
        let written: Vec<&str> = FILES.iter().map(|file| file.path).collect();
        assert_eq!(written, found);
    }

    #[test]
    fn name_and_engine_are_those_of_the_project() {
        let text = |engine: &Engine, wanted: &str| {
            let mut files = project("two-dots", engine);
            files.find(|(path, ..)| *path == wanted).unwrap().1
        };
        let path = Engine::Path("/my \"engines\"/drumbeat".into());
        let manifest = text(&path, "Cargo.toml");
        for part in [
            "name = \"two-dots\"",
            "drumbeat-web = { path = \"/my \\\"engines\\\"/drumbeat/assets/web\" }\n",
        ] {
            assert!(manifest.contains(part), "{part} in {manifest}");
        }
        assert!(!manifest.contains(ENGINE), "{manifest}");
        assert!(text(&path, "src/main.rs").contains("use two_dots::Rules;"));
        assert!(text(&path, "page/index.html").contains("<title>two-dots</title>"));

        let url = "https://example.com/drumbeat".to_owned();
        let newest = Engine::Git { url: url.clone(), rev: None };
        let part = "drumbeat-web = { git = \"https://example.com/drumbeat\" }\n";
        assert!(text(&newest, "Cargo.toml").contains(part));
        let pinned = Engine::Git { url, rev: Some("1a2b".into()) };
        let part = "drumbeat-web = { git = \"https://example.com/drumbeat\", rev = \"1a2b\" }\n";
        assert!(text(&pinned, "Cargo.toml").contains(part));
    }
}
