"""Compares corporations with what is known and writes what differs, with its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from company_db.registry.corporation import Corporation, moved_away
from company_db.store import company_digest
from company_db.tables import company, history

MOST_BY_NAME = 2_500

_SILENT = frozenset({"key", "process", "changed", "assigned", "registry_date"})
"""The register's own bookkeeping: it moves without the corporation having changed."""

_COLUMNS = tuple(company.c[name] for name in Corporation._fields)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out, and why."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class FileSummary:
    """What one file did; every corporation of it is counted once."""

    file: str
    added: int = 0
    changed: int = 0
    closed: int = 0
    moved: int = 0  # left the prefecture
    unchanged: int = 0
    elsewhere: int = 0  # unknown to us and now of another prefecture
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True)
class News:
    """What a file says: the newest row of each corporation, and whose rows are all past, on which day."""

    newest: dict[str, Corporation]
    past: dict[str, str]

    def of(self, key: str, known: Corporation | None) -> Corporation | None:
        """Return what a corporation is now; None when the file says nothing that we can keep."""
        if key in self.newest:
            return self.newest[key]
        return moved_away(known, self.past[key]) if known else None


class Applying:
    """Writes one file's news in batches, and counts."""

    def __init__(self, connection: Connection, run: int, summary: FileSummary, *, prefecture: str) -> None:
        self._connection = connection
        self._run = run
        self._summary = summary
        self._prefecture = prefecture

    def apply(self, keys: Sequence[str], news: News) -> int:
        """Apply the news of some corporations; return how many rows were written."""
        known = self._known(keys)
        added: list[Corporation] = []
        changed: list[tuple[Corporation, Corporation]] = []
        renewed: list[Corporation] = []
        for key in keys:
            before = known.get(key)
            now = news.of(key, before)
            if now is None or (before is None and now.prefecture_code != self._prefecture):
                self._summary.elsewhere += 1
            elif before is None:
                added.append(now)
            elif now == before or now.registry_date < before.registry_date:
                self._summary.unchanged += 1
            elif any(_changes(before, now)):
                changed.append((before, now))
            else:
                renewed.append(now)
        self._count(added, changed, renewed)
        self._write(added, changed, renewed)
        return len(added) + len(changed) + len(renewed)

    def _known(self, keys: Sequence[str]) -> dict[str, Corporation]:
        by_name, by_range = company.c.key.in_(keys), company.c.key.between(min(keys), max(keys))
        wanted = by_name if len(keys) <= MOST_BY_NAME else by_range  # servers parse long lists slowly
        rows = self._connection.execute(select(*_COLUMNS).where(wanted))
        return {row[0]: Corporation._make(row) for row in rows}

    def _count(
        self,
        added: Sequence[Corporation],
        changed: Sequence[tuple[Corporation, Corporation]],
        renewed: Sequence[Corporation],
    ) -> None:
        self._summary.added += len(added)
        self._summary.unchanged += len(renewed)
        for before, now in changed:
            if now.closed and not before.closed:
                self._summary.closed += 1
            elif before.prefecture_code == self._prefecture != now.prefecture_code:
                self._summary.moved += 1
            else:
                self._summary.changed += 1

    def _write(
        self,
        added: Sequence[Corporation],
        changed: Sequence[tuple[Corporation, Corporation]],
        renewed: Sequence[Corporation],
    ) -> None:
        if added:
            self._connection.execute(insert(company), [self._values(now) for now in added])
        if changed:
            self._update([self._values(now) for _, now in changed], renew_only=False)
            self._connection.execute(insert(history), list(self._history(changed)))
        if renewed:
            self._update([now._asdict() for now in renewed], renew_only=True)

    def _values(self, now: Corporation) -> dict[str, Any]:
        values = now._asdict()
        return values | {"digest": company_digest(values), "seq": self._run}

    def _update(self, rows: list[dict[str, Any]], *, renew_only: bool) -> None:
        names = sorted(_SILENT - {"key"}) if renew_only else sorted(rows[0].keys() - {"key"})
        statement = (
            update(company)
            .where(company.c.key == bindparam("of_key"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        self._connection.execute(
            statement,
            [{"of_key": row["key"], **{f"new_{name}": row[name] for name in names}} for row in rows],
        )

    def _history(self, changed: Iterable[tuple[Corporation, Corporation]]) -> Iterator[dict[str, Any]]:
        for before, now in changed:
            for name, old, new in _changes(before, now):
                yield {"run": self._run, "key": now.key, "field": name, "before": str(old), "after": str(new)}


def _changes(before: Corporation, now: Corporation) -> Iterator[tuple[str, object, object]]:
    for name, old, new in zip(Corporation._fields, before, now, strict=True):
        if old != new and name not in _SILENT:
            yield name, old, new
