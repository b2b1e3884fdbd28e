//! Runs a game's compiled browser core, without a browser, beside the native one.

use std::fs;
use std::path::Path;

use clap::Args;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::ClientMessage;
use drumbeat_shared::random_input::random_input;
use drumbeat_web::core::{Core, NOTHING, REFUSED};
use wasmi::{Engine, Instance, Linker, Memory, Module, Store, WasmParams, WasmResults};

use crate::seeds::{setup_of, with_seeds};
use crate::sim::Sim;
use crate::sim::chaos::disturb;

/// Seeds, and ticks played with each.
const SEEDS: u64 = 2;
const TICKS: u32 = 150;

/// See [`crate::laws::browser_core`].
pub(crate) fn law<G: Game<Settings: Args>>(map: &str, path: &Path) {
    let Ok(module) = fs::read(path) else {
        #[expect(clippy::print_stderr, reason = "for whoever runs the tests")]
        {
            eprintln!(
                "{} is not there: the browser core was not tried. Build it with the project's \
                 ./build-web (README.md says how), then run the tests again",
                path.display()
            );
        }
        return;
    };
    with_seeds(SEEDS, |seed| compare::<G>(map, seed, &module));
}

fn compare<G: Game<Settings: Args>>(map: &str, seed: u64, module: &[u8]) {
    let mut sim = Sim::<G>::new(map, setup_of(seed));
    let index = sim.join(1 << 20).expect("the rules refuse the first who joins");
    sim.clients[index].recorded = Some(Vec::new());
    let mut cores = Cores { native: Core::<G>::default(), browser: Browser::open(module) };
    cores.compare_schemas();
    cores.connect("p1", "sim");
    for _ in 0..TICKS {
        if sim.rng.one_in(4) {
            // Its connection stays whole.
            sim.join(1 << 16);
        }
        let others = sim.clients.len() as u32 - 1;
        if others > 0 {
            let other = 1 + sim.rng.below(others) as usize;
            disturb(&mut sim, other, &mut 0, random_input::<G>);
        }
        let received = sim.clients[index].recorded.replace(Vec::new()).unwrap_or_default();
        let input = random_input::<G>(&mut sim.rng);
        cores.tick(&received, input, sim.now_us as f64);
        sim.tick(random_input::<G>);
    }
    assert!(cores.native.tick() > 0.0, "no frame came");
}

/// The native core and the browser's, which are given the same.
struct Cores<G: Game> {
    native: Core<G>,
    browser: Browser,
}

impl<G: Game> Cores<G> {
    fn compare_schemas(&mut self) {
        self.native.schema();
        let _: u32 = self.browser.call("schema", ());
        let [ours, built] = [self.native.output.clone(), self.browser.output()];
        assert!(
            ours == built,
            "the browser core has another schema than these rules: build it anew. It says {}, and \
             the rules {}",
            String::from_utf8_lossy(&built),
            String::from_utf8_lossy(&ours)
        );
    }

