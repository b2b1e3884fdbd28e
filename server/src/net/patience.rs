//! Time limits that a stop of the server does not use up.

use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

/// Parts in which a limit is waited for. A process or machine that was stopped, or too busy to read
/// what has arrived, loses only one of them.
const PARTS: u32 = 8;

/// The output of `future` if it is ready within `limit` of the server's own time, else `None`.
pub(crate) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..PARTS {
        if let Ok(output) = timeout(limit / PARTS, future.as_mut()).await {
            return Some(output);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::oneshot;
    use tokio::time::{Instant, advance};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn a_limit_lasts_as_long_as_it_says() {
        let start = Instant::now();
        assert_eq!(within(LIMIT, pending::<()>()).await, None);
        assert!((LIMIT..LIMIT + Duration::from_millis(50)).contains(&start.elapsed()));
    }

    #[tokio::test(start_paused = true)]
    async fn time_away_does_not_use_it_up() {
        let (sender, receiver) = oneshot::channel();
        let waiting = tokio::spawn(within(LIMIT, receiver));
        // It has started to wait.
        tokio::task::yield_now().await;
        advance(Duration::from_secs(60)).await;
        sender.send(7).unwrap();
        assert_eq!(waiting.await.unwrap(), Some(Ok(7)));
    }
}
