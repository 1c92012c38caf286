"""Building the search index: documents in, static files out that a browser reads a few of.

One folder a language::

    root.bin         what a browser reads first: normaliser, shard bounds, kinds, the records' dictionary
    s/*.w *.p        grams: documents with classes and what follows, places (shards.py)
    r/*.bin          what is shown of a hit (records.py)
    f/*.bin          facets · o/*.bin orders (facets.py) · words.bin words to suggest

Few changed documents rewrite only the files that hold something of them; many make the index anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from generator.search.intake import Intake
from generator.search.source import SearchSource
from generator.search.state import IndexState, form
from generator.storage.files import write_file

_FEW = 20  # changed documents that never make the index anew
_ONE_IN = 200  # nor does a smaller part of all


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a build made of the documents: counts, and files by what became of them."""

    documents: int = 0
    changed: int = 0
    written: int = 0
    removed: int = 0

    def __add__(self, other: IndexReport) -> IndexReport:
        """Add the reports of two languages."""
        return IndexReport(
            self.documents + other.documents,
            self.changed + other.changed,
            self.written + other.written,
            self.removed + other.removed,
        )


def update_index(
    sources: Sequence[SearchSource], out_dir: Path, *, state_dir: Path, processes: int = 1
) -> IndexReport:
    """Bring the index of every language below ``out_dir`` up to date; leave equal files alone.

    ``state_dir`` keeps what the next build needs and is not published.
    """
    marks = {source.name: source.mark for source in sources}
    seen = _load_marks(state_dir, out_dir)
    if seen == marks:
        return IndexReport()
    (state_dir / "marks.json").unlink(missing_ok=True)
    with ExitStack() as stack:
        intakes = _take_in(sources, seen, state_dir, stack)
        report = IndexReport()
        for language, intake in intakes.items():
            report += _bring_up(intake, out_dir / language, processes=processes)
        kept = {language for language, intake in intakes.items() if len(intake.state)}
    for path in [*out_dir.iterdir()] if out_dir.exists() else []:
        if path.name not in kept:
            shutil.rmtree(path)
            (state_dir / f"{path.name}.sqlite").unlink(missing_ok=True)
    write_file(state_dir / "marks.json", orjson.dumps({"form": form(), "marks": marks}))
    return report


def _load_marks(state_dir: Path, out_dir: Path) -> dict[str, str]:
    """Return the sources' marks of the last finished build; none when anything of it is missing."""
    try:
        kept: dict[str, Any] = orjson.loads((state_dir / "marks.json").read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    states = {path.stem for path in state_dir.glob("*.sqlite")}
    built = {path.parent.name for path in out_dir.glob("*/root.bin")}
    return kept["marks"] if kept.get("form") == form() and states and states == built else {}


def _take_in(
    sources: Sequence[SearchSource], seen: dict[str, str], state_dir: Path, stack: ExitStack
) -> dict[str, Intake]:
    intakes: dict[str, Intake] = {}

    def intake_of(language: str) -> Intake:
        if language not in intakes:
            state = IndexState.open(state_dir / f"{language}.sqlite")
            intakes[language] = Intake(stack.enter_context(closing(state)))
        return intakes[language]

    earlier = [path.stem for path in sorted(state_dir.glob("*.sqlite"))]
    sound = all(intake_of(language).state.read("finished") == form() for language in earlier)
    marks = seen if sound else {}
    for source in sources:
        if marks.get(source.name) == source.mark:
            continue
        changes = source.since(marks.get(source.name))
        for document in changes.documents:
            intake_of(document.language).add(source.name, document)
        for intake in intakes.values():
            intake.gone.update(changes.gone)
            if changes.whole:
                intake.without(source.name)
    for name in marks.keys() - {source.name for source in sources}:
        for intake in intakes.values():
            intake.without(name)
    return intakes


def _bring_up(intake: Intake, folder: Path, *, processes: int) -> IndexReport:
    state = intake.state
    incoming = state.incoming()
    gone = [key for key in sorted(intake.gone - {*incoming}) if state.find(key)]
    before, finished = len(state), state.read("finished") == form() and (folder / "root.bin").exists()
    if finished and not incoming and not gone:
        return IndexReport(documents=before)
    changes = len(incoming) + len(gone) + (state.read("drift") or 0)
    if finished and changes <= max(_FEW, before // _ONE_IN) and len(gone) < before:
        from generator.search.amendment import amend

        written, removed = amend(state, folder, incoming, gone)
        state.write(drift=changes)
    else:
        from generator.search.making import make_anew

        written, removed = make_anew(state, folder, gone, processes=processes)
        state.write(drift=0)
    return IndexReport(len(state), len(incoming) + len(gone), written, removed)
