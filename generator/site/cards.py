"""Open Graph cards: one picture per room of the site, drawn once and kept by its digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.rendering.pictures import draw_card
from generator.settings import Settings
from generator.site.artifact import Artifact
from generator.site.labels import KIND_LABELS
from generator.site.manifest import digest
from generator.storage.files import write_file

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
    "/System/Library/Fonts/ヒラギノ角ゴシック W6.ttc",
    "C:/Windows/Fonts/YuGothB.ttc",
)
_VERSION = "2"  # change it when the drawing changes


def card_files(settings: Settings) -> Iterator[Artifact]:
    """Yield ``assets/cards/<kind>.png``; nothing where there is no Japanese font to draw with."""
    font = find_card_font()
    if font is None:
        return
    for kind, label in KIND_LABELS.items():
        title = settings.organization.name if kind == "home" else label
        name = "" if kind == "home" else settings.organization.name
        key = digest("\0".join((_VERSION, font, title, name)).encode())
        yield Artifact(
            f"assets/cards/{kind}.png",
            _kept(settings.build / "cards" / f"{key}.png", title, name, font),
            "asset",
        )


def find_card_font() -> str | None:
    """Find a bold Japanese font file."""
    return next((font for font in _FONTS if Path(font).is_file()), None)


def _kept(path: Path, title: str, name: str, font: str) -> bytes:
    if not path.is_file():
        write_file(path, draw_card(title, name, font))
    return path.read_bytes()
