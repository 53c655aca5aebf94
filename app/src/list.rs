//! The list of conversations at work: it hears of all that happens in them, and asks the server for itself anew.
//!
//! The list is plain HTML, made by the server; this island beside it holds nothing but the line.

use std::cell::{Cell, OnceCell, RefCell};

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, PageTransitionEvent};

use crate::browser::{self, Timer, document, element, listen, window};
use crate::live::{Carrier, Frame, Tone, backoff, greeting};
use crate::server_fns::list_conversations;
use crate::start::{Start, Surface};
use crate::{AppError, Visitor};

/// Of the element around the list …
pub const LIST: &str = "conversations";
/// … and of what is said when it can't be had.
pub const LIST_PROBLEM: &str = "conversations-problem";

/// Milliseconds in which several events are one reason to ask.
const PAUSE: f64 = 200.0;
/// So many breaks in a row: something on the way lets no sockets through.
const HOPELESS: u32 = 2;

#[island]
pub fn LiveList() -> impl IntoView {
    Effect::new(|_| List::arrive());
}

struct List {
    start: Start,
    carrier: RefCell<Option<Carrier>>,
    ear: Closure<dyn FnMut(web_sys::Event)>,
    /// Breaks in a row.
    failures: Cell<u32>,
    retry: Timer,
    ask: Timer,
    /// The title of the page while nothing is unread, and messages that came while nobody looked.
    title: String,
    unread: Cell<u32>,
}

impl List {
    fn arrive() {
        let start = Start::of_page();
        browser::ask_below(&start.base);
        // It lives as long as the page.
        let place: &'static OnceCell<Self> = Box::leak(Box::default());
        let list = place.get_or_init(|| Self {
            start,
            carrier: RefCell::new(None),
            ear: Closure::wrap(Box::new(move |event| _ = place.get().map(|list| list.hear(&event)))),
            failures: Cell::new(0),
            retry: Timer::new(Box::new(move || _ = place.get().map(Self::connect))),
            ask: Timer::new(Box::new(move || _ = place.get().map(Self::ask))),
            title: document().title(),
            unread: Cell::new(0),
        });
        let heard: Closure<dyn FnMut(web_sys::Event)> = Closure::wrap(Box::new(|event| list.page_event(&event)));
        listen(&window(), &["online", "pageshow", "pagehide", "focus"], &heard);
        listen(&document(), &["visibilitychange"], &heard);
        heard.forget();
        list.connect();
    }

    fn connect(&self) {
        if self.carrier.borrow().is_some() {
            return;
        }
        let Start { base, surface, integration, .. } = &self.start;
        let has_token = self.start.visitor.is_some();
        let since = if has_token { "" } else { "&since=" };
        let who = ["&surface=", surface.path(), "&page=", &self.start.listener(), since].concat();
        let path = [base, "/events?rendered=1&integration=", &integration.to_string(), &who].concat();
        // An event stream knows the visitor by the cookie only.
        let carrier = if self.failures.get() > HOPELESS && !has_token {
            Carrier::stream(&path, &self.ear)
        } else {
            Carrier::socket(&browser::socket_url(&path), &self.ear)
        };
        match carrier {
            Some(carrier) => _ = self.carrier.replace(Some(carrier)),
            None => self.lost(),
        }
    }

    fn hang_up(&self) {
        self.retry.stop();
        if let Some(carrier) = self.carrier.take() {
            carrier.hang_up(&self.ear);
        }
    }

    fn lost(&self) {
        self.hang_up();
        self.failures.set(self.failures.get() + 1);
        self.retry.set(backoff::wait(self.failures.get(), browser::random()));
    }

    fn hear(&self, event: &web_sys::Event) {
        match Tone::of(event) {
            Some(Tone::Text(text)) => match Frame::read(&text) {
                Some(Frame::Event(event)) => {
                    if event.is_from_others() {
                        self.notice();
                    }
                    if event.changes_list() {
                        self.ask.set(PAUSE);
                    }
                }
                Some(Frame::Reconnect) => self.lost(),
                // After a break there may be news.
                Some(Frame::Hello { .. } | Frame::Reload) if self.failures.replace(0) > 0 => self.ask.set(0.0),
                _ => {}
            },
            Some(Tone::Refused) => browser::leave_for(&self.start.address),
            Some(Tone::Lost) => self.lost(),
            Some(Tone::Open) => self.greet(),
            None => {}
        }
    }

    /// Says who this is, where no cookie does.
    fn greet(&self) {
        if let (Some(token), Some(carrier)) = (&self.start.visitor, &*self.carrier.borrow()) {
            carrier.say(&greeting(Some(token), None));
        }
    }

    /// A message came in.
    fn notice(&self) {
        if self.start.sound {
            browser::ring(&self.start.base);
        }
        if !browser::is_attended() {
            self.unread.set(self.unread.get() + 1);
            self.show_title();
        }
    }

    /// A frame's title is not seen by anybody.
    fn show_title(&self) {
        let unread = self.unread.get();
        match (self.start.surface, unread) {
            (Surface::Embed, _) => {}
            (Surface::Chat, 0) => document().set_title(&self.title),
            (Surface::Chat, unread) => document().set_title(&self.start.texts.new_messages(unread)),
        }
    }

    fn page_event(&self, event: &web_sys::Event) {
        match event.type_().as_str() {
            // A page kept for "back" must hold no connection, or it is not kept.
            "pagehide" => self.hang_up(),
            // The first one only says that the page has loaded.
            "pageshow" if !event.unchecked_ref::<PageTransitionEvent>().persisted() => {}
            "visibilitychange" if !browser::is_visible() => {}
            _ => {
                self.unread.set(0);
                self.show_title();
                self.connect();
                // Times have gone on, too.
                self.ask.set(0.0);
            }
        }
    }

    /// Brings the list in line with the server.
    fn ask(&self) {
        let Start { integration, surface, query, address, .. } = &self.start;
        let visitor = Visitor {
            integration: *integration,
            surface: *surface,
            token: Some(self.start.page()),
            conversation: None,
            fresh: None,
            query: query.clone(),
        };
        let address = address.clone();
        spawn_local(async move {
            let problem = element::<Element>(LIST_PROBLEM).and_then(|problem| problem.first_element_child());
            let answer = list_conversations(visitor, address.clone()).await;
            if let Some(problem) = problem {
                _ = problem.toggle_attribute_with_force("hidden", answer.is_ok());
            }
            match answer {
                Ok(html) => put(&html),
                Err(AppError::SessionEnded) => browser::leave_for(&address),
                // The next event, or the next look at the page, tries again.
                Err(_) => {}
            }
        });
    }
}

/// Puts a new list in the place of the old; the focus stays where it is.
fn put(html: &str) {
    let Some(list) = element::<Element>(LIST) else { return };
    let focused = document().active_element().map(|element| element.id()).filter(|id| !id.is_empty());
    list.set_inner_html(html);
    if let Some(again) = focused.and_then(|id| element::<HtmlElement>(&id)) {
        _ = again.focus();
    }
}
