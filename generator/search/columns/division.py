"""Frequent grams' lists, divided by the character that follows, so that a longer word need not read all of one.

What lies at a frequent place is laid out seventeen times: part 0 holds the documents and nothing of what follows,
parts 1 to 16 each the windows whose third character falls into it. Where other characters follow in the same document
too, but in another part, a part says so by a follower that no text has.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from generator.search.columns.varints import starts
from generator.search.columns.windows import Windows, chosen, joined, shard_places, slot

PARTS = 16
_ELSEWHERE = 0  # two units that no text holds


def frequent_places(rows: Windows, most: int) -> list[int]:
    """Return the places with more than so many windows."""
    counts = np.bincount(shard_places(rows.gram), minlength=1)
    return [int(place) for place in np.flatnonzero(counts > most)]


def divided(rows: Windows, places: Collection[int]) -> Windows:
    """Return the windows with those of frequent places laid out in parts."""
    frequent = np.zeros(0x10000, bool)
    frequent[[*places]] = True
    here = frequent[shard_places(rows.gram)]
    if not here.any():
        return rows
    own = np.flatnonzero(here)
    own = own[np.argsort(rows.gram[own], kind="stable")]
    grams = np.split(own, starts(rows.gram[own])[1:])
    return joined([chosen(rows, ~here), *(part for gram in grams for part in _parts(chosen(rows, gram)))])


def _parts(rows: Windows) -> tuple[Windows, Windows, Windows]:
    """Return one gram's documents, its windows in their parts, and what says that more follows elsewhere."""
    part = slot(rows.following.view(np.uint16)[::2]) % np.uint8(PARTS) + np.uint8(1)
    strongest = np.full(int(rows.document.max()) + 1, -1, np.int8)
    for strength in range(4):
        strongest[rows.document[rows.strength == strength]] = strength
    documents = np.flatnonzero(strongest >= 0)
    some = np.zeros(len(strongest), np.uint8)
    some[rows.document] = part
    several = np.zeros(len(strongest), bool)
    several[rows.document[some[rows.document] != part]] = True
    elsewhere = several[rows.document]
    return (
        _bare(rows, np.zeros(len(documents), np.uint8), documents, strongest[documents]),
        rows._replace(part=part),
        _bare(rows, part[elsewhere], rows.document[elsewhere], rows.strength[elsewhere]),
    )


def _bare(rows: Windows, part: np.ndarray, documents: np.ndarray, strengths: np.ndarray) -> Windows:
    """Return rows of the same gram that tell of no follower and no place."""
    none = np.full(len(documents), _ELSEWHERE, np.uint32)
    return Windows(
        np.full(len(documents), rows.gram[0]),
        part,
        none,
        documents.astype(np.uint32),
        strengths.astype(np.uint8),
        none,
    )
