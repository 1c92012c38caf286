"""Takes an existing list of readers in: consent evidence for each, nobody who left, one report line a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from generator.errors import DataError
from generator.mail.address import parse_address
from newsletters.audience.model import Consent, SubscriptionState
from newsletters.audience.sheet import ListRow
from newsletters.audience.store import Audience


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


def take_in(
    audience: Audience, rows: Iterable[ListRow], newsletter: str, source: str, *, dry_run: bool
) -> Iterator[RowReport]:
    """Yield what became (or would become) of each row; a dry run writes nothing."""
    seen: set[str] = set()
    for row in rows:
        try:
            yield _take_row(audience, row, newsletter, source, seen, dry_run=dry_run)
        except DataError as error:
            yield RowReport(row.line, RowResult.REFUSED, str(error))


def summarize(reports: Iterable[RowReport]) -> dict[str, int]:
    """Return the number of rows by result."""
    counted = Counter(report.result for report in reports)
    return {result: counted[result] for result in RowResult}


def _take_row(
    audience: Audience, row: ListRow, newsletter: str, source: str, seen: set[str], *, dry_run: bool
) -> RowReport:
    mailbox = parse_address(row.address).mailbox
    if mailbox in seen:
        return RowReport(row.line, RowResult.DOUBLE, "同じ宛先が前の行にあります")
    seen.add(mailbox)
    if not row.how or not row.wording:
        raise DataError("同意方法と同意文言が要ります")
    consent = Consent(row.consented_at(), row.how, row.wording, source)
    if reasons := audience.suppressed(row.address):
        return RowReport(row.line, RowResult.SUPPRESSED, "、".join(sorted(reasons)))
    known = audience.find(row.address)
    if known and any(s.newsletter == newsletter for s in audience.subscriptions(known.id)):
        return RowReport(row.line, RowResult.KNOWN)
    if not dry_run:
        state = SubscriptionState.CONFIRMED
        audience.subscribe(
            row.address, newsletter, consent, topics=row.topics, language=row.language, state=state
        )
    return RowReport(row.line, RowResult.ADDED)
