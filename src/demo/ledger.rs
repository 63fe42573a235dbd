//! The records, and what can be asked of them: lists with search, sort and pages; details; changes.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::records::{Customer, Formula, Order, Price, Project};

/// Largest page of a list.
const MAX_PAGE_SIZE: usize = 500;
const DEFAULT_PAGE_SIZE: usize = 50;

/// All records of the demo CRM.
#[derive(Clone, Debug)]
pub struct Ledger {
    customers: Vec<Customer>,
    projects: Vec<Project>,
    orders: Vec<Order>,
    formulas: Vec<Formula>,
    prices: Vec<Price>,
}

/// What a list request asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct ListRequest {
    pub page: usize,
    pub size: usize,
    pub search: String,
    pub sort: String,
    /// Equality filters: field name and wanted text.
    pub filters: Vec<(String, String)>,
}

impl ListRequest {
    /// Reads `page`, `size`, `q`, `sort`; each other parameter is a filter.
    pub(super) fn from_query(query: &[(String, String)]) -> Self {
        let mut request = Self {
            page: 1,
            size: DEFAULT_PAGE_SIZE,
            ..Self::default()
        };
        for (name, value) in query {
            match name.as_str() {
                "page" => request.page = value.parse().unwrap_or(1).max(1),
                "size" => request.size = value.parse().unwrap_or(DEFAULT_PAGE_SIZE).clamp(1, MAX_PAGE_SIZE),
                "q" => request.search = value.to_lowercase(),
                "sort" => request.sort.clone_from(value),
                "charset" => {}
                _ => request.filters.push((name.clone(), value.clone())),
            }
        }
        request
    }
}

/// Why a change was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChangeError {
    #[error("no such record")]
    NoSuchRecord,
    #[error("the record was changed by somebody else meanwhile")]
    Stale,
    #[error("the change does not fit the record: {0}")]
    Misfit(String),
}

impl Ledger {
    pub(super) fn new(
        customers: Vec<Customer>,
        projects: Vec<Project>,
        orders: Vec<Order>,
        formulas: Vec<Formula>,
        prices: Vec<Price>,
    ) -> Self {
        Self {
            customers,
            projects,
            orders,
            formulas,
            prices,
        }
    }

    /// The customers.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// The formulas.
    pub fn formulas(&self) -> &[Formula] {
        &self.formulas
    }

    /// The orders.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// The projects.
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// A whole list as JSON values; `None` if there is no list of that name.
    pub(super) fn rows(&self, list: &str) -> Option<Vec<Value>> {
        match list {
            "customers" => Some(values(&self.customers)),
            "projects" => Some(values(&self.projects)),
            "orders" => Some(values(&self.orders)),
            "formulas" => Some(values(&self.formulas)),
            "prices" => Some(values(&self.prices)),
            _ => None,
        }
    }

    /// The rows of a list that a request asks for, before paging.
    pub(super) fn select(&self, list: &str, request: &ListRequest) -> Option<Vec<Value>> {
        let mut rows = self.rows(list)?;
        rows.retain(|row| matches(row, request));
        if !request.sort.is_empty() {
            sort(&mut rows, &request.sort);
        }
        Some(rows)
    }

    /// One page of a list.
    pub(super) fn page(&self, list: &str, request: &ListRequest) -> Option<Value> {
        let rows = self.select(list, request)?;
        let total = rows.len();
        let from = (request.page - 1).saturating_mul(request.size);
        let items: Vec<Value> = rows.into_iter().skip(from).take(request.size).collect();
        Some(json!({ "total": total, "page": request.page, "size": request.size, "items": items }))
    }

    /// One record; a customer with its projects and orders.
    pub(super) fn detail(&self, list: &str, id: u32) -> Option<Value> {
        let mut record = self.rows(list)?.into_iter().find(|row| row["id"] == id)?;
        if list == "customers" {
            record["projects"] = values(self.projects.iter().filter(|p| p.customer_id == id)).into();
            record["orders"] = values(self.orders.iter().filter(|o| o.customer_id == id)).into();
        }
        Some(record)
    }

