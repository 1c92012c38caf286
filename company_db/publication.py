"""What the public may see of a record: consent is applied here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import orjson
import xxhash

from company_db.classification import codes
from company_db.classification.codes import CodeEntry
from company_db.model import OPEN_FIELDS, STAFF_FIELDS, CapabilityRecord, CompanyRecord, PhotoRecord
from generator.content.company import (
    Capability,
    Certification,
    CompanyProfile,
    Equipment,
    Photo,
    Product,
)
from generator.settings import Settings

_SHOWN_AS_THEY_ARE = frozenset(CompanyProfile.__dataclass_fields__) - {
    "key",
    "corporate_number",
    "capabilities",
    "equipment",
    "certifications",
    "products",
    "photos",
}


class Freshness(StrEnum):
    """How long ago the company confirmed its page; the value is the word shown."""

    FRESH = "確認済み"
    STALE = "要確認"
    EXPIRED = "掲載期限切れ"


def freshness(confirmed: date | None, on: date, settings: Settings) -> Freshness:
    """Return the freshness of a page on a day; a page never confirmed is stale, not expired."""
    if confirmed is None:
        return Freshness.STALE
    age = on - confirmed
    if age > timedelta(days=settings.unlist_after_days):
        return Freshness.EXPIRED
    return Freshness.STALE if age > timedelta(days=settings.stale_after_days) else Freshness.FRESH


def public_fields(record: CompanyRecord) -> frozenset[str]:
    """Return the names of the fields that may be shown."""
    return (OPEN_FIELDS | record.consent) - STAFF_FIELDS


def public_view(record: CompanyRecord) -> CompanyProfile:
    """Return what the public may see; every field without consent is empty."""
    shown = public_fields(record)
    plain: dict[str, Any] = {name: getattr(record, name) for name in _SHOWN_AS_THEY_ARE & shown}
    return CompanyProfile(
        key=record.key,
        corporate_number=record.corporate_number,
        capabilities=tuple(map(_capability, record.capabilities)) if "capabilities" in shown else (),
        equipment=tuple(Equipment(**part.model_dump()) for part in record.equipment)
        if "equipment" in shown
        else (),
        certifications=tuple(
            Certification(part.code, codes.certifications()[part.code].ja, part.number, part.expires)
            for part in record.certifications
        )
        if "certifications" in shown
        else (),
        products=tuple(Product(**part.model_dump()) for part in record.products)
        if "products" in shown
        else (),
        photos=tuple(_photo(record.key, part) for part in record.photos) if "photos" in shown else (),
        **plain,
    )


def private_values(record: CompanyRecord, profile: CompanyProfile) -> tuple[str, ...]:
    """Return the texts that must stand in no output: distinctive values of fields that its public view leaves out."""
    shown = public_fields(record)
    public_text = orjson.dumps(profile, default=str).decode()
    values = {
        text
        for name in frozenset(CompanyRecord.model_fields) - shown - {"key", "listed", "consent"}
        for text in _texts(getattr(record, name))
    }
    return tuple(sorted(text for text in values if len(text) >= 4 and text not in public_text))


def profile_digest(profile: CompanyProfile) -> str:
    """Return 16 hex digits that change when anything public of a profile changes."""
    return xxhash.xxh3_64_hexdigest(orjson.dumps(profile, default=list, option=orjson.OPT_SORT_KEYS))


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, tuple):
        return [text for part in value for text in _texts(part)]
    if isinstance(value, PhotoRecord):
        return [value.digest, *filter(None, (value.alt, value.alt_en))]
    if isinstance(value, CapabilityRecord):
        return [text for text in (value.max_size, value.min_size, value.accuracy) if text]
    return []


def _photo(key: str, part: PhotoRecord) -> Photo:
    path = f"companies/photos/{key}/{part.digest}"
    return Photo(f"{path}.webp", f"{path}-s.webp", part.alt, part.alt_en, part.width, part.height)


def _capability(part: CapabilityRecord) -> Capability:
    process = codes.processes()[part.process]
    return Capability(
        process=part.process,
        process_name=process.ja,
        process_name_en=process.en,
        materials=_names(codes.materials(), part.materials),
        materials_en=_english(codes.materials(), part.materials),
        max_size=part.max_size,
        min_size=part.min_size,
        accuracy=part.accuracy,
        lots=_names(codes.lots(), part.lots),
        lots_en=_english(codes.lots(), part.lots),
        minimum_lot=part.minimum_lot,
    )


def _names(entries: Mapping[str, CodeEntry], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entries[code].ja for code in wanted)


def _english(entries: Mapping[str, CodeEntry], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entries[code].en for code in wanted)
