//! Runs a scenario.

use crate::climb::climb;
use crate::harness::{BenchError, Harness};
use crate::outcome::Outcome;
use crate::scenario::{Course, Form, Scenario};

/// Runs a scenario. Its outcome holds the failures, and the runs completed before them.
pub(crate) async fn measure(
    scenario: &'static Scenario,
    form: &Form,
    harness: &mut Harness,
) -> Outcome {
    let mut outcome = Outcome::new(scenario);
    match follow((scenario.course)(form), &mut outcome, harness).await {
        Ok(()) => {
            outcome.find_figures();
            outcome.notes.extend((scenario.note)(&outcome.runs));
        }
        Err(error) => {
            if !matches!(error, BenchError::Interrupted) {
                outcome.notes.push(format!("{} was not measured: {error}", scenario.name));
            }
            outcome.problem = Some(error.to_string());
        }
    }
    outcome.note_doubts();
    outcome.mark(form.quick, harness.pins.problem.as_deref());
    outcome
}

async fn follow(
    course: Course,
    outcome: &mut Outcome,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    let (times, loads, floor) = match course {
        Course::Turns { times, loads, floor } => (times, loads, floor),
        Course::Climb(steps) => return climb(steps, outcome, harness).await,
    };
    for _ in 0..times {
        for load in &loads {
            let name = outcome.scenario.name;
            let run = match floor {
                true => harness.run_and_floor(name, load).await?,
                false => harness.run(name, load).await?,
            };
            outcome.add(run);
        }
    }
    Ok(())
}
