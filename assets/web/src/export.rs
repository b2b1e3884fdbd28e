//! The functions that JavaScript calls (`assets/js/net/core.js`): numbers in, numbers out, bytes
//! through the input and the output of [`crate::core::Core`].
//!
//! A pointer is valid until the next call. Lengths are in bytes, times in microseconds of one
//! monotonic clock.

/// Exports functions to JavaScript: name, arguments and body. [`export!`](crate::export) exports a
/// whole core; this adds functions of a crate's own to it.
#[macro_export]
macro_rules! functions {
    ($($(#[$attribute:meta])* fn $name:ident($($arg:ident: $in:ty),*) $(-> $out:ty)? $body:block)*) => {$(
        $(#[$attribute])*
        // JavaScript finds a function by its name only. That is unsafe as two symbols may bear one
        // name; in a module of WebAssembly, which links nothing else, none does. Other targets keep
        // Rust's names: a native `connect` would replace the system's.
        #[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
        pub extern "C" fn $name($($arg: $in),*) $(-> $out)? $body
    )*};
}

/// Exports the client core of a game to JavaScript. Write it at the top of a crate that holds
/// nothing else. The crate's own [`functions!`](crate::functions) reach the core through
/// `with_core`, which this defines.
#[macro_export]
macro_rules! export {
    ($game:ty) => {
        thread_local! {
            static CORE: ::core::cell::RefCell<$crate::core::Core<$game>> =
                ::core::cell::RefCell::default();
        }

        /// Calls `call` with the core of this thread.
        fn with_core<T>(call: impl FnOnce(&mut $crate::core::Core<$game>) -> T) -> T {
            CORE.with_borrow_mut(call)
        }

        $crate::functions! {
            /// The buffer for JavaScript's bytes.
            fn input() -> *mut u8 { with_core(|core| core.input.as_mut_ptr()) }
            /// The capacity of the input, in bytes.
            fn input_cap() -> usize { with_core(|core| core.input.len()) }
            /// The bytes of the last call.
            fn output() -> *const u8 { with_core(|core| core.output.as_ptr()) }
            /// The number of output bytes.
            fn output_len() -> usize { with_core(|core| core.output.len()) }
            /// `Core::schema`.
            fn schema() -> usize { with_core(|core| core.schema()) }
            /// `Core::connect`.
            fn connect(len: usize) -> u32 { with_core(|core| core.connect(len)) }
            /// `Core::renew`.
            fn renew(len: usize) { with_core(|core| core.renew(len)); }
            /// `Core::receive`.
            fn receive(len: usize, now_us: f64) -> u32 { with_core(|core| core.receive(len, now_us)) }
            /// `Core::deliver`.
            fn deliver(now_us: f64) -> u32 { with_core(|core| core.deliver(now_us)) }
            /// `Core::hold`.
            fn hold(len: usize, now_us: f64) -> u32 { with_core(|core| core.hold(len, now_us)).into() }
            /// `Core::hold_values`.
            fn hold_values(count: usize, now_us: f64) -> u32 {
                with_core(|core| core.hold_values(count, now_us)).into()
            }
            /// `Core::transmit`.
            fn transmit(now_us: f64) -> usize { with_core(|core| core.transmit(now_us)) }
            /// `Core::chat`.
            fn chat(len: usize) -> u32 { with_core(|core| core.chat(len)).into() }
            /// `Core::whisper`.
            fn whisper(to: u32, len: usize) -> u32 {
                with_core(|core| core.whisper(to as u16, len)).into()
            }
            /// `Core::report`.
            fn report(line: u32) { with_core(|core| core.report(line)); }
            /// `Core::command`.
            fn command(len: usize) -> u32 { with_core(|core| core.command(len)) }
            /// `Core::changed_record`.
            fn changed_record() -> u32 { with_core(|core| core.changed_record()) }
            /// `Core::record`.
            fn record(id: u32) -> usize { with_core(|core| core.record(id)) }
            /// `Core::has_document`.
            fn has_document() -> u32 { with_core(|core| core.has_document()).into() }
            /// `Core::watch_leader`.
            fn watch_leader() { with_core(|core| core.watch_leader()); }
            /// `Core::watch_player`.
            fn watch_player(player: u32) { with_core(|core| core.watch_player(player as u16)); }
            /// `Core::watch_place`.
            fn watch_place(x: i32, y: i32) { with_core(|core| core.watch_place(x, y)); }
            /// `Core::set_link`.
            fn set_link(len: usize) -> u32 { with_core(|core| core.set_link(len)).into() }
            /// `Core::set_switches`.
            fn set_switches(bits: u32) { with_core(|core| core.set_switches(bits)); }
            /// `Core::reset_feel`.
            fn reset_feel() { with_core(|core| core.reset_feel()); }
            /// `Core::truth`.
            fn truth() -> usize { with_core(|core| core.truth()) }
            /// `Core::path`.
            fn path() -> usize { with_core(|core| core.path()) }
            /// `Core::live`.
            fn live(now_us: f64) -> usize { with_core(|core| core.live(now_us)) }
            /// `Core::draw`.
            fn draw(now_us: f64) -> usize { with_core(|core| core.draw(now_us)) }
            /// Numbers per drawn entity.
            fn draw_stride() -> usize { $crate::core::STRIDE }
            /// The numbers of the last draw, truth or path.
            fn picture() -> *const f32 { with_core(|core| core.picture.as_ptr()) }
            /// `Core::tick`.
            fn tick() -> f64 { with_core(|core| core.tick()) }
            /// The player's private state: `private_len` 32-bit integers.
            fn private() -> *const i32 { with_core(|core| core.private().as_ptr()) }
            /// Number of integers in the private state.
            fn private_len() -> usize { with_core(|core| core.private().len()) }
            /// `Core::name`.
            fn name(player: u32) -> usize { with_core(|core| core.name(player as u16)) }
            /// `Core::read_players`.
            fn read_players() { with_core(|core| core.read_players()); }
            /// `Core::players`.
            fn players() -> usize { with_core(|core| core.players()) }
            /// `Core::notice`.
            fn notice() -> usize { with_core(|core| core.notice()) }
            /// `Core::welcome`.
            fn welcome() -> usize { with_core(|core| core.welcome()) }
            /// `Core::stats`.
            fn stats() -> usize { with_core(|core| core.stats()) }
        }
    };
}
