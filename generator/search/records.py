"""What is shown of a hit, a few documents a file, compressed against one shared dictionary.

The dictionary is sent once; a record's file is the tail of a deflate stream that begins with it, so that even a
single record costs little and a browser needs nothing beyond ``deflate-raw`` to read it.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from generator.search.state import IndexState
from generator.search.writing import Written, write_if_changed

GROUP = 2  # documents a file
PAGE = 10  # hits shown at a time
_LENGTHS = (2_000, 4_000, 8_000, 14_000)  # bytes of a dictionary, tried
_SAMPLES = 1_500  # documents that phrases are taken from
_TRIED = 150  # of them, to compare dictionaries with
_PHRASE = re.compile(r'[^、。"\\]{1,24}["、。\\]')  # up to its closing mark


class RecordsPen:
    """Writes record files; the compressor is primed with the dictionary once and copied for each."""

    def __init__(self, folder: Path, dictionary: bytes) -> None:
        self._folder = folder
        self._primed = _primed(dictionary)

    def write(self, group: int, records: Sequence[bytes]) -> Written:
        """Write the file of a group; an empty record is a hole."""
        data = b"[" + b",".join(record or b"null" for record in records) + b"]"
        return write_if_changed(self._folder / f"{group:x}.bin", _ended(self._primed, data))


def make_dictionary(state: IndexState) -> bytes:
    """Return the phrases that records share, the most worthwhile last, and one whole record at the end.

    Of several lengths the one with which two pages of hits, the dictionary included, are sent in the fewest bytes.
    """
    step = max(1, state.capacity() // _SAMPLES)
    samples = [record for _, record in state.records(0, state.capacity(), step=step)]
    phrases = _phrases(samples)
    tries = [_filled(phrases, room) + min(samples, key=len) for room in _LENGTHS]
    return min(
        [b"", *tries], key=lambda dictionary: _sent(dictionary, samples[:: len(samples) // _TRIED + 1])
    )


def _phrases(samples: Sequence[bytes]) -> list[bytes]:
    """Return what several samples hold, the most worthwhile first."""
    counts = Counter(phrase for sample in samples for phrase in {*_PHRASE.findall(sample.decode())})
    shared = [(phrase.encode(), count) for phrase, count in counts.items() if count > 1]
    return [phrase for phrase, count in sorted(shared, key=lambda one: ((1 - one[1]) * len(one[0]), one[0]))]


def _filled(phrases: Sequence[bytes], room: int) -> bytes:
    lengths = accumulate(map(len, phrases))
    return b"".join(
        reversed([phrase for phrase, length in zip(phrases, lengths, strict=True) if length <= room])
    )


def _sent(dictionary: bytes, samples: Sequence[bytes]) -> float:
    """Return the bytes of the dictionary and of two pages of hits."""
    primed = _primed(dictionary)
    return len(opening(dictionary)) + 2 * PAGE * sum(len(_ended(primed, one)) for one in samples) / len(
        samples
    )


def _primed(dictionary: bytes) -> Any:
    return zlib.compressobj(9, zlib.DEFLATED, -15, 6, zlib.Z_DEFAULT_STRATEGY, dictionary)


def _ended(primed: Any, data: bytes) -> bytes:
    packer = primed.copy()
    return bytes(packer.compress(data) + packer.flush())


def opening(dictionary: bytes) -> bytes:
    """Return the beginning of every record file's deflate stream: the dictionary, byte-aligned, not final."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(dictionary) + packer.flush(
        zlib.Z_FULL_FLUSH if not dictionary else zlib.Z_SYNC_FLUSH
    )
