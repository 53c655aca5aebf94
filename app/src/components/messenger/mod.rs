//! The messenger: one conversation, from header to composer.

#[cfg(feature = "ssr")]
mod attach_menu;
mod banner;
mod composer;
mod header;
mod load_more;
mod log;
mod message_row;
mod newest_link;
#[cfg(feature = "ssr")]
mod overlay;
#[cfg(feature = "ssr")]
mod trap;
mod typing;

use leptos::prelude::*;

use crate::desk::{Desk, PRESS_FORM};
use crate::start::Start;
#[cfg(feature = "ssr")]
pub use attach_menu::attach_menu;
use banner::Banner;
pub use composer::ATTACH_MENU;
use composer::Composer;
use header::Header;
use log::Log;
#[cfg(feature = "ssr")]
pub use overlay::overlay;
#[cfg(feature = "ssr")]
pub use trap::{TRAP, composer_trap, trap};
use typing::TypingIndicator;

/// The messenger. Complete as plain HTML; in the browser it goes on live, in place.
///
/// It begins with the [`Start`] of its page: in context on the server, in the page itself in the browser. As the props of
/// the island it would be twice as long, every quote escaped for an attribute.
#[island]
pub fn Messenger() -> impl IntoView {
    let mut start = first_state();
    let form = composer::Form::of(&mut start);
    let business = start.business.clone();
    let heading = std::mem::take(&mut start.heading);
    let back = start.list.as_mut().map(|list| std::mem::take(&mut list.html));
    let address = start.address.clone();
    let prechat = start.prechat.clone();
    let (press_address, visitor) = (address.clone(), start.page());
    let desk = Desk::new(start);
    #[cfg(feature = "ssr")]
    if let Some(pose) = use_context() {
        desk.pose(pose);
    }
    Effect::new(move |_| desk.arrive());
    view! {
        <main class="messenger" on:submit=move |event| desk.pressed(&event)>
            <Header desk business=business.clone() heading back />
            <Banner desk />
            <Log desk business prechat address />
            <TypingIndicator desk />
            <Composer desk form />
            <form id=PRESS_FORM method="post" action=press_address hidden>
                <input type="hidden" name="visitor" value=visitor autocomplete="off" />
            </form>
        </main>
    }
}

#[cfg(feature = "ssr")]
fn first_state() -> Start {
    take_context().expect("the shell provides the start of its page")
}

#[cfg(not(feature = "ssr"))]
fn first_state() -> Start {
    Start::of_page()
}
