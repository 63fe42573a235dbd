//! The CRM's API and its static page.

use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LOCATION, SET_COOKIE};
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::CRM_ACCOUNTS;
use super::http::{Call, Crm, typed};
use super::ledger::{ChangeError, ListRequest};
use super::{csv, sessions};

const JSON: &str = "application/json; charset=utf-8";
const INDEX_HTML: &str = include_str!("page/index.html");
const APP_JS: &str = include_str!("page/app.js");
const APP_CSS: &str = include_str!("page/app.css");

/// Answers one request.
pub(super) fn answer(crm: &Crm, call: &Call) -> Response<Bytes> {
    let segments: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        [""] => typed(
            StatusCode::OK,
            "text/html; charset=utf-8",
            Bytes::from_static(INDEX_HTML.as_bytes()),
        ),
        ["static", "app.js"] => typed(
            StatusCode::OK,
            "text/javascript; charset=utf-8",
            Bytes::from_static(APP_JS.as_bytes()),
        ),
        ["static", "app.css"] => typed(
            StatusCode::OK,
            "text/css; charset=utf-8",
            Bytes::from_static(APP_CSS.as_bytes()),
        ),
        ["api", "session"] => session(crm, call),
        ["api", rest @ ..] => signed_in(crm, call, rest),
        _ => error(StatusCode::NOT_FOUND, "no such page"),
    }
}

/// The body of a sign-in.
#[derive(Deserialize)]
struct SignIn {
    account: String,
    password: String,
}

fn session(crm: &Crm, call: &Call) -> Response<Bytes> {
    match call.method {
        Method::POST => sign_in(crm, call),
        Method::DELETE => {
            call.session().into_iter().for_each(|id| crm.sessions.close(id));
            with_cookie(
                json_answer(StatusCode::OK, &json!({"signed_in": false})),
                "",
                "; Max-Age=0",
            )
        }
        _ => match call.session().and_then(|id| crm.sessions.account(id)) {
            Some(account) => json_answer(StatusCode::OK, &who(account)),
            None => error(StatusCode::UNAUTHORIZED, "sign in first"),
        },
    }
}

fn sign_in(crm: &Crm, call: &Call) -> Response<Bytes> {
    let Ok(SignIn { account, password }) = serde_json::from_slice(&call.body) else {
        return error(StatusCode::BAD_REQUEST, "account and password are expected");
    };
    match crm.sessions.open(&account, &password) {
        Some(id) => with_cookie(json_answer(StatusCode::OK, &who(&account)), &id, ""),
        None => error(StatusCode::UNAUTHORIZED, "account or password is wrong"),
    }
}

fn who(account: &str) -> Value {
    let shown = CRM_ACCOUNTS
        .iter()
        .find(|(name, ..)| *name == account)
        .map_or("", |(.., shown)| shown);
    json!({"signed_in": true, "account": account, "display": shown})
}

fn with_cookie(mut response: Response<Bytes>, id: &str, more: &str) -> Response<Bytes> {
    let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Lax{more}", sessions::COOKIE);
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, value);
    }
    response
}

fn signed_in(crm: &Crm, call: &Call, rest: &[&str]) -> Response<Bytes> {
    if call.session().and_then(|id| crm.sessions.account(id)).is_none() {
        return error(StatusCode::UNAUTHORIZED, "sign in first");
    }
    let is_read = call.method == Method::GET || call.method == Method::HEAD;
    match rest {
        [list] if is_read => list_answer(crm, call, list),
        [list, "export.csv"] if is_read => export(crm, call, list),
        ["customers", "by-code", code] if is_read => by_code(crm, code),
        [list, id] if is_read => detail(crm, list, id),
        ["customers", id] if call.method == Method::PUT || call.method == Method::PATCH => change(crm, call, id),
        _ => error(StatusCode::NOT_FOUND, "no such list or method"),
    }
}

fn list_answer(crm: &Crm, call: &Call, list: &str) -> Response<Bytes> {
    match crm.ledger.read().page(list, &ListRequest::from_query(&call.query)) {
        Some(page) => json_answer(StatusCode::OK, &page),
        None => error(StatusCode::NOT_FOUND, "no such list"),
    }
}

fn detail(crm: &Crm, list: &str, id: &str) -> Response<Bytes> {
    match id.parse().ok().and_then(|id| crm.ledger.read().detail(list, id)) {
        Some(record) => json_answer(StatusCode::OK, &record),
        None => error(StatusCode::NOT_FOUND, "no such record"),
    }
}

/// Sends the reader of a code on to the record.
fn by_code(crm: &Crm, code: &str) -> Response<Bytes> {
    let ledger = crm.ledger.read();
    let Some(customer) = ledger.customers().iter().find(|c| c.code == code) else {
        return error(StatusCode::NOT_FOUND, "no such code");
    };
    let mut response = typed(StatusCode::FOUND, JSON, Bytes::new());
    if let Ok(target) = HeaderValue::from_str(&format!("/api/customers/{}", customer.id)) {
        response.headers_mut().insert(LOCATION, target);
    }
    response
}

fn change(crm: &Crm, call: &Call, id: &str) -> Response<Bytes> {
    let Ok(change) = serde_json::from_slice::<Value>(&call.body) else {
        return error(StatusCode::BAD_REQUEST, "JSON is expected");
    };
    let replace = call.method == Method::PUT;
    match crm
        .ledger
        .write()
        .change_customer(id.parse().unwrap_or(0), change, replace)
    {
        Ok(record) => json_answer(StatusCode::OK, &record),
        Err(e @ ChangeError::NoSuchRecord) => error(StatusCode::NOT_FOUND, &e.to_string()),
        Err(e @ ChangeError::Stale) => error(StatusCode::CONFLICT, &e.to_string()),
        Err(e @ ChangeError::Misfit(_)) => error(StatusCode::UNPROCESSABLE_ENTITY, &e.to_string()),
    }
}

fn export(crm: &Crm, call: &Call, list: &str) -> Response<Bytes> {
    let rows = crm.ledger.read().select(list, &ListRequest::from_query(&call.query));
    let Some(text) = rows.and_then(|rows| csv::write(list, &rows)) else {
        return error(StatusCode::NOT_FOUND, "no such list");
    };
    let wants_gb = call
        .query
        .iter()
        .any(|(name, value)| name == "charset" && value.eq_ignore_ascii_case("gb18030"));
    let mut response = if wants_gb {
        let (bytes, ..) = encoding_rs::GB18030.encode(&text);
        typed(
            StatusCode::OK,
            "text/csv; charset=gb18030",
            Bytes::from(bytes.into_owned()),
        )
    } else {
        typed(
            StatusCode::OK,
            "text/csv; charset=utf-8",
            Bytes::from(format!("\u{feff}{text}")),
        )
    };
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{list}.csv\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    response
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Bytes> {
    typed(status, JSON, Bytes::from(value.to_string()))
}

fn error(status: StatusCode, text: &str) -> Response<Bytes> {
    let mut response = json_answer(status, &json!({"error": text}));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}
