"""What search knows of one page: its words by field, and the facets one can narrow by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One page that can be found.

    ``fields`` maps a field name (name, kana, english, products, processes, materials, equipment, text, address)
    to its raw text; the index normalises. Several values of one field stand on lines of their own.
    ``facets`` maps a facet name (municipality, industry, process, material, certification, employees, lot,
    language, export, membership) to the values this page carries, each ``code`` or ``code<TAB>label`` with the
    label in the page's own language.
    """

    key: str  # stable and unique: companies/8050001000000
    url: str  # site-relative address of the page
    kind: str  # companies, programs, grants, events, notices, stories, patents, orders, places, newsletters
    language: str
    title: str
    brief: str = ""  # one line shown under the title
    fields: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rank: float = 0.0  # larger stands first among equals (members before register-only)
    sort_key: str = ""  # kana for companies, ISO date for dated pages
    confirmed: str = ""  # ISO date of 最終確認日
