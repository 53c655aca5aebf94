//! Files: uploaded, looked at, removed, and never dangerous.

use std::io::Cursor;
use std::path::Path;
use std::time::Instant;

use futures::{StreamExt as _, stream};
use image::{ImageFormat, RgbImage};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::chat::NewAttachment;

use crate::support::{DEADLINE, ParlorProcess, TestApp, answer, client};

const UPLOAD: &str = "/attachments?access=public&for=message";

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::new(width, height).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// A JPEG that says where it was taken.
fn photo() -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::new(8, 4).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
    let exif = b"Exif\0\0II*\0\x08\0\0\0\0\0 GPS 48.85 N 2.35 E";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&bytes[..2], &[0xff, 0xe1], &length, exif, &bytes[2..]].concat()
}

fn part(bytes: impl Into<Body>, name: &str, given_type: &str) -> Form {
    let part = Part::stream(bytes).file_name(name.to_owned()).mime_str(given_type).unwrap();
    Form::new().part("source", part)
}

struct Uploaded {
    url: String,
    media_type: String,
}

/// What became of an upload that is taken.
async fn uploaded(request: RequestBuilder) -> Uploaded {
    let (status, answer) = answer(request).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let text = |key: &str| answer["attachment"][key].as_str().unwrap().to_owned();
    Uploaded { url: text("mediaUrl"), media_type: text("mediaType") }
}

async fn upload(app: &TestApp, bytes: impl Into<Body>, name: &str, given_type: &str) -> Uploaded {
    uploaded(app.api(Method::POST, UPLOAD).multipart(part(bytes, name, given_type))).await
}

async fn refused(request: RequestBuilder) -> (StatusCode, String) {
    let (status, answer) = answer(request).await;
    (status, answer["errors"][0]["code"].as_str().unwrap().to_owned())
}

async fn get(url: &str) -> Response {
    client().get(url).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Every file below the store's folder, whole or not.
fn files(app: &TestApp) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![app.folder().join("attachments")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}

/// Waits until the store holds `count` files.
async fn holds(app: &TestApp, count: usize) {
    let begun = Instant::now();
    while files(app).len() != count {
        assert!(begun.elapsed() < DEADLINE, "{count} files are left in time, not {:?}", files(app));
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// What keeps a file from running in our origin.
fn is_harmless(answer: &Response) -> bool {
    let media_type = header(answer, "content-type");
    let is_shown = header(answer, "content-disposition").starts_with("inline");
    header(answer, "x-content-type-options") == "nosniff"
        && header(answer, "content-security-policy").contains("sandbox")
        && !["html", "xml", "svg", "script"].iter().any(|word| media_type.contains(word))
        && (!is_shown || ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&media_type))
}

#[tokio::test]
async fn an_image_comes_back_bit_by_bit_without_credentials() {
    let app = TestApp::start().await;
    let image = png(4, 2);
    let file = upload(&app, image.clone(), "écran #1 (50%).png", "text/html").await;
    assert_eq!(file.media_type, "image/png");
    assert!(file.url.starts_with(&format!("{}/attachments/", app.url)), "{}", file.url);
    assert!(file.url.ends_with("/%C3%A9cran%20%231%20%2850%25%29.png"), "{}", file.url);
    let answer = get(&file.url).await;
    assert_eq!((answer.status(), header(&answer, "content-type")), (StatusCode::OK, "image/png"));
    assert!(header(&answer, "content-disposition").starts_with("inline; "));
    assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&answer, "cross-origin-resource-policy"), "cross-origin");
    assert!(is_harmless(&answer));
    let etag = header(&answer, "etag").to_owned();
    assert_eq!(answer.bytes().await.unwrap(), image);
    let known = client().get(&file.url).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    let again = upload(&app, image, "a.png", "image/png").await;
    assert_ne!(file.url.split('/').nth(4), again.url.split('/').nth(4), "every upload has a key of its own");
}

