"""Takes in files of the register: one transaction, each file a run with its summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, insert, select

from company_db.registry.applying import Applying, FileSummary, News, RefusedRow
from company_db.registry.corporation import Corporation, corporation, moved_away, refusal
from company_db.registry.file import RegistryFile
from company_db.registry.gaps import Gap, find_gaps
from company_db.runs import Intake, RunBook, open_runs
from company_db.tables import history, profile, registry_day
from generator.errors import DataError

BATCH = 5_000  # corporations compared and written at once

Progress = Callable[[str, int], None]
"""Told the file's name and how many more of its corporations were applied."""


@dataclass(frozen=True, slots=True)
class MemberNews:
    """What the register changed of a member: its profile is the company's own and stays until it answers."""

    key: str
    name: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RegistrySummary:
    """What all files did, whom to ask about it, and which differential files are missing around them."""

    files: tuple[FileSummary, ...]
    gaps: tuple[Gap, ...] = ()
    members: tuple[MemberNews, ...] = ()

    @property
    def refused(self) -> tuple[RefusedRow, ...]:
        """Every row that was left out."""
        return tuple(row for summary in self.files for row in summary.refused)

    @property
    def written(self) -> int:
        """How many corporations are not as they were before."""
        return sum(s.added + s.changed + s.closed + s.moved for s in self.files)


def import_registry(
    engine: Engine,
    files: Iterable[RegistryFile],
    intake_of: Callable[[str], Intake],
    *,
    prefecture: str,
    progress: Progress = lambda _name, _count: None,
) -> RegistrySummary:
    """Apply files in the order given; all of them, or none.

    A corporation is what its newest row says. A row older than what is known changes nothing, so a file may be
    given again.
    """
    summaries: list[FileSummary] = []
    days: set[date] = set()
    with open_runs(engine) as book:
        before = book.last()
        for file in files:
            summary, covered = _take_in(
                book, file, intake_of(file.name), prefecture=prefecture, progress=progress
            )
            summaries.append(summary)
            days |= covered
        gaps = _gaps_around(book.connection, days)
        members = _member_news(book.connection, after_run=before)
    return RegistrySummary(tuple(summaries), gaps, members)


def _take_in(
    book: RunBook, file: RegistryFile, intake: Intake, *, prefecture: str, progress: Progress
) -> tuple[FileSummary, set[date]]:
    summary = FileSummary(file.name)
    news, days = _read(file, summary, prefecture)
    identity = book.begin(intake)
    applying = Applying(book.connection, identity, summary, prefecture=prefecture)
    written = 0
    keys = sorted([*news.newest, *news.past])
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        written += applying.apply(batch, news)
        progress(file.name, len(batch))
    written += _mark_days(book.connection, identity, days)
    if written:
        counts = {
            name: getattr(summary, name) for name in ("added", "changed", "closed", "moved", "unchanged")
        }
        book.close(identity, counts | {"refused": len(summary.refused)})
    else:
        book.drop(identity)
    return summary, days


def _read(file: RegistryFile, summary: FileSummary, prefecture: str) -> tuple[News, set[date]]:
    newest: dict[str, Corporation] = {}
    past: dict[str, str] = {}
    days: set[str] = set()
    for line, row in file.lines():
        if reason := refusal(row):
            summary.refused.append(RefusedRow(file.name, line, reason))
            continue
        days.add(row[4])
        if row[23] == "0":
            past[row[1]] = max(row[4], past.get(row[1], ""))
            continue
        told = corporation(row, prefecture)
        if told.key not in newest or newest[told.key].registry_date <= told.registry_date:
            newest[told.key] = told
    if not days:
        reason = summary.refused[0].reason if summary.refused else "行がありません"
        raise DataError(f"{file.name}: 使える行がありません（{reason}）")
    return _settled(newest, past), _covered(file, days)


def _settled(newest: dict[str, Corporation], past: dict[str, str]) -> News:
    """Let a day on which only past rows stand take a corporation away, unless a later day brings it back."""
    for key in newest.keys() & past.keys():
        day = past.pop(key)
        if day > newest[key].registry_date:
            newest[key] = moved_away(newest[key], day)
    return News(newest, past)


def _covered(file: RegistryFile, days: set[str]) -> set[date]:
    """Return the days that a file covers: each day of a differential file, the last of a full file."""
    if file.prefixed or len(days) == 1:
        return set(map(date.fromisoformat, days))
    return {date.fromisoformat(file.date_in_name or max(days))}


def _member_news(connection: Connection, *, after_run: int) -> tuple[MemberNews, ...]:
    query = (
        select(history.c.key, profile.c.name, history.c.field, history.c.before, history.c.after)
        .join_from(history, profile, profile.c.key == history.c.key)
        .where(history.c.run > after_run)
        .order_by(history.c.key, history.c.id)
    )
    return tuple(MemberNews(*row) for row in connection.execute(query))


def _mark_days(connection: Connection, run: int, days: set[date]) -> int:
    known = set(connection.execute(select(registry_day.c.day)).scalars())
    new = sorted({day.isoformat() for day in days} - known)
    if new:
        connection.execute(insert(registry_day), [{"day": day, "run": run} for day in new])
    return len(new)


def _gaps_around(connection: Connection, days: set[date]) -> tuple[Gap, ...]:
    """Return the gaps between the days now covered and the known day just before them."""
    known = sorted(
        date.fromisoformat(day) for day in connection.execute(select(registry_day.c.day)).scalars()
    )
    if not days:
        return ()
    before: Sequence[date] = [day for day in known if day < min(days)][-1:]
    return find_gaps([*before, *(day for day in known if min(days) <= day <= max(days))])
