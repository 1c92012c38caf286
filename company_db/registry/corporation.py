"""One corporation as the register tells it: a checked row in the shape of the company table."""

from __future__ import annotations

import re
from typing import NamedTuple

from company_db import corporate_number
from company_db.classification import codes

LISTABLE_KINDS = frozenset({"301", "302", "303", "304", "305"})
"""Companies under the Companies Act; courts, municipalities, shrines, unions and the like are not listed."""

PROCESSES = frozenset({"01", "11", "12", "13", "21", "22", "71", "72", "81", "99"})
WITHDRAWN = frozenset({"81", "99"})  # 商号の登記の抹消, 削除
REVIVED = "22"

_DATE = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")


class Corporation(NamedTuple):
    """The columns of the company table that the register fills, in the table's order."""

    key: str
    kind: str
    name: str
    kana: str
    name_en: str
    name_image: str  # id of the image where the name holds 外字
    prefecture_code: str
    municipality_code: str
    postal_code: str
    address: str
    address_en: str
    process: str
    changed: str
    assigned: str
    closed: str
    close_cause: str
    successor: str
    hidden: bool
    registry_date: str
    listable: bool


def refusal(row: list[str]) -> str:
    """Return why a row of 30 columns cannot be taken, or empty."""
    if len(row) != 30:
        return f"列の数が{len(row)}です（23か30のはず）"
    if not corporate_number.is_valid(row[1]):
        return f"法人番号「{row[1]}」の検査用の数字が合いません"
    if row[2] not in PROCESSES:
        return f"処理区分「{row[2]}」は一覧にありません"
    if row[8] not in codes.kinds():
        return f"法人種別「{row[8]}」は一覧にありません"
    for place, label in ((4, "更新年月日"), (5, "変更年月日"), (18, "閉鎖等年月日")):
        if not _DATE.fullmatch(row[place]) and (row[place] or place == 4):
            return f"{label}「{row[place]}」が日付ではありません"
    if row[19] and row[19] not in codes.close_causes():
        return f"閉鎖等の事由「{row[19]}」は一覧にありません"
    if not row[6] and row[2] not in WITHDRAWN:
        return "商号又は名称が空です"
    return ""


def corporation(row: list[str], own_prefecture: str) -> Corporation:
    """Return the corporation of a row that was not refused."""
    municipality = row[13] + row[14]
    hidden = row[29] == "1" or row[2] in WITHDRAWN
    postal = row[15]
    return Corporation(
        row[1],
        row[8],
        row[6] or "（名称の登記なし）",
        row[28],
        row[24],
        row[7],
        row[13],
        municipality if municipality in codes.municipalities() else "",
        f"{postal[:3]}-{postal[3:]}" if len(postal) == 7 else "",
        row[10] + row[11] if row[13] else row[16],
        ", ".join(filter(None, (row[26], row[25]))),
        row[2],
        row[5],
        row[22],
        row[18],
        row[19],
        row[20],
        hidden,
        row[4],
        not hidden and row[13] == own_prefecture and row[8] in LISTABLE_KINDS,
    )


def moved_away(known: Corporation, on: str) -> Corporation:
    """Return a corporation whose newest record stands in another prefecture's file."""
    return known._replace(prefecture_code="", municipality_code="", listable=False, registry_date=on)
