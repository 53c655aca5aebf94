//! One value, as both databases have it.

use serde::de::IgnoredAny;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Row as _};

/// The types of columns that the schema uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Bigint,
    Boolean,
    Bytes,
}

impl Kind {
    /// By its name on PostgreSQL.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "bigint" => Self::Bigint,
            "boolean" => Self::Boolean,
            "bytea" => Self::Bytes,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bigint => "bigint",
            Self::Boolean => "boolean",
            Self::Bytes => "bytea",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    Text(Option<String>),
    Bigint(Option<i64>),
    Boolean(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

impl Cell {
    pub fn of_sqlite(row: &SqliteRow, place: usize, kind: Kind) -> sqlx::Result<Self> {
        Ok(match kind {
            Kind::Text => Self::Text(row.try_get_unchecked::<Option<String>, _>(place)?.map(without_nul)),
            Kind::Bigint => Self::Bigint(row.try_get_unchecked(place)?),
            Kind::Boolean => Self::Boolean(row.try_get_unchecked(place)?),
            Kind::Bytes => Self::Bytes(row.try_get_unchecked(place)?),
        })
    }

    pub fn of_postgres(row: &PgRow, place: usize, kind: Kind) -> sqlx::Result<Self> {
        Ok(match kind {
            Kind::Text => Self::Text(row.try_get(place)?),
            Kind::Bigint => Self::Bigint(row.try_get(place)?),
            Kind::Boolean => Self::Boolean(row.try_get(place)?),
            Kind::Bytes => Self::Bytes(row.try_get(place)?),
        })
    }

    pub fn bind_sqlite(&self, arguments: &mut SqliteArguments) -> sqlx::Result<()> {
        match self.clone() {
            Self::Text(value) => arguments.add(value),
            Self::Bigint(value) => arguments.add(value),
            Self::Boolean(value) => arguments.add(value),
            Self::Bytes(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)
    }

    pub fn bind_postgres(&self, arguments: &mut PgArguments) -> sqlx::Result<()> {
        match self.clone() {
            Self::Text(value) => arguments.add(value),
            Self::Bigint(value) => arguments.add(value),
            Self::Boolean(value) => arguments.add(value),
            Self::Bytes(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)
    }

    /// Binds one column of many rows, as an array.
    pub fn bind_all<'c>(
        kind: Kind,
        cells: impl Iterator<Item = &'c Self>,
        arguments: &mut PgArguments,
    ) -> sqlx::Result<()> {
        macro_rules! array {
            ($variant:ident) => {
                arguments.add(
                    cells
                        .map(|cell| match cell {
                            Self::$variant(value) => value.clone(),
                            _ => None,
                        })
                        .collect::<Vec<_>>(),
                )
            };
        }
        match kind {
            Kind::Text => array!(Text),
            Kind::Bigint => array!(Bigint),
            Kind::Boolean => array!(Boolean),
            Kind::Bytes => array!(Bytes),
        }
        .map_err(sqlx::Error::Encode)
    }

    /// Writes the value so that one after the other can be told apart: its length in bytes, a colon and its text, or a hyphen for
    /// NULL. [`text_of`] is the same on PostgreSQL.
    pub fn write(&self, into: &mut Vec<u8>) {
        let text = match self {
            Self::Text(value) => value.clone(),
            Self::Bigint(value) => value.map(|number| number.to_string()),
            Self::Boolean(value) => value.map(|truth| truth.to_string()),
            Self::Bytes(value) => value.as_ref().map(hex::encode),
        };
        match text {
            Some(text) => into.extend_from_slice(format!("{}:{text}", text.len()).as_bytes()),
            None => into.push(b'-'),
        }
    }
}

/// `text` with another character for NUL, also where JSON spells it: PostgreSQL can't keep it, and nothing takes it in any more.
fn without_nul(text: String) -> String {
    const SPELLED: &str = "\\u0000";
    let text = if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text };
    if !text.contains(SPELLED) || serde_json::from_str::<IgnoredAny>(&text).is_err() {
        return text;
    }
    let mut parts = text.split(SPELLED);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // After an escaped backslash it is only these letters.
        let escapes = kept.bytes().rev().take_while(|byte| *byte == b'\\').count();
        kept.push_str(if escapes % 2 == 0 { "\\ufffd" } else { SPELLED });
        kept.push_str(part);
    }
    kept
}

/// SQL for what [`Cell::write`] writes of the column called `name`, quoted.
pub fn text_of(name: &str, kind: Kind) -> String {
    let text = match kind {
        Kind::Text => name.to_owned(),
        Kind::Bigint | Kind::Boolean => format!("{name}::text"),
        Kind::Bytes => format!("encode({name}, 'hex')"),
    };
    format!("coalesce(octet_length({text}) || ':' || {text}, '-')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_nul_becomes_another_character() {
        for (text, kept) in [
            ("a\0b", "a\u{fffd}b"),
            (r#"{"a\u0000":"\u0000\u0000"}"#, r#"{"a\ufffd":"\ufffd\ufffd"}"#),
            (r#"["\\u0000","\\\u0000"]"#, r#"["\\u0000","\\\ufffd"]"#),
            (r"how to write \u0000", r"how to write \u0000"),
        ] {
            assert_eq!(without_nul(text.to_owned()), kept, "{text}");
        }
    }

    #[test]
    fn values_can_be_told_apart() {
        let written = |cells: &[Cell]| {
            let mut into = Vec::new();
            for cell in cells {
                cell.write(&mut into);
            }
            String::from_utf8(into).unwrap()
        };
        let text = |text: &str| Cell::Text(Some(text.to_owned()));
        let row = [text("é1"), Cell::Text(None), Cell::Bigint(Some(-7)), Cell::Boolean(Some(true)), text("")];
        assert_eq!(written(&row), "3:é1-2:-74:true0:");
        assert_ne!(written(&[text("a"), text("1:b")]), written(&[text("a1:"), text("b")]));
    }
}
