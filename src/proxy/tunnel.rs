//! After `101 Switching Protocols` on an open route: bytes pass both ways until one side ends.

use http::HeaderMap;
use pingora::http::ResponseHeader;
use pingora::protocols::http::ServerSession;

use super::exchange::{Answering, Times};

/// Passes bytes until one side ends; gives how many went to the client. The connections are closed afterwards.
pub(super) async fn run(
    client: &mut ServerSession,
    mut answering: Answering,
    mut headers: HeaderMap,
    times: &Times,
) -> u64 {
    for name in [http::header::CONNECTION, http::header::UPGRADE] {
        if let Some(value) = answering.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    let (mut parts, ()) = http::Response::new(()).into_parts();
    parts.status = answering.status;
    parts.headers = headers;
    if client
        .write_response_header(Box::new(ResponseHeader::from(parts)))
        .await
        .is_err()
        || !client.was_upgraded()
    {
        return 0;
    }
    let crm = &mut answering.connection.session;
    crm.maybe_upgrade_body_writer();
    crm.read_timeout = None;
    crm.write_timeout = Some(times.write);
    client.set_read_timeout(None);
    let mut passed = 0;
    loop {
        tokio::select! {
            from_crm = crm.read_body_bytes() => match from_crm {
                Ok(Some(bytes)) => {
                    passed += bytes.len() as u64;
                    if client.write_response_body(bytes, false).await.is_err() {
                        break;
                    }
                }
                Ok(None) | Err(_) => break,
            },
            from_client = client.read_request_body() => match from_client {
                Ok(Some(bytes)) => {
                    if crm.write_body(&bytes).await.is_err() {
                        break;
                    }
                }
                Ok(None) | Err(_) => break,
            },
        }
    }
    crm.shutdown().await;
    passed
}
