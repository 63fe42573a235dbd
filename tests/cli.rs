//! The command line, through the built binary: outputs, refusals and exit codes.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A configuration over the policies that ship.
struct House {
    directory: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let key = directory.path().join("master.key");
        std::fs::write(&key, KEY).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let text = format!(
            "keys: {{ master: {{ file: master.key }} }}\ncrm: {{ url: 'http://127.0.0.1:9000', name: demo }}\npolicies: {}/policies\n",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::write(directory.path().join("overcoat.yaml"), text).unwrap();
        Self { directory }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_overcoat"))
            .args(arguments)
            .current_dir(self.directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let stdin = stdin.to_vec();
        let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
        let ran = Ran(child.wait_with_output().unwrap());
        writer.join().unwrap();
        ran
    }

    fn mask(&self, who: &str, more: &[&str], body: &[u8]) -> Ran {
        let mut arguments = vec![
            "mask",
            "--as",
            who,
            "--request",
            "GET /api/customers",
            "--header",
            "content-type: application/json",
        ];
        arguments.extend(more);
        self.run(&arguments, body)
    }
}

struct Ran(Output);

impl Ran {
    fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}

const BODY: &str = r#"{"items":[{"id":1,"company":"甲","contacts":[{"name":"欧阳建国","mobile":"13812345678"}]}]}"#;

#[test]
fn each_command_has_help_with_an_example_and_exit_codes() {
    let house = House::new();
    for command in [
        "serve",
        "demo",
        "check",
        "explain",
        "mask",
        "account",
        "audit",
        "approvals",
        "health",
    ] {
        let ran = house.run(&[command, "--help"], b"");
        assert_eq!(ran.code(), 0, "{command}");
        assert!(ran.out().contains("Example:"), "{command}");
        assert!(ran.out().contains("3 refused by policy or format"), "{command}");
    }
    assert_eq!(house.run(&["chekc"], b"").code(), 2);
    assert_eq!(house.run(&[], b"").code(), 2);
}

#[test]
fn check_says_what_there_is() {
    let ran = House::new().run(&["check"], b"");
    assert_eq!(ran.code(), 0, "{}", ran.err());
    assert!(ran.out().contains("0 errors"), "{}", ran.out());
}

#[test]
fn check_names_the_place_of_a_slip() {
    let house = House::new();
    house.file(
        "other.yaml",
        "keys: { master: { file: master.key } }\ncrm: { ulr: http://127.0.0.1:9000 }\n",
    );
    let ran = house.run(&["check", "--config", "other.yaml"], b"");
    assert_eq!(ran.code(), 1);
    assert!(
        ran.err().contains("other.yaml:2:8: crm: unknown field `ulr`"),
        "{}",
        ran.err()
    );
    assert!(ran.err().contains("did you mean `url`?"), "{}", ran.err());
    assert_eq!(house.run(&["check", "--config", "nowhere.yaml"], b"").code(), 1);
}

#[test]
fn mask_does_the_same_however_it_is_cut() {
    let house = House::new();
    let whole = house.mask("role:sales", &[], BODY.as_bytes());
    assert_eq!(whole.code(), 0, "{}", whole.err());
    assert_eq!(
        whole.out(),
        BODY.replace("13812345678", "138****5678"),
        "names are clear to sales, numbers are not, and all else is byte for byte"
    );
    for size in ["1", "3", "7"] {
        assert_eq!(
            house
                .mask("role:sales", &["--chunk-bytes", size], BODY.as_bytes())
                .out(),
            whole.out()
        );
    }
    let file = house.file("answer.json", BODY);
    assert_eq!(
        house.mask("role:sales", &[file.to_str().unwrap()], b"").out(),
        whole.out()
    );
}

#[test]
fn nobody_sees_nothing_and_a_manager_sees_it_all() {
    let house = House::new();
    for who in ["anonymous", "role:admin"] {
        let shown = house.mask(who, &[], BODY.as_bytes()).out();
        assert!(!shown.contains("1381234") && !shown.contains("欧阳"), "{shown}");
        assert!(shown.contains("\"company\":\"甲\""), "{shown}");
    }
    assert_eq!(house.mask("role:manager", &[], BODY.as_bytes()).out(), BODY);
}

#[test]
fn a_surrogate_is_the_same_each_time_and_keeps_its_shape() {
    let house = House::new();
    let shown = house.mask("role:analyst", &[], BODY.as_bytes()).out();
    assert_eq!(
        shown,
        house
            .mask("role:analyst", &["--chunk-bytes", "2"], BODY.as_bytes())
            .out()
    );
    let mobile = shown.split("\"mobile\":\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(
        mobile.len() == 11 && mobile.bytes().all(|b| b.is_ascii_digit()) && !mobile.starts_with('1'),
        "{mobile}"
    );
}

#[test]
fn what_cannot_be_masked_is_refused_and_no_raw_byte_follows() {
    let house = House::new();
    for (body, kind) in [
        (
            &br#"{"items":[{"mobile":"13812345678"},{"mobile":"13912345678" oops 13712345678"#[..],
            "application/json",
        ),
        (b"%PDF-1.7 13812345678", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n 13812345678", "application/json"),
    ] {
        let header = format!("content-type: {kind}");
        let ran = house.run(
            &[
                "mask",
                "--as",
                "role:sales",
                "--request",
                "GET /api/customers",
                "--header",
                &header,
            ],
            body,
        );
        assert_eq!(ran.code(), 3, "{}", ran.err());
        assert!(ran.err().contains("refused"), "{}", ran.err());
        for number in ["13812345678", "13912345678", "13712345678"] {
            assert!(
                !ran.out().contains(number) && !ran.err().contains(number),
                "{}{}",
                ran.out(),
                ran.err()
            );
        }
    }
}

#[test]
fn an_ambiguous_request_is_refused_and_not_quoted() {
    let house = House::new();
    for path in [
        "/api%2fcustomers",
        "/api//customers",
        "/a/..;/13812345678",
        "/a/%2e%2e/b",
    ] {
        let request = format!("GET {path}");
        let ran = house.run(&["mask", "--as", "role:sales", "--request", &request], b"{}");
        assert_eq!(ran.code(), 3, "{path}: {}", ran.err());
        assert!(ran.out().is_empty() && !ran.err().contains("138123"), "{}", ran.err());
    }
}

#[test]
fn an_export_is_noted() {
    let house = House::new();
    let arguments = [
        "mask",
        "--as",
        "role:sales",
        "--request",
        "GET /api/customers/export.csv",
        "--header",
        "content-type: text/csv",
    ];
    let ran = house.run(&arguments, "客户编号,联系人,手机\n1,张三,13812345678\n".as_bytes());
    assert_eq!(ran.code(), 0, "{}", ran.err());
    assert!(ran.err().contains("would hold this answer"), "{}", ran.err());
    assert!(!ran.out().contains("13812345678"), "{}", ran.out());
}

#[test]
fn who_asks_has_to_exist() {
    let house = House::new();
    for (who, said) in [
        ("role:slaes", "did you mean `sales`?"),
        ("li.wei", "there is no account `li.wei`"),
    ] {
        let ran = house.mask(who, &[], BODY.as_bytes());
        assert_eq!(ran.code(), 1);
        assert!(ran.err().contains(said), "{}", ran.err());
        assert!(ran.out().is_empty());
    }
    assert!(
        !house.directory.path().join("var").exists(),
        "a look at a store does not make one"
    );
}

#[test]
fn explain_names_the_very_rule() {
    let house = House::new();
    let arguments = [
        "explain",
        "--as",
        "role:sales",
        "--request",
        "GET /api/customers?page=1",
    ];
    let table = house.run(&arguments, b"");
    assert_eq!(table.code(), 0, "{}", table.err());
    let access = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/access.csv")).unwrap();
    let rule = "p, sales, contact_data, see:partial, allow,";
    let line = access.lines().position(|l| l == rule).unwrap() + 1;
    assert!(
        table.out().contains(&format!("access.csv:{line} `{rule}`")),
        "{}",
        table.out()
    );

    let json = house.run(&[&arguments[..], &["--json"]].concat(), b"");
    let report: serde_json::Value = serde_json::from_str(&json.out()).unwrap();
    let mobile = report["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["class"] == "mobile")
        .unwrap();
    assert_eq!(mobile["rendering"], "partial");
    assert_eq!(mobile["decided_by"][0]["at"], format!("access.csv:{line}"));
    assert_eq!(report["export"]["chain"], "standard");
    assert_eq!(report["route"]["id"], "customers");
}

#[test]
fn explain_refuses_what_the_proxy_would_refuse() {
    let ran = House::new().run(&["explain", "--as", "role:sales", "--request", "GET /a%5cb"], b"");
    assert_eq!(ran.code(), 3);
    assert!(ran.err().contains("backslash"), "{}", ran.err());
}
