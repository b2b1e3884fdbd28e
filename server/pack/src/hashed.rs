//! Addresses with the hash of what they lead to: a browser may keep such a file for good, since other
//! contents have another address.

/// What follows the path of such an address, before the hash: `server/src/net/assets.rs` reads it.
const MARK: &str = "?content=";

/// An HTML file with the hash of each file that its scripts, style sheets and icons name; so with other
/// links that have `data-hashed`. `tag_of` knows the files, by their paths from the top of the page; `path`
/// is the file's own. What else a page loads, and what a preload is for, is named by its scripts, which
/// nobody changes here.
pub(crate) fn with_hashes(html: &str, path: &str, tag_of: impl Fn(&str) -> Option<u64>) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut whole = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end);
        let tag = &rest[start..end];
        let address = address(tag);
        let hashed = address.and_then(|at| {
            let named = &tag[at.clone()];
            Some((at.end, tag_of(&resolve(folder, named)?)?))
        });
        if let Some((at, hash)) = hashed {
            whole.push_str(&rest[..start + at]);
            whole.push_str(&format!("{MARK}{hash:016x}"));
            whole.push_str(&tag[at..]);
        } else {
            whole.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    whole.push_str(rest);
    whole
}

/// Where in a tag the address stands that may have a hash.
fn address(tag: &str) -> Option<std::ops::Range<usize>> {
    let name = if tag.starts_with("<script ") {
        " src=\""
    } else if tag.starts_with("<link ") && is_hashed_link(tag) {
        " href=\""
    } else {
        return None;
    };
    let start = tag.find(name)? + name.len();
    Some(start..start + tag[start..].find('"')?)
}

fn is_hashed_link(tag: &str) -> bool {
    let rel = tag.split_once(" rel=\"").and_then(|(_, rest)| rest.split_once('"'));
    let kinds = ["stylesheet", "icon", "apple-touch-icon"];
    let is_final = rel.is_some_and(|(rel, _)| rel.split(' ').any(|kind| kinds.contains(&kind)));
    is_final || tag.contains(" data-hashed")
}

/// The path from the top of the page to which an address in this folder leads; `None` if it leads
/// elsewhere.
fn resolve(folder: &str, address: &str) -> Option<String> {
    if address.starts_with('/') || address.contains([':', '?', '#']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_names_for_good_has_its_hash() {
        let tag_of = |path: &str| match path {
            "page.js" => Some(0xab),
            "sub/page.css" => Some(7),
            _ => None,
        };
        let check = |path: &str, html: &str, expected: &str| {
            assert_eq!(with_hashes(html, path, tag_of), expected);
        };
        let same = |html: &str| check("index.html", html, html);
        check(
            "index.html",
            "<p>a > b<script type=\"module\" src=\"page.js\"></script><link rel=\"stylesheet\" href=\"./sub/page.css\">",
            "<p>a > b<script type=\"module\" src=\"page.js?content=00000000000000ab\"></script>\
             <link rel=\"stylesheet\" href=\"./sub/page.css?content=0000000000000007\">",
        );
        check(
            "sub/index.html",
            "<link href=\"page.css\" rel=\"icon\"><script src=\"../page.js\">",
            "<link href=\"page.css?content=0000000000000007\" rel=\"icon\">\
             <script src=\"../page.js?content=00000000000000ab\">",
        );
        check(
            "index.html",
            "<link rel=\"preload\" href=\"page.js\" data-hashed>",
            "<link rel=\"preload\" href=\"page.js?content=00000000000000ab\" data-hashed>",
        );
        same(
            "<link rel=\"modulepreload\" href=\"page.js\"><link rel=\"manifest\" href=\"page.js\">",
        );
        same(
            "<script src=\"gone.js\"></script><script src=\"https://a.example/page.js\"></script>",
        );
        same(
            "<script src=\"/page.js\"></script><script src=\"../page.js\"></script><script>let a = 1 < 2;</script>",
        );
        same("<script src=\"page.js?own\"></script><a href=\"page.js\">page.js</a> < ");
    }
}
