//! The test's own house: a scripted CRM on a raw socket, Overcoat before it on free ports, and a raw client.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use overcoat::app::running::Running;
use overcoat::config;
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A person's number that no answer may show to an analyst.
pub const PHONE: &str = "13812345678";

/// How long a test waits for bytes before it fails; nothing is measured by it.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the CRM does after it has read a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Waits so long.
    Pause(u64),
    /// Closes the connection.
    Close,
    /// Waits until the proxy closes the connection, and notes that it did.
    AwaitClose,
}

/// A request as the CRM got it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Request line and fields, lower case is the writer's business.
    pub head: String,
    /// The body, its framing undone.
    pub body: Vec<u8>,
}

type Script = Arc<dyn Fn(&Seen) -> Vec<Act> + Send + Sync>;

/// A CRM that does what its script says.
pub struct Crm {
    pub address: std::net::SocketAddr,
    pub seen: Arc<Mutex<Vec<Seen>>>,
    pub closed_on: Arc<tokio::sync::Notify>,
}

impl Crm {
    pub async fn start(script: impl Fn(&Seen) -> Vec<Act> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let crm = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            closed_on: Arc::default(),
        };
        let (seen, closed, script): (_, _, Script) =
            (Arc::clone(&crm.seen), Arc::clone(&crm.closed_on), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(
                    socket,
                    Arc::clone(&seen),
                    Arc::clone(&closed),
                    Arc::clone(&script),
                ));
            }
        });
        crm
    }

    pub fn requests(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }
}

async fn serve(mut socket: TcpStream, seen: Arc<Mutex<Vec<Seen>>>, closed: Arc<tokio::sync::Notify>, script: Script) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut socket, &mut buffer).await {
        let acts = script(&request);
        seen.lock().push(request);
        for act in acts {
            match act {
                Act::Send(bytes) => {
                    if socket.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                Act::Pause(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
                Act::Close => return,
                Act::AwaitClose => {
                    let mut byte = [0];
                    while socket.read(&mut byte).await.is_ok_and(|n| n > 0) {}
                    closed.notify_one();
                    return;
                }
            }
        }
    }
}

async fn read_request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let field = |name: &str| {
        head.lines()
            .find_map(|l| l.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)))
            .map(|(_, v)| v.trim().to_owned())
    };
    let body = match (field("transfer-encoding"), field("content-length")) {
        (Some(_), _) => read_chunks(socket, buffer).await?,
        (None, Some(length)) => read_exactly(socket, buffer, length.parse().ok()?).await?,
        (None, None) => Vec::new(),
    };
    Some(Seen { head, body })
}

async fn read_exactly(socket: &mut TcpStream, buffer: &mut Vec<u8>, length: usize) -> Option<Vec<u8>> {
    while buffer.len() < length {
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    Some(buffer.drain(..length).collect())
}

async fn read_chunks(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        while !buffer.windows(2).any(|w| w == b"\r\n") {
            if socket.read_buf(buffer).await.ok()? == 0 {
                return None;
            }
        }
        let at = buffer.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&buffer[..at]).ok()?, 16).ok()?;
        buffer.drain(..at + 2);
        let chunk = read_exactly(socket, buffer, size + 2).await?;
        body.extend_from_slice(&chunk[..size]);
        if size == 0 {
            return Some(body);
        }
    }
}

/// A whole answer with a true length.
pub fn answer(fields: &str, body: &[u8]) -> Vec<Act> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    vec![Act::Send(bytes)]
}

/// A JSON answer.
pub fn json(body: &str) -> Vec<Act> {
    answer("Content-Type: application/json\r\n", body.as_bytes())
}

/// So many customers with phones.
pub fn customers(count: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|n| {
            format!(
                r#"{{"id":{n},"name":"张伟","mobile":"138{:08}","note":"常联系"}}"#,
                12_345_678 + n
            )
        })
        .collect();
    format!(r#"{{"items":[{}]}}"#, rows.join(","))
}

const ACCESS: &str = "\
g, analyst, staff
g, sales, staff
g, manager, staff
g, dpo, staff
p, analyst, phone, see:partial, allow,
p, analyst, personal_data, export, allow,
p, sales, personal_data, see:clear, allow,
p, sales, personal_data, export, allow,
p, sales, company_data, see:clear, allow,
p, sales, trade_secret, see:clear, allow,
p, manager, exports, approve:manager, allow,
p, dpo, exports, approve:data_protection, allow,
p, dpo, audit, audit:read, allow,
";

const APPROVALS: &str = "\
version: 1
chains:
  - name: standard
    title: { zh: 一般导出, en: Standard export }
    levels:
      - level: manager
        title: { zh: 部门经理, en: Department manager }
      - level: data_protection
        title: { zh: 数据保护负责人, en: Data protection officer }
";

