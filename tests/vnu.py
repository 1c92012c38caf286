"""The W3C's own checker (v.Nu), where Java is there and `make validators` has fetched the locked jar."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

JAR = Path(__file__).parent / "validators/node_modules/vnu-jar/build/dist/vnu.jar"


def vnu_messages(pages: Sequence[Path], root: Path) -> list[str]:
    """Return every error and warning of the pages; skip with the reason where the checker is not here."""
    java = shutil.which("java")
    if java is None or not JAR.is_file():
        pytest.skip("v.Nu がありません: Java と npm を入れて make validators をしてください")
    command = [java, "-jar", str(JAR), "--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)["messages"]
    return sorted({f"{_page(m, root)}: {m['message']} {m.get('extract', '')[:120]}" for m in found})


def _page(message: dict[str, str], root: Path) -> str:
    return message.get("url", "?").removeprefix(f"file:{root}/")
