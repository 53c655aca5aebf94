pub mod create;
pub mod get;

use domain::User;
use serde::Serialize;

#[derive(Serialize)]
pub struct UserResponse {
    user: User,
}
