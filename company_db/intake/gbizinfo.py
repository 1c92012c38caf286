"""Joins public facts of gBizINFO (CSV or JSON) to members by corporate number; a company's own words stay."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from company_db.classification import codes
from company_db.corporate_number import is_valid
from company_db.intake import cleaning
from company_db.model import CertificationRecord, CompanyRecord
from generator.errors import DataError

MAX_BYTES = 300_000_000

_HEADERS = {
    "capital_yen": ("資本金",),
    "employees": ("従業員数",),
    "url": ("WebサイトURL", "企業ホームページ"),
    "founded": ("設立年月日", "創業年"),
    "certifications": ("届出認定等", "届出・認定等"),
    "subsidies": ("補助金等",),
    "patents": ("発明の名称(等)", "発明の名称（等）", "発明の名称"),
    "patent_number": ("登録番号",),
    "patent_type": ("特許/意匠/商標",),
}


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """What gBizINFO knows of one corporation; the titles are as published."""

    key: str
    capital_yen: int | None = None
    employees: int | None = None
    url: str = ""
    founded: str = ""
    certifications: tuple[str, ...] = ()
    subsidies: tuple[str, ...] = ()
    patents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A fact that differs from what the company says; the company's value was kept."""

    key: str
    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Records with their new facts, what disagrees, and how many corporations are no members."""

    records: tuple[CompanyRecord, ...]
    disagreements: tuple[Disagreement, ...]
    unknown: int


def load_gbizinfo(path: Path) -> tuple[PublicFacts, ...]:
    """Read a file of gBizINFO: JSON of the API, or a CSV (basic facts, certifications, subsidies, patents)."""
    if not path.is_file():
        raise DataError(f"{path}: ファイルがありません")
    if path.stat().st_size > MAX_BYTES:
        raise DataError(f"{path.name}: 大きすぎます（上限 {MAX_BYTES // 1_000_000} MB）")
    data = path.read_bytes()
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        return tuple(_merged(_from_json(path.name, data)))
    return tuple(_merged(_from_csv(path.name, data)))


def join(records: Iterable[CompanyRecord], facts: Iterable[PublicFacts]) -> Joined:
    """Fill what is empty, add titles that are new, and report what disagrees."""
    by_key = {fact.key: fact for fact in facts}
    joined: list[CompanyRecord] = []
    disagreements: list[Disagreement] = []
    for record in records:
        fact = by_key.pop(record.key, None)
        if fact is not None:
            joined.append(_filled(record, fact))
            disagreements.extend(_disagreements(record, fact))
    return Joined(tuple(joined), tuple(disagreements), len(by_key))


def _filled(record: CompanyRecord, fact: PublicFacts) -> CompanyRecord:
    values: dict[str, Any] = {name: getattr(record, name) for name in CompanyRecord.model_fields}
    for name in ("capital_yen", "employees", "url", "founded"):
        if values[name] in (None, ""):
            values[name] = getattr(fact, name)
    values["subsidies"] = _with_new(record.subsidies, fact.subsidies)
    values["patents"] = _with_new(record.patents, fact.patents)
    held = {part.code for part in record.certifications}
    known = (codes.find_code(codes.certifications(), title) for title in fact.certifications)
    new = dict.fromkeys(code for code in known if code is not None and code not in held)
    values["certifications"] = (*record.certifications, *(CertificationRecord(code=code) for code in new))
    return CompanyRecord.model_validate(values)


def _with_new(held: tuple[str, ...], titles: tuple[str, ...]) -> tuple[str, ...]:
    return (*held, *(title for title in dict.fromkeys(titles) if title not in held))


def _disagreements(record: CompanyRecord, fact: PublicFacts) -> Iterator[Disagreement]:
    for name in ("capital_yen", "employees", "founded"):
        ours, theirs = getattr(record, name), getattr(fact, name)
        same_year = name == "founded" and str(theirs)[:4] == str(ours)[:4]
        if ours not in (None, "") and theirs not in (None, "") and ours != theirs and not same_year:
            yield Disagreement(record.key, name, str(ours), str(theirs))


def _merged(facts: Iterable[PublicFacts]) -> Iterator[PublicFacts]:
    """Put the rows of one corporation together: the first figure, every title."""
    merged: dict[str, PublicFacts] = {}
    for fact in facts:
        if (known := merged.get(fact.key)) is None:
            merged[fact.key] = fact
            continue
        merged[fact.key] = replace(
            known,
            capital_yen=known.capital_yen if known.capital_yen is not None else fact.capital_yen,
            employees=known.employees if known.employees is not None else fact.employees,
            url=known.url or fact.url,
            founded=known.founded or fact.founded,
            certifications=known.certifications + fact.certifications,
            subsidies=known.subsidies + fact.subsidies,
            patents=known.patents + fact.patents,
        )
    return iter(merged.values())


def _from_json(name: str, data: bytes) -> Iterator[PublicFacts]:
    try:
        whole = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise DataError(f"{name}: JSONとして読めません（{error}）") from None
    entries = whole.get("hojin-infos") if isinstance(whole, dict) else whole
    if not isinstance(entries, list):
        raise DataError(f"{name}: gBizINFOのJSONではありません（hojin-infos がありません）")
    for entry in entries:
        if isinstance(entry, dict) and is_valid(str(entry.get("corporate_number", ""))):
            yield PublicFacts(
                key=str(entry["corporate_number"]),
                capital_yen=_figure(entry.get("capital_stock")),
                employees=_figure(entry.get("employee_number")),
                url=_url(entry.get("company_url")),
                founded=_founded(entry.get("date_of_establishment") or entry.get("founding_year")),
                certifications=_titles(entry.get("certification")),
                subsidies=_titles(entry.get("subsidy")),
                patents=tuple(
                    _patent(part.get("patent_type"), part.get("registration_number"), part.get("title"))
                    for part in entry.get("patent") or ()
                    if part.get("title")
                ),
            )


def _from_csv(name: str, data: bytes) -> Iterator[PublicFacts]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise DataError(f"{name}: 文字が読めません（UTF-8でもShift_JISでもありません）")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    headers = rows.fieldnames or []
    if "法人番号" not in headers or not any(_cell(dict.fromkeys(headers, "x"), field) for field in _HEADERS):
        raise DataError(f"{name}: gBizINFOのCSVではありません（「法人番号」と事実の列がありません）")
    for row in rows:
        key = (row.get("法人番号") or "").strip()
        if not is_valid(key):
            continue
        certification, subsidy = _cell(row, "certifications"), _cell(row, "subsidies")
        patent = _cell(row, "patents")
        yield PublicFacts(
            key=key,
            capital_yen=_figure(_cell(row, "capital_yen")),
            employees=_figure(_cell(row, "employees")),
            url=_url(_cell(row, "url")),
            founded=_founded(_cell(row, "founded")),
            certifications=(certification,) if certification else (),
            subsidies=(subsidy,) if subsidy else (),
            patents=(_patent(_cell(row, "patent_type"), _cell(row, "patent_number"), patent),)
            if patent
            else (),
        )


def _cell(row: Mapping[str, str | None], field: str) -> str:
    for header, value in row.items():
        if header and header.startswith(_HEADERS[field]) and value:
            return value.strip()
    return ""


def _figure(value: object) -> int | None:
    try:
        return cleaning.count(str(value)) if value not in (None, "") else None
    except ValueError:
        return None


def _founded(value: object) -> str:
    text = str(value or "")[:10]
    try:
        return cleaning.founded(text) if text else ""
    except ValueError:
        return ""


def _url(value: object) -> str:
    text = str(value or "").strip()
    return text if text.startswith(("https://", "http://")) and " " not in text else ""


def _titles(parts: object) -> tuple[str, ...]:
    found = parts if isinstance(parts, list) else []
    return tuple(str(part["title"]).strip() for part in found if isinstance(part, dict) and part.get("title"))


def _patent(kind: object, number: object, title: object) -> str:
    return " ".join(str(part).strip() for part in (kind, number, title) if part)
