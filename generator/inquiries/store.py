"""Keeps every inquiry before a mail is tried, so that a silent mail server loses nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from generator.registrations.tables import inquiry
from generator.storage.database import writing


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What somebody asks the office; ``about`` holds site addresses."""

    address: str
    name: str
    message: str
    company: str = ""
    telephone: str = ""
    country: str = ""
    about: tuple[str, ...] = ()
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class StoredInquiry:
    """An inquiry with its number, its moment (ISO, UTC) and whether the office's mail was handed over."""

    id: int
    at: str
    inquiry: Inquiry
    is_forwarded: bool


class InquiryStore:
    """Inquiries in the visitors' database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def keep(self, connection: Connection, asked: Inquiry, now: datetime) -> tuple[int, bool]:
        """Store an inquiry; return its number and whether it is new (the same words on the same day are one)."""
        digest = hashlib.sha256(f"{now:%Y-%m-%d}\0{asked!r}".encode()).hexdigest()
        known = connection.execute(select(inquiry.c.id).where(inquiry.c.digest == digest)).scalar()
        if known is not None:
            return int(known), False
        row = {
            "at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "address": asked.address,
            "name": asked.name,
            "company": asked.company,
            "telephone": asked.telephone,
            "country": asked.country,
            "about": "\n".join(asked.about),
            "message": asked.message,
            "language": asked.language,
            "digest": digest,
            "forwarded_at": "",
        }
        return int(connection.execute(insert(inquiry).values(row).returning(inquiry.c.id)).scalar_one()), True

    def mark_forwarded(self, number: int, now: datetime) -> None:
        """Note that the office's mail was handed over."""
        with writing(self.engine).begin() as connection:
            stamp = now.astimezone(UTC).isoformat(timespec="seconds")
            connection.execute(update(inquiry).where(inquiry.c.id == number).values(forwarded_at=stamp))

    def all(self) -> list[StoredInquiry]:
        """Return every inquiry, oldest first."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(inquiry).order_by(inquiry.c.id)).mappings().all()
        return [
            StoredInquiry(
                row["id"],
                row["at"],
                Inquiry(
                    row["address"],
                    row["name"],
                    row["message"],
                    row["company"],
                    row["telephone"],
                    row["country"],
                    tuple(row["about"].splitlines()),
                    row["language"],
                ),
                bool(row["forwarded_at"]),
            )
            for row in rows
        ]
