//! User tokens: what a business signs for a user of its own, with one of its app's keys.
//!
//! Unlike [`super::credentials`], which tells a caller nothing, this says what is wrong: whoever builds a login needs to know,
//! and none of it helps to forge one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{AppId, KeyScope, Profile, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};

use crate::chat::{Chat, ChatError};

/// Seconds by which the business's clock may be ahead of ours.
const CLOCK_SKEW: f64 = 60.0;
/// Characters of an external id, as in the API.
const EXTERNAL_ID_CHARACTERS: usize = 1024;

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserClaims {
    pub external_id: String,
    /// When the token ends. To the moment: what it opens lasts no longer, so there is nothing to be lenient about.
    pub expires_at: Option<Timestamp>,
    /// What the token tells of the person, as far as that is sound.
    pub profile: Profile,
}

/// Why a token proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    #[error("jwt is not a JSON web token")]
    Malformed,
    #[error("jwt should be signed with HS256 (alg)")]
    Algorithm,
    #[error("jwt should be of type JWT (typ)")]
    Type,
    #[error("jwt names no key (kid)")]
    NoKey,
    #[error("jwt names a key (kid) that is unknown or revoked")]
    UnknownKey,
    #[error("jwt is not signed with the key that it names")]
    Signature,
    #[error("jwt has expired")]
    Expired,
    #[error("jwt is not good yet (nbf, iat)")]
    Early,
    #[error("{0} in jwt should be a number of seconds since 1970")]
    Time(&'static str),
    #[error("scope in jwt should be user")]
    Scope,
    #[error("{0} is missing in jwt")]
    Missing(&'static str),
    #[error("{0} in jwt should be a string of 1 to 1024 characters")]
    ExternalId(&'static str),
    #[error("externalId is not the one that jwt names")]
    OtherUser,
}

/// What `token`, for a user of `app`, says at `now`. `external_id` is whom the page means, where it says so beside the token.
/// # Errors
/// Why it proves nothing; when the keys can't be read.
pub async fn verify(
    chat: &Chat,
    app: AppId,
    token: &str,
    external_id: Option<&str>,
    now: Timestamp,
) -> Result<Result<UserClaims, JwtError>, ChatError> {
    let key = match key_id(token).map(|id| id.parse()) {
        Ok(Ok(id)) => chat.api_key(&id).await?,
        Ok(Err(_)) => None,
        Err(error) => return Ok(Err(error)),
    };
    let key = key.filter(|key| key.app == Some(app) && key.id.scope() == KeyScope::App);
    let Some(key) = key else { return Ok(Err(JwtError::UnknownKey)) };
    Ok(claims(token, &key.secret, now).and_then(|claims| match external_id {
        Some(meant) if meant != claims.external_id => Err(JwtError::OtherUser),
        _ => Ok(claims),
    }))
}

/// The key that `token` says it is signed with.
fn key_id(token: &str) -> Result<String, JwtError> {
    let header = token.split_once('.').ok_or(JwtError::Malformed)?.0;
    let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| JwtError::Malformed)?;
    let header: Map<String, Value> = serde_json::from_slice(&header).map_err(|_| JwtError::Malformed)?;
    if header.get("alg").and_then(Value::as_str) != Some("HS256") {
        return Err(JwtError::Algorithm);
    }
    let kind = header.get("typ").filter(|kind| !kind.is_null());
    if kind.is_some_and(|kind| !kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("JWT"))) {
        return Err(JwtError::Type);
    }
    header.get("kid").and_then(Value::as_str).map(str::to_owned).ok_or(JwtError::NoKey)
}

/// What `token` says, if it is signed with `secret` and good at `now`.
fn claims(token: &str, secret: &str, now: Timestamp) -> Result<UserClaims, JwtError> {
    // HS256 and nothing else. Times are ours to check, by the clock that came in.
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = decode::<Map<String, Value>>(token, &DecodingKey::from_secret(secret.as_bytes()), &validation);
    let claims = claims.map_err(|_| JwtError::Signature)?.claims;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
    let seconds = now.millis() as f64 / 1000.0;
    for name in ["nbf", "iat"] {
        if time(&claims, name)?.is_some_and(|time| time > seconds + CLOCK_SKEW) {
            return Err(JwtError::Early);
        }
    }
    let expiry = time(&claims, "exp")?;
    if expiry.is_some_and(|expiry| expiry <= seconds) {
        return Err(JwtError::Expired);
    }
    let names = match claims.get("scope").and_then(Value::as_str) {
        Some("user") => ["external_id", "userId"],
        Some("appUser") => ["userId", "external_id"],
        _ => return Err(JwtError::Scope),
    };
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    Ok(UserClaims {
        external_id: external_id(&claims, names)?,
        expires_at: expiry.map(|expiry| Timestamp::from_millis((expiry * 1000.0) as i64)),
        profile: profile(&claims),
    })
}

fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<f64>, JwtError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(time) => time.as_f64().map(Some).ok_or(JwtError::Time(name)),
    }
}

