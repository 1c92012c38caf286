"""Rows of the corporate-number register, changed by keyword, and the files that hold them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from company_db.corporate_number import check_digit

FIELDS = """
    sequence number process correct updated changed name name_image kind prefecture city street address_image
    prefecture_code city_code postal outside outside_image closed cause successor change_cause assigned latest
    name_en prefecture_en city_en outside_en kana hidden
""".split()  # noqa: SIM905  # thirty names read better as a paragraph


def number(serial: int) -> str:
    base = f"9999{serial:08d}"
    return check_digit(base) + base


def make_row(serial: int = 1, **over: Any) -> list[str]:
    given: dict[str, str] = {
        "sequence": str(serial),
        "number": number(serial),
        "process": "01",
        "correct": "0",
        "updated": "2024-01-04",
        "changed": "2015-10-05",
        "name": f"見本{serial}株式会社",
        "kind": "301",
        "prefecture": "茨城県",
        "city": "水戸市",
        "street": "東原９００１番地",
        "prefecture_code": "08",
        "city_code": "201",
        "postal": "3100000",
        "assigned": "2015-10-05",
        "latest": "1",
        "kana": "ミホン",
        "hidden": "0",
    }
    given |= over
    return [given.get(name, "") for name in FIELDS]


def text_of(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def write_file(path: Path, rows: list[list[str]], *, encoding: str = "utf-8") -> Path:
    path.write_bytes(text_of(rows).encode(encoding))
    return path


def write_zip(path: Path, rows: list[list[str]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.with_suffix(".csv").name, text_of(rows))
        archive.writestr(path.with_suffix(".csv.asc").name, "signature")
    return path
