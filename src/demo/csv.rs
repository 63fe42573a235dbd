//! CSV exports: Chinese headers, CRLF, a byte-order mark for UTF-8, or GB18030 for old spreadsheets.

use serde_json::Value;

/// The columns of a list: path inside the record and header.
type Columns = &'static [(&'static str, &'static str)];

const CUSTOMERS: Columns = &[
    ("/code", "客户编号"),
    ("/company", "公司名称"),
    ("/kind", "类型"),
    ("/region", "地区"),
    ("/contacts/0/name", "联系人"),
    ("/contacts/0/mobile", "手机"),
    ("/contacts/0/email", "邮箱"),
    ("/contacts/0/id_card", "身份证号"),
    ("/address", "地址"),
    ("/landline", "座机"),
    ("/credit_code", "统一社会信用代码"),
    ("/bank_card", "银行卡号"),
    ("/discount", "折扣"),
    ("/notes", "备注"),
];
const PROJECTS: Columns = &[
    ("/id", "编号"),
    ("/title", "项目"),
    ("/site_address", "工地地址"),
    ("/site_contact", "现场联系人"),
    ("/site_phone", "现场电话"),
    ("/area_m2", "面积"),
    ("/stage", "阶段"),
];
const ORDERS: Columns = &[
    ("/number", "订单号"),
    ("/ordered_on", "日期"),
    ("/receiver_name", "收货人"),
    ("/receiver_phone", "收货电话"),
    ("/delivery_address", "收货地址"),
    ("/amount", "金额"),
];
const FORMULAS: Columns = &[
    ("/code", "配方编号"),
    ("/product", "产品"),
    ("/colour", "颜色"),
    ("/formula", "配方"),
    ("/cost_price", "成本价"),
];
const PRICES: Columns = &[
    ("/product", "产品"),
    ("/name_zh", "名称"),
    ("/pack_litres", "规格"),
    ("/list_price", "标价"),
    ("/dealer_price", "经销价"),
    ("/max_discount", "最高折扣"),
];

/// Writes a list; `None` if there is no list of that name.
pub(super) fn write(list: &str, rows: &[Value]) -> Option<String> {
    let columns = match list {
        "customers" => CUSTOMERS,
        "projects" => PROJECTS,
        "orders" => ORDERS,
        "formulas" => FORMULAS,
        "prices" => PRICES,
        _ => return None,
    };
    let mut out = String::new();
    write_line(&mut out, columns.iter().map(|(_, header)| (*header).to_owned()));
    for row in rows {
        write_line(&mut out, columns.iter().map(|(path, _)| cell(row.pointer(path))));
    }
    Some(out)
}

fn write_line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().map(component).collect::<Vec<_>>().join("; "),
        Some(other) => other.to_string(),
    }
}

fn component(part: &Value) -> String {
    format!("{} {}%", part["material"].as_str().unwrap_or(""), part["percent"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_with_separators_are_quoted() {
        let text = write(
            "formulas",
            &[json!({"code": "F,1", "formula": [{"material": "a\"b", "percent": 2}]})],
        )
        .unwrap();
        assert!(text.ends_with("\"F,1\",,,\"a\"\"b 2%\",\r\n"), "{text}");
    }
}
