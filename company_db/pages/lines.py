"""Each company's line in lists and in their data, made once however many lists it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from company_db.directory_row import ListedRow
from company_db.pages.list_data import company_csv, company_json
from company_db.pages.list_page import company_line
from company_db.pages.listing import MemberFacts
from company_db.pages.look import Look
from company_db.pages.words import WORDS


class Lines:
    """The lines of one run; companies are named by their place in the order of all."""

    def __init__(self, ordered: Sequence[ListedRow], facts: Mapping[str, MemberFacts], look: Look) -> None:
        self._ordered, self._facts, self._look = ordered, facts, look
        self._html: dict[str, dict[int, str]] = {language: {} for language in WORDS}
        self._json: dict[int, bytes] = {}
        self._csv: dict[int, bytes] = {}

    def html(self, places: Iterable[int], language: str) -> Iterator[str]:
        """Yield the list items of a page."""
        made, words, root = self._html[language], WORDS[language], self._look.root
        for place in places:
            if place not in made:
                row = self._ordered[place]
                made[place] = company_line(row, self._facts.get(row.key), root, words)
            yield made[place]

    def json(self, places: Sequence[int]) -> list[bytes]:
        """Return companies as JSON."""
        made = self._json
        made |= {place: company_json(self._ordered[place]) for place in places if place not in made}
        return [made[place] for place in places]

    def csv(self, places: Sequence[int]) -> list[bytes]:
        """Return companies as lines of CSV."""
        made, site_url = self._csv, self._look.site_url
        made |= {place: company_csv(self._ordered[place], site_url) for place in places if place not in made}
        return [made[place] for place in places]
