//! What a partial update leaves alone, sets and unsets.

use serde::{Deserialize, Deserializer};

/// A key of a patch that is there, be it with `null`: outer `None` leaves it alone, inner `None` unsets it.
#[expect(clippy::option_option, reason = "absent, null and a value are three different things in a patch")]
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Calls `check` with each field that is to be set.
#[expect(clippy::option_option, reason = "absent, null and a value are three different things in a patch")]
pub(crate) fn each_set<'a, const N: usize, E>(
    fields: [(&'static str, &'a Option<Option<String>>, usize); N],
    check: impl Fn(&'static str, &'a str, usize) -> Result<(), E>,
) -> Result<(), E> {
    for (name, value, most) in fields {
        if let Some(Some(value)) = value {
            check(name, value, most)?;
        }
    }
    Ok(())
}
