//! What nodes say to each other.

use domain::{AppId, IntegrationId, UserId};
use serde::{Deserialize, Serialize};

/// What is not as it was: whoever remembers it must look again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    Page(IntegrationId),
    Pages,
    Keys,
    Settings(AppId),
    Bans(AppId),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Says {
    /// Something happened; the event follows. With a receipt, the sender wants to know whom it reached.
    Hint {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<u64>,
    },
    /// A hint reached this user.
    Reached { receipt: u64, user: UserId },
    /// The subject's listeners must be asked again who they are.
    CutOff,
    /// So must all of this app.
    CutOffApp { app: AppId },
    /// This is not as it was.
    Changed { change: Change },
    /// To oneself: whoever hears it is heard.
    Probe { number: u64 },
    /// Of a newer node.
    #[serde(other)]
    Unknown,
}

/// One message between nodes: a line of JSON, then an event's JSON where there is one, as every socket gets it.
#[derive(Debug, PartialEq, Eq)]
pub struct Letter<'a> {
    /// The node that wrote it.
    pub from: String,
    pub says: Says,
    pub event: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Head<From> {
    from: From,
    says: Says,
}

impl<'a> Letter<'a> {
    /// `None` for what no node wrote.
    pub fn read(payload: &'a [u8]) -> Option<Self> {
        let (head, event) = std::str::from_utf8(payload).ok()?.split_once('\n')?;
        let Head { from, says } = serde_json::from_str(head).ok()?;
        Some(Self { from, says, event })
    }

    /// # Panics
    /// Never: letters have text keys and whole numbers.
    pub fn write(from: &str, says: Says, event: &str) -> Vec<u8> {
        let head = serde_json::to_string(&Head { from, says }).expect("letters have text keys and whole numbers");
        [head.as_bytes(), b"\n", event.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_as_it_was_written() {
        let change = Change::Settings("66b000000000000000000001".parse().unwrap());
        for says in [Says::Hint { receipt: Some(7) }, Says::CutOff, Says::Changed { change }] {
            let text = Letter::write("north", says.clone(), r#"{"type":"x"}"#);
            let letter = Letter { from: "north".to_owned(), says, event: r#"{"type":"x"}"# };
            assert_eq!(Letter::read(&text), Some(letter));
        }
    }

    #[test]
    fn what_a_newer_node_says_is_passed_over() {
        let letter = Letter::read(b"{\"from\":\"south\",\"says\":{\"type\":\"dance\",\"on\":true}}\n").unwrap();
        assert_eq!(letter.says, Says::Unknown);
        for nonsense in ["", "{}", "{}\n", "hello\n"] {
            assert_eq!(Letter::read(nonsense.as_bytes()), None, "{nonsense}");
        }
    }
}
