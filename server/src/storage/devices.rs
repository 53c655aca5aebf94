//! Devices: the sessions of the web chat, as the API shows them.

use domain::client::{DeviceStatus, DeviceType};
use domain::{Device, SessionId, Timestamp, UserId};

use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

#[derive(sqlx::FromRow)]
struct DeviceRow {
    id: String,
    integration_id: String,
    client_id: String,
    has_ended: bool,
    last_seen: i64,
    info: Option<String>,
}

impl TryFrom<DeviceRow> for Device {
    type Error = StorageError;
    fn try_from(row: DeviceRow) -> Result<Self, StorageError> {
        let column = |name| Column("sessions", name);
        Ok(Self {
            id: column("id").parse(&row.id)?,
            kind: DeviceType::Web,
            guid: row.id,
            client_id: column("client_id").parse(&row.client_id)?,
            status: if row.has_ended { DeviceStatus::Inactive } else { DeviceStatus::Active },
            integration_id: column("integration_id").parse(&row.integration_id)?,
            last_seen: Timestamp::from_millis(row.last_seen),
            info: row.info.map(|text| column("info").json(&text)).transpose()?,
            app_version: None,
        })
    }
}

impl Reader {
    /// Devices of `user`, as they are at `now`, latest seen first.
    pub async fn devices_of(&mut self, user: UserId, now: Timestamp) -> Result<Vec<Device>, StorageError> {
        const SQL: &str = "SELECT id, integration_id, client_id, coalesce(last_seen, created_at) AS last_seen, info,
                revoked_at IS NOT NULL OR (expires_at IS NOT NULL AND expires_at <= $2) AS has_ended
            FROM sessions WHERE user_id = $1 ORDER BY coalesce(last_seen, created_at) DESC, id DESC";
        let rows: Vec<DeviceRow> =
            sql::query_as(SQL).bind(user.to_string()).bind(now.millis()).fetch_all(self.conn()).await?;
        rows.into_iter().map(Device::try_from).collect()
    }

    pub async fn device(
        &mut self,
        user: UserId,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<Device>, StorageError> {
        const SQL: &str = "SELECT id, integration_id, client_id, coalesce(last_seen, created_at) AS last_seen, info,
                revoked_at IS NOT NULL OR (expires_at IS NOT NULL AND expires_at <= $3) AS has_ended
            FROM sessions WHERE id = $1 AND user_id = $2";
        let row: Option<DeviceRow> = sql::query_as(SQL)
            .bind(id.to_string())
            .bind(user.to_string())
            .bind(now.millis())
            .fetch_optional(self.conn())
            .await?;
        row.map(Device::try_from).transpose()
    }
}

impl Tx {
    /// Somebody was there, with this session and its client.
    pub async fn touch_session(&mut self, id: SessionId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE sessions SET last_seen = $2 WHERE id = $1;
            UPDATE clients SET last_seen = $2 WHERE id = (SELECT client_id FROM sessions WHERE id = $1)";
        sql::query(SQL).bind(id.to_string()).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(())
    }
}
