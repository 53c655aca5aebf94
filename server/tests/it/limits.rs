//! Clients that ask for too much, or for nothing at all, and the addresses by which they are told apart.

use std::time::Instant;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{DEADLINE, TestApp};

/// Opens the chat page through a proxy that says it asks for `client`.
async fn opens_for(app: &TestApp, header: &'static str, client: &str) -> Response {
    let url = format!("{}/chat/{}", app.url, app.made.integration);
    app.http.get(url).header(header, client).header("accept", "text/html").send().await.unwrap()
}

/// Opens the page until the answer is that it was too often.
async fn until_refused(app: &TestApp, header: &'static str, client: &str) -> Response {
    for _ in 0..200 {
        let answer = opens_for(app, header, client).await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            return answer;
        }
        assert_eq!(answer.status(), StatusCode::OK);
    }
    panic!("so many at once are too many");
}

fn wait(headers: &HeaderMap<HeaderValue>) -> u64 {
    headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn behind_a_proxy_each_client_is_counted_by_itself() {
    let app = TestApp::start_with(&["--address-rate", "1", "--trusted-proxies", "127.0.0.0/8"]).await;
    let refused = until_refused(&app, "x-forwarded-for", "203.0.113.5").await;
    assert!(wait(refused.headers()) >= 1);
    let page = refused.text().await.unwrap();
    assert!(page.contains("<h1") && page.contains("One moment, please") && page.contains("Try again"), "{page}");
    assert_eq!(opens_for(&app, "x-forwarded-for", "203.0.113.6").await.status(), StatusCode::OK);
    assert_eq!(opens_for(&app, "forwarded", "for=203.0.113.7").await.status(), StatusCode::OK);
    let pretends = opens_for(&app, "x-forwarded-for", "198.51.100.1, 203.0.113.5").await;
    assert_eq!(pretends.status(), StatusCode::TOO_MANY_REQUESTS, "what the client itself wrote does not count");
    let household = until_refused(&app, "x-forwarded-for", "2001:db8:1:2::1").await;
    assert!(wait(household.headers()) >= 1);
    let neighbour = opens_for(&app, "x-forwarded-for", "2001:db8:1:2::99").await;
    assert_eq!(neighbour.status(), StatusCode::TOO_MANY_REQUESTS, "the same household");
}

#[tokio::test]
async fn a_stranger_cannot_say_where_it_is() {
    let app = TestApp::start_with(&["--address-rate", "1"]).await;
    until_refused(&app, "x-forwarded-for", "203.0.113.5").await;
    let answer = opens_for(&app, "x-forwarded-for", "203.0.113.6").await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let picture = app.http.get(format!("{}/chat/{}/qr.svg", app.url, app.made.integration)).header("accept", "image/*");
    let picture = picture.send().await.unwrap();
    assert_eq!(picture.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(
        wait(picture.headers()) >= 1 && !picture.text().await.unwrap().contains('<'),
        "no page in a picture's place"
    );
}

#[tokio::test]
async fn where_the_server_is_is_not_for_headers_to_say() {
    let app = TestApp::start().await;
    let url = format!("{}/chat/{}/card", app.url, app.made.integration);
    let request = app.http.get(url).header("x-forwarded-host", "evil.example").header("x-forwarded-proto", "https");
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains(&app.url) && !page.contains("evil.example"));
}

#[tokio::test]
async fn a_visitor_who_writes_too_much_keeps_every_word() {
    let app = TestApp::start_with(&["--visitor-rate", "1"]).await;
    let visitor = app.anonymous();
    visitor.says("hello").await;
    let mut refused = None;
    for number in 0..50 {
        let page = visitor.page().await;
        let answer = visitor.posts(&page, &format!("number {number}")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some((number, answer));
            break;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let (number, refused) = refused.expect("fifty at once are too many");
    assert_eq!(refused.draft(), format!("number {number}"));
    assert!(refused.problem().starts_with("That was a lot at once"), "{}", refused.problem());
    assert!(wait(&refused.headers) >= 1);
    let (other, _) = app.visitor_in_conversation().await;
    other.says("I am not held up").await;
    let begun = Instant::now();
    while visitor.posts(&refused, refused.draft()).await.status != StatusCode::SEE_OTHER {
        assert!(begun.elapsed() < DEADLINE, "it may go on after a while");
    }
    let conversation = visitor.page().await.conversation().unwrap();
    let texts = app.texts(&conversation).await;
    assert_eq!(texts.last().unwrap(), &format!("number {number}"));
}

#[tokio::test]
async fn a_script_is_told_when_to_try_again() {
    let app = TestApp::start_with(&["--visitor-rate", "1"]).await;
    let visitor = app.anonymous();
    let token = visitor.page().await.field("visitor").unwrap();
    for number in 0..50 {
        let visitor = json!({ "integration": visitor.integration, "surface": "chat", "token": token });
        let body = json!({ "visitor": visitor, "client_id": format!("a-{number}"), "say": { "text": "again" } });
        let answer = app.http.post(format!("{}/fn/send_message", app.url)).json(&body).send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(wait(answer.headers()), 1);
            assert_eq!(answer.json::<serde_json::Value>().await.unwrap(), json!({ "tooMany": 1 }));
            return;
        }
        assert_eq!(answer.status(), StatusCode::OK);
    }
    panic!("fifty at once are too many");
}

#[tokio::test]
async fn a_short_link_is_opened_only_so_often() {
    let app = TestApp::start_with(&["--link-rate", "1"]).await;
    let mut slugs = Vec::new();
    for _ in 0..2 {
        slugs.push(app.link(json!({})).await["slug"].as_str().unwrap().to_owned());
    }
    let opens = async |slug: &str| {
        let answer = app.http.get(format!("{}/l/{slug}", app.url)).header("accept", "text/html").send().await.unwrap();
        (answer.status(), answer.headers().get("retry-after").is_some())
    };
    let mut answers = Vec::new();
    for _ in 0..50 {
        answers.push(opens(&slugs[0]).await);
    }
    assert_eq!(answers[0], (StatusCode::FOUND, false));
    assert!(answers.contains(&(StatusCode::TOO_MANY_REQUESTS, true)));
    assert_eq!(opens(&slugs[1]).await.0, StatusCode::FOUND, "another link is not held up");
}

#[tokio::test]
async fn an_app_that_says_too_much_does_not_hold_up_another() {
    let app = TestApp::start_with(&["--app-rate", "2"]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let path = format!("/conversations/{conversation}/messages");
    let body = json!({ "author": { "type": "business" }, "content": { "type": "text", "text": "news" } });
    let mut refused = None;
    for _ in 0..50 {
        let answer = app.api(Method::POST, &path).json(&body).send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("fifty at once are too many");
    assert_eq!(wait(refused.headers()), 1);
    assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["errors"][0]["code"], "too_many_requests");
    let page = visitor.page().await;
    let said = visitor.posts(&page, "and I").await;
    if said.status == StatusCode::TOO_MANY_REQUESTS {
        assert_eq!(said.draft(), "and I");
    }
    let other = app.chat().provision("Another").await.unwrap();
    crate::support::Visitor::new(&app.url, other.integration).says("hello").await;
}

/// Whether the server ends the connection, within the deadline.
async fn is_cut(mut line: TcpStream) -> bool {
    let mut bytes = Vec::new();
    tokio::time::timeout(DEADLINE, line.read_to_end(&mut bytes)).await.is_ok()
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let app = TestApp::start_with(&["--client-patience", "200ms"]).await;
    let address = app.url.strip_prefix("http://").unwrap();
    let silent = TcpStream::connect(address).await.unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-never: ").await.unwrap();
    assert!(is_cut(silent).await && is_cut(slow).await);
    assert_eq!(app.anonymous().page().await.status, StatusCode::OK);
}

/// Bytes: the kernel's buffers for one connection grow to some megabytes on each side.
const MORE_THAN_BUFFERS_HOLD: usize = 64 << 20;

#[tokio::test]
async fn a_listener_that_reads_nothing_is_cut_off_and_an_idle_one_is_not() {
    let app = TestApp::start_with(&["--client-patience", "200ms"]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut idle = visitor.listen(None).await;
    let mut deaf = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
    let (id, cookie) = (app.made.integration, visitor.cookie_header());
    let ask = format!("GET /events?integration={id} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\n\r\n");
    deaf.write_all(ask.as_bytes()).await.unwrap();
    let listeners = async || {
        let figures = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
        let line = figures.lines().find(|line| line.starts_with("parlor_limited_total{by=\"deafness\"}"));
        line.map_or(0.0, |line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap())
    };
    let text = "🌍".repeat(4000);
    let mut said = 0;
    while listeners().await < 1.0 {
        assert!(said < MORE_THAN_BUFFERS_HOLD, "whoever reads nothing is cut off");
        for _ in 0..100 {
            app.business_says(&conversation, &text).await;
            idle.event().await;
            said += text.len();
        }
    }
}

#[tokio::test]
async fn too_many_headers_are_refused() {
    let app = TestApp::start().await;
    let mut line = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
    let many = "x-more: y\r\n".repeat(200);
    line.write_all(format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

/// The answer to somebody who wants to listen to events as a stream.
async fn listens(app: &TestApp, cookie: &str) -> Response {
    let url = format!("{}/events?integration={}", app.url, app.made.integration);
    app.http.get(url).header("cookie", cookie).send().await.unwrap()
}

#[tokio::test]
async fn listeners_of_one_address_have_so_many_places() {
    let app = TestApp::start_with(&["--address-sockets", "2"]).await;
    let (visitor, conversation) = app.visitor_in_conversation().await;
    let mut first = visitor.listen(None).await;
    let second = listens(&app, &visitor.cookie_header()).await;
    assert_eq!(second.status(), StatusCode::OK);
    let third = listens(&app, &visitor.cookie_header()).await;
    assert_eq!(third.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(wait(third.headers()) >= 1);
    app.business_says(&conversation, "still here").await;
    first.event().await;
    drop(second);
    let begun = Instant::now();
    while listens(&app, &visitor.cookie_header()).await.status() != StatusCode::OK {
        assert!(begun.elapsed() < DEADLINE, "a place is free again");
    }
}

#[tokio::test]
async fn a_server_that_is_full_says_so() {
    let app = TestApp::start_with(&["--max-sockets", "1"]).await;
    let (visitor, _) = app.visitor_in_conversation().await;
    let _first = visitor.listen(None).await;
    let second = listens(&app, &visitor.cookie_header()).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(wait(second.headers()) >= 1);
}

#[tokio::test]
async fn one_user_does_not_listen_a_thousand_times() {
    let app = TestApp::start().await;
    let (visitor, _) = app.visitor_in_conversation().await;
    let mut places = Vec::new();
    let refused = loop {
        let answer = listens(&app, &visitor.cookie_header()).await;
        if answer.status() != StatusCode::OK {
            break answer;
        }
        places.push(answer);
    };
    assert_eq!((places.len(), refused.status()), (100, StatusCode::TOO_MANY_REQUESTS));
    let mut socket = visitor.connects().await;
    assert_eq!(socket.next().await.unwrap()["type"], "hello");
    assert_eq!(socket.close_code().await, Some(4408), "nor by a socket");
    let (other, _) = app.visitor_in_conversation().await;
    assert_eq!(listens(&app, &other.cookie_header()).await.status(), StatusCode::OK);
}
