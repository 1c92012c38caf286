"""What the directory's pages read: listed companies as plain rows, members as public profiles.

A SQLite file is read through the standard library alone, so that a build that changes nothing stays fast.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from company_db.directory_row import DirectoryRow
from company_db.location import companies_url
from company_db.model import CompanyRecord
from company_db.publication import private_values, public_view
from generator.content.company import CompanyProfile
from generator.errors import DataError, SettingsError
from generator.settings import Settings


@dataclass(frozen=True, slots=True)
class DirectoryCounts:
    """How many companies the directory shows."""

    listed: int = 0
    members: int = 0
    closed: int = 0


_ROWS = """
SELECT c.key, COALESCE(p.name, c.name), COALESCE(p.kana, c.kana), COALESCE(p.name_en, c.name_en), c.kind,
       COALESCE(p.postal_code, c.postal_code), COALESCE(p.address, c.address), c.address_en,
       COALESCE(p.municipality_code, c.municipality_code), COALESCE(p.industries, ''), p.key IS NOT NULL,
       COALESCE(p.confirmed, ''), c.closed, c.close_cause, c.successor, COALESCE(s.name, ''),
       c.digest || COALESCE(p.digest, ''), c.seq
FROM company AS c
LEFT JOIN profile AS p
  ON p.key = c.key AND p.listed AND (p.confirmed = '' OR p.confirmed >= :oldest) AND c.closed = ''
LEFT JOIN company AS s ON s.key = c.successor AND c.successor <> ''
WHERE NOT c.hidden AND (c.listable OR p.key IS NOT NULL)
"""
_ALL_ROWS = f"{_ROWS} ORDER BY c.key"  # two texts of this module, no value
_CHANGED_ROWS = f"{_ROWS} AND c.seq > :after"  # unordered, so that the index on seq is taken

_RECORDS = """
SELECT p.record FROM profile AS p JOIN company AS c ON c.key = p.key
WHERE p.listed AND (p.confirmed = '' OR p.confirmed >= :oldest) AND NOT c.hidden AND c.closed = ''
  AND (:key = '' OR p.key = :key)
ORDER BY p.key
"""

_COUNTS = """
SELECT COALESCE(SUM(CASE WHEN c.closed = '' THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN p.key IS NOT NULL THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN c.closed <> '' THEN 1 ELSE 0 END), 0)
FROM company AS c
LEFT JOIN profile AS p
  ON p.key = c.key AND p.listed AND (p.confirmed = '' OR p.confirmed >= :oldest) AND c.closed = ''
WHERE NOT c.hidden AND (c.listable OR p.key IS NOT NULL)
"""

_LARGE_PHOTO = "SELECT large FROM photo WHERE key = :key AND digest = :digest"
_SMALL_PHOTO = "SELECT small FROM photo WHERE key = :key AND digest = :digest"
_LAST_RUN = "SELECT id, digest FROM run ORDER BY id DESC LIMIT 1"


class Directory:
    """The public side of the enterprise database on one day; an absent database is an empty directory."""

    def __init__(self, settings: Settings, on: date) -> None:
        self._url = companies_url(settings)
        self._oldest = {"oldest": (on - timedelta(days=settings.unlist_after_days)).isoformat()}

    def rows(self, *, after_seq: int = 0) -> Iterator[DirectoryRow]:
        """Yield every company with a page in key order, or only those changed after a remembered ``seq``."""
        if after_seq:
            changed = self._read(_CHANGED_ROWS, {**self._oldest, "after": after_seq})
            return map(DirectoryRow._make, sorted(changed))
        return map(DirectoryRow._make, self._read(_ALL_ROWS, self._oldest))

    def profiles(self) -> Iterator[CompanyProfile]:
        """Yield the public view of every listed, open member in key order."""
        return map(public_view, self._records(""))

    def members(self, keys: Sequence[str] = ()) -> Iterator[tuple[CompanyProfile, tuple[str, ...]]]:
        """Yield the public view of members (of all, or of some keys) with the texts that must stand in no output."""
        records = chain.from_iterable(map(self._records, keys)) if keys else self._records("")
        return ((public_view(record), private_values(record)) for record in records)

    def find_profile(self, key: str) -> CompanyProfile | None:
        """Return the public view of one listed, open member."""
        return next(iter([public_view(record) for record in self._records(key)]), None)

    def private_values(self, key: str) -> tuple[str, ...]:
        """Return the texts of one member that must stand in no output, for the check after rendering."""
        return next(iter([private_values(record) for record in self._records(key)]), ())

    def photo(self, path: str) -> bytes:
        """Return the bytes of one picture by its path ``…/<key>/<digest>[-s].webp``; ``DataError`` without it."""
        folder, _, name = path.rpartition("/")
        digest, _, small = name.removesuffix(".webp").partition("-")
        sql = _SMALL_PHOTO if small else _LARGE_PHOTO
        row = self._first(sql, {"key": folder.rpartition("/")[2], "digest": digest})
        if row is None:
            raise DataError(f"{path}: 写真がデータベースにありません。控えから戻してください")
        return bytes(row[0])

    def counts(self) -> DirectoryCounts:
        """Return how many companies are shown."""
        return DirectoryCounts(*map(int, self._first(_COUNTS, self._oldest) or (0, 0, 0)))

    def last_seq(self) -> int:
        """Return the ``seq`` of the newest intake, 0 before the first."""
        return int((self._first(_LAST_RUN, {}) or (0, ""))[0])

    def fingerprint(self) -> str:
        """Return a text that changes whenever an intake changed anything, even in a database made anew."""
        return "-".join(map(str, self._first(_LAST_RUN, {}) or (0, "empty")))

    def _records(self, key: str) -> Iterator[CompanyRecord]:
        for (text,) in self._read(_RECORDS, {**self._oldest, "key": key}):
            yield CompanyRecord.model_validate_json(text)

    def _first(self, sql: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        return next(iter([*self._read(sql, values)]), None)

    def _read(self, sql: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        if self._url.startswith("sqlite:///"):
            return _read_sqlite(Path(self._url.removeprefix("sqlite:///")), sql, values)
        return _read_server(self._url, sql, values)


def _read_sqlite(path: Path, sql: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA query_only=ON")
        try:
            cursor = connection.execute(sql, dict(values))
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                raise SettingsError(
                    f"{path.name}: 表がまだありません。koho db upgrade を実行してください"
                ) from None
            raise
        yield from cursor


def _read_server(url: str, sql: str, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    from generator.storage.database import open_database

    engine = open_database(url)
    try:
        with (
            engine.connect().execution_options(stream_results=True, max_row_buffer=5000) as connection,
            connection.execute(text(sql), dict(values)) as result,
        ):
            yield from map(tuple, result)
    except ProgrammingError:
        raise SettingsError(
            "企業データベースに表がまだありません。koho db upgrade を実行してください"
        ) from None
    finally:
        engine.dispose()
