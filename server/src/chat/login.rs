//! Logins: a browser says who its visitor is, by a token that the business signed or by a code that it gave out.
//!
//! What an anonymous visitor said before comes along; what another identified user said never does. Every login but one as the
//! same user again makes a session of its own, and ends the one before.

use domain::webhook::{ClientAddReason, UserUpdateReason};
use domain::{
    ClientId, ClientType, DeviceInfo, IntegrationId, Metadata, Profile, SessionId, Source, Timestamp, TruncatedUser,
    User, UserId, WebhookEvent,
};
use serde_json::json;

use super::locale::detect_locale;
use super::users::{Merge, merge};
use super::{Chat, ChatError, Scope, VisitorIdentity, event_stamp, new_id};
use crate::storage::{Departed, NewSession, Tx};

/// How long a login lasts when its token does not say: a day.
const LIFETIME_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// The most that it lasts whatever the token says: as long as a browser keeps its cookie.
const LONGEST_MILLIS: i64 = 400 * LIFETIME_MILLIS;

/// The browser that logs in.
#[derive(Debug, Clone)]
pub struct Browser {
    pub integration: IntegrationId,
    /// Whom the browser speaks for so far, if anybody.
    pub visitor: Option<VisitorIdentity>,
    pub device: DeviceInfo,
}

/// Who somebody is, as a token of the business says.
#[derive(Debug, Clone)]
pub struct Person {
    pub external_id: String,
    /// Fills what is not known of the user.
    pub profile: Profile,
    /// When the proof ends, and the login with it.
    pub expires_at: Option<Timestamp>,
}

/// A browser that speaks for a user now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    pub visitor: VisitorIdentity,
    /// Until when; `None` for a code of an anonymous user, which makes the browser one more of that user's.
    pub until: Option<Timestamp>,
    /// Users whose open pages must be asked again who they are.
    outdated: Vec<UserId>,
    /// Two who turned out to be one.
    merge: Option<Box<Merge>>,
}

impl Chat {
    /// Makes the browser that of `person`. An anonymous visitor becomes the user of that external id, or part of the one there is.
    pub async fn log_in(&self, scope: Scope, browser: Browser, person: Person) -> Result<LoggedIn, ChatError> {
        let (now, fanout) = (self.clock.now(), self.fanout.clone());
        self.storage
            .write_then(
                move |tx| Box::pin(async move { log_in(tx, scope, browser, person, now).await }),
                move |login: &LoggedIn| {
                    login.merge.iter().for_each(|merge| merge.cut_off(scope, now, &fanout));
                    login.outdated.iter().for_each(|user| fanout.cut_off(*user));
                },
            )
            .await
    }

    /// Makes the browser one more of the user whom `code` opens for; `None` for a code that is unknown, used or too old.
    ///
    /// What the browser's visitor said before stays where it is: a code opens another device, it does not say that two are one.
    pub async fn log_in_with_code(
        &self,
        scope: Scope,
        browser: Browser,
        code: String,
    ) -> Result<Option<LoggedIn>, ChatError> {
        let (now, fanout) = (self.clock.now(), self.fanout.clone());
        self.storage
            .write_then(
                move |tx| Box::pin(async move { log_in_with_code(tx, scope, browser, &code, now).await }),
                move |login: &Option<LoggedIn>| {
                    login.iter().flat_map(|login| &login.outdated).for_each(|user| fanout.cut_off(*user));
                },
            )
            .await
    }

    /// Ends the login of `visitor`; whether there was one. A visitor who never logged in stays who they are.
    pub async fn log_out(&self, visitor: VisitorIdentity) -> Result<bool, ChatError> {
        let (now, fanout) = (self.clock.now(), self.fanout.clone());
        let logout = self.storage.write_then(
            move |tx| {
                Box::pin(async move {
                    let session = tx.visitor_session(visitor.integration, visitor.session).await?;
                    let login = session.filter(|session| session.expires_at.is_some());
                    if login.is_some() {
                        tx.revoke_session(visitor.session, now).await?;
                    }
                    Ok(login.map(|session| session.user))
                })
            },
            move |user: &Option<UserId>| user.iter().for_each(|user| fanout.cut_off(*user)),
        );
        let logout: Result<Option<UserId>, ChatError> = logout.await;
        Ok(logout?.is_some())
    }
}

