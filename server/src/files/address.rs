//! Addresses of files: unguessable for public ones, signed and expiring for private ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{AttachmentKey, Timestamp};
use hmac::{Hmac, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use url::Url;

use crate::clock::random_bytes;

/// What may stand in an address as it is.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A name as it stands in an address, a header or a form: percent-encoded UTF-8.
pub fn escaped(name: &str) -> String {
    utf8_percent_encode(name, &ESCAPED).to_string()
}

/// A key that nobody can guess.
/// # Panics
/// Never: 24 bytes make 32 characters of the right kind.
pub fn new_key() -> AttachmentKey {
    URL_SAFE_NO_PAD.encode(random_bytes::<24>()).parse().expect("24 bytes in base64 are a key")
}

/// What an address that was handed in points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file of ours, which may exist.
    Ours(AttachmentKey),
    /// This host, but nothing that was ever a file.
    Elsewhere,
    /// Another host, or no address at all.
    Foreign,
}

/// Makes and reads addresses.
pub struct Addresses {
    /// `https://chat.example/prefix`, without a trailing slash.
    base: String,
    secret: String,
}

impl Addresses {
    /// Addresses below `public_url`, signed with the installation's `secret`.
    pub fn new(public_url: &Url, secret: String) -> Self {
        Self { base: public_url.as_str().trim_end_matches('/').to_owned(), secret }
    }

    /// Where a file is read; enough for a public one.
    pub fn file(&self, key: &AttachmentKey, name: &str) -> String {
        format!("{}/attachments/{key}/{}", self.base, escaped(name))
    }

    /// Where an image's thumbnail is read, which is the image itself when that is small.
    pub fn thumbnail(&self, key: &AttachmentKey, name: &str) -> String {
        format!("{}/attachments/{key}/thumbnail/{}", self.base, escaped(name))
    }

    /// `address` of a private file, good until `expires`.
    pub fn signed(&self, address: &str, key: &AttachmentKey, expires: Timestamp) -> String {
        let seconds = expires.millis() / 1000;
        let signature = URL_SAFE_NO_PAD.encode(self.signature(key, seconds).finalize().into_bytes());
        format!("{address}?expires={seconds}&signature={signature}")
    }

    /// Whether `signature` is ours for `key` until `expires` (seconds since 1970), which is not over yet.
    pub fn is_signed(&self, key: &AttachmentKey, expires: &str, signature: &str, now: Timestamp) -> bool {
        let (Ok(expires), Ok(signature)) = (expires.parse::<i64>(), URL_SAFE_NO_PAD.decode(signature)) else {
            return false;
        };
        expires > now.millis() / 1000 && self.signature(key, expires).verify_slice(&signature).is_ok()
    }

    fn signature(&self, key: &AttachmentKey, expires: i64) -> Hmac<Sha256> {
        let mut signing =
            Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("HMAC takes a secret of any length");
        signing.update(format!("{key}/{expires}").as_bytes());
        signing
    }

    /// What `address` points at. The scheme does not matter: a proxy may change it.
    pub fn target(&self, address: &str) -> Target {
        let (Ok(url), Ok(base)) = (Url::parse(address), Url::parse(&self.base)) else { return Target::Foreign };
        let is_here = matches!(url.scheme(), "http" | "https")
            && url.host() == base.host()
            && (url.port_or_known_default() == base.port_or_known_default()
                || (url.port(), base.port()) == (None, None));
        if !is_here {
            return Target::Foreign;
        }
        let path = url.path().strip_prefix(base.path().trim_end_matches('/')).unwrap_or_default();
        let key = path.strip_prefix("/attachments/").and_then(|rest| rest.split('/').next()?.parse().ok());
        key.map_or(Target::Elsewhere, Target::Ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn addresses(base: &str) -> Addresses {
        Addresses::new(&base.parse().unwrap(), "secret".to_owned())
    }

    #[test]
    fn keys_differ() {
        assert_ne!(new_key(), new_key());
    }

    #[test]
    fn an_address_leads_back_to_its_key() {
        let key = new_key();
        for base in
            ["https://chat.example", "https://chat.example/", "https://chat.example/sc", "http://127.0.0.1:3000"]
        {
            let addresses = addresses(base);
            let address = addresses.file(&key, "é #1?/..%.png");
            assert!(address.ends_with("/%C3%A9%20%231%3F%2F..%25.png"), "{address}");
            assert_eq!(addresses.target(&address), Target::Ours(key.clone()));
            assert_eq!(addresses.target(&addresses.thumbnail(&key, "a.png")), Target::Ours(key.clone()));
        }
    }

    #[test]
    fn other_hosts_are_foreign_and_other_paths_are_nothing() {
        let addresses = addresses("https://chat.example/sc");
        let key = new_key();
        for foreign in [
            "",
            "x",
            "/attachments/x/y",
            "https://evil.example/sc/attachments/",
            "ftp://chat.example/",
            "https://chat.example:8443/sc",
        ] {
            assert_eq!(addresses.target(foreign), Target::Foreign, "{foreign}");
        }
        for nothing in [
            "https://chat.example/",
            "https://chat.example/sc/attachments/short/x.png",
            "https://chat.example/sc/chat/x",
        ] {
            assert_eq!(addresses.target(nothing), Target::Elsewhere, "{nothing}");
        }
        assert_eq!(addresses.target(&format!("http://chat.example/sc/attachments/{key}/x")), Target::Ours(key));
    }

    #[test]
    fn a_signed_address_is_good_until_it_expires_and_for_its_file_alone() {
        let clock = Clock::from_fn(|| "2026-11-23T12:00:00Z".parse().unwrap());
        let (addresses, key, now) = (addresses("https://chat.example"), new_key(), clock.now());
        let address = addresses.signed(&addresses.file(&key, "a.png"), &key, now.plus_millis(60_000));
        let url = Url::parse(&address).unwrap();
        let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
        let (expires, signature) = (query["expires"].as_str(), query["signature"].as_str());
        assert!(addresses.is_signed(&key, expires, signature, now));
        assert!(addresses.is_signed(&key, expires, signature, now.plus_millis(59_999)));
        assert!(!addresses.is_signed(&key, expires, signature, now.plus_millis(60_000)), "expired");
        assert!(!addresses.is_signed(&new_key(), expires, signature, now), "another file");
        let later = (expires.parse::<i64>().unwrap() + 1).to_string();
        assert!(!addresses.is_signed(&key, &later, signature, now), "another time");
        assert!(!addresses.is_signed(&key, expires, "", now), "none");
        assert!(!addresses.is_signed(&key, "never", signature, now), "no time");
        let others = Addresses::new(&url, "another secret".to_owned());
        assert!(!others.is_signed(&key, expires, signature, now), "another installation");
    }
}
