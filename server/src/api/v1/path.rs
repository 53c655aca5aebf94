//! What paths name. The app is there only in the long form.

use serde::Deserialize;

#[derive(Deserialize)]
pub struct AppPath {
    pub app: Option<String>,
}

/// A user, by our id or by the business's own.
#[derive(Deserialize)]
pub struct UserPath {
    pub app: Option<String>,
    pub user: String,
}

/// Something of a user: a message by its id, a channel by its name.
#[derive(Deserialize)]
pub struct PartPath {
    pub app: Option<String>,
    pub user: String,
    pub part: String,
}

/// A delivery to a webhook.
#[derive(Deserialize)]
pub struct DeliveryPath {
    pub app: Option<String>,
    pub id: String,
    pub delivery: String,
}

/// Anything else with an id.
#[derive(Deserialize)]
pub struct IdPath {
    pub app: Option<String>,
    pub id: String,
}
