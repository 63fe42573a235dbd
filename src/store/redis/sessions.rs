//! Sessions in Redis.

use async_trait::async_trait;

use super::RedisStore;
use super::approvals::unexpected;
use super::scripts::{END_SESSIONS, OPEN_SESSION, USE_SESSION};
use crate::clock::Timestamp;
use crate::store::StoreError;
use crate::store::sessions::{SessionKey, SessionRecord, SessionStore, key_from_text};
use crate::subject::SubjectId;

#[async_trait]
impl SessionStore for RedisStore {
    async fn open_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<(), StoreError> {
        let mut call = OPEN_SESSION.key(self.keys.session(key));
        call.key(self.keys.sessions_of(&record.subject));
        call.arg(record.to_json())
            .arg(record.last_used_at.as_millis())
            .arg(record.idle_ms);
        call.arg(record.ends_at.as_millis()).arg(key.to_string());
        self.run(&call).await?;
        Ok(())
    }

    async fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError> {
        self.use_session(key, false).await
    }

    async fn touch_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError> {
        self.use_session(key, true).await
    }

    async fn end_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let mut command = redis::cmd("DEL");
        command.arg(self.keys.session(key));
        let mut connection = self.connection();
        let ended: u64 = self.call(command.query_async(&mut connection)).await?;
        Ok(ended > 0)
    }

    async fn sessions_of(&self, subject: &SubjectId) -> Result<Vec<(SessionKey, SessionRecord)>, StoreError> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys.sessions_of(subject)).arg(0).arg(-1);
        let mut connection = self.connection();
        let mut hashes: Vec<String> = self.call(command.query_async(&mut connection)).await?;
        hashes.sort();
        let mut sessions = Vec::new();
        for key in hashes.iter().filter_map(|hash| key_from_text(hash)) {
            sessions.extend(self.load_session(&key).await?.map(|record| (key, record)));
        }
        Ok(sessions)
    }

    async fn end_sessions_of(&self, subject: &SubjectId) -> Result<u64, StoreError> {
        let mut call = END_SESSIONS.key(self.keys.sessions_of(subject));
        call.arg(self.keys.session_prefix());
        let answer = self.run(&call).await?;
        answer
            .get(1)
            .and_then(|ended| ended.parse().ok())
            .ok_or_else(unexpected)
    }
}

impl RedisStore {
    async fn use_session(&self, key: &SessionKey, touch: bool) -> Result<Option<SessionRecord>, StoreError> {
        let mut call = USE_SESSION.key(self.keys.session(key));
        call.arg(u8::from(touch));
        let answer = self.run(&call).await?;
        match answer.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["none"] => Ok(None),
            ["alive", body, last] => {
                let mut record = SessionRecord::from_json(key, body)?;
                record.last_used_at = Timestamp::from_millis(last.parse().map_err(|_| unexpected())?);
                Ok(Some(record))
            }
            _ => Err(unexpected()),
        }
    }
}
