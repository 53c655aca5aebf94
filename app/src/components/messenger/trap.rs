use leptos::prelude::*;

use super::composer::COMPOSER;

/// Called so that nobody's address book fills it in.
pub const TRAP: &str = "homepage";

/// A field that people neither see nor reach: whoever fills it in is a program, mostly.
pub fn trap() -> impl IntoView + use<> {
    view! { <input class="trap" name=TRAP tabindex="-1" aria-hidden="true" autocomplete="off" /> }
}

/// The same for the composer, which stands elsewhere: only the server knows of it, and a page with scripts leaves it out.
pub fn composer_trap() -> impl IntoView + use<> {
    view! { <noscript><input class="trap" name=TRAP form=COMPOSER tabindex="-1" aria-hidden="true" autocomplete="off" /></noscript> }
}
