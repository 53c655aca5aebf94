//! The browser's entry point.

// The island exports itself; naming its crate keeps it in.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Gets ready for islands; the page then hands them their elements, one by one.
#[wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
