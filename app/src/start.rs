//! What a page starts from: everything the server knows when it writes the first HTML.

#[cfg(feature = "ssr")]
use domain::Message;
use domain::{ClientMessageId, Color, ConversationId, IntegrationId, LinkEnd, MessageId, SessionId, UserId};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::components::content::{Stationery, rich};
use crate::i18n::Texts;
use crate::json::{FromJson, Json, reads};
use crate::{AppError, browser, json};

/// Where the messenger is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// A page of its own, `/chat/…`.
    Chat,
    /// In somebody's iframe, `/embed/…`.
    Embed,
}

impl Surface {
    /// The first part of its path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embed => "embed",
        }
    }
}

impl FromJson for Surface {
    fn from_json(json: &Json) -> Option<Self> {
        let path = json.string()?;
        [Self::Chat, Self::Embed].into_iter().find(|surface| surface.path() == path)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the visitor's system has it.
    #[default]
    Auto,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dir {
    #[default]
    Ltr,
    Rtl,
}

/// The document around the messenger; never sent to the browser as data.
#[derive(Debug, Clone)]
pub struct Document {
    /// BCP 47, for `<html lang>`.
    pub lang: String,
    pub dir: Dir,
    pub theme: Theme,
    /// The integration's `brandColor`, `conversationColor` and `actionColor`.
    pub brand: Color,
    pub conversation: Color,
    pub action: Color,
    /// Address of the picture behind the conversation.
    pub background: Option<String>,
    /// Whether the introduction stays above the messages.
    pub fixed_intro: bool,
    /// For every inline `<style>` and `<script>`.
    pub nonce: String,
    /// Path that the product lives under, without a trailing slash: mostly empty.
    pub base: String,
    /// All texts of the page; for what only the server renders.
    pub texts: Texts,
    /// File names below `{base}/pkg/`; `None` in a build without a frontend.
    pub assets: Option<Assets>,
    /// What a link to this page looks like elsewhere; `None` where there is nothing to show.
    pub preview: Option<Preview>,
}

/// A page as messengers and social networks show a link to it. All addresses are absolute.
#[derive(Debug, Clone)]
pub struct Preview {
    pub title: String,
    pub url: String,
    pub image: String,
    /// Whether the picture is wide, rather than an icon.
    pub is_wide: bool,
}

/// The hashed names of the built frontend.
#[derive(Debug, Clone, Copy)]
pub struct Assets {
    /// `parlor.3f2a….css`
    pub css: &'static str,
    /// `parlor.3f2a….js`, the wasm-bindgen glue (an ES module).
    pub js: &'static str,
    /// `parlor.3f2a….wasm`
    pub wasm: &'static str,
}

/// The business, as the header shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Business {
    pub name: String,
    pub icon_url: Option<String>,
    /// The picture beside what is asked before the first message, where it is another.
    pub asking_url: Option<String>,
}

reads!(Business { name, icon_url, asking_url });

impl Business {
    /// The picture beside what is asked before the first message, and beside the thanks for it.
    pub fn asking_picture(&self) -> Option<String> {
        self.asking_url.clone().or_else(|| self.icon_url.clone())
    }
}

/// What the header says of the conversation; the business stands in for what is lacking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Heading {
    pub name: Option<String>,
    pub icon_url: Option<String>,
    pub description: Option<String>,
}

reads!(Heading { name, icon_url, description });

/// The way to the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListLink {
    /// Made by the server.
    pub html: String,
    /// Messages that this visitor has not read in other conversations.
    pub unread: u32,
}

reads!(ListLink { html, unread });

/// What the composer offers besides words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Menu {
    pub image: bool,
    pub file: bool,
    pub location: bool,
}

reads!(Menu { image, file, location });

impl Menu {
    /// Whether there is anything in it.
    pub fn is_offered(self) -> bool {
        self.image || self.file || self.location
    }
}

/// A QR code with what a reader of paper needs to know.
#[derive(Debug, Clone)]
pub struct Poster {
    pub business: Business,
    /// Where the code leads, in full.
    pub url: String,
    /// Where the pictures of the code are, without `.svg` and `.png`.
    pub qr: String,
}

