"""Tells the site's search which companies changed since its last index, so that it need not ask for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import xxhash

from company_db.directory import Directory
from company_db.pages.search import documents_of, search_documents
from generator.search.document import SearchDocument
from generator.search.source import SearchChanges, SearchSource

_FORM = 1  # of the documents; raise it when they are made otherwise
_MANY = 2_000  # changed companies from which on all are read in one go
_LANGUAGES = ("", "en/")  # prefixes of a company's pages

_RUN = "SELECT digest FROM run WHERE id = :run"
_TOUCHED = """
SELECT key FROM company WHERE seq > :run
UNION SELECT key FROM profile WHERE confirmed <> '' AND confirmed >= :earlier AND confirmed < :oldest
"""


def search_source(directory: Directory) -> SearchSource:
    """Return the listed companies as the site's search asks for them."""
    mark = f"{_FORM} {_codes()} {directory.shown.oldest} {directory.fingerprint()}"
    return SearchSource("companies", mark, lambda seen: _changes(directory, seen))


def _changes(directory: Directory, seen: str | None) -> SearchChanges:
    keys = _touched(directory, seen) if seen else None
    if keys is None or len(keys) > _MANY:
        return SearchChanges(search_documents(directory), whole=True)
    documents = [*_documents(directory, keys)]
    found = {document.key for document in documents}
    every = {f"{prefix}companies/{key}" for key in keys for prefix in _LANGUAGES}
    return SearchChanges(documents, gone=every - found)


def _touched(directory: Directory, seen: str) -> list[str] | None:
    """Return the keys of companies that changed, or grew too old, since a mark; None when that cannot be told."""
    form, words, earlier, run = seen.split(" ")
    number, _, digest = run.partition("-")
    shown = directory.shown
    known = [str(found) for (found,) in shown.read(_RUN, run=int(number))]
    if (form, words, known) != (str(_FORM), _codes(), [digest]) or earlier > shown.oldest:
        return None
    return [key for (key,) in shown.read(_TOUCHED, run=int(number), earlier=earlier)]


def _documents(directory: Directory, keys: Iterable[str]) -> Iterator[SearchDocument]:
    for key in keys:
        for row in directory.shown.between(key, key):
            yield from documents_of(row, directory.find_profile(key) if row.member else None)


@cache
def _codes() -> str:
    """Return a digest of the lists of codes, whose words are searched too."""
    digest = xxhash.xxh3_64()
    for path in sorted(files("company_db.classification").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".csv"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
