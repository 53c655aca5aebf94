use leptos::prelude::*;

use crate::components::ui::Avatar;
use crate::start::Business;

/// Whom the visitor talks with.
#[component]
pub fn Header(business: Business) -> impl IntoView {
    let Business { name, icon_url } = business;
    view! {
        <header class="header">
            <Avatar name=name.clone() picture=icon_url />
            <h1 class="header-name" dir="auto">{name}</h1>
        </header>
    }
}
