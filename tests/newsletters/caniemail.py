"""Reads caniemail's files and lays them beside ``client_support.json``.

``python -m tests.newsletters.caniemail [ARCHIVE]`` rewrites the table's dates and marks from the archive of caniemail's
``_features`` folder; ``covers`` and ``enough`` are a person's and stay.
"""

from __future__ import annotations

import re
import sys
import tarfile
from pathlib import Path
from typing import Any

import orjson
import yaml

ROOT = Path(__file__).parent.parent.parent
ARCHIVE = ROOT.parent / "shared" / "data" / "email" / "caniemail-features-data.tar.gz"
TABLE = ROOT / "newsletters" / "issue" / "client_support.json"
CLIENTS = {  # our name → caniemail's family and platforms
    "Gmail": ("gmail", ("desktop-webmail", "ios", "android")),
    "Outlook（Windows）": ("outlook", ("windows",)),
    "Outlook（ウェブと携帯）": ("outlook", ("outlook-com", "ios", "android")),
    "Apple Mail": ("apple-mail", ("macos", "ios")),
    "Yahoo!メール（米Yahooで代用）": ("yahoo", ("desktop-webmail", "ios", "android")),
}
_WORST_FIRST = "naysu"  # a client is as good as its worst tested platform


def read_features(archive: Path) -> dict[str, dict[str, Any]]:
    """Return caniemail's features by name, each with its ``last_test_date`` and ``stats``."""
    found = {}
    with tarfile.open(archive) as files:
        for member in files.getmembers():
            file = files.extractfile(member) if member.name.endswith(".md") else None
            if file and (feature := _feature(file.read().decode())):
                found[Path(member.name).stem] = feature
    return found


def _feature(text: str) -> dict[str, Any] | None:
    stats = re.search(r"^stats:\s*(\{.*?^\})", text, re.MULTILINE | re.DOTALL)
    tested = re.search(r'^last_test_date:\s*"([\d-]+)"', text, re.MULTILINE)
    if not stats or not tested:
        return None
    try:
        return {"tested": tested[1], "stats": yaml.safe_load(stats[1].replace("\t", " "))}
    except yaml.YAMLError:  # one file of the corpus is no YAML; the test says which we need
        return None


def support_of(stats: dict[str, dict[str, dict[str, str]]]) -> str:
    """Return one mark for each of ``CLIENTS``: y, a (partly), n, or u where nobody tested."""
    return "".join(_mark(stats.get(family, {}), platforms) for family, platforms in CLIENTS.values())


def _mark(family: dict[str, dict[str, str]], platforms: tuple[str, ...]) -> str:
    newest = [list(family[p].values())[-1][0] for p in platforms if family.get(p)]
    return min(newest, key=_WORST_FIRST.index, default="u")


def with_marks_of(table: dict[str, Any], features: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return our table with caniemail's own dates and marks."""
    rows = [
        row
        | {
            "tested": features[row["feature"]]["tested"],
            "support": support_of(features[row["feature"]]["stats"]),
        }
        for row in table["features"]
    ]
    return table | {"clients": list(CLIENTS), "features": rows}


def format_table(table: dict[str, Any]) -> str:
    """Write the table with one feature a line, so that a change can be read."""
    head = {k: v for k, v in table.items() if k != "features"}
    lines = [
        f"  {orjson.dumps(key).decode()}: {orjson.dumps(value).decode()}," for key, value in head.items()
    ]
    rows = ",\n".join(f"    {orjson.dumps(row).decode()}" for row in table["features"])
    return "{\n" + "\n".join(lines) + '\n  "features": [\n' + rows + "\n  ]\n}\n"


if __name__ == "__main__":
    archive = Path(sys.argv[1]) if len(sys.argv) > 1 else ARCHIVE
    known = orjson.loads(TABLE.read_bytes())
    TABLE.write_text(format_table(with_marks_of(known, read_features(archive))), encoding="utf-8")
