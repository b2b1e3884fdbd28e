//! The server embeds the page: it is built anew when a file comes or changes.

fn main() {
    println!("cargo::rerun-if-changed=page");
}