#[tokio::test]
async fn a_part_needs_no_name_and_no_type() {
    let app = TestApp::start().await;
    let form = || Form::new().part("source", Part::bytes(png(4, 2)));
    let file = uploaded(app.api(Method::POST, "/attachments?access=public").multipart(form())).await;
    assert_eq!(file.media_type, "image/png");
    assert!(file.url.ends_with("/attachment.png"));
    assert_eq!(get(&file.url).await.bytes().await.unwrap(), png(4, 2));
    // As one client writes it: no line end after the last boundary, the name in raw UTF-8, other parts beside.
    let body = "--b\r\nContent-Disposition: form-data; name=\"role\"\r\n\r\nuser\r\n--b\r\nContent-Disposition: form-data; \
                name=\"source\"; filename=\"naïve 写真.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--";
    let request = app.api(Method::POST, UPLOAD).header("content-type", "multipart/form-data; boundary=b").body(body);
    let file = uploaded(request).await;
    assert!(file.url.ends_with("/na%C3%AFve%20%E5%86%99%E7%9C%9F.txt"), "{}", file.url);
    assert_eq!(get(&file.url).await.text().await.unwrap(), "hello");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_and_leaves_nothing() {
    let app = TestApp::start().await;
    let bad_request = (StatusCode::BAD_REQUEST, "bad_request".to_owned());
    let form = || part("hello", "a.txt", "text/plain");
    for path in ["/attachments", "/attachments?access=private", "/attachments?access=public&for=fun"] {
        assert_eq!(refused(app.api(Method::POST, path).multipart(form())).await, bad_request, "{path}");
    }
    let other = Form::new().text("file", "hello");
    assert_eq!(refused(app.api(Method::POST, UPLOAD).multipart(other)).await, bad_request, "no source");
    assert_eq!(refused(app.api(Method::POST, UPLOAD).json(&json!({}))).await, bad_request, "no form");
    assert_eq!(refused(app.api(Method::POST, UPLOAD)).await, bad_request, "nothing");
    let cut = app.api(Method::POST, UPLOAD).header("content-type", "multipart/form-data; boundary=b");
    let cut = cut.body("--b\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\nhel");
    assert_eq!(refused(cut).await, bad_request, "cut");
    for conversation in ["65f0a1b2c3d4e5f6aabbccdd", "nonsense"] {
        let path = format!("{UPLOAD}&conversationId={conversation}");
        let expected = (StatusCode::NOT_FOUND, "conversation_not_found".to_owned());
        assert_eq!(refused(app.api(Method::POST, &path).multipart(form())).await, expected);
    }
    let anonymous = app.http.post(format!("{}/v2/apps/{}{UPLOAD}", app.url, app.made.app)).multipart(form());
    assert_eq!(refused(anonymous).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(refused(app.api(Method::GET, "/attachments")).await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert!(files(&app).is_empty());
}

#[tokio::test]
async fn fifty_megabytes_are_the_most() {
    let app = TestApp::start().await;
    let megabyte = vec![7_u8; 1024 * 1024];
    let body = |megabytes: usize, more: &'static [u8]| {
        let chunks = stream::iter(vec![megabyte.clone(); megabytes]).chain(stream::iter([more.to_vec()]));
        Body::wrap_stream(chunks.map(Ok::<_, std::io::Error>))
    };
    for (megabytes, more) in [(50, &b"!"[..]), (60, b"")] {
        let form = part(body(megabytes, more), "large.bin", "application/octet-stream");
        let (status, _) = refused(app.api(Method::POST, UPLOAD).multipart(form)).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{megabytes}");
        assert!(files(&app).is_empty());
    }
    let file = upload(&app, body(50, b""), "large.bin", "application/octet-stream").await;
    let answer = get(&file.url).await;
    assert_eq!(header(&answer, "content-length"), "52428800");
    assert_eq!(answer.bytes().await.unwrap().len(), 52_428_800);
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_nothing() {
    let app = TestApp::start().await;
    let (gone, cut) = tokio::sync::oneshot::channel::<()>();
    let begun = stream::iter([Ok(vec![7_u8; 300_000])]).chain(stream::once(async move {
        let _dropped = cut.await;
        Err(std::io::Error::other("the client went away"))
    }));
    let form = part(Body::wrap_stream(begun), "a.bin", "application/octet-stream");
    let request = tokio::spawn(app.api(Method::POST, UPLOAD).multipart(form).send());
    drop(gone);
    assert!(request.await.unwrap().is_err());
    assert!(files(&app).is_empty());
    upload(&app, "hello", "a.txt", "text/plain").await;
    assert_eq!(files(&app).len(), 1);
}

#[tokio::test]
async fn a_photo_does_not_say_where_it_was_taken() {
    let app = TestApp::start().await;
    let has_place = |bytes: &[u8]| bytes.windows(9).any(|part| part == b"GPS 48.85");
    assert!(has_place(&photo()));
    let file = upload(&app, [&photo()[..], b"<script>alert(1)</script>"].concat(), "me.jpg", "image/jpeg").await;
    let bytes = get(&file.url).await.bytes().await.unwrap();
    assert!(!has_place(&bytes) && bytes.ends_with(&[0xff, 0xd9]), "nothing before, nothing behind");
    for stored in files(&app) {
        assert!(!has_place(&std::fs::read(stored).unwrap()));
    }
}

#[tokio::test]
async fn nothing_that_is_uploaded_runs_in_our_origin() {
    let app = TestApp::start().await;
    let html = "<!DOCTYPE html><script>alert(document.domain)</script>";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(1)</script></svg>";
    let contents: [(&str, Vec<u8>); 8] = [
        ("page", html.into()),
        ("drawing", svg.into()),
        ("markup", format!("<?xml version=\"1.0\"?>{svg}").into_bytes()),
        ("script", b"alert(1)//".to_vec()),
        ("image and page", [b"GIF89a/*", html.as_bytes()].concat()),
        ("page in disguise", [b"\x89PNG\r\n\x1a\n", html.as_bytes()].concat()),
        ("page behind a blank", format!("\n \u{feff}{html}").into_bytes()),
        ("page in another encoding", html.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    for (what, content) in contents {
        for (name, given) in [("a.html", "text/html"), ("a.svg", "image/svg+xml"), ("a.png", "image/png"), ("a", "a/b")]
        {
            let file = upload(&app, content.clone(), name, given).await;
            let answer = get(&file.url).await;
            let disposition = header(&answer, "content-disposition").to_owned();
            assert!(disposition.starts_with("attachment; "), "{what} as {given}: {disposition}");
            assert!(is_harmless(&answer), "{what} as {given}: {:?}", answer.headers());
            assert_eq!(header(&answer, "content-type"), file.media_type);
            assert_eq!(answer.bytes().await.unwrap(), content, "{what} as {given}");
        }
    }
}

#[tokio::test]
async fn a_decompression_bomb_is_a_plain_download() {
    let app = TestApp::start().await;
    let mut bomb = png(1, 1);
    // Header with another size; its checksum follows.
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let crc = !bomb[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
    });
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    let begun = Instant::now();
    let file = upload(&app, bomb, "bomb.png", "image/png").await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    assert_eq!(file.media_type, "application/octet-stream");
    assert!(header(&get(&file.url).await, "content-disposition").starts_with("attachment; "));
    assert_eq!(get(&thumbnail(&file.url)).await.status(), StatusCode::NOT_FOUND);
}

fn thumbnail(url: &str) -> String {
    let (before, name) = url.rsplit_once('/').unwrap();
    format!("{before}/thumbnail/{name}")
}

#[tokio::test]
async fn a_large_image_has_a_thumbnail() {
    let app = TestApp::start().await;
    let file = upload(&app, png(1000, 500), "wide.png", "image/png").await;
    let answer = get(&thumbnail(&file.url)).await;
    assert_eq!(header(&answer, "content-type"), "image/jpeg");
    assert!(is_harmless(&answer));
    let small = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((small.width(), small.height()), (480, 240));
    let media = app.chat().media_of(&file.url).await.unwrap().unwrap();
    assert_eq!((media.media_type.as_str(), media.name.as_str()), ("image/png", "wide.png"));
    assert_eq!(media.thumbnail_url, Some(thumbnail(&file.url)));
    let file = upload(&app, png(10, 10), "small.png", "image/png").await;
    assert_eq!(get(&thumbnail(&file.url)).await.bytes().await.unwrap(), png(10, 10), "it is its own thumbnail");
    assert_eq!(app.chat().media_of("https://elsewhere.example/a.png").await.unwrap(), None);
}

#[tokio::test]
async fn a_download_goes_on_where_it_stopped() {
    let app = TestApp::start().await;
    let file = upload(&app, "0123456789", "a.txt", "text/plain").await;
    let part = |range: &'static str| client().get(&file.url).header("range", range).send();
    let answer = part("bytes=2-4").await.unwrap();
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!((header(&answer, "content-range"), header(&answer, "content-length")), ("bytes 2-4/10", "3"));
    assert_eq!(answer.text().await.unwrap(), "234");
    assert_eq!(part("bytes=-3").await.unwrap().text().await.unwrap(), "789");
    let answer = part("bytes=10-").await.unwrap();
    assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(header(&answer, "content-range"), "bytes */10");
    let changed =
        client().get(&file.url).header("range", "bytes=2-4").header("if-range", "\"other\"").send().await.unwrap();
    assert_eq!((changed.status(), changed.text().await.unwrap().as_str()), (StatusCode::OK, "0123456789"));
    let head = client().head(&file.url).send().await.unwrap();
    assert_eq!((head.status(), header(&head, "content-length")), (StatusCode::OK, "10"));
    assert_eq!((header(&head, "content-type"), header(&head, "accept-ranges")), ("text/plain", "bytes"));
    assert_eq!(head.text().await.unwrap(), "");
}

#[tokio::test]
async fn hostile_names_stay_names() {
    let app = TestApp::start().await;
    for (name, ends_with) in [
        ("../../../etc/passwd", "/passwd"),
        ("..", "/attachment.txt"),
        ("a\"; evil=\".txt", "/a%22%3B%20evil%3D%22.txt"),
        ("cod\u{202e}txt.exe", "/codtxt.exe"),
        ("%2e%2e%2fpasswd", "/%252e%252e%252fpasswd"),
    ] {
        let file = upload(&app, "hello", name, "text/plain").await;
        assert!(file.url.ends_with(ends_with), "{name}: {}", file.url);
        let answer = get(&file.url).await;
        let disposition = header(&answer, "content-disposition").to_owned();
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
        assert_eq!(answer.text().await.unwrap(), "hello");
    }
    let folder = format!("attachments/{}/", app.made.app);
    assert!(files(&app).iter().all(|file| file.contains(&folder)), "{:?}", files(&app));
}

#[tokio::test]
async fn no_path_leads_out_of_the_store() {
    let app = TestApp::start().await;
    let file = upload(&app, "hello", "a.txt", "text/plain").await;
    let key = file.url.split('/').nth(4).unwrap();
    let unknown = "A".repeat(32);
    for path in [
        format!("{unknown}/a.txt"),
        "..%2f..%2fparlor.db/x".to_owned(),
        format!("{}%2f{key}/x", app.made.app),
        format!("{key}%00/x"),
        format!("{key}.thumbnail/x"),
        format!("{key}/thumbnail/a.txt"),
        "%ff/x".to_owned(),
    ] {
        let answer = get(&format!("{}/attachments/{path}", app.url)).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().await.unwrap().contains("SQLite"), "{path}");
    }
}

async fn remove(app: &TestApp, body: Value) -> (StatusCode, Value) {
    answer(app.api(Method::POST, "/attachments/remove").json(&body)).await
}

#[tokio::test]
async fn what_is_removed_is_gone_with_its_thumbnail() {
    let app = TestApp::start().await;
    let kept = upload(&app, "kept", "kept.txt", "text/plain").await;
    let file = upload(&app, png(1000, 500), "wide.png", "image/png").await;
    assert_eq!(files(&app).len(), 3);
    assert_eq!(remove(&app, json!({ "mediaUrl": file.url })).await, (StatusCode::OK, json!({})));
    for url in [file.url.clone(), thumbnail(&file.url)] {
        assert_eq!(get(&url).await.status(), StatusCode::NOT_FOUND, "at once");
    }
    holds(&app, 1).await;
    assert_eq!(remove(&app, json!({ "mediaUrl": file.url })).await.0, StatusCode::NOT_FOUND, "a second time");
    assert_eq!(get(&kept.url).await.status(), StatusCode::OK);
    for (body, status) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({ "mediaUrl": "https://elsewhere.example/attachments/x/y" }), StatusCode::BAD_REQUEST),
        (json!({ "mediaUrl": "nonsense" }), StatusCode::BAD_REQUEST),
        (json!({ "mediaUrl": format!("{}/attachments/{}/x", app.url, "A".repeat(32)) }), StatusCode::NOT_FOUND),
        (json!({ "mediaUrl": format!("{}/chat/x", app.url) }), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(remove(&app, body.clone()).await.0, status, "{body}");
    }
    let rival = app.chat().provision("Rival").await.unwrap();
    let url = format!("{}/v2/apps/{}/attachments/remove", app.url, rival.app);
    let request = app.http.post(url).basic_auth(rival.key.id.as_str(), Some(&rival.key.secret));
    assert_eq!(refused(request.json(&json!({ "mediaUrl": kept.url }))).await.0, StatusCode::NOT_FOUND);
    let url = format!("{}/v2/apps/{}/attachments/remove", app.url, app.made.app);
    let anonymous = app.http.post(&url).json(&json!({ "mediaUrl": kept.url }));
    assert_eq!(refused(anonymous).await.0, StatusCode::UNAUTHORIZED);
    let other_app = app.http.post(url).basic_auth(rival.key.id.as_str(), Some(&rival.key.secret));
    assert_eq!(refused(other_app.json(&json!({ "mediaUrl": kept.url }))).await.0, StatusCode::FORBIDDEN);
    assert_eq!(get(&kept.url).await.status(), StatusCode::OK, "another tenant's key removes nothing");
}

#[tokio::test]
async fn a_message_knows_the_file_that_it_shows() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let bytes = png(20, 10);
    let file = upload(&app, bytes.clone(), "tea pot.png", "application/octet-stream").await;
    let claimed = json!({ "type": "image", "mediaUrl": file.url, "mediaType": "image/gif", "mediaSize": 1 });
    let body = json!({ "author": { "type": "business" }, "content": claimed });
    let path = format!("/conversations/{conversation}/messages");
    let (status, answer) = answer(app.api(Method::POST, &path).json(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let content = &answer["messages"][0]["content"];
    assert_eq!(
        (&content["mediaType"], &content["mediaSize"], &content["altText"]),
        (&json!("image/png"), &json!(bytes.len()), &json!("tea pot.png"))
    );
}

#[tokio::test]
async fn files_go_with_their_conversation() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let path = format!("{UPLOAD}&conversationId={conversation}");
    let inside = uploaded(app.api(Method::POST, &path).multipart(part("inside", "a.txt", "text/plain"))).await;
    let outside = upload(&app, "outside", "b.txt", "text/plain").await;
    let (scope, id) = (server::chat::Scope::of_app(app.made.app), conversation.parse().unwrap());
    let files = app.chat().attachments_of_conversation(scope, id).await.unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a.txt"]);
    let (tenant, now) = (app.made.app, app.chat().clock().now());
    let delete = app
        .chat()
        .storage()
        .write(move |tx| Box::pin(async move { tx.delete_attachments_of_conversation(tenant, id, now).await }));
    delete.await.unwrap();
    assert_eq!(get(&inside.url).await.status(), StatusCode::NOT_FOUND);
    app.chat().sweep_soon();
    holds(&app, 1).await;
    assert_eq!(get(&outside.url).await.text().await.unwrap(), "outside");
}

#[tokio::test]
async fn the_files_of_an_app_go_with_it() {
    let app = TestApp::start().await;
    let (_, conversation) = app.visitor_in_conversation().await;
    let address = upload(&app, png(8, 8), "a.png", "image/png").await.url;
    let path = format!("{UPLOAD}&conversationId={conversation}");
    uploaded(app.api(Method::POST, &path).multipart(part("text", "a.txt", "text/plain"))).await;
    assert_eq!(get(&address).await.status(), StatusCode::OK);
    assert_eq!(answer(app.account(Method::DELETE, "")).await.0, StatusCode::OK);
    assert_eq!(get(&address).await.status(), StatusCode::NOT_FOUND, "at once");
    holds(&app, 0).await;
}

#[tokio::test]
async fn what_a_killed_upload_left_is_swept() {
    let app = TestApp::start().await;
    let kept = upload(&app, "kept", "kept.txt", "text/plain").await;
    upload(&app, png(1000, 500), "wide.png", "image/png").await;
    assert_eq!(files(&app).len(), 3);
    // As it is when the process ends between the bytes and the note that they are there.
    app.execute("UPDATE attachments SET stored_at = NULL, created_at = 0 WHERE name = 'wide.png'").await;
    app.chat().sweep_soon();
    holds(&app, 1).await;
    assert_eq!(get(&kept.url).await.text().await.unwrap(), "kept");
}

#[tokio::test]
async fn a_private_file_is_read_by_a_signed_address_alone() {
    let app = TestApp::start().await;
    let scope = server::chat::Scope::of_app(app.made.app);
    let new = NewAttachment { access: domain::Access::Private, conversation: None, user: None, is_image: false };
    let body = "--b\r\nContent-Disposition: form-data; name=\"source\"; filename=\"a.txt\"\r\n\r\nsecret\r\n--b--\r\n";
    let body = stream::iter([Ok::<_, std::io::Error>(body.as_bytes())]);
    let form = app.chat().files().receive("multipart/form-data; boundary=b", body).await.unwrap();
    let (file, url) = app.chat().add_attachment(scope, new, form).await.unwrap();
    assert_eq!(get(&url).await.status(), StatusCode::NOT_FOUND);
    let now = app.chat().clock().now();
    let signed = app.chat().signed_attachment_url(&file, now.plus_millis(60_000));
    let answer = get(&signed).await;
    assert!(header(&answer, "cache-control").starts_with("private"));
    assert_eq!(answer.text().await.unwrap(), "secret");
    let expired = app.chat().signed_attachment_url(&file, now.plus_millis(-1000));
    for forged in
        [expired, format!("{signed}x"), signed.replace("expires=", "expires=9"), format!("{url}?signature=&expires=")]
    {
        assert_eq!(get(&forged).await.status(), StatusCode::NOT_FOUND, "{forged}");
    }
}

#[tokio::test]
async fn a_store_that_takes_nothing_answers_503_and_keeps_nothing() {
    let app = TestApp::start().await;
    // Where the app's folder should be, there is a file.
    std::fs::write(app.folder().join("attachments").join(app.made.app.to_string()), "").unwrap();
    let request = app.api(Method::POST, UPLOAD).multipart(part("hello", "a.txt", "text/plain"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!header(&answer, "retry-after").is_empty());
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["errors"][0]["code"], "service_unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_keep_the_public_path_and_files_survive_kill_9() {
    let data = tempfile::TempDir::new().unwrap();
    let store = tempfile::TempDir::new().unwrap();
    let made = ParlorProcess::provision(data.path());
    let text = |key: &str| made[key].as_str().unwrap();
    let store_url = format!("file://{}", store.path().display());
    let public = [("PARLOR_PUBLIC_URL", "https://chat.example/sc"), ("PARLOR_OBJECT_STORE_URL", &store_url)];
    let parlor = ParlorProcess::serve_with(data.path(), &public);
    let path = format!("/v2/apps/{}{UPLOAD}", text("appId"));
    let request = client().post(format!("{}/sc{path}", parlor.url)).basic_auth(text("keyId"), Some(text("secret")));
    let file = uploaded(request.multipart(part("hello", "a.txt", "text/plain"))).await;
    let rest = file.url.strip_prefix("https://chat.example/sc").unwrap().to_owned();
    parlor.kill();
    assert!(!is_empty(store.path()) && is_empty(&data.path().join("attachments")));
    let parlor = ParlorProcess::serve_with(data.path(), &public);
    for prefix in ["", "/sc"] {
        assert_eq!(get(&format!("{}{prefix}{rest}", parlor.url)).await.text().await.unwrap(), "hello");
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}
