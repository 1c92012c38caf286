"""Files for people to take (様式・資料): what a link to one must say, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from generator.content.model import Attachment, Item

KINDS = {
    ".pdf": ("PDF", "application/pdf"),
    ".docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".doc": ("Word", "application/msword"),
    ".xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".xls": ("Excel", "application/vnd.ms-excel"),
    ".pptx": ("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ".ppt": ("PowerPoint", "application/vnd.ms-powerpoint"),
    ".csv": ("CSV", "text/csv"),
    ".zip": ("ZIP", "application/zip"),
}
"""By how a file's name ends: what people call it, and its media type."""

_LARGEST = 20_000_000  # bytes; more is a burden to who pays for what they load
_LINK = re.compile(r'(?P<open><a href="(?P<href>[^"]+)"[^>]*>)(?P<words>.*?)</a>', re.DOTALL)


def file_note(path: Path) -> str:
    """Say what a file is and how large, as public sites must: PDF、1.2MB. Empty for what is no document."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None or not path.is_file():
        return ""
    return f"{kind[0]}、{size_text(path.stat().st_size)}"


def size_text(size: int) -> str:
    """Write 840バイト, 36KB, 1.2MB."""
    if size < 1000:
        return f"{size}バイト"
    return f"{round(size / 1000):,}KB" if size < 995_000 else f"{size / 1_000_000:.1f}MB"


def media_type(name: str) -> str:
    """Return the media type of a file that people may take; empty when it is of no known kind."""
    return KINDS.get(PurePosixPath(name).suffix.lower(), ("", ""))[1]


def noted(html: str, base: str, content: Path, *, language: str = "ja") -> str:
    """Write kind and size behind every link to a document of content/assets, unless its words name the kind."""

    def note(match: re.Match[str]) -> str:
        href = match["href"].partition("#")[0]
        if not href.startswith(f"{base}assets/"):
            return match[0]
        told = file_note(content / href.removeprefix(base))
        if not told or told.partition("、")[0].lower() in match["words"].lower():
            return match[0]
        return f"{match['open']}{match['words']}{in_brackets(told, language)}</a>"

    return _LINK.sub(note, html)


def in_brackets(told: str, language: str) -> str:
    """Write （PDF、36KB）, or (PDF, 36 KB) in English."""
    if language == "ja":
        return f"（{told}）"
    kind, _, size = told.partition("、")
    number = size.removesuffix("バイト").removesuffix("KB").removesuffix("MB")
    return f" ({kind}, {number} {size.removeprefix(number).replace('バイト', 'bytes')})"


def attachment_findings(item: Item, content: Path) -> Iterator[tuple[tuple[str | int, ...], str, str, str]]:
    """Return where in the front matter a file is wrong, its value, what is wrong and the mend."""
    for place, attachment in enumerate(item.files):
        at = ("files", place, "file")
        wrong = _wrong(attachment, content)
        if wrong:
            yield at, attachment.file, *wrong


def _wrong(attachment: Attachment, content: Path) -> tuple[str, str] | None:
    name, assets = attachment.file, content / "assets"
    if not media_type(name):
        return (
            "配れない種類のファイルです",
            f"{'、'.join(kind.lstrip('.') for kind in KINDS)} のどれかにしてください",
        )
    path = assets / name
    if not path.resolve().is_relative_to(assets.resolve()) or not path.is_file():
        return "ファイルがありません", f"content/assets/{name} にファイルを置くか、名前を直してください"
    size = path.stat().st_size
    if size == 0:
        return "ファイルが空です", "中身のあるファイルを置き直してください"
    if size > _LARGEST:
        return (
            f"ファイルが大きすぎます（{size_text(size)}）",
            "20MB までにしてください。画像を小さくすると縮みます",
        )
    return None
