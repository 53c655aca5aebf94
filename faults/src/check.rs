//! What must be true once everything is quiet: the log has each acknowledged message once, without gaps; listeners and webhooks
//! have the same.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bench::http::Connection;
use serde_json::Value;
use tokio::time::sleep;

use crate::ledger::Sent;
use crate::load::Stage;
use crate::receiver::Told;
use crate::world::World;

/// How long it may take until everything is as it should be: whoever sends for a node that died is waited for, a webhook that
/// failed is tried again, and a lost NATS is found again.
const DEADLINE: Duration = Duration::from_mins(1);
/// After so long it says what it waits for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Differences that are worth reading.
const SHOWN: usize = 20;
/// Messages in a page of the API.
const PAGE: usize = 100;

/// A message as the API lists it.
struct Listed {
    id: String,
    text: String,
}

/// Waits until nothing differs; gives what still does after a while, which is empty when all is well.
pub async fn settle(world: &mut World) -> Result<Vec<String>> {
    let begun = Instant::now();
    let mut patience = PATIENCE;
    loop {
        let mut differences = differences(world).await.unwrap_or_else(|error| vec![format!("{error:#}")]);
        let wrong = wrong(world);
        if differences.is_empty() && wrong.is_empty() {
            return Ok(Vec::new());
        }
        // What is wrong stays so.
        if !wrong.is_empty() || begun.elapsed() > DEADLINE {
            differences.splice(0..0, wrong);
            let all = differences.len();
            differences.truncate(SHOWN);
            if all > SHOWN {
                differences.push(format!("and {} more", all - SHOWN));
            }
            return Ok(differences);
        }
        if begun.elapsed() > patience {
            println!("    still, after {} s: {}", patience.as_secs(), differences[0]);
            patience += PATIENCE;
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// What was seen on the way and may never be.
fn wrong(world: &World) -> Vec<String> {
    let mut wrong = world.stage.ledger().wrong.clone();
    wrong.extend(world.receiver.heard().wrong.iter().cloned());
    for listener in &world.listeners {
        let view = listener.view();
        let of = |wrong: &String| format!("a listener by {:?} {wrong}", listener.carrier);
        wrong.extend(view.wrong.iter().map(of));
    }
    wrong
}

async fn differences(world: &mut World) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for node in &world.nodes {
        match node.readiness().await {
            Some(text) if text == "ready\n" => {}
            other => found.push(format!("{} says {other:?} instead of ready", node.name)),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let told = by_conversation(&world.receiver.heard().told);
    let nothing = Vec::new();
    for (place, visitor) in world.visitors.iter().enumerate() {
        let conversation = &visitor.conversation;
        let node = &world.nodes[place % world.nodes.len()].address;
        let log = history(node, &world.stage, conversation).await?;
        compare_with_sent(&world.stage, conversation, &log, &mut found);
        let ids: Vec<&str> = log.iter().map(|message| message.id.as_str()).collect();
        for listener in world.listeners.iter().filter(|listener| listener.conversation == *conversation) {
            let view = listener.view();
            let seen: Vec<&str> = view.messages.iter().map(String::as_str).collect();
            compare(&format!("a listener by {:?} in {conversation}", listener.carrier), &seen, &ids, &mut found);
        }
        let heard: Vec<&str> =
            told.get(conversation).unwrap_or(&nothing).iter().map(|told| told.message.as_str()).collect();
        compare(&format!("the webhook, of {conversation},"), &heard, &ids, &mut found);
    }
    compare_newcomers(world, &told, &mut found).await?;
    Ok(found)
}

fn by_conversation(told: &[Told]) -> HashMap<String, Vec<Told>> {
    let mut conversations: HashMap<String, Vec<Told>> = HashMap::new();
    for told in told {
        conversations.entry(told.conversation.clone()).or_default().push(told.clone());
    }
    conversations
}

/// Each acknowledged message once, with the id that was told; each that was given up at most once; nothing else.
fn compare_with_sent(stage: &Stage, conversation: &str, log: &[Listed], found: &mut Vec<String>) {
    let ledger = stage.ledger();
    let mut seen = HashSet::new();
    for (index, Listed { id, text }) in log.iter().enumerate() {
        if !seen.insert(text.as_str()) {
            found.push(format!("{text} is there twice, in {conversation}"));
        }
        match ledger.sent(conversation, text) {
            Sent::Acknowledged(told) if told != id => found.push(format!("{text} was {told} and is {id}")),
            Sent::Acknowledged(_) | Sent::GivenUp => {}
            Sent::Never if index == 0 && text == "hello" => {}
            Sent::Never => found.push(format!("{text} was never sent to {conversation}")),
        }
    }
    let lost = ledger.acknowledged(conversation).filter(|text| !seen.contains(text.as_str()));
    found.extend(lost.map(|text| format!("{text} was acknowledged and is lost, in {conversation}")));
}

/// Says where `seen` is not what the log has, if it is not.
fn compare(who: &str, seen: &[&str], log: &[&str], found: &mut Vec<String>) {
    if seen == log {
        return;
    }
    let same = seen.iter().zip(log).take_while(|(seen, logged)| seen == logged).count();
    let at = |list: &[&str]| list.get(same).map_or_else(|| "nothing".to_owned(), ToString::to_string);
    found.push(format!(
        "{who} has {} of {} messages; number {} is {} instead of {}",
        seen.len(),
        log.len(),
        same + 1,
        at(seen),
        at(log)
    ));
}

/// Each newcomer is in one conversation, which holds one message.
async fn compare_newcomers(world: &World, told: &HashMap<String, Vec<Told>>, found: &mut Vec<String>) -> Result<()> {
    let newcomers = world.stage.ledger().newcomers.clone();
    for text in newcomers {
        let theirs: Vec<&Vec<Told>> = told.values().filter(|told| told.iter().any(|told| told.text == text)).collect();
        let [one] = theirs.as_slice() else {
            found.push(format!("{text} is in {} conversations by the webhook", theirs.len()));
            continue;
        };
        let conversation = &one[0].conversation;
        let log = history(&world.nodes[0].address, &world.stage, conversation).await?;
        let is_right = |texts: &[&str]| texts == [text.as_str()];
        if !is_right(&log.iter().map(|message| message.text.as_str()).collect::<Vec<_>>())
            || !is_right(&one.iter().map(|told| told.text.as_str()).collect::<Vec<_>>())
        {
            found.push(format!("{text} is not alone in {conversation}: {} in the log, {} told", log.len(), one.len()));
        }
    }
    Ok(())
}

/// All messages of `conversation`, oldest first.
async fn history(node: &str, stage: &Stage, conversation: &str) -> Result<Vec<Listed>> {
    let mut connection = Connection::open(node).await?;
    connection.headers.clone_from(&stage.keys.authorization);
    let path = stage.messages_path(conversation);
    let mut pages = Vec::new();
    let mut before = String::new();
    loop {
        let answer = connection.get(&format!("{path}?page[size]={PAGE}{before}")).await?;
        ensure!(answer.status == 200, "the history is answered with {} {}", answer.status, answer.text());
        let page: Value = serde_json::from_slice(&answer.body)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let messages = page["messages"].as_array().context("messages")?;
        let listed =
            messages.iter().map(|message| Listed { id: text(&message["id"]), text: text(&message["content"]["text"]) });
        pages.push(listed.collect::<Vec<_>>());
        if page["meta"]["hasMore"] != true {
            break;
        }
        before = format!("&page[before]={}", page["meta"]["beforeCursor"].as_str().context("a cursor")?);
    }
    Ok(pages.into_iter().rev().flatten().collect())
}

#[cfg(test)]
mod tests {
    use bench::shop::Keys;

    use super::*;

    #[test]
    fn what_is_lost_doubled_or_unheard_of_is_found() {
        let keys = Keys { app: String::new(), integration: String::new(), authorization: String::new() };
        let stage = Stage::new(keys, Vec::new());
        for (text, id) in [("one", "1"), ("two", "2"), ("three", "3")] {
            stage.ledger().acknowledge("c", text.to_owned(), id.to_owned());
        }
        stage.ledger().give_up("c", "four".to_owned());
        let found = |log: &[(&str, &str)]| {
            let listed = |(id, text): &(&str, &str)| Listed { id: (*id).to_owned(), text: (*text).to_owned() };
            let mut found = Vec::new();
            compare_with_sent(&stage, "c", &log.iter().map(listed).collect::<Vec<_>>(), &mut found);
            found
        };
        let right = [("0", "hello"), ("2", "two"), ("1", "one"), ("3", "three")];
        assert!(found(&right).is_empty());
        assert!(found(&[right.as_slice(), &[("4", "four")]].concat()).is_empty());
        for (wrong, words) in [
            (right[..3].to_vec(), "three was acknowledged and is lost"),
            ([right.as_slice(), &[("4", "four"), ("5", "four")]].concat(), "four is there twice"),
            ([right.as_slice(), &[("6", "six")]].concat(), "six was never sent"),
            (vec![right[0], right[1], ("9", "one"), right[3]], "one was 1 and is 9"),
        ] {
            let found = found(&wrong);
            assert!(found.len() == 1 && found[0].starts_with(words), "{found:?}");
        }
    }

    #[test]
    fn the_first_difference_is_told() {
        let mut found = Vec::new();
        compare("somebody", &["a", "b"], &["a", "b"], &mut found);
        assert!(found.is_empty());
        compare("somebody", &["a", "c"], &["a", "b", "c"], &mut found);
        assert_eq!(found, ["somebody has 2 of 3 messages; number 2 is c instead of b"]);
    }
}
