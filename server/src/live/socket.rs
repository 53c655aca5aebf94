//! Events over a WebSocket: the default carrier.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use tokio::time::{MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use super::listener::{BEAT, Carrier, FromListener, HEARTBEAT, Listener, PATIENCE, Positions, RECONNECT, greeting};
use super::route::{Request, Who};
use crate::chat::{Chat, ChatError};
use crate::state::AppState;
use crate::telemetry::causes;

/// An idle socket's memory is mostly its buffers, and ours are idle nearly always.
const BUFFER: usize = 4 * 1024;
/// Nothing a listener says is longer.
const FRAME: usize = 16 * 1024;
/// How long a listener may take to say who it is …
const INTRODUCTION: Duration = Duration::from_secs(10);
/// … and, where a cookie told that, to say what it has, before it goes live without.
const GRACE: Duration = Duration::from_secs(1);

/// Close codes of ours: identity refused; come back and catch up; going away.
const REFUSED: u16 = 4401;
const FELL_BEHIND: u16 = 4408;
const RESTARTING: u16 = 1012;
const BROKEN: u16 = 1011;

pub fn open(state: AppState, request: Request, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(FRAME * 16)
        .max_message_size(FRAME)
        .max_frame_size(FRAME)
        .on_upgrade(move |socket| async move {
            let gauge = metrics::gauge!("parlor_live_listeners", "carrier" => "websocket");
            gauge.increment(1);
            let _place = request.place.clone();
            let end = serve(state, request, Socket(socket)).await;
            gauge.decrement(1);
            if let Err(error) = end {
                tracing::error!(error = causes(&error), "a listener could not be served");
            }
        })
}

struct Socket(WebSocket);

impl Socket {
    /// Whether the frame left within patience.
    async fn say(&mut self, text: &str) -> bool {
        matches!(timeout(PATIENCE, self.0.send(Message::text(text))).await, Ok(Ok(())))
    }

    async fn close(mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: reason.into() };
        let _gone = timeout(PATIENCE, self.0.send(Message::Close(Some(frame)))).await;
    }

    /// The next thing the listener says; `None` once it is gone.
    async fn heed(&mut self) -> Option<FromListener> {
        while let Some(Ok(message)) = self.0.recv().await {
            match message {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap_or(FromListener::Unknown)),
                Message::Close(_) => return None,
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => {}
            }
        }
        None
    }
}

impl Carrier for Socket {
    async fn tell(&mut self, event: &str, _: &Positions) -> bool {
        self.say(event).await
    }
}

async fn serve(state: AppState, request: Request, socket: Socket) -> Result<(), ChatError> {
    // In a box of its own, given back before the long wait: what reads the database is far larger than what waits.
    let ready = Box::pin(prepare(&state, request, socket)).await?;
    let place = ready.as_ref().and_then(|(listener, _)| state.listeners.take_of_user(listener.user()));
    let (chat, draining) = (state.chat.clone(), state.draining.clone());
    drop(state);
    if let Some((listener, socket)) = ready {
        match place {
            Some(_place) => go_live(chat, draining, listener, socket).await,
            None => socket.close(FELL_BEHIND, "this user has too many listeners").await,
        }
    }
    Ok(())
}

/// Identifies the listener, greets it and brings it up to date; `None` when it was sent away or left.
async fn prepare(
    state: &AppState,
    request: Request,
    mut socket: Socket,
) -> Result<Option<(Listener, Socket)>, ChatError> {
    let Request { integration, address, .. } = request;
    let stationery = request.stationery.clone();
    let (who, since) = match introduce(state, request, &mut socket).await {
        Introduction::Known(who, since) => (who, since),
        Introduction::Nobody => {
            socket.close(REFUSED, "say who you are").await;
            return Ok(None);
        }
        Introduction::Silence => {
            socket.close(FELL_BEHIND, "say who you are, sooner").await;
            return Ok(None);
        }
    };
    let mut listener = match Listener::of(&state.chat, integration, &who, address, stationery).await {
        Ok(Some(listener)) => listener,
        Ok(None) => {
            socket.close(REFUSED, "no such session").await;
            return Ok(None);
        }
        Err(error) => {
            socket.close(BROKEN, "try again").await;
            return Err(error);
        }
    };
    if !socket.say(&greeting(&state.epoch)).await {
        return Ok(None);
    }
    let since = match since {
        Some(since) => since,
        None => match timeout(GRACE, socket.heed()).await {
            Ok(None) => return Ok(None),
            Ok(Some(FromListener::Hello { since, .. })) => since,
            Ok(Some(FromListener::Typing { .. } | FromListener::Unknown)) | Err(_) => Positions::new(),
        },
    };
    match listener.catch_up(&state.chat, since, &mut socket).await {
        Ok(is_there) => Ok(is_there.then_some((listener, socket))),
        Err(error) => {
            socket.close(BROKEN, "try again").await;
            Err(error)
        }
    }
}

/// How far a listener has said who it is.
enum Introduction {
    /// With what it has, where it said that too.
    Known(Who, Option<Positions>),
    /// It proved nothing.
    Nobody,
    /// It said nothing: a slow line, which may be quicker another time.
    Silence,
}

/// Finds out who listens. What is known from a cookie or a header needs no frame; a hello with a token does else.
async fn introduce(state: &AppState, request: Request, socket: &mut Socket) -> Introduction {
    if !matches!(request.who, Who::Unknown) {
        return Introduction::Known(request.who, request.since);
    }
    match timeout(INTRODUCTION, socket.heed()).await {
        Ok(Some(FromListener::Hello { token, since })) => {
            let visitor = token.and_then(|token| state.tokens.read(&token, request.integration));
            visitor.map_or(Introduction::Nobody, |visitor| Introduction::Known(Who::Visitor(visitor), Some(since)))
        }
        Ok(Some(FromListener::Typing { .. } | FromListener::Unknown)) => Introduction::Nobody,
        Ok(None) | Err(_) => Introduction::Silence,
    }
}

async fn go_live(chat: Chat, draining: CancellationToken, mut listener: Listener, mut socket: Socket) {
    let mut beat = interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let told = tokio::select! {
            () = draining.cancelled() => {
                socket.say(RECONNECT).await;
                return socket.close(RESTARTING, "come back").await;
            }
            turn = listener.next() => match turn {
                Some(turn) => listener.follow(&chat, turn, &mut socket).await,
                None => return socket.close(FELL_BEHIND, "fell behind; resume from your position").await,
            },
            said = socket.heed() => match said {
                // On a slow line the hello comes late: what it asks for may have been told live meanwhile, and is told again.
                Some(FromListener::Hello { since, .. }) => {
                    let caught_up = Box::pin(listener.catch_up(&chat, since, &mut socket)).await;
                    caught_up.unwrap_or_else(|error| {
                        tracing::error!(error = causes(&error), "a listener could not catch up");
                        false
                    })
                }
                Some(FromListener::Typing { conversation, on }) => {
                    Box::pin(listener.type_in(&chat, conversation, on)).await;
                    true
                }
                Some(FromListener::Unknown) => true,
                None => false,
            },
            _ = beat.tick() => {
                if Box::pin(listener.is_over(&chat)).await {
                    return socket.close(REFUSED, "the login is over").await;
                }
                socket.say(BEAT).await
            }
        };
        if !told {
            return;
        }
    }
}
