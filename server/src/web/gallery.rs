//! `/_gallery`: every state of the page, in a demo only.

use app::gallery::{Ground, STATES};
use app::start::{PageBody, Surface};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::client::Client;
use super::pages::Ask;
use crate::state::AppState;

pub fn router() -> Router<AppState> {
    Router::new().route("/_gallery", get(index)).route("/_gallery/{name}", get(state))
}

async fn index(app: State<AppState>, query: RawQuery, client: Client) -> Response {
    let ask = Ask::new(app, Surface::Embed, client, query);
    let look = ask.look(None);
    let address = format!("{}/_gallery", ask.state.site.base);
    let query = if ask.query.is_empty() { String::new() } else { format!("?{}", ask.query) };
    ask.document(None, look, PageBody::Gallery { address, query }, StatusCode::OK)
}

async fn state(app: State<AppState>, Path(name): Path<String>, query: RawQuery, client: Client) -> Response {
    let ask = Ask::new(app, Surface::Embed, client, query);
    let look = ask.look(None);
    let ground = Ground { texts: look.texts.clone(), site: ask.state.site.url.clone() };
    match STATES.iter().find(|state| state.name == name) {
        Some(state) => ask.still(look, state.body(&ground), state.pose(&ground)),
        None => ask.nothing_here(),
    }
}
