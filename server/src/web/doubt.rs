//! Programs that fill in forms: they see fields that people do not, and write faster.
//!
//! Nobody is turned away for it. Whoever may be a program is asked to press send once more, and what was written is kept. A page's
//! script sends by other ways, which limits guard.

use app::{AppError, Refill};
use domain::IntegrationId;

use super::form::Deed;
use super::pages::{Ask, Say};
use crate::auth::Cookie;
use crate::state::Shared;

impl Ask {
    /// Whether this is a first message that comes sooner after its page than anybody writes. `token` is the page's.
    pub(super) async fn is_hasty(&self, integration: IntegrationId, token: Option<&str>) -> bool {
        let Shared { tokens, chat, form_pause, .. } = &*self.state;
        let (now, Some(token)) = (chat.clock().now(), token) else { return false };
        let Some(made) = tokens.made_at(token, integration) else { return false };
        let passed = u128::try_from(now.millis() - made.millis()).unwrap_or_default();
        if passed >= form_pause.as_millis() {
            return false;
        }
        let known = tokens.identify(&self.headers, self.surface, integration, Some(token), now);
        match known.filter(|known| known.cookie == Cookie::Missing) {
            // What can't be found out now is found out when the message is stored.
            Some(known) => matches!(chat.visitor_session(&known.identity).await, Ok(None)),
            None => false,
        }
    }

    /// The page again, with what `deed` says and a kind word; `None` for what nobody automates.
    pub(super) fn ask_again(deed: &Deed) -> Option<Say> {
        let (draft, refill) = match deed {
            Deed::Say { text, .. } => (text.clone(), None),
            Deed::Answer { form: None, answers, .. } => {
                (String::new(), Some(Refill { form: None, answers: answers.clone(), problems: Vec::new() }))
            }
            Deed::Answer { .. } | Deed::Press(_) | Deed::Open(_) => return None,
        };
        metrics::counter!("parlor_limited_total", "by" => "doubt").increment(1);
        Some(Say { draft, refill, problem: Some(AppError::SendAgain), is_again: true, ..Say::default() })
    }
}
