"""What one build of a language's index leaves for the next: every document's record and number, in one SQLite file.

It is not published. A changed document is looked up by its key, so that nothing else need be read; a file that is
missing, broken, or left by an interrupted build is begun anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

from generator.search.normalise import rules_mark

_FORM = 6  # of the files; raise it and the next build starts anew
_COLUMNS = """key TEXT NOT NULL UNIQUE, source TEXT NOT NULL, kind TEXT NOT NULL, place TEXT NOT NULL,
digest INTEGER NOT NULL, sort_key TEXT NOT NULL, confirmed TEXT NOT NULL, record BLOB NOT NULL"""
_TABLES = f"""
CREATE TABLE IF NOT EXISTS document (number INTEGER PRIMARY KEY, {_COLUMNS});
CREATE TEMP TABLE incoming (number INTEGER PRIMARY KEY, {_COLUMNS});
CREATE TABLE IF NOT EXISTS word (word TEXT PRIMARY KEY, documents INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS label (facet TEXT, code TEXT, label TEXT NOT NULL, PRIMARY KEY (facet, code)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
_BATCH = 1_000


def form() -> str:
    """Name the form of the files and the rules by which texts were made comparable."""
    return f"{_FORM} {rules_mark()}"


class Row(NamedTuple):
    """One document as it is kept; ``place`` sorts documents into their best order, ``record`` is what a hit shows."""

    key: str
    source: str
    kind: str
    place: str
    digest: int
    sort_key: str
    confirmed: str
    record: bytes


class IndexState:
    """The documents of one language as they were indexed (``document``) and as they came in since (``incoming``)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = sqlite3.connect(path)
        self._database.executescript(f"PRAGMA synchronous=OFF; {_TABLES}")
        self._waiting: list[Row] = []

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the state of a finished build, or begin an empty one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            state = cls(path)
            if state.read("finished") == form() or not state._first("SELECT count(*) FROM document"):
                state._database.execute("DELETE FROM incoming")
                return state
            state.close()
        except (sqlite3.DatabaseError, orjson.JSONDecodeError):
            pass
        path.unlink()
        return cls(path)

    def close(self) -> None:
        """Keep what was written and let go of the file."""
        self._database.commit()
        self._database.close()

    def __len__(self) -> int:
        """Count the indexed documents."""
        return int(self._first("SELECT count(*) FROM document"))

    def read(self, name: str) -> Any:
        """Return a value that the last build left, or None."""
        value = self._first("SELECT value FROM meta WHERE name = ?", name)
        return None if value is None else orjson.loads(value)

    def write(self, **values: object) -> None:
        """Leave values for the next build."""
        rows = [(name, orjson.dumps(value)) for name, value in values.items()]
        self._database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)
        self._database.commit()

    def is_known(self, key: str, digest: int) -> bool:
        """Say whether a document stands in the index exactly so."""
        return bool(self._first("SELECT digest FROM document WHERE key = ?", key) == digest)

    def keys(self, source: str) -> set[str]:
        """Return the keys of a source's indexed documents."""
        return {
            key for (key,) in self._database.execute("SELECT key FROM document WHERE source = ?", (source,))
        }

    def take(self, row: Row) -> None:
        """Let a new or changed document come in."""
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH:
            self._let_in()

    def _let_in(self) -> None:
        columns = ", ".join(Row._fields)
        marks = ", ".join("?" for _ in Row._fields)
        self._database.executemany(
            f"INSERT OR REPLACE INTO incoming ({columns}) VALUES ({marks})",  # noqa: S608 - names of this module
            self._waiting,
        )
        self._waiting.clear()

    def incoming(self) -> list[str]:
        """Return the keys of the documents that came in."""
        self._let_in()
        return [key for (key,) in self._database.execute("SELECT key FROM incoming ORDER BY place")]

    def number_anew(self, gone: Iterable[str]) -> None:
        """Make one table of what stays and what came in, numbered in the best order."""
        self._let_in()
        self.write(finished=0)
        self._database.executemany("DELETE FROM document WHERE key = ?", [(key,) for key in gone])
        self._database.execute("DELETE FROM document WHERE key IN (SELECT key FROM incoming)")
        columns = ", ".join(Row._fields)
        self._database.execute(
            f"INSERT INTO incoming ({columns}) SELECT {columns} FROM document"  # noqa: S608 - names of this module
        )
        self._database.execute("DELETE FROM document")
        self._database.execute(
            f"INSERT INTO document SELECT row_number() OVER (ORDER BY place, key) - 1, {columns} FROM incoming"  # noqa: S608
        )
        self._database.execute("DELETE FROM incoming")
        self._database.commit()

    def replace(self, key: str, number: int | None) -> None:
        """Put what came in under a key in the place of what stood there; without a number it is gone."""
        self._database.execute("DELETE FROM document WHERE key = ?", (key,))
        if number is not None:
            columns = ", ".join(Row._fields)
            self._database.execute(
                f"INSERT INTO document SELECT ?, {columns} FROM incoming WHERE key = ?",  # noqa: S608
                (number, key),
            )

    def find(self, key: str) -> tuple[int, Row] | None:
        """Return the number and row of an indexed document."""
        found = self._database.execute("SELECT * FROM document WHERE key = ?", (key,)).fetchone()
        return (found[0], Row(*found[1:])) if found else None

    def find_incoming(self, key: str) -> Row | None:
        """Return a document that came in."""
        found = self._database.execute("SELECT * FROM incoming WHERE key = ?", (key,)).fetchone()
        return Row(*found[1:]) if found else None

    def records(self, first: int, last: int, *, step: int = 1) -> Iterator[tuple[int, bytes]]:
        """Yield number and record of documents from ``first`` to ``last`` - 1."""
        yield from self._database.execute(
            "SELECT number, record FROM document WHERE number >= ? AND number < ? AND number % ? = 0 ORDER BY number",
            (first, last, step),
        )

    def column(self, name: str) -> Iterator[tuple[int, str]]:
        """Yield number and one column of every document, by number."""
        if name not in Row._fields:
            raise KeyError(name)
        yield from self._database.execute(f"SELECT number, {name} FROM document ORDER BY number")  # noqa: S608

    def by_reading(self) -> Iterator[int]:
        """Yield the numbers in the order of the readings, those without one last."""
        found = self._database.execute("SELECT number FROM document ORDER BY sort_key = '', sort_key, number")
        yield from (number for (number,) in found)

    def capacity(self) -> int:
        """Return one more than the highest number."""
        return int(self._first("SELECT coalesce(max(number) + 1, 0) FROM document"))

    def free_numbers(self) -> Iterator[int]:
        """Yield numbers that no document has, holes first."""
        used = {number for number, _ in self.column("key")}
        number = 0
        while True:
            if number not in used:
                yield number
            number += 1

    def count_words(self, words: Iterable[tuple[str, int]]) -> None:
        """Add to (or take from) the number of documents that offer a word."""
        self._database.executemany(
            "INSERT INTO word VALUES (?1, ?2) ON CONFLICT (word) DO UPDATE SET documents = documents + ?2",
            words,
        )

    def forget_words(self) -> None:
        """Begin counting words anew."""
        self._database.execute("DELETE FROM word")

    def frequent_words(self, most: int) -> list[str]:
        """Return the words that most documents offer."""
        found = self._database.execute(
            "SELECT word FROM word WHERE documents > 0 ORDER BY documents DESC, word LIMIT ?", (most,)
        )
        return [word for (word,) in found]

    def label(self, facet: str, code: str, label: str) -> None:
        """Keep what a facet's code is called."""
        self._database.execute("INSERT OR REPLACE INTO label VALUES (?, ?, ?)", (facet, code, label))

    def labels(self) -> dict[tuple[str, str], str]:
        """Return what the codes of all facets are called."""
        return {(facet, code): label for facet, code, label in self._database.execute("SELECT * FROM label")}

    def _first(self, statement: str, *values: object) -> Any:
        found = self._database.execute(statement, values).fetchone()
        return found[0] if found else None
