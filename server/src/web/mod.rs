//! What browsers fetch: pages, their assets, their server functions; and what operators look at.

mod accepted;
pub mod assets;
pub mod attachments;
pub mod client;
mod device;
pub mod docs;
mod doubt;
mod errors;
mod form;
pub mod functions;
pub mod gallery;
pub mod headers;
pub mod health;
pub mod links;
mod list;
pub mod login;
mod look;
pub mod origin;
pub mod pages;
mod posted;
mod scene;
pub mod seen;
mod site;
pub mod uploads;
mod way;
mod zone;

pub use device::device_info;
pub use errors::app_error;
pub use list::{LIST_PAGE, listing};
pub use look::{Look, arrival};
pub use posted::IMAGE;
pub use site::Site;
pub use way::{Wanted, Ways};
pub use zone::Zone;