async fn log_in(
    tx: &mut Tx,
    scope: Scope,
    browser: Browser,
    person: Person,
    now: Timestamp,
) -> Result<LoggedIn, ChatError> {
    let Person { external_id, profile, expires_at } = person;
    let until = expires_at.unwrap_or_else(|| now.plus_millis(LIFETIME_MILLIS)).min(now.plus_millis(LONGEST_MILLIS));
    let before = speaker(tx, scope, &browser, now).await?;
    let known = tx.user_by_external_id(scope.app, &external_id).await?;
    if let (Some(visitor), Some(before), Some(known)) = (browser.visitor, &before, &known)
        && before.id == known.id
    {
        fill_profile(tx, scope, known.clone(), profile).await?;
        tx.set_session_end(visitor.session, until).await?;
        return Ok(LoggedIn { visitor, until: Some(until), outdated: Vec::new(), merge: None });
    }
    let outdated = before.iter().map(|user| user.id).collect();
    let anonymous = before.filter(|user| user.external_id.is_none());
    let had_client = match &known {
        Some(known) => tx.client_of_type(known.id, ClientType::Sdk).await?.is_some(),
        None => anonymous.is_some(),
    };
    if let Some(anonymous) = &anonymous {
        // A proof of having been nobody in particular proves nothing about somebody: none of these browsers goes along.
        tx.revoke_sessions_of(anonymous.id, now).await?;
    }
    let mut merged = None;
    let user = match (known, anonymous) {
        (Some(known), Some(anonymous)) => {
            let merge = merge(tx, scope, known.id, anonymous.id, "sdkLogin", now).await?;
            merged.insert(Box::new(merge)).users.surviving.clone()
        }
        (Some(known), None) => known,
        (None, Some(anonymous)) => become_known(tx, scope, &browser, anonymous, external_id, now).await?,
        (None, None) => new_user(tx, scope, external_id, now).await?,
    };
    let user = fill_profile(tx, scope, user, profile).await?;
    let added = (!had_client).then_some(ClientAddReason::SdkLogin);
    let visitor = open_session(tx, scope, browser, user, Some(until), added, now).await?;
    Ok(LoggedIn { visitor, until: Some(until), outdated, merge: merged })
}

async fn log_in_with_code(
    tx: &mut Tx,
    scope: Scope,
    browser: Browser,
    code: &str,
    now: Timestamp,
) -> Result<Option<LoggedIn>, ChatError> {
    let Some(user) = tx.take_auth_code(scope.app, code, now).await? else { return Ok(None) };
    let Some(user) = tx.user(scope.app, user).await? else { return Ok(None) };
    let before = speaker(tx, scope, &browser, now).await?;
    // Who is known is reached by proof only, and no proof lasts for ever.
    let until = user.external_id.as_ref().map(|_| now.plus_millis(LIFETIME_MILLIS));
    let had_client = tx.client_of_type(user.id, ClientType::Sdk).await?.is_some();
    let added = (!had_client).then_some(ClientAddReason::AuthCode);
    let visitor = open_session(tx, scope, browser, user, until, added, now).await?;
    Ok(Some(LoggedIn { visitor, until, outdated: before.iter().map(|user| user.id).collect(), merge: None }))
}

/// The user whom the browser speaks for so far; `None` for a stranger, and for a session that has ended.
async fn speaker(tx: &mut Tx, scope: Scope, browser: &Browser, now: Timestamp) -> Result<Option<User>, ChatError> {
    let Some(visitor) = &browser.visitor else { return Ok(None) };
    let session = tx.visitor_session(visitor.integration, visitor.session).await?;
    match session.filter(|session| !session.has_ended(now)) {
        Some(session) => Ok(tx.user(scope.app, session.user).await?),
        None => Ok(None),
    }
}

