//! `/chat/{integrationId}` and `/embed/{integrationId}`: the messenger, whole in its first HTML.

use std::sync::Arc;

use app::gallery::Pose;
use app::start::{Business, Document, Heading, ListLink, Menu, PageBody, Preview, Start, Surface};
use app::{AppError, Refill, Stationery, Visitor};
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use domain::integration::BrowserStorage;
use domain::{ClientMessageId, IntegrationId, WebIntegration};
use http::header::{HeaderValue, LOCATION, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use url::form_urlencoded;

use super::client::Client;
use super::errors::{app_error, say_when, status as problem_status};
use super::form::{Deed, PostedForm};
use super::look::{LINK, Look, kept};
use super::posted::{Posted, Unread};
use super::scene::{Scene, Shown};
use super::way::Wanted;
use super::{Zone, assets, headers, listing, origin};
use crate::auth::{Cookie, Identified, lifetime, visitor_cookie};
use crate::backend::VisitorBackend;
use crate::chat::{ChatError, ConversationView};
use crate::clock::random_bytes;
use crate::files::Source;
use crate::guard::ClientAddress;
use crate::state::{AppState, Shared};

/// A prefill longer than a message may be is of no use to anyone.
const PREFILL_CHARACTERS: usize = domain::content::TEXT_CHARACTERS;

/// A page as it was asked for.
pub(super) struct Ask {
    pub(super) state: AppState,
    pub(super) surface: Surface,
    pub(super) headers: HeaderMap,
    pub(super) address: ClientAddress,
    pub(super) query: String,
    pub(super) wanted: Wanted,
}

/// What the page says besides the conversation: after a post that was not accepted, or on a link with a prefill.
#[derive(Default)]
pub(super) struct Say {
    pub(super) draft: String,
    pub(super) problem: Option<AppError>,
    /// A form that was filled in and not accepted.
    pub(super) refill: Option<Refill>,
    /// The token of a browser that keeps no cookies, as its form brought it.
    pub(super) token: Option<String>,
    /// Whether the token stays as it is: it says since when somebody is writing.
    pub(super) is_again: bool,
}

/// What names a chat page in a path; a name that is not even text names none.
pub(super) type PageId = Result<Path<PagePath>, PathRejection>;

/// The parts of the path of a chat page.
#[derive(Deserialize)]
pub struct PagePath {
    pub(super) integration: String,
    #[serde(default)]
    conversation: Option<String>,
}

pub async fn chat(state: State<AppState>, id: PageId, query: RawQuery, client: Client) -> Response {
    Ask::new(state, Surface::Chat, client, query).show(id).await
}

pub async fn embed(state: State<AppState>, id: PageId, query: RawQuery, client: Client) -> Response {
    Ask::new(state, Surface::Embed, client, query).show(id).await
}

pub async fn post_chat(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Body) -> Response {
    Ask::new(state, Surface::Chat, client, query).post(id, body).await
}

pub async fn post_embed(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Body) -> Response {
    Ask::new(state, Surface::Embed, client, query).post(id, body).await
}

/// Whatever else a browser asks for.
pub async fn not_found(state: State<AppState>, client: Client) -> Response {
    Ask::new(state, Surface::Chat, client, RawQuery(None)).nothing_here()
}

impl Ask {
    pub(super) fn new(
        State(state): State<AppState>,
        surface: Surface,
        client: Client,
        RawQuery(query): RawQuery,
    ) -> Self {
        let query = query.unwrap_or_default();
        let Client { headers, address } = client;
        Self { state, surface, headers, address, wanted: Wanted::of(&query), query }
    }

    async fn show(mut self, id: PageId) -> Response {
        let integration = match self.enter(id).await {
            Ok(integration) => integration,
            Err(answer) => return answer,
        };
        if self.wanted == Wanted::New(None) {
            // The id is in the address, so that a reload goes on with the same conversation.
            self.wanted = Wanted::New(Some(self.state.chat.new_conversation_id()));
            return Self::go_to(self.ways(&integration).address(self.wanted));
        }
        let message = match self.parameter("message") {
            None => match self.message_of_link(integration.id).await {
                Ok(message) => message,
                Err(error) => return self.broken(&error),
            },
            message => message,
        };
        let draft = message.unwrap_or_default().chars().take(PREFILL_CHARACTERS).collect();
        let say = Say { draft, ..Say::default() };
        self.messenger(&integration, say, StatusCode::OK).await
    }

    /// What the composer holds on a page that a short link led to, while the link leads anywhere.
    async fn message_of_link(&self, id: IntegrationId) -> Result<Option<String>, ChatError> {
        let Some(Ok(slug)) = self.parameter(LINK).map(|slug| slug.parse()) else { return Ok(None) };
        let chat = &self.state.chat;
        let link = chat.link_called(&slug).await?.filter(|link| link.integration == id);
        Ok(link.filter(|link| link.end(chat.clock().now()).is_none()).and_then(|link| link.message))
    }

    /// The form's post: 303 to the conversation when the message is on disk, else the page again with what was wrong.
    async fn post(mut self, id: PageId, body: Body) -> Response {
        let integration = match self.enter(id).await {
            Ok(integration) => integration,
            Err(answer) => return answer,
        };
        if !origin::is_ours_or_absent(&self.headers, &self.state.site) {
            let say = Say { problem: Some(AppError::Foreign), ..Say::default() };
            return self.messenger(&integration, say, StatusCode::FORBIDDEN).await;
        }
        match Posted::read(&self.state, &self.headers, body).await {
            Ok(posted) => self.act(&integration, posted).await,
            Err(Unread { status, problem, token, draft }) => {
                let say = Say { draft, problem: Some(problem), token, ..Say::default() };
                self.messenger(&integration, say, status).await
            }
        }
    }

    async fn act(mut self, integration: &WebIntegration, posted: Posted) -> Response {
        let Posted { form: PostedForm { visitor: token, is_trapped, deed }, files } = posted;
        let is_suspect = is_trapped || self.is_hasty(integration.id, token.as_deref()).await;
        if let (true, Some(say)) = (is_suspect, Self::ask_again(&deed)) {
            let say = Say { token, ..say };
            return self.messenger(integration, say, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        let (conversation, fresh) = self.wanted.place();
        let visitor = Visitor {
            integration: integration.id,
            surface: self.surface,
            token: token.clone(),
            conversation,
            fresh,
            query: self.query.clone(),
        };
        let backend = VisitorBackend::new(self.state.clone(), self.headers.clone(), self.address);
        let keeps_cookies = backend.keeps_cookies(&visitor);
        if let Deed::Open(open) = &deed {
            self.wanted = Wanted::opened(open);
        }
        let mut answer = match self.carry_out(&backend, &visitor, deed, files).await {
            Ok(()) if keeps_cookies => Self::go_to(self.ways(integration).address(match self.wanted {
                // It is there by now.
                Wanted::New(Some(id)) => Wanted::One(id),
                wanted => wanted,
            })),
            // Without cookies a redirect would lose who this is: the page itself carries it on.
            Ok(()) => self.messenger(integration, Say { token, ..Say::default() }, StatusCode::OK).await,
            Err(say) => {
                let problem = say.problem.clone();
                let status = problem.as_ref().map_or(StatusCode::BAD_REQUEST, problem_status);
                let mut answer = self.messenger(integration, Say { token, ..*say }, status).await;
                if let Some(problem) = &problem {
                    say_when(problem, &mut answer);
                }
                answer
            }
        };
        if let Some(cookie) = backend.take_cookie() {
            set_cookie(&mut answer, &cookie);
        }
        answer
    }

    /// Does what was posted, or gives what the page is to say about it.
    async fn carry_out(
        &self,
        backend: &VisitorBackend,
        visitor: &Visitor,
        deed: Deed,
        files: Vec<Source>,
    ) -> Result<(), Box<Say>> {
        match deed {
            Deed::Say { client_id, text } if !files.is_empty() => {
                // One message a file; the text belongs to the first.
                let mut text = text;
                for (at, file) in files.into_iter().enumerate() {
                    let client_id = if at == 0 { client_id.clone() } else { format!("{client_id}-{at}") };
                    let draft = std::mem::take(&mut text);
                    let sent = match client_id.parse() {
                        Ok(client_id) => backend.upload(visitor, client_id, file, draft.clone()).await,
                        Err(error) => Err(AppError::Invalid(domain::Invalid::to_string(&error))),
                    };
                    sent.map_err(|problem| Box::new(Say { draft, problem: Some(problem), ..Say::default() }))?;
                }
                Ok(())
            }
            Deed::Say { client_id, text } => {
                let refuse = |problem| Box::new(Say { draft: text.clone(), problem: Some(problem), ..Say::default() });
                let client_id: ClientMessageId =
                    client_id.parse().map_err(|error| refuse(AppError::Invalid(domain::Invalid::to_string(&error))))?;
                backend.post(visitor, client_id, app::Say::Text(text.clone())).await.map(drop).map_err(refuse)
            }
            // Done by being there.
            Deed::Open(_) => Ok(()),
            Deed::Press(action) => {
                let pressed = backend.press_any(visitor, action).await;
                pressed.map_err(|problem| Box::new(Say { problem: Some(problem), ..Say::default() }))
            }
            Deed::Answer { form, client_id, answers } => {
                let say = app::Say::Answers { form, answers: answers.clone(), text: String::new() };
                let drawn = || client_id.and_then(|id| id.parse().ok()).unwrap_or_else(new_client_id);
                backend.post(visitor, form.map_or_else(drawn, app::form_id), say).await.map(drop).map_err(|problem| {
                    let problems =
                        if let AppError::Answers(problems) = &problem { problems.clone() } else { Vec::new() };
                    let refill = Some(Refill { form, answers, problems });
                    Box::new(Say { problem: Some(problem), refill, ..Say::default() })
                })
            }
        }
    }

    pub(super) fn see_other(&self, integration: &WebIntegration) -> Response {
        Self::go_to(self.ways(integration).address(Wanted::Anything))
    }

    fn go_to(address: String) -> Response {
        (StatusCode::SEE_OTHER, headers::no_store(), [(LOCATION, address)]).into_response()
    }

    /// [`Ask::integration`], and what the path wants of it.
    async fn enter(&mut self, id: PageId) -> Result<Arc<WebIntegration>, Response> {
        if let Ok(Path(PagePath { conversation: Some(id), .. })) = &id {
            self.wanted = Wanted::One(id.parse().map_err(|_| self.nothing_here())?);
        }
        self.integration(id).await
    }

    /// The chat page that `id` names, or the answer that there is none.
    pub(super) async fn integration(&self, id: PageId) -> Result<Arc<WebIntegration>, Response> {
        let id = id.ok().and_then(|Path(path)| path.integration.parse().ok());
        let Some(id) = id else { return Err(self.nothing_here()) };
        match self.state.chat.web_integration(id).await {
            Ok(Some(integration)) => Ok(integration),
            Ok(None) => Err(self.nothing_here()),
            Err(error) => Err(self.broken(&error)),
        }
    }

    pub(super) async fn messenger(&self, integration: &WebIntegration, say: Say, status: StatusCode) -> Response {
        let Shared { tokens, chat, site, .. } = &*self.state;
        let (surface, now) = (self.surface, chat.clock().now());
        let mut known = tokens.identify(&self.headers, surface, integration.id, say.token.as_deref(), now);
        let is_writing = !say.draft.is_empty() || say.problem.is_some();
        let scene = self.scene(integration, known.as_ref().map(|known| &known.identity), is_writing).await;
        let scene = match scene {
            Err(ChatError::SessionEnded) => {
                known = None;
                self.scene(integration, None, is_writing).await
            }
            scene => scene,
        };
        let scene = match scene {
            Ok(scene) => scene,
            Err(error) => return self.broken(&error),
        };
        let who = known.as_ref().map(|known| &known.identity);
        let say = match chat.is_unwelcome(integration.app, self.address, who).await {
            Ok(false) => say,
            Ok(true) => Say { problem: Some(AppError::Banned), ..say },
            Err(error) => return self.broken(&error),
        };
        let stranger =
            || Identified { identity: chat.new_visitor(integration.id), login: None, cookie: Cookie::Missing };
        let visitor = known.unwrap_or_else(stranger);
        let Identified { identity, login, cookie } = visitor;
        // The browser's own cookie is kept from scripts: only a browser without one gets a token to hold.
        let old =
            say.token.clone().filter(|token| say.is_again && tokens.read(token, integration.id) == Some(identity));
        let token = (cookie == Cookie::Missing).then(|| old.unwrap_or_else(|| tokens.sign(&identity, login, now)));
        let look = self.look(Some(integration));
        let body = match scene {
            Scene::Conversation(shown) => {
                let shown = *shown;
                PageBody::Messenger(Box::new(self.start(integration, &look, (&visitor, token), shown, say)))
            }
            Scene::List(list, at) => {
                let lets_begin_more = match chat.app_settings(integration.app).await {
                    Ok(settings) => integration.web.lets_begin_more(&settings),
                    Err(error) => return self.broken(&error),
                };
                let (ways, zone) = (self.ways(integration), Zone::of(&self.headers));
                let listing = listing(integration, list, lets_begin_more, ways, &zone, &look.texts, now);
                let shown = Shown { at, ..Shown::default() };
                let start = self.start(integration, &look, (&visitor, token), shown, say);
                PageBody::List(Box::new(start), Box::new(listing))
            }
        };
        let mut answer = self.document(Some(integration), look, body, status);
        let has_cookie = visitor_cookie::visitor_token(&self.headers, surface, integration.id).is_some();
        match cookie {
            Cookie::Old => {
                let token = tokens.sign(&identity, login, now);
                set_cookie(&mut answer, &site.cookies.keep(surface, integration, &token, lifetime(login, now)));
            }
            Cookie::Missing if has_cookie => set_cookie(&mut answer, &site.cookies.forget(surface, integration.id)),
            Cookie::Good | Cookie::Missing => {}
        }
        if !visitor_cookie::are_kept(&self.headers, self.surface) {
            set_cookie(&mut answer, &self.state.site.cookies.probe(self.surface));
        }
        answer
    }

    fn start(
        &self,
        integration: &WebIntegration,
        look: &Look,
        (visitor, token): (&Identified, Option<String>),
        shown: Shown,
        say: Say,
    ) -> Start {
        let zone = Zone::of(&self.headers);
        let is_banned = say.problem == Some(AppError::Banned);
        let Shown { view, fresh, unread_elsewhere, at } = shown;
        let ways = self.ways(integration);
        let mut start = Start {
            integration: integration.id,
            surface: self.surface,
            base: self.state.site.base.clone(),
            query: kept(&self.query),
            address: ways.address(at),
            business: Business {
                name: integration.business_name().to_owned(),
                icon_url: integration.web.business_icon_url.clone(),
                asking_url: integration.web.prechat_capture.as_ref().and_then(|capture| capture.avatar_url.clone()),
            },
            heading: Heading::default(),
            list: None,
            texts: look.texts.for_browser(),
            menu: Menu {
                image: integration.web.offers_images() && !is_banned,
                file: integration.web.offers_files() && !is_banned,
                location: integration.web.offers_location() && !is_banned,
            },
            sound: integration.web.sound_notification_enabled != Some(false),
            forgets: integration.web.browser_storage == Some(BrowserStorage::SessionStorage),
            visitor: token,
            session: visitor.identity.session,
            user: visitor.login.map(|_| visitor.identity.user),
            client_id: new_client_id(),
            conversation: None,
            fresh,
            seq: 0,
            entries: Vec::new(),
            older: false,
            newer: false,
            business_read: None,
            prechat: None,
            draft: say.draft,
            problem: say.problem,
            zone: zone.name.clone(),
        };
        let stationery = Stationery { texts: look.texts.clone(), visitor: Some(start.page()), refill: say.refill };
        start.list = unread_elsewhere.map(|unread| ListLink {
            html: app::way_to_list(ways.to(Wanted::List(None)), &start, &look.texts),
            unread: unread.try_into().unwrap_or(u32::MAX),
        });
        let is_first = view.is_none() && fresh.is_none();
        if let Some(ConversationView { reader, conversation, messages }) = view {
            start.heading = Heading {
                name: conversation.display_name,
                icon_url: conversation.icon_url,
                description: conversation.description,
            };
            start.conversation = Some(conversation.id);
            start.older = messages.more_before;
            start.newer = messages.more_after;
            start.business_read = conversation.business_last_read.map(domain::Timestamp::millis);
            // An old page stands at its last message; what came after is caught up with from there.
            let last = messages.items.last().map_or(0, |message| message.seq);
            start.seq = if start.newer { last } else { conversation.seq };
            let entry = |message| zone.entry(message, Some(reader), &stationery);
            start.entries = messages.items.into_iter().map(entry).collect();
        } else if let Some(capture) =
            integration.web.prechat_capture.as_ref().filter(|capture| capture.enabled && is_first && !is_banned)
        {
            start.prechat = Some(app::prechat(capture, &start.business, start.client_id.as_str(), &stationery));
        }
        start
    }

    pub fn nothing_here(&self) -> Response {
        self.document(None, self.look(None), PageBody::NotFound, StatusCode::NOT_FOUND)
    }

    pub fn broken(&self, error: &ChatError) -> Response {
        let status = problem_status(&app_error(error));
        let request_id =
            self.headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        self.document(None, self.look(None), PageBody::Broken { request_id }, status)
    }

    pub(super) fn look(&self, integration: Option<&WebIntegration>) -> Look {
        Look::new(integration, &self.query, &self.headers)
    }

    pub fn document(
        &self,
        integration: Option<&WebIntegration>,
        look: Look,
        body: PageBody,
        status: StatusCode,
    ) -> Response {
        let nonce = headers::nonce();
        let page_headers = headers::page(self.surface, integration, &self.state.site, &nonce);
        let document = self.around(integration, look, nonce);
        (status, page_headers, app::render(&document, body)).into_response()
    }

    /// A page that no script brings to life.
    pub(super) fn still(&self, look: Look, body: PageBody, pose: Pose) -> Response {
        let nonce = headers::nonce();
        let page_headers = headers::page(self.surface, None, &self.state.site, &nonce);
        let document = self.around(None, look, nonce);
        (page_headers, app::render_still(&document, body, pose)).into_response()
    }

    /// The document around a page.
    fn around(&self, integration: Option<&WebIntegration>, look: Look, nonce: String) -> Document {
        Document {
            lang: look.locale.to_string(),
            dir: look.dir,
            theme: look.theme,
            brand: look.brand,
            conversation: look.conversation,
            action: look.action,
            background: look.background,
            fixed_intro: look.fixed_intro,
            nonce,
            base: self.state.site.base.clone(),
            texts: look.texts,
            assets: assets::frontend(),
            preview: integration.map(|integration| self.preview(integration)),
        }
    }

    /// What a link to the page looks like elsewhere: nothing of what a short link carries.
    fn preview(&self, integration: &WebIntegration) -> Preview {
        let url = self.state.site.chat(integration.id);
        let icon = integration.web.business_icon_url.clone();
        let (is_wide, title) = (icon.is_none(), integration.business_name().to_owned());
        Preview { title, image: icon.unwrap_or_else(|| format!("{url}/card.png")), is_wide, url }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }
}

/// The id of the message that the page at hand will send.
fn new_client_id() -> ClientMessageId {
    hex::encode(random_bytes::<16>()).parse().expect("hexadecimal digits are allowed in a client id")
}

pub(super) fn set_cookie(answer: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
}
