//! `Idempotency-Key`: the caller's own name for a message, so that a retry is not a second one.

use axum::extract::FromRequestParts;
use domain::{ClientMessageId, Invalid};
use http::request::Parts;
use sha2::{Digest as _, Sha256};

use crate::api::v2::error::ApiError;
use crate::state::AppState;

const HEADER: &str = "idempotency-key";

/// The key, where the caller sent one.
pub struct IdempotencyKey(pub Option<ClientMessageId>);

impl FromRequestParts<AppState> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let Some(key) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        client_id(key.as_bytes()).map(|id| Self(Some(id))).map_err(ApiError::from)
    }
}

/// A client's id of the usual form for any key: its hash.
fn client_id(key: &[u8]) -> Result<ClientMessageId, Invalid> {
    if !(1..=255).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
        return Err(Invalid::new("Idempotency-Key", "should be 1 to 255 visible characters"));
    }
    ClientMessageId::of_business(&hex::encode(Sha256::digest(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_visible_key_is_a_name_of_its_own() {
        let (one, other) = (client_id(b"order/4711").unwrap(), client_id(b"order/4712").unwrap());
        assert_ne!(one, other);
        assert_eq!(one, client_id(b"order/4711").unwrap());
        assert!(client_id(&[b'~'; 255]).is_ok());
        for bad in [&b""[..], b"a b", b"tab\t", "é".as_bytes(), &[b'x'; 256]] {
            assert_eq!(client_id(bad).unwrap_err().field, "Idempotency-Key");
        }
    }
}
