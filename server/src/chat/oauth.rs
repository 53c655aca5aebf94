//! Programs of others that apps let in: registered by the operator, allowed by the app's own key, and gone at their own wish.

use domain::{ApiKey, AppId, Integration, IntegrationId, IntegrationSettings, Invalid, OAuthClientId, Timestamp};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::{Host, Url};

use super::keys::new_key;
use super::{Chat, ChatError, KeyOwner, Noun, Scope, new_id};
use crate::clock::random_secret;
use crate::live::Change;
use crate::storage::{OAuthClient, OAuthCode, Tx};

/// How long a code is good for: it only has to travel from a browser to the program.
const CODE_MILLIS: i64 = 10 * 60 * 1000;
/// Addresses that a client may have.
const REDIRECT_URIS: usize = 10;
/// Characters of an address.
const URI_CHARACTERS: usize = 2048;

/// What a program proves itself with when it takes up a code.
#[derive(Clone)]
pub struct Grant {
    pub client_id: String,
    pub client_secret: String,
    pub code: String,
}

impl Chat {
    /// Registers a program that apps may let in. Gives its secret, which is kept nowhere.
    /// # Errors
    /// `Invalid` with the field; `Conflict` when the name is taken.
    pub async fn create_oauth_client(
        &self,
        name: String,
        redirect_uris: Vec<String>,
    ) -> Result<(OAuthClient, String), ChatError> {
        IntegrationSettings::oauth(name.clone())?;
        if !(1..=REDIRECT_URIS).contains(&redirect_uris.len()) {
            return Err(Invalid::new("redirectUris", format!("should have 1 to {REDIRECT_URIS} items")).into());
        }
        for uri in &redirect_uris {
            redirect_uri(uri)?;
        }
        let (secret, created_at) = (random_secret(), self.clock.now());
        let id = new_id(OAuthClientId::new, created_at);
        let client = OAuthClient { id, name, secret_digest: digest(&secret), redirect_uris, created_at };
        let kept = client.clone();
        self.storage
            .write(move |tx| Box::pin(async move { Ok::<_, ChatError>(tx.insert_oauth_client(&kept).await?) }))
            .await?;
        Ok((client, secret))
    }

    /// Draws a new secret for a client; the old one is worth nothing from now on. Tokens that it got stay good.
    /// # Errors
    /// `NotFound(OAuthClient)`.
    pub async fn renew_oauth_secret(&self, id: OAuthClientId) -> Result<String, ChatError> {
        let secret = random_secret();
        let kept = digest(&secret);
        let is_known = self.storage.write(move |tx| Box::pin(async move { tx.set_oauth_secret(id, &kept).await }));
        if is_known.await? { Ok(secret) } else { Err(ChatError::NotFound(Noun::OAuthClient)) }
    }

    /// Oldest first.
    pub async fn oauth_clients(&self) -> Result<Vec<OAuthClient>, ChatError> {
        Ok(self.storage.read().await?.oauth_clients().await?)
    }

    /// Lets `client` into the app. Gives the address to send the browser to: the client's, with a code that is good once and
    /// for ten minutes, and with `state`.
    /// # Errors
    /// `NotFound(OAuthClient)`; `NotFound(RedirectUri)` for one that is not letter by letter one of the client's.
    pub async fn authorize(
        &self,
        scope: Scope,
        client: &str,
        redirect_uri: Option<&str>,
        state: Option<&str>,
    ) -> Result<Url, ChatError> {
        let client = client.parse().map_err(|_| ChatError::NotFound(Noun::OAuthClient))?;
        let client = self.storage.read().await?.oauth_client(client).await?;
        let client = client.ok_or(ChatError::NotFound(Noun::OAuthClient))?;
        let mut registered = client.redirect_uris.iter();
        let uri = match redirect_uri {
            Some(given) => registered.find(|uri| *uri == given),
            None => registered.next(),
        };
        let uri = uri.and_then(|uri| Url::parse(uri).ok()).ok_or(ChatError::NotFound(Noun::RedirectUri))?;
        let (code, now) = (random_secret(), self.clock.now());
        let kept = OAuthCode {
            digest: digest(&code),
            client: client.id,
            app: scope.app,
            expires_at: Timestamp::from_millis(now.millis() + CODE_MILLIS),
        };
        self.storage
            .write(move |tx| Box::pin(async move { Ok::<_, ChatError>(tx.insert_oauth_code(&kept, now).await?) }))
            .await?;
        Ok(answered(uri, &code, state))
    }

