"""Each company's line in lists and in their data, made once however many lists it stands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence


class Lines:
    """The lines of one kind, named by their companies' places in the order of all.

    They are kept as long as one kind is written, which is as short as can be: of all companies they are large.
    """

    def __init__(self, make: Callable[[int], bytes]) -> None:
        self._make = make
        self._made: dict[int, bytes] = {}

    def of(self, places: Sequence[int]) -> list[bytes]:
        """Return the lines of some companies."""
        made, make = self._made, self._make
        for place in places:
            if place not in made:
                made[place] = make(place)
        return [made[place] for place in places]
