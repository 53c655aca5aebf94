//! Files that visitors send, with and without scripts.

use std::io::Cursor;
use std::time::Instant;

use image::{ImageFormat, RgbImage};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{DEADLINE, TestApp, Visitor};

fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::new(4, 2).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn part(bytes: impl Into<Vec<u8>>, name: &str, given_type: &str) -> Part {
    Part::bytes(bytes.into()).file_name(name.to_owned()).mime_str(given_type).unwrap()
}

/// What a browser sends of a field in which nothing was chosen.
fn nothing() -> Part {
    part("", "", "application/octet-stream")
}

/// The contents of the visitor's conversation, oldest first.
async fn contents(app: &TestApp, visitor: &Visitor) -> Vec<Value> {
    let Some(conversation) = visitor.page().await.conversation() else { return Vec::new() };
    let page = app.asks(Method::GET, &format!("/conversations/{conversation}/messages"), None, 200).await;
    page["messages"].as_array().unwrap().iter().map(|message| message["content"].clone()).collect()
}

/// Waits until the store holds `count` files, parts of files included.
async fn holds(app: &TestApp, count: usize) {
    let begun = Instant::now();
    loop {
        let mut found = 0;
        let mut folders = vec![app.folder().join("attachments")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() { folders.push(entry.path()) } else { found += 1 }
            }
        }
        if found == count {
            return;
        }
        assert!(begun.elapsed() < DEADLINE, "{count} files are left in time, not {found}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Sends a file as a page with scripts does.
async fn uploads(
    app: &TestApp,
    visitor: &Visitor,
    token: &str,
    client_id: &str,
    file: (&'static str, Part),
) -> (u16, Value) {
    let form = Form::new().text("client_id", client_id.to_owned()).text("visitor", token.to_owned()).text("text", "");
    let request = app.http.post(format!("{}/upload", visitor.path())).header("cookie", visitor.cookie_header());
    let answer = request.multipart(form.part(file.0, file.1)).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn an_image_and_a_file_without_scripts_are_on_the_page_after_the_redirect() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    for name in ["image", "file"] {
        assert!(page.html.contains(&format!("type=\"file\" name=\"{name}\"")), "{}", page.html);
    }
    let image = ("image", part(png(), "my cat.png", "image/png"));
    let sent = visitor.posts_files(&page, "Look!", vec![image, ("file", nothing())]).await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (StatusCode::SEE_OTHER, &*format!("/chat/{}", visitor.integration))
    );
    let page = visitor.page().await;
    let bill = ("file", part("%PDF-1.7\n", "Bill.pdf", "application/pdf"));
    let sent = visitor.posts_files(&page, "", vec![("image", nothing()), bill]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let page = visitor.page().await;
    assert_eq!(page.messages(), 2);
    assert!(page.html.contains("alt=\"my cat.png\"") && page.html.contains("Bill.pdf"), "{}", page.html);
    let sent = contents(&app, &visitor).await;
    assert_eq!(
        (&sent[0]["type"], &sent[0]["text"], &sent[0]["mediaType"]),
        (&json!("image"), &json!("Look!"), &json!("image/png"))
    );
    assert_eq!(
        (&sent[1]["type"], &sent[1]["altText"], &sent[1]["mediaSize"]),
        (&json!("file"), &json!("Bill.pdf"), &json!(9))
    );
    for content in sent {
        let file = app.http.get(content["mediaUrl"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(file.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn words_alone_go_the_same_way() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let sent = visitor.posts_files(&page, "two\r\nlines", vec![("image", nothing()), ("file", nothing())]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_eq!(contents(&app, &visitor).await, [json!({ "type": "text", "text": "two\nlines" })]);
    let page = visitor.page().await;
    let empty = visitor.posts_files(&page, " ", vec![("image", nothing())]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn several_files_are_several_messages() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let files = || vec![("image", part(png(), "1.png", "image/png")), ("file", part("a", "2.txt", "text/plain"))];
    for _ in 0..2 {
        assert_eq!(visitor.posts_files(&page, "both", files()).await.status, StatusCode::SEE_OTHER);
    }
    let sent = contents(&app, &visitor).await;
    let names: Vec<_> =
        sent.iter().map(|content| (content["altText"].as_str().unwrap(), content["text"].as_str())).collect();
    assert_eq!(names, [("1.png", Some("both")), ("2.txt", None)]);
    holds(&app, 2).await;
}

#[tokio::test]
async fn what_can_not_be_taken_says_so_and_is_not_kept() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    let large = vec![b'x'; 51 * 1024 * 1024];
    let long = "x".repeat(4097);
    for (text, file, status, problem) in [
        ("a & b", ("file", part(large, "large.txt", "text/plain")), 413, "Max file size limit exceeded (50 MB)"),
        ("a", ("image", part("<svg onload=\"alert(1)\"/>", "a.svg", "image/svg+xml")), 415, "Unsupported file type."),
        ("a", ("image", part("no image", "a.png", "image/png")), 415, "Unsupported file type."),
        ("a", ("file", part("", "empty.txt", "text/plain")), 422, "Invalid file."),
        (&*long, ("file", part("a", "a.txt", "text/plain")), 422, "Max message size limit exceeded (4096)."),
    ] {
        let refused = visitor.posts_files(&page, text, vec![file]).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (status, problem));
        assert_eq!(refused.draft(), text.replace('&', "&amp;"), "what was typed stays");
    }
    holds(&app, 0).await;
    assert_eq!(app.rows().await, 0);
}

#[tokio::test]
async fn a_file_can_not_do_harm_whatever_it_is_called() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let script = "<!DOCTYPE html><script>alert(1)</script>";
    for name in ["../../etc/<script>alert(1)<.png", "a\u{202e}gnp.html", "\"><img src=x onerror=alert(1)>.png"] {
        let page = visitor.page().await;
        let sent = visitor.posts_files(&page, "", vec![("file", part(script, name, "image/png"))]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
    }
    let page = visitor.page().await;
    assert_eq!(page.messages(), 3);
    assert!(!page.html.contains("<script>alert") && !page.html.contains("<img src=x"), "{}", page.html);
    for content in contents(&app, &visitor).await {
        assert!(!content["altText"].as_str().unwrap().contains(['/', '\u{202e}']), "{content}");
        let file = app.http.get(content["mediaUrl"].as_str().unwrap()).send().await.unwrap();
        let header = |name| file.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((&*header("content-type"), &*header("x-content-type-options")), ("text/plain", "nosniff"));
        assert!(header("content-disposition").starts_with("attachment"));
    }
}

#[tokio::test]
async fn a_script_learns_of_its_message_and_a_retry_is_the_same_one() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let token = visitor.page().await.field("visitor").unwrap();
    let photo = || ("image", part(png(), "a.png", "image/png"));
    let (status, first) = uploads(&app, &visitor, &token, "f1", photo()).await;
    assert_eq!(status, 200, "{first}");
    assert_eq!((&first["entry"]["mine"], &first["entry"]["sent_as"]), (&json!(true), &json!("f1")));
    assert!(first["entry"]["rich"]["html"].as_str().unwrap().contains("<img"), "{first}");
    let again = futures::future::join_all((0..5).map(|_| uploads(&app, &visitor, &token, "f1", photo()))).await;
    assert!(again.iter().all(|(status, answer)| (*status, answer) == (200, &first)), "{again:?}");
    holds(&app, 1).await;
    let (status, other) = uploads(&app, &visitor, &token, "f1", ("file", part("b", "b.txt", "text/plain"))).await;
    assert_eq!((status, other), (409, json!("conflict")));
    for (token, file, status, problem) in [
        (&*token, ("image", part("x", "x.png", "image/png")), 415, json!("fileType")),
        (&token, ("file", nothing()), 422, json!("fileInvalid")),
        ("forged", ("file", part("x", "x", "text/plain")), 401, json!("sessionEnded")),
    ] {
        assert_eq!(uploads(&app, &visitor, token, "f2", file).await, (status, problem));
    }
    holds(&app, 1).await;
}

#[tokio::test]
async fn files_go_with_their_user() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    visitor.posts_files(&page, "", vec![("file", part("a", "a.txt", "text/plain"))]).await;
    holds(&app, 1).await;
    let conversation = visitor.page().await.conversation().unwrap();
    app.asks(Method::DELETE, &format!("/users/{}", app.author(&conversation).await), None, 200).await;
    holds(&app, 0).await;
}

#[tokio::test]
async fn what_the_page_does_not_offer_is_refused() {
    let app = TestApp::start().await;
    let path = format!("/integrations/{}", app.made.integration);
    app.asks(Method::PATCH, &path, Some(json!({ "menuItems": { "imageUpload": false, "fileUpload": false } })), 200)
        .await;
    let visitor = app.anonymous();
    let page = visitor.page().await;
    assert!(!page.html.contains("type=\"file\"") && page.html.contains("data-locate"), "{}", page.html);
    for file in [("image", part(png(), "a.png", "image/png")), ("file", part("a", "a.txt", "text/plain"))] {
        let refused = visitor.posts_files(&page, "", vec![file]).await;
        assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    assert_eq!(app.rows().await, 0);
    holds(&app, 0).await;
}

#[tokio::test]
async fn a_foreign_page_can_not_send_a_file_as_a_visitor() {
    let app = TestApp::start().await;
    let (visitor, _) = app.visitor_in_conversation().await;
    for path in [visitor.path(), format!("{}/upload", visitor.path())] {
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            let form =
                Form::new().text("client_id", "evil").text("text", "").part("file", part("a", "a.txt", "text/plain"));
            let request = app.http.post(&path).header("cookie", visitor.cookie_header()).header(name, value);
            assert_eq!(request.multipart(form).send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path} {name}");
        }
    }
    assert_eq!(visitor.page().await.messages(), 1);
}
