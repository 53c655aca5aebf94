//! Short links to chat pages: what they carry is kept here, not in their address.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use crate::content::TEXT_CHARACTERS;
use crate::invalid::text;
use crate::patch::present;
use crate::{AppId, IntegrationId, Invalid, LinkId, Locale, Metadata, Timestamp};

/// Characters of a `ref`.
pub const REF_CHARACTERS: usize = 2083;
const EXTERNAL_ID_CHARACTERS: usize = 1024;
/// The most uses that a link may be limited to.
const MAX_USES: u32 = 1_000_000_000;

/// Nothing that is taken for something else when it is read from paper: no 0 and o, no 1 and l.
const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
const SHORT: usize = 10;
const LONG: usize = 20;

/// The last part of a short link's address: lowercase letters and digits that nobody can guess.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// 50 bits of `random`, to be typed from paper.
    pub fn short(random: [u8; LONG]) -> Self {
        Self::of(&random[..SHORT])
    }

    /// 100 bits of `random`, for a link that speaks for a person.
    pub fn long(random: [u8; LONG]) -> Self {
        Self::of(&random)
    }

    fn of(random: &[u8]) -> Self {
        Self(random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no slug of a link")]
pub struct NotASlug;

impl FromStr for Slug {
    type Err = NotASlug;

    /// Reads what somebody may have typed: capitals are lowercase letters.
    fn from_str(text: &str) -> Result<Self, NotASlug> {
        let slug = text.to_ascii_lowercase();
        let is_good = matches!(slug.len(), SHORT | LONG) && slug.bytes().all(|c| ALPHABET.contains(&c));
        if is_good { Ok(Self(slug)) } else { Err(NotASlug) }
    }
}

impl Serialize for Slug {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A short address that leads to a chat page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub slug: Slug,
    pub app: AppId,
    pub integration: IntegrationId,
    /// What the composer holds when the page opens.
    pub message: Option<String>,
    /// Where the visitor comes from: webhooks are told with the next message.
    pub r#ref: Option<String>,
    /// The language of the page.
    pub locale: Option<Locale>,
    /// What a conversation gets that comes by this link, where it has no such key.
    pub metadata: Option<Metadata>,
    /// The business's own id for the user that a new visitor is.
    pub external_id: Option<String>,
    pub expires_at: Option<Timestamp>,
    /// How many browsers may write by it.
    pub max_uses: Option<u32>,
    /// How many have.
    pub uses: u32,
    pub revoked_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Why a link leads nowhere any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkEnd {
    Revoked,
    Expired,
    UsedUp,
}

impl Link {
    /// Why it leads nowhere at `now`; `None` while it does.
    pub fn end(&self, now: Timestamp) -> Option<LinkEnd> {
        if self.revoked_at.is_some() {
            Some(LinkEnd::Revoked)
        } else if self.expires_at.is_some_and(|expiry| expiry <= now) {
            Some(LinkEnd::Expired)
        } else if self.max_uses.is_some_and(|most| self.uses >= most) {
            Some(LinkEnd::UsedUp)
        } else {
            None
        }
    }
}

/// How a visitor came to the page: by which link, and with which `ref` in its address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrival {
    pub link: Option<Slug>,
    pub r#ref: Option<String>,
}

impl Arrival {
    /// What the address of a page says. Nonsense is passed over: a link must never break a page.
    pub fn new(link: Option<&str>, r#ref: Option<String>) -> Self {
        let r#ref = r#ref.filter(|code| text("ref", code, REF_CHARACTERS).is_ok());
        Self { link: link.and_then(|link| link.parse().ok()), r#ref }
    }

    /// The code that webhooks are told, and the referral as they see it: that of `link`, which brought the visitor, before that
    /// of the address.
    pub fn referral(&self, link: Option<&Link>) -> Option<(String, Value)> {
        if let Some(code) = link.and_then(|link| link.r#ref.clone()) {
            let details = json!({ "source": "SHORTLINK", "type": "OPEN_THREAD" });
            return Some((code.clone(), json!({ "code": code, "details": details })));
        }
        self.r#ref.clone().map(|code| (code.clone(), json!({ "code": code })))
    }
}

/// The body of `POST …/links`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct NewLink {
    /// What the composer holds when the page opens; never sent by itself.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096, example = "I would like to order"))]
    pub message: Option<String>,
    /// Where the visitor comes from: with the next message, webhooks get it as `conversation:referral`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2083, example = "spring-poster"))]
    pub r#ref: Option<String>,
    /// The language of the page, such as `de` or `pt-BR`.
    pub locale: Option<Locale>,
    /// What a conversation gets that comes by this link, where it has no such key.
    pub metadata: Option<Metadata>,
    /// Whoever opens the link in a new browser speaks as this user, who is made when there is none. Such a link is a secret.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1024, example = "customer-4711"))]
    pub external_id: Option<String>,
    /// In the future.
    pub expires_at: Option<Timestamp>,
    /// How many browsers may write by it; without it any number.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 100))]
    pub max_uses: Option<u32>,
}

impl NewLink {
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn checked(self, now: Timestamp) -> Result<Self, Invalid> {
        check_texts(self.message.as_deref(), self.r#ref.as_deref())?;
        self.external_id.as_deref().map_or(Ok(()), |id| text("externalId", id, EXTERNAL_ID_CHARACTERS))?;
        self.max_uses.map_or(Ok(()), check_uses)?;
        if self.expires_at.is_some_and(|expiry| expiry <= now) {
            return Err(Invalid::new("expiresAt", "should be in the future"));
        }
        Ok(Self { metadata: self.metadata.map(Metadata::checked).transpose()?, ..self })
    }

    /// The link that this makes.
    pub fn into_link(self, id: LinkId, slug: Slug, app: AppId, integration: IntegrationId, now: Timestamp) -> Link {
        let Self { message, r#ref, locale, metadata, external_id, expires_at, max_uses } = self;
        Link {
            id,
            slug,
            app,
            integration,
            message,
            r#ref,
            locale,
            metadata,
            external_id,
            expires_at,
            max_uses,
            uses: 0,
            revoked_at: None,
            created_at: now,
        }
    }
}

/// The body of `PATCH …/links/{id}`: an absent key stays, `null` unsets. `metadata` changes key by key. Whom a link speaks for stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LinkPatch {
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4096))]
    pub message: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2083))]
    pub r#ref: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub locale: Option<Option<Locale>>,
    #[serde(default, deserialize_with = "present")]
    pub metadata: Option<Option<Metadata>>,
    /// A time in the past ends it.
    #[serde(default, deserialize_with = "present")]
    pub expires_at: Option<Option<Timestamp>>,
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000))]
    pub max_uses: Option<Option<u32>>,
}

