//! The page comes to life.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlInputElement, HtmlTextAreaElement, PageTransitionEvent};

use super::Desk;
use super::connection::Connection;
use super::uploads::Parcel;
use crate::AppError;
use crate::browser::{self, Timer, document, element, listen, listen_first, window};

/// What the desk holds of the browser.
pub struct Browser {
    pub log: Element,
    pub composer: HtmlTextAreaElement,
    /// The form's field with the id of the next message.
    pub next_id: HtmlInputElement,
    /// The title of the page while nothing is unread.
    pub title: String,
    pub connection: Connection,
    /// Whether messages are being sent right now.
    pub sending: Cell<bool>,
    /// Tries in a row that did not get through.
    pub failures: Cell<u32>,
    /// Number of the newest message that the server knows as read.
    pub marked: Cell<u64>,
    /// Messages that came while nobody looked at the page.
    pub unread: Cell<u32>,
    pub resend: Timer,
    /// Files on their way.
    pub parcels: RefCell<Vec<Parcel>>,
    /// Keeps what is written, once the visitor pauses.
    pub draft: Timer,
    pub typing: Timer,
    /// When the business was last told that the visitor is writing …
    pub typing_told: Cell<i64>,
    /// … and whether it still thinks so.
    pub is_typing: Cell<bool>,
    pub pause: Timer,
    pub read: Timer,
    /// Asks what is unread in other conversations.
    pub count: Timer,
}

impl Desk {
    /// Takes over from the plain HTML: picks up what was left unsent, and connects.
    pub fn arrive(self) {
        let Some(browser) = self.open() else { return };
        self.browser.set_value(Some(Rc::clone(&browser)));
        self.book.with_value(|book| browser::ask_below(&book.start.base));
        if let Some(AppError::LoginRefused(why)) = self.book.with_value(|book| book.start.problem.clone()) {
            browser::warn(&why);
        }
        self.learn_zone();
        self.restore(self.book.with_value(|book| browser::taken_over(&book.start)));
        if let Some(draft) = browser::take_draft().filter(|_| browser.composer.value().is_empty()) {
            browser.composer.set_value(&draft);
        }
        self.restore_draft();
        self.measure();
        self.refresh();
        self.connect();
        self.flush();
        self.reading();
        let heard = Closure::wrap(Box::new(move |event: Event| self.page_event(&event)) as Box<dyn FnMut(Event)>);
        listen(&window(), &["online", "offline", "pageshow", "pagehide", "focus"], &heard);
        listen(&document(), &["visibilitychange"], &heard);
        // It listens as long as the page lives.
        heard.forget();
        let heard = Closure::wrap(Box::new(move |event: Event| self.message_event(&event)) as Box<dyn FnMut(Event)>);
        listen_first(
            &document(),
            &["click", "error", "invalid", "input", "change", "paste", "dragover", "dragleave", "drop", "close"],
            &heard,
        );
        heard.forget();
        Self::find_failures();
        self.find_chosen();
    }

    fn open(self) -> Option<Rc<Browser>> {
        Some(Rc::new(Browser {
            log: element("log")?,
            composer: element("composer-text")?,
            next_id: element("composer-id")?,
            title: document().title(),
            connection: Connection::new(self),
            sending: Cell::new(false),
            failures: Cell::new(0),
            marked: Cell::new(0),
            unread: Cell::new(0),
            parcels: RefCell::default(),
            draft: Timer::new(Box::new(move || self.keep_draft())),
            resend: Timer::new(Box::new(move || self.flush())),
            typing: Timer::new(Box::new(move || self.typing_faded())),
            typing_told: Cell::new(0),
            is_typing: Cell::new(false),
            pause: Timer::new(Box::new(move || self.stopped_typing())),
            read: Timer::new(Box::new(move || self.glanced())),
            count: Timer::new(Box::new(move || self.ask_elsewhere())),
        }))
    }

    /// Shows times in the visitor's zone where the server did not know it yet.
    fn learn_zone(self) {
        let Some(zone) = browser::zone() else { return };
        self.book.update_value(|book| {
            if book.start.zone != zone {
                browser::remember_zone(&zone, book.start.surface, &book.start.base);
                book.transcript.set_offsets(browser::offset_at);
                book.start.zone = zone;
            }
        });
    }

    /// Something happened inside of a message, or of what it opened.
    fn message_event(self, event: &Event) {
        match event.type_().as_str() {
            "click" => self.clicked(event),
            "close" => Self::overlay_closed(),
            "error" => Self::picture_failed(event),
            "invalid" | "input" => Self::field_event(event),
            _ => self.file_event(event),
        }
    }

    fn page_event(self, event: &Event) {
        match event.type_().as_str() {
            "offline" => self.line_cut(),
            // A page kept for "back" must hold no connection, or it is not kept.
            "pagehide" => {
                self.leave_draft();
                self.hang_up();
            }
            // The first one only says that the page has loaded.
            "pageshow" if !event.unchecked_ref::<PageTransitionEvent>().persisted() => {}
            "visibilitychange" if !browser::is_visible() => {}
            _ => {
                self.reconnect_now();
                self.flush();
                self.looked_at();
            }
        }
    }
}
