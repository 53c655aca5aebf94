//! API keys over HTTP Basic: the key's id as the user, its secret as the password.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{ApiKey, KeyId};
use subtle::ConstantTimeEq as _;

use crate::chat::{Chat, ChatError};

/// The key that `authorization` (a header's value) proves; `None` for anything else.
/// # Errors
/// When the keys can't be read.
pub async fn authenticate(chat: &Chat, authorization: &str) -> Result<Option<Arc<ApiKey>>, ChatError> {
    let Some((id, secret)) = credentials(authorization) else { return Ok(None) };
    let key = chat.api_key(&id).await?;
    Ok(key.filter(|key| key.secret.as_bytes().ct_eq(secret.as_bytes()).into()))
}

fn credentials(authorization: &str) -> Option<(KeyId, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.parse().ok()?, secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_basic_credentials_are_read() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let id = "app_65f0a1b2c3d4e5f6aabbccdd";
        let (read, secret) = credentials(&basic(&format!("{id}:a:b"))).unwrap();
        assert_eq!((read.as_str(), secret.as_str()), (id, "a:b"));
        let bad = [
            basic("nobody:x"),
            basic(id),
            "Basic ***".to_owned(),
            "Basic".to_owned(),
            format!("Bearer {id}:x"),
            String::new(),
        ];
        for header in bad {
            assert!(credentials(&header).is_none(), "{header}");
        }
    }
}
