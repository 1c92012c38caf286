"""Writes a folder so that it holds exactly what was asked: only what changed is touched, what is gone is pruned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
import xxhash

from generator.storage.files import write_file


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, as site-relative paths."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0


def digest(content: bytes) -> str:
    """Return the fingerprint of some bytes."""
    return xxhash.xxh3_128_hexdigest(content)


def sync_folder(folder: Path, files: Mapping[str, bytes], manifest: Path) -> SyncReport:
    """Make ``folder`` hold these files, touching only what the manifest's owner wrote before.

    Before the first write the manifest is widened with every path that will be touched, so a run that is
    cut off at any moment is completed by the next: nothing is forgotten, nothing half-written.
    """
    before = read_manifest(manifest)
    after = {path: digest(content) for path, content in files.items()}
    changed = [p for p in files if before.get(p) != after[p] or not (folder / p).is_file()]
    gone = sorted(before.keys() - after.keys())
    if not changed and not gone:
        return SyncReport(unchanged=len(files))
    write_manifest(manifest, {**before, **dict.fromkeys(changed, "")})
    for path in changed:
        write_file(folder / path, files[path])
    for path in gone:
        _remove(folder, path)
    write_manifest(manifest, after)
    return SyncReport(tuple(changed), tuple(gone), len(files) - len(changed))


def read_manifest(path: Path) -> dict[str, str]:
    """Return digests by path; a missing or broken manifest means that nothing is known."""
    try:
        known = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return known if isinstance(known, dict) else {}


def write_manifest(path: Path, known: Mapping[str, str]) -> None:
    """Store digests by path."""
    write_file(path, orjson.dumps(dict(known), option=orjson.OPT_SORT_KEYS))


def _remove(folder: Path, path: str) -> None:
    target = folder / path
    target.unlink(missing_ok=True)
    for parent in target.relative_to(folder).parents:
        if parent == Path():
            return
        try:
            (folder / parent).rmdir()
        except OSError:
            return
