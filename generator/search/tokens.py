"""The same two-character windows as words for a database's own full-text search (SQLite FTS5, PostgreSQL tsvector).

A token is plain ASCII (``u5207u524a``), so that no database's own tokeniser, locale or stemming has a say in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from generator.search.normalise import normalise
from generator.search.query import Term

_END = "u0"  # stands for the end of a field, so that its last character is found too


def index_tokens(fields: Iterable[str]) -> str:
    """Return the tokens of a record's fields; a break keeps phrases inside one field."""
    lines = (normalise(line) for field in fields for line in field.split("\n"))
    return " break ".join(" ".join(_tokens(line)) for line in lines if line)


def fts5_query(terms: Iterable[Term]) -> str:
    """Return a MATCH expression that asks for every term as a substring, and for no excluded one; "" when none is wanted."""
    wanted, excluded = _asked(terms, joint=" ", quote='"', prefix="*")
    asked = " AND ".join(wanted)
    return f"({asked}) NOT ({' OR '.join(excluded)})" if asked and excluded else asked


def tsquery(terms: Iterable[Term]) -> str:
    """Return a ``to_tsquery('simple', …)`` expression that asks for the same."""
    wanted, excluded = _asked(terms, joint=" <-> ", quote="", prefix=":*")
    return " & ".join([*wanted, *(f"!{term}" for term in excluded)]) if wanted else ""


def _asked(terms: Iterable[Term], *, joint: str, quote: str, prefix: str) -> tuple[list[str], list[str]]:
    phrases: tuple[list[str], list[str]] = ([], [])
    for term in terms:
        phrases[term.exclude].append(_phrase(term.text, joint=joint, quote=quote, prefix=prefix))
    return phrases


def _tokens(text: str) -> Iterator[str]:
    marks = [f"u{ord(char):x}" for char in text] + [_END]
    for first, second in pairwise(marks):
        yield first + second


def _phrase(word: str, *, joint: str, quote: str, prefix: str) -> str:
    if len(word) == 1:
        return f"{quote}u{ord(word):x}u{quote}{prefix}"
    phrase = joint.join(list(_tokens(word))[:-1])
    return f"{quote}{phrase}{quote}" if quote else f"({phrase})"
