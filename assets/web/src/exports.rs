//! The functions that JavaScript calls (`assets/js/net/core.js`): numbers in, numbers out, bytes
//! through the input and the output of [`Core`].
//!
//! A pointer is valid until the next call. Lengths are in bytes, times in microseconds of one
//! monotonic clock.
#![expect(unsafe_code, reason = "an exported symbol needs #[unsafe(no_mangle)]; no body is unsafe")]

use std::cell::RefCell;

use drumbeat_shared::client::DRAW_STRIDE;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::messages::Watch;

use crate::core::Core;
#[cfg(feature = "verify")]
use crate::verify;

thread_local! {
    static CORE: RefCell<Core> = RefCell::default();
}

fn with<T>(call: impl FnOnce(&mut Core) -> T) -> T {
    CORE.with_borrow_mut(call)
}

/// Declares exported functions: name, arguments and body.
macro_rules! export {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $in:ty),*) $(-> $out:ty)? $body:block)*) => {$(
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($arg: $in),*) $(-> $out)? $body
    )*};
}

export! {
    /// The buffer for JavaScript's bytes.
    fn input() -> *mut u8 { with(|core| core.input.as_mut_ptr()) }
    /// The capacity of the input, in bytes.
    fn input_cap() -> usize { with(|core| core.input.len()) }
    /// The bytes of the last call.
    fn output() -> *const u8 { with(|core| core.output.as_ptr()) }
    /// The number of output bytes.
    fn output_len() -> usize { with(|core| core.output.len()) }
    /// [`Core::connect`].
    fn connect(name_len: usize, room_len: usize, spectate: u32) {
        with(|core| core.connect(name_len, room_len, spectate != 0));
    }
    /// [`Core::receive`].
    fn receive(len: usize, now_us: f64) -> u32 { with(|core| core.receive(len, now_us)) }
    /// [`Core::deliver`].
    fn deliver(now_us: f64) -> u32 { with(|core| core.deliver(now_us)) }
    /// [`Core::hold`].
    fn hold(len: usize, now_us: f64) -> u32 { with(|core| core.hold(len, now_us)).into() }
    /// [`Core::transmit`].
    fn transmit(now_us: f64) -> usize { with(|core| core.transmit(now_us)) }
    /// [`Core::chat`].
    fn chat(len: usize) -> u32 { with(|core| core.chat(len)).into() }
    /// [`Core::watch`]: the leader.
    fn watch_leader() { with(|core| core.watch(Watch::Leader)); }
    /// [`Core::watch`]: a player.
    fn watch_player(player: u32) {
        with(|core| core.watch(Watch::Player(PlayerId(player as u16))));
    }
    /// [`Core::watch`]: a place, in grid units.
    fn watch_place(x: i32, y: i32) { with(|core| core.watch(Watch::Place { x, y })); }
    /// [`Core::set_link`].
    fn set_link(len: usize) -> u32 { with(|core| core.set_link(len)).into() }
    /// [`Core::set_switches`].
    fn set_switches(bits: u32) { with(|core| core.set_switches(bits)); }
    /// [`Core::reset_feel`].
    fn reset_feel() { with(Core::reset_feel); }
    /// [`Core::truth`].
    fn truth() -> usize { with(Core::truth) }
    /// [`Core::path`].
    fn path() -> usize { with(Core::path) }
    /// [`Core::live`].
    fn live(now_us: f64) -> usize { with(|core| core.live(now_us)) }
    /// [`Core::draw`].
    fn draw(now_us: f64) -> usize { with(|core| core.draw(now_us)) }
    /// Numbers per drawn entity.
    fn draw_stride() -> usize { DRAW_STRIDE }
    /// The numbers of the last draw, truth or path.
    fn picture() -> *const f32 { with(|core| core.picture.as_ptr()) }
    /// [`Core::tick`].
    fn tick() -> f64 { with(|core| core.tick()) }
    /// The player's private state: `private_len` 32-bit integers.
    fn private() -> *const i32 {
        with(|core| {
            core.private();
            core.private.as_ptr()
        })
    }
    /// Number of integers in the private state.
    fn private_len() -> usize { with(|core| core.private.len()) }
    /// [`Core::name`].
    fn name(player: u32) -> usize { with(|core| core.name(player as u16)) }
    /// [`Core::notice`].
    fn notice() -> usize { with(Core::notice) }
    /// [`Core::welcome`].
    fn welcome() -> usize { with(Core::welcome) }
    /// [`Core::stats`].
    fn stats() -> usize { with(Core::stats) }
}

#[cfg(feature = "verify")]
export! {
    /// [`verify::simulate`].
    fn simulate(seed: u64, ticks: u32, players: u32) -> u64 {
        verify::simulate(seed, ticks, players as u16)
    }
    /// [`verify::replay`] of the messages in the input, each preceded by its length (32 bits,
    /// little endian); writes the hashes, 8 bytes each.
    fn replay(len: usize) -> usize {
        with(|core| {
            let mut rest = &core.input[..len.min(core.input.len())];
            let mut messages = Vec::new();
            while let Some((head, tail)) = rest.split_first_chunk() {
                let (message, tail) = tail.split_at((u32::from_le_bytes(*head) as usize).min(tail.len()));
                messages.push(message);
                rest = tail;
            }
            let hashes = verify::replay(messages);
            core.output = hashes.into_iter().flat_map(u64::to_le_bytes).collect();
            core.output.len()
        })
    }
}
