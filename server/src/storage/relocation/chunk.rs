//! A run of rows by key, compared with the same run on the other side, and made the same.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use super::cell::{Cell, Kind, text_of};
use super::table::Table;
use super::{Pass, RelocationError};

/// Rows that are read, compared and written together.
const ROWS: usize = 1_000;

type Key = Vec<Cell>;
type Fingerprint = [u8; 32];

/// The rows of a table after one key and up to another, or to the end.
struct Chunk {
    rows: Vec<Vec<Cell>>,
    after: Option<Key>,
    up_to: Option<Key>,
}

/// The texts of SQL that a table takes, made once.
pub struct Course<'t> {
    table: &'t Table,
    /// The columns of the key, quoted, as texts sort on both sides.
    key: String,
    fingerprint: String,
}

impl<'t> Course<'t> {
    pub fn new(table: &'t Table) -> Self {
        let key = table.key.iter().map(|place| &table.columns[*place]);
        let key = key.map(|column| match column.kind {
            Kind::Text => format!("\"{}\" COLLATE \"C\"", column.name),
            _ => format!("\"{}\"", column.name),
        });
        let texts = table.columns.iter().map(|column| text_of(&format!("\"{}\"", column.name), column.kind));
        Self {
            table,
            key: key.collect::<Vec<_>>().join(", "),
            fingerprint: format!("sha256(convert_to({}, 'UTF8'))", texts.collect::<Vec<_>>().join(" || ")),
        }
    }

    /// Makes the table in `target` the same as in `source`, which others may write to meanwhile. A row whose place in a unique
    /// index is taken, by one that is yet to be looked at, is left to another pass.
    pub async fn run(&self, source: &mut SqliteConnection, target: &mut PgConnection) -> Result<Pass, RelocationError> {
        let mut pass = Pass::default();
        let mut after = None;
        loop {
            let chunk = self.read(source, after).await.map_err(RelocationError::source)?;
            pass.rows += chunk.rows.len() as u64;
            self.settle(&chunk, target, &mut pass).await.map_err(RelocationError::target)?;
            if chunk.up_to.is_none() {
                return Ok(pass);
            }
            after = chunk.up_to;
        }
    }

    fn names(&self, places: impl IntoIterator<Item = usize>) -> String {
        let names = places.into_iter().map(|place| format!("\"{}\"", self.table.columns[place].name));
        names.collect::<Vec<_>>().join(", ")
    }

    fn key_names(&self) -> String {
        self.names(self.table.key.iter().copied())
    }

    fn key_of(&self, row: &[Cell]) -> Key {
        self.table.key.iter().map(|place| row[*place].clone()).collect()
    }

