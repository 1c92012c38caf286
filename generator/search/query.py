"""What was typed, as terms: words (all must be there), "phrases", -excluded ones; as ``query.js`` reads it in the browser."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from generator.search.normalise import normalise

_QUOTES = re.compile("[“”„‟〝〞〟]")
_DASHES = re.compile(r"(^|\s)[‐‑–—―−](?=\S)")  # every dash that people type for a minus
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One normalised text that a document must hold, or must not."""

    text: str
    exclude: bool = False


def parse_query(typed: str) -> tuple[Term, ...]:
    """Return the terms of what was typed, each once, in their order."""
    wide = _DASHES.sub(r"\1-", _QUOTES.sub('"', unicodedata.normalize("NFKC", typed)))
    found = (
        Term(normalise((word or phrase).strip()), exclude=bool(minus))
        for minus, phrase, word in _TERM.findall(wide)
    )
    return tuple(dict.fromkeys(term for term in found if term.text))
