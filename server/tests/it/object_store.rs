//! Attachments in a bucket at an S3 server.

use std::io::Cursor;
use std::time::Instant;

use image::{ImageFormat, RgbImage};
use reqwest::header::{RANGE, RETRY_AFTER};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Bucket, DEADLINE, ParlorProcess, answer, client};

/// A server that keeps attachments in a bucket.
struct Shop {
    parlor: ParlorProcess,
    made: Value,
    _data: TempDir,
}

impl Shop {
    fn over(bucket: &Bucket, changed: &[(&str, &str)]) -> Self {
        let data = TempDir::new().unwrap();
        let made = ParlorProcess::provision(data.path());
        let variables = bucket.variables();
        let mut variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        variables.extend(changed);
        Self { parlor: ParlorProcess::serve_with(data.path(), &variables), made, _data: data }
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let text = |key: &str| self.made[key].as_str().unwrap();
        let url = format!("{}/v2/apps/{}{path}", self.parlor.url, text("appId"));
        client().post(url).basic_auth(text("keyId"), Some(text("secret")))
    }

    fn upload(&self, bytes: Vec<u8>, name: &str) -> RequestBuilder {
        let part = Part::bytes(bytes).file_name(name.to_owned());
        self.post("/attachments?access=public&for=message").multipart(Form::new().part("source", part))
    }

    /// Where the file that was uploaded is to be read.
    async fn uploaded(&self, bytes: Vec<u8>, name: &str) -> String {
        let (status, answer) = answer(self.upload(bytes, name)).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["attachment"]["mediaUrl"].as_str().unwrap().to_owned()
    }
}

fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::new(1000, 500).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_and_go() {
    let bucket = Bucket::start();
    let shop = Shop::over(&bucket, &[]);
    let image = shop.uploaded(png(), "wide.png").await;
    assert_eq!(bucket.sizes().len(), 2, "the image and its thumbnail");
    assert_eq!(client().get(&image).send().await.unwrap().bytes().await.unwrap(), png());

    // In more than one part.
    let film: Vec<u8> = (0..20_000_000_u32).map(|number| number.to_le_bytes()[0] ^ number.to_le_bytes()[2]).collect();
    let url = shop.uploaded(film.clone(), "film.bin").await;
    assert_eq!(bucket.sizes().last(), Some(&20_000_000));
    let rest = client().get(&url).header(RANGE, "bytes=9000000-").send().await.unwrap();
    assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
    assert!(rest.bytes().await.unwrap() == film[9_000_000..], "the rest of the film");

    for url in [image, url] {
        let removed = shop.post("/attachments/remove").json(&json!({ "mediaUrl": url })).send().await.unwrap();
        assert!(removed.status().is_success(), "{}", removed.text().await.unwrap());
        assert_eq!(client().get(&url).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    let begun = Instant::now();
    while !bucket.sizes().is_empty() {
        assert!(begun.elapsed() < DEADLINE, "the bucket is empty in time, not {:?}", bucket.sizes());
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_down_is_asked_again_later() {
    let mut bucket = Bucket::start();
    let shop = Shop::over(&bucket, &[]);
    let kept = shop.uploaded(b"kept".to_vec(), "kept.txt").await;
    bucket.die();
    for request in [shop.upload(b"lost".to_vec(), "lost.txt"), client().get(&kept)] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key(RETRY_AFTER));
    }
    bucket.come_back();
    assert_eq!(client().get(&kept).send().await.unwrap().text().await.unwrap(), "kept");
    shop.uploaded(b"later".to_vec(), "later.txt").await;
    assert_eq!(bucket.sizes(), [4, 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_knows_another_secret_gets_nothing() {
    let bucket = Bucket::start();
    let shop = Shop::over(&bucket, &[("AWS_SECRET_ACCESS_KEY", "another")]);
    let (status, answer) = answer(shop.upload(b"hello".to_vec(), "a.txt")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    assert!(bucket.sizes().is_empty());
}
