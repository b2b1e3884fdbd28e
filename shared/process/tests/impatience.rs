//! When a further signal counts. The only test of its process, since it signals itself.

#![cfg(unix)]

use std::sync::mpsc::sync_channel;
use std::thread::sleep;
use std::time::Duration;

use drumbeat_process::{Asker, Endings};
use rustix::process::{Signal, getpid, kill_process};

/// How long anything may take before the test fails; no measure of speed.
const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn a_further_signal_counts_only_after_a_second() {
    let (sender, at_once) = sync_channel(1);
    let endings = Endings::listen(move || sender.send(()).unwrap()).unwrap();
    let send = |signal| kill_process(getpid(), signal).unwrap();
    assert!(!*endings.watch().borrow());
    send(Signal::INT);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(endings.asked());
    assert_eq!(endings.asker(), Some(Asker::Person));
    send(Signal::INT);
    send(Signal::TERM);
    // The test is about this time.
    sleep(Duration::from_millis(1_100));
    assert!(at_once.try_recv().is_err(), "one wish");
    // Whoever waits for it hears the second wish instead.
    runtime.block_on(async {
        let hurried = endings.hurried();
        tokio::pin!(hurried);
        tokio::select! {
            biased;
            () = hurried.as_mut() => panic!("nobody hurries yet"),
            () = async {} => {}
        }
        send(Signal::TERM);
        hurried.await;
    });
    sleep(Duration::from_millis(1_100));
    assert!(at_once.try_recv().is_err(), "it was for the one who waited");
    send(Signal::HUP);
    at_once.recv_timeout(LIMIT).expect("the third wish is heard");
    runtime.block_on(endings.asked());
}
