//! A house to test in: store, vault, journal, accounts, rules that the tests can read at a glance, and the two servers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use overcoat::approval::{
    Approval, ApprovalId, Chain, DigestBody, DigestParts, Exhibit, Filter, Level, Limits, NewHold, ReleasedClass,
    Requester, Stamp, Title,
};
use overcoat::clock::{Clock, ManualClock, Timestamp};
use overcoat::control::{
    ClassText, ControlParts, ControlServer, Evidence, GatePages, GateParts, Peer, Rules, SamplePlan,
};
use overcoat::identity::{Accounts, CookieForm, Hasher, Identifier, NewAccount, Password, SessionLimits, Sessions};
use overcoat::mask::detect::Detectors;
use overcoat::mask::names::NameIndex;
use overcoat::mask::partial::PartialForm;
use overcoat::mask::{ClassId, ClassSpec, FieldPath, Masker, PlanBuilder, Rendering};
use overcoat::store::{
    AskedRequest, HoldMeta, HoldVault, Journal, JournalOptions, MasterKey, SealedHead, Store, VaultLimits,
    open_with_clock,
};
use overcoat::subject::{Environment, Role, Subject, SubjectId};
use serde_json::Value;
use tower::ServiceExt as _;

pub const PASSWORD: &str = "correct horse battery";
pub const CONTROL: &str = "http://127.0.0.1:8081";
pub const PROXY: &str = "http://127.0.0.1:8080";

/// Everybody of the tests: name and roles.
pub const PEOPLE: [(&str, &str); 6] = [
    ("requester", "analyst"),
    ("lead", "lead"),
    ("lead2", "lead"),
    ("officer", "officer"),
    ("auditor", "auditor"),
    ("stranger", "sales"),
];

/// `lead` fills the level `lead`, `officer` fills `officer`, `auditor` oversees, and `stranger` may see nothing of the route.
struct PlainRules;

impl Rules for PlainRules {
    fn snapshot_id(&self) -> String {
        "snapshot".to_owned()
    }

    fn is_current(&self) -> bool {
        true
    }

    fn levels(&self) -> Vec<String> {
        vec!["lead".to_owned(), "officer".to_owned()]
    }

    fn may_approve(&self, subject: &Subject, _: &Environment, level: &str) -> bool {
        subject.has_role(level)
    }

    fn may_oversee(&self, subject: &Subject, _: &Environment) -> bool {
        subject.has_role("auditor")
    }

    fn class_text(&self, class: &str) -> ClassText {
        ClassText {
            zh: "手机".to_owned(),
            en: class.to_owned(),
            level: "3".to_owned(),
        }
    }

    fn detectors(&self) -> Arc<Detectors> {
        Arc::default()
    }

    fn sample_plan(&self, subject: &Subject, _: &Environment, _: &HoldMeta) -> Option<SamplePlan> {
        let rendering = if subject.has_role("officer") {
            Rendering::Clear
        } else {
            Rendering::Redacted
        };
        let spec = ClassSpec::new("phone", PartialForm::None, None);
        let masker = Masker::new(ClassId(0), rendering, Arc::new(spec), None);
        let mut plan = PlanBuilder::new(Arc::new([masker]), Arc::new(NameIndex::default()), Arc::default());
        plan.field(&FieldPath::parse("$.items[*].phone").unwrap(), Some(ClassId(0)));
        let plan = Arc::new(plan.build().unwrap());
        (!subject.has_role("auditor")).then(|| SamplePlan {
            plan,
            records: Some("$.items[*]".to_owned()),
        })
    }
}

pub struct House {
    pub clock: Arc<ManualClock>,
    pub store: Arc<dyn Store>,
    pub vault: Arc<HoldVault>,
    pub accounts: Arc<Accounts>,
    pub gate: GatePages,
    pub directory: tempfile::TempDir,
    router: axum::Router,
}

impl House {
    pub async fn build() -> Self {
        Self::at(CONTROL, PROXY).await
    }

