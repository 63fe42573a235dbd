//! `overcoat health`: asks the running instance of a configuration whether it is ready.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use super::cli::{DONE, HealthArgs, fail};
use crate::config;

/// For connecting and for the answer: a health check that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks `/readyz` of the approval page; with TLS there, only that somebody listens is known.
pub fn run(args: HealthArgs) -> ExitCode {
    let settings = match config::load_settings(&args.config.config) {
        Ok(settings) => settings,
        Err(complaints) => return fail(complaints),
    };
    let address = reachable(settings.control.listen);
    let answer = match settings.control.tls {
        Some(_) => connect(address).map(|_| true),
        None => ready(address),
    };
    match answer {
        Ok(true) => ExitCode::from(DONE),
        Ok(false) => fail("it is running and not ready"),
        Err(error) => fail(format!("nobody answers at {address}: {}", error.kind())),
    }
}

/// An address that listens everywhere is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(a) if a.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(a) if a.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(address, listen.port())
}

fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    Ok(stream)
}

fn ready(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = connect(address)?;
    write!(
        stream,
        "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut line = [0; 12];
    stream.read_exact(&mut line)?;
    Ok(&line[9..] == b"200")
}