    /// Takes up a code: makes the client's integration in the app where there is none yet, and gives its one new key.
    /// `None` for a wrong client, secret or code, and for a code that is used or too old.
    pub async fn redeem_oauth_code(&self, grant: Grant) -> Result<Option<ApiKey>, ChatError> {
        let Ok(id) = grant.client_id.parse() else { return Ok(None) };
        let Some(client) = self.storage.read().await?.oauth_client(id).await? else { return Ok(None) };
        // Before the code is touched: a stranger must not use it up.
        if !bool::from(client.secret_digest.as_bytes().ct_eq(digest(&grant.client_secret).as_bytes())) {
            return Ok(None);
        }
        let (chat, now, code) = (self.clone(), self.clock.now(), digest(&grant.code));
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let Some(app) = tx.take_oauth_code(client.id, &code, now).await? else { return Ok(None) };
                        let integration = integration_of(tx, app, client.name.clone(), now).await?;
                        tx.delete_keys_of_integration(app, integration).await?;
                        let key = new_key(Some(KeyOwner::Integration(app, integration)), client.name, now);
                        tx.insert_api_key(&key).await?;
                        Ok(Some(key))
                    })
                },
                move |_| chat.forget(Change::Keys),
            )
            .await
    }

    /// Ends what an app allowed: removes the calling integration with its key and webhooks.
    /// # Errors
    /// `Forbidden` for an integration that was not let in by OAuth; `NotFound(Integration)`.
    pub async fn revoke_authorization(&self, scope: Scope, own: IntegrationId) -> Result<(), ChatError> {
        match self.require_integration(scope, own).await?.settings {
            IntegrationSettings::OAuth(_) => self.delete_integration(scope, own).await,
            IntegrationSettings::Web(_) | IntegrationSettings::Custom | IntegrationSettings::Channel(_) => {
                Err(ChatError::Forbidden("Only an integration that was let in by OAuth can revoke its access"))
            }
        }
    }
}

/// The integration by which a client called `name` is in `app`; made on the first call.
async fn integration_of(tx: &mut Tx, app: AppId, name: String, now: Timestamp) -> Result<IntegrationId, ChatError> {
    if let Some(known) = tx.first_integration_of_type(app, &name).await? {
        return Ok(known.id);
    }
    let id = new_id(IntegrationId::new, now);
    let settings = IntegrationSettings::oauth(name.clone())?;
    tx.insert_integration(&Integration { id, app, display_name: Some(name), settings }, now).await?;
    Ok(id)
}

/// SHA-256 in hexadecimal digits. What is digested is random already, so it needs no salt.
fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Checks that a code may be sent to `text`: over https, or to this machine; and that nothing in it would swallow the code.
fn redirect_uri(text: &str) -> Result<(), Invalid> {
    let invalid = |rule| Invalid::new("redirectUris", format!("'{text}' {rule}"));
    if text.chars().count() > URI_CHARACTERS {
        return Err(Invalid::new("redirectUris", format!("should not be longer than {URI_CHARACTERS} characters")));
    }
    let not_absolute = "should be an absolute https URL; http only on the machine itself";
    let uri = Url::parse(text).map_err(|_| invalid(not_absolute))?;
    let is_loopback = match uri.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(invalid(not_absolute)),
    };
    if uri.scheme() != "https" && !(uri.scheme() == "http" && is_loopback) {
        return Err(invalid(not_absolute));
    }
    if uri.fragment().is_some() || !uri.username().is_empty() || uri.password().is_some() {
        return Err(invalid("should have no fragment, user or password"));
    }
    Ok(())
}

/// `uri` with `code` and `state` behind what its query says already.
fn answered(mut uri: Url, code: &str, state: Option<&str>) -> Url {
    let mut query = uri.query_pairs_mut();
    query.append_pair("code", code);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    drop(query);
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_over_https_or_stay_on_the_machine() {
        for good in [
            "https://crm.example",
            "https://crm.example:8443/back?tenant=7",
            "http://localhost:3000/back",
            "http://127.0.0.1/back",
            "http://[::1]:9000/",
        ] {
            assert_eq!(redirect_uri(good), Ok(()), "{good}");
        }
        let long = format!("https://crm.example/{}", "x".repeat(URI_CHARACTERS));
        for bad in [
            "",
            "/back",
            "crm.example",
            "http://crm.example/",
            "http://localhost.crm.example/",
            "http://128.0.0.1/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://crm.example/#part",
            "https://crm.example/#",
            "https://ann@crm.example/",
            "https://:secret@crm.example/",
            &long,
        ] {
            assert_eq!(redirect_uri(bad).unwrap_err().field, "redirectUris", "{bad}");
        }
    }

    #[test]
    fn the_answer_keeps_the_query_and_escapes_the_state() {
        let answer = |uri: &str, state| answered(Url::parse(uri).unwrap(), "c0de", state).to_string();
        assert_eq!(answer("https://crm.example", None), "https://crm.example/?code=c0de");
        assert_eq!(
            answer("https://crm.example/back?tenant=7", Some("a&code=x\r\né")),
            "https://crm.example/back?tenant=7&code=c0de&state=a%26code%3Dx%0D%0A%C3%A9"
        );
    }
}