    pub async fn at(control_url: &str, proxy_url: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let url = format!("sqlite:{}", directory.path().join("overcoat.db").display());
        let store = open_with_clock(&url, "t", Arc::clone(&time)).await.unwrap().store;
        let key = MasterKey::generate().unwrap();
        let limits = VaultLimits {
            max_bytes: 1 << 20,
            min_free_bytes: 0,
        };
        let vault = Arc::new(HoldVault::open(&directory.path().join("holds"), key, limits).unwrap());
        let options = JournalOptions::new(&directory.path().join("audit"));
        let journal = Arc::new(Journal::open(&options, Arc::clone(&time)).unwrap());
        let hasher = Hasher::with_cost(64, 1).unwrap();
        let accounts = Arc::new(Accounts::with_hasher(Arc::clone(&store), Arc::clone(&time), hasher));
        for (name, role) in PEOPLE {
            let new = NewAccount {
                name: name.into(),
                roles: vec![role.into()],
                ..NewAccount::default()
            };
            accounts.add(new, Password::new(PASSWORD)).await.unwrap();
        }
        let sessions = Arc::new(Sessions::new(
            Arc::clone(&store),
            Arc::clone(&time),
            SessionLimits::default(),
        ));
        let identifier = |url: &str| {
            let form = CookieForm::for_url(url);
            Arc::new(Identifier::new(Arc::clone(&sessions), Arc::clone(&accounts), form))
        };
        let rules: Arc<dyn Rules> = Arc::new(PlainRules);
        let evidence = Evidence::new(journal, Arc::clone(&rules));
        let gate = GatePages::new(GateParts {
            accounts: Arc::clone(&accounts),
            sessions: Arc::clone(&sessions),
            identifier: identifier(proxy_url),
            evidence: evidence.clone(),
            clock: Arc::clone(&time),
            proxy_url: proxy_url.to_owned(),
            control_url: control_url.to_owned(),
        });
        let server = ControlServer::new(ControlParts {
            accounts: Arc::clone(&accounts),
            sessions: Arc::clone(&sessions),
            identifier: identifier(control_url),
            store: Arc::clone(&store),
            vault: Arc::clone(&vault),
            evidence,
            rules,
            clock: time,
            control_url: control_url.to_owned(),
            proxy_url: proxy_url.to_owned(),
            tls: None,
        });
        let router = server.unwrap().router();
        Self {
            clock,
            store,
            vault,
            accounts,
            gate,
            directory,
            router,
        }
    }

    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Sends a request to the approval page's server.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let mut request = request;
        let peer: IpAddr = "127.0.0.1".parse().unwrap();
        request.extensions_mut().insert(Peer(peer));
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// A call as the page makes it.
    pub async fn call(&self, method: Method, path: &str, cookie: &str, body: Option<Value>) -> Answer {
        self.send(call(method, path, cookie, body)).await
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.call(Method::GET, path, cookie, None).await
    }