const ROUTES: &str = "\
title: { zh: 测试, en: Test }
unlisted: detect
routes:
  - id: static
    title: { zh: 静态, en: Static }
    match: { method: [GET, HEAD], path: [\"/static/**\"] }
    protect: open
  - id: socket
    title: { zh: 通道, en: Socket }
    match: { method: GET, path: /socket }
    protect: open
    upgrade: allow
  - id: closed
    title: { zh: 关闭, en: Closed }
    match: { path: /closed }
    protect: refused
  - id: export
    title: { zh: 导出, en: Export }
    match: { path: /export }
    export: always
  - id: stream
    title: { zh: 流, en: Stream }
    match: { path: [\"/late\", \"/cut\", \"/slow\"] }
    export: never
  - id: quick
    title: { zh: 快, en: Quick }
    match: { method: GET, path: /quick }
    timeouts: { first_byte_seconds: 1, total_seconds: 2 }
";

/// Overcoat, running.
pub struct House {
    pub running: Running,
    pub directory: TempDir,
}

impl House {
    /// Before this CRM, with these lines more in `overcoat.yaml` under `proxy`.
    pub async fn before(crm: &Crm) -> Self {
        Self::with(crm, "").await
    }

    pub async fn with(crm: &Crm, proxy: &str) -> Self {
        Self::at(&format!("http://{}", crm.address), proxy, "").await
    }

    pub async fn at(crm_url: &str, proxy: &str, more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        std::fs::create_dir_all(path.join("policies/crm")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(path.join(name), text).unwrap();
        write("policies/access.csv", ACCESS);
        write("policies/approvals.yaml", APPROVALS);
        write("policies/crm/test.yaml", ROUTES);
        write("master.key", &"5a3c".repeat(16));
        std::fs::set_permissions(path.join("master.key"), std::fs::Permissions::from_mode(0o600)).unwrap();
        write("overcoat.yaml", &settings(crm_url, proxy, more));
        Self::start(directory).await
    }

    /// Stops, and starts again on another store.
    pub async fn moved_to(self, store: &str) -> Self {
        let Self { running, directory } = self;
        running.stop().await;
        let file = directory.path().join("overcoat.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("sqlite:overcoat.db", store)).unwrap();
        Self::start(directory).await
    }

    /// Starts (again) from what lies in the directory.
    pub async fn start(directory: TempDir) -> Self {
        let loaded = match config::load(&directory.path().join("overcoat.yaml")) {
            Ok(loaded) => loaded,
            Err(complaints) => panic!("{complaints}"),
        };
        let running = Running::start(loaded).await.unwrap();
        Self { running, directory }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Sends raw bytes and reads until the proxy closes.
    pub async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut socket = self.connect().await;
        socket.write_all(bytes).await.unwrap();
        Answer::read(&mut socket).await
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.running.proxy_address()).await.unwrap()
    }

    /// `GET` as a person of this role, and no more on the connection.
    pub async fn get(&self, role: &str, path: &str) -> Answer {
        self.send(role, "GET", path, "", b"").await
    }

    pub async fn send(&self, role: &str, method: &str, path: &str, fields: &str, body: &[u8]) -> Answer {
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", body.len())
        };
        let mut bytes = format!(
            "{method} {path} HTTP/1.1\r\nHost: crm.test\r\nConnection: close\r\n{}{fields}{length}\r\n",
            who(role)
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes).await
    }
}

/// The identity header that the (trusted) front proxy of the tests sends.
pub fn who(role: &str) -> String {
    match role {
        "" => String::new(),
        role => format!("X-Front-User: {role}.person\r\nX-Front-Roles: {role}\r\n"),
    }
}

fn settings(crm_url: &str, proxy: &str, more: &str) -> String {
    format!(
        "proxy:\n  listen: 127.0.0.1:0\n  public_url: http://127.0.0.1:0\n  trusted_proxies: [127.0.0.1/32]\n  \
         identity_header: {{ user: X-Front-User, roles: X-Front-Roles }}\n{proxy}\
         crm: {{ url: \"{crm_url}\", name: test, contact: \"IT desk, tel 8000\" }}\n\
         control: {{ listen: 127.0.0.1:0, public_url: \"http://127.0.0.1:0\" }}\n\
         store: {{ url: \"sqlite:overcoat.db\" }}\n\
         holds: {{ directory: holds, min_free_bytes: 0 }}\n\
         audit: {{ directory: audit }}\n\
         keys: {{ master: {{ file: master.key }} }}\n\
         exports: {{ max_records: 20 }}\n{more}"
    )
}

/// An answer as the client's socket saw it.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Whether its framing says that it is whole.
    pub whole: bool,
}

impl Answer {
    /// Reads until the connection ends.
    pub async fn read(socket: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A reset after the answer is the same to us as its end.
        let _ = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut bytes))
            .await
            .expect("the proxy did not answer");
        Self::parse(bytes)
    }

    pub fn parse(bytes: Vec<u8>) -> Self {
        let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
            return Self {
                status: 0,
                head: String::new(),
                body: bytes,
                whole: false,
            };
        };
        let head = String::from_utf8_lossy(&bytes[..at + 4]).into_owned();
        if head.starts_with("HTTP/1.1 100") {
            return Self::parse(bytes[at + 4..].to_vec());
        }
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let rest = bytes[at + 4..].to_vec();
        let mut answer = Self {
            status,
            head,
            body: rest,
            whole: true,
        };
        if answer.field("transfer-encoding").is_some() {
            answer.unchunk();
        } else if let Some(length) = answer.field("content-length") {
            answer.whole = answer.body.len() == length.parse::<usize>().unwrap();
        }
        answer
    }

    fn unchunk(&mut self) {
        let (mut rest, mut body) = (&self.body[..], Vec::new());
        self.whole = false;
        while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
            let Ok(size) = usize::from_str_radix(std::str::from_utf8(&rest[..at]).unwrap(), 16) else {
                break;
            };
            if size == 0 {
                self.whole = true;
                break;
            }
            let data = &rest[at + 2..];
            if data.len() < size + 2 {
                body.extend_from_slice(&data[..data.len().min(size)]);
                break;
            }
            body.extend_from_slice(&data[..size]);
            rest = &data[size + 2..];
        }
        self.body = body;
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|l| l.split_once(':'))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.trim())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The `code` of a problem document.
    pub fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }
}
