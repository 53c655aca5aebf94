//! Which tables there are, asked of both databases, so that none can be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{PgConnection, SqliteConnection};

use super::RelocationError;
use super::cell::Kind;

/// What the migrator notes, each database for itself.
const OWN: &str = "_sqlx_migrations";

/// A table that both databases have, with the same columns.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<TableColumn>,
    /// Places in `columns` of those of the primary key, in its order.
    pub key: Vec<usize>,
}

#[derive(Debug, Clone)]
pub struct TableColumn {
    pub name: String,
    pub kind: Kind,
}

#[derive(sqlx::FromRow)]
struct ColumnRow {
    table_name: String,
    column_name: String,
    kind: String,
    /// From 1; NULL for what is not in the key.
    place_in_key: Option<i64>,
}

const OF_SQLITE: &str = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' AND t.name <> $1";

const OF_POSTGRES: &str = "SELECT c.relname::text AS table_name, a.attname::text AS column_name,
        format_type(a.atttypid, NULL) AS kind,
        array_position(string_to_array(i.indkey::text, ' ')::bigint[], a.attnum::bigint)::bigint AS place_in_key
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    ORDER BY c.relname, a.attnum";

/// All tables of `source`, as `target` has them too, by name.
/// # Errors
/// `Differs` when `target` lacks one, or has it otherwise.
pub async fn tables(source: &mut SqliteConnection, target: &mut PgConnection) -> Result<Vec<Table>, RelocationError> {
    let wanted: Vec<(String, String)> =
        sqlx::query_as(OF_SQLITE).bind(OWN).fetch_all(source).await.map_err(RelocationError::source)?;
    let found: Vec<ColumnRow> = sqlx::query_as(OF_POSTGRES).fetch_all(target).await.map_err(RelocationError::target)?;
    let mut there: BTreeMap<&str, Vec<&ColumnRow>> = BTreeMap::new();
    for row in &found {
        there.entry(&row.table_name).or_default().push(row);
    }
    let mut columns_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (table, column) in &wanted {
        columns_of.entry(table).or_default().insert(column);
    }
    let found = |name: &str| there.get(name).map(Vec::as_slice).unwrap_or_default();
    columns_of.iter().map(|(name, columns)| table(name, columns, found(name))).collect()
}

fn table(name: &str, wanted: &BTreeSet<&str>, found: &[&ColumnRow]) -> Result<Table, RelocationError> {
    let differs = |what: &str| RelocationError::Differs { table: name.to_owned(), what: what.to_owned() };
    if found.is_empty() {
        return Err(differs("it is missing"));
    }
    let names: BTreeSet<&str> = found.iter().map(|column| &*column.column_name).collect();
    if let Some(column) = wanted.symmetric_difference(&names).next() {
        return Err(differs(column));
    }
    let mut columns = Vec::new();
    let mut key = Vec::new();
    for (place, column) in found.iter().enumerate() {
        let kind = Kind::named(&column.kind).ok_or_else(|| differs(&column.column_name))?;
        columns.push(TableColumn { name: column.column_name.clone(), kind });
        key.extend(column.place_in_key.map(|in_key| (in_key, place)));
    }
    if key.is_empty() {
        return Err(differs("it has no primary key"));
    }
    key.sort_unstable();
    Ok(Table { name: name.to_owned(), columns, key: key.into_iter().map(|(_, place)| place).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: &str, place_in_key: Option<i64>) -> ColumnRow {
        ColumnRow { table_name: "log".into(), column_name: name.into(), kind: kind.into(), place_in_key }
    }

    #[test]
    fn a_table_has_the_same_columns_on_both_sides() {
        let wanted = BTreeSet::from(["seq", "id", "at"]);
        let (at, seq, id) =
            (column("at", "bigint", None), column("seq", "bigint", Some(2)), column("id", "text", Some(1)));
        let made = table("log", &wanted, &[&at, &seq, &id]).unwrap();
        assert_eq!((made.columns.len(), made.key), (3, vec![2, 1]));
        let odd = column("at", "interval", None);
        let keyless = [&at, &column("seq", "bigint", None), &column("id", "text", None)];
        for (found, what) in
            [(&[][..], "missing"), (&[&at, &seq], "id"), (&[&odd, &seq, &id], "at"), (&keyless, "no primary key")]
        {
            let error = table("log", &wanted, found).unwrap_err().to_string();
            assert!(error.contains("log") && error.contains(what), "{error}");
        }
    }
}
