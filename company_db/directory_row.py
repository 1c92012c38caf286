"""The rows of one company in the directory; apart from their reading, so that processes that only write start fast."""

from __future__ import annotations

from typing import NamedTuple


class DirectoryRow(NamedTuple):
    """One company that has a page; ``digest`` changes whenever anything public of it changes.

    ``seq`` grows with every intake that changes something: rows above a remembered ``seq`` are the changed ones.
    A row with ``closed`` has a page of its own but stands in no list.
    """

    key: str
    name: str
    kana: str
    name_en: str
    kind: str  # 301 … (codes.kinds); empty for sole proprietors
    postal_code: str  # 310-0801
    address: str  # without 茨城県
    address_en: str
    municipality_code: str  # 5 digits; empty when it is none of the 44
    industries: str  # JSIC codes, main one first, separated by a space
    member: bool
    confirmed: str  # ISO date of 最終確認日 (members)
    closed: str  # ISO date
    close_cause: str  # codes.close_causes
    successor: str  # corporate number
    successor_name: str  # empty when the successor has no page
    digest: str
    seq: int


class ListedRow(NamedTuple):
    """What lists need of a company: half the columns, because every run reads this of every company."""

    key: str
    name: str
    kana: str
    name_en: str
    municipality_code: str
    industries: str
    member: bool
    confirmed: str
    closed: str
    digest: str
