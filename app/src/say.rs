//! What a visitor says.

use domain::{ActionId, MessageId};
use serde::{Deserialize, Serialize};

use crate::json::{FromJson, Json, ToJson};

/// A message of a visitor, as the page knows it before the server does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Say {
    Text(String),
    /// A reply button that was pressed.
    Reply {
        action: ActionId,
        /// What the button says, and so the message.
        text: String,
    },
    /// Where the visitor is, in degrees.
    Location {
        lat: f64,
        long: f64,
    },
    /// A form that was filled in.
    Answers {
        /// `None` for what is asked before the first message.
        form: Option<MessageId>,
        /// By the names of its fields; of a choice, the name of the option.
        answers: Vec<(String, String)>,
        /// The same for people, a line each.
        text: String,
    },
}

impl Say {
    /// In words, while it is on its way; `None` where there are none.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Reply { text, .. } | Self::Answers { text, .. } => Some(text),
            Self::Location { .. } => None,
        }
    }
}

impl FromJson for Say {
    fn from_json(json: &Json) -> Option<Self> {
        let kind = |name| Some(json.field(name)).filter(|said| !said.is_null());
        if let Some(text) = kind("text") {
            text.string().map(Self::Text)
        } else if let Some(reply) = kind("reply") {
            Some(Self::Reply { action: reply.get("action")?, text: reply.get("text")? })
        } else if let Some(there) = kind("location") {
            Some(Self::Location { lat: there.get("lat")?, long: there.get("long")? })
        } else {
            let answers = json.field("answers");
            Some(Self::Answers {
                form: answers.get("form")?,
                answers: answers.get("answers")?,
                text: answers.get("text")?,
            })
        }
    }
}

impl ToJson for Say {
    fn to_json(&self) -> Json {
        let (kind, said) = match self {
            Self::Text(text) => ("text", text.to_json()),
            Self::Reply { action, text } => {
                ("reply", Json::object(&[("action", action.to_json()), ("text", text.to_json())]))
            }
            Self::Location { lat, long } => {
                ("location", Json::object(&[("lat", (*lat).into()), ("long", (*long).into())]))
            }
            Self::Answers { form, answers, text } => {
                let (form, answers) = (form.to_json(), answers.to_json());
                ("answers", Json::object(&[("form", form), ("answers", answers), ("text", text.to_json())]))
            }
        };
        Json::object(&[(kind, said)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{read, write};

    #[test]
    fn the_server_reads_what_the_browser_says_and_so_does_the_next_page() {
        let id = "66b000000000000000000001";
        for say in [
            Say::Text("\"Hello\"\n".into()),
            Say::Reply { action: id.parse().unwrap(), text: "Yes".into() },
            Say::Location { lat: 50.0755, long: -14.0 },
            Say::Answers { form: None, answers: vec![("name".into(), "Sam".into())], text: "Name: Sam".into() },
            Say::Answers { form: Some(id.parse().unwrap()), answers: Vec::new(), text: String::new() },
        ] {
            let text = write(&say);
            assert_eq!(serde_json::from_str::<Say>(&text).unwrap(), say, "{text}");
            assert_eq!(read(&text), Some(say), "{text}");
        }
        assert_eq!(read::<Say>(r#"{"song":"La"}"#), None);
    }
}
