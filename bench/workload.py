"""The bodies of the benchmarks: lists of customer records of about 0.5 KB, invented and the same each time."""

import json
import random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂文志建国晓海燕波"
RECORDS = {"0.5 KB": 1, "50 KB": 100, "5 MB": 10_000}


def resident_id(dice):
    body = f"440606{dice.randint(1960, 2002)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{dice.randint(0, 999):03}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]


def bank_card(dice):
    body = "622848" + "".join(dice.choice("0123456789") for _ in range(12))
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body))]
    return body + str((10 - sum(d // 10 + d % 10 for d in doubled) % 10) % 10)


def record(dice, number):
    return {
        "id": number,
        "code": f"C{number:07}",
        "kind": dice.choice(["dealer", "factory", "decorator"]),
        "company": "佛山市顺德区涂装材料经营部",
        "contact": dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(GIVEN),
        "mobile": dice.choice(["138", "139", "186"]) + f"{dice.randint(0, 99999999):08}",
        "email": f"contact{number}@example.cn",
        "id_card": resident_id(dice),
        "bank_card": bank_card(dice),
        "region": "广东省",
        "stage": "quotation",
        "products": ["WB-2100", "EP-3300", "PU-1500"],
        "credit_limit": dice.randint(1, 60) * 10_000,
        "active": True,
        "rating": 4.5,
        "since": "2019-04-11",
        "updated_at": "2026-11-02T08:31:07Z",
        "owner": {"account": "wang", "team": "south"},
    }


def body(records):
    dice = random.Random(records)
    items = [record(dice, n) for n in range(1, records + 1)]
    return json.dumps({"total": records, "items": items}, ensure_ascii=False, separators=(",", ":")).encode()


def write_large_json(path, size):
    """A JSON list of at least `size` bytes: one block of records over and over."""
    block = body(2_000)
    inner = block[block.index(b"[") + 1 : -2]
    with open(path, "wb") as out:
        out.write(b'{"items":[')
        written = 0
        while written < size:
            out.write(b"," if written else b"")
            written += out.write(inner)
        out.write(b"]}")


def write_large_csv(path, size):
    """A CSV file of at least `size` bytes."""
    dice = random.Random(7)
    rows = [record(dice, n) for n in range(1, 20_001)]
    names = [n for n, v in rows[0].items() if not isinstance(v, (dict, list))]
    block = "".join(",".join(str(r[n]) for n in names) + "\r\n" for r in rows).encode()
    with open(path, "wb") as out:
        out.write((",".join(names) + "\r\n").encode())
        written = 0
        while written < size:
            written += out.write(block)
