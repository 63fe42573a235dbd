//! Words that masking has to know: surnames, places, companies' words. Facts of the language, not of one CRM.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Surnames of one character: the *Hundred Family Surnames* and those that came after, by frequency of use.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任卢姚沈钟姜崔谭陆范汪廖石金\
韦贾夏付傅方邹熊白孟秦邱丘侯江尹薛闫阎段雷龙黎史贺陶顾龚郝邵覃武钱戴莫孔向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧殷詹耿关兰蓝焦俞左柳甘祝包\
宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉翁骆路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米\
柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊\
仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢\
嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由幺逄闾钮贝敏麴沃东殳慎薊";

/// Surnames of two characters.
const COMPOUND_SURNAMES: &str = "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 端木 长孙 夏侯 宇文 轩辕 独孤 南宫 西门 百里 呼延 东郭 澹台 \
公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 亓官 司寇 子车 颛孙 巫马 公西 漆雕 乐正 壤驷 公良 拓跋 夹谷 宰父 谷梁 段干 \
东里 羊舌 微生 梁丘 左丘 东门 第五 完颜 纳兰 赫连 万俟 闻人 公羊 公仪 欧陽 司馬 諸葛 上官";

/// Provinces and what ranks with them; the first four are cities at once.
const PROVINCES: [&str; 34] = [
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "台湾",
    "香港",
    "澳门",
];

/// The first characters of [`PROVINCES`].
const PROVINCE_FIRSTS: &str = "北天上重河山内辽吉黑江浙安福湖广海四贵云西陕甘青宁新台香澳";

/// How many of [`PROVINCES`] are municipalities.
const MUNICIPALITIES: usize = 4;

/// What may follow a province's short name, longest first.
const PROVINCE_ENDS: [&str; 8] = [
    "维吾尔自治区",
    "特别行政区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "省",
    "市",
    "",
];

/// Cities of the prefecture level and what ranks with them (GB/T 2260), by their short names.
const CITIES: &str = "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 \
乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒 阿拉善 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 \
四平 辽源 通化 白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭 南京 无锡 徐州 常州 苏州 南通 \
连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 \
六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 \
济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 武汉 黄石 十堰 \
宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 \
深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 \
来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山 贵阳 六盘水 遵义 \
安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 日喀则 昌都 林芝 山南 那曲 阿里 \
西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南 西宁 海东 海北 黄南 果洛 玉树 海西 \
银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 石河子 台北 高雄 台中 台南 新北 桃园 \
义乌 昆山 常熟 张家港 江阴 宜兴 太仓 慈溪 余姚 诸暨 温岭 瑞安 晋江 石狮 南安 福清 胶州 寿光 荣成 顺德";

/// Ends of the names of cities and what ranks with them, longest first.
const CITY_ENDS: [&str; 5] = ["自治州", "地区", "市", "盟", "州"];

/// The character that names the province on a licence plate (GA 36).
pub(super) const PLATE_PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";

/// Words that only companies and things have in their names.
const COMPANY_WORDS: &str = "ltd limited inc incorporated llc llp plc corp corporation co company gmbh ag sa srl bv nv pty group holding \
holdings partners associates trading international industries industrial paint paints coating coatings chemical chemicals factory works \
store shop hotel school university hospital bank office department team sales service services product products project projects list \
category status stage type order orders white black red green blue grey gray yellow primer varnish emulsion exterior interior default \
admin system customer customers contact contacts lead leads account accounts new old open closed won lost pending active inactive";

/// Two- and three-character words that begin like a name and are none.
const COMMON_NOUNS: &str = "高级 高意向 高价值 高端 白色 黄色 金色 蓝色 黑白 金牌 金属漆 白漆 黄漆 石材 水性 水漆 全部 全国 成交 成功 成品 应收 应付 商务 商机 商品 \
商店 文件 文档 文具 文本 文化 时间 时段 安全 安装 安排 平台 平方米 国内 国外 国家 国际 连锁 连锁店 经销 元 计划 计算 相关 相册 都市 门店 门市 门窗 原料 原材料 东区 南区 \
华东 华南 华北 华中 西南 东北 东方 南方 项目 项目部 项目名 项 公司 公开 公共 公海 公告 单位 单价 单据 和 于 向导 方案 方法 方式 方面 管理 管理员 师傅 师 房地产 房产 路线 \
路由 游客 时 文 任务 任意 温度 常规 常用 常见 施工 施工队 易 包装 包 牛 马达 马上 龙头 海外 海报 来访 来源 来电 信息 信用 利润 印刷 印章 智能 智慧 富 平 普通 普 明细 \
明天 满意 满额 满减 乐 广 强 丰富 花色 花园 展会 展厅 展示 干货 干 贝 权限 权益 位置 简单 简介 简历 盖 初级 初次 宣传 支付 支票 支持 索赔 索引 计量 区域 区 盘点 查询 \
查看 查 全员 全职 席位 景观 景区 冷色 米色 米 车间 车辆 农村 古建 连接 终端 国产 白名单 黑名单 黄金 白金 白银 钻石 金融 江苏 江西 安徽 云南 甘肃 宁夏 广东 山东";

