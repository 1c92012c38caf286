"""Each company's line in lists and in their data, made once however many lists it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

_Line = TypeVar("_Line")


class Lines(dict[int, _Line]):
    """The lines of one kind, named by their companies' places in the order of all; each is made when it is asked for.

    They are kept as long as one kind is written, which is as short as can be: of all companies they are large.
    """

    def __init__(self, make: Callable[[int], _Line]) -> None:
        super().__init__()
        self._make: Callable[[int], _Line] = make

    def __missing__(self, place: int) -> _Line:
        return self.setdefault(place, self._make(place))

    def of(self, places: Iterable[int]) -> list[_Line]:
        """Return the lines of some companies."""
        return [self[place] for place in places]