    /// `$1, $2, …`, from the number `from` on.
    fn marks(count: usize, from: usize) -> String {
        (from..from + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
    }

    async fn read(&self, source: &mut SqliteConnection, after: Option<Key>) -> sqlx::Result<Chunk> {
        let Table { name, columns, key } = self.table;
        let (all, by) = (self.names(0..columns.len()), self.key_names());
        let mut arguments = SqliteArguments::default();
        for cell in after.iter().flatten() {
            cell.bind_sqlite(&mut arguments)?;
        }
        let from =
            after.as_ref().map_or_else(String::new, |_| format!("WHERE ({by}) > ({})", Self::marks(key.len(), 1)));
        let sql = format!("SELECT {all} FROM \"{name}\" {from} ORDER BY {by} LIMIT {ROWS}");
        let rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(source).await?;
        let cells = rows.iter().map(|row| {
            let cells = columns.iter().enumerate();
            cells.map(|(place, column)| Cell::of_sqlite(row, place, column.kind)).collect::<sqlx::Result<Vec<_>>>()
        });
        let rows = cells.collect::<sqlx::Result<Vec<_>>>()?;
        let up_to = if rows.len() < ROWS { None } else { rows.last().map(|row| self.key_of(row)) };
        Ok(Chunk { rows, after, up_to })
    }

    /// `WHERE …` with the values for it.
    fn range(&self, chunk: &Chunk) -> sqlx::Result<(String, PgArguments)> {
        let mut arguments = PgArguments::default();
        let mut limits = Vec::new();
        let count = self.table.key.len();
        for (limit, key) in [(">", &chunk.after), ("<=", &chunk.up_to)] {
            if let Some(key) = key {
                limits.push(format!("({}) {limit} ({})", self.key, Self::marks(count, limits.len() * count + 1)));
                for cell in key {
                    cell.bind_postgres(&mut arguments)?;
                }
            }
        }
        let text = if limits.is_empty() { String::new() } else { format!("WHERE {}", limits.join(" AND ")) };
        Ok((text, arguments))
    }

    async fn settle(&self, chunk: &Chunk, target: &mut PgConnection, pass: &mut Pass) -> sqlx::Result<()> {
        let wanted: Vec<Fingerprint> = chunk.rows.iter().map(|row| fingerprint(row)).collect();
        if self.fingerprint_there(chunk, target).await? == <[u8; 32]>::from(Sha256::digest(wanted.concat())) {
            return Ok(());
        }
        let mut there = self.fingerprints_there(chunk, target).await?;
        let mut stale = Vec::new();
        let mut lacking = Vec::new();
        for (row, wanted) in chunk.rows.iter().zip(&wanted) {
            let key = self.key_of(row);
            match there.remove(&key) {
                Some(found) if found == *wanted => continue,
                Some(_) => stale.push(key),
                None => {}
            }
            lacking.push(&**row);
        }
        pass.removed += there.len() as u64;
        stale.extend(there.into_keys());
        pass.differences += (stale.len() + lacking.len()) as u64;
        let mut tx = target.begin().await?;
        if !stale.is_empty() {
            self.delete(&stale, &mut tx).await?;
        }
        if !lacking.is_empty() {
            pass.copied += self.insert(&lacking, &mut tx).await?;
        }
        tx.commit().await
    }

    /// Of all rows in the range together.
    async fn fingerprint_there(&self, chunk: &Chunk, target: &mut PgConnection) -> sqlx::Result<Fingerprint> {
        let (range, arguments) = self.range(chunk)?;
        let sql = format!(
            "SELECT sha256(coalesce(string_agg({}, ''::bytea ORDER BY {}), ''::bytea)) FROM \"{}\" {range}",
            self.fingerprint, self.key, self.table.name
        );
        let (bytes,): (Vec<u8>,) = sqlx::query_as_with(AssertSqlSafe(sql), arguments).fetch_one(target).await?;
        Ok(exact(&bytes))
    }

    /// Of each row in the range.
    async fn fingerprints_there(
        &self,
        chunk: &Chunk,
        target: &mut PgConnection,
    ) -> sqlx::Result<HashMap<Key, Fingerprint>> {
        let (range, arguments) = self.range(chunk)?;
        let (keys, table) = (self.key_names(), &self.table.name);
        let sql = format!("SELECT {keys}, {} FROM \"{table}\" {range}", self.fingerprint);
        let rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(target).await?;
        let read = rows.iter().map(|row| {
            let places = self.table.key.iter().enumerate();
            let key = places.map(|(place, column)| Cell::of_postgres(row, place, self.table.columns[*column].kind));
            let bytes: Vec<u8> = sqlx::Row::try_get(row, self.table.key.len())?;
            Ok((key.collect::<sqlx::Result<Key>>()?, exact(&bytes)))
        });
        read.collect()
    }

    async fn delete(&self, keys: &[Key], on: &mut PgConnection) -> sqlx::Result<()> {
        let mut arguments = PgArguments::default();
        for (place, column) in self.table.key.iter().enumerate() {
            let kind = self.table.columns[*column].kind;
            Cell::bind_all(kind, keys.iter().map(|key| &key[place]), &mut arguments)?;
        }
        let sql = format!(
            "DELETE FROM \"{}\" WHERE ({}) IN (SELECT * FROM unnest({}))",
            self.table.name,
            self.key_names(),
            self.arrays(self.table.key.iter().copied())
        );
        sqlx::query_with(AssertSqlSafe(sql), arguments).execute(on).await.map(drop)
    }

    /// How many were inserted.
    async fn insert(&self, rows: &[&[Cell]], on: &mut PgConnection) -> sqlx::Result<u64> {
        let mut arguments = PgArguments::default();
        for (place, column) in self.table.columns.iter().enumerate() {
            Cell::bind_all(column.kind, rows.iter().map(|row| &row[place]), &mut arguments)?;
        }
        let all = 0..self.table.columns.len();
        let sql = format!(
            "INSERT INTO \"{}\" ({}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest({}) ON CONFLICT DO NOTHING",
            self.table.name,
            self.names(all.clone()),
            self.arrays(all)
        );
        Ok(sqlx::query_with(AssertSqlSafe(sql), arguments).execute(on).await?.rows_affected())
    }

    /// `$1::text[], $2::bigint[], …` for the columns at `places`.
    fn arrays(&self, places: impl IntoIterator<Item = usize>) -> String {
        let kinds = places.into_iter().map(|place| self.table.columns[place].kind.name());
        let arrays = kinds.enumerate().map(|(number, kind)| format!("${}::{kind}[]", number + 1));
        arrays.collect::<Vec<_>>().join(", ")
    }
}

fn fingerprint(row: &[Cell]) -> Fingerprint {
    let mut text = Vec::new();
    for cell in row {
        cell.write(&mut text);
    }
    Sha256::digest(&text).into()
}

/// A fingerprint as PostgreSQL gives it; one of another length is the same as none.
fn exact(bytes: &[u8]) -> Fingerprint {
    bytes.try_into().unwrap_or_default()
}
