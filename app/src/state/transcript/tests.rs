use domain::{Activity, ActivityType, Author, Content, Draft, MessageId, Source, Timestamp};

use super::*;

pub fn conversation() -> ConversationId {
    "66b000000000000000000001".parse().unwrap()
}

pub fn empty() -> Transcript {
    Transcript { conversation: Some(conversation()), ..Transcript::default() }
}

pub fn entry(seq: u64, mine: bool, at: i64, text: &str) -> Entry {
    Entry {
        id: MessageId::new(Timestamp::from_millis(at), seq.to_be_bytes()),
        seq,
        mine,
        by_business: !mine,
        name: (!mine).then(|| "Ann".to_owned()),
        avatar: None,
        text: Some(text.to_owned()),
        rich: None,
        at,
        offset: 0,
        sent_as: None,
    }
}

/// `event` as it comes over the wire.
fn wire(event: &domain::Event) -> Event {
    crate::json::read(&serde_json::to_string(event).unwrap()).unwrap()
}

fn said(seq: u64, author: Author, text: &str) -> Event {
    let draft = Draft::new(author, Content::text(text), Source::api());
    let at = Timestamp::from_millis(i64::try_from(seq).unwrap() * 1000);
    let id = MessageId::new(at, seq.to_be_bytes());
    wire(&domain::Event::message(conversation(), draft.into_message(id, seq, at)))
}

fn ann(seq: u64, text: &str) -> Event {
    said(seq, Author::business(Some("Ann".into())), text)
}

fn activity(kind: ActivityType) -> Activity {
    Activity { kind, author: Author::business(Some("Ann".into())) }
}

fn texts(transcript: &Transcript) -> Vec<&str> {
    transcript.entries().iter().filter_map(|entry| entry.text.as_deref()).collect()
}

const UTC: fn(i64) -> i32 = |_| 0;

#[test]
fn events_apply_in_order_and_once() {
    let mut transcript = empty();
    assert_eq!(transcript.apply(&ann(1, "one"), UTC), Step::Applied);
    assert_eq!(transcript.apply(&ann(1, "one"), UTC), Step::Known);
    assert_eq!(transcript.apply(&ann(3, "three"), UTC), Step::Missing { after: 1 });
    assert_eq!(transcript.apply(&ann(2, "two"), UTC), Step::Applied);
    assert_eq!(transcript.apply(&ann(3, "three"), UTC), Step::Applied);
    assert_eq!(texts(&transcript), ["one", "two", "three"]);
}

#[test]
fn every_kind_of_event_counts() {
    let mut transcript = empty();
    let mut hologram = ann(1, "");
    hologram.kind = "conversation:hologram".to_owned();
    assert_eq!(transcript.apply(&hologram, UTC), Step::Applied);
    let read = domain::Event::read(conversation(), 2, Timestamp::from_millis(5000), activity(ActivityType::Read));
    assert_eq!(transcript.apply(&wire(&read), UTC), Step::Applied);
    assert_eq!(transcript.apply(&ann(3, "three"), UTC), Step::Applied);
    assert_eq!((transcript.seq, transcript.business_read), (3, Some(5000)));
}

#[test]
fn another_conversation_does_not_count() {
    let mut transcript = empty();
    transcript.conversation = Some("66b000000000000000000002".parse().unwrap());
    assert_eq!(transcript.apply(&ann(1, "one"), UTC), Step::Known);
    assert_eq!(transcript.seq, 0);
}

#[test]
fn typing_ends_with_the_message() {
    let mut transcript = empty();
    let typing = |kind| wire(&domain::Event::typing(conversation(), Timestamp::from_millis(0), activity(kind)));
    transcript.apply(&typing(ActivityType::TypingStart), UTC);
    assert_eq!(transcript.typing.clone().and_then(|typing| typing.name).as_deref(), Some("Ann"));
    transcript.apply(&typing(ActivityType::TypingStop), UTC);
    assert_eq!(transcript.typing, None);
    transcript.apply(&typing(ActivityType::TypingStart), UTC);
    transcript.apply(&ann(1, "done"), UTC);
    assert_eq!(transcript.typing, None);
}

