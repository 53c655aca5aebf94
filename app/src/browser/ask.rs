//! Server functions, as a browser calls them.

use std::sync::OnceLock;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use super::window;
use crate::AppError;
use crate::json::{FromJson, Json, read};

/// Path that the product lives under; a page has one.
static BASE: OnceLock<String> = OnceLock::new();

/// Server functions are below `base` from now on.
pub fn ask_below(base: &str) {
    // A page that comes to life twice has the same base both times.
    _ = BASE.set(base.to_owned());
}

/// What the server function `name` answers to its arguments. Whoever waits no longer aborts it.
/// # Errors
/// What it says; `Unavailable` where it says nothing, or nothing that can be understood.
#[cfg_attr(feature = "ssr", expect(dead_code, reason = "the server calls its functions itself"))]
pub async fn ask<T: FromJson>(name: &str, arguments: &[(&str, Json)]) -> Result<T, AppError> {
    let answer = fetch(name, &Json::object(arguments).text()).await.map_err(|_| AppError::Unavailable)?;
    match answer {
        (true, text) => read(&text).ok_or(AppError::Unavailable),
        (false, text) => Err(read(&text).unwrap_or(AppError::Unavailable)),
    }
}

/// Whether it went well, and what was answered.
async fn fetch(name: &str, body: &str) -> Result<(bool, String), JsValue> {
    let address = [BASE.get().map_or("", |base| base), "/fn/", name].concat();
    let line = Line(AbortController::new()?);
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    init.set_signal(Some(&line.0.signal()));
    let headers = js_sys::Object::new();
    for name in ["accept", "content-type"] {
        js_sys::Reflect::set(&headers, &JsValue::from_str(name), &JsValue::from_str("application/json"))?;
    }
    init.set_headers(&headers);
    let answer = JsFuture::from(window().fetch_with_str_and_init(&address, &init)).await?;
    let answer: Response = answer.unchecked_into();
    let text = JsFuture::from(answer.text()?).await?;
    Ok((answer.ok(), text.as_string().unwrap_or_default()))
}

/// Cut when nobody waits at its end any more; one that has ended does not mind.
struct Line(AbortController);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.abort();
    }
}
