use domain::{MessageId, Timestamp};

use super::*;
use crate::AppError;
use crate::i18n::{Language, Texts};
use crate::start::{Business, Entry, Heading, ListLink, Listed, Listing, Menu, Poster, Way};

const HOSTILE: [&str; 8] = [
    "\"'<>&",
    "</script><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "--><!-- <!--<script>",
    "\u{202e}<b onclick='x'>\u{2066}",
    "\" onload=\"alert(1)",
    "{{x}} ${x} `<x>`",
];

fn document() -> Document {
    Document {
        lang: "en".into(),
        dir: Dir::Ltr,
        theme: Theme::Auto,
        brand: "20304a".parse().unwrap(),
        conversation: "0099ff".parse().unwrap(),
        action: "0099ff".parse().unwrap(),
        background: None,
        fixed_intro: false,
        nonce: "bm9uY2U".into(),
        base: String::new(),
        texts: texts("harmless"),
        assets: Some(Assets { css: "parlor.css", js: "parlor.js", wasm: "parlor.wasm" }),
        preview: None,
    }
}

/// A poster, and a preview of its page, with `text` wherever a text can be.
fn poster(text: &str) -> String {
    let [title, url, image] = [text; 3].map(ToOwned::to_owned);
    let document = Document { preview: Some(Preview { title, url, image, is_wide: true }), ..document() };
    let business =
        Business { name: text.to_owned(), icon_url: Some(text.to_owned()), asking_url: Some(text.to_owned()) };
    let poster = Poster { business, url: text.to_owned(), qr: text.to_owned() };
    render(&document, PageBody::Poster(Box::new(poster)))
}

/// Texts that are `text` wherever a page shows one.
fn texts(text: &str) -> Texts {
    let keys = serde_json::from_str::<serde_json::Map<_, _>>(include_str!("../i18n/en.json")).unwrap();
    let custom: serde_json::Value = keys.into_iter().map(|(key, _)| (key, serde_json::Value::from(text))).collect();
    Texts::of(Language::English, &serde_json::from_value(custom).unwrap())
}

/// A page with `text` wherever a text can be.
fn start(text: &str) -> Start {
    let entry = |seq: u64, mine| Entry {
        id: MessageId::new(Timestamp::default(), seq.to_be_bytes()),
        seq,
        mine,
        by_business: !mine,
        name: Some(text.to_owned()),
        avatar: Some(text.to_owned()),
        text: Some(text.to_owned()),
        rich: None,
        at: 1_767_225_600_125,
        offset: 60,
        sent_as: None,
    };
    Start {
        integration: "65f0a1b2c3d4e5f601020304".parse().unwrap(),
        surface: Surface::Chat,
        base: String::new(),
        query: format!("?theme={text}&{text}=dark"),
        address: format!("/chat/65f0a1b2c3d4e5f601020304?theme={text}"),
        business: Business {
            name: text.to_owned(),
            icon_url: Some(text.to_owned()),
            asking_url: Some(text.to_owned()),
        },
        heading: Heading {
            name: Some(text.to_owned()),
            icon_url: Some(text.to_owned()),
            description: Some(text.to_owned()),
        },
        list: Some(ListLink { html: String::new(), unread: 2 }),
        texts: texts(text).for_browser(),
        menu: Menu { image: true, file: true, location: true },
        forgets: false,
        sound: true,
        visitor: Some(text.to_owned()),
        session: "65f0a1b2c3d4e5f601020305".parse().unwrap(),
        user: Some("65f0a1b2c3d4e5f601020306".parse().unwrap()),
        client_id: "page".parse().unwrap(),
        conversation: Some("66b000000000000000000001".parse().unwrap()),
        fresh: None,
        seq: 2,
        entries: vec![entry(1, false), entry(2, true)],
        older: true,
        newer: true,
        business_read: Some(0),
        prechat: None,
        draft: text.to_owned(),
        problem: Some(AppError::Invalid(text.to_owned())),
        zone: text.to_owned(),
    }
}

fn messenger(start: Start) -> PageBody {
    PageBody::Messenger(Box::new(start))
}

fn listing(text: &str) -> Listing {
    let way = || Way { address: text.to_owned(), open: text.to_owned() };
    let entry = Listed {
        id: "66b000000000000000000001".parse().unwrap(),
        name: text.to_owned(),
        icon_url: Some(text.to_owned()),
        preview: text.to_owned(),
        machine: text.to_owned(),
        time: text.to_owned(),
        unread: 1,
        way: way(),
    };
    Listing { entries: vec![entry], more: Some(way()), new: Some(way()) }
}

/// The tags of `html` with the names of their attributes: what a parser would make elements of.
fn tags(html: &str) -> Vec<String> {
    let is_tag = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    html.split('<').skip(1).filter(is_tag).map(without_values).collect()
}

