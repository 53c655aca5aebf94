//! `/l/{slug}`: short links, and the pictures of them and of chat pages. Nothing here writes: previews and crawlers leave no trace.

use std::str::FromStr;
use std::sync::Arc;

use app::i18n::Key;
use app::start::{Business, Dir, PageBody, Poster, Surface};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use domain::{IntegrationId, Link, LinkEnd, WebIntegration};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, StatusCode};
use url::form_urlencoded;

use super::Site;
use super::client::{Client, too_many};
use super::errors::{app_error, status as problem_status};
use super::headers::no_store;
use super::look::{LINK, Look, kept};
use super::pages::Ask;
use crate::chat::ChatError;
use crate::links::{Mark, Qr, QrLook, badge, closed_badge, preview};
use crate::state::{AppState, Shared};
use crate::telemetry::causes;

const SVG: &str = "image/svg+xml";
const PNG: &str = "image/png";
/// A code says the same for ever; its mark changes with the settings.
const DAY: &str = "public, max-age=86400";
/// A badge says whether its link leads anywhere.
const MINUTES: &str = "public, max-age=300";

type Name = Result<Path<String>, PathRejection>;

/// What an address leads to, be it short or that of a chat page itself.
struct Place {
    page: Arc<WebIntegration>,
    link: Option<Link>,
}

impl Place {
    /// Its address, as it is shared.
    fn url(&self, site: &Site) -> String {
        self.link.as_ref().map_or_else(|| site.chat(self.page.id), |link| site.link(&link.slug))
    }
}

/// `None`: there is no such place.
type Found = Result<Option<Place>, ChatError>;

/// The place that `slug` names.
async fn link(state: &AppState, slug: Name) -> Found {
    let chat = &state.chat;
    let Some(slug) = slug.ok().and_then(|Path(slug)| slug.parse().ok()) else { return Ok(None) };
    let Some(link) = chat.link_called(&slug).await? else { return Ok(None) };
    let page = chat.web_integration(link.integration).await?;
    Ok(page.map(|page| Place { page, link: Some(link) }))
}

/// The chat page with this id.
async fn page(state: &AppState, id: Name) -> Found {
    let Some(id) = id.ok().and_then(|Path(id)| id.parse::<IntegrationId>().ok()) else { return Ok(None) };
    let page = state.chat.web_integration(id).await?;
    Ok(page.map(|page| Place { page, link: None }))
}

/// `/l/{slug}`: leads to the chat page. What the link carries is not in the address that it leads to.
pub async fn open(State(state): State<AppState>, slug: Name, query: RawQuery, client: Client) -> Response {
    let found = link(&state, slug).await;
    let ask = ask(&state, &found, query, client);
    let place = match found {
        Ok(Some(place)) => place,
        Ok(None) => return ask.nothing_here(),
        Err(error) => return ask.broken(&error),
    };
    let counted = place.link.as_ref().map_or(Ok(()), |link| state.limits.open(&link.slug));
    if let Err(wait) = counted {
        return too_many(&ask, wait);
    }
    match end(&ask, &place).await {
        Ok(None) => lead(&ask, &place),
        Ok(Some(end)) => {
            let chat = (end != LinkEnd::Revoked).then(|| state.site.chat(place.page.id));
            show(&ask, &place, PageBody::LinkEnded { end, chat }, StatusCode::GONE)
        }
        Err(error) => ask.broken(&error),
    }
}

/// Why `place` leads the browser that asks nowhere.
async fn end(ask: &Ask, place: &Place) -> Result<Option<LinkEnd>, ChatError> {
    let Some(link) = &place.link else { return Ok(None) };
    let Shared { chat, tokens, .. } = &*ask.state;
    let known = tokens.identify(&ask.headers, Surface::Chat, place.page.id, None, chat.clock().now());
    chat.end_of_link(link, known.map(|known| known.identity).as_ref()).await
}

fn lead(ask: &Ask, place: &Place) -> Response {
    let kept = kept(&ask.query);
    let (base, id, joint) = (&ask.state.site.base, place.page.id, if kept.is_empty() { '?' } else { '&' });
    let by = place.link.as_ref().map_or_else(String::new, |link| format!("{joint}{LINK}={}", link.slug));
    (StatusCode::FOUND, no_store(), [(LOCATION, format!("{base}/chat/{id}{kept}{by}"))]).into_response()
}

/// A page of ours, in the language of the link unless the address asks for another.
fn ask(state: &AppState, found: &Found, RawQuery(query): RawQuery, client: Client) -> Ask {
    let mut query = query.unwrap_or_default();
    let locale = found.as_ref().ok().and_then(|place| place.as_ref()?.link.as_ref()?.locale.as_ref());
    if let Some(locale) = locale.filter(|_| parameter(&query, "locale").is_none()) {
        query = form_urlencoded::Serializer::new(query).append_pair("locale", locale.as_str()).finish();
    }
    Ask::new(State(state.clone()), Surface::Chat, client, RawQuery(Some(query)))
}

fn show(ask: &Ask, place: &Place, body: PageBody, status: StatusCode) -> Response {
    ask.document(Some(&place.page), ask.look(Some(&place.page)), body, status)
}

pub async fn link_card(state: State<AppState>, slug: Name, query: RawQuery, client: Client) -> Response {
    let found = link(&state, slug).await;
    card(&ask(&state, &found, query, client), found)
}

pub async fn page_card(state: State<AppState>, id: Name, query: RawQuery, client: Client) -> Response {
    let found = page(&state, id).await;
    card(&ask(&state, &found, query, client), found)
}