/// What a document shows.
#[derive(Debug, Clone)]
pub enum PageBody {
    Messenger(Box<Start>),
    /// A short link's QR code, to be printed.
    Poster(Box<Poster>),
    /// A short link that leads nowhere any more.
    LinkEnded {
        end: LinkEnd,
        /// Where the chat itself is, if the visitor may be shown the way.
        chat: Option<String>,
    },
    /// Every state of the page.
    Gallery {
        /// Where the states are, and what they are to look like.
        address: String,
        query: String,
    },
    /// The visitor's conversations, and what their page says of itself.
    List(Box<Start>, Box<Listing>),
    /// No such integration (or it was deleted).
    NotFound,
    /// A fault of ours; a reload may help. The id is the request's, for a report to the operator.
    Broken {
        request_id: String,
    },
    /// Too many requests from one place.
    TooMany,
}

/// A page of the visitor's conversations. Rendered on the server only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub entries: Vec<Listed>,
    /// The way to the next page, and to a new conversation, where there is one.
    pub more: Option<Way>,
    pub new: Option<Way>,
}

/// A conversation of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: ConversationId,
    pub name: String,
    pub icon_url: Option<String>,
    /// What was said last.
    pub preview: String,
    /// When it was said, for machines and for people.
    pub machine: String,
    pub time: String,
    pub unread: u64,
    pub way: Way,
}

/// The way to another part of the chat page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub address: String,
    /// What a form says for it, where a link would lose who this is.
    pub open: String,
}

/// The messenger's first state, sent to the browser with the page.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Start {
    pub integration: IntegrationId,
    pub surface: Surface,
    pub base: String,
    /// `?…` with the look that the link asked for (theme, locale, colours), to be kept by forms and links; mostly empty.
    pub query: String,
    /// Of this page, looks included, at the newest messages.
    pub address: String,
    pub business: Business,
    pub heading: Heading,
    /// Where the visitor has a list of conversations to go back to.
    pub list: Option<ListLink>,
    /// Those that the messenger shows in the browser too.
    pub texts: Texts,
    pub menu: Menu,
    /// Whether a message that nobody looks at may sound.
    pub sound: bool,
    /// Whether what is unsent goes with the browser's session, as the visitor does.
    pub forgets: bool,
    /// A signed token that says who this visitor is (or will be, with the first message). `None` where a cookie says so.
    pub visitor: Option<String>,
    /// The session that the page was written for; not stored before the first message.
    pub session: SessionId,
    /// The user whom a login opened; `None` for an anonymous visitor.
    pub user: Option<UserId>,
    /// The id of the next message: made with the page, so that a form sent twice is one message.
    pub client_id: ClientMessageId,
    pub conversation: Option<ConversationId>,
    /// The id of the further conversation that the first message begins: made with the page, so that two posts of it are one.
    pub fresh: Option<ConversationId>,
    /// Number of the last event of the log that this state contains.
    pub seq: u64,
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// Whether there are messages before the first entry …
    pub older: bool,
    /// … and after the last one (only on a page reached by "Load more" without JavaScript).
    pub newer: bool,
    /// When the business last read, in milliseconds since 1970.
    pub business_read: Option<i64>,
    /// What is asked before the first message, as HTML; `None` where nothing is, and after that.
    pub prechat: Option<String>,
    /// Text for the composer: a prefill from the link, or what could not be sent.
    pub draft: String,
    /// Why the form just posted was not accepted.
    pub problem: Option<AppError>,
    /// IANA name of the zone whose offsets the entries carry (from a cookie that the page itself sets); empty for UTC.
    pub zone: String,
}

reads!(Start {
    integration,
    surface,
    base,
    query,
    address,
    business,
    heading,
    list,
    texts,
    menu,
    sound,
    forgets,
    visitor,
    session,
    user,
    client_id,
    conversation,
    fresh,
    seq,
    entries,
    older,
    newer,
    business_read,
    prechat,
    draft,
    problem,
    zone,
});

