//! The document around a page.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::either::EitherOf8;
use leptos::prelude::*;

use crate::components::messenger::{Messenger, attach_menu, composer_trap, overlay};
use crate::desk::Pose;
use crate::i18n::{Key, Texts};
use crate::pages::{Broken, Conversations, Gallery, LinkEnded, NotFound, PosterPage, TooMany, title_of_end};
use crate::start::{Assets, Dir, Document, Listing, PageBody, Preview, Start, Surface, Theme};

/// The whole HTML of a page.
///
/// All data is there already, so nothing streams and nothing waits: this takes microseconds and may run anywhere.
pub fn render(document: &Document, body: PageBody) -> String {
    in_context(|| shell(document, body).to_html())
}

/// The same, holding still: no script runs on it.
pub fn render_still(document: &Document, body: PageBody, pose: Pose) -> String {
    in_context(|| {
        provide_context(pose);
        shell(document, body).to_html()
    })
}

/// What `write` writes, with a context of its own.
fn in_context(write: impl FnOnce() -> String) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(write);
    owner.unset_with_forced_cleanup();
    html
}

fn shell(document: &Document, body: PageBody) -> impl IntoView + use<> {
    let Document { lang, dir, theme, nonce, base, texts, assets, .. } = document;
    let (title, icon, surface) = match &body {
        PageBody::Messenger(start) | PageBody::List(start, _) => {
            (start.business.name.clone(), start.business.icon_url.clone(), start.surface)
        }
        PageBody::Poster(poster) => (poster.business.name.clone(), poster.business.icon_url.clone(), Surface::Chat),
        PageBody::LinkEnded { end, .. } => (texts.get(title_of_end(*end)).to_owned(), None, Surface::Chat),
        PageBody::Gallery { .. } => ("Gallery".to_owned(), None, Surface::Embed),
        PageBody::NotFound => (texts.get(Key::NotFoundTitle).to_owned(), None, Surface::Chat),
        PageBody::Broken { .. } => (texts.get(Key::BrokenTitle).to_owned(), None, Surface::Chat),
        PageBody::TooMany => (texts.get(Key::TooManyTitle).to_owned(), None, Surface::Chat),
    };
    let icon = icon.unwrap_or_else(|| format!("{base}/favicon.svg"));
    let scheme = scheme(*theme);
    // Only these have anything to bring to life.
    let living = match &body {
        PageBody::Messenger(start) | PageBody::List(start, _) if use_context::<Pose>().is_none() => Some(start),
        _ => None,
    };
    let login = living.map(|start| login_script(start));
    let living = assets.filter(|_| living.is_some());
    provide_context(texts.clone());
    let body = match body {
        PageBody::Messenger(start) => EitherOf8::A(messenger(*start, texts)),
        PageBody::List(start, listing) => EitherOf8::G(conversations(*start, *listing, texts)),
        PageBody::Poster(poster) => EitherOf8::B(view! { <PosterPage poster=*poster /> }),
        PageBody::LinkEnded { end, chat } => EitherOf8::C(view! { <LinkEnded end chat /> }),
        PageBody::NotFound => EitherOf8::D(view! { <NotFound /> }),
        PageBody::Broken { request_id } => EitherOf8::E(view! { <Broken request_id /> }),
        PageBody::Gallery { address, query } => EitherOf8::F(view! { <Gallery address query /> }),
        PageBody::TooMany => EitherOf8::H(view! { <TooMany /> }),
    };
    view! {
        <!DOCTYPE html>
        <html lang=lang.clone() dir=direction(*dir) data-theme=theme_name(*theme) data-surface=surface.path() data-intro=document.fixed_intro.then_some("fixed")>
            <head>
                <meta charset="utf-8" />
                // Before anything is loaded: nobody else is to see what a fragment holds.
                {login.map(|script| view! { <script nonce=nonce.clone() inner_html=script></script> })}
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content=scheme />
                <meta name="theme-color" content=format!("#{}", document.brand) />
                <meta name="robots" content="noindex" />
                <title>{title}</title>
                {document.preview.clone().map(|page| preview(page, texts))}
                <link rel="icon" href=icon />
                <style nonce=nonce.clone() inner_html=colors(document)></style>
                {assets.map(|assets| view! { <link rel="stylesheet" href=format!("{base}/pkg/{}", assets.css) /> })}
                {living.map(|assets| scripts(base, nonce, assets))}
            </head>
            <body>{body}</body>
        </html>
    }
}

/// What previews of a link to the page show.
fn preview(Preview { title, url, image, is_wide }: Preview, texts: &Texts) -> impl IntoView + use<> {
    let [property, text] = ["property", "content"];
    let facts = [
        (property, "og:type", "website".to_owned()),
        (property, "og:title", title),
        (property, "og:description", texts.get(Key::IntroductionText).to_owned()),
        (property, "og:url", url),
        (property, "og:image", image),
        ("name", "twitter:card", if is_wide { "summary_large_image" } else { "summary" }.to_owned()),
    ];
    facts.map(|(kind, name, value)| view! { <meta /> }.attr(kind, name).attr(text, value)).collect_view()
}

