//! The proxy on the wire: a scripted CRM that lies as CRMs do, clients that lie as attackers do, and everything between them real.

#[path = "proxy_wire/answers.rs"]
mod answers;
#[path = "proxy_wire/exports.rs"]
mod exports;
#[path = "proxy_wire/house.rs"]
mod house;
#[path = "proxy_wire/outages.rs"]
mod outages;
#[path = "proxy_wire/requests.rs"]
mod requests;
#[path = "proxy_wire/tls.rs"]
mod tls;
