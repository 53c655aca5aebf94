//! What an `Authorization` header proves: a key's secret over HTTP Basic, or a token signed with it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{ApiKey, KeyId, KeyScope, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use crate::chat::{Chat, ChatError};

/// Seconds by which another machine's clock may differ from ours.
const CLOCK_SKEW: f64 = 60.0;

/// A caller whose key or token was checked.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub key: Arc<ApiKey>,
    pub reach: Reach,
}

/// How far the caller reaches: as far as the key, or, with a token for an end user, only for that user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Account,
    App,
    Integration,
    /// By the business's id for the user, or by ours.
    AppUser(String),
}

impl Reach {
    fn of(key: &ApiKey) -> Self {
        match key.id.scope() {
            KeyScope::Account => Self::Account,
            KeyScope::App => Self::App,
            KeyScope::Integration => Self::Integration,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    scope: String,
    #[serde(default)]
    iat: Option<f64>,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default, rename = "external_id")]
    external_id: Option<String>,
}

/// What `authorization` (a header's value) proves right now; `None`: nothing.
/// # Errors
/// When the keys can't be read.
pub async fn authenticate(chat: &Chat, authorization: &str) -> Result<Option<Credentials>, ChatError> {
    let Some((scheme, proof)) = authorization.split_once(' ') else { return Ok(None) };
    if scheme.eq_ignore_ascii_case("basic") {
        by_secret(chat, proof.trim()).await
    } else if scheme.eq_ignore_ascii_case("bearer") {
        by_token(chat, proof.trim()).await
    } else {
        Ok(None)
    }
}

async fn by_secret(chat: &Chat, encoded: &str) -> Result<Option<Credentials>, ChatError> {
    let Some((id, secret)) = id_and_secret(encoded) else { return Ok(None) };
    let key = chat.api_key(&id).await?;
    let key = key.filter(|key| key.secret.as_bytes().ct_eq(secret.as_bytes()).into());
    Ok(key.map(|key| Credentials { reach: Reach::of(&key), key }))
}

fn id_and_secret(encoded: &str) -> Option<(KeyId, String)> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.parse().ok()?, secret.to_owned()))
}

async fn by_token(chat: &Chat, token: &str) -> Result<Option<Credentials>, ChatError> {
    let Some(id) = key_id_of(token) else { return Ok(None) };
    let Some(key) = chat.api_key(&id).await? else { return Ok(None) };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
    let now = chat.clock().now().millis() as f64 / 1000.0;
    Ok(reach_of(token, &key, now).map(|reach| Credentials { key, reach }))
}

fn key_id_of(token: &str) -> Option<KeyId> {
    decode_header(token).ok()?.kid?.parse().ok()
}

/// How far a token signed with `key` reaches. Never further than the key itself.
fn reach_of(token: &str, key: &ApiKey, now: f64) -> Option<Reach> {
    // HS256 and nothing else: `none`, or a public key taken for a secret, must not pass.
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_nbf = true;
    validation.validate_aud = false;
    let claims = decode::<Claims>(token, &DecodingKey::from_secret(key.secret.as_bytes()), &validation).ok()?.claims;
    if claims.iat.is_some_and(|iat| iat > now + CLOCK_SKEW) {
        return None;
    }
    match (claims.scope.as_str(), Reach::of(key)) {
        ("account", Reach::Account) => Some(Reach::Account),
        ("app", Reach::App) => Some(Reach::App),
        ("integration", Reach::Integration) => Some(Reach::Integration),
        // No user's id has a NUL: PostgreSQL could not even look for it.
        ("appUser", Reach::App) => {
            claims.user_id.or(claims.external_id).filter(|user| !user.contains('\0')).map(Reach::AppUser)
        }
        _ => None,
    }
}

/// A token signed with `key` at `at` that reaches as far as the key, for as long as the key is there.
/// # Panics
/// Never: the claims are plain, and a secret of any length signs.
pub fn token_of(key: &ApiKey, at: Timestamp) -> String {
    let scope = match key.id.scope() {
        KeyScope::Account => "account",
        KeyScope::App => "app",
        KeyScope::Integration => "integration",
    };
    let header = Header { kid: Some(key.id.to_string()), ..Header::new(Algorithm::HS256) };
    let claims = serde_json::json!({ "scope": scope, "iat": at.millis() / 1000 });
    let token = encode(&header, &claims, &EncodingKey::from_secret(key.secret.as_bytes()));
    token.expect("a secret signs plain claims")
}