/// The user's external id, which is called by either of these names.
fn external_id(claims: &Map<String, Value>, [name, other]: [&'static str; 2]) -> Result<String, JwtError> {
    let given = |name: &'static str| Some((name, claims.get(name).filter(|id| !id.is_null())?));
    let (called, id) = given(name).or_else(|| given(other)).ok_or(JwtError::Missing(name))?;
    let id = id.as_str().ok_or(JwtError::ExternalId(called))?;
    let is_sound = (1..=EXTERNAL_ID_CHARACTERS).contains(&id.chars().count()) && !id.contains('\0');
    if is_sound { Ok(id.to_owned()) } else { Err(JwtError::ExternalId(called)) }
}

/// The `OpenID` claims that say who somebody is.
fn profile(claims: &Map<String, Value>) -> Profile {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let (name, given) = (text("name"), text("given_name"));
    let surname = match (name, given) {
        (Some(name), Some(given)) => name.strip_prefix(given).map(str::trim).filter(|rest| !rest.is_empty()),
        _ => None,
    };
    // An address that the business itself does not trust is none of the user's.
    let email = text("email").filter(|_| claims.get("email_verified") != Some(&Value::Bool(false)));
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Profile { given_name: owned(given.or(name)), surname: owned(surname), email: owned(email), ..Profile::default() }
        .sound()
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_767_225_600;

    fn said(payload: &Value) -> Result<UserClaims, JwtError> {
        let token = encode(&Header::new(Algorithm::HS256), payload, &EncodingKey::from_secret(b"secret")).unwrap();
        claims(&token, "secret", Timestamp::from_millis(NOW * 1000))
    }

    #[test]
    fn a_good_token_names_a_user() {
        let ann = said(&json!({ "scope": "user", "external_id": "ann", "exp": NOW + 1 })).unwrap();
        assert_eq!((ann.external_id.as_str(), ann.expires_at), ("ann", Some(Timestamp::from_millis((NOW + 1) * 1000))));
        for legacy in [
            json!({ "scope": "appUser", "userId": "ann" }),
            json!({ "scope": "appUser", "external_id": "ann", "iat": NOW + 30 }),
            json!({ "scope": "user", "userId": "ann", "exp": null }),
        ] {
            assert_eq!(said(&legacy).unwrap().external_id, "ann", "{legacy}");
        }
        assert!(said(&json!({ "scope": "user", "external_id": "a", "exp": 1e300 })).is_ok(), "far away is no fault");
    }

    #[test]
    fn a_bad_one_is_told_what_is_wrong() {
        for (payload, error) in [
            (json!({ "scope": "user", "external_id": "ann", "exp": NOW }), JwtError::Expired),
            (json!({ "scope": "user", "external_id": "ann", "exp": "soon" }), JwtError::Time("exp")),
            (json!({ "scope": "user", "external_id": "ann", "nbf": NOW + 61 }), JwtError::Early),
            (json!({ "scope": "user", "external_id": "ann", "iat": NOW + 61 }), JwtError::Early),
            (json!({ "scope": "app", "external_id": "ann" }), JwtError::Scope),
            (json!({ "external_id": "ann" }), JwtError::Scope),
            (json!({ "scope": "user" }), JwtError::Missing("external_id")),
            (json!({ "scope": "appUser", "sub": "ann" }), JwtError::Missing("userId")),
            (json!({ "scope": "user", "external_id": 7 }), JwtError::ExternalId("external_id")),
            (json!({ "scope": "appUser", "userId": 7 }), JwtError::ExternalId("userId")),
            (json!({ "scope": "user", "external_id": "" }), JwtError::ExternalId("external_id")),
            (json!({ "scope": "user", "external_id": "x".repeat(1025) }), JwtError::ExternalId("external_id")),
        ] {
            assert_eq!(said(&payload), Err(error), "{payload}");
        }
    }

    #[test]
    fn a_header_is_read_before_any_key_is_looked_up() {
        let token = |header: &Value| format!("{}.e30.", URL_SAFE_NO_PAD.encode(header.to_string()));
        let kid = "app_65f0a1b2c3d4e5f6aabbccdd";
        assert_eq!(key_id(&token(&json!({ "alg": "HS256", "typ": "JWT", "kid": kid }))).as_deref(), Ok(kid));
        for (header, error) in [
            (json!({ "alg": "none", "kid": kid }), JwtError::Algorithm),
            (json!({ "alg": "RS256", "kid": kid }), JwtError::Algorithm),
            (json!({ "kid": kid }), JwtError::Algorithm),
            (json!({ "alg": "HS256", "typ": "JWE", "kid": kid }), JwtError::Type),
            (json!({ "alg": "HS256" }), JwtError::NoKey),
            (json!({ "alg": "HS256", "kid": 7 }), JwtError::NoKey),
            (json!([]), JwtError::Malformed),
        ] {
            assert_eq!(key_id(&token(&header)), Err(error), "{header}");
        }
        for nonsense in ["", "a", "a.b", "é.b.c"] {
            assert_eq!(key_id(nonsense), Err(JwtError::Malformed), "{nonsense}");
        }
    }

    #[test]
    fn claims_fill_the_profile_as_far_as_they_are_sound() {
        let of = |payload: Value| profile(payload.as_object().unwrap());
        let full =
            of(json!({ "name": "Ann Lee", "given_name": "Ann", "email": "ann@shop.example", "email_verified": true }));
        assert_eq!((full.given_name.as_deref(), full.surname.as_deref()), (Some("Ann"), Some("Lee")));
        assert_eq!(full.email.as_deref(), Some("ann@shop.example"));
        assert_eq!(of(json!({ "name": "Ann Lee" })).given_name.as_deref(), Some("Ann Lee"));
        let unsure = of(json!({ "email": "ann@shop.example", "email_verified": false, "name": 7 }));
        assert_eq!(unsure, Profile::default());
        assert_eq!(of(json!({ "email": "nobody" })), Profile::default());
    }
}
