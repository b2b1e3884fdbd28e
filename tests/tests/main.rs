//! Tests that need no process of their own, in one program: what they share is compiled once, and linked
//! once. Each file says what it is about.

mod chat;
mod closes;
mod crowds;
mod descriptor;
mod documents;
mod events;
mod fair_shots;
mod feel;
mod fuzz_on_stable;
mod guide;
mod input_cheats;
mod laws;
mod lead;
mod live_rail;
mod live_wishes;
mod moderation;
mod own_game;
mod resume;
mod rewind_lies;
mod rooms;
mod seats;
mod simulation;
mod spectators;
mod tag_codes;
mod terminal_session;
mod vectors;