/// Countries that an address in letters may end with.
const COUNTRIES: [&str; 44] = [
    "china",
    "p.r. china",
    "pr china",
    "p.r.china",
    "prc",
    "hong kong",
    "macau",
    "macao",
    "taiwan",
    "japan",
    "korea",
    "south korea",
    "singapore",
    "malaysia",
    "vietnam",
    "thailand",
    "indonesia",
    "philippines",
    "india",
    "australia",
    "new zealand",
    "usa",
    "u.s.a.",
    "united states",
    "canada",
    "mexico",
    "brazil",
    "uk",
    "united kingdom",
    "england",
    "ireland",
    "germany",
    "deutschland",
    "france",
    "italy",
    "spain",
    "netherlands",
    "belgium",
    "switzerland",
    "austria",
    "poland",
    "sweden",
    "turkey",
    "united arab emirates",
];

static SURNAME_SET: LazyLock<HashSet<char>> = LazyLock::new(|| SURNAMES.chars().collect());
static COMPOUND_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| COMPOUND_SURNAMES.split_whitespace().collect());
static COMMON_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON_NOUNS.split_whitespace().collect());
static COMPANY_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| COMPANY_WORDS.split_whitespace().collect());
static CITY_MAP: LazyLock<HashMap<char, Vec<&str>>> = LazyLock::new(|| by_first_char(CITIES.split_whitespace()));

fn by_first_char<'a>(words: impl Iterator<Item = &'a str>) -> HashMap<char, Vec<&'a str>> {
    let mut map: HashMap<char, Vec<&str>> = HashMap::new();
    for word in words {
        map.entry(word.chars().next().unwrap_or_default())
            .or_default()
            .push(word);
    }
    map.values_mut()
        .for_each(|words| words.sort_by_key(|word| std::cmp::Reverse(word.len())));
    map
}

/// One bit for each character of the basic Han block.
type BlockSet = [u64; 0x5200 / 64];

/// The first characters of [`COMPOUND_SURNAMES`]: most names need no look into the set.
static COMPOUND_FIRSTS: BlockSet = {
    let mut set = [0; 0x5200 / 64];
    let words = COMPOUND_SURNAMES.as_bytes();
    let (mut at, mut begins) = (0, true);
    while at < words.len() {
        if words[at] == b' ' {
            (at, begins) = (at + 1, true);
            continue;
        }
        let code =
            (words[at] as usize & 0xf) << 12 | (words[at + 1] as usize & 0x3f) << 6 | words[at + 2] as usize & 0x3f;
        if begins {
            set[(code - 0x4e00) / 64] |= 1 << (code % 64);
        }
        (at, begins) = (at + 3, false);
    }
    set
};

fn in_basic_block(set: &BlockSet, c: char) -> bool {
    let index = (c as usize).wrapping_sub(0x4e00);
    set.get(index / 64).is_some_and(|bits| bits >> (index % 64) & 1 == 1)
}

/// Han characters, with the ideographic zero and the supplementary planes.
#[inline]
pub(super) const fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{3007}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character is a surname.
pub(super) fn is_surname(c: char) -> bool {
    SURNAME_SET.contains(&c)
}

/// The first `count` characters.
fn head(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(at, _)| &text[..at])
}

/// Whether a text begins with a surname of one or two characters.
pub(super) fn is_surname_start(text: &str) -> bool {
    text.chars().next().is_some_and(is_surname) || COMPOUND_SET.contains(head(text, 2))
}

/// How many characters at the start are the surname: two for the compound ones, else one.
pub(super) fn surname_chars(text: &str) -> usize {
    let first = text.chars().next().unwrap_or_default();
    let compound = in_basic_block(&COMPOUND_FIRSTS, first) && COMPOUND_SET.contains(head(text, 2));
    if compound { 2 } else { 1 }
}

/// Whether a short word begins like a name and is none.
pub(super) fn is_common_noun(text: &str) -> bool {
    COMMON_SET.contains(text) || text.ends_with(['色', '漆', '省', '市', '区', '县', '部'])
}

/// Whether a word occurs in names of companies and things alone.
pub(super) fn is_company_word(word: &str) -> bool {
    COMPANY_SET.contains(word.trim_end_matches('.').to_lowercase().as_str())
}

/// A province at the start: its bytes with what follows the short name, and whether it is a city at once.
pub(super) fn province_prefix(text: &str) -> Option<(usize, bool)> {
    let first = text.chars().next()?;
    PROVINCE_FIRSTS.contains(first).then_some(())?;
    let at = PROVINCES.iter().position(|name| text.starts_with(name))?;
    let name = PROVINCES[at].len();
    let end = PROVINCE_ENDS.iter().find(|end| text[name..].starts_with(**end))?;
    Some((name + end.len(), at < MUNICIPALITIES))
}

/// A city of the list at the start: its bytes with 市 and the like.
pub(super) fn city_prefix(text: &str) -> Option<usize> {
    let names = CITY_MAP.get(&text.chars().next()?)?;
    let name = names.iter().find(|name| text.starts_with(**name))?.len();
    let end = CITY_ENDS.iter().find(|end| text[name..].starts_with(**end));
    Some(name + end.map_or(0, |end| end.len()))
}

/// Whether a character names a province on a licence plate.
pub(super) fn is_plate_province(c: char) -> bool {
    PLATE_PROVINCES.contains(c)
}

/// Whether a text is the name of a country, as addresses in letters end.
pub(super) fn is_country(text: &str) -> bool {
    COUNTRIES.contains(&text.trim_end_matches('.').to_lowercase().as_str())
        || COUNTRIES.contains(&text.to_lowercase().as_str())
}
