//! One attempt.

use std::time::{Duration, Instant};

use domain::Timestamp;
use domain::webhook::{Attempt, DeliveryState};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::client::Client;
use super::retry::{Schedule, Verdict};
use super::signature::{key, seconds, signatures};
use crate::clock::{Clock, random_bytes};
use crate::storage::{Dispatch, Made, Settled};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const WEBHOOK_ID: HeaderName = HeaderName::from_static("webhook-id");
const WEBHOOK_TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// How long an event may wait for its first attempt behind others that fail: a day.
const STALE_MS: i64 = 24 * 60 * 60 * 1000;

/// Sends `body` for `dispatch`, and says what became of it.
pub async fn attempt(
    client: &Client,
    schedule: &Schedule,
    clock: &Clock,
    lane: String,
    dispatch: &Dispatch,
    body: String,
) -> Settled {
    let (at, begun) = (clock.now(), Instant::now());
    let headers = headers(dispatch, at, &body);
    let answer = client.post(&dispatch.webhook.target, headers, body).await;
    let took = begun.elapsed();
    let (status, error, retry_after, text) = match answer {
        Ok(answer) => (Some(answer.status), None, answer.retry_after, Some(answer.body)),
        Err(error) => (None, Some(error), None, None),
    };
    let number = dispatch.attempts + 1;
    let now = clock.now();
    let asked = retry_after.and_then(|text| pause(&text, now));
    let (state, outcome, wait) = match Verdict::of(status) {
        Verdict::Delivered => (DeliveryState::Delivered, "delivered", Duration::ZERO),
        Verdict::Refused => (DeliveryState::Failed, "failed", Duration::ZERO),
        Verdict::Failed => match schedule.wait(number, asked, jitter()) {
            Some(wait) => (DeliveryState::Pending, "postponed", wait),
            None => (DeliveryState::Failed, "failed", Duration::ZERO),
        },
    };
    metrics::counter!("parlor_webhook_attempts_total", "outcome" => outcome).increment(1);
    metrics::histogram!("parlor_webhook_attempt_duration_seconds").record(took.as_secs_f64());
    if state != DeliveryState::Delivered {
        tracing::info!(webhook.id = %dispatch.webhook.id, event.id = %dispatch.event.id, number, status, error, outcome,
            "a webhook did not take an event");
    }
    let attempt = Attempt {
        number,
        at,
        duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        target: dispatch.webhook.target.clone(),
        status,
        error,
        answer: text,
    };
    Settled { lane, due_at: now.plus(wait), made: Some(Made { delivery: dispatch.id, attempt, state }) }
}

/// Whether `dispatch` has waited for so long that it is of no use if it was behind others of its lane that failed: without such an
/// end, what a target that never answers has to hear would pile up for good. Where none failed, it was the server that was not
/// there, or the clock that was set.
pub fn is_old(dispatch: &Dispatch, now: Timestamp) -> bool {
    dispatch.attempts == 0 && !dispatch.event.is_replay && now.millis() - dispatch.event.at.millis() > STALE_MS
}

/// Gives `dispatch` up without an attempt; it can be replayed.
pub fn give_up(lane: String, dispatch: &Dispatch, now: Timestamp) -> Settled {
    metrics::counter!("parlor_webhook_attempts_total", "outcome" => "failed").increment(1);
    let attempt = Attempt {
        number: 1,
        at: now,
        duration_ms: 0,
        target: dispatch.webhook.target.clone(),
        status: None,
        error: Some("not sent: it waited for more than a day behind earlier events that failed".to_owned()),
        answer: None,
    };
    let made = Made { delivery: dispatch.id, attempt, state: DeliveryState::Failed };
    Settled { lane, due_at: now, made: Some(made) }
}

fn headers(dispatch: &Dispatch, now: Timestamp, body: &str) -> HeaderMap {
    let id = dispatch.event.id.to_string();
    let signatures = signatures(&dispatch.webhook, &id, now, body);
    let pairs = [
        (X_API_KEY, key(&dispatch.webhook, now)),
        (WEBHOOK_ID, &id),
        (WEBHOOK_TIMESTAMP, &seconds(now).to_string()),
        (WEBHOOK_SIGNATURE, &signatures),
        (CONTENT_TYPE, "application/json; charset=utf-8"),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(value).ok()?))).collect()
}

/// How long `Retry-After` asks to wait: seconds, or until a date.
fn pause(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    let millis = date.timestamp().as_millisecond() - now.millis();
    Some(Duration::from_millis(u64::try_from(millis).unwrap_or_default()))
}

/// Between 0 and 1.
fn jitter() -> f64 {
    f64::from(u32::from_le_bytes(random_bytes())) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_ask_for_seconds_or_for_a_date() {
        let now = Timestamp::from_millis(784_111_757_000);
        for (text, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(20)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
        ] {
            assert_eq!(pause(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
