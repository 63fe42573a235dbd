//! Invented people.

use super::random::Dice;

/// Surnames with their pinyin, two-character ones among them.
const SURNAMES: [&str; 26] = [
    "王 wang",
    "李 li",
    "张 zhang",
    "刘 liu",
    "陈 chen",
    "杨 yang",
    "赵 zhao",
    "黄 huang",
    "周 zhou",
    "吴 wu",
    "徐 xu",
    "孙 sun",
    "胡 hu",
    "朱 zhu",
    "高 gao",
    "林 lin",
    "何 he",
    "郭 guo",
    "马 ma",
    "罗 luo",
    "梁 liang",
    "欧阳 ouyang",
    "司马 sima",
    "上官 shangguan",
    "诸葛 zhuge",
    "令狐 linghu",
];

/// Given-name characters with their pinyin.
const GIVEN: [&str; 28] = [
    "伟 wei",
    "芳 fang",
    "娜 na",
    "敏 min",
    "静 jing",
    "丽 li",
    "强 qiang",
    "磊 lei",
    "军 jun",
    "洋 yang",
    "勇 yong",
    "艳 yan",
    "杰 jie",
    "涛 tao",
    "明 ming",
    "超 chao",
    "霞 xia",
    "平 ping",
    "刚 gang",
    "桂 gui",
    "文 wen",
    "志 zhi",
    "建 jian",
    "国 guo",
    "晓 xiao",
    "海 hai",
    "燕 yan",
    "波 bo",
];

/// Given and family names of contacts abroad.
const LATIN_GIVEN: [&str; 10] = [
    "Anna", "James", "Minh", "Siti", "Lukas", "Emma", "Budi", "Sarah", "Jonas", "Linh",
];
const LATIN_FAMILY: [&str; 10] = [
    "Becker", "Taylor", "Nguyen", "Rahman", "Schmidt", "Walker", "Santoso", "Hughes", "Vogel", "Tran",
];

/// A name and what an e-mail address makes of it.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub shown: String,
    pub latin: String,
}

/// A Chinese name of two or three characters, four with a two-character surname.
pub(super) fn chinese(dice: &mut Dice) -> Name {
    let (surname, surname_pinyin) = split(dice.pick::<&'static str>(&SURNAMES));
    let (first, first_pinyin) = split(dice.pick::<&'static str>(&GIVEN));
    let (second, second_pinyin) = if dice.chance(65) {
        split(dice.pick::<&'static str>(&GIVEN))
    } else {
        ("", "")
    };
    Name {
        shown: format!("{surname}{first}{second}"),
        latin: format!("{surname_pinyin}.{first_pinyin}{second_pinyin}"),
    }
}

/// A name in Latin script.
pub(super) fn latin(dice: &mut Dice) -> Name {
    let (given, family) = (*dice.pick(&LATIN_GIVEN), *dice.pick(&LATIN_FAMILY));
    Name {
        shown: format!("{given} {family}"),
        latin: format!("{}.{}", given.to_lowercase(), family.to_lowercase()),
    }
}

fn split(entry: &'static str) -> (&'static str, &'static str) {
    entry.split_once(' ').unwrap_or((entry, ""))
}