    fn connect(&mut self, name: &str, room: &str) {
        let wanted = format!(r#"{{"name": "{name}", "room": "{room}", "spectate": false}}"#);
        self.give(wanted.as_bytes());
        assert_eq!(self.native.connect(wanted.len()), NOTHING);
        assert_eq!(self.browser.call::<_, u32>("connect", (wanted.len() as u32,)), NOTHING);
    }

    fn give(&mut self, bytes: &[u8]) {
        self.native.input[..bytes.len()].copy_from_slice(bytes);
        self.browser.give(bytes);
    }

    /// Both receive the messages, hold the input and send what is due, and are compared.
    fn tick(&mut self, messages: &[Vec<u8>], input: G::Input, now_us: f64) {
        for message in messages {
            self.give(message);
            let length = message.len();
            let native = self.native.receive(length, now_us);
            let browser: u32 = self.browser.call("receive", (length as u32, now_us));
            assert_eq!((native, browser), (NOTHING, NOTHING), "a message is not taken");
        }
        while self.deliver(now_us) != NOTHING {}
        let bytes = codec::encode(&input);
        self.give(&bytes);
        let held = self.native.hold(bytes.len(), now_us);
        let browser: u32 = self.browser.call("hold", (bytes.len() as u32, now_us));
        assert_eq!(browser != 0, held, "only one core takes {input:?}: build it anew");
        while self.transmit(now_us) {}
        self.compare();
    }

    fn deliver(&mut self, now_us: f64) -> u32 {
        let native = self.native.deliver(now_us);
        let browser: u32 = self.browser.call("deliver", now_us);
        let said = |refused: bool, output: &[u8]| match refused {
            true => String::from_utf8_lossy(output).into_owned(),
            false => "nothing".to_owned(),
        };
        assert_eq!(
            browser,
            native,
            "the browser core answers otherwise, and says {:?}: was it built from these rules?",
            said(browser == REFUSED, &self.browser.output())
        );
        assert!(native != REFUSED, "refused: {}", said(true, &self.native.output));
        native
    }

    fn transmit(&mut self, now_us: f64) -> bool {
        let native = self.native.transmit(now_us);
        let browser: u32 = self.browser.call("transmit", now_us);
        assert_eq!(self.browser.output(), self.native.output, "the cores send different messages");
        assert_eq!(native, browser as usize);
        let message = codec::decode_client::<ClientMessage<G::Input>>(&self.native.output);
        let is_resync = matches!(message, Ok(ClientMessage::Resync { .. }));
        assert!(!is_resync, "the view does not match: {message:?}");
        native > 0
    }

    /// Compares the confirmed states and the private one.
    fn compare(&mut self) {
        let count = self.native.truth();
        let browser: u32 = self.browser.call("truth", ());
        assert_eq!(browser as usize, count, "the browser core sees another number of entities");
        let bits: Vec<u32> = self.native.picture.iter().map(|number| number.to_bits()).collect();
        let pointer = self.browser.call("picture", ());
        assert_eq!(self.browser.words(pointer, bits.len()), bits, "the entities differ");
        let private: Vec<u32> = self.native.private().iter().map(|value| *value as u32).collect();
        let pointer = self.browser.call("private", ());
        assert_eq!(
            self.browser.words(pointer, private.len()),
            private,
            "the private state differs"
        );
        let tick: f64 = self.browser.call("tick", ());
        assert!((tick - self.native.tick()).abs() < f64::EPSILON, "{tick}");
    }
}

/// A browser core in an interpreter.
struct Browser {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Browser {
    fn open(module: &[u8]) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, module).expect("the core is a WebAssembly module");
        let mut store = Store::new(&engine, ());
        let linked = Linker::new(&engine).instantiate_and_start(&mut store, &module);
        let instance = linked.expect("the core imports nothing");
        let memory = instance.get_memory(&store, "memory").expect("the core has a memory");
        Self { store, instance, memory }
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, arguments: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name);
        let function = function.unwrap_or_else(|error| {
            panic!("the core has no such function {name}; build it anew: {error}")
        });
        let called = function.call(&mut self.store, arguments);
        called.unwrap_or_else(|error| panic!("the core fails in {name}: {error}"))
    }

    fn give(&mut self, bytes: &[u8]) {
        let at: u32 = self.call("input", ());
        self.memory.write(&mut self.store, at as usize, bytes).expect("the core's own buffer");
    }

    fn bytes(&self, at: u32, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.memory.read(&self.store, at as usize, &mut bytes).expect("the core's own buffer");
        bytes
    }

    fn output(&mut self) -> Vec<u8> {
        let (at, length): (u32, u32) = (self.call("output", ()), self.call("output_len", ()));
        self.bytes(at, length as usize)
    }

    fn words(&self, at: u32, count: usize) -> Vec<u32> {
        let bytes = self.bytes(at, 4 * count);
        let words = bytes.chunks_exact(4).map(|word| [word[0], word[1], word[2], word[3]]);
        words.map(u32::from_le_bytes).collect()
    }
}
