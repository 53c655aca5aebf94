//! `parlor doctor`: whether an installation is sound, a line a check. Changes nothing that is kept; works with or without a server running.

mod machine;
mod records;

use std::error::Error;

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::start_logging;
use crate::config::Config;
use crate::telemetry::causes;

#[derive(Debug, Args)]
pub struct DoctorCommand {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// How something is, in words; for all that is not well, with what to do about it.
type Outcome = (State, String);

/// What a check found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    detail: String,
}

impl DoctorCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        start_logging(&self.config)?;
        let mut findings = Vec::new();
        let mut found = |check, (state, detail)| findings.push(Finding { check, state, detail });
        machine::examine(&self.config, &mut found).await;
        records::examine(&self.config, &mut found).await;
        let failed = findings.iter().filter(|finding| finding.state == State::Fail).count();
        if self.json {
            println!("{}", json!({ "healthy": failed == 0, "checks": findings }));
        } else {
            for Finding { check, state, detail } in &findings {
                let state = match state {
                    State::Ok => "ok",
                    State::Warn => "warn",
                    State::Fail => "FAIL",
                };
                println!("{state:<5} {check:<12} {detail}");
            }
        }
        if failed > 0 {
            bail!("{failed} of {} checks failed", findings.len());
        }
        Ok(())
    }
}

/// Of a check that could not be made.
fn unknown(error: &dyn Error) -> Outcome {
    (State::Fail, format!("could not be looked at: {}; see to that first", causes(error)))
}