impl LinkPatch {
    /// `link` with what this patch names.
    /// # Errors
    /// The first field that broke a rule, by its path on the wire.
    pub fn apply(self, link: Link) -> Result<Link, Invalid> {
        let [message, r#ref] = [&self.message, &self.r#ref].map(|text| text.as_ref().and_then(Option::as_deref));
        check_texts(message, r#ref)?;
        self.max_uses.flatten().map_or(Ok(()), check_uses)?;
        let metadata = match self.metadata {
            None => link.metadata,
            Some(None) => None,
            Some(Some(patch)) => Some(link.metadata.unwrap_or_default().patched(patch)?),
        };
        Ok(Link {
            message: self.message.unwrap_or(link.message),
            r#ref: self.r#ref.unwrap_or(link.r#ref),
            locale: self.locale.unwrap_or(link.locale),
            metadata,
            expires_at: self.expires_at.unwrap_or(link.expires_at),
            max_uses: self.max_uses.unwrap_or(link.max_uses),
            ..link
        })
    }
}

fn check_texts(message: Option<&str>, r#ref: Option<&str>) -> Result<(), Invalid> {
    message.map_or(Ok(()), |message| text("message", message, TEXT_CHARACTERS))?;
    r#ref.map_or(Ok(()), |code| text("ref", code, REF_CHARACTERS))
}

fn check_uses(most: u32) -> Result<(), Invalid> {
    if (1..=MAX_USES).contains(&most) {
        Ok(())
    } else {
        Err(Invalid::new("maxUses", format!("should be 1 to {MAX_USES}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn link(body: &str) -> Link {
        let new: NewLink = serde_json::from_str(body).unwrap();
        let slug = Slug::short([7; LONG]);
        new.checked(NOW).unwrap().into_link(
            LinkId::new(NOW, [1; 8]),
            slug,
            AppId::new(NOW, [2; 8]),
            IntegrationId::new(NOW, [3; 8]),
            NOW,
        )
    }

    #[test]
    fn a_slug_is_read_as_it_was_typed() {
        let slug = Slug::short(std::array::from_fn(|at| u8::try_from(at).unwrap() * 13));
        assert_eq!(slug.as_str().len(), SHORT);
        assert_eq!(slug.as_str().to_ascii_uppercase().parse(), Ok(slug));
        assert_eq!(Slug::long([255; LONG]).as_str(), "z".repeat(LONG));
        for bad in ["", "234567890a", "abcdefghil", "abcdefghi", "abcdefghijk", "abcdefgh/j", "ébcdefghi"] {
            assert_eq!(bad.parse::<Slug>(), Err(NotASlug), "{bad}");
        }
    }

    #[test]
    fn a_new_link_is_checked_field_by_field() {
        let refused = |body: &str| serde_json::from_str::<NewLink>(body).unwrap().checked(NOW).unwrap_err().field;
        assert_eq!(refused(&format!(r#"{{"message":"{}"}}"#, "x".repeat(4097))), "message");
        assert_eq!(refused(r#"{"message":""}"#), "message");
        assert_eq!(refused(&format!(r#"{{"ref":"{}"}}"#, "x".repeat(2084))), "ref");
        assert_eq!(refused(r#"{"metadata":{"a":{}}}"#), "metadata.a");
        assert_eq!(refused(r#"{"externalId":"a\u0000"}"#), "externalId");
        assert_eq!(refused(r#"{"maxUses":0}"#), "maxUses");
        assert_eq!(refused(r#"{"expiresAt":"2026-01-01T00:00:00Z"}"#), "expiresAt");
        assert!(serde_json::from_str::<NewLink>("{}").unwrap().checked(NOW).is_ok());
    }

    #[test]
    fn a_link_ends_in_three_ways() {
        let open = link(r#"{"maxUses":2,"expiresAt":"2026-01-02T00:00:00Z"}"#);
        assert_eq!(open.end(NOW), None);
        assert_eq!(open.end(NOW.plus_millis(86_400_000)), Some(LinkEnd::Expired));
        assert_eq!(Link { uses: 2, ..open.clone() }.end(NOW), Some(LinkEnd::UsedUp));
        assert_eq!(Link { revoked_at: Some(NOW), uses: 2, ..open }.end(NOW), Some(LinkEnd::Revoked));
    }

    #[test]
    fn a_patch_sets_unsets_and_leaves_alone() {
        let before = link(r#"{"message":"hi","ref":"poster","metadata":{"a":1,"b":2},"maxUses":2}"#);
        let patch: LinkPatch = serde_json::from_str(r#"{"ref":null,"metadata":{"a":null,"c":3},"maxUses":5}"#).unwrap();
        let after = patch.apply(before.clone()).unwrap();
        assert_eq!((after.message.as_deref(), after.r#ref, after.max_uses), (Some("hi"), None, Some(5)));
        assert_eq!(serde_json::to_string(&after.metadata).unwrap(), r#"{"b":2,"c":3}"#);
        let refused =
            |body: &str| serde_json::from_str::<LinkPatch>(body).unwrap().apply(before.clone()).unwrap_err().field;
        assert_eq!(refused(r#"{"message":""}"#), "message");
        assert_eq!(refused(r#"{"maxUses":0}"#), "maxUses");
        assert_eq!(refused(r#"{"metadata":{"a":[]}}"#), "metadata.a");
    }

    #[test]
    fn the_links_own_ref_comes_first() {
        let arrival = Arrival::new(Some("nonsense"), Some("ad".to_owned()));
        assert_eq!((arrival.link.clone(), arrival.referral(None).unwrap().0.as_str()), (None, "ad"));
        assert_eq!(arrival.referral(Some(&link(r#"{"ref":"poster"}"#))).unwrap().1["code"], "poster");
        assert_eq!(arrival.referral(Some(&link("{}"))).unwrap().1, serde_json::json!({ "code": "ad" }));
        assert_eq!(Arrival::new(None, Some("x".repeat(2084))), Arrival::default());
    }
}
