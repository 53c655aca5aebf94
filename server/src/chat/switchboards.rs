//! The switchboard of an app, and who sits there.

use domain::switchboard::SEATS;
use domain::{
    Integration, Invalid, SeatPatch, Sitter, Switchboard, SwitchboardId, SwitchboardIntegration,
    SwitchboardIntegrationId, SwitchboardPatch,
};

use super::{Chat, ChatError, Noun, Scope, new_id};
use crate::storage::{Reader, StorageError, Tx};

impl Chat {
    /// Makes the app's switchboard, switched off.
    /// # Errors
    /// `Refused` when there is one.
    pub async fn create_switchboard(&self, scope: Scope) -> Result<Switchboard, ChatError> {
        let now = self.clock.now();
        let id = new_id(SwitchboardId::new, now);
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    if tx.switchboard_of(scope.app).await?.is_some() {
                        return Err(ChatError::Refused("Only one switchboard can be created per app"));
                    }
                    tx.insert_switchboard(scope.app, id, now).await?;
                    Ok(Switchboard { id, enabled: false, default_switchboard_integration_id: None })
                })
            })
            .await
    }

    /// The switchboards of the app: one or none.
    pub async fn switchboards(&self, scope: Scope) -> Result<Vec<Switchboard>, ChatError> {
        Ok(self.storage.read().await?.switchboard_of(scope.app).await?.into_iter().collect())
    }

    /// Changes what `patch` names.
    /// # Errors
    /// `Invalid` when it would be on without a default; `NotFound` for the switchboard or the default.
    pub async fn update_switchboard(
        &self,
        scope: Scope,
        id: SwitchboardId,
        patch: SwitchboardPatch,
    ) -> Result<Switchboard, ChatError> {
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    let switchboard = patch.apply(require_switchboard(tx, scope, id).await?)?;
                    if let Some(default) = switchboard.default_switchboard_integration_id {
                        find_seat(&tx.seats(id).await?, default)?;
                    }
                    tx.update_switchboard(&switchboard).await?;
                    Ok(switchboard)
                })
            })
            .await
    }

    /// Removes the switchboard; every integration hears of every conversation then.
    /// # Errors
    /// `NotFound(Switchboard)`.
    pub async fn delete_switchboard(&self, scope: Scope, id: SwitchboardId) -> Result<(), ChatError> {
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    require_switchboard(tx, scope, id).await?;
                    Ok(tx.delete_switchboard(id).await?)
                })
            })
            .await
    }

    /// Who sits at the switchboard, oldest first.
    /// # Errors
    /// `NotFound(Switchboard)`.
    pub async fn seats(&self, scope: Scope, id: SwitchboardId) -> Result<Vec<SwitchboardIntegration>, ChatError> {
        let mut reader = self.storage.read().await?;
        require_switchboard(&mut reader, scope, id).await?;
        Ok(reader.seats(id).await?)
    }

    /// Gives an integration a seat.
    /// # Errors
    /// `Invalid` with the field; `TooManySwitchboardIntegrations`; `NotFound` for switchboard, integration or the next seat.
    pub async fn create_seat(
        &self,
        scope: Scope,
        switchboard: SwitchboardId,
        new: SeatPatch,
    ) -> Result<SwitchboardIntegration, ChatError> {
        let mut new = new.checked()?;
        let name = new.name.take().ok_or_else(|| Invalid::new("name", "is required"))?;
        let sitter = new.sitter()?.ok_or_else(|| Invalid::new("integrationId", "or integrationType is required"))?;
        let now = self.clock.now();
        let id = new_id(SwitchboardIntegrationId::new, now);
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    require_switchboard(tx, scope, switchboard).await?;
                    let seats = tx.seats(switchboard).await?;
                    if seats.len() >= SEATS {
                        return Err(ChatError::TooManySwitchboardIntegrations(SEATS));
                    }
                    let integration = seated(tx, scope, sitter).await?;
                    let seat = new.apply(SwitchboardIntegration {
                        id,
                        name,
                        integration_id: integration.id,
                        integration_type: integration.settings.kind().to_owned(),
                        deliver_standby_events: true,
                        next_switchboard_integration_id: None,
                        message_history_count: None,
                    });
                    if let Some(next) = seat.next_switchboard_integration_id {
                        find_seat(&seats, next)?;
                    }
                    tx.insert_seat(switchboard, &seat, now).await.map_err(name_taken)?;
                    Ok(seat)
                })
            })
            .await
    }

    /// Changes what `patch` names of a seat.
    /// # Errors
    /// As [`Chat::create_seat`]; `NotFound(SwitchboardIntegration)`.
    pub async fn update_seat(
        &self,
        scope: Scope,
        switchboard: SwitchboardId,
        id: SwitchboardIntegrationId,
        patch: SeatPatch,
    ) -> Result<SwitchboardIntegration, ChatError> {
        let patch = patch.checked()?;
        let sitter = patch.sitter()?;
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    require_switchboard(tx, scope, switchboard).await?;
                    let seats = tx.seats(switchboard).await?;
                    let mut seat = patch.apply(find_seat(&seats, id)?.clone());
                    if let Some(sitter) = sitter {
                        let integration = seated(tx, scope, sitter).await?;
                        seat.integration_id = integration.id;
                        integration.settings.kind().clone_into(&mut seat.integration_type);
                    }
                    if let Some(next) = seat.next_switchboard_integration_id {
                        find_seat(&seats, next)?;
                    }
                    tx.update_seat(&seat).await.map_err(name_taken)?;
                    Ok(seat)
                })
            })
            .await
    }

    /// Takes a seat away; conversations that it answered are answered by nobody in particular.
    /// # Errors
    /// `Refused` while it is the default or the next of another; `NotFound` for switchboard or seat.
    pub async fn delete_seat(
        &self,
        scope: Scope,
        switchboard: SwitchboardId,
        id: SwitchboardIntegrationId,
    ) -> Result<(), ChatError> {
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    let at = require_switchboard(tx, scope, switchboard).await?;
                    let seats = tx.seats(switchboard).await?;
                    find_seat(&seats, id)?;
                    if at.default_switchboard_integration_id == Some(id) {
                        return Err(ChatError::Refused("The default switchboard integration cannot be deleted"));
                    }
                    if seats.iter().any(|seat| seat.id != id && seat.next_switchboard_integration_id == Some(id)) {
                        return Err(ChatError::Refused(
                            "A switchboard integration that is the next of another cannot be deleted",
                        ));
                    }
                    Ok(tx.delete_seat(id).await?)
                })
            })
            .await
    }
}