    /// Changes a customer: all of it (`replace`) or the named members. A change that carries a `version` must carry the present one.
    pub(super) fn change_customer(&mut self, id: u32, change: Value, replace: bool) -> Result<Value, ChangeError> {
        let held = self
            .customers
            .iter_mut()
            .find(|c| c.id == id)
            .ok_or(ChangeError::NoSuchRecord)?;
        let Value::Object(change) = change else {
            return Err(ChangeError::Misfit("an object is expected".to_owned()));
        };
        if change.get("version").is_some_and(|v| *v != held.version) {
            return Err(ChangeError::Stale);
        }
        let mut merged = if replace { Map::new() } else { as_object(held) };
        merged.extend(
            change
                .into_iter()
                .filter(|(name, _)| name != "projects" && name != "orders"),
        );
        merged.insert("id".to_owned(), id.into());
        merged.insert("version".to_owned(), (held.version + 1).into());
        *held = serde_json::from_value(Value::Object(merged)).map_err(|e| ChangeError::Misfit(e.to_string()))?;
        serde_json::to_value(held).map_err(|e| ChangeError::Misfit(e.to_string()))
    }
}

fn values<T: Serialize>(records: impl IntoIterator<Item = T>) -> Vec<Value> {
    records
        .into_iter()
        .filter_map(|r| serde_json::to_value(r).ok())
        .collect()
}

fn as_object(customer: &Customer) -> Map<String, Value> {
    match serde_json::to_value(customer) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn matches(row: &Value, request: &ListRequest) -> bool {
    let wanted = |(name, value): &(String, String)| match &row[name.as_str()] {
        Value::String(text) => text == value,
        Value::Null => value.is_empty(),
        Value::Number(number) => number.to_string() == *value,
        Value::Bool(yes) => yes.to_string() == *value,
        Value::Array(_) | Value::Object(_) => false,
    };
    request.filters.iter().all(wanted)
        && (request.search.is_empty() || row.to_string().to_lowercase().contains(&request.search))
}

/// Sorts by a member; a leading `-` means descending.
fn sort(rows: &mut [Value], by: &str) {
    let (name, descending) = by.strip_prefix('-').map_or((by, false), |name| (name, true));
    rows.sort_by(|a, b| {
        let order = match (&a[name], &b[name]) {
            (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()),
            (a, b) => Some(a.as_str().unwrap_or("").cmp(b.as_str().unwrap_or(""))),
        };
        let order = order.unwrap_or(std::cmp::Ordering::Equal);
        if descending { order.reverse() } else { order }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::ledger;

    #[test]
    fn a_page_is_cut_from_the_filtered_and_sorted_list() {
        let ledger = ledger();
        let query = [
            ("kind", "dealer"),
            ("sort", "-credit_limit"),
            ("size", "10"),
            ("page", "2"),
        ];
        let query: Vec<_> = query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let page = ledger.page("customers", &ListRequest::from_query(&query)).unwrap();
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), 10);
        assert!(items.iter().all(|i| i["kind"] == "dealer"));
        assert!(items[0]["credit_limit"].as_u64() >= items[9]["credit_limit"].as_u64());
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_a_stale_one_is_refused() {
        let mut ledger = ledger();
        let phone = ledger.customers()[0].contacts[0].mobile.clone();
        let changed = ledger
            .change_customer(1, json!({"discount": 3.5, "version": 1}), false)
            .unwrap();
        assert_eq!(changed["discount"], 3.5);
        assert_eq!(changed["contacts"][0]["mobile"], phone.as_str());
        let stale = ledger.change_customer(1, json!({"discount": 4.0, "version": 1}), false);
        assert_eq!(stale, Err(ChangeError::Stale));
        assert!(matches!(
            ledger.change_customer(1, json!({"nonsense": 1}), false),
            Err(ChangeError::Misfit(_))
        ));
    }
}
