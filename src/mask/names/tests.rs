use super::*;

const PHONE: ClassId = ClassId(0);
const NAME: ClassId = ClassId(1);
const ID: ClassId = ClassId(2);
const CARD: ClassId = ClassId(3);
const ADDRESS: ClassId = ClassId(4);
const EMAIL: ClassId = ClassId(5);

fn index() -> NameIndex {
    let mut index = NameIndex::new();
    for (class, names) in [
        (
            Some(PHONE),
            "phone mobile 手机 手机号 手机号码 电话 联系方式 shouji shoujihao tel",
        ),
        (Some(NAME), "contact_name 联系人 姓名 name xingming"),
        (Some(ID), "id_card 身份证 身份证号 身份证号码 shenfenzheng"),
        (Some(CARD), "card_no 卡号"),
        (Some(ADDRESS), "address addr 地址 dizhi"),
        (Some(EMAIL), "email email_address 邮箱"),
        (None, "ip_address ip地址 图片地址 smart_phone customer_no"),
    ] {
        for name in names.split(' ') {
            index.add(name, class).unwrap();
        }
    }
    index
}

#[test]
fn the_end_of_a_name_decides_in_every_spelling() {
    let index = index();
    for (class, names) in [
        (
            PHONE,
            "phone Phone PHONE phone2 phone_2 phones contactPhone contact_phone contact-phone CONTACT_PHONE contactphone CustomerMobile \
             CUSTOMER_MOBILE_NO mobile_number mobile1 手机 手机号 客户手机号 客户手机号码 联系人手机 手机2 手机（主） 手机(备用) ｍｏｂｉｌｅ 手机/Mobile Mobile手机 \
             custom_fields.mobile customer[mobile] data[phone][0] shouji kehushouji lxr_shouji phone_hash mobile_md5 phone__icontains phone. \
             TEL Tel: telHref 联系人电话1 公司电话 ",
        ),
        (NAME, "name contactName 联系人 联系人姓名 客户姓名 xingming username"),
        (
            ID,
            "id_card idCard ID_CARD_NO idcard_number 身份证号码 法人身份证号 shenfenzheng 身份证",
        ),
        (CARD, "card_no bankCardNo 银行卡号"),
        (
            ADDRESS,
            "address addresses addr1 address_2 home_address 收货地址 dizhi kehudizhi",
        ),
        (EMAIL, "email eMail e-mail E_MAIL email_address emails 公司邮箱 邮箱1"),
    ] {
        for name in names.split_whitespace() {
            let found = index.class_of(name);
            assert_eq!(found, Some(class), "{name}");
        }
    }
}

#[test]
fn what_only_mentions_a_class_is_none() {
    let index = index();
    for name in [
        "",
        "_",
        "42",
        "phone_verified",
        "phoneVerified",
        "is_mobile",
        "has_phone",
        "email_template_id",
        "email_sent_at",
        "address_count",
        "ip_address",
        "remoteIpAddress",
        "IP地址",
        "图片地址",
        "手机品牌",
        "手机号归属地",
        "是否有手机",
        "电话次数",
        "smartphone",
        "microphone",
        "customer_no",
        "headphone",
        "nametag",
        "renamed",
        "mobility",
        "telemetry",
        "hotel",
        "price",
        "状态",
    ] {
        assert_eq!(index.class_of(name), None, "{name}");
    }
    assert_eq!(index.class_of(&"phone".repeat(100)), None);
}

#[test]
fn the_container_helps_where_the_key_says_little() {
    let index = index();
    assert_eq!(index.class_of_within("contact", "name"), Some(NAME));
    assert_eq!(index.class_of_within("warehouse", "phone"), Some(PHONE));
    assert_eq!(
        index.class_of_within("ip", "address"),
        None,
        "an `ip.address` is an `ip_address`"
    );
}

#[test]
fn bookkeeping_keys_are_no_values() {
    let index = index();
    for key in [
        "id",
        "contact_id",
        "uuid",
        "type",
        "createdAt",
        "created_at",
        "is_primary",
        "count",
        "__typename",
        "状态",
    ] {
        assert!(index.is_structural(key), "{key}");
    }
    for key in ["value", "number", "phone", "name", "text"] {
        assert!(!index.is_structural(key), "{key}");
    }
}

#[test]
fn a_name_of_two_classes_is_refused() {
    let mut index = index();
    assert_eq!(index.add("Phone", Some(NAME)), Err(NameClash { held_by: Some(PHONE) }));
    assert_eq!(index.add("ipAddress", Some(NAME)), Err(NameClash { held_by: None }));
    assert_eq!(index.add("PHONE", Some(PHONE)), Ok(()));
}

#[test]
fn an_empty_index_knows_nothing() {
    assert_eq!(NameIndex::default().class_of("phone"), None);
}
