//! The client core of Arena, the bundled game, for the browser.

#[cfg(feature = "verify")]
pub mod verify;

drumbeat_web::export!(drumbeat_arena::Arena);
