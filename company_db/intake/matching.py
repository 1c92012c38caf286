"""Who a row without a number may be: candidates by name and address are offered, never merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, or_, select

from company_db.intake.names import fold
from company_db.tables import company, profile

MOST = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known company that a row may mean."""

    key: str
    name: str
    address: str

    def __str__(self) -> str:
        """Read as ``4011001098993 見本精機株式会社（水戸市…）``."""
        return f"{self.key} {self.name}" + (f"（{self.address}）" if self.address else "")


@dataclass(frozen=True, slots=True)
class _Known:
    candidate: Candidate
    folded: str
    municipality: str


class Candidates:
    """Every known company by its folded name, read once for a sheet."""

    def __init__(self, engine: Engine) -> None:
        query = (
            select(
                company.c.key,
                company.c.name,
                company.c.address,
                company.c.municipality_code,
                profile.c.name,
                profile.c.address,
                profile.c.municipality_code,
            )
            .join_from(company, profile, profile.c.key == company.c.key, isouter=True)
            .where(company.c.closed == "", or_(company.c.listable, profile.c.key.is_not(None)))
        )
        with engine.connect() as connection:
            self._known = [
                _Known(Candidate(key, own or name, place or address), fold(own or name), city or municipality)
                for key, name, address, municipality, own, place, city in connection.execute(query)
            ]

    def of(self, name: str, *, municipality: str = "", address: str = "") -> tuple[Candidate, ...]:
        """Return who may be meant, likeliest first: same name and place, same name, a name that contains it."""
        wanted = fold(name)
        if not wanted:
            return ()
        street = fold(address)
        scored = (
            (self._score(known, wanted, municipality, street), known.candidate.key, known.candidate)
            for known in self._known
            if wanted in known.folded or (len(known.folded) > 2 and known.folded in wanted)
        )
        return tuple(candidate for _, _, candidate in _best(scored))

    def _score(self, known: _Known, wanted: str, municipality: str, street: str) -> int:
        same_name = known.folded == wanted
        same_place = bool(municipality) and known.municipality == municipality
        same_street = bool(street) and street in fold(known.candidate.address)
        return 4 * same_name + 2 * same_place + same_street


def _best(scored: Iterable[tuple[int, str, Candidate]]) -> list[tuple[int, str, Candidate]]:
    return sorted(scored, key=lambda item: (-item[0], item[1]))[:MOST]
