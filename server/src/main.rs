//! The `drumbeat` command: the server of the bundled games.
//!
//! This is the only place of the server that names a game.

use std::process::ExitCode;

use drumbeat_arena::Arena;
use drumbeat_board::Board;
use drumbeat_chat::Chat;
use drumbeat_server::{Games, Program, page};
use drumbeat_tag::Tag;

fn main() -> ExitCode {
    if let Some(code) = drumbeat_dev::run(std::env::args_os()) {
        return code;
    }
    let games = Games::new::<Arena>(arena()).with::<Tag>(tag());
    games.with::<Board>(board()).with::<Chat>(chat()).run()
}

fn arena() -> Program {
    // The source of the client core, and files that only tools outside a page read.
    let page = page!(
        "../assets",
        without = ["web", "js/package.json", "core.wasm.sources"],
        bundle = "built"
    );
    Program::new("drumbeat", page)
        .about(
            "Drumbeat, an authoritative multiplayer game state server. Without arguments it \
             serves a playable game at http://127.0.0.1:7777",
        )
        .more(drumbeat_dev::HELP)
        .map("belt", include_str!("../../assets/maps/belt.toml"))
        .swarm("drumbeat-bots")
}

fn tag() -> Program {
    let page = page!("../shared/games/tag/page", without = ["core.wasm.sources"]);
    Program::new("drumbeat", page)
        .about(
            "Tag with coins, the second game of Drumbeat: whoever is it runs after the others. It \
             is served at http://127.0.0.1:7777",
        )
        .more("README.md, in the source code, explains more.")
        .swarm("drumbeat-bots")
}

fn board() -> Program {
    let page =
        page!("../shared/games/board/page", without = ["app/package.json", "core.wasm.sources"]);
    Program::new("drumbeat", page)
        .about(
            "Board, a whiteboard on Drumbeat: whoever opens http://127.0.0.1:7777 draws on it with \
             the others",
        )
        .more("README.md, in the source code, explains more.")
        .swarm("drumbeat-bots")
}

fn chat() -> Program {
    let page = page!("../shared/games/chat/page", without = ["core.wasm.sources"]);
    Program::new("drumbeat", page)
        .about(
            "Chat, the third game of Drumbeat: rooms in which people only talk. It is served at \
             http://127.0.0.1:7777",
        )
        .more("README.md, in the source code, explains more.")
}