/// The messenger, and what it begins with.
fn messenger(start: Start, texts: &Texts) -> impl IntoView + use<> {
    let menu = attach_menu(start.menu, texts);
    let state = start_text(&start);
    let log_out = start.user.is_some().then(|| log_out(&start, texts));
    // Whom it caught once is asked by a page without it.
    let trap = start.problem.is_none().then(composer_trap);
    let seen = seen(&start);
    let overlay = overlay(texts, use_context::<Pose>().and_then(|pose| pose.over));
    provide_context(start);
    view! {
        {log_out}
        <Messenger />
        {menu}
        {overlay}
        {trap}
        {seen}
        <script type="application/json" id=Start::ID inner_html=state></script>
    }
}

/// Tells the server that its newest messages are on the screen, where no script does. A browser that keeps no cookies could only say
/// who it is in the address, which is no place for that.
fn seen(start: &Start) -> Option<impl IntoView + use<>> {
    let conversation = start.conversation.filter(|_| start.visitor.is_none() && !start.newer)?;
    let Start { base, surface, integration, session, .. } = start;
    let src = format!("{base}/{}/{integration}/{conversation}/read?page={session}", surface.path());
    Some(view! { <noscript><img src=src alt="" hidden=true /></noscript> })
}

/// The list of conversations, and what it goes on from.
fn conversations(start: Start, listing: Listing, texts: &Texts) -> impl IntoView + use<> {
    let state = start_text(&start);
    let log_out = start.user.is_some().then(|| log_out(&start, texts));
    view! {
        {log_out}
        <Conversations start listing />
        <script type="application/json" id=Start::ID inner_html=state></script>
    }
}

/// A plain form: it works the same with and without scripts.
fn log_out(start: &Start, texts: &Texts) -> impl IntoView + use<> {
    let visitor = start.visitor.clone();
    view! {
        <form class="log-out" method="post" action=start.address_of("logout")>
            {visitor.map(|visitor| view! { <input type="hidden" name="visitor" value=visitor autocomplete="off" /> })}
            <button>{texts.get(Key::LogOut).to_owned()}</button>
        </form>
    }
}

/// Takes credentials out of the address and posts them, as soon as the page begins. What was shown to somebody else before is
/// hidden meanwhile; not for ever, because a frame may be forbidden to post.
fn login_script(start: &Start) -> String {
    include_str!("shell/login.js").replace("PATH", &literal(&start.address_of("login")))
}

/// `start` as JSON that no parser of HTML can take for anything else.
fn start_text(start: &Start) -> String {
    script_text(serde_json::to_string(start).expect("texts and numbers are JSON"))
}

/// Loads the WASM and hands it the island. It is fetched by the script rather than by a `preload`, which a browser without
/// scripts would follow too: a hundred kilobytes for nothing.
fn scripts(base: &str, nonce: &str, assets: Assets) -> impl IntoView + use<> {
    let js = format!("{base}/pkg/{}", assets.js);
    let wasm = format!("{base}/pkg/{}", assets.wasm);
    let script = format!(
        "const code=fetch({});\
         const parlor=await import({});await parlor.default({{module_or_path:code}});parlor.hydrate();\
         for(const island of document.querySelectorAll('leptos-island'))parlor[island.dataset.component](island)",
        literal(&wasm),
        literal(&js)
    );
    view! {
        <link rel="modulepreload" href=js />
        <script type="module" nonce=nonce.to_owned() inner_html=script></script>
    }
}

/// `text` as a JavaScript literal.
fn literal(text: &str) -> String {
    script_text(serde_json::Value::from(text).to_string())
}

/// JSON that may stand in a `<script>`, which it can neither close nor comment out.
fn script_text(json: String) -> String {
    if json.contains('<') { json.replace('<', "\\u003c") } else { json }
}

/// The integration's colours, each with the ink that reads on it, and its picture. Colours have no form but hexadecimal
/// digits.
fn colors(Document { brand, conversation, action, background, .. }: &Document) -> String {
    let background = background.as_deref().map(|address| format!(";--background:{}", css_url(address)));
    format!(
        ":root{{--brand:#{brand};--brand-ink:{};--conversation:#{conversation};--conversation-ink:{};--action:#{action};--action-ink:{}{}}}",
        brand.ink(),
        conversation.ink(),
        action.ink(),
        background.unwrap_or_default()
    )
}

/// `address` as a value in a style sheet. What could end its quotes or the style is written as an address writes it.
fn css_url(address: &str) -> String {
    let written = |c: char| match c {
        '"' | '\\' | '<' | '>' | '\'' | '(' | ')' | '\0'..=' ' => format!("%{:02X}", u32::from(c)),
        plain => plain.to_string(),
    };
    let address: String = address.chars().map(written).collect();
    format!("url(\"{address}\")")
}

const fn direction(dir: Dir) -> &'static str {
    match dir {
        Dir::Ltr => "ltr",
        Dir::Rtl => "rtl",
    }
}

const fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

const fn scheme(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "light dark",
        Theme::Light => "only light",
        Theme::Dark => "only dark",
    }
}

#[cfg(test)]
mod tests;
