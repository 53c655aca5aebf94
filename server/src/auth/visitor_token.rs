//! Visitor tokens: what a browser holds to speak for a visitor, in a cookie, a form field or a header.
//!
//! Signed by the installation, so that a page can hand one out without writing a row. Whether the session it names was
//! ever stored, or revoked since, is the database's to say.

use app::start::Surface;
use domain::{IntegrationId, SessionId, Timestamp, UserId};
use http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use super::visitor_cookie::visitor_token;
use crate::chat::VisitorIdentity;

/// The most that browsers keep a cookie for: 400 days.
pub const LIFETIME_SECONDS: i64 = 400 * 24 * 60 * 60;

/// Older than 30 days, a cookie is given anew: who keeps coming back is never forgotten.
const RENEWAL_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A visitor whose token was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identified {
    pub identity: VisitorIdentity,
    pub cookie: Cookie,
}

/// The cookie that a browser holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    Good,
    /// Good still, and due for a new one.
    Old,
    /// None, or one that proves nothing.
    Missing,
}

const SCOPE: &str = "visitor";

#[derive(Serialize, Deserialize)]
struct Claims {
    scope: String,
    iid: IntegrationId,
    sid: SessionId,
    sub: UserId,
    exp: i64,
}

/// Signs and reads visitor tokens with the installation's secret.
#[derive(Clone)]
pub struct VisitorTokens {
    signing: EncodingKey,
    checking: DecodingKey,
}

impl VisitorTokens {
    pub fn new(secret: &str) -> Self {
        Self {
            signing: EncodingKey::from_secret(secret.as_bytes()),
            checking: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// A token for `visitor`, good for 400 days from `now`.
    /// # Panics
    /// Never: the claims are plain text and HMAC takes any key.
    pub fn sign(&self, visitor: &VisitorIdentity, now: Timestamp) -> String {
        let claims = Claims {
            scope: SCOPE.to_owned(),
            iid: visitor.integration,
            sid: visitor.session,
            sub: visitor.user,
            exp: now.millis() / 1000 + LIFETIME_SECONDS,
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing).expect("plain claims can be signed")
    }

    /// Who `token` speaks for on `integration`; `None` for a token that is forged, expired, or of another chat page.
    pub fn read(&self, token: &str, integration: IntegrationId) -> Option<VisitorIdentity> {
        self.check(token, integration).map(|(identity, _)| identity)
    }

    /// Who a page's request speaks for: by its cookie, which other tabs know too, before the `token` that the page holds.
    pub fn identify(
        &self,
        headers: &HeaderMap,
        surface: Surface,
        integration: IntegrationId,
        token: Option<&str>,
        now: Timestamp,
    ) -> Option<Identified> {
        let cookie = visitor_token(headers, surface, integration).and_then(|token| self.check(token, integration));
        if let Some((identity, expiry)) = cookie {
            let is_old = expiry - now.millis() / 1000 < LIFETIME_SECONDS - RENEWAL_SECONDS;
            return Some(Identified { identity, cookie: if is_old { Cookie::Old } else { Cookie::Good } });
        }
        let identity = self.read(token?, integration)?;
        Some(Identified { identity, cookie: Cookie::Missing })
    }

    /// The visitor, and the second of expiry.
    fn check(&self, token: &str, integration: IntegrationId) -> Option<(VisitorIdentity, i64)> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp"]);
        let claims = decode::<Claims>(token, &self.checking, &validation).ok()?.claims;
        let good = claims.scope == SCOPE && claims.iid == integration;
        let identity = VisitorIdentity { integration: claims.iid, session: claims.sid, user: claims.sub };
        good.then_some((identity, claims.exp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn visitor() -> VisitorIdentity {
        let now = Timestamp::default();
        VisitorIdentity {
            integration: IntegrationId::new(now, [1; 8]),
            session: SessionId::new(now, [2; 8]),
            user: UserId::new(now, [3; 8]),
        }
    }

    #[test]
    fn a_token_comes_back_as_its_visitor() {
        let tokens = VisitorTokens::new("secret");
        let token = tokens.sign(&visitor(), Clock::system().now());
        assert_eq!(tokens.read(&token, visitor().integration), Some(visitor()));
    }

    #[test]
    fn the_cookie_comes_before_the_pages_token_and_is_renewed() {
        let tokens = VisitorTokens::new("secret");
        let (visitor, now) = (visitor(), Clock::system().now());
        let other = VisitorIdentity { user: UserId::new(now, [7; 8]), ..visitor };
        let (mine, others) = (tokens.sign(&visitor, now), tokens.sign(&other, now));
        let identify = |cookie: &str, at: Timestamp| {
            let mut headers = HeaderMap::new();
            headers.insert("cookie", format!("parlor_{}={cookie}", visitor.integration).parse().unwrap());
            tokens.identify(&headers, Surface::Chat, visitor.integration, Some(&others), at)
        };
        assert_eq!(identify(&mine, now), Some(Identified { identity: visitor, cookie: Cookie::Good }));
        let later = now.plus_millis((RENEWAL_SECONDS + 1) * 1000);
        assert_eq!(identify(&mine, later), Some(Identified { identity: visitor, cookie: Cookie::Old }));
        assert_eq!(identify("forged", now), Some(Identified { identity: other, cookie: Cookie::Missing }));
    }

    #[test]
    fn anybody_elses_token_is_refused() {
        let tokens = VisitorTokens::new("secret");
        let now = Clock::system().now();
        let good = tokens.sign(&visitor(), now);
        let elsewhere = IntegrationId::new(Timestamp::default(), [9; 8]);
        let old = tokens.sign(&visitor(), now.plus_millis(-(LIFETIME_SECONDS + 120) * 1000));
        let (head, rest) = good.split_once('.').unwrap();
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", rest.split_once('.').unwrap().0);
        assert_eq!(tokens.read(&good, elsewhere), None, "another chat page");
        assert_eq!(VisitorTokens::new("other").read(&good, visitor().integration), None, "another secret");
        for (why, token) in
            [("expired", old), ("alg none", unsigned), ("no signature", head.to_owned()), ("empty", String::new())]
        {
            assert_eq!(tokens.read(&token, visitor().integration), None, "{why}");
        }
    }
}
