//! From columns to domain values, with an error that names the column.

use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::StorageError;

/// Names a column while its value is read.
#[derive(Clone, Copy)]
pub struct Column(pub &'static str, pub &'static str);

impl Column {
    fn corrupt(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StorageError {
        StorageError::Corrupt { table: self.0, column: self.1, source: source.into() }
    }

    /// The value that was read by other means.
    pub fn read<T>(self, value: serde_json::Result<T>) -> Result<T, StorageError> {
        value.map_err(|error| self.corrupt(error))
    }

    pub fn parse<T>(self, text: &str) -> Result<T, StorageError>
    where
        T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        text.parse().map_err(|error| self.corrupt(error))
    }

    pub fn json<T: DeserializeOwned>(self, text: &str) -> Result<T, StorageError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(error))
    }

    pub fn count<T: TryFrom<i64, Error: std::error::Error + Send + Sync + 'static>>(
        self,
        value: i64,
    ) -> Result<T, StorageError> {
        value.try_into().map_err(|error| self.corrupt(error))
    }
}

/// JSON text of a value that always has one.
pub fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("domain types have text keys and finite numbers")
}

/// A count or number of ours as the database keeps it.
pub fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
