//! A bug harms one request.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Runs a future; `None` if it panicked. It is not polled again afterwards.
pub(super) async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Ready(done)) => Poll::Ready(Some(done)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn a_panic_is_none_and_nothing_else_is() {
        assert_eq!(super::caught(async { 7 }).await, Some(7));
        let text = String::from("bug");
        assert_eq!(
            super::caught(async {
                if text.len() == 3 {
                    panic!("{text}")
                }
            })
            .await,
            None
        );
    }
}