    /// Signs in at the approval page; the `Cookie` value of the session.
    pub async fn sign_in(&self, name: &str) -> String {
        let body = serde_json::json!({"account": name, "password": PASSWORD});
        let answer = self.call(Method::POST, "/api/v1/session", "", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.cookie()
    }

    /// A sealed export of the requester, not yet submitted.
    pub async fn hold(&self) -> ApprovalId {
        self.hold_of(
            "application/json",
            br#"{"items":[{"id":1,"phone":"13812345678"},{"id":2,"phone":"13912345678"}]}"#,
        )
        .await
    }

    pub async fn hold_of(&self, kind: &str, body: &[u8]) -> ApprovalId {
        let id = random_id();
        let requester = SubjectId::new("requester");
        let path = format!("/api/customers/{id}");
        let digest = DigestParts {
            requester: &requester,
            method: "GET",
            path: &path,
            query: &[],
            body: DigestBody::None,
            snapshot: "snapshot",
            released: &[("phone", Rendering::Clear)],
            row_ceiling: None,
        };
        let digest = digest.digest();
        let now = self.clock.now();
        let mut writer = self
            .vault
            .begin(id, &digest, now.plus(Duration::from_secs(1_000_000)))
            .unwrap();
        writer.push(body).unwrap();
        let headers = vec![("content-type".to_owned(), kind.as_bytes().to_vec())];
        let request = AskedRequest {
            method: "GET".into(),
            target: path,
            headers: Vec::new(),
            body: None,
        };
        let head = SealedHead { status: 200, headers };
        let sealed = writer
            .finish(HoldMeta {
                request,
                head,
                records: Some(2),
                reading: String::new(),
            })
            .unwrap();
        let new = NewHold {
            id,
            requester: Requester {
                id: requester,
                display_name: "requester".into(),
                roles: vec![Role::new("analyst")],
            },
            digest,
            exhibit: exhibit(sealed.content, sealed.bytes),
            chain: chain(),
            limits: Limits::new(Duration::from_secs(3_600), Duration::from_secs(600)),
        };
        let approval = Approval::hold(new, Stamp::new(now, "hold")).unwrap();
        let _ = self.store.create(&approval).await.unwrap();
        id
    }

    /// A submitted one.
    pub async fn pending(&self) -> ApprovalId {
        let id = self.hold().await;
        let cookie = self.sign_in("requester").await;
        let body = serde_json::json!({"version": 1, "purpose": "yearly review of dealers"});
        let answer = self
            .call(
                Method::POST,
                &format!("/api/v1/approvals/{id}/submit"),
                &cookie,
                Some(body),
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        id
    }

    /// One that every level has approved.
    pub async fn approved(&self) -> ApprovalId {
        let id = self.pending().await;
        for name in ["lead", "officer"] {
            let answer = self.decide(name, id, "approve", None).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        }
        id
    }

    /// Decides with the version of now.
    pub async fn decide(&self, name: &str, id: ApprovalId, action: &str, comment: Option<&str>) -> Answer {
        let cookie = self.sign_in(name).await;
        let version = self.store.load(id).await.unwrap().unwrap().version();
        let mut body = serde_json::json!({"version": version});
        match (action, comment) {
            ("submit", text) => body["purpose"] = text.unwrap_or("yearly review of dealers").into(),
            (_, Some(text)) => body["comment"] = text.into(),
            _ => {}
        }
        self.call(
            Method::POST,
            &format!("/api/v1/approvals/{id}/{action}"),
            &cookie,
            Some(body),
        )
        .await
    }

    pub async fn detail(&self, name: &str, id: ApprovalId) -> Value {
        let cookie = self.sign_in(name).await;
        let answer = self.get(&format!("/api/v1/approvals/{id}"), &cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    /// The whole journal as text.
    pub fn journal(&self) -> String {
        let files = std::fs::read_dir(self.directory.path().join("audit")).unwrap();
        let texts = files.map(|f| std::fs::read(f.unwrap().path()).unwrap_or_default());
        texts
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect()
    }
}

fn random_id() -> ApprovalId {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    ApprovalId::from_bytes(bytes)
}

fn exhibit(content: overcoat::approval::ContentHash, bytes: u64) -> Exhibit {
    Exhibit {
        route: "customers".into(),
        title: Title {
            zh: "客户".into(),
            en: "Customers".into(),
        },
        method: "GET".into(),
        path: "/api/customers".into(),
        filters: vec![Filter {
            name: "city".into(),
            shown: "佛山".into(),
        }],
        format: "json".into(),
        records: Some(2),
        bytes,
        classes: vec![ReleasedClass {
            class: "phone".into(),
            rendering: Rendering::Clear,
            count: 2,
        }],
        destination: None,
        content,
        snapshot: "snapshot".into(),
    }
}

fn chain() -> Chain {
    let level = |name: &str| Level {
        name: name.into(),
        title: Title {
            zh: name.into(),
            en: name.into(),
        },
        quorum: 1,
        approvers: vec![name.into()],
    };
    Chain {
        name: "standard".into(),
        title: Title {
            zh: "标准".into(),
            en: "Standard".into(),
        },
        levels: vec![level("lead"), level("officer")],
        pending_ms: None,
        redeem_ms: None,
    }
}

/// A call as the page makes it: same origin, the page's header, JSON.
pub fn call(method: Method, path: &str, cookie: &str, body: Option<Value>) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("origin", CONTROL)
        .header("x-overcoat-request", "1");
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        None => request.body(Body::empty()).unwrap(),
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Self::from_parts(head, &bytes)
    }

    pub fn from_bytes(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self::from_parts(head, &body)
    }

    fn from_parts(head: http::response::Parts, body: &[u8]) -> Self {
        Self {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8_lossy(body).into_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Status, code and reason code of a problem document.
    pub fn problem(&self) -> (u16, String, String) {
        assert_eq!(
            self.headers["content-type"], "application/problem+json",
            "{}",
            self.text
        );
        let problem = self.json();
        let word = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(problem["status"], self.status.as_u16());
        (self.status.as_u16(), word("code"), word("reason_code"))
    }

    /// The `Cookie` value that a browser would send after this answer.
    pub fn cookie(&self) -> String {
        let set: Vec<_> = self
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|v| v.to_str().unwrap())
            .collect();
        let pairs: Vec<_> = set.iter().map(|s| s.split(';').next().unwrap()).collect();
        pairs.join("; ")
    }
}
