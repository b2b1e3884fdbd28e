use super::*;
use crate::jobs::Jobs;

fn progress(done: u64) -> Progress {
    Progress { stage: "measuring", done, of: 9, unit: "s" }
}

/// What a job says from number `seen` on.
fn read(account: &Arc<Account>, seen: u64) -> (Vec<Value>, bool) {
    let mut reader = Reader::new(Arc::clone(account), seen);
    let mut said = Vec::new();
    loop {
        match reader.next() {
            Next::Say(framed) => said.push(serde_json::from_slice(&framed.json()).unwrap()),
            Next::Wait => return (said, false),
            Next::End => return (said, true),
        }
    }
}

#[test]
fn a_reader_gets_what_it_lacks_until_the_end() {
    let job = Jobs::default().begin("test", "A test", &json!({ "x": 1 }));
    let account = job.account();
    job.line("it begins");
    job.sample(progress(3), &json!({ "players": 7 }));
    let (said, is_over) = read(&account, 1);
    assert!(!is_over);
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(
        (&said[0]["job"]["last"], &said[0]["job"]["progress"]["done"]),
        (&2.into(), &3.into())
    );
    assert_eq!((&said[1]["n"], &said[1]["sample"]["players"]), (&2.into(), &7.into()));
    job.so_far(&json!({ "good": 1 }));
    job.finish(&json!({ "good": 2 }));
    let (said, is_over) = read(&account, 2);
    assert!(is_over && account.ends_at(4) && !account.ends_at(3));
    assert_eq!(said[1]["so_far"]["good"], 1);
    assert_eq!((&said[2]["end"], &said[2]["result"]["good"]), (&"done".into(), &2.into()));
    // A number of another job.
    assert_eq!(read(&account, 99).0.len(), 5);
}

#[test]
fn the_same_as_json_says_what_is_missing() {
    let job = Jobs::default().begin("test", "A test", &());
    let account = job.account();
    let json = |seen| serde_json::from_slice::<Value>(&account.json_since(seen)).unwrap();
    let empty = json(u64::MAX);
    assert_eq!((&empty["entries"], &empty["missed"]), (&json!([]), &0.into()));
    for n in 0..ENTRIES_MAX + 10 {
        job.line(&n.to_string());
    }
    let all = json(0);
    assert_eq!((&all["missed"], &all["last"]), (&10.into(), &(ENTRIES_MAX + 10).into()));
    let entries = all["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["line"]), (ENTRIES_MAX, &"10".into()));
    let last = json(ENTRIES_MAX as u64 + 9);
    assert_eq!((&last["missed"], last["entries"].as_array().unwrap().len()), (&0.into(), 1));
    let (said, _) = read(&account, 4);
    assert_eq!((&said[1]["missed"], &said[2]["n"]), (&6.into(), &11.into()));
}

#[test]
fn what_a_job_says_is_bounded() {
    let job = Jobs::default().begin("test", "A test", &());
    let account = job.account();
    job.line(&"\u{e4}".repeat(LINE_CHARS_MAX + 1));
    job.sample(progress(1), &json!({ "text": "x".repeat(SAMPLE_BYTES_MAX) }));
    let (said, _) = read(&account, 0);
    assert_eq!(said[1]["line"].as_str().unwrap().chars().count(), LINE_CHARS_MAX);
    assert_eq!((&said[2]["sample"], &said[2]["progress"]["done"]), (&Value::Null, &1.into()));
    // Each takes six bytes in JSON.
    let wide = "\u{1}".repeat(LINE_CHARS_MAX);
    (0..ENTRIES_MAX).for_each(|_| job.line(&wide));
    let (held, bytes) = {
        let notes = account.notes();
        (notes.entries.len(), notes.bytes)
    };
    assert!(bytes <= ENTRY_BYTES_MAX && held < ENTRIES_MAX, "{held} entries, {bytes} bytes");
    job.finish(&"x".repeat(RESULT_BYTES_MAX));
    let last = account.notes().count;
    let (said, is_over) = read(&account, last - 2);
    assert!(is_over);
    assert!(said[1]["line"].as_str().unwrap().contains("the limit is"), "{said:?}");
    assert_eq!((&said[2]["end"], &said[2]["result"]), (&"done".into(), &Value::Null));
}

#[test]
fn a_job_that_is_dropped_has_failed_and_says_nothing_after_its_end() {
    let jobs = Jobs::default();
    let job = jobs.begin("test", "A test", &());
    let account = job.account();
    drop(job);
    let (said, is_over) = read(&account, 0);
    assert!(is_over);
    assert_eq!((&said[0]["job"]["state"], &said[1]["end"]), (&"failed".into(), &"failed".into()));
    let job = jobs.begin("test", "A test", &());
    let account = job.account();
    job.fail("no server answers");
    let (said, _) = read(&account, 0);
    assert_eq!((said.len(), &said[1]["reason"]), (2, &"no server answers".into()));
}
