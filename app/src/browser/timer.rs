//! A timer that can be set, set anew and stopped.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::window;

/// Rings at most once after each [`Timer::set`].
pub struct Timer {
    ring: Closure<dyn FnMut()>,
    handle: Cell<Option<i32>>,
}

impl Timer {
    pub fn new(ring: Box<dyn FnMut()>) -> Self {
        Self { ring: Closure::wrap(ring), handle: Cell::new(None) }
    }

    /// Rings in `wait` milliseconds, and no more when it was to ring before.
    #[expect(clippy::cast_possible_truncation, reason = "waits are below a minute")]
    pub fn set(&self, wait: f64) {
        self.stop();
        let ring = self.ring.as_ref().unchecked_ref();
        self.handle.set(window().set_timeout_with_callback_and_timeout_and_arguments_0(ring, wait as i32).ok());
    }

    pub fn stop(&self) {
        if let Some(handle) = self.handle.take() {
            window().clear_timeout_with_handle(handle);
        }
    }
}
