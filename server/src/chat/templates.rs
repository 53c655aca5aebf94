//! Templates: messages that are kept for sending later.

use domain::{Invalid, TemplateId, without_nul};
use serde_json::{Map, Value};

use super::{Chat, ChatError, Noun, Scope, new_id};
use crate::storage::Template;

/// Templates that an app may have, and the characters of their names.
const TEMPLATES: u64 = 1000;
const NAME_CHARACTERS: usize = 128;

impl Chat {
    /// # Errors
    /// `Invalid` for the name, or for one template too many; `Conflict` when the name is taken.
    pub async fn create_template(
        &self,
        scope: Scope,
        name: String,
        message: Map<String, Value>,
    ) -> Result<Template, ChatError> {
        let now = self.clock.now();
        let template = Template { id: new_id(TemplateId::new, now), name: checked_name(name)?, message };
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    if tx.count_templates(scope.app).await? >= TEMPLATES {
                        return Err(Invalid::new("templates", format!("are limited to {TEMPLATES} an app")).into());
                    }
                    tx.insert_template(scope.app, &template, now).await?;
                    Ok(template)
                })
            })
            .await
    }

    /// All templates of the app, oldest first.
    pub async fn templates(&self, scope: Scope) -> Result<Vec<Template>, ChatError> {
        Ok(self.storage.read().await?.templates(scope.app).await?)
    }

    /// # Errors
    /// `NotFound(Template)`.
    pub async fn require_template(&self, scope: Scope, id: TemplateId) -> Result<Template, ChatError> {
        let template = self.storage.read().await?.template(scope.app, id).await?;
        template.ok_or(ChatError::NotFound(Noun::Template))
    }

    /// Changes what is given.
    /// # Errors
    /// `Invalid` for the name; `NotFound(Template)`; `Conflict` when the name is taken.
    pub async fn update_template(
        &self,
        scope: Scope,
        id: TemplateId,
        name: Option<String>,
        message: Option<Map<String, Value>>,
    ) -> Result<Template, ChatError> {
        let name = name.map(checked_name).transpose()?;
        self.storage
            .write(move |tx| {
                Box::pin(async move {
                    let template = tx.template(scope.app, id).await?.ok_or(ChatError::NotFound(Noun::Template))?;
                    let template = Template {
                        name: name.unwrap_or(template.name),
                        message: message.unwrap_or(template.message),
                        ..template
                    };
                    tx.update_template(scope.app, &template).await?;
                    Ok(template)
                })
            })
            .await
    }

    /// # Errors
    /// `NotFound(Template)`.
    pub async fn delete_template(&self, scope: Scope, id: TemplateId) -> Result<(), ChatError> {
        let is_gone = self
            .storage
            .write(move |tx| Box::pin(async move { Ok::<_, ChatError>(tx.delete_template(scope.app, id).await?) }))
            .await?;
        if is_gone { Ok(()) } else { Err(ChatError::NotFound(Noun::Template)) }
    }
}

fn checked_name(name: String) -> Result<String, Invalid> {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARACTERS {
        return Err(Invalid::new("name", format!("should have 1 to {NAME_CHARACTERS} characters")));
    }
    without_nul("name", &name)?;
    Ok(name)
}
