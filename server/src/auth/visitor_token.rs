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
    /// Until when the login is good that made the session; `None` for a browser that nobody logged in.
    pub login: Option<Timestamp>,
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
    /// When it was made, in milliseconds.
    #[serde(default)]
    at: Option<i64>,
    /// Whether a login made the session.
    #[serde(default, skip_serializing_if = "is_false")]
    login: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(login: &bool) -> bool {
    !login
}

/// A token that was read.
struct Pass {
    identity: VisitorIdentity,
    /// In seconds since 1970.
    expiry: i64,
    is_login: bool,
}

impl Pass {
    fn login(&self) -> Option<Timestamp> {
        self.is_login.then(|| Timestamp::from_millis(self.expiry * 1000))
    }
}

/// Seconds for which a token made at `now` is good; `login` is the end of the login that it stands for, if any.
pub fn lifetime(login: Option<Timestamp>, now: Timestamp) -> i64 {
    login.map_or(LIFETIME_SECONDS, |end| ((end.millis() - now.millis()) / 1000).clamp(0, LIFETIME_SECONDS))
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

    /// A token for `visitor`, good for 400 days from `now`, or to the end of the `login` that it stands for.
    /// # Panics
    /// Never: the claims are plain text and HMAC takes any key.
    pub fn sign(&self, visitor: &VisitorIdentity, login: Option<Timestamp>, now: Timestamp) -> String {
        let claims = Claims {
            scope: SCOPE.to_owned(),
            iid: visitor.integration,
            sid: visitor.session,
            sub: visitor.user,
            exp: now.millis() / 1000 + lifetime(login, now),
            at: Some(now.millis()),
            login: login.is_some(),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing).expect("plain claims can be signed")
    }

    /// Who `token` speaks for on `integration`; `None` for a token that is forged, expired, or of another chat page.
    pub fn read(&self, token: &str, integration: IntegrationId) -> Option<VisitorIdentity> {
        self.check(token, integration).map(|pass| pass.identity)
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
        if let Some(pass) = cookie {
            // A login ends when it ends: only another login prolongs it.
            let is_old = !pass.is_login && pass.expiry - now.millis() / 1000 < LIFETIME_SECONDS - RENEWAL_SECONDS;
            let cookie = if is_old { Cookie::Old } else { Cookie::Good };
            return Some(Identified { identity: pass.identity, login: pass.login(), cookie });
        }
        let pass = self.check(token?, integration)?;
        Some(Identified { identity: pass.identity, login: pass.login(), cookie: Cookie::Missing })
    }

    /// [`VisitorTokens::identify`] for what a page does: `None` too where the browser speaks for somebody else by now than when
    /// the page was written. `page` is what the page says of itself: its token, or the id of the session it was written for.
    ///
    /// A stranger's page goes along with another stranger's cookie: another tab of the browser was quicker to speak. A login and
    /// a logout are never gone along with.
    pub fn speaker(
        &self,
        headers: &HeaderMap,
        surface: Surface,
        integration: IntegrationId,
        page: Option<&str>,
        now: Timestamp,
    ) -> Option<Identified> {
        let browser = self.identify(headers, surface, integration, page, now)?;
        let Some(page) = page else { return Some(browser) };
        let is_the_same = match page.parse::<SessionId>() {
            Ok(session) => session == browser.identity.session,
            Err(_) => match self.check(page, integration) {
                Some(pass) if pass.identity.session == browser.identity.session => true,
                Some(pass) => !pass.is_login && browser.login.is_none(),
                None => browser.login.is_none(),
            },
        };
        is_the_same.then_some(browser)
    }

    /// When `token` was made for a page of `integration`; `None` for one that is forged or expired, or from before tokens said so.
    pub fn made_at(&self, token: &str, integration: IntegrationId) -> Option<Timestamp> {
        self.claims(token, integration)?.at.map(Timestamp::from_millis)
    }

    fn check(&self, token: &str, integration: IntegrationId) -> Option<Pass> {
        let claims = self.claims(token, integration)?;
        let identity = VisitorIdentity { integration: claims.iid, session: claims.sid, user: claims.sub };
        Some(Pass { identity, expiry: claims.exp, is_login: claims.login })
    }

    fn claims(&self, token: &str, integration: IntegrationId) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp"]);
        let claims = decode::<Claims>(token, &self.checking, &validation).ok()?.claims;
        (claims.scope == SCOPE && claims.iid == integration).then_some(claims)
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
        let token = tokens.sign(&visitor(), None, Clock::system().now());
        assert_eq!(tokens.read(&token, visitor().integration), Some(visitor()));
    }

    #[test]
    fn the_cookie_comes_before_the_pages_token_and_is_renewed() {
        let tokens = VisitorTokens::new("secret");
        let (visitor, now) = (visitor(), Clock::system().now());
        let other = VisitorIdentity { user: UserId::new(now, [7; 8]), ..visitor };
        let (mine, others) = (tokens.sign(&visitor, None, now), tokens.sign(&other, None, now));
        let identify = |cookie: &str, at: Timestamp| {
            let mut headers = HeaderMap::new();
            headers.insert("cookie", format!("parlor_{}={cookie}", visitor.integration).parse().unwrap());
            tokens.identify(&headers, Surface::Chat, visitor.integration, Some(&others), at)
        };
        assert_eq!(identify(&mine, now), Some(Identified { identity: visitor, login: None, cookie: Cookie::Good }));
        let later = now.plus_millis((RENEWAL_SECONDS + 1) * 1000);
        assert_eq!(identify(&mine, later), Some(Identified { identity: visitor, login: None, cookie: Cookie::Old }));
        assert_eq!(identify("forged", now), Some(Identified { identity: other, login: None, cookie: Cookie::Missing }));
    }

    #[test]
    fn a_login_lasts_as_long_as_it_may_and_is_not_renewed() {
        let (tokens, now) = (VisitorTokens::new("secret"), Clock::system().now());
        let end = Timestamp::from_millis(now.millis() / 1000 * 1000 + 60_000);
        let mut headers = HeaderMap::new();
        let token = tokens.sign(&visitor(), Some(end), Timestamp::from_millis(end.millis() - 60_000));
        headers.insert("cookie", format!("parlor_{}={token}", visitor().integration).parse().unwrap());
        let identified = tokens.identify(&headers, Surface::Chat, visitor().integration, None, now);
        assert_eq!(identified, Some(Identified { identity: visitor(), login: Some(end), cookie: Cookie::Good }));
        assert_eq!(lifetime(Some(end.plus_millis(i64::MAX / 4)), now), LIFETIME_SECONDS);
        assert_eq!(lifetime(Some(now.plus_millis(-5000)), now), 0);
    }

    #[test]
    fn a_page_acts_for_nobody_but_whom_it_was_written_for() {
        let (tokens, now) = (VisitorTokens::new("secret"), Clock::system().now());
        let ann = visitor();
        let other = |digit| VisitorIdentity { session: SessionId::new(now, [digit; 8]), ..ann };
        let (bob, cat) = (other(7), other(8));
        let until = Some(now.plus_millis(60_000));
        let sign = |who: &VisitorIdentity, login| tokens.sign(who, login, now);
        let may = |cookie: &str, page: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("cookie", format!("parlor_{}={cookie}", ann.integration).parse().unwrap());
            tokens.speaker(&headers, Surface::Chat, ann.integration, Some(page), now).is_some()
        };
        let id = |who: &VisitorIdentity| who.session.to_string();
        assert!(may(&sign(&ann, until), &id(&ann)) && may(&sign(&ann, until), &sign(&ann, None)));
        assert!(may(&sign(&bob, None), &sign(&ann, None)), "another tab was quicker to speak");
        assert!(!may(&sign(&bob, None), &id(&ann)), "a page with somebody's conversation");
        assert!(!may(&sign(&bob, until), &sign(&cat, None)), "a stranger's page, and a login since");
        assert!(!may(&sign(&bob, None), &sign(&ann, until)), "a login's page, and another stranger since");
        assert!(!may(&sign(&bob, until), "forged") && may(&sign(&bob, None), "forged"));
        assert!(!may("none", &id(&ann)), "after a logout");
    }

    #[test]
    fn anybody_elses_token_is_refused() {
        let tokens = VisitorTokens::new("secret");
        let now = Clock::system().now();
        let good = tokens.sign(&visitor(), None, now);
        let elsewhere = IntegrationId::new(Timestamp::default(), [9; 8]);
        let old = tokens.sign(&visitor(), None, now.plus_millis(-(LIFETIME_SECONDS + 120) * 1000));
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
