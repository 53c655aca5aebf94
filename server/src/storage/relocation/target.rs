//! The database that a relocation fills: marked until it is whole, so that nobody serves from half of it.
//!
//! Meanwhile it has no foreign keys, because rows come while those they refer to are written elsewhere, and no triggers, because
//! what they did is copied. Both are put back at the end, when PostgreSQL checks every reference.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::table::Table;

/// What is to be put back, and what is copied; while there is this table, the database is not whole.
const MARK: &str = "CREATE TABLE parlor_relocation (
    what TEXT NOT NULL, -- 'source', 'schema', 'foreign key' or 'trigger'
    of_table TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL
)";

/// Whether a database is being filled.
pub async fn is_marked(target: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT to_regclass('parlor_relocation') IS NOT NULL").fetch_one(target).await
}

/// How it keeps texts.
pub async fn encoding(target: &mut PgConnection) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT current_setting('server_encoding')").fetch_one(target).await
}

/// Whether it has settings, as every database has that was opened once.
pub async fn is_in_use(target: &mut PgConnection) -> sqlx::Result<bool> {
    let has_table: bool =
        sqlx::query_scalar("SELECT to_regclass('settings') IS NOT NULL").fetch_one(&mut *target).await?;
    if !has_table {
        return Ok(false);
    }
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM settings)").fetch_one(target).await
}

/// How many rows there are.
pub async fn count(table: &Table, target: &mut PgConnection) -> sqlx::Result<i64> {
    let sql = format!("SELECT count(*) FROM \"{}\"", table.name);
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(target).await
}

/// What the mark says of `what`: `source` or `schema`.
pub async fn noted(what: &str, target: &mut PgConnection) -> sqlx::Result<Option<String>> {
    let sql = "SELECT definition FROM parlor_relocation WHERE what = $1";
    sqlx::query_scalar(sql).bind(what).fetch_optional(target).await
}

/// The first of `tables` that has rows.
pub async fn first_filled<'t>(tables: &'t [Table], target: &mut PgConnection) -> sqlx::Result<Option<&'t str>> {
    for table in tables {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{}\")", table.name);
        if sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *target).await? {
            return Ok(Some(&table.name));
        }
    }
    Ok(None)
}

/// Marks an empty database as one that is filled from `source`.
pub async fn mark(source: &str, schema: &str, target: &mut PgConnection) -> sqlx::Result<()> {
    let mut tx = target.begin().await?;
    sqlx::query(MARK).execute(&mut *tx).await?;
    for (what, definition) in [("source", source), ("schema", schema)] {
        let sql = "INSERT INTO parlor_relocation VALUES ($1, '', '', $2)";
        sqlx::query(sql).bind(what).bind(definition).execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Takes away what would stand in the way of copying, and notes it.
pub async fn clear_the_way(target: &mut PgConnection) -> sqlx::Result<()> {
    const FOREIGN_KEYS: &str = "INSERT INTO parlor_relocation
        SELECT 'foreign key', c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
        FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
        RETURNING of_table, name";
    const TRIGGERS: &str = "INSERT INTO parlor_relocation
        SELECT 'trigger', t.tgrelid::regclass::text, quote_ident(t.tgname), ''
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relnamespace = current_schema()::regnamespace
        RETURNING of_table, name";
    let mut tx = target.begin().await?;
    for (found, step) in [(FOREIGN_KEYS, "DROP CONSTRAINT"), (TRIGGERS, "DISABLE TRIGGER")] {
        let found: Vec<(String, String)> = sqlx::query_as(found).fetch_all(&mut *tx).await?;
        for (table, name) in found {
            sqlx::raw_sql(AssertSqlSafe(format!("ALTER TABLE {table} {step} {name}"))).execute(&mut *tx).await?;
        }
    }
    tx.commit().await
}

/// Puts back what [`clear_the_way`] took away, and lets numbers go on after those that were copied.
pub async fn put_back(target: &mut PgConnection) -> sqlx::Result<()> {
    const NOTED: &str = "DELETE FROM parlor_relocation WHERE what IN ('foreign key', 'trigger')
        RETURNING what, of_table, name, definition";
    const NUMBERS: &str = "SELECT c.relname::text, a.attname::text,
            pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
            AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL";
    let mut tx = target.begin().await?;
    let noted: Vec<(String, String, String, String)> = sqlx::query_as(NOTED).fetch_all(&mut *tx).await?;
    for (what, table, name, definition) in noted {
        let step = match &*what {
            "trigger" => format!("ENABLE TRIGGER {name}"),
            _ => format!("ADD CONSTRAINT {name} {definition}"),
        };
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER TABLE {table} {step}"))).execute(&mut *tx).await?;
    }
    let numbers: Vec<(String, String, String)> = sqlx::query_as(NUMBERS).fetch_all(&mut *tx).await?;
    for (table, column, sequence) in numbers {
        let sql = format!("SELECT setval($1::regclass, coalesce(max(\"{column}\"), 0) + 1, FALSE) FROM \"{table}\"");
        sqlx::query(AssertSqlSafe(sql)).bind(sequence).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    // So that the first questions are planned with the rows that there are.
    sqlx::raw_sql("ANALYZE").execute(&mut *target).await.map(drop)
}

/// Says that the database is whole.
pub async fn unmark(target: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::raw_sql("DROP TABLE parlor_relocation").execute(target).await.map(drop)
}
