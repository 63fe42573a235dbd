//! The records of the demo CRM, as its API shows them.

use serde::{Deserialize, Serialize};

/// A dealer, factory or decorator.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Number from 1.
    pub id: u32,
    /// Code shown to people, such as `C00042`.
    pub code: String,
    /// `dealer`, `factory` or `decorator`.
    pub kind: String,
    /// Company name.
    pub company: String,
    /// Region of sales.
    pub region: String,
    /// Sign-in name of the salesperson.
    pub owner: String,
    /// Unified social credit code; absent abroad.
    pub credit_code: Option<String>,
    /// Postal address.
    pub address: String,
    /// Company landline.
    pub landline: String,
    /// Discount in percent.
    pub discount: f64,
    /// Credit limit in yuan.
    pub credit_limit: u32,
    /// Bank.
    pub bank_name: String,
    /// Account number: nineteen digits.
    pub bank_card: String,
    /// People.
    pub contacts: Vec<Contact>,
    /// Free text.
    pub notes: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Whether orders are accepted.
    pub active: bool,
    /// Day of the first contract.
    pub since: String,
    /// Counts changes.
    pub version: u32,
}

/// A person at a customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Full name.
    pub name: String,
    /// Position.
    pub title: String,
    /// Mobile number.
    pub mobile: String,
    /// E-mail address.
    pub email: String,
    /// WeChat id.
    pub wechat: String,
    /// QQ number, as a JSON number.
    pub qq: Option<u64>,
    /// Resident identity number; absent abroad.
    pub id_card: Option<String>,
    /// Passport number; abroad.
    pub passport: Option<String>,
    /// Date of birth.
    pub birth_date: String,
    /// Number plate, for visits to the works.
    pub plate: Option<String>,
}

/// A building or production project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Project {
    /// Number from 1.
    pub id: u32,
    /// Whose project.
    pub customer_id: u32,
    /// Title.
    pub title: String,
    /// Address of the site.
    pub site_address: String,
    /// Who is called on the site.
    pub site_contact: String,
    /// That person's mobile.
    pub site_phone: String,
    /// Painted area in square metres.
    pub area_m2: u32,
    /// `lead` … `delivered`.
    pub stage: String,
    /// Product code.
    pub product: String,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderLine {
    /// Product code.
    pub product: String,
    /// Product name.
    pub product_name: String,
    /// Litres.
    pub litres: u32,
    /// Yuan per litre, after discount.
    pub unit_price: f64,
    /// Discount in percent.
    pub discount: f64,
}

/// An order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Number from 1.
    pub id: u32,
    /// Order number: looks a little like a phone number, and is none.
    pub number: String,
    /// Who ordered.
    pub customer_id: u32,
    /// Day of the order.
    pub ordered_on: String,
    /// Lines.
    pub lines: Vec<OrderLine>,
    /// Sum in yuan.
    pub amount: f64,
    /// Who receives the goods.
    pub receiver_name: String,
    /// That person's mobile.
    pub receiver_phone: String,
    /// Where to.
    pub delivery_address: String,
}

/// A component of a formula.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Component {
    /// Raw material.
    pub material: String,
    /// Share of the mass in percent.
    pub percent: f64,
}

/// A formula: the trade secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Formula {
    /// Number from 1.
    pub id: u32,
    /// Formula code.
    pub code: String,
    /// Product code.
    pub product: String,
    /// Colour.
    pub colour: String,
    /// What it is made of.
    pub formula: Vec<Component>,
    /// Cost in yuan per litre.
    pub cost_price: f64,
}

/// A line of the price list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Price {
    /// Number from 1.
    pub id: u32,
    /// Product code.
    pub product: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Pack in litres.
    pub pack_litres: u32,
    /// Yuan a pack.
    pub list_price: f64,
    /// Yuan a pack for dealers.
    pub dealer_price: f64,
    /// Largest discount in percent.
    pub max_discount: f64,
}
