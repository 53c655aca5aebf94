//! Waiting, but not for ever.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;

use super::window;
use crate::AppError;

/// What `request` answers, or `Unavailable` when it does not within `wait` milliseconds: a fetch on a dying line would
/// otherwise hold up all messages behind it. Giving up aborts it.
pub async fn within<T>(wait: i32, request: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    let mut request = pin!(request);
    let mut alarm = JsFuture::from(Promise::new(&mut |ring, _| {
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&ring, wait);
    }));
    poll_fn(|context| match request.as_mut().poll(context) {
        Poll::Pending => Pin::new(&mut alarm).poll(context).map(|_| Err(AppError::Unavailable)),
        ready @ Poll::Ready(_) => ready,
    })
    .await
}
