"""Where the documents of the index come from, and what of them changed since they were last asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from generator.search.document import SearchDocument


@dataclass(frozen=True, slots=True)
class SearchChanges:
    """Documents that are new or may have changed, and the keys of those that are gone.

    ``whole`` says that these are all documents of the source: those not among them are gone.
    """

    documents: Iterable[SearchDocument]
    gone: Iterable[str] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class SearchSource:
    """A part of the site that can be searched.

    ``mark`` changes whenever a document of it may have changed. ``since`` is given the mark of the last index, or
    None when there is none, and answers with what changed; a source that cannot tell answers with everything.
    """

    name: str
    mark: str
    since: Callable[[str | None], SearchChanges]