/// An anonymous user gets a name that the business knows.
async fn become_known(
    tx: &mut Tx,
    scope: Scope,
    browser: &Browser,
    anonymous: User,
    external_id: String,
    now: Timestamp,
) -> Result<User, ChatError> {
    let user = User { external_id: Some(external_id), ..anonymous };
    tx.update_user(scope.app, &user).await?;
    let (stamp, source) = (event_stamp(scope.app, now), Source::web(browser.integration));
    let (short, reason) = (TruncatedUser::from(&user), UserUpdateReason::Authentication);
    tx.queue_webhooks(&WebhookEvent::user_update(stamp, &short, reason, &source)).await?;
    Ok(user)
}

async fn new_user(tx: &mut Tx, scope: Scope, external_id: String, now: Timestamp) -> Result<User, ChatError> {
    let user = User {
        id: new_id(UserId::new, now),
        external_id: Some(external_id),
        signed_up_at: now,
        profile: Profile::default(),
        metadata: Metadata::default(),
        identities: Vec::new(),
    };
    tx.insert_user(scope.app, &user, now).await?;
    Ok(user)
}

async fn fill_profile(tx: &mut Tx, scope: Scope, user: User, claimed: Profile) -> Result<User, ChatError> {
    let mut profile = user.profile.clone();
    profile.fill(claimed);
    if profile == user.profile {
        return Ok(user);
    }
    let user = User { profile, ..user };
    tx.update_user(scope.app, &user).await?;
    Ok(user)
}

/// A new session of `user`, who gets the browser's language where none is known, in place of the session that the browser had.
/// `added` is why webhooks hear of the user's client.
/// # Errors
/// `Banned`.
async fn open_session(
    tx: &mut Tx,
    scope: Scope,
    browser: Browser,
    user: User,
    until: Option<Timestamp>,
    added: Option<ClientAddReason>,
    now: Timestamp,
) -> Result<VisitorIdentity, ChatError> {
    let Browser { integration, visitor: before, device } = browser;
    if tx.is_banned(user.id, now).await? {
        return Err(ChatError::Banned);
    }
    if let Some(before) = before {
        retire(tx, scope, &before, now).await?;
    }
    let user = detect_locale(tx, scope.app, user, &device, integration, now).await?;
    let client = tx.sdk_client_or(user.id, Some(integration), new_id(ClientId::new, now), now).await?;
    let visitor = VisitorIdentity { integration, session: new_id(SessionId::new, now), user: user.id };
    let info = device.cut();
    let session = NewSession { id: visitor.session, integration, user: user.id, client, info, expires_at: until };
    tx.insert_session(&session, now).await?;
    if let Some(reason) = added {
        let conversation = match tx.default_conversation_of(user.id).await? {
            Some(id) => tx.truncated_conversation(scope.app, id).await?,
            None => None,
        };
        let client = json!(tx.client(user.id, client).await?);
        let (stamp, named, source) =
            (event_stamp(scope.app, now), TruncatedUser::from(&user), Source::web(integration));
        let event = WebhookEvent::client_add(stamp, conversation.as_ref(), &named, &client, reason, &source);
        tx.queue_webhooks(&event).await?;
    }
    Ok(visitor)
}

/// The token of `before` is worth nothing from now on, even if nobody has used it yet.
async fn retire(tx: &mut Tx, scope: Scope, before: &VisitorIdentity, now: Timestamp) -> Result<(), ChatError> {
    if tx.visitor_session(before.integration, before.session).await?.is_some() {
        tx.revoke_session(before.session, now).await?;
    } else if tx.departed(before.user).await?.is_none() && tx.user(scope.app, before.user).await?.is_none() {
        tx.insert_departed(scope.app, before.user, Departed::Deleted, now).await?;
    }
    Ok(())
}