/// `tag` up to its end, without what stands in double quotes.
fn without_values(tag: &str) -> String {
    let mut quoted = false;
    let outside = tag.chars().take_while(|c| {
        quoted ^= *c == '"';
        quoted || *c != '>'
    });
    let outside: String = outside.collect();
    outside.split('"').step_by(2).collect()
}

#[test]
fn no_text_becomes_markup_anywhere() {
    let harmless = tags(&render(&document(), messenger(start("harmless"))));
    for text in HOSTILE {
        let html = render(&document(), messenger(start(text)));
        assert_eq!(tags(&html), harmless, "{text}");
        let list = |text| PageBody::List(Box::new(start(text)), Box::new(listing(text)));
        assert_eq!(tags(&render(&document(), list(text))), tags(&render(&document(), list("harmless"))), "{text}");
        let broken = PageBody::Broken { request_id: text.to_owned() };
        let plain = PageBody::Broken { request_id: "harmless".into() };
        assert_eq!(tags(&render(&document(), broken)), tags(&render(&document(), plain)), "{text}");
        assert_eq!(tags(&poster(text)), tags(&poster("harmless")), "{text}");
    }
}

#[test]
fn the_document_breaks_out_of_nothing() {
    for text in HOSTILE {
        let hostile = Document {
            background: Some(text.into()),
            lang: text.into(),
            nonce: text.into(),
            base: text.into(),
            ..document()
        };
        let html = render(&hostile, messenger(start("harmless")));
        assert_eq!(tags(&html), tags(&render(&document(), messenger(start("harmless")))), "{text}");
    }
}

#[test]
fn a_picture_cannot_leave_its_place_in_the_style() {
    let styled = |address: &str| colors(&Document { background: Some(address.into()), ..document() });
    let plain = styled("https://shop.example/ü.png?a=1&b=%20");
    assert!(plain.ends_with(";--background:url(\"https://shop.example/ü.png?a=1&b=%20\")}"), "{plain}");
    for text in HOSTILE.into_iter().chain(["\"),url(x", "\\", "a\n}b{", "</style>"]) {
        let style = styled(text);
        let (_, url) = style.split_once("url(\"").unwrap();
        let (inside, after) = url.split_once('"').unwrap();
        assert_eq!(after, ")}", "{text}");
        assert!(!inside.contains(['\\', '<', '\n', '\'']), "{text}");
    }
}

#[test]
fn the_browser_reads_the_same_start_back() {
    for text in HOSTILE {
        let html = render(&document(), messenger(start(text)));
        let (_, rest) = html.split_once("<script type=\"application/json\" id=\"start\">").unwrap();
        let (json, _) = rest.split_once("</script>").unwrap();
        assert_eq!(crate::json::read::<Start>(json), Some(start(text)), "{text}");
    }
}

#[test]
fn a_draft_is_in_the_composer_to_the_letter() {
    let html = render(&document(), messenger(start("\n</textarea><script>")));
    assert!(html.contains(">\n\n&lt;/textarea&gt;&lt;script&gt;</textarea>"), "{html}");
}

#[test]
fn without_a_frontend_there_is_no_script_but_all_the_rest() {
    let html = render(&Document { assets: None, ..document() }, messenger(Start { user: None, ..start("Shop") }));
    assert!(!html.contains("module") && !html.contains("stylesheet"));
    for part in ["<h1", "<main", "data-role=\"business\"", "role=\"log\"", "name=\"client_id\""] {
        assert_eq!(html.matches(part).count(), 1, "{part}");
    }
}

#[test]
fn only_who_logged_in_can_log_out() {
    let known = render(&document(), messenger(start("Shop")));
    assert!(known.contains("/logout?theme=Shop") && known.contains("class=\"log-out\""), "{known}");
    let stranger = render(&document(), messenger(Start { user: None, ..start("Shop") }));
    assert!(!stranger.contains("log-out"));
}

#[test]
fn credentials_leave_the_address_before_anything_is_loaded() {
    let html = render(&document(), messenger(start("Shop")));
    let script = html.find("history.replaceState").unwrap();
    for later in ["<link", "<style", "import(", "<body"] {
        assert!(html.find(later).unwrap() > script, "{later}");
    }
}

#[test]
fn nothing_is_styled_inline_but_the_colours() {
    for body in [messenger(start("Shop")), PageBody::NotFound, PageBody::Broken { request_id: "r".into() }] {
        let html = render(&document(), body);
        assert!(!html.contains(" style=") && !html.contains("javascript:"));
        assert_eq!(html.matches("<style nonce=\"bm9uY2U\">").count(), 1);
        assert_eq!(html.matches("<h1").count(), 1);
    }
}
