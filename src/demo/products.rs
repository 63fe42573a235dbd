//! What the paint manufacturer makes.

/// A product: code, Chinese name, English name, list price in cents per litre.
pub(super) const PRODUCTS: [(&str, &str, &str, u64); 12] = [
    ("WB-2100", "水性木器漆", "Waterborne wood lacquer", 6_850),
    ("EP-3300", "环氧地坪漆", "Epoxy floor coating", 5_420),
    ("PU-1500", "聚氨酯面漆", "Polyurethane topcoat", 9_980),
    ("AC-7700", "丙烯酸外墙漆", "Acrylic facade paint", 3_260),
    ("ZN-0900", "富锌底漆", "Zinc-rich primer", 7_410),
    ("FC-6100", "氟碳漆", "Fluorocarbon coating", 18_800),
    ("IN-4200", "内墙乳胶漆", "Interior emulsion", 2_180),
    ("MR-8800", "船舶防污漆", "Marine antifouling", 15_600),
    ("PC-5000", "粉末涂料", "Powder coating", 4_730),
    ("HT-2600", "耐高温漆", "Heat-resistant paint", 12_350),
    ("UV-3900", "UV 光固化漆", "UV-curable lacquer", 10_900),
    ("AN-1200", "防腐沥青漆", "Anticorrosive bituminous", 2_940),
];

/// Raw materials that formulas are made of.
pub(super) const MATERIALS: [&str; 12] = [
    "丙烯酸乳液 AE-52",
    "钛白粉 R-996",
    "环氧树脂 E-51",
    "聚酰胺固化剂 650",
    "锌粉 800目",
    "分散剂 BYK-190",
    "消泡剂 A-36",
    "成膜助剂 C-12",
    "HDI 三聚体 N3300",
    "FEVE 树脂 LF-200",
    "滑石粉 1250目",
    "去离子水",
];

/// Stages of a project.
pub(super) const STAGES: [&str; 5] = ["lead", "sampling", "quotation", "contract", "delivered"];
