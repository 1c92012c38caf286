"""The processes that write companies' pages: register-only ones they read themselves, members' they are sent."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import NamedTuple, Self, TypeVar

from company_db.directory_row import DirectoryRow
from company_db.pages.look import Look
from company_db.pages.markup import escape
from company_db.pages.member_page import Related, member_page
from company_db.pages.pen import Pen, Place
from company_db.pages.stencil import LeanPages
from company_db.pages.words import WORDS
from company_db.row_reading import ShownRows
from generator.content.company import CompanyProfile
from generator.errors import DataError

_CHUNK = 1_000  # companies that one process takes at a time
_ALONE = 5_000  # up to this many register-only companies the start of processes costs more than it saves
_WEIGHT = 10  # how many of them a member's pages cost


class MemberJob(NamedTuple):
    """One member whose two pages are to be written."""

    row: DirectoryRow
    profile: CompanyProfile
    private: tuple[str, ...]  # texts that must not stand on the page
    digest: str  # as its row was planned
    related: Related = ()


class Written(NamedTuple):
    """What was written; ``strange`` are companies that the database no longer shows as they were planned."""

    files: int
    strange: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """All that a process needs to write pages."""

    look: Look
    shown: ShownRows
    place: Place


class Writer:
    """Writes companies' pages in one process."""

    def __init__(self, desk: Desk) -> None:
        self._look, self._shown = desk.look, desk.shown
        self._pen, self._lean = Pen(desk.place), LeanPages(desk.look)
        self._around = {name: b"".join(shell.parts) for name, shell in desk.look.shells.items()}

    def write_registered(self, digests: Mapping[str, str]) -> Written:
        """Write the register-only companies of some neighbouring keys, with the digests that they should have."""
        files, strange = 0, set(digests)
        for row in self._shown.between(min(digests), max(digests)):
            if row.member or row.key not in digests:
                continue
            for language, page in self._lean.pages(row):
                self._pen.put_page(language, row.key, page)
                files += 1
            if row.digest == digests[row.key]:
                strange.discard(row.key)
        return Written(files, tuple(strange))

    def write_members(self, jobs: Sequence[MemberJob]) -> Written:
        """Write members' pages; refused when one would show what its company did not agree to."""
        for job in jobs:
            for language, words in WORDS.items():
                page = member_page(job.row, job.profile, job.related, self._look, words)
                _hold_against(job, page, self._around[language])
                self._pen.put_page(language, job.row.key, page)
        strange = tuple(job.row.key for job in jobs if job.row.digest != job.digest)
        return Written(len(jobs) * len(WORDS), strange)

    def close(self) -> None:
        """Give the folders back."""
        self._pen.close()


def _hold_against(job: MemberJob, page: bytes, around: bytes) -> None:
    """Refuse a page that shows a private text; words of the shell and of linked titles are ours."""
    elsewhere = around + "".join(title for _, title, _ in job.related).encode()
    for text in job.private:
        if escape(text).encode() in page and text.encode() not in elsewhere:
            raise DataError(
                f"{job.row.key}: 公開に同意のない項目がページに出ています。ページを書かずに止めました。"
                "企業の公開区分を確かめてください"
            )


_Part = TypeVar("_Part")
_Item = TypeVar("_Item")


def _chunks(items: Sequence[_Item]) -> list[Sequence[_Item]]:
    return [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]


@dataclass
class _Seat:
    """The writer of one worker process."""

    writer: Writer | None = None


_seat = _Seat()


def _sit_down(desk: Desk) -> None:
    gc.disable()  # pages are plain text: nothing here holds itself
    _seat.writer = Writer(desk)


def _begin() -> Written:
    return Written(0)


def _work(task: Callable[[Writer, _Part], Written], part: _Part) -> Written:
    if _seat.writer is None:
        raise RuntimeError("a process was not given its desk")
    return task(_seat.writer, part)


class Crew:
    """Takes work as it becomes known and has it done: small work at once, in this process."""

    def __init__(self, desk: Desk, *, processes: int) -> None:
        self._desk, self._processes = desk, processes
        self._writer = Writer(desk)
        self._done: list[Written] = []
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: list[Future[Written]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._writer.close()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def prepare(self, companies: int) -> None:
        """Start the processes when so many companies are to be written; they load while this one still reads."""
        if self._is_small(companies):
            return
        self._pool = self._make_pool()
        self._waiting.append(self._pool.submit(_begin))

    def registered(self, digests: Mapping[str, str]) -> None:
        """Have register-only companies written, given with the digests that their rows should have."""
        chunks = _chunks(sorted(digests))
        parts = [{key: digests[key] for key in chunk} for chunk in chunks]
        self._hand_out(Writer.write_registered, parts, weight=len(digests))

    def members(self, jobs: Sequence[MemberJob]) -> None:
        """Have members' pages written."""
        self._hand_out(Writer.write_members, _chunks(jobs), weight=_WEIGHT * len(jobs))

    def finish(self) -> Written:
        """Wait for all of it."""
        done = [*self._done, *(future.result() for future in self._waiting)]
        return Written(sum(part.files for part in done), tuple(key for part in done for key in part.strange))

    def _hand_out(
        self, task: Callable[[Writer, _Part], Written], parts: Sequence[_Part], *, weight: int
    ) -> None:
        if self._pool is None and self._is_small(weight):
            self._done += [task(self._writer, part) for part in parts]
            return
        self._pool = self._pool or self._make_pool()
        self._waiting += [self._pool.submit(_work, task, part) for part in parts]

    def _is_small(self, weight: int) -> bool:
        return self._processes == 1 or weight <= _ALONE

    def _make_pool(self) -> ProcessPoolExecutor:
        context = get_context("spawn")  # a fork would copy the rows into every process
        return ProcessPoolExecutor(self._processes, context, initializer=_sit_down, initargs=(self._desk,))
