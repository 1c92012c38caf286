"""Writes the directory's files as whole bytes, from one process or from several."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from company_db.directory_row import DirectoryRow
from company_db.pages.company_page import registered_page
from company_db.pages.list_data import list_csv, list_json
from company_db.pages.list_page import ListPage, list_page
from company_db.pages.listing import ListRow
from company_db.pages.look import Look
from company_db.pages.markup import escape
from company_db.pages.member_page import Related, member_page
from company_db.pages.words import WORDS
from generator.content.company import CompanyProfile
from generator.errors import DataError


class CompanyJob(NamedTuple):
    """One company whose two pages are to be written."""

    row: DirectoryRow
    profile: CompanyProfile | None = None
    private: tuple[str, ...] = ()  # texts that must not stand on the page
    related: Related = ()


class DataJob(NamedTuple):
    """One list whose data files are to be written."""

    path: str  # without ending
    lines: Sequence[ListRow]


Job = CompanyJob | ListPage | DataJob

_CHUNK = 500  # jobs that one process takes at a time
_ALONE = 300  # up to this many jobs a second process costs more than it saves


class Pen:
    """Writes below the site's root; every file appears whole, under its name, by one move."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._folders = {
            language: _opened(look.site / words.prefix / "companies") for language, words in WORDS.items()
        }
        self._around = {name: b"".join(shell.parts) for name, shell in look.shells.items()}
        self._new = f".new-{os.getpid()}"

    def close(self) -> None:
        """Give the folders back."""
        for folder in self._folders.values():
            os.close(folder)

    def write(self, job: Job) -> int:
        """Write all files of one job; return how many."""
        if isinstance(job, CompanyJob):
            return self._company(job)
        if isinstance(job, ListPage):
            for language, words in WORDS.items():
                path = job.path(job.number).removeprefix("companies/")
                self.put(language, f"{path}index.html", list_page(job, self._look, words))
            return 2
        self.put("ja", f"{job.path}.json", list_json(job.lines, self._look.site_url))
        self.put("ja", f"{job.path}.csv", list_csv(job.lines, self._look.site_url))
        return 2

    def _company(self, job: CompanyJob) -> int:
        for language, words in WORDS.items():
            if job.profile is None:
                data = registered_page(job.row, self._look, words)
            else:
                data = member_page(job.row, job.profile, job.related, self._look, words)
                _hold_against(job, data, self._around[language])
            self._put(self._folders[language], job.row.key, "index.html", data)
        return 2

    def put(self, language: str, path: str, data: bytes) -> None:
        """Write one file below ``companies/`` of a language, making its folders."""
        folder, _, name = path.rpartition("/")
        at = self._folders[language]
        if folder.count("/"):
            for depth in range(1, folder.count("/") + 1):
                _make(at, "/".join(folder.split("/")[:depth]))
        self._put(at, folder, name, data)

    def _put(self, at: int, folder: str, name: str, data: bytes) -> None:
        if folder:
            _make(at, folder)
        file = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=at)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
        finally:
            os.close(file)
        os.replace(self._new, f"{folder}/{name}" if folder else name, src_dir_fd=at, dst_dir_fd=at)


def _hold_against(job: CompanyJob, page: bytes, around: bytes) -> None:
    """Refuse a page that shows what its company did not agree to; words of the shell and of linked titles are ours."""
    elsewhere = around + "".join(title for _, title, _ in job.related).encode()
    for text in job.private:
        if escape(text).encode() in page and text.encode() not in elsewhere:
            raise DataError(
                f"{job.row.key}: 公開に同意のない項目がページに出ています。ページを書かずに止めました。"
                "企業の公開区分を確かめてください"
            )


def _make(at: int, folder: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(folder, 0o755, dir_fd=at)


def _opened(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)


@dataclass
class _Desk:
    """The pen of one worker process."""

    pen: Pen | None = None


_desk = _Desk()


def _sit_down(look: Look) -> None:
    gc.disable()  # pages are plain text: nothing here holds itself
    _desk.pen = Pen(look)


def _write_all(packed: Sequence[tuple[Any, ...]]) -> int:
    pen = _desk.pen
    if pen is None:
        raise RuntimeError("a worker was not given its look")
    return sum(pen.write(_unpacked(*parts)) for parts in packed)


def _packed(job: Job) -> tuple[Any, ...]:
    """Return a job as plain tuples, which cross to another process several times faster than named ones."""
    if isinstance(job, CompanyJob):
        return "company", tuple(job.row), *job[1:]
    return type(job).__name__, *job[:-1], [tuple(line) for line in job.lines]


def _unpacked(kind: str, *parts: Any) -> Job:
    if kind == "company":
        return CompanyJob(DirectoryRow._make(parts[0]), *parts[1:])
    lines = [ListRow._make(line) for line in parts[-1]]
    return (
        ListPage._make([*parts[:-1], lines])
        if kind == ListPage.__name__
        else DataJob._make([*parts[:-1], lines])
    )


def write_jobs(jobs: Iterable[Job], look: Look, *, processes: int) -> int:
    """Write every job, in this process when they are few; return how many files were written."""
    stream = iter(jobs)
    first = list(islice(stream, _ALONE))
    if len(first) < _ALONE or processes == 1:
        pen = Pen(look)
        try:
            return sum(map(pen.write, first)) + sum(map(pen.write, stream))
        finally:
            pen.close()
    written, waiting = 0, set[Future[int]]()
    context = get_context("spawn")  # a fork would copy the rows into every process
    with ProcessPoolExecutor(processes, context, initializer=_sit_down, initargs=(look,)) as pool:
        for chunk in _chunks(first, stream):
            waiting.add(pool.submit(_write_all, [_packed(job) for job in chunk]))
            if len(waiting) > 2 * processes:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                written += sum(future.result() for future in done)
        return written + sum(future.result() for future in waiting)


def _chunks(first: list[Job], stream: Iterator[Job]) -> Iterator[list[Job]]:
    yield first
    while chunk := list(islice(stream, _CHUNK)):
        yield chunk