async fn require_switchboard(reader: &mut Reader, scope: Scope, id: SwitchboardId) -> Result<Switchboard, ChatError> {
    let switchboard = reader.switchboard_of(scope.app).await?.filter(|switchboard| switchboard.id == id);
    switchboard.ok_or(ChatError::NotFound(Noun::Switchboard))
}

fn find_seat(
    seats: &[SwitchboardIntegration],
    id: SwitchboardIntegrationId,
) -> Result<&SwitchboardIntegration, ChatError> {
    seats.iter().find(|seat| seat.id == id).ok_or(ChatError::NotFound(Noun::SwitchboardIntegration))
}

/// The integration that is to take a seat.
async fn seated(tx: &mut Tx, scope: Scope, sitter: Sitter) -> Result<Integration, ChatError> {
    let (field, integration) = match sitter {
        Sitter::Id(id) => ("integrationId", tx.integration(scope.app, id).await?),
        Sitter::Type(kind) => ("integrationType", tx.first_integration_of_type(scope.app, &kind).await?),
    };
    let integration = integration.ok_or(ChatError::NotFound(Noun::Integration))?;
    if integration.settings.is_program() {
        Ok(integration)
    } else {
        Err(Invalid::new(field, "should name a custom integration or one let in by OAuth").into())
    }
}

fn name_taken(error: StorageError) -> ChatError {
    match error {
        StorageError::Conflict => Invalid::new("name", "is taken by another switchboard integration").into(),
        error => error.into(),
    }
}
