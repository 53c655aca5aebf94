//! One way to ask either database.
//!
//! A text of SQL is written once, in what both speak: `$1` parameters, `RETURNING`, `ON CONFLICT`, and the few functions of SQLite
//! that the schema of PostgreSQL defines too. What is left of the difference is settled here, once a text (see [`dialect`]).

use std::borrow::Cow;
use std::marker::PhantomData;

use sqlx::postgres::{PgArguments, PgConnection, PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments, Decode, Encode, FromRow, Type};

use super::dialect;

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A connection to either database, lent for one statement.
pub enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    /// And where to note that something failed: a transaction of PostgreSQL is over then.
    Postgres(&'c mut PgConnection, &'c mut bool),
}

/// What a row is read into.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A value in one column.
pub trait Scalar:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin
{
}
impl<T> Scalar for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin
{
}

/// A value for a parameter.
pub enum Value<'q> {
    Text(Option<Cow<'q, str>>),
    Bigint(Option<i64>),
    Boolean(Option<bool>),
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(text: &'q str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(text: &'q String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}

impl<'q> From<&'q Option<String>> for Value<'q> {
    fn from(text: &'q Option<String>) -> Self {
        Self::Text(text.as_ref().map(Cow::from))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Bigint(Some(number))
    }
}

impl From<&i64> for Value<'_> {
    fn from(number: &i64) -> Self {
        Self::Bigint(Some(*number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Bigint(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Boolean(Some(truth))
    }
}

/// A text of SQL for either database.
#[derive(Clone, Copy)]
pub struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Self {
        Self { sqlite: both, postgres: both }
    }
}

/// A text of SQL with its values; several statements, parted by semicolons, share them.
pub struct Query<'q> {
    sql: Sql,
    values: Vec<Value<'q>>,
}

/// A query whose rows are read into `T`.
pub struct QueryAs<'q, T>(Query<'q>, PhantomData<fn() -> T>);

/// A query whose rows are one value each.
pub struct QueryScalar<'q, T>(QueryAs<'q, (T,)>);

pub fn query<'q>(sql: impl Into<Sql>) -> Query<'q> {
    Query { sql: sql.into(), values: Vec::new() }
}

pub fn query_as<'q, T>(sql: impl Into<Sql>) -> QueryAs<'q, T> {
    QueryAs(query(sql), PhantomData)
}

pub fn query_scalar<'q, T>(sql: impl Into<Sql>) -> QueryScalar<'q, T> {
    QueryScalar(query_as(sql))
}

/// How many rows were changed, by all statements of a text together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Done(u64);

impl Done {
    pub fn rows_affected(self) -> u64 {
        self.0
    }
}

/// Notes in `failed` whether `result` is an error.
fn noted<T>(result: Result<T>, failed: &mut bool) -> Result<T> {
    *failed |= result.is_err();
    result
}

impl<'q> Query<'q> {
    pub fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The same, asked for the one value in each row.
    pub fn scalar<T>(self) -> QueryScalar<'q, T> {
        QueryScalar(QueryAs(self, PhantomData))
    }

    pub async fn execute(self, on: Conn<'_>) -> Result<Done> {
        match on {
            Conn::Sqlite(connection) => {
                let done =
                    sqlx::query_with(self.sql.sqlite, self.arguments::<SqliteArguments>()?).execute(connection).await?;
                Ok(Done(done.rows_affected()))
            }
            Conn::Postgres(connection, failed) => {
                noted(self.execute_each(dialect::statements(self.sql.postgres), connection).await, failed)
            }
        }
    }

    async fn execute_each(&self, statements: &'static [&'static str], connection: &mut PgConnection) -> Result<Done> {
        let mut done = 0;
        for statement in statements {
            let arguments = self.arguments::<PgArguments>()?;
            done += sqlx::query_with(*statement, arguments).execute(&mut *connection).await?.rows_affected();
        }
        Ok(Done(done))
    }

    /// Runs all statements; gives the rows of the last one, or only the first of them.
    async fn fetch<T: Row>(self, on: Conn<'_>, only_first: bool) -> Result<Vec<T>> {
        match on {
            Conn::Sqlite(connection) => {
                let query = sqlx::query_as_with(self.sql.sqlite, self.arguments::<SqliteArguments>()?);
                if only_first {
                    Ok(query.fetch_optional(connection).await?.into_iter().collect())
                } else {
                    query.fetch_all(connection).await
                }
            }
            Conn::Postgres(connection, failed) => noted(self.fetch_last(connection).await, failed),
        }
    }

    async fn fetch_last<T: Row>(self, connection: &mut PgConnection) -> Result<Vec<T>> {
        let Some((last, first)) = dialect::statements(self.sql.postgres).split_last() else { return Ok(Vec::new()) };
        self.execute_each(first, connection).await?;
        sqlx::query_as_with(*last, self.arguments::<PgArguments>()?).fetch_all(connection).await
    }

    /// Every statement of a text is given all values; one that it does not mention has a type all the same.
    fn arguments<A: Arguments>(&self) -> Result<A>
    where
        for<'a> Option<&'a str>: Encode<'a, A::Database> + Type<A::Database>,
        for<'a> Option<i64>: Encode<'a, A::Database> + Type<A::Database>,
        for<'a> Option<bool>: Encode<'a, A::Database> + Type<A::Database>,
    {
        let mut arguments = A::default();
        for value in &self.values {
            match value {
                Value::Text(text) => arguments.add(text.as_deref()),
                Value::Bigint(number) => arguments.add(*number),
                Value::Boolean(truth) => arguments.add(*truth),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}

impl<'q, T: Row> QueryAs<'q, T> {
    pub fn bind(self, value: impl Into<Value<'q>>) -> Self {
        Self(self.0.bind(value), self.1)
    }

    pub async fn fetch_all(self, on: Conn<'_>) -> Result<Vec<T>> {
        self.0.fetch(on, false).await
    }

    pub async fn fetch_optional(self, on: Conn<'_>) -> Result<Option<T>> {
        Ok(self.0.fetch(on, true).await?.into_iter().next())
    }

    pub async fn fetch_one(self, on: Conn<'_>) -> Result<T> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }
}

impl<'q, T: Scalar> QueryScalar<'q, T> {
    pub fn bind(self, value: impl Into<Value<'q>>) -> Self {
        Self(self.0.bind(value))
    }

    pub async fn fetch_all(self, on: Conn<'_>) -> Result<Vec<T>> {
        Ok(self.0.fetch_all(on).await?.into_iter().map(|(value,)| value).collect())
    }

    pub async fn fetch_optional(self, on: Conn<'_>) -> Result<Option<T>> {
        Ok(self.0.fetch_optional(on).await?.map(|(value,)| value))
    }

    pub async fn fetch_one(self, on: Conn<'_>) -> Result<T> {
        self.0.fetch_one(on).await.map(|(value,)| value)
    }
}

/// Runs statements without values, as they are.
pub async fn run(sql: &'static str, on: Conn<'_>) -> Result<()> {
    match on {
        Conn::Sqlite(connection) => sqlx::query(sql).execute(connection).await.map(drop),
        Conn::Postgres(connection, failed) => noted(sqlx::raw_sql(sql).execute(connection).await.map(drop), failed),
    }
}
