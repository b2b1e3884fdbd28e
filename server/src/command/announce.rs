//! Where to play, said once the server listens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use drumbeat_shared::game::{Game, Setup};
use tracing::field::display;
use tracing::info;

use crate::config::LogFormat;
use crate::program::{ENGINE_VERSION, Program};
use crate::telemetry::logging;

/// Bots of the swarm that the text proposes, if a room takes as many.
const BOTS: u16 = 50;

/// What there is to say of a server that listens.
pub(super) struct Announcement<'a, S> {
    pub(super) program: &'a Program,
    pub(super) address: SocketAddr,
    /// Where those who run it reach it, if they can.
    pub(super) admin: Option<SocketAddr>,
    pub(super) is_tls: bool,
    pub(super) has_page: bool,
    /// The map's name, unless there is none.
    pub(super) map: Option<&'a str>,
    pub(super) setup: &'a Setup<S>,
}

impl<S> Announcement<'_, S> {
    /// Says it to a person on standard output, to a machine in the log.
    pub(super) fn make<G: Game>(&self, format: LogFormat) {
        let Self { program, address, admin, map, setup, .. } = *self;
        if format == LogFormat::Json {
            let version = program.version.unwrap_or(ENGINE_VERSION);
            // Filters can let this line through by its own target, whatever else they leave out.
            let admin = admin.map(display);
            info!(
                target: "drumbeat", %address, admin, version, game = G::NAME, map, seed = setup.seed,
                "listening"
            );
            return;
        }
        logging::say(&self.text::<G>());
    }

    fn text<G: Game>(&self) -> String {
        // A browser cannot open the address that stands for all addresses.
        let (ip, everywhere) = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => (IpAddr::V4(Ipv4Addr::LOCALHOST), true),
            IpAddr::V6(ip) if ip.is_unspecified() => (IpAddr::V6(Ipv6Addr::LOCALHOST), true),
            ip => (ip, false),
        };
        let here = SocketAddr::new(ip, self.address.port());
        let elsewhere = if everywhere { ", or this machine's own address" } else { "" };
        let map = self.map.map_or(String::new(), |map| format!("map {map}, "));
        let Setup { seed, capacity, tick_hz, .. } = *self.setup;
        let (http, ws) = if self.is_tls { ("https", "wss") } else { ("http", "ws") };
        let mut lines = if self.has_page {
            vec![format!("play   {http}://{here}{elsewhere}")]
        } else {
            let api = format!("api    {http}://{here}/api/rooms{elsewhere}");
            vec![api, "page   none; --page FOLDER serves one".to_owned()]
        };
        lines.push(format!("rooms  {capacity} players each, {tick_hz} ticks/s, {map}seed {seed}"));
        // Without cargo, the swarm's program is beside this one; with cargo, it is built first.
        if let Some(swarm) = self.program.swarm {
            let swarm = match std::env::var_os("CARGO") {
                Some(_) => format!("cargo run --release -p {swarm} --"),
                None => swarm.to_owned(),
            };
            let game = match self.program.games.first() {
                Some(first) if *first != G::NAME => format!(" --game {}", G::NAME),
                _ => String::new(),
            };
            // Hardly any certificate is for the address of this machine.
            let trust = if self.is_tls { " --insecure" } else { "" };
            // No more than one room takes.
            let bots = capacity.min(BOTS);
            lines.push(format!("load   {swarm}{game} --url {ws}://{here}{trust} --bots {bots}"));
        }
        if let Some(admin) = self.admin {
            lines.push(format!("admin  http://{admin} (metrics, players, bans)"));
        }
        lines.push("stop   Ctrl-C".to_owned());
        format!("\n  {}\n\n  {}\n\n", self.program.title::<G>(), lines.join("\n  "))
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::Toy;

    use super::*;
    use crate::page::Page;

    #[test]
    fn a_line_is_there_only_if_it_says_something() {
        let setup = Setup { seed: 7, capacity: 64, tick_hz: 30, settings: () };
        let text = |program: &Program, map, has_page| {
            let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 7777));
            let admin = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8777)));
            let is_tls = false;
            Announcement { program, address, admin, is_tls, has_page, map, setup: &setup }
                .text::<Toy>()
        };
        let program = Program::new("drumbeat", Page::none()).version("1.2.3").swarm("the-bots");
        let full = text(&program, Some("belt (built in)"), true);
        let (before, after) = full.split_once("  load   ").unwrap();
        assert_eq!(
            before,
            "\n  Drumbeat 1.2.3: toy\n\n\
             \x20 play   http://127.0.0.1:7777, or this machine's own address\n\
             \x20 rooms  64 players each, 30 ticks/s, map belt (built in), seed 7\n"
        );
        assert!(after.contains("the-bots "), "{after}");
        let end = "  admin  http://127.0.0.1:8777 (metrics, players, bans)\n  stop   Ctrl-C\n\n";
        assert!(
            after.ends_with(&format!(" --url ws://127.0.0.1:7777 --bots 50\n{end}")),
            "{after}"
        );
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 7777));
        let encrypted = Announcement {
            program: &program,
            address,
            admin: None,
            is_tls: true,
            has_page: true,
            map: None,
            setup: &Setup { capacity: 8, ..setup.clone() },
        };
        let encrypted = encrypted.text::<Toy>();
        for part in
            ["play   https://127.0.0.1:7777\n", " --url wss://127.0.0.1:7777 --insecure --bots 8\n"]
        {
            assert!(encrypted.contains(part), "{part} in {encrypted}");
        }
        let bare = text(&Program::new("dots", Page::none()), None, false);
        for part in ["  dots on Drumbeat ", "/api/rooms", "--page FOLDER", "ticks/s, seed 7\n"] {
            assert!(bare.contains(part), "{part} in {bare}");
        }
        assert!(!bare.contains("play  ") && !bare.contains("--bots"), "{bare}");
    }
}
