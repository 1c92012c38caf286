"""What the directory's pages read: listed companies as plain rows, members as public profiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from company_db.directory_row import DirectoryRow
from company_db.location import companies_url
from company_db.model import CompanyRecord
from company_db.publication import private_values, public_view
from company_db.row_reading import COLUMNS, SHOWN, ShownRows
from generator.content.company import CompanyProfile
from generator.errors import DataError
from generator.settings import Settings


@dataclass(frozen=True, slots=True)
class DirectoryCounts:
    """How many companies the directory shows."""

    listed: int = 0
    members: int = 0
    closed: int = 0


class Member(NamedTuple):
    """A listed, open member: its row and its public view, both of one moment."""

    row: DirectoryRow
    profile: CompanyProfile
    private: tuple[str, ...]  # texts that must stand in no output


# texts of two modules; every value is bound
_MEMBERS = f"""
SELECT {COLUMNS}, p.record {SHOWN} AND p.key IS NOT NULL AND (:key = '' OR c.key = :key) ORDER BY c.key
"""

_COUNTS = f"""
SELECT COALESCE(SUM(CASE WHEN c.closed = '' THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN p.key IS NOT NULL THEN 1 ELSE 0 END), 0),
       COALESCE(SUM(CASE WHEN c.closed <> '' THEN 1 ELSE 0 END), 0)
{SHOWN}
"""

_LARGE_PHOTO = "SELECT large FROM photo WHERE key = :key AND digest = :digest"
_SMALL_PHOTO = "SELECT small FROM photo WHERE key = :key AND digest = :digest"
_LAST_RUN = "SELECT id, digest FROM run ORDER BY id DESC LIMIT 1"


class Directory:
    """The public side of the enterprise database on one day; an absent database is an empty directory."""

    def __init__(self, settings: Settings, on: date) -> None:
        oldest = on - timedelta(days=settings.unlist_after_days)
        self.shown = ShownRows(companies_url(settings), oldest.isoformat())

    def rows(self, *, after_seq: int = 0) -> Iterator[DirectoryRow]:
        """Yield every company with a page in key order, or only those changed after a remembered ``seq``."""
        return iter(self.shown.changed_after(after_seq)) if after_seq else self.shown.between("", "z")

    def members(self, keys: Sequence[str] = ()) -> Iterator[Member]:
        """Yield listed, open members: all in key order, or those among some keys."""
        records = chain.from_iterable(map(self._records, keys)) if keys else self._records("")
        for row, record in records:
            profile = public_view(record)
            yield Member(row, profile, private_values(record, profile))

    def profiles(self) -> Iterator[CompanyProfile]:
        """Yield the public view of every listed, open member in key order."""
        return (public_view(record) for _, record in self._records(""))

    def find_profile(self, key: str) -> CompanyProfile | None:
        """Return the public view of one listed, open member."""
        return next(iter([public_view(record) for _, record in self._records(key)]), None)

    def photo(self, path: str) -> bytes:
        """Return the bytes of one picture by its path ``…/<key>/<digest>[-s].webp``; ``DataError`` without it."""
        folder, _, name = path.rpartition("/")
        digest, _, small = name.removesuffix(".webp").partition("-")
        sql = _SMALL_PHOTO if small else _LARGE_PHOTO
        found = [bytes(row[0]) for row in self.shown.read(sql, key=folder.rpartition("/")[2], digest=digest)]
        if not found:
            raise DataError(f"{path}: 写真がデータベースにありません。控えから戻してください")
        return found[0]

    def counts(self) -> DirectoryCounts:
        """Return how many companies are shown."""
        return DirectoryCounts(*(int(count) for row in self.shown.read(_COUNTS) for count in row))

    def last_seq(self) -> int:
        """Return the ``seq`` of the newest intake, 0 before the first."""
        return int(self._last_run()[0])

    def fingerprint(self) -> str:
        """Return a text that changes whenever an intake changed anything, even in a database made anew."""
        return "-".join(map(str, self._last_run()))

    def _last_run(self) -> tuple[int, str]:
        return next(
            iter([(int(run), str(digest)) for run, digest in self.shown.read(_LAST_RUN)]), (0, "empty")
        )

    def _records(self, key: str) -> Iterator[tuple[DirectoryRow, CompanyRecord]]:
        for *columns, text in self.shown.read(_MEMBERS, key=key):
            yield DirectoryRow._make(columns), CompanyRecord.model_validate_json(text)
