"""The site's search index: every page of the Library and of the publishers, brought up to date with what changed."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import xxhash

from generator.search.index import IndexReport, update_index
from generator.search.library_documents import library_documents
from generator.search.source import SearchChanges, SearchSource
from generator.site.publisher import PublishContext, Publisher


def index_site(context: PublishContext, publishers: Sequence[Publisher]) -> IndexReport:
    """Write ``search/index/`` of the site; nothing is read again while no page may have changed."""
    settings = context.settings
    sources = [_library(context), *(publisher.search_source(context) for publisher in publishers)]
    return update_index(
        sources,
        settings.site / "search" / "index",
        state_dir=settings.build / "search",
        processes=settings.processes,
    )


def _library(context: PublishContext) -> SearchSource:
    """Return the Library's own pages: few, so they are always looked at all."""
    documents = [*library_documents(context.library)]
    mark = xxhash.xxh3_128_hexdigest(orjson.dumps(documents))
    return SearchSource("library", mark, lambda _: SearchChanges(documents, whole=True))
