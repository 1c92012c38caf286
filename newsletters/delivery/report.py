"""What is known of a delivery, in counts that always add up to the frozen audience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from newsletters.delivery.silence import is_silence_evidence
from newsletters.delivery.states import OVER, REPLACED, ChunkState, FactKind
from newsletters.delivery.tables import canaries, chunks, deliveries, exclusions, facts


@dataclass(frozen=True)
class Report:
    """One issue's delivery; ``people`` by what became of their request sums up to ``recipients``."""

    issue: str
    state: str
    reason: str
    candidates: int
    recipients: int
    excluded_at_freeze: Mapping[str, int]
    people: Mapping[str, int]
    facts: Mapping[str, int]
    unknown_chunks: tuple[Mapping[str, Any], ...]
    canaries_sent: int
    canaries_heard: int
    silence_is_evidence: bool

    @property
    def adds_up(self) -> bool:
        """Whether nobody is missing from the counts."""
        frozen = self.recipients + sum(self.excluded_at_freeze.values())
        return frozen == self.candidates and sum(self.people.values()) == self.recipients

    def rows(self) -> list[tuple[str, str, int]]:
        """Return the report as rows for a CSV: part in Japanese, name (a key of ``WORDS``), number of people."""
        out = [("宛先の確定", "candidates", self.candidates), ("宛先の確定", "recipients", self.recipients)]
        out += [("確定のときの除外", name, number) for name, number in self.excluded_at_freeze.items()]
        out += [("送信", name, number) for name, number in self.people.items()]
        return [*out, *(("届いたあと", name, number) for name, number in self.facts.items())]

    def as_values(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return {**asdict(self), "adds_up": self.adds_up}


def counts_of(connection: Connection, delivery_id: int) -> Mapping[str, int]:
    """Return people by the state of their chunk, and ``excluded`` for those left out at the claim."""
    query = (
        select(chunks.c.state, func.sum(chunks.c.size - chunks.c.excluded), func.sum(chunks.c.excluded))
        .where(chunks.c.delivery_id == delivery_id, chunks.c.state.not_in(REPLACED))
        .group_by(chunks.c.state)
    )
    counted = {state.value: 0 for state in ChunkState if state not in REPLACED} | {"excluded": 0}
    for state, people, excluded in connection.execute(query):
        counted[state] += int(people)
        counted["excluded"] += int(excluded)
    return {name: number for name, number in counted.items() if number}


def report_of(connection: Connection, delivery: Row[Any]) -> Report:
    """Put the report of one delivery together."""
    by_reason = select(exclusions.c.reason, exclusions.c.number).where(
        exclusions.c.delivery_id == delivery.id
    )
    by_kind = select(facts.c.kind, func.count()).where(facts.c.delivery_id == delivery.id)
    doubtful = select(
        chunks.c.id, chunks.c.size, chunks.c.excluded, chunks.c.attempt, chunks.c.reason, chunks.c.updated_at
    ).where(chunks.c.delivery_id == delivery.id, chunks.c.state == ChunkState.UNKNOWN)
    counted = {row[0]: row[1] for row in connection.execute(by_kind.group_by(facts.c.kind))}
    return Report(
        delivery.issue,
        delivery.state,
        delivery.reason,
        delivery.candidates,
        delivery.recipients,
        {row.reason: row.number for row in connection.execute(by_reason)},
        counts_of(connection, delivery.id),
        {kind.value: counted[kind] for kind in FactKind if kind in counted},
        tuple(dict(row) for row in connection.execute(doubtful).mappings()),
        *_canaries_of(connection, delivery.id),
        is_silence_evidence(connection, delivery.id),
    )


def _canaries_of(connection: Connection, delivery_id: int) -> tuple[int, int]:
    seen = select(canaries.c.seen_at).where(canaries.c.delivery_id == delivery_id)
    moments = list(connection.execute(seen).scalars())
    return len(moments), sum(1 for moment in moments if moment)


def latest_deliveries(connection: Connection) -> list[Row[Any]]:
    """Return the last ten deliveries and every one that is not over, newest first."""
    last = select(deliveries.c.id).order_by(deliveries.c.id.desc()).limit(10)
    ours = deliveries.c.id.in_(last) | deliveries.c.state.not_in(OVER)
    return list(connection.execute(select(deliveries).where(ours).order_by(deliveries.c.id.desc())).all())


def find_report(connection: Connection, issue: str) -> Report | None:
    """Return the report of one issue."""
    row = connection.execute(select(deliveries).where(deliveries.c.issue == issue)).one_or_none()
    return report_of(connection, row) if row is not None else None
