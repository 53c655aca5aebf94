//! What somebody with a million messages waits for, against somebody with a thousand.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::TURNS;
use crate::http::Connection;
use crate::parlor::{JSON, Parlor, Visitor};
use crate::report::Report;
use crate::stats::percentile;
use crate::store::Store;

const LONG: i64 = 1_000_000;
const SHORT: i64 = 1_000;
/// Conversations that each has besides.
const OTHERS: usize = 9;
const REQUESTS: usize = 400;

/// Somebody, and where their things are.
struct Person {
    cookie: String,
    newest: String,
    further_up: String,
    list: String,
}

pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    let parlor = Parlor::start(store).await?;
    let long = person(&parlor, LONG).await?;
    let short = person(&parlor, SHORT).await?;
    let api = &parlor.authorization;
    let (mut newest, mut further_up, mut list) = <([Vec<f64>; 2], [Vec<f64>; 2], [Vec<f64>; 2])>::default();
    for _ in 0..TURNS {
        for (index, person) in [&long, &short].into_iter().enumerate() {
            newest[index].push(median_ms(&parlor, &person.cookie, &person.newest).await?);
            further_up[index].push(median_ms(&parlor, &person.cookie, &person.further_up).await?);
            list[index].push(median_ms(&parlor, api, &person.list).await?);
        }
    }
    for (what, [ours, theirs]) in
        [("newest page", newest), ("page further up", further_up), ("list of conversations", list)]
    {
        report.ratio(&format!("{what} at 1 000 000 messages, against 1 000"), &ours, &theirs, "ms", "1.5 at most");
    }
    parlor.server.stop().await
}

/// Somebody with `total` messages in one conversation, and further ones.
async fn person(parlor: &Parlor, total: i64) -> Result<Person> {
    let visitor = parlor.visitor().await?;
    let mut api = parlor.connect().await?;
    api.headers.clone_from(&parlor.authorization);
    let user = user(parlor, &mut api, &visitor).await?;
    for _ in 0..OTHERS {
        let body = json!({ "type": "personal", "participants": [{ "userId": user }] }).to_string();
        let answer = api.post(&format!("/v2/apps/{}/conversations", parlor.app), JSON, &body).await?;
        ensure!(answer.status == 201, "a conversation: {}", answer.text());
    }
    parlor.fill(&visitor, total).await?;
    let newest = format!("/chat/{}?conversation={}", parlor.integration, visitor.conversation);
    let further_up = format!("{newest}&before={}", total / 2);
    let list = format!("/v2/apps/{}/conversations?filter[userId]={user}", parlor.app);
    Ok(Person { cookie: visitor.cookie, newest, further_up, list })
}

async fn user(parlor: &Parlor, api: &mut Connection, visitor: &Visitor) -> Result<String> {
    let path = format!("/v2/apps/{}/conversations/{}/participants", parlor.app, visitor.conversation);
    let answer: Value = serde_json::from_slice(&api.get(&path).await?.body)?;
    Ok(answer["participants"][0]["userId"].as_str().context("a participant")?.to_owned())
}

async fn median_ms(parlor: &Parlor, headers: &str, path: &str) -> Result<f64> {
    let mut connection = parlor.connect().await?;
    headers.clone_into(&mut connection.headers);
    let mut took = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let begun = Instant::now();
        ensure!(connection.get(path).await?.status == 200, "{path} is answered");
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    Ok(percentile(&took, 50.0))
}
