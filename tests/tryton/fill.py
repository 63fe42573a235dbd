"""Fills a fresh Tryton database with 300 invented parties: Chinese names, mobiles in several spellings, identity numbers.

Usage: fill.py TRYTOND_CONF. The same data each time; check digits are right, the people are not real.
"""

import random
import sys

from trytond import config

config.update_etc(sys.argv[1])

from trytond.pool import Pool  # noqa: E402
from trytond.transaction import Transaction  # noqa: E402

PARTIES = 300
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
TWO_CHARACTER_SURNAMES = ["欧阳", "司马", "上官", "诸葛"]
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂文志建国晓海燕波"
REGIONS = ["440606", "310115", "330106", "320505", "510104", "420106"]
CITIES = ["佛山市顺德区", "上海市浦东新区", "杭州市西湖区", "苏州市虎丘区", "成都市锦江区", "武汉市武昌区"]
STREETS = ["人民路", "解放大道", "工业大道", "滨江东路", "龙泉路"]


def resident_id(dice, region):
    body = f"{region}{dice.randint(1960, 2002)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{dice.randint(0, 999):03}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]


def mobile(dice):
    digits = dice.choice(["130", "135", "138", "139", "158", "186", "188"]) + f"{dice.randint(0, 99999999):08}"
    spelling = dice.randint(0, 4)
    if spelling == 0:
        return f"+86 {digits}"
    if spelling == 1:
        return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    if spelling == 2:
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return digits


def party(dice, number):
    surname = dice.choice(TWO_CHARACTER_SURNAMES) if number % 15 == 0 else dice.choice(SURNAMES)
    name = surname + dice.choice(GIVEN) + dice.choice(GIVEN)
    region = dice.randrange(len(REGIONS))
    return {
        "name": name,
        "addresses": [("create", [{
            "street": f"{dice.choice(STREETS)}{dice.randint(1, 300)}号{dice.randint(1, 20)}栋{dice.randint(101, 2400)}室",
            "city": CITIES[region],
        }])],
        "contact_mechanisms": [("create", [
            {"type": "mobile", "value": mobile(dice)},
            {"type": "email", "value": f"party{number}.{dice.randint(10, 99)}@example.cn"},
        ])],
        "identifiers": [("create", [{"type": None, "code": resident_id(dice, REGIONS[region])}])],
    }


def main():
    dice = random.Random(20261123)
    Pool.start()
    pool = Pool("demo")
    with Transaction().start("demo", 0):
        pool.init()
    with Transaction().start("demo", 1, context={"active_test": False}) as transaction:
        Party = pool.get("party.party")
        Party.create([party(dice, number) for number in range(1, PARTIES + 1)])
        transaction.commit()


main()
