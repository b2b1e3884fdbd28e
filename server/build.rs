//! Has the program built again when a file is added to the assets that it embeds.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rerun-if-changed=../assets");
}
