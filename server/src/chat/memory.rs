//! What is remembered for a moment, so that not every request asks the database for it.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::{ApiKey, AppId, AppSettings, IntegrationId, KeyId, WebIntegration};
use moka::sync::Cache;

use super::Chat;
use crate::guard::Bans;
use crate::live::Change;

/// A change made by another process shows within this time; one of this process at once, and of a node that is heard.
const REMEMBERED: Duration = Duration::from_secs(1);
const REMEMBERED_MOST: u64 = 10_000;

/// Values that hardly ever change. What does not exist is not remembered.
pub(super) struct Memory<K, V> {
    known: Cache<K, Arc<V>>,
    /// How often something was forgotten.
    changes: AtomicU64,
}

impl<K, V> Default for Memory<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn default() -> Self {
        let known = Cache::builder().max_capacity(REMEMBERED_MOST).time_to_live(REMEMBERED).build();
        Self { known, changes: AtomicU64::new(0) }
    }
}

impl<K, V> Memory<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// The value of `key`, which `look` finds where it is not remembered.
    /// # Errors
    /// Those of `look`.
    pub async fn recall<E>(
        &self,
        key: &K,
        look: impl Future<Output = Result<Option<V>, E>>,
    ) -> Result<Option<Arc<V>>, E> {
        if let Some(value) = self.known.get(key) {
            return Ok(Some(value));
        }
        let before = self.changes.load(Ordering::SeqCst);
        let value = look.await?.map(Arc::new);
        if let Some(value) = &value {
            self.known.insert(key.clone(), value.clone());
            // Something was forgotten while we looked: what we saw may be what it was before.
            if self.changes.load(Ordering::SeqCst) != before {
                self.known.invalidate(key);
            }
        }
        Ok(value)
    }

    /// To be called once a change of `key` is on disk, before anybody is told.
    pub fn forget(&self, key: &K) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate(key);
    }

    /// The same, for a change that touches many.
    pub fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate_all();
    }
}

/// What every page, call and message asks for.
#[derive(Default)]
pub(super) struct Memories {
    pub pages: Memory<IntegrationId, WebIntegration>,
    pub keys: Memory<KeyId, ApiKey>,
    pub settings: Memory<AppId, AppSettings>,
    pub bans: Memory<AppId, Bans>,
}

impl Memories {
    pub fn forget(&self, change: &Change) {
        match change {
            Change::Page(id) => self.pages.forget(id),
            Change::Pages => self.pages.forget_all(),
            Change::Keys => self.keys.forget_all(),
            Change::Settings(id) => self.settings.forget(id),
            Change::Bans(id) => self.bans.forget(id),
        }
    }
}

impl Chat {
    /// Forgets what is not as it was, here and at the other nodes. To be called once the change is on disk, before anybody is
    /// told.
    pub(super) fn forget(&self, change: Change) {
        self.memories.forget(&change);
        self.fanout.announce(change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_changed_during_a_look_is_not_remembered() {
        let memory = Memory::<u32, &str>::default();
        let old = memory.recall(&1, async {
            memory.forget(&1);
            Ok::<_, ()>(Some("old"))
        });
        assert_eq!(*old.await.unwrap().unwrap(), "old");
        let new = memory.recall(&1, async { Ok::<_, ()>(Some("new")) }).await.unwrap().unwrap();
        assert_eq!(*new, "new");
        let again = memory.recall(&1, async { Ok::<_, ()>(None) }).await.unwrap().unwrap();
        assert_eq!(*again, "new", "remembered");
        memory.forget_all();
        assert_eq!(memory.recall(&1, async { Ok::<_, ()>(None) }).await.unwrap(), None);
    }
}
