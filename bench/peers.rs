//! The peers that Overcoat is measured against: pingora that only passes bytes on, and pingora that masks by parsing the whole body.
//!
//! `peers pass|serde LISTEN UPSTREAM` serves with one worker thread until it is ended. Only `bench/run.py` starts it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use pingora::http::ResponseHeader;
use pingora::prelude::*;
use pingora::server::configuration::ServerConf;
use serde_json::Value;

/// The fields that the masking peers rewrite, the same three as in the other rows of the table.
const MASKED: [&str; 3] = ["mobile", "id_card", "email"];

struct Peer {
    upstream: String,
    masks: bool,
}

#[async_trait]
impl ProxyHttp for Peer {
    type CTX = Vec<u8>;

    fn new_ctx(&self) -> Self::CTX {
        Vec::new()
    }

    async fn upstream_peer(&self, _session: &mut Session, _ctx: &mut Self::CTX) -> Result<Box<HttpPeer>> {
        Ok(Box::new(HttpPeer::new(&*self.upstream, false, String::new())))
    }

    async fn response_filter(
        &self,
        _session: &mut Session,
        response: &mut ResponseHeader,
        _ctx: &mut Self::CTX,
    ) -> Result<()> {
        if self.masks {
            response.remove_header("content-length");
            response.insert_header("transfer-encoding", "chunked")?;
        }
        Ok(())
    }

    fn response_body_filter(
        &self,
        _session: &mut Session,
        body: &mut Option<Bytes>,
        end: bool,
        held: &mut Self::CTX,
    ) -> Result<Option<Duration>> {
        if !self.masks {
            return Ok(None);
        }
        if let Some(chunk) = body.take() {
            held.extend_from_slice(&chunk);
        }
        if end {
            let mut parsed: Value = serde_json::from_slice(held).or_err(InternalError, "the body is no JSON")?;
            mask(&mut parsed);
            *body = Some(Bytes::from(
                serde_json::to_vec(&parsed).or_err(InternalError, "cannot be written")?,
            ));
        }
        Ok(None)
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if MASKED.contains(&name.as_str()) => *text = partly(text),
                    other => mask(other),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(mask),
        _ => {}
    }
}

/// Three characters, stars, four characters: what the peers can do cheaply, and less than Overcoat does.
fn partly(text: &str) -> String {
    let characters = text.chars().count();
    if characters < 8 {
        return "***".to_owned();
    }
    let head: String = text.chars().take(3).collect();
    let tail: String = text.chars().skip(characters - 4).collect();
    format!("{head}****{tail}")
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, mode, listen, upstream] = arguments.as_slice() else {
        eprintln!("usage: peers pass|serde LISTEN UPSTREAM");
        std::process::exit(2);
    };
    let conf = ServerConf {
        threads: 1,
        ..ServerConf::default()
    };
    let mut server = Server::new_with_opt_and_conf(None, conf);
    server.bootstrap();
    let peer = Peer {
        upstream: upstream.clone(),
        masks: mode == "serde",
    };
    let mut service = http_proxy_service(&Arc::clone(&server.configuration), peer);
    service.add_tcp(listen);
    server.add_service(service);
    server.run_forever();
}
