//! Accounts in Redis.

use async_trait::async_trait;

use super::RedisStore;
use super::approvals::unexpected;
use super::scripts::{ADD_ACCOUNT, UPDATE_ACCOUNT};
use crate::store::StoreError;
use crate::store::accounts::{Account, AccountStore, AddOutcome, UpdateOutcome};
use crate::subject::SubjectId;

#[async_trait]
impl AccountStore for RedisStore {
    async fn add_account(&self, account: &Account) -> Result<AddOutcome, StoreError> {
        let mut call = ADD_ACCOUNT.key(self.keys.account(account.id.as_str()));
        call.key(self.keys.accounts());
        call.arg(account.version)
            .arg(account.to_json())
            .arg(account.id.as_str());
        match self.run(&call).await {
            Ok(answer) => match answer.first().map(String::as_str) {
                Some("added") => Ok(AddOutcome::Added),
                Some("exists") => Ok(AddOutcome::Exists),
                _ => Err(unexpected()),
            },
            Err(failed) => {
                let same = || async { Ok(self.is_kept(account).await?.then_some(AddOutcome::Added)) };
                self.learn(failed, same).await
            }
        }
    }

    async fn load_account(&self, id: &SubjectId) -> Result<Option<Account>, StoreError> {
        let mut command = redis::cmd("HGET");
        command.arg(self.keys.account(id.as_str())).arg("body");
        let mut connection = self.connection();
        let body: Option<String> = self.call(command.query_async(&mut connection)).await?;
        body.map(|body| Account::from_json(id.as_str(), &body)).transpose()
    }

    async fn list_accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut command = redis::cmd("SMEMBERS");
        command.arg(self.keys.accounts());
        let mut connection = self.connection();
        let mut names: Vec<String> = self.call(command.query_async(&mut connection)).await?;
        names.sort();
        let mut accounts = Vec::with_capacity(names.len());
        for name in names {
            accounts.extend(self.load_account(&SubjectId::new(&name)).await?);
        }
        Ok(accounts)
    }

    async fn update_account(&self, changed: &Account) -> Result<UpdateOutcome, StoreError> {
        let mut call = UPDATE_ACCOUNT.key(self.keys.account(changed.id.as_str()));
        call.arg(changed.version.saturating_sub(1))
            .arg(changed.version)
            .arg(changed.to_json());
        match self.run(&call).await {
            Ok(answer) => match answer.first().map(String::as_str) {
                Some("done") => Ok(UpdateOutcome::Done),
                Some("conflict") => Ok(UpdateOutcome::Conflict),
                Some("missing") => Ok(UpdateOutcome::Missing),
                _ => Err(unexpected()),
            },
            Err(failed) => {
                let same = || async { Ok(self.is_kept(changed).await?.then_some(UpdateOutcome::Done)) };
                self.learn(failed, same).await
            }
        }
    }
}

impl RedisStore {
    async fn is_kept(&self, account: &Account) -> Result<bool, StoreError> {
        Ok(self.load_account(&account.id).await?.as_ref() == Some(account))
    }
}
