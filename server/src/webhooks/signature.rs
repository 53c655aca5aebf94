//! Signatures by the Standard Webhooks scheme: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{Timestamp, Webhook};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// The value of `webhook-signature`: of the new secret and, as long as it is good, of the one before it.
pub fn signatures(webhook: &Webhook, id: &str, now: Timestamp, body: &str) -> String {
    let seconds = seconds(now);
    let new = sign(&webhook.secret, id, seconds, body);
    match good_old_secret(webhook, now) {
        Some(old) => format!("{new} {}", sign(old, id, seconds, body)),
        None => new,
    }
}

/// What `X-API-Key` says: the old secret while it is good, because the receiver may not know the new one yet.
pub fn key(webhook: &Webhook, now: Timestamp) -> &str {
    good_old_secret(webhook, now).unwrap_or(&webhook.secret)
}

/// Seconds since 1970, as `webhook-timestamp` says it.
pub fn seconds(now: Timestamp) -> i64 {
    now.millis().div_euclid(1000)
}

fn good_old_secret(webhook: &Webhook, now: Timestamp) -> Option<&str> {
    webhook.old_secret.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret.as_str())
}

fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> String {
    // A secret of ours is base64; one from elsewhere is taken as it is.
    let key = STANDARD.decode(secret).unwrap_or_else(|_| secret.as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    for part in [id, ".", &seconds.to_string(), ".", body] {
        mac.update(part.as_bytes());
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use domain::webhook::WebhookVersion;
    use domain::{AppId, WebhookId};

    use super::*;

    const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn webhook(secret: &str, old_secret: Option<(&str, i64)>) -> Webhook {
        let at = Timestamp::default();
        Webhook {
            id: WebhookId::new(at, [1; 8]),
            app: AppId::new(at, [2; 8]),
            integration: None,
            version: WebhookVersion::V2,
            target: "https://shop.example/hook".to_owned(),
            triggers: Vec::new(),
            secret: secret.to_owned(),
            old_secret: old_secret.map(|(old, until)| (old.to_owned(), Timestamp::from_millis(until))),
            include_full_user: false,
            include_full_source: false,
        }
    }

    #[test]
    fn the_published_example_is_signed_as_published() {
        let now = Timestamp::from_millis(1_614_265_330_999);
        let signature =
            signatures(&webhook(SECRET, None), "msg_p5jXN8AQM9LWM0D4loKWxJek", now, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_secrets_count_until_the_overlap_ends() {
        let rotated = webhook(SECRET, Some(("b2xk", 1000)));
        let at = |millis| signatures(&rotated, "id", Timestamp::from_millis(millis), "{}");
        let both = at(999);
        let (new, old) = both.split_once(' ').unwrap();
        assert_eq!(new, signatures(&webhook(SECRET, None), "id", Timestamp::from_millis(999), "{}"));
        assert_eq!(old, signatures(&webhook("b2xk", None), "id", Timestamp::from_millis(999), "{}"));
        assert!(!at(1000).contains(' '));
        assert_eq!(key(&rotated, Timestamp::from_millis(999)), "b2xk");
        assert_eq!(key(&rotated, Timestamp::from_millis(1000)), SECRET);
    }
}
