//! Switchboards, who sits there, and who answers which conversation.

use domain::{
    AppId, ConversationId, Switchboard, SwitchboardId, SwitchboardIntegration, SwitchboardIntegrationId, Timestamp,
};

use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

#[derive(sqlx::FromRow)]
struct SwitchboardRow {
    id: String,
    enabled: bool,
    default_switchboard_integration_id: Option<String>,
}

impl TryFrom<SwitchboardRow> for Switchboard {
    type Error = StorageError;
    fn try_from(row: SwitchboardRow) -> Result<Self, StorageError> {
        let default = Column("switchboards", "default_switchboard_integration_id");
        Ok(Self {
            id: Column("switchboards", "id").parse(&row.id)?,
            enabled: row.enabled,
            default_switchboard_integration_id: row
                .default_switchboard_integration_id
                .map(|id| default.parse(&id))
                .transpose()?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct SeatRow {
    id: String,
    name: String,
    integration_id: String,
    r#type: String,
    deliver_standby_events: bool,
    next_switchboard_integration_id: Option<String>,
    message_history_count: Option<i64>,
}

impl TryFrom<SeatRow> for SwitchboardIntegration {
    type Error = StorageError;
    fn try_from(row: SeatRow) -> Result<Self, StorageError> {
        let column = |name| Column("switchboard_integrations", name);
        let next = column("next_switchboard_integration_id");
        Ok(Self {
            id: column("id").parse(&row.id)?,
            name: row.name,
            integration_id: column("integration_id").parse(&row.integration_id)?,
            integration_type: row.r#type,
            deliver_standby_events: row.deliver_standby_events,
            next_switchboard_integration_id: row
                .next_switchboard_integration_id
                .map(|id| next.parse(&id))
                .transpose()?,
            message_history_count: row
                .message_history_count
                .map(|count| column("message_history_count").count(count))
                .transpose()?,
        })
    }
}

impl Reader {
    /// The one switchboard of `app`.
    pub async fn switchboard_of(&mut self, app: AppId) -> Result<Option<Switchboard>, StorageError> {
        const SQL: &str = "SELECT id, enabled, default_switchboard_integration_id FROM switchboards WHERE app_id = $1";
        let row: Option<SwitchboardRow> = sql::query_as(SQL).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(Switchboard::try_from).transpose()
    }

    /// Who sits at this switchboard, oldest first.
    pub async fn seats(&mut self, switchboard: SwitchboardId) -> Result<Vec<SwitchboardIntegration>, StorageError> {
        const SQL: &str = "SELECT s.id, s.name, s.integration_id, i.type, s.deliver_standby_events,
                s.next_switchboard_integration_id, s.message_history_count
            FROM switchboard_integrations s JOIN integrations i ON i.id = s.integration_id
            WHERE s.switchboard_id = $1 ORDER BY s.created_at, s.id";
        let rows: Vec<SeatRow> = sql::query_as(SQL).bind(switchboard.to_string()).fetch_all(self.conn()).await?;
        rows.into_iter().map(SwitchboardIntegration::try_from).collect()
    }
}

impl Tx {
    pub async fn insert_switchboard(
        &mut self,
        app: AppId,
        id: SwitchboardId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO switchboards (id, app_id, created_at) VALUES ($1, $2, $3)";
        sql::query(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    pub async fn update_switchboard(&mut self, switchboard: &Switchboard) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE switchboards SET enabled = $2, default_switchboard_integration_id = $3 WHERE id = $1";
        sql::query(SQL)
            .bind(switchboard.id.to_string())
            .bind(switchboard.enabled)
            .bind(switchboard.default_switchboard_integration_id.map(|id| id.to_string()))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Removes a switchboard with its seats: nobody in particular answers any conversation then.
    pub async fn delete_switchboard(&mut self, id: SwitchboardId) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM switchboards WHERE id = $1";
        sql::query(SQL).bind(id.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn insert_seat(
        &mut self,
        switchboard: SwitchboardId,
        seat: &SwitchboardIntegration,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO switchboard_integrations (id, switchboard_id, name, integration_id,
                deliver_standby_events, next_switchboard_integration_id, message_history_count, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sql::query(SQL)
            .bind(seat.id.to_string())
            .bind(switchboard.to_string())
            .bind(&seat.name)
            .bind(seat.integration_id.to_string())
            .bind(seat.deliver_standby_events)
            .bind(seat.next_switchboard_integration_id.map(|id| id.to_string()))
            .bind(seat.message_history_count.map(i64::from))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn update_seat(&mut self, seat: &SwitchboardIntegration) -> Result<(), StorageError> {
        const SQL: &str =
            "UPDATE switchboard_integrations SET name = $2, integration_id = $3, deliver_standby_events = $4,
                next_switchboard_integration_id = $5, message_history_count = $6
            WHERE id = $1";
        sql::query(SQL)
            .bind(seat.id.to_string())
            .bind(&seat.name)
            .bind(seat.integration_id.to_string())
            .bind(seat.deliver_standby_events)
            .bind(seat.next_switchboard_integration_id.map(|id| id.to_string()))
            .bind(seat.message_history_count.map(i64::from))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    pub async fn delete_seat(&mut self, id: SwitchboardIntegrationId) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM switchboard_integrations WHERE id = $1";
        sql::query(SQL).bind(id.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Says who answers `conversation`, and who was asked to.
    pub async fn set_control(
        &mut self,
        conversation: ConversationId,
        active: Option<SwitchboardIntegrationId>,
        pending: Option<SwitchboardIntegrationId>,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE conversations
            SET active_switchboard_integration_id = $2, pending_switchboard_integration_id = $3 WHERE id = $1";
        sql::query(SQL)
            .bind(conversation.to_string())
            .bind(active.map(|id| id.to_string()))
            .bind(pending.map(|id| id.to_string()))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }
}
