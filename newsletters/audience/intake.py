"""Takes an existing list of readers in: consent evidence for each, nobody who left, one report line a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from sqlalchemy import Connection

from generator.content.codes import Topic
from generator.errors import DataError, RefusedError
from generator.mail.address import parse_address
from generator.storage.database import writing
from newsletters.audience.model import Consent, SubscriptionState
from newsletters.audience.sheet import ListRow
from newsletters.audience.store import Audience
from newsletters.declaration import Newsletter

BATCH = 1_000


class RowResult(StrEnum):
    """What became of a row."""

    ADDED = "added"
    KNOWN = "known"
    DOUBLE = "double"  # the same mailbox stands earlier in the file
    SUPPRESSED = "suppressed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row's fate, by line number alone."""

    line: int
    result: RowResult
    why: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a list may ask for: a newsletter, its language, and the words for its topics."""

    newsletter: str
    language: str = "ja"
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def topics_of(self, row: ListRow) -> tuple[str, ...]:
        """Return the topics that a row names; raises ``DataError`` for a word that would get nothing."""
        unknown = [word for word in row.topics if word not in self.topics]
        if unknown:
            raise DataError(f"希望分野「{'」「'.join(unknown)}」はありません（{'、'.join(self.topics)}）")
        return tuple(topic for word in row.topics for topic in self.topics[word])

    def check_language(self, row: ListRow) -> None:
        """Raise ``DataError`` for a reader of another language: no issue would ever go there."""
        if row.language and row.language != self.language:
            raise DataError(f"言語「{row.language}」では配信していません（{self.language}）")


def offer_of(newsletter: Newsletter) -> Offer:
    """Return what is offered: choices by title or key, single topics by name or code."""
    choices = {
        word: tuple(map(str, choice.topics))
        for choice in newsletter.choices
        for word in (choice.title, choice.key)
    }
    single = {word: (str(topic),) for topic in Topic for word in (topic.ja, str(topic))}
    return Offer(newsletter.name, newsletter.language, choices | single)


def take_in(
    audience: Audience, rows: Iterable[ListRow], offer: Offer, source: str, *, dry_run: bool
) -> Iterator[RowReport]:
    """Yield what became of each row, a thousand rows a transaction; a dry run does the same and takes it back."""
    seen: set[str] = set()
    waiting = iter(rows)
    while part := list(islice(waiting, BATCH)):
        with writing(audience.engine).begin() as connection:
            desk = _Desk(audience, connection, offer, source)
            reports = [_take_row(desk, row, seen) for row in part]
            if dry_run:
                connection.rollback()
        yield from reports


def summarize(reports: Iterable[RowReport]) -> dict[str, int]:
    """Return the number of rows by result."""
    counted = Counter(report.result for report in reports)
    return {result: counted[result] for result in RowResult}


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where rows are taken in: one transaction, one newsletter, one file."""

    audience: Audience
    connection: Connection
    offer: Offer
    source: str


def _take_row(desk: _Desk, row: ListRow, seen: set[str]) -> RowReport:
    try:
        return _enter(desk, row, seen)
    except (DataError, RefusedError) as error:
        return RowReport(row.line, RowResult.REFUSED, str(error))


def _enter(desk: _Desk, row: ListRow, seen: set[str]) -> RowReport:
    address = parse_address(row.address)
    if address.mailbox in seen:
        return RowReport(row.line, RowResult.DOUBLE, "同じ宛先が前の行にあります")
    seen.add(address.mailbox)
    if not row.how or not row.wording:
        raise DataError("同意方法と同意文言が要ります")
    topics = desk.offer.topics_of(row)
    desk.offer.check_language(row)
    consent = Consent(row.consented_at(), row.how, row.wording, desk.source)
    reasons, state = desk.audience.standing(desk.connection, address, desk.offer.newsletter)
    if reasons:
        return RowReport(row.line, RowResult.SUPPRESSED, "、".join(sorted(reasons)))
    if state is not None:
        return RowReport(row.line, RowResult.KNOWN)
    desk.audience.enter(
        desk.connection,
        address,
        desk.offer.newsletter,
        consent,
        topics=topics,
        language=desk.offer.language,
        state=SubscriptionState.CONFIRMED,
    )
    return RowReport(row.line, RowResult.ADDED)
