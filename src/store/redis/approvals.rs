//! Approvals in Redis.

use async_trait::async_trait;
use redis::ScriptInvocation;

use super::scripts::{FORGET, INSERT, SWAP};
use super::{Failed, RedisStore};
use crate::approval::{Approval, ApprovalId, RequestDigest};
use crate::clock::Timestamp;
use crate::store::StoreError;
use crate::store::approvals::{
    ApprovalStore, Index, Stretch, SwapOutcome, check_swap, is_lapse, last_key, member, member_id, read, read_listed,
};
use crate::subject::SubjectId;

/// How many records one round trip of [`ApprovalStore::forget_closed`] looks at.
const FORGET_BATCH: usize = 100;

#[async_trait]
impl ApprovalStore for RedisStore {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.time().await
    }

    async fn insert(&self, approval: &Approval) -> Result<Option<Approval>, StoreError> {
        let answer = match self.run(&self.insertion(approval)).await {
            Ok(answer) => answer,
            Err(failed) => return self.learn(failed, || self.was_inserted(approval)).await.map(|()| None),
        };
        match answer.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["created"] => Ok(None),
            ["existing", id, body] => Ok(Some(read(id.parse().map_err(|_| unexpected())?, body)?)),
            ["taken"] => Err(StoreError::Misuse("its id is taken")),
            _ => Err(unexpected()),
        }
    }

    async fn load(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        let mut connection = self.connection();
        let mut command = redis::cmd("HGET");
        command.arg(self.keys.approval(id)).arg("body");
        let body: Option<String> = self.call(command.query_async(&mut connection)).await?;
        body.map(|body| read(id, &body)).transpose()
    }

    async fn find_open(&self, requester: &SubjectId, digest: &RequestDigest) -> Result<Option<Approval>, StoreError> {
        let mut connection = self.connection();
        let mut command = redis::cmd("GET");
        command.arg(self.keys.open(requester.as_str(), &digest.to_string()));
        let id: Option<String> = self.call(command.query_async(&mut connection)).await?;
        let Some(id) = id else { return Ok(None) };
        let found = self.load(id.parse().map_err(|_| unexpected())?).await?;
        let now = self.time().await?;
        Ok(found.filter(|approval| approval.deadline().is_some_and(|until| now < until)))
    }

    async fn compare_and_set(&self, expected: u64, next: &Approval) -> Result<SwapOutcome, StoreError> {
        check_swap(expected, next)?;
        let answer = match self.run(&self.swapping(expected, next)).await {
            Ok(answer) => answer,
            Err(failed) => return self.learn(failed, || self.what_came_of(next)).await,
        };
        match answer.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["done"] => Ok(SwapOutcome::Done),
            ["conflict", body] => Ok(SwapOutcome::Conflict(Box::new(read(next.id(), body)?))),
            ["late"] => Ok(SwapOutcome::Late),
            ["missing"] => Ok(SwapOutcome::Missing),
            _ => Err(unexpected()),
        }
    }

    async fn scan(&self, index: &Index, after: Option<&str>, limit: usize) -> Result<Stretch, StoreError> {
        let members = self.members(index, after, limit).await?;
        if members.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipeline = redis::pipe();
        for member in &members {
            let key = member_id(member).map_or_else(String::new, |id| self.keys.approval(id));
            pipeline.cmd("HGET").arg(key).arg("body");
        }
        let mut connection = self.connection();
        let bodies: Vec<Option<String>> = self.call(pipeline.query_async(&mut connection)).await?;
        Ok(read_listed(members.into_iter().zip(bodies)))
    }

    async fn forget_closed(&self, before: Timestamp) -> Result<u64, StoreError> {
        let bound = format!("{:014}", before.as_millis().max(0));
        let mut forgotten = 0;
        let mut newest_first = None;
        loop {
            // From the newest on, so that one that cannot be read does not stop the walk.
            let stretch = self.scan(&Index::Closed, newest_first.as_deref(), FORGET_BATCH).await?;
            let Some((last, _)) = stretch.last() else {
                return Ok(forgotten);
            };
            newest_first = Some(last.clone());
            for (_, approval) in stretch.iter().filter(|(member, _)| *member < bound) {
                if let Some(approval) = approval {
                    forgotten += u64::from(self.forget(approval).await?);
                }
            }
        }
    }
}

