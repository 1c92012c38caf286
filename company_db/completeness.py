"""How complete a member's page is, and what is missing: for staff and for the company itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from company_db.intake.columns import COLUMNS
from company_db.model import CompanyRecord

WEIGHTS = {
    "headline": 10,
    "business": 10,
    "capabilities": 12,
    "products": 10,
    "equipment": 8,
    "certifications": 4,
    "industries": 6,
    "address": 5,
    "telephone": 5,
    "url": 4,
    "founded": 2,
    "capital_yen": 2,
    "employees": 2,
    "strengths": 4,
    "pr": 4,
    "photos": 4,
    "name_en": 2,
    "headline_en": 3,
    "business_en": 3,
}
"""What a buyer decides on weighs most; the weights add up to 100."""

_HEADERS = {column.field: column.header for column in COLUMNS} | {"photos": "写真"}


@dataclass(frozen=True, slots=True)
class Completeness:
    """A score of 0 to 100 and the headers of what is missing, heaviest first."""

    score: int
    missing: tuple[str, ...]


def completeness(record: CompanyRecord) -> Completeness:
    """Score a record by the fields that are filled in."""
    score, missing = weigh(name for name in WEIGHTS if getattr(record, name) not in ("", None, ()))
    return Completeness(score, tuple(_HEADERS[name] for name in missing))


def weigh(filled: Iterable[str]) -> tuple[int, tuple[str, ...]]:
    """Return the score of filled fields and the names of the others, heaviest first."""
    missing = sorted(
        WEIGHTS.keys() - set(filled), key=lambda name: (-WEIGHTS[name], list(WEIGHTS).index(name))
    )
    return sum(WEIGHTS.values()) - sum(WEIGHTS[name] for name in missing), tuple(missing)
