//! `parlor serve` and `parlor demo`.

use std::collections::HashSet;

use tokio_util::sync::CancellationToken;

use super::start_logging;
use crate::Server;
use crate::config::Config;
use crate::demo::{self, Demo};
use crate::live::{Subject, Word};

/// Serves until the process is told to end.
pub async fn serve(mut config: Config) -> anyhow::Result<()> {
    start_logging(&config)?;
    if config.is_demo {
        config.webhook_allow.push(demo::network());
    }
    let draining = CancellationToken::new();
    let server = Server::bind(&config, draining.clone()).await?;
    if config.is_demo {
        tokio::spawn(demo::run(present_demo(&server, draining.clone()).await?));
    }
    tracing::info!(address = %server.address, url = server.site().url, "listening");
    tokio::spawn(async move {
        crate::signals::terminated().await;
        tracing::info!("draining: no new requests, writes are finished");
        draining.cancel();
    });
    server.run().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Prints how to reach the demo and, each time somebody begins to write, the line that answers; gives what its bot must know.
async fn present_demo(server: &Server, draining: CancellationToken) -> anyhow::Result<Demo> {
    let (integration, key) = server.chat().demo().await?;
    let url = &server.site().url;
    let (app, id) = (integration.app, integration.id);
    let credentials = format!("{}:{}", key.id, key.secret);
    let answer = move |site: &str, conversation: &str| {
        format!(
            "curl -u '{credentials}' -H 'content-type: application/json' \\
    -d '{{\"author\":{{\"type\":\"business\",\"displayName\":\"Ann\"}},\"content\":{{\"type\":\"text\",\"text\":\"Hello!\"}}}}' \\
    {site}/v2/apps/{app}/conversations/{conversation}/messages"
        )
    };
    println!(
        "
  Chat page     {url}/chat/{id}
  In any page   <iframe src=\"{url}/embed/{id}\" title=\"Chat\" width=\"380\" height=\"600\"></iframe>
  API key       {key_id}
  Secret        {secret}
  App           {app}
  API           {url}/docs/api
  Gallery       {url}/_gallery

  Write something on the chat page, and a bot answers: try \"show me a carousel\". It hears by webhook, which is why webhooks
  of this demo may reach {network}. This answers as a person (the line with its conversation is printed here then):

  {line}
",
        key_id = key.id,
        secret = key.secret,
        network = demo::network(),
        line = answer(url, "CONVERSATION"),
    );
    let mut inbox = server.chat().fanout().subscribe(app, Subject::App(app)).await;
    let bot = Demo {
        address: server.address,
        base: server.site().base.clone(),
        site: url.clone(),
        app: app.to_string(),
        key: (key.id.to_string(), key.secret),
        draining,
    };
    let url = url.clone();
    tokio::spawn(async move {
        let mut known = HashSet::new();
        while let Some(word) = inbox.next().await {
            // Only what happens now is of interest here.
            let Word::Hint(hint) = word else { continue };
            if known.insert(hint.conversation) {
                println!("\n  Somebody writes. Answer with:\n\n  {}\n", answer(&url, &hint.conversation.to_string()));
            }
        }
    });
    Ok(bot)
}
