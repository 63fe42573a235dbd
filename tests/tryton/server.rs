//! Tryton itself, asked without Overcoat between.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};

/// The password that `install.sh` sets.
pub const PASSWORD: &str = "overcoat-tryton";

/// A Tryton on a free port, over a copy of the database.
pub struct Tryton {
    process: Child,
    pub url: String,
    authorization: String,
    client: reqwest::Client,
    _home: tempfile::TempDir,
}

impl Tryton {
    pub async fn start() -> Self {
        // The client of these tests comes without a provider of its own; only one can be the process's, and the first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache/tryton");
        assert!(
            installed.join("complete-8.0-1").exists(),
            "Tryton is not installed; run: tests/tryton/install.sh \"$PWD/.cache/tryton\""
        );
        let home = tempfile::tempdir().unwrap();
        let configuration = copy_database(&installed, home.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(installed.join("venv/bin/python"))
            .args([
                "-m",
                "gunicorn",
                "--workers",
                "1",
                "--threads",
                "8",
                "--bind",
                &format!("127.0.0.1:{port}"),
            ])
            .arg("trytond.application:app")
            .env("TRYTOND_CONFIG", configuration)
            .env("TRYTOND_DATABASE_NAMES", "demo")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut tryton = Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
            authorization: String::new(),
            client: reqwest::Client::new(),
            _home: home,
        };
        tryton.authorization = tryton.sign_in().await;
        tryton
    }

    /// Waits until it answers, and signs in.
    async fn sign_in(&self) -> String {
        for _ in 0..600 {
            let asked =
                json!({"id": 1, "method": "common.db.login", "params": ["admin", {"password": PASSWORD}, "en"]});
            let answer = self
                .client
                .post(format!("{}/demo/rpc/", self.url))
                .json(&asked)
                .send()
                .await;
            if let Ok(answer) = answer {
                return session_of(&answer.json().await.unwrap());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Tryton did not start within a minute");
    }

    /// Calls a method, unmasked.
    pub async fn rpc(&self, method: &str, params: Value) -> Value {
        let asked = json!({"id": 1, "method": method, "params": params});
        let request = self.client.post(format!("{}/demo/rpc/", self.url)).json(&asked);
        let answer = request
            .header("authorization", &self.authorization)
            .header("accept-encoding", "gzip")
            .send()
            .await
            .unwrap();
        // A body over 1,400 characters is labelled gzip and is none when the client did not accept it: ask for it and see.
        let bytes = answer.bytes().await.unwrap();
        serde_json::from_slice(&unzipped(&bytes)).unwrap()
    }
}

/// Undoes gzip where it really is gzip.
fn unzipped(bytes: &[u8]) -> Vec<u8> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes.to_vec();
    }
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes), &mut text).unwrap();
    text
}

/// The authorization of a signed-in session.
pub fn session_of(login: &Value) -> String {
    let (user, token) = (&login["result"][0], login["result"][1].as_str().expect("signed in"));
    let session = base64::engine::general_purpose::STANDARD.encode(format!("admin:{user}:{token}"));
    format!("Session {session}")
}

fn copy_database(installed: &Path, home: &Path) -> PathBuf {
    std::fs::create_dir(home.join("db")).unwrap();
    for entry in std::fs::read_dir(installed.join("db")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), home.join("db").join(entry.file_name())).unwrap();
        }
    }
    let configuration = home.join("trytond.conf");
    let text = format!(
        "[database]\nuri = sqlite://\npath = {}\n[session]\nauthentications = password\n",
        home.join("db").display()
    );
    std::fs::write(&configuration, text).unwrap();
    configuration
}

impl Drop for Tryton {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}