/// What the form before the first message is called among those of messages.
pub const PRECHAT: &str = "prechat";

impl Start {
    /// Of the element that holds it in the page, as JSON.
    pub const ID: &str = "start";

    /// What the page at hand holds, in the browser.
    /// # Panics
    /// Never: every page with an island holds its start.
    pub fn of_page() -> Self {
        let text = browser::document().get_element_by_id(Self::ID).and_then(|element| element.text_content());
        text.and_then(|text| json::read(&text)).expect("the page holds its start")
    }

    /// The address of what stands beneath this page under `name`, looks included.
    #[cfg(feature = "ssr")]
    pub fn address_of(&self, name: &str) -> String {
        let integration = self.integration.to_string();
        [&self.base, "/", self.surface.path(), "/", &integration, "/", name, &self.query].concat()
    }

    /// What this page says of itself with everything that it does, so that it acts for nobody but whom it was written for: its
    /// token, or the session's id where a cookie proves the rest.
    pub fn page(&self) -> String {
        self.visitor.clone().unwrap_or_else(|| self.session.to_string())
    }

    /// The same for an address: a token is nothing to stand there, its page is a stranger's until it shows it otherwise.
    pub fn listener(&self) -> String {
        if self.visitor.is_some() { "stranger".to_owned() } else { self.session.to_string() }
    }
}

/// A message as a row of the transcript needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: MessageId,
    pub seq: u64,
    /// Whether this visitor wrote it …
    pub mine: bool,
    /// … or the business; else it was another user of the conversation.
    pub by_business: bool,
    pub name: Option<String>,
    pub avatar: Option<String>,
    /// A plain text. Without it and without `rich`: a type that can't be shown.
    pub text: Option<String>,
    pub rich: Option<Rich>,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Minutes east of Greenwich at `at`, in the visitor's zone as far as it is known.
    pub offset: i32,
    pub sent_as: Option<ClientMessageId>,
}

reads!(Entry { id, seq, mine, by_business, name, avatar, text, rich, at, offset, sent_as });

#[cfg(feature = "ssr")]
impl Entry {
    /// The row for `message` on the page of `reader`, at `offset` minutes east of Greenwich.
    pub fn of(message: Message, reader: Option<UserId>, offset: i32, on: &Stationery) -> Self {
        let rich = rich(&message, on);
        let text = if rich.is_some() { None } else { message.content.plain() };
        Self {
            id: message.id,
            seq: message.seq,
            mine: message.author.user_id.is_some() && message.author.user_id == reader,
            by_business: message.author.is_business(),
            name: message.author.display_name,
            avatar: message.author.avatar_url,
            text,
            rich,
            at: message.received.millis(),
            offset,
            sent_as: message.sent_as,
        }
    }
}

/// What a message is besides plain text; made by the server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rich {
    /// The inside of its bubble.
    pub html: String,
    /// How it begins in plain words, for messages that refer to it.
    pub words: Option<String>,
    /// Buttons below it as long as it is the newest message.
    pub replies: Option<String>,
    /// Whether it is a form that closes the composer until it is answered.
    pub blocks: bool,
    /// Whether it is a form that was answered.
    pub submitted: bool,
    /// The form that it answers.
    pub answers: Option<MessageId>,
    /// The message that it refers to.
    pub quotes: Option<MessageId>,
    /// Whether it is what the visitor was asked for before the first message.
    pub prechat: bool,
}

reads!(Rich { html, words, replies, blocks, submitted, answers, quotes, prechat });

/// The answer to a message sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub conversation: ConversationId,
    /// `None` for a message that was sent before and is deleted by now.
    pub entry: Option<Entry>,
}

reads!(Sent { conversation, entry });

/// The answer to a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    /// The token of the new session, for a browser that keeps no cookies. `None` where a cookie holds it.
    pub visitor: Option<String>,
}

/// A page of history, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub entries: Vec<Entry>,
    pub older: bool,
}

reads!(History { entries, older });
