//! Overcoat before Tryton, in this process, and people who use it.

use std::collections::BTreeMap;
use std::path::Path;

use overcoat::app::running::Running;
use overcoat::config;
use overcoat::identity::{NewAccount, Password};
use serde_json::{Value, json};

use crate::server::{PASSWORD, Tryton, session_of};

/// Account and role.
const PEOPLE: [(&str, &str); 3] = [("ana", "analyst"), ("mao", "manager"), ("dou", "dpo")];

/// The password of all accounts of this test.
const SECRET: &str = "correct horse battery";

pub struct Gate {
    running: Running,
    _home: tempfile::TempDir,
}

impl Gate {
    pub async fn start(tryton: &Tryton) -> Self {
        let home = tempfile::tempdir().unwrap();
        let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let settings = format!(
            "proxy: {{ listen: 127.0.0.1:0, public_url: http://127.0.0.1:0 }}\n\
             control: {{ listen: 127.0.0.1:0, public_url: http://127.0.0.1:0 }}\n\
             crm: {{ url: {}, name: tryton }}\n\
             store: {{ url: sqlite:overcoat.db }}\n\
             holds: {{ directory: holds }}\naudit: {{ directory: audit }}\n\
             keys: {{ master: {{ file: master.key }} }}\npolicies: {}\n",
            tryton.url,
            policies.display()
        );
        let file = home.path().join("overcoat.yaml");
        std::fs::write(&file, settings).unwrap();
        write_private(
            &home.path().join("master.key"),
            "0f1e2d3c4b5a69788796a5b4c3d2e1f0".repeat(2).as_bytes(),
        );
        let loaded = config::load(&file).unwrap_or_else(|complaints| panic!("{complaints}"));
        let running = Running::start(loaded).await.unwrap();
        for (name, role) in PEOPLE {
            let account = NewAccount {
                name: name.to_owned(),
                display_name: name.to_owned(),
                roles: vec![role.to_owned()],
                attributes: BTreeMap::new(),
            };
            running
                .parts()
                .accounts
                .add(account, Password::new(SECRET))
                .await
                .unwrap();
        }
        Self { running, _home: home }
    }

    /// Somebody signed in to Overcoat, and to Tryton through it.
    pub async fn person(&self, account: &str) -> Person {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let control = format!("http://{}", self.running.control_address());
        let answer = client
            .post(format!("{control}/api/v1/session"))
            .header("origin", &control)
            .header("x-overcoat-request", "1")
            .json(&json!({"account": account, "password": SECRET}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{account} cannot sign in");
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let mut person = Person {
            client,
            cookie,
            authorization: String::new(),
            proxy: format!("http://{}", self.running.proxy_address()),
            control,
        };
        let login = person
            .rpc("common.db.login", json!(["admin", {"password": PASSWORD}, "en"]))
            .await;
        person.authorization = session_of(&login.json());
        person
    }

    /// The requester states a purpose; both levels say yes.
    pub async fn approve(&self, id: &str) {
        let requester = self.person("ana").await;
        requester
            .decide(
                id,
                "submit",
                json!({"purpose": "回访华东经销商 return visits to dealers"}),
            )
            .await;
        for approver in ["mao", "dou"] {
            self.person(approver)
                .await
                .decide(id, "approve", json!({"comment": "ok"}))
                .await;
        }
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let lines = response
            .headers()
            .iter()
            .map(|(n, v)| format!("{n}: {}", String::from_utf8_lossy(v.as_bytes())));
        let head = lines.collect::<Vec<_>>().join("\n");
        let body = response.bytes().await.unwrap().to_vec();
        Self { status, head, body }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The approval that a refusal names.
    pub fn approval_id(&self) -> String {
        let problem = self.json();
        problem["approval"]
            .as_str()
            .or(problem["approval_id"].as_str())
            .expect("the refusal names its approval")
            .to_owned()
    }
}

pub struct Person {
    client: reqwest::Client,
    cookie: String,
    authorization: String,
    proxy: String,
    control: String,
}

impl Person {
    /// Calls a method of Tryton through Overcoat.
    pub async fn rpc(&self, method: &str, params: Value) -> Answer {
        let asked = json!({"id": 17, "method": method, "params": params});
        let request = self.client.post(format!("{}/demo/rpc/", self.proxy)).json(&asked);
        Answer::of(self.sign(request).send().await.unwrap()).await
    }

    /// Gets a page as a program does.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(
            self.sign(self.client.get(format!("{}{path}", self.proxy)))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// Gets a page as a browser does that was sent there.
    pub async fn navigate(&self, path: &str) -> Answer {
        let request = self
            .client
            .get(format!("{}{path}", self.proxy))
            .header("accept", "text/html,*/*;q=0.8");
        Answer::of(
            self.sign(request.header("sec-fetch-mode", "navigate"))
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    fn sign(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let request = request.header("cookie", &self.cookie);
        if self.authorization.is_empty() {
            request
        } else {
            request.header("authorization", &self.authorization)
        }
    }

    async fn decide(&self, id: &str, action: &str, mut body: Value) {
        let url = format!("{}/api/v1/approvals/{id}", self.control);
        let detail: Value = self
            .sign(self.client.get(&url))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        body["version"] = detail["version"].clone();
        let request = self
            .client
            .post(format!("{url}/{action}"))
            .header("origin", &self.control)
            .header("x-overcoat-request", "1");
        let answer = self.sign(request.json(&body)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{action}: {}", answer.text().await.unwrap());
    }
}

fn write_private(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
}