#[test]
fn an_answer_and_its_event_are_one_message() {
    let mut transcript = Transcript { conversation: None, ..empty() };
    let sent = Sent { conversation: conversation(), entry: Some(entry(1, true, 1000, "hello")) };
    transcript.take_sent(sent.clone());
    assert_eq!(transcript.seq, 1);
    assert_eq!(
        transcript.apply(&said(1, Author::user("66b000000000000000000009".parse().unwrap(), None), "hello"), UTC),
        Step::Known
    );
    transcript.take_sent(sent);
    assert_eq!(texts(&transcript), ["hello"]);
}

#[test]
fn an_answer_that_overtakes_events_waits_in_its_place() {
    let mut transcript = empty();
    transcript.take_sent(Sent { conversation: conversation(), entry: Some(entry(2, true, 2000, "mine")) });
    assert_eq!(transcript.seq, 0, "event 1 is still to come");
    transcript.apply(&ann(1, "earlier"), UTC);
    transcript.apply(&said(2, Author::user("66b000000000000000000009".parse().unwrap(), None), "mine"), UTC);
    assert_eq!(texts(&transcript), ["earlier", "mine"]);
    assert_eq!(transcript.seq, 2);
}

#[test]
fn history_goes_before_without_gap_or_double() {
    let mut transcript = Transcript { older: true, seq: 4, entries: vec![entry(4, false, 4000, "4")], ..empty() };
    transcript.take_sent(Sent { conversation: conversation(), entry: Some(entry(2, true, 2000, "2")) });
    assert_eq!(texts(&transcript), ["4"], "an old message does not open a gap");
    let page = |entries, older| History { entries, older };
    transcript
        .prepend(page(vec![entry(2, true, 2000, "2"), entry(3, false, 3000, "3"), entry(4, false, 4000, "4")], true));
    transcript.prepend(page(vec![entry(1, false, 1000, "1"), entry(2, true, 2000, "2")], false));
    assert_eq!(texts(&transcript), ["1", "2", "3", "4"]);
    assert!(!transcript.older);
}

fn removed(seq: u64, message: Option<MessageId>) -> Event {
    wire(&domain::Event::message_remove(conversation(), seq, Timestamp::from_millis(9000), message))
}

#[test]
fn a_deleted_message_goes() {
    let mut transcript = empty();
    for seq in 1..=3 {
        transcript.apply(&ann(seq, &seq.to_string()), UTC);
    }
    let second = transcript.entries()[1].id;
    assert_eq!(transcript.apply(&removed(4, Some(second)), UTC), Step::Applied);
    assert_eq!(texts(&transcript), ["1", "3"]);
    let unknown = "66b000000000000000000009".parse().unwrap();
    assert_eq!(transcript.apply(&removed(5, Some(unknown)), UTC), Step::Applied);
    assert_eq!(texts(&transcript), ["1", "3"]);
}

#[test]
fn all_messages_go_but_not_what_came_after() {
    let mut transcript = Transcript { older: true, seq: 4, entries: vec![entry(4, false, 4000, "4")], ..empty() };
    transcript.take_sent(Sent { conversation: conversation(), entry: Some(entry(6, true, 6000, "6")) });
    assert_eq!(transcript.apply(&removed(5, None), UTC), Step::Applied);
    assert_eq!(texts(&transcript), ["6"]);
    assert!(!transcript.older);
}

#[test]
fn a_retry_of_a_deleted_message_shows_nothing() {
    let mut transcript = empty();
    transcript.take_sent(Sent { conversation: conversation(), entry: None });
    assert!(transcript.entries().is_empty());
}

#[test]
fn a_deleted_conversation_is_gone() {
    let at = Timestamp::from_millis(9000);
    let elsewhere = "66b000000000000000000009".parse().unwrap();
    assert_eq!(empty().apply(&wire(&domain::Event::conversation_remove(elsewhere, at)), UTC), Step::Known);
    assert_eq!(empty().apply(&wire(&domain::Event::conversation_remove(conversation(), at)), UTC), Step::Gone);
}
