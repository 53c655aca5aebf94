//! What PostgreSQL is told instead of SQLite: one statement at a time, and no index by name.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

type Statements = &'static [&'static str];

/// Statements by the address and length of the text that they were made of. Texts stand in the program, so there is an
/// end to them.
static KNOWN: LazyLock<RwLock<HashMap<(usize, usize), Statements>>> = LazyLock::new(RwLock::default);

/// The statements of `sql` as PostgreSQL takes them.
pub fn statements(sql: &'static str) -> Statements {
    let place = (sql.as_ptr().addr(), sql.len());
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
        return known;
    }
    KNOWN.write().unwrap_or_else(PoisonError::into_inner).entry(place).or_insert_with(|| {
        let statements = sql.split(';').map(str::trim).filter(|statement| !statement.is_empty());
        Vec::leak(statements.map(|statement| &*String::leak(without_indexes(statement))).collect())
    })
}

/// `INDEXED BY` is for SQLite, which guesses where PostgreSQL counts.
fn without_indexes(statement: &str) -> String {
    let mut parts = statement.split("INDEXED BY ");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once(char::is_whitespace).map_or("", |(_index, rest)| rest));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_parted_and_choose_their_indexes() {
        const SQL: &str = "UPDATE a SET b = $1; DELETE FROM c INDEXED BY c_by_d WHERE d = $2;";
        assert_eq!(statements(SQL), ["UPDATE a SET b = $1", "DELETE FROM c WHERE d = $2"]);
        assert!(std::ptr::eq(statements(SQL), statements(SQL)), "made once");
    }
}