/// The poster. One that is used up or expired may still be extended; what is revoked is not printed any more.
fn card(ask: &Ask, found: Found) -> Response {
    let place = match found {
        Ok(Some(place)) => place,
        Ok(None) => return ask.nothing_here(),
        Err(error) => return ask.broken(&error),
    };
    let Shared { chat, site, .. } = &*ask.state;
    let end = place.link.as_ref().and_then(|link| link.end(chat.clock().now()));
    if let Some(end @ LinkEnd::Revoked) = end {
        return show(ask, &place, PageBody::LinkEnded { end, chat: None }, StatusCode::GONE);
    }
    let url = place.url(site);
    let name = place.page.business_name().to_owned();
    let business = Business { name, icon_url: place.page.web.business_icon_url.clone(), ..Business::default() };
    // Below our own origin, whatever name the browser knows us by.
    let qr = format!("{}/qr", url.strip_prefix(&site.origin).unwrap_or(&url));
    let body = PageBody::Poster(Box::new(Poster { business, url, qr }));
    show(ask, &place, body, StatusCode::OK)
}

pub async fn link_qr_svg(State(state): State<AppState>, slug: Name, query: RawQuery) -> Response {
    let found = link(&state, slug).await;
    qr(&state, found, query, SVG, |qr| Ok(qr.svg().into_bytes())).await
}

pub async fn link_qr_png(State(state): State<AppState>, slug: Name, query: RawQuery) -> Response {
    let found = link(&state, slug).await;
    qr(&state, found, query, PNG, Qr::png).await
}

pub async fn page_qr_svg(State(state): State<AppState>, id: Name, query: RawQuery) -> Response {
    let found = page(&state, id).await;
    qr(&state, found, query, SVG, |qr| Ok(qr.svg().into_bytes())).await
}

pub async fn page_qr_png(State(state): State<AppState>, id: Name, query: RawQuery) -> Response {
    let found = page(&state, id).await;
    qr(&state, found, query, PNG, Qr::png).await
}

/// The QR code of a place. A link that has ended has one as well: whoever scans it is told so.
async fn qr(
    state: &AppState,
    found: Found,
    RawQuery(query): RawQuery,
    kind: &'static str,
    draw: fn(&Qr) -> image::ImageResult<Vec<u8>>,
) -> Response {
    let place = match found {
        Ok(Some(place)) => place,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return failure(&error),
    };
    let (look, mark) = (qr_look(&query.unwrap_or_default()), Mark::new(place.page.web.brand_color.0));
    let code = match Qr::new(&place.url(&state.site), look, mark) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(error = causes(&error), "an address fits no QR code");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    drawn(kind, move || draw(&code)).await
}

/// `/chat/{integration}/card.png`: what a preview shows.
pub async fn page_preview(State(state): State<AppState>, id: Name) -> Response {
    match page(&state, id).await {
        Ok(Some(place)) => drawn(PNG, move || preview(place.page.web.brand_color.0)).await,
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failure(&error),
    }
}

pub async fn link_badge(state: State<AppState>, slug: Name, query: RawQuery, client: Client) -> Response {
    let found = link(&state, slug).await;
    status_badge(&ask(&state, &found, query, client), found)
}

pub async fn page_badge(state: State<AppState>, id: Name, query: RawQuery, client: Client) -> Response {
    let found = page(&state, id).await;
    status_badge(&ask(&state, &found, query, client), found)
}

/// Whom a click leads to, or that it leads nowhere: a picture in any case, since it stands on somebody's page.
fn status_badge(ask: &Ask, found: Found) -> Response {
    let place = match found {
        Ok(place) => place,
        Err(error) => return failure(&error),
    };
    let Look { texts, dir, .. } = ask.look(place.as_ref().map(|place| &*place.page));
    let is_rtl = dir == Dir::Rtl;
    let now = ask.state.chat.clock().now();
    let (status, svg) = match place {
        Some(Place { page, link }) if link.as_ref().is_none_or(|link| link.end(now).is_none()) => {
            let text = texts.fill(Key::ChatWith, &[("name", page.business_name())]);
            (StatusCode::OK, badge(&text, is_rtl, page.web.brand_color.0))
        }
        Some(_) => (StatusCode::GONE, closed_badge(texts.get(Key::ChatClosed), is_rtl)),
        None => (StatusCode::NOT_FOUND, closed_badge(texts.get(Key::ChatClosed), is_rtl)),
    };
    let mut answer = picture(status, SVG, MINUTES, svg.into_bytes());
    answer.headers_mut().insert(VARY, HeaderValue::from_static("accept-language"));
    answer
}

/// Draws what takes milliseconds where it keeps nobody waiting.
async fn drawn(kind: &'static str, draw: impl FnOnce() -> image::ImageResult<Vec<u8>> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(draw).await {
        Ok(Ok(bytes)) => picture(StatusCode::OK, kind, DAY, bytes),
        Ok(Err(error)) => {
            tracing::error!(error = causes(&error), "a picture could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(error) => {
            tracing::error!(error = causes(&error), "drawing a picture failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A picture that any page may show. Opened by itself it runs nothing and fetches nothing.
fn picture(status: StatusCode, kind: &'static str, cache: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, cache),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (status, headers, bytes).into_response()
}

fn failure(error: &ChatError) -> Response {
    (problem_status(&app_error(error)), no_store()).into_response()
}

/// What a code should look like. Nonsense is passed over: a picture in a page must not break.
fn qr_look(query: &str) -> QrLook {
    fn read<T: FromStr>(query: &str, name: &str) -> Option<T> {
        parameter(query, name)?.parse().ok()
    }
    let usual = QrLook::default();
    QrLook {
        size: read(query, "size").unwrap_or(usual.size),
        correction: read(query, "ec").unwrap_or(usual.correction),
        has_logo: parameter(query, "logo").map_or(usual.has_logo, |logo| logo != "0"),
        margin: read(query, "margin").unwrap_or(usual.margin),
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}
