//! Stories against the real router, database and sockets; a file a story.

mod api_access;
mod api_apps;
mod api_clients;
mod api_conversations;
mod api_groups;
mod api_integrations;
mod api_messages;
mod api_users;
mod api_v1_access;
mod api_v1_files;
mod api_v1_menus;
mod api_v1_messages;
mod api_v1_users;
mod attachments;
mod chat_page;
mod command_line;
mod house;
mod kill;
mod live_events;
mod merge;
mod storage;
mod support;
mod visitor_functions;
mod webhook_api;
mod webhook_faults;
mod webhooks;
