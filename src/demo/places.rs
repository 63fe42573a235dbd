//! Places that the demo's customers live in. Division codes are those of GB/T 2260.

/// A district with what its addresses and numbers begin with.
#[derive(Debug)]
pub(super) struct Place {
    /// Six-digit division code.
    pub code: &'static str,
    /// Province or municipality.
    pub province: &'static str,
    /// City; empty in municipalities.
    pub city: &'static str,
    /// District.
    pub district: &'static str,
    /// Area code of landlines.
    pub area: &'static str,
    /// The character its number plates begin with.
    pub plate: char,
}

const fn place(
    code: &'static str,
    [province, city, district]: [&'static str; 3],
    area: &'static str,
    plate: char,
) -> Place {
    Place {
        code,
        province,
        city,
        district,
        area,
        plate,
    }
}

/// Where the customers are: the paint trade's own regions first.
pub(super) const PLACES: [Place; 16] = [
    place("440606", ["广东省", "佛山市", "顺德区"], "0757", '粤'),
    place("440106", ["广东省", "广州市", "天河区"], "020", '粤'),
    place("440307", ["广东省", "深圳市", "龙岗区"], "0755", '粤'),
    place("310115", ["上海市", "", "浦东新区"], "021", '沪'),
    place("330106", ["浙江省", "杭州市", "西湖区"], "0571", '浙'),
    place("330203", ["浙江省", "宁波市", "海曙区"], "0574", '浙'),
    place("320505", ["江苏省", "苏州市", "虎丘区"], "0512", '苏'),
    place("320106", ["江苏省", "南京市", "鼓楼区"], "025", '苏'),
    place("510104", ["四川省", "成都市", "锦江区"], "028", '川'),
    place("420106", ["湖北省", "武汉市", "武昌区"], "027", '鄂'),
    place("370202", ["山东省", "青岛市", "市南区"], "0532", '鲁'),
    place("610113", ["陕西省", "西安市", "雁塔区"], "029", '陕'),
    place("500103", ["重庆市", "", "渝中区"], "023", '渝'),
    place("110105", ["北京市", "", "朝阳区"], "010", '京'),
    place("350203", ["福建省", "厦门市", "思明区"], "0592", '闽'),
    place("430103", ["湖南省", "长沙市", "天心区"], "0731", '湘'),
];

/// Streets.
pub(super) const STREETS: [&str; 14] = [
    "人民路",
    "解放大道",
    "中山北路",
    "建设二路",
    "工业大道",
    "科技园路",
    "滨江东路",
    "龙泉路",
    "文华街",
    "新港西路",
    "南山路",
    "环城北路",
    "兴业路",
    "凤凰大街",
];

/// Estates and parks.
pub(super) const ESTATES: [&str; 10] = [
    "碧桂花园",
    "金色家园",
    "东方工业园",
    "翠湖雅居",
    "恒泰大厦",
    "万象城",
    "星河湾",
    "科创中心",
    "锦绣江南",
    "绿地新都会",
];

/// A place abroad: country, city, street with postcode, dialling prefix.
pub(super) const ABROAD: [[&str; 4]; 5] = [
    ["Germany", "Hamburg", "Kanalstrasse 14, 22085", "+49 40"],
    ["Vietnam", "Ho Chi Minh City", "12 Le Loi Street, District 1", "+84 28"],
    ["Malaysia", "Penang", "8 Jalan Perusahaan, 13600", "+60 4"],
    ["United Kingdom", "Leeds", "27 Canal Road, LS12 2PU", "+44 113"],
    ["Indonesia", "Surabaya", "Jl. Rungkut Industri 9, 60293", "+62 31"],
];
