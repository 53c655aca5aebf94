//! Who calls: visitors by signed token, businesses by key.

pub mod credentials;
pub mod user_jwt;
pub mod visitor_cookie;
pub mod visitor_token;

pub use visitor_token::{Cookie, Identified, VisitorTokens, lifetime};