impl RedisStore {
    pub(super) async fn run(&self, invocation: &ScriptInvocation<'_>) -> Result<Vec<String>, Failed> {
        let mut connection = self.connection();
        self.call(invocation.invoke_async(&mut connection)).await
    }

    fn insertion(&self, approval: &Approval) -> ScriptInvocation<'_> {
        let mut call = INSERT.key(self.keys.approval(approval.id()));
        call.key(self.keys.open_of(approval));
        for index in Index::of(approval) {
            call.key(self.keys.index(&index));
        }
        call.arg(approval.id().to_string())
            .arg(member(approval))
            .arg(approval.version());
        call.arg(until(approval))
            .arg(approval.to_json())
            .arg(self.keys.approvals());
        call
    }

    fn swapping(&self, expected: u64, next: &Approval) -> ScriptInvocation<'_> {
        let mut call = SWAP.key(self.keys.approval(next.id()));
        call.key(self.keys.open_of(next));
        let stand_in = Index::of(next);
        for index in stand_in.iter().chain(&Index::not_of(next)) {
            call.key(self.keys.index(index));
        }
        call.arg(expected)
            .arg(next.version())
            .arg(until(next))
            .arg(next.to_json());
        call.arg(next.id().to_string()).arg(member(next));
        call.arg(u8::from(next.phase().is_open()))
            .arg(u8::from(is_lapse(next)))
            .arg(stand_in.len());
        call
    }

    async fn was_inserted(&self, approval: &Approval) -> Result<Option<()>, StoreError> {
        Ok(self.load(approval.id()).await?.map(|_| ()))
    }

    /// The step was taken if the record has it under this step's key; it may have gone on since.
    async fn what_came_of(&self, next: &Approval) -> Result<Option<SwapOutcome>, StoreError> {
        let Some(kept) = self.load(next.id()).await? else {
            return Ok(Some(SwapOutcome::Missing));
        };
        if kept.was_written_by(next.version(), last_key(next)) {
            return Ok(Some(SwapOutcome::Done));
        }
        Ok((kept.version() >= next.version()).then(|| SwapOutcome::Conflict(Box::new(kept))))
    }

    async fn members(&self, index: &Index, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
        let newest_first = index.newest_first();
        let (command, whole, end) = if newest_first {
            ("ZREVRANGEBYLEX", "+", "-")
        } else {
            ("ZRANGEBYLEX", "-", "+")
        };
        let start = after.map_or_else(|| whole.to_owned(), |after| format!("({after}"));
        let mut command = redis::cmd(command);
        command
            .arg(self.keys.index(index))
            .arg(start)
            .arg(end)
            .arg("LIMIT")
            .arg(0)
            .arg(limit);
        let mut connection = self.connection();
        Ok(self.call(command.query_async(&mut connection)).await?)
    }

    async fn forget(&self, approval: &Approval) -> Result<bool, StoreError> {
        let mut call = FORGET.key(self.keys.approval(approval.id()));
        for index in [
            Index::Closed,
            Index::All,
            Index::Requester(approval.requester().id.clone()),
        ] {
            call.key(self.keys.index(&index));
        }
        call.arg(member(approval));
        Ok(self.run(&call).await?.first().is_some_and(|word| word == "done"))
    }
}

fn until(approval: &Approval) -> String {
    approval
        .deadline()
        .map_or_else(String::new, |until| until.as_millis().to_string())
}

pub(super) fn unexpected() -> StoreError {
    StoreError::Corrupt {
        key: "redis".to_owned(),
        reason: "a script gave an answer that it cannot give".to_owned(),
    }
}
