//! The small CRM of a paint manufacturer that `overcoat demo` starts and that the tests wrap.
//!
//! Purpose: something real to put Overcoat in front of: lists with paging, search and sort, nested details, PUT and PATCH, CSV
//! exports in UTF-8 and GB18030, a sign-in and a session cookie of its own, gzip, ETags, and a plain page that uses that API.
//!
//! Guarantee: the data is made from a fixed seed, so each start shows the same 2,000 customers. All people, numbers and companies are
//! invented; identity numbers, credit codes and cards carry right check digits, because detectors look at them.
//!
//! Exceptions: it knows nothing of Overcoat and imports no other room. It is no example of a secure CRM: that is why it is wrapped.

mod api;
mod csv;
mod http;
mod identifiers;
mod ledger;
mod people;
mod places;
mod products;
mod random;
mod records;
mod seed;
mod sessions;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

pub use ledger::Ledger;
pub use records::{Contact, Customer, Formula, Order, Price, Project};

/// How many customers the demo CRM holds.
pub const CUSTOMERS: usize = 2_000;

/// The demo CRM's own accounts: sign-in name, password, the name shown.
pub const CRM_ACCOUNTS: [(&str, &str, &str); 4] = [
    ("lin", "crm-lin", "林小雨 Lin Xiaoyu"),
    ("wang", "crm-wang", "王建国 Wang Jianguo"),
    ("zhao", "crm-zhao", "赵敏 Zhao Min"),
    ("chen", "crm-chen", "陈思远 Chen Siyuan"),
];

/// A running demo CRM; it stops when this is dropped.
#[derive(Debug)]
pub struct DemoCrm {
    address: SocketAddr,
    stop: watch::Sender<bool>,
}

impl DemoCrm {
    /// Starts the CRM on a listener of the caller's.
    ///
    /// # Errors
    /// The listener's address cannot be read.
    pub fn start(listener: TcpListener) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let crm = Arc::new(http::Crm::new(seed::ledger()));
        tokio::spawn(http::serve(listener, crm, stopped));
        Ok(Self { address, stop })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting connections; answers under way are finished.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl Drop for DemoCrm {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The demo CRM's records, without a server: for tests that need originals to look for.
pub fn ledger() -> Ledger {
    seed::ledger()
}
