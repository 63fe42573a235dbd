//! The policy enforcement point: a reverse proxy, on pingora, that lets through what policy permits and nothing else.
//!
//! Purpose: takes a client's request strictly, finds out who asks and what policy says, writes that down, asks the CRM, and gives the
//! client the masked answer; an export it seals, and releases once against a grant. [`Service`] does one request, [`Listener`] and
//! [`Door`] the connections.
//!
//! Guarantees (`docs/guarantees.md`, 1, 3 to 6): the order *identified → routed → permitted → recorded → forwarded* is one of types
//! (`steps`), each made only from the one before it. No byte of a protected answer reaches a client but through [`crate::body::Answer`], and its
//! head goes out after its format is known. An export leaves only against a [`crate::approval::Grant`]. What fails denies: a page or a
//! problem document before the head, a visible cut after it. A panic harms one request. Memory for one answer is bounded.
//!
//! Exceptions: on a route that the catalog declares open the bytes pass, and an upgraded connection is not looked into. To an HTTP/1.0
//! client a cut answer looks whole, for that protocol cannot say otherwise.
//!
//! Pingora's own proxy (`ProxyHttp`) is not used: its filters see an answer only after its head is out, and its log lines quote
//! requests. This room implements `HttpServerApp` on pingora's sessions and connectors instead.

mod answer;
mod capture;
mod certificate;
mod client;
mod crm;
mod exchange;
mod forward;
mod gate;
mod head;
mod inbound;
mod listener;
mod masking;
mod own;
mod page;
mod panic;
mod refusal;
mod relay;
mod release;
mod service;
mod steps;
mod tunnel;
mod upstream;

pub use certificate::CertificateError;
pub use exchange::Times;
pub use forward::{Addresses, HostMode};
pub use inbound::decoded_body;
pub use listener::{Door, ListenError, Listener, TlsFiles};
pub use refusal::{NotReleased, Refusal};
pub use service::{Foundations, OWN_PREFIX, Options, Pages, Service};
pub use upstream::{UpstreamError, UpstreamOptions};
