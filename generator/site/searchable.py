"""The site's search index: every page of the Library and of the publishers, built when any of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import orjson
import xxhash

from generator.search.document import SearchDocument
from generator.search.index import IndexReport, build_index
from generator.search.library_documents import library_documents
from generator.search.state import VERSION
from generator.site.publisher import PublishContext, Publisher
from generator.storage.files import write_file


def index_site(context: PublishContext, publishers: Sequence[Publisher]) -> IndexReport:
    """Write ``search/index/`` of the site; nothing is read again while no page may have changed."""
    settings = context.settings
    folder = settings.site / "search" / "index"
    state = settings.build / "search"
    ours = list(library_documents(context.library))
    mark = _mark(context, publishers, ours).encode()
    seen = state / "mark"
    if folder.is_dir() and seen.is_file() and seen.read_bytes() == mark:
        return IndexReport()
    seen.unlink(missing_ok=True)
    theirs = (publisher.search_documents(context) for publisher in publishers)
    report = build_index(chain(ours, *theirs), folder, state_dir=state, processes=settings.processes)
    write_file(seen, mark)
    return report


def _mark(context: PublishContext, publishers: Sequence[Publisher], ours: list[SearchDocument]) -> str:
    digest = xxhash.xxh3_128(orjson.dumps(ours))
    digest.update(repr((VERSION, context.on, [p.fingerprint(context.settings) for p in publishers])).encode())
    return digest.hexdigest()
