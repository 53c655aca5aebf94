use domain::ClientMessageId;
use leptos::prelude::*;

use crate::components::ui::{Icon, IconShape};
use crate::desk::{Closed, Desk, Shown};
use crate::i18n::Key;
use crate::start::Start;
use crate::text::textarea_html;

/// Of the form …
pub const COMPOSER: &str = "composer";
/// … and of what else it may send.
pub const ATTACH_MENU: &str = "attach-menu";

/// What the plain form sends, and where.
pub struct Form {
    address: String,
    client_id: ClientMessageId,
    visitor: String,
    draft: String,
    /// Whether there is more to send than words …
    has_menu: bool,
    /// … and whether all of it takes a script.
    takes_script: bool,
}

impl Form {
    /// As `start` has it; its draft moves over.
    pub fn of(start: &mut Start) -> Self {
        Self {
            address: start.address.clone(),
            client_id: start.client_id.clone(),
            visitor: start.page(),
            draft: std::mem::take(&mut start.draft),
            has_menu: start.menu.is_offered(),
            takes_script: !start.menu.image && !start.menu.file,
        }
    }
}

fn placeholder(shown: &Shown) -> String {
    let key = if shown.closed == Some(Closed::ByForm) { Key::InputPlaceholderBlocked } else { Key::InputPlaceholder };
    shown.texts.get(key).to_owned()
}

/// Where the visitor writes. A plain form until the page hydrates.
#[component]
pub fn Composer(desk: Desk, form: Form) -> impl IntoView {
    let Form { address, client_id, visitor, draft, has_menu, takes_script } = form;
    view! {
        <form
            class="composer"
            id=COMPOSER
            method="post"
            enctype="multipart/form-data"
            action=address
            on:submit=move |event| desk.submitted(&event)
        >
            <input type="hidden" name="client_id" id="composer-id" value=client_id.to_string() autocomplete="off" />
            <input type="hidden" name="visitor" value=visitor autocomplete="off" />
            <p class="composer-problem" id="composer-problem" role="alert">{desk.text(|shown| shown.problem.clone())}</p>
            <div class="composer-field">
                <textarea
                    class="composer-text"
                    id="composer-text"
                    name="text"
                    rows="1"
                    aria-label=desk.text(|shown| Some(placeholder(shown)))
                    placeholder=desk.text(|shown| Some(placeholder(shown)))
                    disabled=move || desk.is_blocked()
                    aria-describedby="composer-problem"
                    aria-invalid=desk.text(|shown| shown.problem.as_ref().map(|_| "true".to_owned()))
                    enterkeyhint="send"
                    dir="auto"
                    inner_html=textarea_html(&draft)
                    on:input=move |_| desk.typed()
                    on:keydown=move |event| desk.key_pressed(&event)
                    on:focus=move |_| desk.attend()
                ></textarea>
                {has_menu.then(|| view! {
                    <button
                        class="attach"
                        type="button"
                        popovertarget=ATTACH_MENU
                        aria-haspopup="true"
                        data-script=takes_script.then_some("")
                        aria-label=desk.word(Key::Attach)
                        disabled=move || desk.is_blocked()
                    >
                        <Icon shape=IconShape::Attach />
                    </button>
                })}
                // The press must not take the focus: a phone would put its keyboard away, only to bring it back.
                <button
                    class="send"
                    aria-label=desk.word(Key::SendButtonText)
                    disabled=move || desk.is_blocked()
                    on:mousedown=|event| event.prevent_default()
                >
                    <Icon shape=IconShape::Send />
                </button>
            </div>
            <p class="composer-counter">{desk.text(|shown| shown.counter.clone())}</p>
        </form>
    }
}
