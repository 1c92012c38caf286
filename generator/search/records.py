"""What is shown of a hit, a few documents a file, compressed against one shared dictionary.

The dictionary is sent once; a record's file is the tail of a deflate stream that begins with it, so that even a
single record costs little and a browser needs nothing beyond ``deflate-raw`` to read it.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from generator.search.postings import deflate
from generator.search.spool import map_file
from generator.search.writing import Written, write_if_changed

GROUP = 2  # documents a file
_DICTIONARY_BYTES = 14_000
_SAMPLES = 1_500
_PHRASE = re.compile(r'[^、。"\\]{1,24}["、。\\]')  # up to its closing mark


@dataclass(frozen=True)
class RecordsTask:
    """One worker's share of the record files: groups ``first`` to ``last`` - 1."""

    spool: Path
    bounds: array[int]  # two offsets a document; equal ones mark a hole
    folder: Path
    groups: range
    dictionary: bytes


def make_records(task: RecordsTask) -> Written:
    """Write the files of this share."""
    data = map_file(task.spool)
    written = Written()
    for group in task.groups:
        records = []
        for number in range(group * GROUP, min((group + 1) * GROUP, len(task.bounds) // 2)):
            start, end = task.bounds[number * 2], task.bounds[number * 2 + 1]
            records.append(bytes(data[start:end]) if start != end else b"null")
        body = deflate(b"[" + b",".join(records) + b"]", dictionary=task.dictionary)
        written += write_if_changed(task.folder / f"{group:x}.bin", body)
    return written


def make_dictionary(spool: Path, bounds: array[int]) -> bytes:
    """Return the phrases that records share, the most worthwhile last, and one whole record at the end.

    At most a tenth of what there is, so that a small site does not pay for it.
    """
    data = map_file(spool)
    ends = [(bounds[i], bounds[i + 1]) for i in range(0, len(bounds), 2) if bounds[i] != bounds[i + 1]]
    samples = [bytes(data[start:end]).decode() for start, end in ends[:: max(1, len(ends) // _SAMPLES)]]
    counts = Counter(phrase for sample in samples for phrase in set(_PHRASE.findall(sample)))
    worth = {
        phrase.encode(): (count - 1) * len(phrase.encode()) for phrase, count in counts.items() if count > 1
    }
    room = min(_DICTIONARY_BYTES, len(data) // 10)
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
