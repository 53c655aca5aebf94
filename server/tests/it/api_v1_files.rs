//! Files of the older API: uploaded, sent as images, removed.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, answer};

fn form(name: &str) -> Form {
    let mut bytes = Vec::new();
    RgbImage::new(4, 4).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    Form::new().part("source", Part::bytes(bytes).file_name(name.to_owned()))
}

#[tokio::test]
async fn an_attachment_is_told_flat_and_removed() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let upload =
        |query: &str| answer(app.v1(Method::POST, &format!("/attachments?{query}")).multipart(form("tea.png")));
    let (status, file) = upload("access=public&for=message&userId=ann").await;
    assert_eq!((status, &file["mediaType"]), (StatusCode::CREATED, &json!("image/png")), "{file}");
    assert_eq!(file.as_object().unwrap().len(), 2, "not nested: {file}");
    let url = file["mediaUrl"].as_str().unwrap();
    assert_eq!(app.http.get(url).send().await.unwrap().status(), StatusCode::OK);
    let remove = || answer(app.v1(Method::POST, "/attachments/remove").json(&json!({ "mediaUrl": url })));
    assert_eq!(remove().await, (StatusCode::OK, json!({})));
    assert_eq!(app.http.get(url).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(remove().await.0, StatusCode::NOT_FOUND);
    for (query, status) in [("", 400), ("access=private", 400), ("access=public&userId=nobody", 404)] {
        let (got, refused) = upload(query).await;
        assert_eq!(got.as_u16(), status, "{query}: {refused}");
        assert!(refused["error"]["code"].is_string(), "{refused}");
    }
    let long = format!("/apps/{}/attachments?access=public", app.made.app);
    assert_eq!(answer(app.v1(Method::POST, &long).multipart(form("x.png"))).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn an_uploaded_image_is_a_message() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let post = |form: Form| answer(app.v1(Method::POST, "/appusers/ann/images").multipart(form));
    let good = form("tea ☕.png").text("role", "appMaker").text("text", "Look").text("metadata", r#"{"a":1}"#);
    let (status, sent) = post(good).await;
    let message = &sent["message"];
    assert_eq!(
        (status, &message["type"], &message["text"]),
        (StatusCode::CREATED, &json!("image"), &json!("Look")),
        "{sent}"
    );
    assert_eq!((&message["mediaType"], &message["metadata"]), (&json!("image/png"), &json!({ "a": 1 })));
    assert_eq!(sent["conversation"]["unreadCount"], 1);
    assert_eq!(app.http.get(message["mediaUrl"].as_str().unwrap()).send().await.unwrap().status(), StatusCode::OK);
    let text = || Part::bytes(b"just words".as_slice()).file_name("a.txt");
    for (form, names) in [
        (form("a.png"), "role"),
        (form("a.png").text("role", "appMaker").text("metadata", "{"), "metadata"),
        (Form::new().text("role", "appMaker"), "source"),
        (Form::new().part("source", text()).text("role", "appMaker"), "source"),
    ] {
        let (status, refused) = post(form).await;
        assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")), "{names}");
        assert!(refused["error"]["description"].as_str().unwrap().contains(names), "{names}: {refused}");
    }
    let (_, page) = answer(app.v1(Method::GET, "/appusers/ann/messages")).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
}
