//! What anybody who puts Parlor under load needs: a plain HTTP client, an app of its own, visitors with conversations.

pub mod http;
pub mod shop;
