"""How many subscribers each variant of an issue would reach today; counted, never listed."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from newsletters.audience.tables import subscriptions
from newsletters.declaration import Newsletter
from newsletters.issue.frozen import ALL


def count_audience(engine: Engine, newsletter: Newsletter) -> dict[str, int]:
    """Return confirmed subscribers by variant key; topics decide as they will at delivery."""
    query = (
        select(subscriptions.c.topics, func.count())
        .where(subscriptions.c.newsletter == newsletter.name, subscriptions.c.state == "confirmed")
        .group_by(subscriptions.c.topics)
    )
    counts: dict[str, int] = {}
    with engine.connect() as connection:
        for topics, count in connection.execute(query):
            key = _variant_key(newsletter, {t for t in topics.split(",") if t})
            counts[key] = counts.get(key, 0) + int(count)
    return counts


def _variant_key(newsletter: Newsletter, topics: set[str]) -> str:
    chosen = [c.key for c in newsletter.choices if not topics.isdisjoint(map(str, c.topics))]
    return ALL if not topics or len(chosen) == len(newsletter.choices) else "+".join(chosen)
