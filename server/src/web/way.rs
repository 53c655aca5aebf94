//! Where on a chat page somebody wants to be, as addresses and forms spell it.

use std::fmt;

use app::start::{Surface, Way};
use domain::{ConversationId, IntegrationId, ListKey};
use url::form_urlencoded;

use super::look::kept;

/// A place on a chat page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Wherever the visitor has most to do.
    #[default]
    Anything,
    /// The list of conversations, from here on.
    List(Option<ListKey>),
    One(ConversationId),
    /// A further conversation, with this id once the page has drawn it.
    New(Option<ConversationId>),
}

impl Wanted {
    /// What `query` says, on a page whose path names no conversation.
    pub fn of(query: &str) -> Self {
        let parameter = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let id = || parameter("conversationId")?.parse().ok();
        match parameter("view").as_deref() {
            Some("list") => Self::List(parameter("after").and_then(|key| key.parse().ok())),
            Some("new") => Self::New(id()),
            _ => id().map_or(Self::Anything, Self::One),
        }
    }

    /// What a button of a form says; a button that means nothing is one to anywhere.
    pub fn opened(open: &str) -> Self {
        match open.split_once('.') {
            None if open == "list" => Self::List(None),
            None if open == "new" => Self::New(None),
            None => open.parse().map_or(Self::Anything, Self::One),
            Some(("list", key)) => Self::List(key.parse().ok()),
            Some(_) => Self::Anything,
        }
    }

    /// Where somebody speaks who wants this: in a conversation that is there, or in a further one with this id.
    pub fn place(self) -> (Option<ConversationId>, Option<ConversationId>) {
        match self {
            Self::New(id) => (None, id),
            wanted => (wanted.id(), None),
        }
    }

    /// The conversation that is meant, be it there or to be.
    pub fn id(self) -> Option<ConversationId> {
        match self {
            Self::One(id) | Self::New(Some(id)) => Some(id),
            Self::Anything | Self::List(_) | Self::New(None) => None,
        }
    }
}

/// As [`Wanted::opened`] reads it.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anything => Ok(()),
            Self::List(None) => f.write_str("list"),
            Self::List(Some(key)) => write!(f, "list.{key}"),
            Self::One(id) => write!(f, "{id}"),
            Self::New(_) => f.write_str("new"),
        }
    }
}

/// The addresses of one chat page.
#[derive(Debug, Clone, Copy)]
pub struct Ways<'a> {
    /// Path that the product lives under.
    pub base: &'a str,
    pub surface: Surface,
    pub integration: IntegrationId,
    /// What the page was asked with; the looks of it are kept.
    pub query: &'a str,
}

impl Ways<'_> {
    pub fn address(&self, wanted: Wanted) -> String {
        let Self { base, surface, integration, query } = self;
        let mut address = format!("{base}/{}/{integration}", surface.path());
        let view = match wanted {
            Wanted::Anything => String::new(),
            Wanted::One(id) => {
                address.extend(["/", &id.to_string()]);
                String::new()
            }
            Wanted::List(None) => "view=list".to_owned(),
            Wanted::List(Some(key)) => format!("view=list&after={key}"),
            Wanted::New(None) => "view=new".to_owned(),
            Wanted::New(Some(id)) => format!("view=new&conversationId={id}"),
        };
        let looks = kept(query);
        let parts: Vec<&str> =
            [&*view, looks.trim_start_matches('?')].into_iter().filter(|part| !part.is_empty()).collect();
        if !parts.is_empty() {
            address.push('?');
            address.push_str(&parts.join("&"));
        }
        address
    }

    pub fn to(&self, wanted: Wanted) -> Way {
        Way { address: self.address(wanted), open: wanted.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "66b000000000000000000001";

    #[test]
    fn an_address_leads_where_it_says() {
        let id = ID.parse().unwrap();
        let key = "1767225600125-66b000000000000000000001".parse().unwrap();
        let ways = Ways {
            base: "/b",
            surface: Surface::Embed,
            integration: "65f0a1b2c3d4e5f601020304".parse().unwrap(),
            query: "view=x&theme=dark&message=hi",
        };
        for (wanted, address) in [
            (Wanted::Anything, "?theme=dark"),
            (Wanted::List(None), "?view=list&theme=dark"),
            (Wanted::List(Some(key)), "?view=list&after=1767225600125-66b000000000000000000001&theme=dark"),
            (Wanted::New(None), "?view=new&theme=dark"),
            (Wanted::New(Some(id)), "?view=new&conversationId=66b000000000000000000001&theme=dark"),
        ] {
            assert_eq!(ways.address(wanted), format!("/b/embed/65f0a1b2c3d4e5f601020304{address}"));
            assert_eq!(Wanted::of(address.trim_start_matches('?')), wanted);
        }
        let one = ways.address(Wanted::One(id));
        assert_eq!(one, format!("/b/embed/65f0a1b2c3d4e5f601020304/{ID}?theme=dark"));
        assert_eq!(Wanted::of(&format!("conversationId={ID}")), Wanted::One(id));
    }

    #[test]
    fn a_button_says_the_same_as_an_address() {
        let key = "1767225600125-66b000000000000000000001".parse().unwrap();
        for wanted in [
            Wanted::Anything,
            Wanted::List(None),
            Wanted::List(Some(key)),
            Wanted::New(None),
            Wanted::One(ID.parse().unwrap()),
        ] {
            assert_eq!(Wanted::opened(&wanted.to_string()), wanted);
        }
        for nonsense in ["", "x", "../x", "new "] {
            assert_eq!(Wanted::opened(nonsense), Wanted::Anything, "{nonsense}");
        }
    }
}
