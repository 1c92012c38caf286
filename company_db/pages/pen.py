"""Puts whole files into the directory's folders, so that nobody ever reads half of one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from company_db.pages.words import WORDS

NEW = ".new-"
"""Begins the name of a file that is still being written."""


@dataclass(frozen=True)
class Place:
    """Where a run writes, by language.

    A directory that does not stand yet is ``fresh``: it is written beside the site, where no reader looks, and
    moved in when all of it is there. That spares each file its own move, and an interruption leaves nothing.
    """

    folders: Mapping[str, Path]
    fresh: bool

    @classmethod
    def of(cls, site: Path) -> Self:
        """Choose; what an interrupted run left beside the site is removed."""
        beside = site.parent / "companies-new"
        shutil.rmtree(beside, ignore_errors=True)
        standing = _folders_below(site)
        if any(folder.exists() for folder in standing.values()):
            return cls(standing, fresh=False)
        return cls({language: beside / language for language in WORDS}, fresh=True)

    def settle(self, site: Path) -> None:
        """Move what was written beside the site into it."""
        if not self.fresh:
            return
        for language, folder in _folders_below(site).items():
            folder.parent.mkdir(parents=True, exist_ok=True)
            self.folders[language].rename(folder)
        self.folders["ja"].parent.rmdir()


def _folders_below(site: Path) -> dict[str, Path]:
    return {language: site / words.prefix / "companies" for language, words in WORDS.items()}


class Pen:
    """Writes below ``companies/``, by language; every file appears whole under its name."""

    def __init__(self, place: Place) -> None:
        self._fresh = place.fresh
        self._folders = {language: _opened(folder) for language, folder in place.folders.items()}
        self._made: dict[str, set[str]] = {language: {""} for language in place.folders}
        self._new = f"{NEW}{os.getpid()}"

    def close(self) -> None:
        """Give the folders back."""
        for folder in self._folders.values():
            os.close(folder)

    def put(self, language: str, path: str, data: bytes) -> None:
        """Write one file, making its folders."""
        folder = path.rpartition("/")[0]
        if folder not in self._made[language]:
            self._make(language, folder)
        self._write(self._folders[language], path, data)

    def put_page(self, language: str, key: str, data: bytes) -> None:
        """Write a company's page; its folder is its own, so nothing is remembered of it."""
        at = self._folders[language]
        try:  # noqa: SIM105 - of 160,000 pages the context of suppress is felt
            os.mkdir(key, 0o755, dir_fd=at)
        except FileExistsError:
            pass
        self._write(at, f"{key}/index.html", data)

    def _make(self, language: str, folder: str) -> None:
        parts = folder.split("/")
        for depth in range(1, len(parts) + 1):
            with suppress(FileExistsError):
                os.mkdir("/".join(parts[:depth]), 0o755, dir_fd=self._folders[language])
        self._made[language].add(folder)

    def _write(self, at: int, path: str, data: bytes) -> None:
        name = path if self._fresh else self._new
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=at)
        try:
            written = os.write(file, data)
            while written < len(data):
                written += os.write(file, memoryview(data)[written:])
        finally:
            os.close(file)
        if not self._fresh:
            os.replace(name, path, src_dir_fd=at, dst_dir_fd=at)


def _opened(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
