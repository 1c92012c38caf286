"""A list as open data: JSON, and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import orjson

from company_db.pages.listing import ListRow
from company_db.pages.names import names
from generator.forms.spreadsheet import safe_cell

HEADER = (
    "番号",
    "名称",
    "名称_カナ",
    "名称_英字",
    "全国地方公共団体コード",
    "市町村名",
    "日本標準産業分類",
    "会員",
    "最終確認日",
    "URL",
)


def list_json(lines: Sequence[ListRow], site_url: str) -> bytes:
    """Return the list as one JSON document, in list order."""
    companies = [
        {
            "key": line.key,
            "name": line.name,
            "kana": line.kana,
            "name_en": line.name_en,
            "municipality": line.municipality_code,
            "industries": line.industries.split(),
            "member": line.member,
            "confirmed": line.confirmed,
        }
        for line in lines
    ]
    lean = [{name: value for name, value in company.items() if value} for company in companies]
    document = {"base": f"{site_url}companies/", "count": len(lean), "companies": lean}
    return orjson.dumps(document)


def list_csv(lines: Sequence[ListRow], site_url: str) -> bytes:
    """Return the list as CSV with a byte-order mark and CRLF; texts that look like formulas get an apostrophe."""
    towns = names("municipality", "ja")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(
        (
            line.key,
            safe(line.name),
            safe(line.kana),
            safe(line.name_en),
            line.municipality_code,
            towns.get(line.municipality_code, ""),
            line.industries,
            1 if line.member else 0,
            line.confirmed,
            f"{site_url}companies/{line.key}/",
        )
        for line in lines
    )
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def safe(text: str) -> str:
    """Return a text as one line that a spreadsheet shows as it is."""
    return safe_cell(" ".join(text.split()) if not text.isprintable() else text)