#[cfg(test)]
mod tests {
    use domain::AppId;
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn only_well_formed_basic_credentials_are_read() {
        let id = "app_65f0a1b2c3d4e5f6aabbccdd";
        let (read, secret) = id_and_secret(&STANDARD.encode(format!("{id}:a:b"))).unwrap();
        assert_eq!((read.as_str(), secret.as_str()), (id, "a:b"));
        for bad in [STANDARD.encode("nobody:x"), STANDARD.encode(id), "***".to_owned(), String::new()] {
            assert!(id_and_secret(&bad).is_none(), "{bad}");
        }
    }

    fn key(scope: KeyScope) -> ApiKey {
        let at = Timestamp::default();
        ApiKey {
            id: KeyId::new(scope, AppId::new(at, [1; 8])),
            app: Some(AppId::new(at, [2; 8])),
            integration: None,
            display_name: "Key".to_owned(),
            secret: "secret".to_owned(),
            created_at: at,
        }
    }

    fn reach(claims: &Value, algorithm: Algorithm, secret: &str, scope: KeyScope) -> Option<Reach> {
        let token = encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap();
        reach_of(&token, &key(scope), now())
    }

    #[expect(clippy::cast_precision_loss, reason = "a test")]
    fn now() -> f64 {
        Clock::system().now().millis() as f64 / 1000.0
    }

    #[test]
    fn a_token_reaches_as_far_as_its_key_and_no_further() {
        let good = |claims: Value, scope| reach(&claims, Algorithm::HS256, "secret", scope);
        assert_eq!(good(json!({ "scope": "app", "iat": now() }), KeyScope::App), Some(Reach::App));
        assert_eq!(good(json!({ "scope": "app" }), KeyScope::App), Some(Reach::App), "no iat, no exp");
        assert_eq!(good(json!({ "scope": "account" }), KeyScope::Account), Some(Reach::Account));
        assert_eq!(good(json!({ "scope": "integration" }), KeyScope::Integration), Some(Reach::Integration));
        assert_eq!(
            good(json!({ "scope": "appUser", "userId": "ann" }), KeyScope::App),
            Some(Reach::AppUser("ann".into()))
        );
        for (scope, key) in [
            ("account", KeyScope::App),
            ("account", KeyScope::Integration),
            ("app", KeyScope::Integration),
            ("app", KeyScope::Account),
            ("appUser", KeyScope::Account),
            ("appUser", KeyScope::Integration),
            ("appUser", KeyScope::App),
            ("", KeyScope::App),
        ] {
            assert_eq!(good(json!({ "scope": scope }), key), None, "{scope} by {key:?}");
        }
    }

    #[test]
    fn a_bad_token_proves_nothing() {
        let claims = json!({ "scope": "app", "iat": now() });
        assert_eq!(reach(&claims, Algorithm::HS384, "secret", KeyScope::App), None, "another algorithm");
        assert_eq!(reach(&claims, Algorithm::HS256, "other", KeyScope::App), None, "another secret");
        for (why, claims) in [
            ("expired", json!({ "scope": "app", "exp": now() - 120.0 })),
            ("not yet good", json!({ "scope": "app", "nbf": now() + 600.0 })),
            ("from the future", json!({ "scope": "app", "iat": now() + 600.0 })),
            ("no scope", json!({ "iat": now() })),
        ] {
            assert_eq!(reach(&claims, Algorithm::HS256, "secret", KeyScope::App), None, "{why}");
        }
        let slow_clock = json!({ "scope": "app", "iat": now() + 30.0, "exp": now() - 30.0 });
        assert_eq!(reach(&slow_clock, Algorithm::HS256, "secret", KeyScope::App), Some(Reach::App));
    }

    #[test]
    fn a_token_names_its_key() {
        let mut header = Header::new(Algorithm::HS256);
        let token = |header: &Header| encode(header, &json!({}), &EncodingKey::from_secret(b"x")).unwrap();
        assert_eq!(key_id_of(&token(&header)), None);
        header.kid = Some("app_65f0a1b2c3d4e5f6aabbccdd".to_owned());
        assert_eq!(key_id_of(&token(&header)).unwrap().as_str(), "app_65f0a1b2c3d4e5f6aabbccdd");
        for bad in ["", "a.b", "eyJhbGciOiJub25lIiwia2lkIjoiYXBwXzY1ZjBhMWIyYzNkNGU1ZjZhYWJiY2NkZCJ9.e30."] {
            assert_eq!(key_id_of(bad), None, "{bad}");
        }
    }
}
