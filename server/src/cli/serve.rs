//! `parlor serve` and `parlor demo`.

use std::collections::HashSet;

use tokio_util::sync::CancellationToken;

use super::start_logging;
use crate::Server;
use crate::config::Config;
use crate::live::Subject;

/// Serves until the process is told to end.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    start_logging(&config)?;
    let draining = CancellationToken::new();
    let server = Server::bind(&config, draining.clone()).await?;
    if config.is_demo {
        present_demo(&server).await?;
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

/// Prints how to reach the demo and, each time somebody begins to write, the line that answers.
async fn present_demo(server: &Server) -> anyhow::Result<()> {
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

  Write something on the chat page. This answers as the business (the line with its conversation is printed here then):

  {line}
",
        key_id = key.id,
        secret = key.secret,
        line = answer(url, "CONVERSATION"),
    );
    let mut inbox = server.chat().fanout().subscribe(app, Subject::App(app));
    let url = url.clone();
    tokio::spawn(async move {
        let mut known = HashSet::new();
        while let Some(hint) = inbox.next().await {
            if known.insert(hint.conversation) {
                println!("\n  Somebody writes. Answer with:\n\n  {}\n", answer(&url, &hint.conversation.to_string()));
            }
        }
    });
    Ok(())
}
