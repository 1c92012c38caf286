"""What is shown of a hit, a few documents a file, compressed against one shared dictionary.

The dictionary is sent once; a record's file is the tail of a deflate stream that begins with it, so that even a
single record costs little and a browser needs nothing beyond ``deflate-raw`` to read it.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from generator.search.state import IndexState
from generator.search.writing import Written, write_if_changed

GROUP = 2  # documents a file
_DICTIONARY_BYTES = 14_000
_SAMPLES = 1_500
_PHRASE = re.compile(r'[^、。"\\]{1,24}["、。\\]')  # up to its closing mark


class RecordsPen:
    """Writes record files; the compressor is primed with the dictionary once and copied for each."""

    def __init__(self, folder: Path, dictionary: bytes) -> None:
        self._folder = folder
        self._primed = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)

    def write(self, group: int, records: Sequence[bytes]) -> Written:
        """Write the file of a group; an empty record is a hole."""
        packer = self._primed.copy()
        data = b"[" + b",".join(record or b"null" for record in records) + b"]"
        return write_if_changed(self._folder / f"{group:x}.bin", packer.compress(data) + packer.flush())


def make_dictionary(state: IndexState) -> bytes:
    """Return the phrases that records share, the most worthwhile last, and one whole record at the end.

    At most a tenth of what there is, so that a small site does not pay for it.
    """
    capacity = state.capacity()
    step = max(1, capacity // _SAMPLES)
    samples = [record.decode() for _, record in state.records(0, capacity, step=step)]
    counts = Counter(phrase for sample in samples for phrase in set(_PHRASE.findall(sample)))
    worth = {
        phrase.encode(): (count - 1) * len(phrase.encode()) for phrase, count in counts.items() if count > 1
    }
    room = min(_DICTIONARY_BYTES, sum(map(len, samples)) * step // 10)
    chosen: list[bytes] = [min(samples, key=len).encode()]
    for phrase in sorted(worth, key=lambda phrase: (-worth[phrase], phrase)):
        room -= len(phrase)
        if room < 0:
            break
        chosen.append(phrase)
    return b"".join(reversed(chosen))


def opening(dictionary: bytes) -> bytes:
    """Return the beginning of every record file's deflate stream: the dictionary, byte-aligned, not final."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(dictionary) + packer.flush(
        zlib.Z_FULL_FLUSH if not dictionary else zlib.Z_SYNC_FLUSH
    )
