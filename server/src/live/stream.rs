//! Events as `text/event-stream`, for lines that let no WebSocket through.

use std::convert::Infallible;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval_at};
use tokio_stream::wrappers::ReceiverStream;

use super::listener::{BEAT, Carrier, HEARTBEAT, Listener, PATIENCE, Positions, RECONNECT, format_positions, greeting};
use super::route::{Request, Who};
use crate::state::AppState;
use crate::telemetry::causes;

/// Events on their way to one listener. The line's own buffer holds more; a full one slows this listener alone.
const IN_FLIGHT: usize = 8;

pub async fn open(state: AppState, request: Request) -> Response {
    if matches!(request.who, Who::Unknown) {
        return (StatusCode::UNAUTHORIZED, "say who you are by cookie or bearer token").into_response();
    }
    let Request { integration, ref who, address, ref stationery, .. } = request;
    let listener = match Listener::of(&state.chat, integration, who, address, stationery.clone()).await {
        Ok(Some(listener)) => listener,
        Ok(None) => return (StatusCode::UNAUTHORIZED, "no such session").into_response(),
        Err(error) => {
            tracing::error!(error = causes(&error), "a listener could not be served");
            return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "2")], "try again").into_response();
        }
    };
    let Some(place) = state.listeners.take_of_user(listener.user()) else {
        let when = [("retry-after", "30")];
        return (StatusCode::TOO_MANY_REQUESTS, when, "this user has too many listeners").into_response();
    };
    let (events, received) = mpsc::channel(IN_FLIGHT);
    tokio::spawn(async move {
        let gauge = metrics::gauge!("parlor_live_listeners", "carrier" => "event-stream");
        gauge.increment(1);
        let _place = request.place.clone();
        serve(state, request, listener, Line(events)).await;
        gauge.decrement(1);
        drop(place);
    });
    let headers = [("cache-control", "no-store"), ("x-accel-buffering", "no")];
    (headers, Sse::new(ReceiverStream::new(received))).into_response()
}

struct Line(mpsc::Sender<Result<Event, Infallible>>);

impl Line {
    /// Whether there was room for it within patience.
    async fn send(&self, event: Event) -> bool {
        self.0.send_timeout(Ok(event), PATIENCE).await.is_ok()
    }

    /// Whether the listener is still there.
    async fn say(&self, json: &str) -> bool {
        self.send(Event::default().data(json)).await
    }
}

impl Carrier for Line {
    async fn tell(&mut self, event: &str, positions: &Positions) -> bool {
        self.send(Event::default().data(event).id(format_positions(positions))).await
    }
}

async fn serve(state: AppState, request: Request, mut listener: Listener, mut line: Line) {
    if !line.say(&greeting(&state.epoch)).await {
        return;
    }
    let since = request.since.unwrap_or_default();
    match listener.catch_up(&state.chat, since, &mut line).await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::error!(error = causes(&error), "a listener could not be served");
            return;
        }
    }
    let mut beat = interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let told = tokio::select! {
            () = state.draining.cancelled() => {
                line.say(RECONNECT).await;
                return;
            }
            () = line.0.closed() => return,
            turn = listener.next() => match turn {
                Some(turn) => listener.follow(&state.chat, turn, &mut line).await,
                None => return,
            },
            // Without another word: it is asked who it is when it comes back.
            _ = beat.tick() => !Box::pin(listener.is_over(&state.chat)).await && line.say(BEAT).await,
        };
        if !told {
            return;
        }
    }
}
