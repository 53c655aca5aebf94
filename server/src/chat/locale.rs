//! The language of people who have not said theirs: the one that their browser asks for.

use domain::webhook::UserUpdateReason;
use domain::{AppId, DeviceInfo, IntegrationId, Locale, Profile, Source, Timestamp, TruncatedUser, User, WebhookEvent};

use super::{ChatError, event_stamp};
use crate::storage::Tx;

/// The language that `device` likes best, as a profile keeps it; `None` where it names none.
pub(super) fn language_of(device: &DeviceInfo) -> Option<String> {
    let locale: Locale = device.browser_language.as_deref()?.parse().ok()?;
    Some(locale.to_string())
}

/// `user` with the language of `device`, unless another one is known; webhooks hear of it where it is news.
pub(super) async fn detect_locale(
    tx: &mut Tx,
    app: AppId,
    user: User,
    device: &DeviceInfo,
    page: IntegrationId,
    now: Timestamp,
) -> Result<User, ChatError> {
    let (None, Some(locale)) = (&user.profile.locale, language_of(device)) else { return Ok(user) };
    let user = User { profile: Profile { locale: Some(locale), ..user.profile }, ..user };
    tx.update_user(app, &user).await?;
    tell_locale(tx, app, &user, page, now).await?;
    Ok(user)
}

/// Tells webhooks that the language of `user` was found out on `page`.
pub(super) async fn tell_locale(
    tx: &mut Tx,
    app: AppId,
    user: &User,
    page: IntegrationId,
    now: Timestamp,
) -> Result<(), ChatError> {
    let (stamp, reason) = (event_stamp(app, now), UserUpdateReason::LocaleDetection);
    let event = WebhookEvent::user_update(stamp, &TruncatedUser::from(user), reason, &Source::web(page));
    Ok(tx.queue_webhooks(&event).await?)
}
