"""Reads the sample companies; their confirmation dates follow the day on which they are loaded."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import orjson

from company_db.model import PUBLISHABLE_FIELDS, CompanyRecord

_FILE = Path(__file__).parent / "companies.jsonl"

REGISTER = Path(__file__).parent / "registry_20231031.csv"
"""A fictional file of the corporate-number register: companies that are no members, a few of them closed."""


def load_sample(on: date) -> tuple[CompanyRecord, ...]:
    """Return the sample companies as they stand on a day; a few are stale and a few have expired."""
    return tuple(_record(line, on) for line in _FILE.read_bytes().splitlines())


def is_sample(key: str) -> bool:
    """Say whether a key belongs to a sample company: registry code 9999, or an own id of the sample."""
    return key[1:5] == "9999" or key in _own_ids()


def _own_ids() -> frozenset[str]:
    keys = (orjson.loads(line)["key"] for line in _FILE.read_bytes().splitlines())
    return frozenset(key for key in keys if key.startswith("k"))


def _record(line: bytes, on: date) -> CompanyRecord:
    values = orjson.loads(line)
    age = timedelta(days=values.pop("confirmed_days_ago"))
    withheld = frozenset(values.pop("withheld", ()))
    return CompanyRecord.model_validate(
        values | {"confirmed": on - age, "consent": PUBLISHABLE_FIELDS - withheld}
    )
