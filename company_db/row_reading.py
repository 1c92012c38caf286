"""Reads the rows of the companies that are shown; no record of a member is read here.

A SQLite file is read through the standard library alone, so that a build that changes nothing, and each process
that only writes pages, starts fast.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from company_db.directory_row import DirectoryRow, ListedRow
from generator.errors import SettingsError

_DIGEST = "c.digest || COALESCE(p.digest, '') || COALESCE(s.name, '')"
COLUMNS = f"""
c.key, COALESCE(p.name, c.name), COALESCE(p.kana, c.kana), COALESCE(p.name_en, c.name_en), c.kind,
COALESCE(p.postal_code, c.postal_code), COALESCE(p.address, c.address), c.address_en,
COALESCE(p.municipality_code, c.municipality_code), COALESCE(p.industries, ''), p.key IS NOT NULL,
COALESCE(p.confirmed, ''), c.closed, c.close_cause, c.successor, COALESCE(s.name, ''), {_DIGEST}, c.seq
"""
"""The columns of a ``DirectoryRow``."""

_LISTED_COLUMNS = f"""
c.key, COALESCE(p.name, c.name), COALESCE(p.kana, c.kana), COALESCE(p.name_en, c.name_en),
COALESCE(p.municipality_code, c.municipality_code), COALESCE(p.industries, ''), p.key IS NOT NULL,
COALESCE(p.confirmed, ''), c.closed, {_DIGEST}
"""

SHOWN = """
FROM company AS c
LEFT JOIN profile AS p
  ON p.key = c.key AND p.listed AND (p.confirmed = '' OR p.confirmed >= :oldest) AND c.closed = ''
LEFT JOIN company AS s ON s.key = c.successor AND c.successor <> '' AND NOT s.hidden AND (
  s.listable OR s.closed = '' AND EXISTS (
    SELECT 1 FROM profile AS q
    WHERE q.key = s.key AND q.listed AND (q.confirmed = '' OR q.confirmed >= :oldest)))
WHERE NOT c.hidden AND (c.listable OR p.key IS NOT NULL)
"""
"""Every company that has a page, with its profile and, where it has a page too, its successor."""

# texts of this module alone; every value is bound
_LISTED_ROWS = f"SELECT {_LISTED_COLUMNS} {SHOWN} ORDER BY c.key"
_ROWS_BETWEEN = f"SELECT {COLUMNS} {SHOWN} AND c.key BETWEEN :first AND :last ORDER BY c.key"
_CHANGED_ROWS = f"SELECT {COLUMNS} {SHOWN} AND c.seq > :after"


@dataclass(frozen=True, slots=True)
class ShownRows:
    """Where the rows are and which members' pages are too old; plain enough to be sent to another process."""

    url: str
    oldest: str  # ISO date: members confirmed before it are shown as the register knows them

    def known(self) -> int:
        """Return how many companies the database knows, shown or not: a quick measure of the work ahead."""
        return next(iter([int(count) for (count,) in self.read("SELECT COUNT(*) FROM company")]), 0)

    def listed(self) -> list[ListedRow]:
        """Return every company with a page, in key order, as lists need it."""
        return list(map(ListedRow._make, self.read(_LISTED_ROWS)))

    def between(self, first: str, last: str) -> Iterator[DirectoryRow]:
        """Yield the companies with a page whose keys lie between two, both included."""
        return map(DirectoryRow._make, self.read(_ROWS_BETWEEN, first=first, last=last))

    def changed_after(self, seq: int) -> list[DirectoryRow]:
        """Return those changed after a remembered ``seq``, in key order."""
        return sorted(map(DirectoryRow._make, self.read(_CHANGED_ROWS, after=seq)))

    def read(self, sql: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """Yield what a query finds; ``:oldest`` is always bound."""
        bound = {"oldest": self.oldest, **values}
        if self.url.startswith("sqlite:///"):
            return _read_sqlite(Path(self.url.removeprefix("sqlite:///")), sql, bound)
        return _read_server(self.url, sql, bound)


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
