//! Tickets over time: used once, used up, and keys that change while tickets live.

use std::sync::Barrier;
use std::thread;

use super::once::{Once, Use};
use super::*;

fn once() -> (Tickets, String) {
    let tickets = requiring(&key_text(signer(Algorithm::EdDsa)));
    (tickets, ticket_with(Algorithm::EdDsa, json!({"jti": "a7f3"})))
}

#[test]
fn a_ticket_with_an_id_is_valid_once() {
    let (tickets, ticket) = once();
    let read = tickets.read(Some(&ticket), "main", NOW_S).unwrap().unwrap();
    let taken = tickets.take(&read, NOW_S).unwrap().unwrap();
    assert_eq!(check(&tickets, &ticket), Err(Refused::Used));
    // The same id in another ticket, but not that of another issuer.
    let same = ticket_with(Algorithm::EdDsa, json!({"jti": "a7f3", "exp": NOW_S + 90}));
    assert_eq!(check(&tickets, &same), Err(Refused::Used));
    let other = ticket_with(Algorithm::EdDsa, json!({"jti": "a7f3", "iss": "b"}));
    assert!(check(&tickets, &other).is_ok());
    // Who has not come in may try again, once.
    drop(taken);
    assert!(check(&tickets, &ticket).is_ok());
    assert_eq!(check(&tickets, &ticket), Err(Refused::Used));
    // Whatever the leeway allows, it is not valid twice.
    for now_s in NOW_S..NOW_S + 70 {
        let again = come_in(&tickets, Some(&ticket), "main", now_s).map(drop);
        let is_over = now_s >= NOW_S + 65;
        assert_eq!(again, Err(if is_over { Refused::Expired } else { Refused::Used }), "{now_s}");
    }
}

#[test]
fn a_refused_ticket_is_not_used() {
    let (tickets, _) = once();
    let ticket = ticket_with(Algorithm::EdDsa, json!({"jti": "1", "room": "red"}));
    assert_eq!(check(&tickets, &ticket), Err(Refused::Room));
    assert!(come_in(&tickets, Some(&ticket), "red", NOW_S).is_ok());
}

#[test]
fn of_many_at_the_same_time_one_is_let_in() {
    let (tickets, ticket) = once();
    let together = Barrier::new(16);
    let attempt = || {
        together.wait();
        check(&tickets, &ticket).map(drop)
    };
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(attempt)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == Err(Refused::Used)).count(), 15);
}

#[test]
fn a_full_memory_refuses_rather_than_forgets() {
    let once = Once::with_limit(2);
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|id| Use::of(None, id));
    assert_eq!(once.take(a, 10, 0), Ok(()));
    assert_eq!(once.take(b, 20, 0), Ok(()));
    assert_eq!(once.take(c, 30, 9), Err(Refused::MemoryFull));
    assert_eq!(once.take(a, 10, 9), Err(Refused::Used), "nothing was forgotten for it");
    assert_eq!(once.take(c, 30, 10), Ok(()), "the first has expired");
    assert_eq!(once.take(d, 30, 10), Err(Refused::MemoryFull));
    once.give_back(c);
    once.give_back(c);
    assert_eq!(once.take(d, 30, 10), Ok(()));
    assert_eq!(once.take(b, 20, 10), Err(Refused::Used));
}

#[test]
fn a_clock_that_is_set_back_makes_no_ticket_unused() {
    let once = Once::default();
    let [a, b, c] = ["a", "b", "c"].map(|id| Use::of(None, id));
    assert_eq!(once.take(a, 10, 0), Ok(()));
    assert_eq!(once.take(b, 1_000, 999), Ok(()));
    // `a` is forgotten; at 5 it would be valid again.
    assert_eq!(once.take(a, 10, 5), Err(Refused::Expired));
    assert_eq!(once.take(b, 1_000, 5), Err(Refused::Used));
    assert_eq!(once.take(c, 11, 5), Ok(()), "others are still taken");
}

#[test]
fn keys_change_while_tickets_live() {
    let [old, new] = [(); 2].map(|()| Signer::generate(Algorithm::EdDsa).unwrap());
    let [old_ticket, new_ticket] =
        [&old, &new].map(|signer| signer.ticket(&claims_with(json!({}))).unwrap());
    let file = TestFile::new(&key_text(&old));
    let tickets = Tickets::open(policy(&file)).unwrap();
    let expect = |step: &str, old_is_taken, new_is_taken| {
        assert_eq!(check(&tickets, &old_ticket).is_ok(), old_is_taken, "{step}");
        assert_eq!(check(&tickets, &new_ticket).is_ok(), new_is_taken, "{step}");
    };
    expect("at first", true, false);
    file.write(&(key_text(&new) + &key_text(&old)));
    expect("before it is looked at", true, false);
    tickets.refresh();
    expect("both", true, true);
    for broken in ["", "text:short", "-----BEGIN PUBLIC KEY-----\nAAAA", "{\"keys\":[]}"] {
        file.write(broken);
        tickets.refresh();
        expect("a broken file changes nothing", true, true);
    }
    fs::remove_file(&file.0).unwrap();
    tickets.refresh();
    expect("nor does none", true, true);
    file.write(&key_text(&new));
    tickets.refresh();
    expect("the old one is retired", false, true);
}

/// The same length, and perhaps the same moment.
#[test]
fn a_change_is_seen_by_what_is_in_the_file() {
    let [old, new] = [(); 2].map(|()| Signer::generate(Algorithm::EdDsa).unwrap());
    let file = TestFile::new(&key_text(&old));
    let before = fs::metadata(&file.0).unwrap();
    let tickets = Tickets::open(policy(&file)).unwrap();
    file.write(&key_text(&new));
    let written = fs::File::options().write(true).open(&file.0).unwrap();
    written.set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&file.0).unwrap().len(), before.len());
    tickets.refresh();
    assert!(check(&tickets, &new.ticket(&claims_with(json!({}))).unwrap()).is_ok());
}
