//! A redis-server of the test's own: on a free port, stopped by its process id.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to come up; only a hang takes so long.
const START_LIMIT: Duration = Duration::from_secs(20);

pub struct RedisServer {
    child: Child,
    pub port: u16,
    arguments: Vec<String>,
    _directory: tempfile::TempDir,
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

impl RedisServer {
    /// Starts a server that keeps nothing, with further arguments.
    pub fn start(extra: &[&str]) -> Self {
        Self::start_on(free_port(), extra)
    }

    pub fn start_on(port: u16, extra: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut arguments: Vec<String> = ["--port", &port.to_string(), "--save", "", "--appendonly", "no", "--dir"]
            .map(str::to_owned)
            .to_vec();
        arguments.push(directory.path().display().to_string());
        arguments.extend(["--bind", "127.0.0.1"].map(str::to_owned));
        arguments.extend(extra.iter().map(|&argument| argument.to_owned()));
        let child = spawn(&arguments);
        let server = Self {
            child,
            port,
            arguments,
            _directory: directory,
        };
        server.wait();
        server
    }

    fn wait(&self) {
        let until = Instant::now() + START_LIMIT;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "redis-server did not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/3", self.port)
    }

    /// Kills it as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Starts it again on the same port, empty.
    pub fn restart(&mut self) {
        self.child = spawn(&self.arguments);
        self.wait();
    }

    /// Stops it from answering without closing its connections, or lets it go on.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status()
            .expect("kill");
        assert!(status.success());
    }
}

fn spawn(arguments: &[String]) -> Child {
    Command::new("redis-server")
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server is installed by `make setup`")
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that speaks TLS only, and the certificate of its authority.
pub fn start_tls() -> (RedisServer, PathBuf, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let write = |name: &str, text: String| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let certificate = write("server.pem", certified.cert.pem());
    let key = write("server.key", certified.signing_key.serialize_pem());
    let port = free_port();
    let text = |path: &Path| path.display().to_string();
    let tls_port = port.to_string();
    let (certificate_text, key_text) = (text(&certificate), text(&key));
    let extra = [
        "--port",
        "0",
        "--tls-port",
        &tls_port,
        "--tls-cert-file",
        &certificate_text,
        "--tls-key-file",
        &key_text,
        "--tls-ca-cert-file",
        &certificate_text,
        "--tls-auth-clients",
        "no",
    ];
    (RedisServer::start_on(port, &extra), certificate, directory)
}
