//! A WebSocket, or the event stream that takes its place where something on the way lets no WebSocket through.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, Event, EventSource, MessageEvent, WebSocket};

use crate::browser::listen;

const NAMES: [&str; 4] = ["open", "message", "close", "error"];
/// The server does not accept who this visitor says to be.
const REFUSED: u16 = 4401;

/// What is heard on the line.
pub enum Tone {
    Open,
    Text(String),
    Lost,
    Refused,
}

impl Tone {
    pub fn of(event: &Event) -> Option<Self> {
        match event.type_().as_str() {
            "open" => Some(Self::Open),
            "message" => event.unchecked_ref::<MessageEvent>().data().as_string().map(Self::Text),
            "close" if event.unchecked_ref::<CloseEvent>().code() == REFUSED => Some(Self::Refused),
            _ => Some(Self::Lost),
        }
    }
}

pub enum Carrier {
    Socket(WebSocket),
    Stream(EventSource),
}

impl Carrier {
    /// Opens `url`, `ws(s)` for a socket. `None` where the browser does not even try.
    pub fn socket(url: &str, ear: &Closure<dyn FnMut(Event)>) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        listen(&socket, &NAMES, ear);
        Some(Self::Socket(socket))
    }

    pub fn stream(url: &str, ear: &Closure<dyn FnMut(Event)>) -> Option<Self> {
        let stream = EventSource::new(url).ok()?;
        listen(&stream, &NAMES, ear);
        Some(Self::Stream(stream))
    }

    /// Says `text`, where the line goes both ways.
    pub fn say(&self, text: &str) {
        if let Self::Socket(socket) = self {
            // A socket that is closing tells so by itself.
            _ = socket.send_with_str(text);
        }
    }

    /// Hangs up; nothing more is heard of it.
    pub fn hang_up(self, ear: &Closure<dyn FnMut(Event)>) {
        let target: &web_sys::EventTarget = match &self {
            Self::Socket(socket) => socket,
            Self::Stream(stream) => stream,
        };
        for name in NAMES {
            _ = target.remove_event_listener_with_callback(name, ear.as_ref().unchecked_ref());
        }
        match self {
            Self::Socket(socket) => _ = socket.close(),
            Self::Stream(stream) => stream.close(),
        }
    }
}
