"""Staff's own search over everything the enterprise database holds, unpublished companies included.

Its table is made from the others and brought up to date before each search; deleting it loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import orjson
from sqlalchemy import Connection, Engine, select, text

from company_db.classification import codes
from company_db.tables import company, profile
from generator.search.normalise import rules_mark
from generator.search.query import parse_query
from generator.search.tokens import fts5_query, index_tokens, tsquery
from generator.storage.database import writing

_TABLE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS company_search USING fts5(key UNINDEXED, seq UNINDEXED, tokens)",
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS company_search (key text PRIMARY KEY, seq integer NOT NULL, tokens tsvector)",
        "CREATE INDEX IF NOT EXISTS company_search_tokens ON company_search USING gin (tokens)",
    ),
}
_INSERT = {
    "sqlite": "INSERT INTO company_search (key, seq, tokens) VALUES (:key, :seq, :tokens)",
    "postgresql": "INSERT INTO company_search (key, seq, tokens) VALUES (:key, :seq, to_tsvector('simple', :tokens))",
}
_FIND = {
    "sqlite": "SELECT key FROM company_search WHERE tokens MATCH :query",
    "postgresql": "SELECT key FROM company_search WHERE tokens @@ to_tsquery('simple', :query)",
}
_BATCH = 2_000  # companies read and written at a time


@dataclass(frozen=True, slots=True)
class Found:
    """One company as staff see it in a list."""

    key: str
    name: str
    address: str
    member: bool
    closed: str


def search_companies(engine: Engine, typed: str) -> list[Found]:
    """Return the companies that hold every word anywhere and no excluded one, members first, then open ones."""
    dialect = engine.dialect.name
    query = (fts5_query if dialect == "sqlite" else tsquery)(parse_query(typed))
    if not query:
        return []
    _refresh(engine)
    with engine.connect() as connection:
        keys = {row.key for row in connection.execute(text(_FIND[dialect]), {"query": query})}
        return sorted(_found(connection, keys), key=lambda one: (not one.member, one.closed != "", one.key))


def _found(connection: Connection, keys: set[str]) -> Iterator[Found]:
    columns = (
        company.c.key,
        company.c.name,
        company.c.address,
        company.c.closed,
        profile.c.name.label("own_name"),
        profile.c.address.label("own_address"),
    )
    query = select(*columns).outerjoin_from(company, profile)
    for row in connection.execute(query.where(company.c.key.in_(keys)) if len(keys) < 500 else query):
        if row.key in keys:
            member = row.own_name is not None
            yield Found(row.key, row.own_name or row.name, row.own_address or row.address, member, row.closed)


def _refresh(engine: Engine) -> None:
    dialect = engine.dialect.name
    with writing(engine).begin() as connection:
        for statement in _TABLE[dialect]:
            connection.execute(text(statement))
        mark = {"key": f"rules {rules_mark()}", "seq": 0, "tokens": ""}
        if not connection.execute(text("SELECT 1 FROM company_search WHERE key = :key"), mark).first():
            connection.execute(text("DELETE FROM company_search"))
            connection.execute(text(_INSERT[dialect]), mark)
        seen = connection.execute(text("SELECT COALESCE(MAX(seq), 0) FROM company_search")).scalar_one()
        changed = list(connection.execute(select(company.c.key).where(company.c.seq > seen)).scalars())
        for start in range(0, len(changed), _BATCH):
            keys = changed[start : start + _BATCH]
            if seen:
                connection.execute(
                    text("DELETE FROM company_search WHERE key = :key"), [{"key": key} for key in keys]
                )
            connection.execute(text(_INSERT[dialect]), list(_rows(connection, keys)))


def _rows(connection: Connection, keys: list[str]) -> Iterator[dict[str, str | int]]:
    names = (company.c.name, company.c.kana, company.c.name_en, company.c.address, company.c.address_en)
    query = select(company.c.key, company.c.seq, *names, profile.c.record).outerjoin_from(company, profile)
    for row in connection.execute(query.where(company.c.key.in_(keys))):
        fields = [row.key, row.name, row.kana, row.name_en, row.address, row.address_en]
        yield {
            "key": row.key,
            "seq": row.seq,
            "tokens": index_tokens(filter(None, (*fields, *_words(row.record)))),
        }


def _words(record: str | None) -> Iterator[str]:
    """Yield every text of a member's record, however deep; a code comes with its names."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
            yield from _names().get(value, ())
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    if record:
        yield from texts(orjson.loads(record))


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for entries in (codes.processes(), codes.materials(), codes.certifications(), codes.industries()):
        for code, entry in entries.items():
            named[code] = (*named.get(code, ()), entry.ja, entry.en, *entry.aliases)
    for code, town in codes.municipalities().items():
        named[code] = (town.ja, town.en)
    return named
