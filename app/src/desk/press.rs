//! Presses inside of messages. Their contents came as HTML, so what happens in them is heard here, where it bubbles up to.

use domain::{ActionId, ClientMessageId, MessageId};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, SubmitEvent};

use super::Desk;
use crate::browser::{self, document, within};
use crate::i18n::Key;
use crate::server_fns::press;
use crate::start::PRECHAT;
use crate::{AppError, Say};

/// How long a press may take, in milliseconds.
const PATIENCE: i32 = 20_000;
/// Of the form that the buttons of all messages belong to.
pub const PRESS_FORM: &str = "press";
/// What the fields of a form are called, before their own names.
const FIELD: &str = "field.";

impl Desk {
    /// A form of a message was submitted, by a press on its button.
    pub fn pressed(self, event: &SubmitEvent) {
        let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(form) = form.filter(|_| self.browser().is_some() && !event.default_prevented()) else { return };
        if let Some(message) = form.get_attribute("data-form") {
            event.prevent_default();
            self.answer(&form, message.parse().ok());
        } else if form.id() == PRESS_FORM {
            event.prevent_default();
            let Some(button) = event.submitter() else { return };
            let Some(action) = button.get_attribute("value").and_then(|id| id.parse().ok()) else { return };
            match button.get_attribute("data-says") {
                Some(text) => self.send(reply_id(action), Say::Reply { action, text }),
                None => self.post_back(button, action),
            }
        }
    }

    /// Tells the business of a press; the button is busy meanwhile.
    fn post_back(self, button: HtmlElement, action: ActionId) {
        if button.has_attribute("aria-busy") {
            return;
        }
        mark(&button, "aria-busy", Some("true"));
        self.show(|shown| shown.problem = None);
        spawn_local(async move {
            let answer = within(PATIENCE, press(self.who(), action)).await;
            mark(&button, "aria-busy", None);
            match answer {
                Ok(()) => {}
                Err(AppError::SessionEnded) => self.session_ended(),
                Err(_) => {
                    self.show(|shown| shown.problem = Some(shown.texts.get(Key::ActionPostbackError).to_owned()));
                }
            }
        });
    }

    /// Sends what stands in the fields of `form`, which the browser has checked.
    fn answer(self, form: &Element, message: Option<MessageId>) {
        let (mut answers, mut lines) = (Vec::new(), Vec::new());
        for field in fields(form) {
            let name = field.name();
            let label = field.labels().and_then(|labels| labels.get(0)).and_then(|label| label.text_content());
            lines.push([&label.unwrap_or_default(), ": ", &field.value()].concat());
            answers.push((name.strip_prefix(FIELD).unwrap_or(&name).to_owned(), field.value()));
        }
        let client_id = message.map_or_else(browser::fresh_id, form_id);
        self.send(client_id, Say::Answers { form: message, answers, text: lines.join("\n") });
    }

    /// The server does not accept the answers to `form`: says at each field why.
    fn not_accepted(form: Option<MessageId>, problems: &[(String, String)]) {
        let form = form.map_or_else(|| PRECHAT.to_owned(), |form| form.to_string());
        let selector = ["[data-form='", &form, "']"].concat();
        let Ok(Some(form)) = document().query_selector(&selector) else { return };
        for field in fields(&form) {
            let name = field.name();
            let problem = problems.iter().find(|(of, _)| name.strip_prefix(FIELD) == Some(of));
            say_at(&field, problem.map(|(_, problem)| problem.as_str()));
        }
    }

    /// The browser found something wrong with a field, or somebody mends it.
    pub(super) fn field_event(event: &Event) {
        let Some(field) = event.target().map(JsCast::unchecked_into::<HtmlInputElement>) else { return };
        if !field.class_list().contains("field-input") {
            return;
        }
        if event.type_() == "input" {
            return say_at(&field, None);
        }
        event.prevent_default();
        let state = field.validity();
        let kind = if state.value_missing() {
            "data-required"
        } else if state.too_short() {
            "data-short"
        } else if state.too_long() {
            "data-long"
        } else {
            "data-wrong"
        };
        let first = field.form().and_then(|form| form.query_selector(":invalid").ok().flatten());
        say_at(&field, field.get_attribute(kind).as_deref());
        if first.is_some_and(|first| &first == field.as_ref() as &Element) {
            _ = field.focus();
        }
    }

    /// What became of `say` when the server refused it; whether the visitor has been told.
    pub(super) fn refused(self, client_id: &ClientMessageId, say: &Say, error: &AppError) -> bool {
        let (Say::Answers { form, .. }, AppError::Answers(problems)) = (say, error) else { return false };
        self.delivered(client_id);
        Self::not_accepted(*form, problems);
        true
    }
}

/// The fields of a form. A choice is not an `input`, but has all that is asked of one here.
fn fields(form: &Element) -> Vec<HtmlInputElement> {
    let Ok(found) = form.query_selector_all(".field-input") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)).map(JsCast::unchecked_into).collect()
}

fn say_at(field: &HtmlInputElement, problem: Option<&str>) {
    if let Some(note) = browser::element::<Element>(&[&field.id(), "-problem"].concat()) {
        note.set_text_content(problem);
    }
    mark(field, "aria-invalid", problem.map(|_| "true"));
}

pub(super) fn mark(element: &Element, name: &str, value: Option<&str>) {
    // It fails only for a name that is none.
    _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// The id of the message that a press of the reply `action` becomes: pressed twice, it is one message.
/// # Panics
/// Never: an id is made of hexadecimal digits.
pub fn reply_id(action: ActionId) -> ClientMessageId {
    ["reply-", &action.to_string()].concat().parse().expect("hexadecimal digits are allowed in a client id")
}

/// The id of the answer to `form`, which is answered once.
/// # Panics
/// Never: an id is made of hexadecimal digits.
pub fn form_id(form: MessageId) -> ClientMessageId {
    ["form-", &form.to_string()].concat().parse().expect("hexadecimal digits are allowed in a client id")
}
