"""A list as open data: JSON, and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import orjson

from company_db.directory_row import ListedRow
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


def list_json(companies: Sequence[bytes], site_url: str) -> bytes:
    """Return the list as one JSON document, its companies as ``company_json`` gives them, in list order."""
    base = orjson.dumps(f"{site_url}companies/")
    return b'{"base":%b,"count":%d,"companies":[%b]}' % (base, len(companies), b",".join(companies))


def company_json(row: ListedRow) -> bytes:
    """Return one company of a list."""
    company: dict[str, object] = {"key": row.key, "name": row.name}
    if row.kana:
        company["kana"] = row.kana
    if row.name_en:
        company["name_en"] = row.name_en
    if row.municipality_code:
        company["municipality"] = row.municipality_code
    if row.industries:
        company["industries"] = row.industries.split()
    if row.member:
        company["member"] = True
    if row.confirmed:
        company["confirmed"] = row.confirmed
    made = orjson.dumps(company)
    return bytes(memoryview(made))  # a copy of its own size: what orjson returns holds a kilobyte


def list_csv(lines: Iterable[bytes]) -> bytes:
    """Return the list as CSV with a byte-order mark and CRLF, its companies as ``csv_lines`` gives them."""
    return b"".join((b"\xef\xbb\xbf", _line(HEADER), *lines))


def company_csv(row: ListedRow, site_url: str) -> bytes:
    """Return one company's line; texts that look like formulas get an apostrophe."""
    key, town, member = row.key, row.municipality_code, "1" if row.member else "0"
    texts = (row.name, row.kana, row.name_en)
    about = (town, names("municipality", "ja").get(town, ""), row.industries, member, row.confirmed)
    cells = (*about, f"{site_url}companies/{key}/")
    if "".join(texts).isalnum():  # as most are: nothing to quote and no formula
        return f"{','.join((key, *texts, *cells))}\r\n".encode()
    return _line((key, *map(safe, texts), *cells))


def _line(values: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue().encode("utf-8", "replace")


def safe(text: str) -> str:
    """Return a text as one line that a spreadsheet shows as it is."""
    return safe_cell(" ".join(text.split()) if not text.isprintable() else text)
