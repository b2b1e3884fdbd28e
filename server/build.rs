//! Has the page packed again when a file of it is added or removed. Those that are there already,
//! the compiler itself watches.

fn main() {
    println!("cargo::rerun-if-changed=../assets");
    println!("cargo::rerun-if-changed=../shared/games/board/page");
    println!("cargo::rerun-if-changed=../shared/games/chat/page");
    println!("cargo::rerun-if-changed=../shared/games/tag/page");
    println!("cargo::rerun-if-changed=build.rs");
}
